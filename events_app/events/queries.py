from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from events_app.core import text
from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.events.models import Event, EventPartner, Status, Venue
from events_app.events.rules import PUBLIC

CHOICES = 200

_CARD: tuple[ORMOption, ...] = (joinedload(Event.venue), joinedload(Event.lead_sector))
"""What one line in a list shows."""
_WHOLE: tuple[ORMOption, ...] = (
    joinedload(Event.venue).joinedload(Venue.region),
    joinedload(Event.series),
    joinedload(Event.lead_sector),
    joinedload(Event.themes),  # a handful of rows, and one statement fewer
    selectinload(Event.partners).joinedload(EventPartner.organisation),
)


def by_slug(slug: str, *, public: bool = True) -> Event:
    """The whole event in two statements. Raises NotFoundError; drafts are not there for readers."""
    wanted = select(Event).where(Event.slug == slug).options(*_WHOLE)
    if public:
        wanted = wanted.where(Event.status.in_(PUBLIC))
    return _one(db.session.scalars(wanted).unique().one_or_none())


def by_id(id: int) -> Event:
    """The whole event, whatever its status."""
    return _one(
        db.session.scalars(select(Event).where(Event.id == id).options(*_WHOLE))
        .unique()
        .one_or_none()
    )


def coming(now: datetime, limit: int) -> Sequence[Event]:
    """The next events that go on, for lists with a date, a title and a place."""
    wanted = (
        select(Event)
        .where(Event.status == Status.PUBLISHED, Event.is_listed, Event.ends_at > now)
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
        .options(*_CARD)
    )
    return db.session.scalars(wanted).all()


def choices() -> list[tuple[int, str]]:
    """The newest events that are not archived, as (id, date and title): for a field to choose."""
    wanted = (
        select(Event)
        .where(Event.status != Status.ARCHIVED)
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(CHOICES)
    )
    return [
        (event.id, f"{text.stamp(event.starts_at)} · {text.local(event.title)}")
        for event in db.session.scalars(wanted)
    ]


def _one(event: Event | None) -> Event:
    if event is None:
        raise NotFoundError
    return event
