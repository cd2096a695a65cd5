"""Lists of events for readers: agenda, feeds, series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from events_app.core import text
from events_app.core.db import db
from events_app.core.text import LANGUAGES
from events_app.events.models import (
    AttendanceMode,
    Event,
    EventSeries,
    Preset,
    Status,
    Venue,
    event_theme,
)
from events_app.events.rules import LONGEST, PUBLIC, Kind, Wanted
from events_app.themes.models import Theme

PAGE = 40
FEED = 200
MONTHS = 24
PAGES = 250

_CARD: tuple[ORMOption, ...] = (joinedload(Event.venue), joinedload(Event.lead_sector))
"""What one line in a list shows."""
_LINE: tuple[ORMOption, ...] = (contains_eager(Event.venue), joinedload(Event.lead_sector))
"""The same, where Event.venue is joined to look in it."""


@dataclass(frozen=True, slots=True)
class Page:
    events: Sequence[Event]
    page: int
    total: int

    @property
    def pages(self) -> int:
        return -(-self.total // PAGE)


def coming(now: datetime, limit: int) -> Sequence[Event]:
    """The next events that go on, for lists with a date, a title and a place."""
    wanted = (
        select(Event)
        .where(Event.status == Status.PUBLISHED, Event.is_listed.is_(True), Event.ends_at > now)
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
        .options(*_CARD)
    )
    return db.session.scalars(wanted).all()


def agenda(wanted: Wanted, *, now: datetime, page: int = 1) -> Page:
    """What a reader finds, the soonest first; past events the latest first. One statement."""
    order = Event.starts_at.desc() if wanted.is_past else Event.starts_at.asc()
    return _page(_is_found(wanted, now), order, page)


def for_desk(
    *, status: Status | None, period: str, sector: str, search: str, now: datetime, page: int = 1
) -> Page:
    """Every event but the archived, unless they are asked for; the latest first. One statement."""
    is_wanted = Event.status == status if status else Event.status != Status.ARCHIVED
    conditions = [is_wanted, *(_holds(word) for word in Wanted(search=search).words)]
    if period:
        conditions.append(Event.ends_at <= now if period == "past" else Event.ends_at > now)
    if sector:
        conditions.append(_has_theme(sector))
    order = Event.starts_at.asc() if period == "coming" else Event.starts_at.desc()
    return _page(conditions, order, page)


def _page(conditions: list[ColumnElement[bool]], order: ColumnElement[datetime], page: int) -> Page:
    found = (
        select(Event, func.count().over())
        .outerjoin(Event.venue)
        .where(*conditions)
        .order_by(order, Event.id)
        .limit(PAGE)
        .offset((min(max(page, 1), PAGES) - 1) * PAGE)
        .options(*_LINE)
    )
    rows = db.session.execute(found).all()
    return Page([row[0] for row in rows], page, rows[0][1] if rows else 0)


def months(now: datetime, *, is_past: bool = False) -> list[str]:
    """Those between the first and the last event, at most two years: 2027-03, …"""
    conditions = _is_found(Wanted(is_past=is_past), now)
    first, last = db.session.execute(
        select(func.min(Event.starts_at), func.max(Event.starts_at)).where(*conditions)
    ).one()
    if first is None:
        return []
    first, last = text.there(first), text.there(last)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    places = [first.year * 12 + first.month - 1 + step for step in range(count)]
    kept = places[::-1][:MONTHS] if is_past else places[:MONTHS]
    return [f"{place // 12}-{place % 12 + 1:02}" for place in kept]


def feed(wanted: Wanted, *, now: datetime) -> Sequence[Event]:
    """The next events for calendars and feed readers, the soonest first."""
    found = (
        select(Event)
        .outerjoin(Event.venue)
        .where(*_is_found(wanted, now))
        .order_by(Event.starts_at, Event.id)
        .limit(FEED)
        .options(*_LINE)
    )
    return db.session.scalars(found).all()


@dataclass(frozen=True, slots=True)
class Mark:
    """Differs when the feed differs."""

    events: int
    ids: int
    revisions: int
    changed_at: datetime | None


def feed_mark(wanted: Wanted, *, now: datetime) -> Mark:
    marks = select(
        func.count(), func.sum(Event.id), func.sum(Event.revision), func.max(Event.changed_at)
    )
    count, ids, revisions, changed_at = db.session.execute(
        marks.select_from(Event).outerjoin(Event.venue).where(*_is_found(wanted, now))
    ).one()
    return Mark(count, int(ids or 0), int(revisions or 0), changed_at)


def _is_found(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """For statements that have Event.venue joined."""
    conditions: list[ColumnElement[bool]] = [Event.status.in_(PUBLIC), Event.is_listed.is_(True)]
    if wanted.is_past:
        conditions.append(Event.ends_at <= now)
    else:
        # the second is the precise one; the first lets the index find it
        conditions += [Event.starts_at > now - LONGEST, Event.ends_at > now]
    if wanted.between:
        first, after = wanted.between
        conditions += [Event.ends_at >= first, Event.starts_at < after]
    if wanted.sector:
        conditions.append(_has_theme(wanted.sector))
    if wanted.region:
        conditions.append(Venue.region_id == _theme_id(wanted.region))
    if wanted.kind is Kind.ONLINE:
        conditions.append(Event.attendance_mode != AttendanceMode.OFFLINE)
    elif wanted.kind:
        conditions.append(Event.preset == Preset(wanted.kind.value))
    return conditions + [_holds(word) for word in wanted.words]


def _theme_id(code: str) -> ScalarSelect[int]:
    return select(Theme.id).where(Theme.code == code).scalar_subquery()


def _has_theme(code: str) -> ColumnElement[bool]:
    id = _theme_id(code)
    tagged = select(event_theme.c.event_id).where(event_theme.c.theme_id == id)
    return or_(Event.lead_sector_id == id, Event.id.in_(tagged))


def _holds(word: str) -> ColumnElement[bool]:
    """Somewhere in title, summary or place, in either language."""
    texts = [
        field[code].as_string() for field in (Event.title, Event.summary) for code in LANGUAGES
    ]
    return or_(
        *(
            func.lower(func.coalesce(each, "")).contains(word, autoescape=True)
            for each in (*texts, Venue.name, Venue.city)
        )
    )


def editions(series: EventSeries) -> Sequence[Event]:
    """The public events of a series, the latest first."""
    wanted = (
        select(Event)
        .where(Event.series_id == series.id, Event.status.in_(PUBLIC), Event.is_listed.is_(True))
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(FEED)
        .options(*_CARD)
    )
    return db.session.scalars(wanted).all()
