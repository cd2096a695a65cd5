"""Which events have a public page that can be found."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from events_app.core.db import db
from events_app.events.models import Event
from events_app.events.rules import PUBLIC

FOUND = (Event.status.in_(PUBLIC), Event.is_listed)


def pages(most: int) -> Iterator[tuple[str, datetime]]:
    """Slug and when it last changed; the latest event first."""
    wanted = select(Event.slug, Event.changed_at).where(*FOUND).limit(most)
    rows = db.session.execute(wanted.order_by(Event.starts_at.desc(), Event.id))
    for slug, changed_at in rows.yield_per(500):  # noqa: UP028 -- pairs, not rows
        yield slug, changed_at


def edition() -> str:
    """Another word whenever one of these pages came, went or changed."""
    number, latest = db.session.execute(
        select(func.count(), func.max(Event.changed_at)).where(*FOUND)
    ).one()
    return f"{number}-{latest}"
