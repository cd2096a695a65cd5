"""LinkedIn: the picture of a post or a link."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import card
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/linkedin"
LABEL = _("Picture for LinkedIn")
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    canvas=card.Canvas(ROLE, "linkedin", 1200, 627),
    margin=92,
    text=(92, 40, 664, 404),
    largest=92,
    small=31,
    spot=Spot(972, 238, 180),
    lamp=(820, -160),
    curtain=48,
    band=54,
    bar=96,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
