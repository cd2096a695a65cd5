"""Instagram: the text under a picture; links do not work there."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import post
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "text/instagram"
LABEL = _("Text for Instagram")
AFFECTED_BY = post.AFFECTED_BY - {"links", "url"}


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (post.post(post.folder(__file__), ROLE, facts, brand, locale),)
