"""What an organiser says of an event, and what of it differs from what is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from events_app.core import text
from events_app.core.text import Local
from events_app.events.models import (
    AttendanceMode,
    Event,
    Ownership,
    PartnerRole,
    Preset,
)
from events_app.events.rules.place import ONLINE, address

LONGEST = timedelta(days=60)
"""No event lasts longer."""
TEXTS = ("title", "summary", "description", "audience", "report", "cover_alt")
PLAIN = (
    *TEXTS,
    *("preset", "ownership", "starts_at", "ends_at", "timezone", "attendance_mode", "stream_url"),
    *("external_url", "edition", "cover_credit", "contact_email", "is_listed"),
)
"""What goes from Content to Event as it is."""
FACTS = ("starts_at", "ends_at", "timezone", "attendance_mode", "venue", "stream_url")
"""What people plan their day by, and are told of when it changes."""


class Part(StrEnum):
    """What a copy of an event can take along, besides its title."""

    TEXTS = "texts"
    PLACE = "place"
    THEMES = "themes"
    SENDERS = "senders"
    COVER = "cover"
    SERIES = "series"


COPIED: dict[Part, tuple[str, ...]] = {
    Part.TEXTS: ("summary", "description", "audience", "contact_email", "preset", "ownership"),
    Part.PLACE: ("attendance_mode", "venue", "stream_url"),
    Part.THEMES: ("lead_sector",),
    Part.SENDERS: (),
    Part.COVER: (
        *("cover_key", "cover_width", "cover_height", "cover_webp"),
        *("cover_alt", "cover_credit"),
    ),
    Part.SERIES: ("series",),
}
"""Columns that go along as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVenue:
    name: str
    street: str
    postcode: str
    city: str
    region_id: int | None
    access_note: Local
    route_note: Local


@dataclass(frozen=True, slots=True)
class NewSeries:
    title: Local


@dataclass(frozen=True, slots=True)
class Sender:
    organisation_id: int
    role: PartnerRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A picture that was made safe and is kept."""

    key: str
    width: int
    height: int
    webp: dict[str, str]


def cover_files(event: Event) -> set[str]:
    """The keys of its picture and of the small copies."""
    return {event.cover_key or "", *(event.cover_webp or {}).values()} - {""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    title: Local
    summary: Local
    description: Local
    audience: Local
    report: Local
    preset: Preset
    ownership: Ownership
    starts_at: datetime
    ends_at: datetime
    timezone: str
    attendance_mode: AttendanceMode
    venue: int | NewVenue | None
    stream_url: str
    external_url: str
    series: int | NewSeries | None
    edition: int | None
    lead_sector_id: int | None
    theme_ids: frozenset[int]
    senders: tuple[Sender, ...]
    cover: Cover | None
    """None: as it was."""
    drops_cover: bool
    cover_alt: Local
    cover_credit: str
    contact_email: str
    is_listed: bool


def snapshot(event: Event) -> dict[str, Any]:
    """All that can be changed of an event, fit for the journal."""
    said = {name: getattr(event, name) for name in PLAIN}
    for name in ("starts_at", "ends_at"):
        said[name] = said[name].isoformat()
    return said | {
        "venue": address(event.venue) if event.venue else "",
        "series": dict(event.series.title) if event.series else "",
        "lead_sector": event.lead_sector.code if event.lead_sector else "",
        "themes": [theme.code for theme in event.themes],
        "senders": [f"{each.organisation_id} {each.role}" for each in event.partners],
        "cover": event.cover_key or "",
    }


def differences(
    before: dict[str, Any], after: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name, value in before.items() if after[name] != value]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def moves(event: Event, content: Content) -> list[str]:
    """Which of the facts would change; a new venue is another venue."""
    moved = [
        name for name in FACTS if name != "venue" and getattr(event, name) != getattr(content, name)
    ]
    is_there = content.attendance_mode is not AttendanceMode.ONLINE
    return [*moved, "venue"] if is_there and event.venue_id != content.venue else moved


def goes_elsewhere(event: Event, content: Content) -> bool:
    """People registered here until now, and will on another site."""
    return Ownership.EXTERNAL in {content.ownership} - {event.ownership}


@dataclass(frozen=True, slots=True)
class Moved:
    """One of the facts, for who is about to change it: both in words."""

    what: str
    old: str
    new: str


def moved(event: Event, content: Content, *, place: str) -> list[Moved]:
    """`place`: of the venue that was chosen."""
    names = set(moves(event, content))
    found = []
    if names & {"starts_at", "ends_at", "timezone"}:
        old = text.span(event.starts_at, event.ends_at, event.timezone)
        new = text.span(content.starts_at, content.ends_at, content.timezone)
        found.append(Moved("when", old, new))
    if names & {"attendance_mode", "venue"}:
        known = _where(event.attendance_mode, address(event.venue) if event.venue else "")
        found.append(Moved("where", known, _where(content.attendance_mode, place)))
    if "stream_url" in names:
        found.append(Moved("stream", event.stream_url, content.stream_url))
    if goes_elsewhere(event, content):
        found.append(Moved("register", text._("on this site"), content.external_url))
    return found


def _where(mode: AttendanceMode, place: str) -> str:
    if mode is AttendanceMode.ONLINE:
        return ONLINE
    return f"{place} + online" if mode is AttendanceMode.MIXED else place
