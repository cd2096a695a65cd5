"""Letters that are on their way."""

import time

from sqlalchemy import func, select

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage, State

PATIENCE = 240
OPEN = (State.READY, State.CLAIMED, State.ATTEMPTING)


def wait_until_sent():
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        db.session.remove()
        left = db.session.scalar(
            select(func.count(OutboxMessage.id)).where(OutboxMessage.state.in_(OPEN))
        )
        if not left:
            return
        time.sleep(0.3)
    raise RuntimeError(f"{left} letters are left after {PATIENCE} s")
