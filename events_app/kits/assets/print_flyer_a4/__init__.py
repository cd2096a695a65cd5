"""Flyer A4: to hand out, with the description."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import poster
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "print/flyer-a4"
LABEL = _("Flyer A4")
AFFECTED_BY = poster.AFFECTED_BY | {"description", "quote"}

POSTER = poster.Poster(
    role=ROLE,
    suffix="flyer-a4",
    width=210,
    height=297,
    stage=196,
    title=(32, 40, 128, 82),
    lead=(32, 128, 126, 32),
    meta=(32, 164, 140, 26),
    spot=Spot(221, 92, 48),
    lamp=(150, -60),
    story=(32, 224, 233, 84),
    call=316,
    band=16,
    bar=34,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return poster.build(POSTER, facts, brand, locale)
