"""LinkedIn: the square picture of a post."""

from events_app.kits.assets.stagecraft import card
from events_app.kits.assets.stagecraft.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/linkedin-square"
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    role=ROLE,
    suffix="linkedin-square",
    width=1200,
    height=1200,
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
