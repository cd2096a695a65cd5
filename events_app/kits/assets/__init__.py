"""What a kit consists of: a folder per asset, and its name in this list.

Each declares ROLE, LABEL, AFFECTED_BY (the fields of Facts that it shows) and a pure
`build(facts, brand, locale)`: facts in, files out.
"""

import hashlib
from pathlib import Path
from typing import Protocol

from flask_babel import LazyString

from events_app.kits.assets import (
    calendar_file,
    email_signature,
    print_flyer_a4,
    print_flyer_a5,
    print_poster_a3,
    qr_code,
    social_linkedin,
    social_linkedin_square,
    social_og,
    social_portrait,
    social_square,
    social_story,
    social_x,
    teams_background,
    text_article,
    text_bluesky,
    text_instagram,
    text_linkedin,
    text_newsletter,
    text_whatsapp,
    text_x,
)
from events_app.kits.rules.values import Brand, Facts, File


class Asset(Protocol):
    ROLE: str
    LABEL: LazyString
    AFFECTED_BY: frozenset[str]

    def build(self, facts: Facts, brand: Brand, locale: str, /) -> tuple[File, ...]: ...


ASSETS: dict[str, Asset] = {
    asset.ROLE: asset
    for asset in (
        social_linkedin,
        social_linkedin_square,
        social_square,
        social_portrait,
        social_story,
        social_x,
        social_og,
        teams_background,
        print_poster_a3,
        print_flyer_a4,
        print_flyer_a5,
        text_linkedin,
        text_x,
        text_instagram,
        text_bluesky,
        text_whatsapp,
        text_newsletter,
        text_article,
        email_signature,
        calendar_file,
        qr_code,
    )
}

LINKED = frozenset(role for role, asset in ASSETS.items() if "links" in asset.AFFECTED_BY)
"""Those that carry a short link of the partner's own."""


def _engine() -> str:
    kits = Path(__file__).parent.parent
    words = kits.parent / "translations/nl/LC_MESSAGES/kits.po"
    folders = ("assets", "render", "rules")
    sources = (path for folder in folders for path in kits.glob(f"{folder}/**/*"))
    digest = hashlib.sha256()
    for path in sorted(path for path in (*sources, words) if path.is_file()):
        if "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


ENGINE = _engine()
"""All that draws, as one hash: when it changes, files are drawn anew."""
