"""One event, and what is read with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from events_app.contacts.models import Organisation
from events_app.core.db import columns, db, joined, raw, rows
from events_app.core.errors import NotFoundError
from events_app.events.models import Event, EventPartner, EventSeries, Status, Venue, event_theme
from events_app.events.rules import PUBLIC, InArchive
from events_app.events.rules.life import HEARD
from events_app.themes.models import Theme

MOST = 200
_WHOLE: tuple[ORMOption, ...] = (
    joinedload(Event.venue).joinedload(Venue.region),
    joinedload(Event.series),
    joinedload(Event.lead_sector),
    # a handful of rows each, and two statements fewer
    joinedload(Event.themes),
    joinedload(Event.partners).joinedload(EventPartner.organisation),
)
_SLUG = select(Event).where(Event.slug == bindparam("slug")).options(*_WHOLE)
_PUBLIC_SLUG = _SLUG.where(Event.status.in_(PUBLIC))
"""Built once: a page is asked for more often than anything else."""


def by_slug(slug: str, *, public: bool = True) -> Event:
    """The whole event in one statement. Raises what `not_there` gives; drafts are not there for
    readers.
    """
    wanted = _PUBLIC_SLUG if public else _SLUG
    found = db.session.scalars(wanted, {"slug": slug}).unique().one_or_none()
    if found is None:
        raise not_there(slug)
    return found


def not_there(slug: str) -> NotFoundError | InArchive:
    """Why readers find no event there: letters and other sites lead to what is put away by now."""
    was_public = Event.status == Status.ARCHIVED, Event.published_at.is_not(None)
    wanted = select(Event.id).where(Event.slug == slug, *was_public)
    return NotFoundError() if db.session.scalar(wanted) is None else InArchive()


def edition_of(series_id: int, number: int) -> Event | None:
    """The event that has this number in the series."""
    return db.session.scalars(
        select(Event).where(Event.series_id == series_id, Event.edition == number)
    ).one_or_none()


def next_edition(series_id: int) -> int:
    """The first number after all that are taken."""
    last = db.session.scalar(select(func.max(Event.edition)).where(Event.series_id == series_id))
    return (last or 0) + 1


_lead, _region = aliased(Theme), aliased(Theme)
_READ = (
    select(
        Event.id, Event.status, Event.starts_at, Event.ends_at,
        *raw(*columns(Event, Venue, EventSeries, _lead, _region)),
        select(joined(*Theme.__table__.c))
        .select_from(Theme)
        .join(event_theme, event_theme.c.theme_id == Theme.id)
        .where(event_theme.c.event_id == Event.id)
        .scalar_subquery(),
        select(
            joined(
                *EventPartner.__table__.c, Organisation.name, Organisation.website,
                Organisation.logo_key, Organisation.logo_dark_key,
            )
        )
        .select_from(EventPartner)
        .join(EventPartner.organisation)
        .where(EventPartner.event_id == Event.id)
        .scalar_subquery(),
    )
    .outerjoin(Event.venue)
    .outerjoin(_region, _region.id == Venue.region_id)
    .outerjoin(Event.series)
    .outerjoin(_lead, _lead.id == Event.lead_sector_id)
    .where(Event.slug == bindparam("slug"), Event.status.in_(PUBLIC))
)  # fmt: skip


def read(slug: str) -> Any:
    """All that a public event's page tells of it, to compare; None: it is not there for readers.

    A row with, among the rest, the id, status and times of the event.
    """
    return next(iter(rows(_READ, {"slug": slug})), None)


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


def is_to_come(now: datetime) -> ColumnElement[bool]:
    """As rules.is_to_come."""
    has_day = and_(Event.ends_at > now, Event.status != Status.ARCHIVED)
    return or_(has_day, Event.status == Status.POSTPONED)


def soonest(now: datetime) -> tuple[Any, ...]:
    """An order of what is to come: last of all what is put off and had a day that has passed. For
    short lists: no index has it.
    """
    return Event.ends_at <= now, Event.starts_at, Event.id


def is_in_use(now: datetime) -> ColumnElement[bool]:
    """As rules.is_in_use."""
    is_late = and_(Event.status == Status.CANCELLED, Event.changed_at >= Event.ends_at)
    return or_(
        is_to_come(now),
        and_(is_late, Event.changed_at > now - HEARD),
    )


def ended_before(moment: datetime) -> ColumnElement[bool]:
    """A postponed event has not ended, so there its last change must be as old too."""
    has_no_day = Event.status == Status.POSTPONED
    return and_(Event.ends_at <= moment, or_(~has_no_day, Event.changed_at <= moment))


def coming_at(venue: Venue, *, now: datetime) -> Sequence[Event]:
    wanted = select(Event).where(
        Event.venue_id == venue.id, Event.status.in_(PUBLIC), is_in_use(now)
    )
    return db.session.scalars(wanted.limit(MOST)).all()
