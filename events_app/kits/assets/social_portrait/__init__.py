"""Instagram and LinkedIn: the upright card, four by five."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import card
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/portrait"
LABEL = _("Standing picture for Instagram")
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    canvas=card.Canvas(ROLE, "instagram", 1080, 1350),
    margin=92,
    text=(92, 612, 900, 484),
    largest=124,
    small=46,
    spot=Spot(716, 330, 262),
    lamp=(330, -160),
    curtain=56,
    band=84,
    bar=150,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
