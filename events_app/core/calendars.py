"""Calendar objects (RFC 5545, 5546): feeds, invitations by mail and their withdrawal.

The lines of an entry are written here, at a tenth of the time that icalendar takes for them: it
folds character by character. For Europe/Amsterdam the zone is written with its yearly rules;
icalendar's own `add_missing_timezones()` is read one hour wrong by other programs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Literal

from flask import current_app
from icalendar import Parameters, Timezone, TimezoneDaylight, TimezoneStandard

from events_app.core import text

LONGEST_LINE = 75
"""Octets, its end left aside."""

_AMSTERDAM = """
BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE""".splitlines()[1:]
_DTSTAMP = re.compile(rb"(?m)^DTSTAMP:\d{8}T\d{6}Z")
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\r\n": "\\n", "\n": "\\n", "\r": "\\n"}
"""RFC 5545 3.3.11, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a calendar shows. No personal or secret link: people share their calendars."""

    uid: str
    sequence: int
    summary: str
    description: str
    location: str
    url: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    changed_at: datetime
    status: Literal["CONFIRMED", "CANCELLED", "TENTATIVE"] = "CONFIRMED"


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    email: str


def organizer() -> Party:
    """The monitored mailbox: answers of calendar programs arrive where someone reads them."""
    name, _ = parseaddr(current_app.config["MAIL_FROM"])
    _, email = parseaddr(current_app.config["MAIL_REPLY_TO"])
    return Party(name or email, email)


def request(entry: Entry, *, organizer: Party, attendee: Party) -> bytes:
    """METHOD:REQUEST for one attendee who has a place already; see `stamped`."""
    return _personal("REQUEST", entry, organizer, attendee)


def cancel(entry: Entry, *, organizer: Party, attendee: Party) -> bytes:
    """METHOD:CANCEL: takes the entry out of the attendee's calendar."""
    return _personal("CANCEL", entry, organizer, attendee)


def stamped(content: bytes, moment: datetime) -> bytes:
    """The same as a message that is made at this moment (DTSTAMP, RFC 5545 3.8.7.2)."""
    return _DTSTAMP.sub(b"DTSTAMP:" + _utc(moment).encode(), content)


def published(entries: Iterable[Entry], *, name: str = "") -> bytes:
    """A feed, or one event to download. It is no message, so it has no METHOD (METHOD:PUBLISH would
    ask for an ORGANIZER, RFC 5546 3.2.1) and its DTSTAMP tells when the entry last changed.
    """
    entries = list(entries)
    about = [
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
    ]
    return _calendar(entries, about if name else [])


def _personal(method: str, entry: Entry, organizer: Party, attendee: Party) -> bytes:
    place = {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"} if method == "REQUEST" else {}
    people = [
        _party("ORGANIZER", organizer),
        _party("ATTENDEE", attendee, ROLE="REQ-PARTICIPANT", **place),
    ]
    return _calendar([entry], [f"METHOD:{method}"], people)


def _party(role: str, party: Party, **more: str) -> str:
    return f"{role};{Parameters(CN=party.name, **more).to_ical().decode()}:mailto:{party.email}"


def _calendar(entries: list[Entry], about: Iterable[str], people: Iterable[str] = ()) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Human Capital Topsectoren//Op de Buehne//NL",
        *about,
    ]
    for zone in sorted({entry.timezone for entry in entries}):
        lines += _zone(zone, [entry for entry in entries if entry.timezone == zone])
    for entry in entries:
        lines += _event(entry, people)
    lines.append("END:VCALENDAR")
    return b"\r\n".join([_folded(line.encode()) for line in lines]) + b"\r\n"


def _event(entry: Entry, people: Iterable[str]) -> list[str]:
    changed = _utc(entry.changed_at)
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"DTSTART{_local(entry.starts_at, entry.timezone)}",
        f"DTEND{_local(entry.ends_at, entry.timezone)}",
        f"SUMMARY:{_text(entry.summary)}",
        *([f"DESCRIPTION:{_text(entry.description)}"] if entry.description else []),
        *([f"LOCATION:{_text(entry.location)}"] if entry.location else []),
        f"URL:{entry.url}",
        f"STATUS:{entry.status}",
        "TRANSP:TRANSPARENT" if entry.status == "CANCELLED" else "TRANSP:OPAQUE",
        *people,
        "END:VEVENT",
    ]


def _text(words: str) -> str:
    for sign, escaped in _ESCAPED.items():
        words = words.replace(sign, escaped)
    return words


def _folded(line: bytes) -> bytes:
    """In lines of at most 75 octets (RFC 5545 3.1); no letter and, where it can be, no escape is
    cut in two.
    """
    parts, begins, most = [], 0, LONGEST_LINE
    while len(line) - begins > most:
        ends = begins + most
        lowest = ends - 8
        while ends > lowest and (line[ends] & 0xC0 == 0x80 or line[ends - 1] in b"\\^"):  # noqa: PLR2004 -- UTF-8
            ends -= 1
        parts.append(line[begins:ends])
        begins, most = ends, LONGEST_LINE - 1
    return b"\r\n ".join([*parts, line[begins:]])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _local(moment: datetime, timezone: str) -> str:
    """An hour that autumn repeats is the first of the two (RFC 5545 3.3.5); the other is in UTC."""
    local = text.there(moment, timezone)
    if local.fold or timezone == "UTC":
        return f":{_utc(moment)}"
    return f";TZID={timezone}:{local:%Y%m%dT%H%M%S}"


def _zone(name: str, entries: list[Entry]) -> list[str]:
    if name == "Europe/Amsterdam":
        return _AMSTERDAM
    zone = Timezone()
    zone.add("tzid", name)
    first = min(entry.starts_at for entry in entries) - timedelta(days=366)
    last = max(entry.ends_at for entry in entries) + timedelta(days=366)
    for onset, before in _onsets(name, first, last):
        is_summer = bool(onset.dst())
        part = TimezoneDaylight() if is_summer else TimezoneStandard()
        # RFC 5545 3.6.5: the onset is in the local time that held just before it
        part.add("dtstart", (onset.astimezone(UTC) + before).replace(tzinfo=None))
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", onset.utcoffset())
        part.add("tzname", onset.tzname())
        zone.add_component(part)
    return bytes(zone.to_ical()).decode().splitlines()


def _onsets(name: str, first: datetime, last: datetime) -> Iterable[tuple[datetime, timedelta]]:
    """The moments at which the zone's offset changes, the first day itself included."""
    moment = text.there(first, name)
    yield moment, moment.utcoffset() or timedelta()
    step = timedelta(days=1)
    while moment < last:
        after = (moment.astimezone(UTC) + step).astimezone(text.zone(name))
        if after.utcoffset() != moment.utcoffset():
            low, high = moment.astimezone(UTC), after.astimezone(UTC)
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                changed = middle.astimezone(text.zone(name)).utcoffset() != moment.utcoffset()
                low, high = (low, middle) if changed else (middle, high)
            onset = high.replace(microsecond=0).astimezone(text.zone(name))
            yield onset, moment.utcoffset() or timedelta()
        moment = after
