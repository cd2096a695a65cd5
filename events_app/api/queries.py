"""What machines ask: does everything answer, how much waits, and which pages are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from events_app.core import pulse, queue
from events_app.core.db import db, roll_back
from events_app.core.postgres import at_most
from events_app.delivery.models import OutboxMessage, State
from events_app.events.models import Event
from events_app.events.rules import PUBLIC
from events_app.newsletters.models import Issue, IssueStatus

DATABASE_SECONDS = 2
"""Who asks how it is does not wait longer; the queue has a limit of its own."""
MOST = 20_000
"""Addresses of a kind in the sitemap, whose format allows 50,000 in all."""
_UNDER_WAY = (
    State.READY, State.CLAIMED, State.ATTEMPTING, State.DEFERRED, State.UNCERTAIN, State.FAILED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    database: bool
    queue: bool
    worker: bool
    is_ahead: bool
    """The last sign of a worker is of a moment still to come: one of the clocks is wrong."""

    @property
    def is_well(self) -> bool:
        return self.database and self.queue and self.worker


@dataclass(frozen=True, slots=True)
class Page:
    """A public page of a row: its slug and when it last changed."""

    slug: str
    changed_at: datetime | None


def health(now: datetime) -> Health:
    seen = None
    try:
        with at_most(DATABASE_SECONDS):
            db.session.execute(text("SELECT 1"))
            seen = pulse.last()
        database = True
    except SQLAlchemyError:
        roll_back()
        database = False
    return Health(
        database=database,
        queue=queue.waiting() is not None,
        worker=pulse.is_fresh(seen, now),
        is_ahead=pulse.is_ahead(seen, now),
    )


def letters_under_way() -> dict[tuple[str, str], int]:
    """How many letters of each stream stand in each state that is not an end."""
    rows = db.session.execute(
        select(OutboxMessage.stream, OutboxMessage.state, func.count())
        .where(OutboxMessage.state.in_(_UNDER_WAY))
        .group_by(OutboxMessage.stream, OutboxMessage.state)
    )
    return {(stream.value, state.value): count for stream, state, count in rows}


def events() -> Iterator[Page]:
    return _pages(
        select(Event.slug, Event.changed_at)
        .where(Event.status.in_(PUBLIC), Event.is_listed)
        .order_by(Event.starts_at.desc(), Event.id)
    )


def issues() -> Iterator[Page]:
    return _pages(
        select(Issue.slug, Issue.sent_at)
        .where(Issue.status == IssueStatus.DONE)
        .order_by(Issue.sent_at.desc(), Issue.id)
    )


def edition() -> str:
    """Another word whenever a page in the sitemap came, went or changed."""
    events = select(func.count(), func.max(Event.changed_at)).where(
        Event.status.in_(PUBLIC), Event.is_listed
    )
    issues = select(func.count(), func.max(Issue.sent_at)).where(Issue.status == IssueStatus.DONE)
    found = [*db.session.execute(events).one(), *db.session.execute(issues).one()]
    return "-".join(str(value) for value in found)


def _pages(rows: Select[str, datetime] | Select[str, datetime | None]) -> Iterator[Page]:
    for slug, changed_at in db.session.execute(rows.limit(MOST)).yield_per(500):
        yield Page(slug, changed_at)
