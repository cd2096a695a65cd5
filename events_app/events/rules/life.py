"""What an event may become, and who may change it."""

from datetime import datetime, timedelta

from events_app.accounts.models import StaffMember
from events_app.accounts.rules import may_edit, may_organise
from events_app.events.models import Event, Status

MOVES: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.PUBLISHED, Status.ARCHIVED}),
    Status.PUBLISHED: frozenset({Status.POSTPONED, Status.CANCELLED, Status.DONE}),
    Status.POSTPONED: frozenset({Status.PUBLISHED, Status.CANCELLED}),
    Status.CANCELLED: frozenset({Status.ARCHIVED}),
    Status.DONE: frozenset({Status.ARCHIVED}),
    Status.ARCHIVED: frozenset(),
}
HEARD = timedelta(days=1)
"""How long the page of an event that was called off stays at least: people hear of it first, by
letter, on the page, in calendars and in kits.
"""
OFF = (Status.POSTPONED, Status.CANCELLED)
PUBLIC = (Status.PUBLISHED, Status.POSTPONED, Status.CANCELLED, Status.DONE)


def is_off(status: Status) -> bool:
    """It does not take place as planned, and readers are told why."""
    return status in OFF


def may_become(status: Status, wanted: Status) -> bool:
    return wanted in MOVES[status]


def heard_at(event: Event, *, now: datetime) -> datetime | None:
    """When everybody has heard that it is called off; until then it is not put in the archive."""
    if event.status is not Status.CANCELLED:
        return None
    heard = event.changed_at + HEARD
    if not _is_called_off_late(event):
        heard = min(event.ends_at, heard)
    return heard if heard > now else None


def _is_called_off_late(event: Event) -> bool:
    """After the day that it was planned for: it had been put off, without a new date."""
    return event.status is Status.CANCELLED and event.changed_at >= event.ends_at


def is_to_come(event: Event, *, now: datetime) -> bool:
    """Not over, or without a date for the moment: then it is not over, whatever day it had. What is
    in the archive before its day was called off.
    """
    has_day = event.ends_at > now and event.status is not Status.ARCHIVED
    return has_day or event.status is Status.POSTPONED


def begins_at(event: Event) -> datetime | None:
    """None: it is put off, and has no day."""
    return None if event.status is Status.POSTPONED else event.starts_at


def is_in_use(event: Event, *, now: datetime) -> bool:
    """Whether people still count on what is said of it: until it is over, and where it is put off
    or called off later than that, until all have heard.
    """
    if _is_called_off_late(event):
        return event.changed_at + HEARD > now
    return is_to_come(event, now=now)


def may_remove(event: Event) -> bool:
    """Nobody but the desk has ever seen it."""
    return event.status in (Status.DRAFT, Status.ARCHIVED) and event.published_at is None


def is_public(event: Event) -> bool:
    return event.status in PUBLIC


def is_past(event: Event, *, now: datetime) -> bool:
    return event.status is Status.DONE or not is_to_come(event, now=now)


def is_rescheduled(event: Event) -> bool:
    """It goes on, and begins at another time than readers were told before."""
    is_on = event.status is Status.PUBLISHED and event.previous_starts_at is not None
    return is_on and event.previous_starts_at != event.starts_at


def state(event: Event, *, now: datetime, places: str = "") -> str:
    """The one word a reader needs: what became of the event, or else whether there are `places`."""
    if event.status in (Status.DRAFT, Status.CANCELLED, Status.ARCHIVED):
        return event.status.value
    if is_past(event, now=now):
        return "past"
    if event.status is Status.POSTPONED:
        return event.status.value
    return "closed" if places == "past" else places  # it has begun, and is not over


def may_change_texts(staff: StaffMember) -> bool:
    return may_edit(staff)


def may_change_facts(staff: StaffMember, event: Event) -> bool:
    """Time and place: once readers have seen them they are an organiser's to change."""
    return may_organise(staff) if is_public(event) else may_edit(staff)
