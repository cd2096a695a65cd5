"""What people are told of an event, when they hear of a change, and what it was before."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from events_app.core import text
from events_app.events.models import AttendanceMode, Event, Status
from events_app.events.rules.content import Content
from events_app.events.rules.place import ONLINE, location

QUIET = timedelta(minutes=20)
"""After the last change of what people are told, before they are told: five edits, one letter."""
QUIET_MOST = timedelta(hours=1)
"""After the first of these changes: nobody waits longer, however often the event is edited."""
BEFOREHAND = timedelta(hours=2)
"""Before the event begins, people have been told: they may be on their way soon after."""
GOES_ON = (Status.PUBLISHED, Status.POSTPONED)


def facts(event: Event) -> dict[str, str]:
    """What people must be told when it changes; a change of wording alone is no news."""
    is_put_off = "yes" if event.status is Status.POSTPONED else ""
    return {**_when_and_where(event, location(event)), "postponed": is_put_off}


def facts_after(content: Content, *, place: str) -> dict[str, str]:
    """`facts` when this is saved of an event that goes on. `place`: the address of the venue."""
    is_online = content.attendance_mode is AttendanceMode.ONLINE
    return {**_when_and_where(content, ONLINE if is_online else place), "postponed": ""}


def _when_and_where(one: Event | Content, place: str) -> dict[str, str]:
    return {
        "starts_at": one.starts_at.astimezone(UTC).isoformat(),
        "ends_at": one.ends_at.astimezone(UTC).isoformat(),
        "timezone": one.timezone,
        "place": place,
        "stream": one.stream_url,
    }


def announced(event: Event) -> dict[str, str]:
    """What readers are told of the event: the facts, the town and whether there is a choice."""
    choice = "yes" if event.attendance_mode is AttendanceMode.MIXED else ""
    return {**facts(event), "town": town(event), "choice": choice}


def town(event: Event) -> str:
    if event.attendance_mode is AttendanceMode.ONLINE:
        return ONLINE
    return event.venue.city if event.venue else ""


def tell_at(event: Event, *, now: datetime) -> datetime:
    """When a change made now is told."""
    return min(now + QUIET, tell_last(event, now=now))


def tell_last(event: Event, *, now: datetime) -> datetime:
    """When it is told at the latest, however often the event is changed: also before it begins, by
    what people know and by what is so.
    """
    known, starts_at = event.stood, event.starts_at
    if known and not known["postponed"]:  # who knows that it is put off does not come
        starts_at = min(starts_at, datetime.fromisoformat(known["starts_at"]))
    return max(now, min((event.moved_since or now) + QUIET_MOST, starts_at - BEFOREHAND))


def follow_at(event: Event, *, now: datetime) -> datetime:
    """When what is made of the event, such as its kit, follows its last change: with the people who
    are told of it, else after a quiet period that ends before the event begins.
    """
    moments = [event.changed_at + QUIET]
    if event.tell_at and event.tell_at >= event.changed_at:
        moments.append(event.tell_at)
    if event.status is Status.PUBLISHED:
        moments.append(event.starts_at - BEFOREHAND)
    return max(now, min(moments))


def is_due(tell_at: datetime | None, *, now: datetime) -> bool:
    """Whether people hear of what has changed. A moment further ahead than any quiet period can
    only have been written by a clock that was wrong: nobody waits for it.
    """
    return tell_at is None or not now < tell_at <= now + QUIET_MOST


class What(StrEnum):
    DATE = "date"
    TIME = "time"
    END = "end"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that readers knew otherwise, both in words and in the event's own zone."""

    what: What
    new: str
    old: str
    old_town: str = ""
    """For a list, where there is no room for an address; empty: the town is the same."""


def changes(event: Event) -> list[Changed]:
    """What a reader of the page may know otherwise, in the language being spoken."""
    if event.status is not Status.PUBLISHED:
        return []
    found = [_when(event), _place(event)]
    return [each for each in found if each]


def _place(event: Event) -> Changed | None:
    old, new = event.previous_place.get("place", ""), location(event)
    old_town = event.previous_place.get("town", "")
    if not old or old == new:
        return None
    return Changed(What.PLACE, new, old, old_town if old_town != town(event) else "")


def _when(event: Event) -> Changed | None:
    began = event.previous_starts_at or event.starts_at
    ended = event.previous_ends_at or began + (event.ends_at - event.starts_at)
    starts, ends, zone = event.starts_at, event.ends_at, event.timezone
    if (began, ended) == (starts, ends):
        return None
    if not _on_one_day(began, ended, starts, ends, zone=zone):
        return _another_day((began, ended), (starts, ends), zone)
    if starts == began:
        return Changed(What.END, text.clock_time(ends, zone), _hour(ended, zone))
    if ends == ended or ends - starts == ended - began:  # short, for a phone
        return Changed(What.TIME, text.clock_time(starts, zone), _hour(began, zone))
    return Changed(What.TIME, text.times(starts, ends, zone), _bare(text.times(began, ended, zone)))


def _on_one_day(*moments: datetime, zone: str) -> bool:
    return len({text.there(moment, zone).date() for moment in moments}) == 1


Span = tuple[datetime, datetime]


def _another_day(old: Span, new: Span, zone: str) -> Changed:
    with_year = len({text.there(each, zone).year for each in (*old, *new)}) > 1
    days = [[_day(each, zone, with_year=with_year) for each in span] for span in (old, new)]
    if any(first != last for first, last in days):
        return Changed(What.DATE, text.span(*new, zone), text.span(*old, zone))
    (was, _last), (now, _end) = days
    if text.times(*old, zone) != text.times(*new, zone):
        was, now = f"{was}, {_hour(old[0], zone)}", f"{now}, {text.clock_time(new[0], zone)}"
    return Changed(What.DATE, now, was)


def _day(moment: datetime, zone: str, *, with_year: bool) -> str:
    """Short, for a phone: 25 mrt, with the year where the years differ."""
    year = f" {text.there(moment, zone).year}" if with_year else ""
    return text.short_day(moment, zone) + year


def _hour(moment: datetime, zone: str) -> str:
    return _bare(text.clock_time(moment, zone))


def _bare(words: str) -> str:
    """`13.00` beside `13.30 uur`: the word is there once."""
    return words.removesuffix(" uur")
