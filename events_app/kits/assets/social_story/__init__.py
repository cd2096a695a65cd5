"""Stories: full height, with room for what the platform lays over it."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import card
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/story"
LABEL = _("Picture for a story")
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    canvas=card.Canvas(ROLE, "story", 1080, 1920),
    margin=100,
    text=(100, 776, 880, 530),
    largest=136,
    small=52,
    spot=Spot(560, 506, 248),
    lamp=(220, -120),
    curtain=64,
    band=96,
    bar=170,
    foot=340,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
