"""Instagram, Facebook and chat: the square card."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import card
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/square"
LABEL = _("Square picture for Instagram")
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    canvas=card.Canvas(ROLE, "instagram", 1080, 1080),
    margin=92,
    text=(92, 446, 900, 394),
    largest=112,
    small=40,
    spot=Spot(764, 236, 190),
    lamp=(380, -150),
    curtain=52,
    band=78,
    bar=142,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
