"""Stories: full height, with room for what the platform lays over it."""

from events_app.kits.assets.stagecraft import card
from events_app.kits.assets.stagecraft.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/story"
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    role=ROLE,
    suffix="story",
    width=1080,
    height=1920,
    margin=100,
    text=(100, 880, 880, 420),
    largest=132,
    small=50,
    spot=Spot(540, 560, 300),
    lamp=(180, -120),
    curtain=64,
    band=96,
    bar=170,
    foot=340,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
