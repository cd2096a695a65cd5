"""Where an event is, in one line."""

from typing import Protocol

from events_app.events.models import AttendanceMode, Event


class Addressed(Protocol):
    """A venue, or what is said of a new one."""

    @property
    def name(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def postcode(self) -> str: ...
    @property
    def city(self) -> str: ...


def address(venue: Addressed) -> str:
    town = f"{venue.postcode} {venue.city}".strip()
    return ", ".join(part for part in (venue.name, venue.street, town) if part)


ONLINE = "Online"
"""In both languages."""


def location(event: Event) -> str:
    """For calendars and letters."""
    if event.attendance_mode is AttendanceMode.ONLINE:
        return ONLINE
    return address(event.venue) if event.venue else ""
