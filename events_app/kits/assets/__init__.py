"""What a kit consists of: a folder per asset, and its name in this list.

Each declares ROLE, LABEL, AFFECTED_BY (the fields of Facts that it shows) and a pure
`build(facts, brand, locale)`: facts in, files out.
"""

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
