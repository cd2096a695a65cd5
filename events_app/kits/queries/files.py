"""What is drawn already, and the short links in it."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from events_app.contacts.models import Organisation
from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.events.models import Event
from events_app.kits.models import Kit, RenderedFile, ShortLink
from events_app.kits.rules.values import Kept


def kept(hashes: Collection[str]) -> dict[str, tuple[Kept, ...]]:
    """What is drawn already, by the hash of its inputs."""
    rows = db.session.scalars(
        select(RenderedFile).where(RenderedFile.input_hash.in_(hashes)).order_by(RenderedFile.id)
    )
    found: dict[str, list[Kept]] = defaultdict(list)
    for row in rows:
        found[row.input_hash].append(
            Kept(
                row.role, row.suffix, row.media_type, row.file_key, row.size,
                row.width, row.height, row.alt, row.credit, row.used_at,
            )
        )  # fmt: skip
    return {key: tuple(files) for key, files in found.items()}


def links(kit: Kit, organisation: Organisation | None) -> dict[str, str]:
    """The code of each short link, by role."""
    key = organisation.id if organisation else None
    rows = db.session.execute(
        select(ShortLink.role, ShortLink.code).where(
            ShortLink.kit_id == kit.id, ShortLink.organisation_id.is_not_distinct_from(key)
        )
    )
    return {row.role: row.code for row in rows}


def short_link(code: str) -> ShortLink:
    found = db.session.scalar(
        select(ShortLink)
        .where(ShortLink.code == code)
        .options(
            joinedload(ShortLink.kit).joinedload(Kit.event).joinedload(Event.series),
            joinedload(ShortLink.organisation),
        )
    )
    if found is None:
        raise NotFoundError
    return found
