"""WhatsApp and other chats: the picture beside a link, small enough to be shown."""

from events_app.kits.assets.stagecraft import card
from events_app.kits.assets.stagecraft.stage import Spot
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "social/og"
AFFECTED_BY = card.AFFECTED_BY

CARD = card.Card(
    role=ROLE,
    suffix="whatsapp",
    width=1200,
    height=630,
    margin=92,
    text=(92, 40, 664, 404),
    largest=92,
    small=31,
    spot=Spot(972, 240, 182),
    lamp=(820, -160),
    curtain=48,
    band=54,
    bar=98,
    most_bytes=300_000,
)


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (card.build(CARD, facts, brand, locale),)
