"""WhatsApp: a message to pass on."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import post
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "text/whatsapp"
LABEL = _("Text for WhatsApp")
AFFECTED_BY = post.AFFECTED_BY - {"hashtags"}


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (post.post(post.folder(__file__), ROLE, facts, brand, locale),)
