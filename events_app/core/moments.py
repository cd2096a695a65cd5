"""What a clock that was ahead wrote, set right.

A moment at which something happened cannot be still to come. Left as it is, it would keep work from
being done until then: letters about a change, a kit, forgetting. What is planned stays as it is.
"""

import logging
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, update

from events_app.core import clock
from events_app.core.db import Base, Moment, db, saving
from events_app.core.pulse import SLACK
from events_app.core.queue import after_wrong_clock, every_night

log = logging.getLogger(__name__)
PLANNED = frozenset({
    "beat.at", "event.ends_at", "event.previous_starts_at", "event.starts_at", "issue.send_at",
    "kit.embargo_until", "kit.valid_until", "outbox_message.created_at",
    "outbox_message.lease_until", "outbox_message.not_before", "rate_count.expires_at",
    "registration_form.closes_at", "registration_form.opens_at", "sending_pause.until",
    "sign_in_link.expires_at", "waitlist_entry.offer_expires_at",
})  # fmt: skip
"""Moments that may be still to come; those of the pulse and of letters are set right elsewhere."""


@after_wrong_clock
@every_night
def set_right() -> None:
    now = clock.now()
    for column in happened():
        with saving():
            _set_right(column, now)


def happened() -> Iterator[Column[datetime]]:
    """Every column that says when something happened."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Moment) and str(column) not in PLANNED:
                yield column


def _set_right(column: Column[datetime], now: datetime) -> None:
    wrong = update(column.table).where(column > now + SLACK).values({column: now})
    found = db.session.connection().execute(wrong).rowcount
    if found:
        log.warning("%d moments of %s were still to come", found, column)
