"""Which events have a public page that can be found."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, select

from events_app.core.db import db
from events_app.events.models import Event
from events_app.events.rules import PUBLIC

FOUND = (Event.status.in_(PUBLIC), Event.is_listed)


def count() -> int:
    return db.session.scalar(select(func.count(Event.id)).where(*FOUND)) or 0


def pages(first: int, most: int) -> Sequence[Row[str, datetime]]:
    """Slug and when it last changed, in the order in which they were made."""
    wanted = select(Event.slug, Event.changed_at).where(*FOUND)
    return db.session.execute(wanted.order_by(Event.id).offset(first).limit(most)).all()
