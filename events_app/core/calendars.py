"""Calendar objects (RFC 5545, 5546): feeds, invitations by mail and their withdrawal.

For Europe/Amsterdam the zone is written with its yearly rules; icalendar's own
`add_missing_timezones()` is read one hour wrong by other programs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from typing import Literal

from flask import current_app
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vText,
)

from events_app.core import text

_AMSTERDAM = b"""BEGIN:VTIMEZONE\r
TZID:Europe/Amsterdam\r
BEGIN:DAYLIGHT\r
TZNAME:CEST\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
DTSTART:19810329T020000\r
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
TZNAME:CET\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
DTSTART:19961027T030000\r
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r
END:STANDARD\r
END:VTIMEZONE\r
"""


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
    """METHOD:REQUEST for one attendee who has a place already."""
    return _personal("REQUEST", entry, organizer, attendee)


def cancel(entry: Entry, *, organizer: Party, attendee: Party) -> bytes:
    """METHOD:CANCEL: takes the entry out of the attendee's calendar."""
    return _personal("CANCEL", entry, organizer, attendee)


def published(entries: Iterable[Entry], *, name: str = "") -> bytes:
    """A feed, or one event to download: METHOD:PUBLISH, nobody named."""
    entries = list(entries)
    calendar = _calendar("PUBLISH", entries)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=4), parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", timedelta(hours=4))
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _personal(method: str, entry: Entry, organizer: Party, attendee: Party) -> bytes:
    calendar = _calendar(method, [entry])
    event = _event(entry)
    host = vCalAddress(f"mailto:{organizer.email}")
    host.params["CN"] = vText(organizer.name)
    event["organizer"] = host
    guest = vCalAddress(f"mailto:{attendee.email}")
    guest.params["CN"] = vText(attendee.name)
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    if method == "REQUEST":
        guest.params["PARTSTAT"] = vText("ACCEPTED")
        guest.params["RSVP"] = vText("FALSE")
    event.add("attendee", guest, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(method: str, entries: list[Entry]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Human Capital Topsectoren//Op de Buehne//NL")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for zone in sorted({entry.timezone for entry in entries}):
        of_zone = [entry for entry in entries if entry.timezone == zone]
        calendar.add_component(_zone(zone, of_zone))
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", _local(entry.starts_at, entry.timezone))
    event.add("dtend", _local(entry.ends_at, entry.timezone))
    event.add("summary", entry.summary)
    if entry.description:
        event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    event.add("url", entry.url)
    event.add("status", entry.status)
    event.add("transp", "OPAQUE" if entry.status != "CANCELLED" else "TRANSPARENT")
    return event


def _local(moment: datetime, timezone: str) -> datetime:
    """An hour that autumn repeats is the first of the two (RFC 5545 3.3.5); the other is in UTC."""
    local = text.there(moment, timezone)
    return local.astimezone(UTC) if local.fold else local


def _zone(name: str, entries: list[Entry]) -> Timezone:
    if name == "Europe/Amsterdam":
        return _amsterdam()
    zone = Timezone()
    zone.add("tzid", name)
    first = min(entry.starts_at for entry in entries) - timedelta(days=366)
    last = max(entry.ends_at for entry in entries) + timedelta(days=366)
    for onset, before in _onsets(name, first, last):
        is_summer = bool(onset.dst())
        part = TimezoneDaylight() if is_summer else TimezoneStandard()
        # RFC 5545 3.6.5: the onset stands in the local time that held just before it
        part.add("dtstart", (onset.astimezone(UTC) + before).replace(tzinfo=None))
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", onset.utcoffset())
        part.add("tzname", onset.tzname())
        zone.add_component(part)
    return zone


@lru_cache(maxsize=1)
def _amsterdam() -> Timezone:
    zone = Timezone.from_ical(_AMSTERDAM)
    assert isinstance(zone, Timezone)  # noqa: S101 -- for the type checker
    return zone


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
