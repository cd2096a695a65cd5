"""Lists of events for readers: agenda, feeds, series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload, load_only
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from events_app.core import text
from events_app.core.db import db, joined, raw, rows
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
from events_app.events.queries.one import is_to_come, soonest
from events_app.events.rules import LONGEST, PUBLIC, AgendaKind, Wanted
from events_app.themes.models import Theme

PAGE = 40
FEED = 200
KEPT = timedelta(days=183)
"""How long feeds hold what is over: a calendar that subscribes drops what a feed no longer has."""
AMONG = 2000
"""Events that words are looked for in: a search costs no more, however long the list is."""
MONTHS = 24
PAGES = 250
NOW: Any = bindparam("now")
SINCE: Any = bindparam("since")
"""Bound late, so that a statement is built once and asked at any moment."""

LINE = (
    Event.id, Event.slug, Event.status, Event.title, Event.summary, Event.starts_at,
    Event.ends_at, Event.timezone, Event.attendance_mode, Event.venue_id, Event.lead_sector_id,
    Event.revision, Event.changed_at, Event.published_at, Event.series_id, Event.edition,
    Event.previous_starts_at, Event.previous_ends_at, Event.previous_place,
)  # fmt: skip
"""What a line in a list can show of an event; the rest is long, and is not read for lists."""
PLACE = Venue.name, Venue.street, Venue.postcode, Venue.city
SECTOR = Theme.code, Theme.name
_CARD: tuple[ORMOption, ...] = (
    load_only(*LINE, raiseload=True),
    joinedload(Event.venue).load_only(*PLACE, raiseload=True),
    joinedload(Event.lead_sector).load_only(*SECTOR, raiseload=True),
)
_lead = aliased(Theme)
_SHOWN = raw(*LINE, *PLACE, _lead.code, _lead.name)
"""The same, to compare."""


@dataclass(frozen=True, slots=True)
class Page:
    events: Sequence[Event]
    page: int
    total: int
    among: int | None = None
    """Of a longer list words were looked for in this many, its first."""

    @property
    def pages(self) -> int:
        return -(-self.total // PAGE)


def coming(now: datetime, limit: int, *, with_postponed: bool = False) -> Sequence[Event]:
    """The next events that go on, whole; also those without a date for the moment, if asked: last
    of all when the day they were planned for has passed.
    """
    is_on = (
        Event.status == Status.PUBLISHED, Event.starts_at > now - LONGEST, Event.ends_at > now
    )  # fmt: skip
    found = _some(
        select(Event).where(Event.is_listed, *is_on).order_by(Event.starts_at, Event.id), limit
    )
    if not with_postponed:
        return found
    without_date = Event.is_listed, Event.status == Status.POSTPONED
    some = select(Event).where(*without_date).order_by(*soonest(now))
    both = [*found, *_some(some, limit)]
    return sorted(both, key=lambda e: (e.ends_at <= now, e.starts_at, e.id))[:limit]


def past(now: datetime, limit: int) -> Sequence[Event]:
    """The last events that were public, whole, the latest first."""
    wanted = (
        select(Event)
        .where(
            Event.status.in_(PUBLIC),
            Event.status != Status.POSTPONED,
            Event.is_listed.is_(True),
            Event.ends_at <= now,
        )
        .order_by(Event.starts_at.desc(), Event.id)
    )
    return _some(wanted, limit)


def _some(wanted: Select[Any], limit: int) -> Sequence[Event]:
    whole = (joinedload(Event.venue), joinedload(Event.lead_sector))
    return db.session.scalars(wanted.limit(limit).options(*whole)).all()


def agenda(wanted: Wanted, *, now: datetime, page: int = 1) -> Page:
    """What a reader finds, the soonest first; past events the latest first. Two statements."""
    return _page(_is_on_agenda(wanted), wanted.words, _order(wanted), page, _at(now))


def put_off(wanted: Wanted, *, now: datetime) -> Sequence[Event]:
    """What is put off, and is in no month of the agenda: the day that it had has passed."""
    if wanted.is_past or wanted.month:
        return []
    order = Event.starts_at.asc()
    found = (
        select(Event)
        .outerjoin(Event.venue)
        .where(*_with_words(_has_no_day(wanted), wanted.words, order))
        .order_by(order, Event.id)
        .limit(PAGE)
        .options(*_CARD)
    )
    return db.session.scalars(found, _at(now)).all()


def for_desk(
    *, status: Status | None, period: str, sector: str, search: str, now: datetime, page: int = 1
) -> Page:
    """Every event but the archived, unless they are asked for; the latest first. Two statements."""
    is_wanted = Event.status == status if status else Event.status != Status.ARCHIVED
    conditions = [is_wanted]
    if period:
        conditions.append(~is_to_come(NOW) if period == "past" else is_to_come(NOW))
    if sector:
        conditions.append(_has_theme(sector))
    order = Event.starts_at.asc() if period == "coming" else Event.starts_at.desc()
    return _page(conditions, Wanted(search=search).words, order, page, _at(now))


def titled(search: str, limit: int) -> Sequence[Event]:
    """Whatever their status, the latest first: who types half a title looks for one of them."""
    latest = Event.starts_at.desc()
    return db.session.scalars(
        select(Event)
        .outerjoin(Event.venue)
        .where(*_with_words([], Wanted(search=search).words, latest))
        .order_by(latest, Event.id)
        .limit(limit)
        .options(*_CARD)
    ).all()


def unsettled(now: datetime, *, draft_until: datetime, limit: int) -> Sequence[Event]:
    """Drafts that would start before a moment, what is postponed, and what is over and not closed;
    the soonest first, so many of each.
    """
    is_draft = and_(
        Event.status == Status.DRAFT, Event.starts_at > now, Event.starts_at <= draft_until
    )
    is_over = and_(Event.status == Status.PUBLISHED, Event.ends_at <= now)
    soonest = (Event.starts_at, Event.id)
    place = func.row_number().over(partition_by=Event.status, order_by=soonest)
    found = (
        select(Event.id, place.label("place"))
        .where(or_(is_draft, Event.status == Status.POSTPONED, is_over))
        .subquery()
    )
    return db.session.scalars(
        select(Event)
        .join(found, found.c.id == Event.id)
        .where(found.c.place <= limit)
        .order_by(*soonest)
        .options(load_only(*LINE))
    ).all()


def _order(wanted: Wanted) -> ColumnElement[datetime]:
    return Event.starts_at.desc() if wanted.is_past else Event.starts_at.asc()


def _page(
    listed: list[ColumnElement[bool]],
    words: Sequence[str],
    order: ColumnElement[datetime],
    page: int,
    values: dict[str, Any],
) -> Page:
    """Counted apart: a count beside the rows would read them all."""
    conditions = _with_words(listed, words, order)
    found = (
        select(Event)
        .outerjoin(Event.venue)
        .where(*conditions)
        .order_by(order, Event.id)
        .limit(PAGE)
        .offset(_first(page))
        .options(*_CARD)
    )
    total = select(func.count(Event.id)).outerjoin(Event.venue).where(*conditions)
    events = db.session.scalars(found, values).all()
    is_longer = words and db.session.scalar(_among(listed, order).limit(1).offset(AMONG), values)
    count = db.session.scalar(total, values) or 0
    return Page(events, page, count, AMONG if is_longer else None)


def _with_words(
    listed: list[ColumnElement[bool]], words: Sequence[str], order: ColumnElement[datetime]
) -> list[ColumnElement[bool]]:
    """Each of the words is held by one of the first AMONG of the list."""
    if not words:
        return listed
    first = _among(listed, order).subquery()
    return [Event.id.in_(select(first.c.id).where(*(_holds(first.c, word) for word in words)))]


def _among(listed: list[ColumnElement[bool]], order: ColumnElement[datetime]) -> Select[Any]:
    """With the words of each, so that the database reads them of no others."""
    shown: list[Any] = [Event.id, Event.title, Event.summary, Venue.name, Venue.city]
    wanted = select(*shown).outerjoin(Event.venue).where(*listed)
    return wanted.order_by(order, Event.id).limit(AMONG)


def _first(page: int) -> int:
    return (min(max(page, 1), PAGES) - 1) * PAGE


def months(now: datetime, *, is_past: bool = False) -> list[str]:
    """Those between the first and the last event, at most two years: 2027-03, …"""
    first, last, _count = _extent(is_past=is_past, now=now)
    if first is None:
        return []
    first, last = text.there(first), text.there(last)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    places = [first.year * 12 + first.month - 1 + step for step in range(count)]
    kept = places[::-1][:MONTHS] if is_past else places[:MONTHS]
    return [f"{place // 12}-{place % 12 + 1:02}" for place in kept]


def feed(wanted: Wanted, *, now: datetime) -> Sequence[Event]:
    """For calendars and feed readers: what was in the last half year and what comes, the soonest
    first; FEED of each at most.
    """
    past, coming = (
        db.session.scalars(
            select(Event)
            .outerjoin(Event.venue)
            .where(*_is_fed(each))
            .order_by(_order(each), Event.id)
            .limit(FEED)
            .options(*_CARD),
            _at(now),
        ).all()
        for each in _both(wanted)
    )
    return [*reversed(past), *coming]


def _both(wanted: Wanted) -> tuple[Wanted, Wanted]:
    """What is over, and what comes."""
    return replace(wanted, is_past=True), replace(wanted, is_past=False)


def _is_fed(wanted: Wanted) -> list[ColumnElement[bool]]:
    since = [Event.starts_at > bindparam("kept_since"), Event.ends_at > bindparam("kept")]
    return _is_found(wanted) + (since if wanted.is_past else [])


# -- the same as plain rows, to compare: whoever has them in an answer need not make it again


@dataclass(frozen=True, slots=True)
class Read:
    lines: Sequence[Any]
    """Rows with, among the rest, the id, status and end of an event."""
    put_off: Sequence[Any]
    extent: tuple[Any, ...]


def agenda_read(*, is_past: bool, now: datetime, page: int) -> Read:
    """Of the whole agenda, unfiltered."""
    values = _at(now)
    lines = rows(_agenda_of(is_past=is_past), {**values, "first": _first(page)})
    put_off = [] if is_past else rows(_put_off_of(), {**values, "first": 0})
    return Read(lines, put_off, _extent(is_past=is_past, now=now))


def feed_read(wanted: Wanted, *, now: datetime) -> str:
    """The words of all its lines."""
    return rows(_feed_of(wanted), {**_at(now), "first": 0})[0].words or ""


@lru_cache(maxsize=64)
def _feed_of(wanted: Wanted) -> Executable:
    """Built once for each choice of filters; the database joins the words, which is quicker."""
    parts = (
        _lines(_is_fed(each), _order(each), FEED, *_SHOWN).subquery() for each in _both(wanted)
    )
    some = union_all(*(select(part) for part in parts)).subquery()
    return select(joined(*some.c).label("words"))


def _lines(
    conditions: list[ColumnElement[bool]],
    order: ColumnElement[datetime],
    most: int,
    *shown: Any,
) -> Select[Any]:
    return (
        select(*shown)
        .select_from(Event)
        .outerjoin(Event.venue)
        .outerjoin(_lead, _lead.id == Event.lead_sector_id)
        .where(*conditions)
        .order_by(order, Event.id)
        .limit(most)
        .offset(bindparam("first"))
    )


@lru_cache(maxsize=2)
def _agenda_of(*, is_past: bool) -> Executable:
    shown = Event.id, Event.status, Event.ends_at, *_SHOWN
    wanted = Wanted(is_past=is_past)
    return _lines(_is_on_agenda(wanted), _order(wanted), PAGE, *shown)


@lru_cache(maxsize=1)
def _put_off_of() -> Executable:
    return _lines(_has_no_day(Wanted()), Event.starts_at.asc(), PAGE, *_SHOWN)


def _extent(*, is_past: bool, now: datetime) -> tuple[Any, ...]:
    """The first and the last beginning in the whole agenda, and how many events there are."""
    return tuple(rows(_extent_of(is_past=is_past), _at(now))[0])


@lru_cache(maxsize=2)
def _extent_of(*, is_past: bool) -> Executable:
    """Each by itself: the index has the first and the last at its ends."""
    figures = func.min(Event.starts_at), func.max(Event.starts_at), func.count(Event.id)
    found = _is_on_agenda(Wanted(is_past=is_past))
    return select(*(select(figure).where(*found).scalar_subquery() for figure in figures))


def _at(now: datetime) -> dict[str, Any]:
    kept = now - KEPT
    return {"now": now, "since": now - LONGEST, "kept": kept, "kept_since": kept - LONGEST}


def _is_found(wanted: Wanted) -> list[ColumnElement[bool]]:
    return _with_words(_is_listed(wanted), wanted.words, _order(wanted))


def _is_on_agenda(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is put off is not over; without a day to come it is listed apart (`put_off`)."""
    is_over = [Event.status != Status.POSTPONED] if wanted.is_past else []
    return _is_listed(wanted) + is_over


def _has_no_day(wanted: Wanted) -> list[ColumnElement[bool]]:
    return [*_is_listed(replace(wanted, is_past=True)), Event.status == Status.POSTPONED]


def _is_listed(wanted: Wanted) -> list[ColumnElement[bool]]:
    """By the day that it has or had, as calendars show it (what is put off as cancelled there), and
    but for words. For statements that have Event.venue joined, with the values of `_at`.
    """
    conditions: list[ColumnElement[bool]] = [Event.status.in_(PUBLIC), Event.is_listed.is_(True)]
    # `ends_at` is the precise one; `starts_at` lets the index find them
    if wanted.is_past:
        conditions += [Event.starts_at <= NOW, Event.ends_at <= NOW]
    else:
        conditions += [Event.starts_at > SINCE, Event.ends_at > NOW]
    if wanted.between:
        first, after = wanted.between
        conditions += [Event.ends_at >= first, Event.starts_at < after]
    if wanted.sector:
        conditions.append(_has_theme(wanted.sector))
    if wanted.region:
        conditions.append(Venue.region_id == _theme_id(wanted.region))
    if wanted.kind is AgendaKind.ONLINE:
        conditions.append(Event.attendance_mode != AttendanceMode.OFFLINE)
    elif wanted.kind:
        conditions.append(Event.preset == Preset(wanted.kind.value))
    return conditions


def _theme_id(code: str) -> ScalarSelect[int]:
    return select(Theme.id).where(Theme.code == code).scalar_subquery()


def _has_theme(code: str) -> ColumnElement[bool]:
    id = _theme_id(code)
    tagged = select(event_theme.c.event_id).where(event_theme.c.theme_id == id)
    return or_(Event.lead_sector_id == id, Event.id.in_(tagged))


def _holds(columns: ReadOnlyColumnCollection[str, Any], word: str) -> ColumnElement[bool]:
    """Somewhere in title, summary or place, in either language."""
    texts = [
        field[code].as_string() for field in (columns.title, columns.summary) for code in LANGUAGES
    ]
    return or_(
        *(
            func.lower(func.coalesce(each, "")).contains(word, autoescape=True)
            for each in (*texts, columns.name, columns.city)
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
