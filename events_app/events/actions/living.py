"""An event's life: shown, put off, called off, over. To what it is already: nothing happens, for a
button may be pressed twice.

Who must hear of it is found by the rooms above: they compare `revision` and `status`.
"""

from datetime import datetime

from events_app.accounts.actions import forget_subjects, note
from events_app.accounts.models import StaffMember
from events_app.core.db import db, hold
from events_app.core.text import Local, stamp
from events_app.events import rules
from events_app.events.actions import telling
from events_app.events.models import Event, Status


def publish(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    """Show a draft to readers. Raises NotReady with all that is missing."""
    if event.status is Status.PUBLISHED:
        return
    if event.status is not Status.DRAFT:
        raise rules.NotPossible(event)
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
    """Put the event off to a later date that nobody knows yet; who registered is told at once.

    `actions.change` with a new date ends this, or `go_on`.
    """
    told = rules.announced(event)
    event.cancel_note = dict(words)
    _become(event, Status.POSTPONED, by=by, now=now)
    telling.follow(event, told, now=now, at_once=True)


def reword(event: Event, words: Local, *, by: StaffMember | None, now: datetime) -> None:
    """Say otherwise why an event is put off or called off. Who has read the e-mail about it gets no
    other. Raises NotPossible.
    """
    if not rules.is_off(event.status):
        raise rules.NotPossible(event)
    before = event.cancel_note
    if words == before:
        return
    event.cancel_note = dict(words)
    event.changed_at = now
    note(
        "events.reworded", event, rules.label(event), by=by, now=now,
        before={"words": before}, after={"words": event.cancel_note},
    )  # fmt: skip


def go_on(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    """Take a postponement back: the event takes place as planned.

    People who were told of the postponement hear it at once; the others hear nothing. Raises
    NotPossible, DateHasPassed.
    """
    if event.status is Status.PUBLISHED:
        return
    if event.status is not Status.POSTPONED:
        raise rules.NotPossible(event)
    if event.starts_at <= now:
        raise rules.DateHasPassed
    told = rules.announced(event)
    event.cancel_note = {}
    _become(event, Status.PUBLISHED, verb="events.resumed", by=by, now=now)
    telling.follow(event, told, now=now, at_once=True)


def finish(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    if event.status is Status.DONE:
        return
    if not rules.is_past(event, now=now):
        raise rules.NotPossible(event)
    _become(event, Status.DONE, by=by, now=now)


def archive(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    """Hide an event from readers that is over or called off, or put away a draft.

    Raises NotPossible, or StillHeard.
    """
    if event.status is Status.ARCHIVED:
        return
    heard_at = rules.heard_at(event, now=now)
    if heard_at:
        raise rules.StillHeard(stamp(heard_at))
    _become(event, Status.ARCHIVED, by=by, now=now)


def remove(event: Event, *, by: StaffMember | None, now: datetime) -> None:
    """Remove a draft that nobody saw.

    What rooms above have for it must be removed before. A line in the journal stays. Raises
    NotPossible.
    """
    hold(event)
    if not rules.may_remove(event):
        raise rules.NotPossible(event)
    note("events.removed", event, rules.label(event), by=by, now=now)
    db.session.flush()
    forget_subjects(Event.__name__, [event.id])
    db.session.delete(event)


def _become(
    event: Event, status: Status, *, verb: str = "", by: StaffMember | None, now: datetime
) -> None:
    before = event.status
    if not rules.may_become(before, status):
        raise rules.NotPossible(event)
    event.status = status
    event.revision += 1
    event.changed_at = now
    note(
        verb or f"events.{status}",
        event,
        rules.label(event),
        by=by,
        now=now,
        before={"status": before},
        after={"status": status} | ({"words": event.cancel_note} if event.cancel_note else {}),
    )
