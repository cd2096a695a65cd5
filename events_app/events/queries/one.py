"""One event, and what it stands on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.events.models import Event, EventPartner, EventSeries, Venue
from events_app.events.rules import PUBLIC

MOST = 200
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


def _one(event: Event | None) -> Event:
    if event is None:
        raise NotFoundError
    return event


def cover(slug: str, *, public: bool = True) -> Event:
    """The event with what its cover needs, and no more."""
    wanted = select(Event).where(Event.slug == slug)
    if public:
        wanted = wanted.where(Event.status.in_(PUBLIC))
    return _one(db.session.scalar(wanted.options(joinedload(Event.lead_sector))))


def series(slug: str) -> EventSeries:
    found = db.session.scalar(select(EventSeries).where(EventSeries.slug == slug))
    if found is None:
        raise NotFoundError
    return found


def series_by_id(id: int) -> EventSeries:
    found = db.session.get(EventSeries, id)
    if found is None:
        raise NotFoundError
    return found


def slugs(base: str) -> set[str]:
    """Those in use that begin like this one."""
    return set(db.session.scalars(select(Event.slug).where(Event.slug.startswith(base))))


def series_slugs(base: str) -> set[str]:
    return set(
        db.session.scalars(select(EventSeries.slug).where(EventSeries.slug.startswith(base)))
    )


def venue(id: int) -> Venue:
    found = db.session.get(Venue, id)
    if found is None:
        raise NotFoundError
    return found


def coming_at(venue: Venue, *, now: datetime) -> Sequence[Event]:
    wanted = select(Event).where(
        Event.venue_id == venue.id, Event.status.in_(PUBLIC), Event.ends_at > now
    )
    return db.session.scalars(wanted.limit(MOST)).all()
