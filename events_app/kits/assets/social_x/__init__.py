"""X: the picture of a post."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import card
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/x"
LABEL = _("Picture for X")
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    canvas=card.Canvas(ROLE, "x", 1600, 900),
    margin=120,
    text=(120, 56, 900, 586),
    largest=128,
    small=42,
    spot=Spot(1300, 344, 258),
    lamp=(1080, -220),
    curtain=64,
    band=76,
    bar=136,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
