"""What is kept of a letter, and for how long."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, select, update

from events_app.core.addresses import stands_in
from events_app.core.db import db
from events_app.delivery import queries, rules
from events_app.delivery.models import (
    OutboxMessage,
    Reason,
    SendingPause,
    State,
    Suppression,
    SuppressionReason,
)

AT_ONCE = 500
_OVER = (State.ACCEPTED, State.FAILED, State.CANCELLED, State.KEPT, State.UNCERTAIN)
NOBODY = bytes(32)
"""Instead of an address's digest."""


def wipe_old(*, now: datetime) -> int:
    """Wipe the personal part of letters that are over for long; some at a time."""
    old = (
        select(OutboxMessage.id)
        .where(
            ~OutboxMessage.is_wiped,
            OutboxMessage.state.in_(_OVER),
            OutboxMessage.changed_at < now - rules.KEEP,
        )
        .limit(AT_ONCE)
    )
    return _wipe(list(db.session.scalars(old)))


def give_up_old(*, now: datetime) -> int:
    """What could not leave for so long is of no use to its reader any more; some at a time."""
    stale = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state.in_(rules.UNSENT), OutboxMessage.not_before < now - rules.KEEP)
        .limit(AT_ONCE)
    )
    ids = list(db.session.scalars(stale))
    _stop(ids, Reason.GAVE_UP, now)
    db.session.execute(delete(SendingPause).where(SendingPause.until < now))
    return len(ids)


def erase(email: str, *, naming: Collection[int] = (), now: datetime) -> int:
    """Wipe all letters to this address and those `naming` it (ids); what waits does not leave. An
    objection or a complaint stands: it is why nobody writes to them again.
    """
    ids = {*queries.letters_to(email), *naming}
    erase_letters(ids, now=now)
    db.session.execute(
        delete(Suppression).where(
            Suppression.email_digest == rules.address_digest(email),
            Suppression.reason.in_((SuppressionReason.BOUNCED, SuppressionReason.BY_HAND)),
        )
    )
    for pause in db.session.scalars(select(SendingPause)):
        if stands_in(email, pause.detail):
            pause.detail = ""
    return len(ids)


def erase_letters(ids: Iterable[int], *, now: datetime) -> None:
    """Wipe these letters; what waits does not leave."""
    ids = list(ids)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        _stop(some, Reason.WITHDRAWN, now)
        _wipe(some)


def say_instead(ids: Iterable[int], slot: str, words: str) -> set[int]:
    """Put other words in a slot of those letters that have not left; returns their ids.

    What a worker has claimed is claimed anew, with these words.
    """
    waiting = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id.in_(ids), OutboxMessage.state.in_(rules.UNSENT))
        .order_by(OutboxMessage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for letter in waiting:
        if slot in letter.slots:
            letter.slots = {**letter.slots, slot: ["text", words]}
        if letter.state is State.CLAIMED:
            letter.state, letter.owner, letter.lease_until = State.READY, None, None
    return {letter.id for letter in waiting}


def _stop(ids: list[int], why: Reason, now: datetime) -> None:
    if ids:
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(ids), OutboxMessage.state.in_(rules.UNSENT))
            .values(state=State.CANCELLED, why=why, owner=None, lease_until=None, changed_at=now)
            .execution_options(synchronize_session=False)
        )


def _wipe(ids: list[int]) -> int:
    if ids:
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(ids))
            .values(
                is_wiped=True, slots={}, calendar=None, to_name="", to_email="", reply_to=None,
                unsubscribe=None, last_answer=None, domain="", to_digest=NOBODY,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    return len(ids)
