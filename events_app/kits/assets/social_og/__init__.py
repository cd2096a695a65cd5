"""WhatsApp and other chats: the picture beside a link, small enough to be shown."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import card
from events_app.kits.assets.drawing.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/og"
LABEL = _("Picture for WhatsApp and links")
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    canvas=card.Canvas(ROLE, "whatsapp", 1200, 630, most_bytes=300_000),
    margin=92,
    text=(92, 40, 664, 404),
    largest=92,
    small=31,
    spot=Spot(972, 240, 182),
    lamp=(820, -160),
    curtain=48,
    band=54,
    bar=98,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
