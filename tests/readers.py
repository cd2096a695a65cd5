"""Calendar objects as two programs read them that did not write them.

`vobject` goes by the VTIMEZONE in the file, `icalendar` by the name of the zone. Our own lines are
written without either (core/calendars.py).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import vobject
from icalendar import Calendar


@dataclass(frozen=True, slots=True)
class Read:
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    name: str
    status: str
    url: str
    organizer: str
    attendees: tuple[str, ...]


def by_vobject(source):
    calendar = vobject.readOne(source)
    return [
        Read(
            uid=event.uid.value,
            sequence=int(event.sequence.value),
            starts_at=event.dtstart.value.astimezone(UTC),
            ends_at=event.dtend.value.astimezone(UTC),
            name=event.summary.value,
            status=event.status.value,
            url=event.url.value,
            organizer=event.organizer.value if hasattr(event, "organizer") else "",
            attendees=tuple(each.value for each in event.contents.get("attendee", [])),
        )
        for event in calendar.contents.get("vevent", [])
    ]


def by_icalendar(source):
    calendar = Calendar.from_ical(source)
    assert [each.errors for each in calendar.walk() if each.errors] == []
    return [
        Read(
            uid=str(event["UID"]),
            sequence=int(event["SEQUENCE"]),
            starts_at=event.decoded("DTSTART").astimezone(UTC),
            ends_at=event.decoded("DTEND").astimezone(UTC),
            name=str(event["SUMMARY"]),
            status=str(event["STATUS"]),
            url=str(event["URL"]),
            organizer=str(event.get("ORGANIZER", "")),
            attendees=_several(event.get("ATTENDEE", [])),
        )
        for event in calendar.events
    ]


def _several(found):
    return tuple(map(str, found if isinstance(found, list) else [found]))


READERS = (by_vobject, by_icalendar)


def events(source):
    """What stands in the calendar, once both have read the same."""
    first, second = (read(source) for read in READERS)
    assert first == second
    return first
