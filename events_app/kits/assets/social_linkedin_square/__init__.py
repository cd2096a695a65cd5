"""LinkedIn: the square picture of a post."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import card
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/linkedin-square"
LABEL = _("Square picture for LinkedIn")
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    canvas=card.Canvas(ROLE, "linkedin-square", 1200, 1200),
    margin=100,
    text=(100, 512, 1000, 428),
    largest=124,
    small=44,
    spot=Spot(850, 276, 216),
    lamp=(420, -160),
    curtain=56,
    band=84,
    bar=156,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
