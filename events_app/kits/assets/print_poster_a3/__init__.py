"""Poster A3: to hang where people pass."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import poster
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "print/poster-a3"
LABEL = _("Poster A3")
AFFECTED_BY = poster.AFFECTED_BY

POSTER = poster.Poster(
    role=ROLE,
    suffix="poster-a3",
    width=297,
    height=420,
    stage=286,
    title=(32, 42, 233, 116),
    lead=(32, 165, 104, 62),
    meta=(32, 236, 104, 42),
    spot=Spot(208, 216, 58),
    lamp=(96, -70),
    call=314,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return poster.build(POSTER, facts, brand, locale)
