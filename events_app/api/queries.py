"""What machines ask: does everything answer, and how much waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from events_app.core import heartbeat, queue
from events_app.core.db import db, only_reads, roll_back
from events_app.core.postgres import at_most
from events_app.delivery.models import OutboxMessage, State

DATABASE_SECONDS = 2
"""Who asks how it is does not wait longer; the queue has a limit of its own."""
_UNDER_WAY = (
    State.READY, State.CLAIMED, State.ATTEMPTING, State.DEFERRED, State.UNCERTAIN, State.FAILED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    database: bool
    is_copy: bool
    """It only reads."""
    queue: bool
    worker: bool
    is_ahead: bool
    """The last sign of a worker is of a moment still to come: one of the clocks is wrong."""

    @property
    def is_well(self) -> bool:
        return self.database and not self.is_copy and self.queue and self.worker


def health(now: datetime) -> Health:
    seen, is_copy = None, False
    try:
        with at_most(DATABASE_SECONDS):
            is_copy = only_reads()
            seen = heartbeat.last()
        database = True
    except SQLAlchemyError:
        roll_back()
        database = False
    return Health(
        database=database,
        is_copy=is_copy,
        queue=queue.waiting() is not None,
        worker=heartbeat.is_fresh(seen, now),
        is_ahead=heartbeat.is_ahead(seen, now),
    )


def letters_under_way() -> dict[tuple[str, str], int]:
    """How many letters of each stream are in each state that is not an end."""
    rows = db.session.execute(
        select(OutboxMessage.stream, OutboxMessage.state, func.count())
        .where(OutboxMessage.state.in_(_UNDER_WAY))
        .group_by(OutboxMessage.stream, OutboxMessage.state)
    )
    return {(stream.value, state.value): count for stream, state, count in rows}
