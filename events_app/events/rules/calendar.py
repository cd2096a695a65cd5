"""The event as calendars show it."""

from events_app.core import text
from events_app.core.calendars import Entry
from events_app.core.text import _
from events_app.events.models import Event, Status
from events_app.events.rules.place import location


def calendar_entry(event: Event, language: str, *, url: str, host: str) -> Entry:
    """What everyone may see. `url`: the event's page; `host`: core.installation's name."""
    with text.speaking(language):
        return Entry(
            uid=f"event-{event.id}@{host}",
            sequence=event.revision,
            summary=_title(event),
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


def _title(event: Event) -> str:
    title = text.local(event.title)
    if event.status is Status.CANCELLED:
        title = _("Cancelled: %(title)s", title=title)
    if event.status is Status.POSTPONED:
        title = _("Postponed: %(title)s", title=title)
    return title
