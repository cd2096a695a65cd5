"""Bluesky: the text of a post, its link at full length."""

from events_app.core.text import lazy as _
from events_app.kits.assets.drawing import post
from events_app.kits.rules.values import Brand, Facts, File

ROLE = "text/bluesky"
LABEL = _("Text for Bluesky")
AFFECTED_BY = post.AFFECTED_BY - {"lead"}


def build(facts: Facts, brand: Brand, locale: str) -> tuple[File, ...]:
    return (post.post(post.folder(__file__), ROLE, facts, brand, locale),)
