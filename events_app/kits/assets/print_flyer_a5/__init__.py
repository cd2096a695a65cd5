"""Flyer A5: small, to hand out."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import poster
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "print/flyer-a5"
LABEL = _("Flyer A5")
AFFECTED_BY = poster.AFFECTED_BY

POSTER = poster.Poster(
    role=ROLE,
    suffix="flyer-a5",
    width=148,
    height=210,
    stage=286,
    title=(32, 42, 233, 104),
    lead=(32, 152, 102, 66),
    meta=(32, 224, 102, 50),
    spot=Spot(208, 212, 60),
    lamp=(96, -70),
    call=312,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return poster.build(POSTER, facts, brand, locale)
