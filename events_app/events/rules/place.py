"""Where an event is, in one line."""

from events_app.events.models import AttendanceMode, Event, Venue


def address(venue: Venue) -> str:
    town = f"{venue.postcode} {venue.city}".strip()
    return ", ".join(part for part in (venue.name, venue.street, town) if part)


def location(event: Event) -> str:
    """For calendars and letters."""
    if event.attendance_mode is AttendanceMode.ONLINE:
        return "Online"
    return address(event.venue) if event.venue else ""
