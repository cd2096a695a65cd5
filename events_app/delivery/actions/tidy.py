"""What is kept of a letter, and for how long."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage, State

KEEP = timedelta(days=30)
"""After this only the fact of a letter remains: what it was, to whom (as a digest), and when."""
AT_ONCE = 500
_OVER = (State.ACCEPTED, State.FAILED, State.CANCELLED, State.KEPT)


def wipe_old(*, now: datetime) -> int:
    """Wipe the personal part of letters that are over for long; some at a time."""
    old = (
        select(OutboxMessage.id)
        .where(
            ~OutboxMessage.is_wiped,
            OutboxMessage.state.in_(_OVER),
            OutboxMessage.changed_at < now - KEEP,
        )
        .limit(AT_ONCE)
    )
    return _wipe(list(db.session.scalars(old)))


def _wipe(ids: list[int]) -> int:
    if ids:
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(ids))
            .values(
                is_wiped=True, slots={}, calendar=None, to_name="", to_email="", reply_to=None,
                unsubscribe=None, last_answer=None,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    return len(ids)
