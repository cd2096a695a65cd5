"""Short links, and what came of them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update

from events_app.contacts.models import Organisation
from events_app.core import links, tokens
from events_app.core.db import db, upsert
from events_app.kits import queries
from events_app.kits.assets import LINKED, email_signature
from events_app.kits.models import Kit, KitDownload, KitVersion, ShortLink

SHARE = "link"
"""The role of the link that a partner may put anywhere."""
LENGTH = 7


ROLES = LINKED | {SHARE}


def make_links(kit: Kit, organisation: Organisation | None, *, now: datetime) -> None:
    """A short link for each role that has none yet; None: the programme's own.

    A link once made is for ever: it may be printed.
    """
    missing = sorted(ROLES - queries.links(kit, organisation).keys())
    rows = [
        {
            "code": tokens.new_code("", LENGTH),
            "kit_id": kit.id,
            "organisation_id": organisation.id if organisation else None,
            "role": role,
            "clicks": 0,
            "created_at": now,
        }
        for role in missing
    ]
    if rows:
        db.session.execute(upsert(ShortLink).on_conflict_do_nothing(), rows)


def addresses(codes: Mapping[str, str]) -> dict[str, str]:
    """The whole addresses of short links, and of the banner's picture, in the language being
    spoken.
    """
    whole = {role: links.to("kits.follow", code=code) for role, code in codes.items()}
    if email_signature.ROLE in codes:
        banner = links.to("kits.banner", code=codes[email_signature.ROLE])
        whole[email_signature.LIVE] = banner
    return whole


def count_click(link: ShortLink) -> None:
    db.session.execute(
        update(ShortLink).where(ShortLink.id == link.id).values(clicks=ShortLink.clicks + 1)
    )


def count_download(
    version: KitVersion, organisation: Organisation | None, role: str, *, now: datetime
) -> None:
    db.session.add(
        KitDownload(
            version_id=version.id,
            organisation_id=organisation.id if organisation else None,
            role=role,
            at=now,
        )
    )
