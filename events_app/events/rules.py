"""What an event may become, who sees it, and how a calendar names it."""

from datetime import datetime
from urllib.parse import urlsplit

from events_app.accounts.models import StaffMember
from events_app.accounts.rules import may_edit, may_organise
from events_app.core import text
from events_app.core.calendars import Entry
from events_app.core.text import _
from events_app.events.models import AttendanceMode, Event, Status, Venue

MOVES: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.PUBLISHED}),
    Status.PUBLISHED: frozenset({Status.POSTPONED, Status.CANCELLED, Status.DONE}),
    Status.POSTPONED: frozenset({Status.PUBLISHED, Status.CANCELLED}),
    Status.CANCELLED: frozenset({Status.ARCHIVED}),
    Status.DONE: frozenset({Status.ARCHIVED}),
    Status.ARCHIVED: frozenset(),
}
PUBLIC = (Status.PUBLISHED, Status.POSTPONED, Status.CANCELLED, Status.DONE)


def may_become(status: Status, wanted: Status) -> bool:
    return wanted in MOVES[status]


def is_public(event: Event) -> bool:
    return event.status in PUBLIC


def is_past(event: Event, *, now: datetime) -> bool:
    return event.status is Status.DONE or event.ends_at <= now


def state(event: Event, *, now: datetime, places: str = "") -> str:
    """The one word a reader needs: what became of the event, or else how its `places` stand."""
    if event.status in (Status.DRAFT, Status.CANCELLED, Status.ARCHIVED):
        return event.status.value
    if is_past(event, now=now):
        return "past"
    if event.status is Status.POSTPONED:
        return event.status.value
    return places


def may_change_texts(staff: StaffMember) -> bool:
    return may_edit(staff)


def may_change_facts(staff: StaffMember, event: Event) -> bool:
    """Time and place: once readers have seen them they are an organiser's to change."""
    return may_organise(staff) if is_public(event) else may_edit(staff)


def address(venue: Venue) -> str:
    town = f"{venue.postcode} {venue.city}".strip()
    return ", ".join(part for part in (venue.name, venue.street, town) if part)


def location(event: Event) -> str:
    """In one line, for calendars and letters."""
    if event.attendance_mode is AttendanceMode.ONLINE:
        return "Online"
    return address(event.venue) if event.venue else ""


def calendar_entry(event: Event, language: str, *, url: str) -> Entry:
    """The event as everyone may see it; `url` is its page, whose host names the entry for good."""
    with text.speaking(language):
        title = text.local(event.title)
        if event.status is Status.CANCELLED:
            title = _("Cancelled: %(title)s", title=title)
        if event.status is Status.POSTPONED:
            title = _("Postponed: %(title)s", title=title)
        return Entry(
            uid=f"event-{event.id}@{urlsplit(url).hostname}",
            sequence=event.revision,
            summary=title,
            description=text.local(event.summary),
            location=location(event),
            url=url,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            timezone=event.timezone,
            changed_at=event.changed_at,
            # a postponed event has no date yet: nothing takes place at the old one
            status="CANCELLED"
            if event.status in (Status.CANCELLED, Status.POSTPONED)
            else "CONFIRMED",
        )
