"""An event's life: shown, put off, called off, over.

Who must hear of it is found by the rooms above: they compare `revision` and `status`.
"""

from datetime import datetime

from events_app.accounts.actions import forget_subjects, note
from events_app.accounts.models import StaffMember
from events_app.core import text
from events_app.core.db import db, hold
from events_app.core.text import Local
from events_app.events import rules
from events_app.events.models import Event, Status


def publish(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    """Show a draft to readers. Raises NotReady with all that is missing."""
    if event.status is not Status.DRAFT:
        raise rules.NotPossible
    gaps = rules.missing(event) + rules.too_late(event, now=now)
    if gaps:
        raise rules.NotReady(gaps)
    event.published_at = now
    _become(event, Status.PUBLISHED, by=by, now=now)


def cancel(event: Event, *, words: Local, by: StaffMember | None, now: datetime) -> None:
    """It does not take place. `words` tell readers why, and stay on the page."""
    event.cancel_note = dict(words)
    _become(event, Status.CANCELLED, by=by, now=now)


def postpone(event: Event, *, words: Local, by: StaffMember | None, now: datetime) -> None:
    """It goes on later, nobody knows yet when; `actions.change` with a new date ends this."""
    event.cancel_note = dict(words)
    event.previous_starts_at = event.starts_at
    _become(event, Status.POSTPONED, by=by, now=now)


def finish(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    if not rules.is_past(event, now=now):
        raise rules.NotPossible
    _become(event, Status.DONE, by=by, now=now)


def archive(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    """Out of the readers' sight; a draft that came to nothing goes here too."""
    _become(event, Status.ARCHIVED, by=by, now=now)


def remove(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    """A draft that nobody saw, with its form, places and questions; what rooms above hang on it
    goes first. Its line stays in the journal. Raises NotPossible.
    """
    hold(event)
    if not rules.may_remove(event):
        raise rules.NotPossible
    note("events.removed", event, text.local(event.title, "nl"), by=by, now=now)
    db.session.flush()
    forget_subjects(Event.__name__, [event.id])  # SQLite gives an id again
    db.session.delete(event)


def _become(event: Event, status: Status, *, by: StaffMember | None, now: datetime) -> None:
    before = event.status
    if not rules.may_become(before, status):
        raise rules.NotPossible
    event.status = status
    event.revision += 1
    event.changed_at = now
    note(
        f"events.{status}",
        event,
        text.local(event.title, "nl"),
        by=by,
        now=now,
        before={"status": before},
        after={"status": status} | ({"words": event.cancel_note} if event.cancel_note else {}),
    )
