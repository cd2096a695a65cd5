"""What can be chosen in forms."""

from sqlalchemy import func, select

from events_app.core import text
from events_app.core.db import db
from events_app.events.models import Event, EventSeries, Status, Venue
from events_app.events.rules import named

CHOICES = 200
MANY = 1000


def choices() -> list[tuple[int, str]]:
    """The newest events that are not archived, as (id, name): for a field to choose."""
    wanted = (
        select(Event)
        .where(Event.status != Status.ARCHIVED)
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(CHOICES)
    )
    return [(event.id, named(event)) for event in db.session.scalars(wanted)]


def venue_choices() -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Venue.id, Venue.name, Venue.city, Venue.street)
        .order_by(Venue.city, Venue.name)
        .limit(MANY)
    )
    return text.told_apart((row.id, f"{row.city} · {row.name}", row.street) for row in rows)


def series_choices() -> list[tuple[int, str]]:
    found = db.session.scalars(select(EventSeries).order_by(EventSeries.slug).limit(MANY))
    return text.told_apart((each.id, text.local(each.title), each.slug) for each in found)


def venues() -> list[tuple[Venue, int]]:
    """All venues by town, each with how many events it has."""
    counted = (
        select(Venue, func.count(Event.id))
        .outerjoin(Event, Event.venue_id == Venue.id)
        .group_by(Venue.id)
        .order_by(Venue.city, Venue.name)
        .limit(MANY)
    )
    return [(venue, count) for venue, count in db.session.execute(counted)]


def all_series() -> list[tuple[EventSeries, int]]:
    counted = (
        select(EventSeries, func.count(Event.id))
        .outerjoin(Event, Event.series_id == EventSeries.id)
        .group_by(EventSeries.id)
        .order_by(EventSeries.slug)
        .limit(MANY)
    )
    return [(series, count) for series, count in db.session.execute(counted)]
