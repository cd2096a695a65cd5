"""What blocks draw of live records, in the words of one language; kept with the issue when sent."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask_babel import LazyString

from events_app.core import text
from events_app.core.text import _, lazy
from events_app.events.models import AttendanceMode, Event, Status

PLAIN = 0xFFB81C
"""Of an event without a lead sector."""


@dataclass(frozen=True, slots=True)
class EventFacts:
    id: int
    revision: int
    status: str
    slug: str
    title: str
    summary: str
    weekday: str
    day: str
    month: str
    when: str
    """The whole span in words; empty while there is no date."""
    place: str
    sector: str
    """Code of the lead sector."""
    sector_name: str
    colour: int
    """Of the lead sector, as 0xRRGGBB."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    key: str
    width: int
    height: int


_HALF = 12


def mark(event: EventFacts) -> str:
    """A fingerprint of what a letter shows of the event: first all else, then its summary, which
    words of the issue's own may replace.
    """
    state = event.status if event.status in ("cancelled", "postponed") else "on"
    core = (event.slug, event.title, event.weekday, event.day, event.month, event.when,
            event.place, f"{event.colour:x}", state)  # fmt: skip
    return _half("\0".join(core)) + _half(event.summary)


def why_unfit(event: EventFacts) -> LazyString | None:
    """What to do with a block of an event that no newsletter tells of."""
    if event.status == "cancelled":
        return lazy("“%(title)s” is cancelled. Take the block out.", title=event.title)
    if event.status == "draft":
        return lazy("“%(title)s” is not public. Publish it first.", title=event.title)
    return None


def _half(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:_HALF]


def is_as_seen(event: EventFacts, seen: str | int | None, *, has_words: bool) -> bool:
    """Whether a block shows the event as it was looked at. `has_words`: its own, in place of the
    summary. A number is the event's revision, as blocks kept it once.
    """
    if not isinstance(seen, str):
        return seen == event.revision
    now = mark(event)
    return seen == now or (has_words and seen[:_HALF] == now[:_HALF])


def of_event(event: Event) -> EventFacts:
    """In the language being spoken."""
    weekday, day, month, _year = text.day(event.starts_at, event.timezone).split()
    sector = event.lead_sector
    made = EventFacts(
        id=event.id,
        revision=event.revision,
        status=event.status.value,
        slug=event.slug,
        title=text.local(event.title),
        summary=text.local(event.summary),
        weekday=weekday,
        day=day,
        month=month,
        when=text.span(event.starts_at, event.ends_at, event.timezone),
        place=_place(event),
        sector=sector.code if sector else "",
        sector_name=text.local(sector.name) if sector else "",
        colour=int(sector.colour.removeprefix("#"), 16) if sector else PLAIN,
    )
    if event.status is Status.POSTPONED:  # the date that the row still has is off
        return replace(made, weekday="", day="", month="", when="")
    return made


def stored(events: Mapping[int, EventFacts]) -> dict[str, Any]:
    """As JSON, to keep with the issue that was sent."""
    return {str(key): asdict(event) for key, event in events.items()}


def kept(stored_events: Mapping[str, Any] | None) -> dict[int, EventFacts]:
    return {int(key): EventFacts(**facts) for key, facts in (stored_events or {}).items()}


def corrected(
    then: Mapping[int, EventFacts], now: Mapping[int, EventFacts]
) -> list[tuple[EventFacts, EventFacts]]:
    """The events whose title, time, place or state readers were told otherwise: then and now."""
    pairs = [(facts, now[key]) for key, facts in then.items() if key in now]
    return [pair for pair in pairs if _told(pair[0]) != _told(pair[1])]


def _told(event: EventFacts) -> tuple[str, ...]:
    # that it took place is no correction
    state = "published" if event.status in ("done", "archived") else event.status
    return (event.title, event.when, event.place, state)


def _place(event: Event) -> str:
    if event.attendance_mode is AttendanceMode.ONLINE:
        return str(_("Online"))
    hall = f"{event.venue.name}, {event.venue.city}" if event.venue else ""
    if hall and event.attendance_mode is AttendanceMode.MIXED:
        return str(_("%(place)s, and online", place=hall))
    return hall
