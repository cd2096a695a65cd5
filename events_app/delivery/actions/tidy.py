"""What is kept of a letter, and for how long."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, literal, select, update

from events_app.core import text
from events_app.core.addresses import stands_in
from events_app.core.db import db
from events_app.delivery import queries, rules
from events_app.delivery.models import (
    Mention,
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
    objection or a complaint stays: it is why nobody writes to them again.
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
    leave_out(rules.address_digest(email), now=now)
    return len(ids)


def erase_letters(ids: Iterable[int], *, now: datetime) -> None:
    """Wipe these letters; what waits does not leave."""
    ids = list(ids)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        _stop(some, Reason.WITHDRAWN, now)
        _wipe(some)


def leave_out(*who: bytes, key: str = "", now: datetime) -> None:
    """Wipe whoever this is (`Mention.who`) from letters to others: what waits leaves without the
    name, the rest is wiped. `key`: only of letters whose dedupe key begins so.
    """
    mentions = queries.mentions(*who, key=key)
    ids = {each.message_id for each in mentions}
    waiting = _held_back(ids)
    for mention in mentions:
        if letter := waiting.get(mention.message_id):
            _leave_out(mention, letter)
    db.session.flush()
    erase_letters(ids - waiting.keys(), now=now)


def _held_back(ids: Collection[int]) -> dict[int, OutboxMessage]:
    """Those of these that have not left. What a worker has claimed is claimed anew."""
    waiting = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id.in_(ids), OutboxMessage.state.in_(rules.UNSENT))
        .order_by(OutboxMessage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for letter in waiting:
        if letter.state is State.CLAIMED:
            letter.state, letter.owner, letter.lease_until = State.READY, None, None
    return {letter.id: letter for letter in waiting}


def _leave_out(mention: Mention, letter: OutboxMessage) -> None:
    kind, words = letter.slots[mention.slot]
    with text.speaking(letter.language):
        said = rules.without(mention.name, words) or text._("Somebody")
    letter.slots = {**letter.slots, mention.slot: [kind, said]}
    db.session.execute(
        delete(Mention).where(
            Mention.message_id == letter.id, Mention.slot == mention.slot,
            Mention.name == mention.name,
        ),
        execution_options={"synchronize_session": False},
    )  # fmt: skip


def readdress(former: str, new: str, *, kinds: Collection[str], name: str, now: datetime) -> None:
    """Letters of these kinds that wait for the former address go to the new one, and answers to
    those that go in the `name` of who has it.
    """
    was, who = rules.address_digest(former), rules.address_digest(new)
    theirs = select(OutboxMessage.id).where(
        OutboxMessage.to_digest == was, OutboxMessage.kind.in_(kinds)
    )
    for letter in _held_back(db.session.scalars(theirs).all()).values():
        letter.to_email, letter.to_digest = new, who
        letter.domain = rules.ascii_domain(new.rpartition("@")[2])
        if letter.state is State.DEFERRED:  # so said the server of the former address
            letter.state, letter.attempts, letter.not_before = State.READY, 0, now
            letter.last_answer = None
    answered = (
        select(OutboxMessage.id)
        .join(Mention)
        .where(Mention.who == was, Mention.name == name, OutboxMessage.reply_to == former)
    )
    for letter in _held_back(db.session.scalars(answered).all()).values():
        letter.reply_to = new


def follow(former: str, new: str, *, key: str = "", name: str | None = None) -> None:
    """Somebody has another address from now on: letters to the former one, and those that name
    them, are of who has the new one. `key`: only those whose dedupe key begins so; `name`: only
    those under this name, for a mailbox can be that of several people.
    """
    was, who = rules.address_digest(former), rules.address_digest(new)
    theirs = select(OutboxMessage.id, literal(""), literal("")).where(
        OutboxMessage.to_digest == was
    )
    named = select(Mention.message_id, Mention.slot, Mention.name).where(Mention.who == was)
    if key:
        theirs, named = theirs.where(queries.under(key)), named.where(queries.is_under(key))
    if name is not None:
        theirs = theirs.where(OutboxMessage.to_name == name)
        named = named.where(Mention.name.in_(("", name)))
    for id, slot, named_as in db.session.execute(theirs.union(named)).all():
        db.session.add(Mention(message_id=id, who=who, slot=slot, name=named_as))


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
        db.session.execute(
            delete(Mention).where(Mention.message_id.in_(ids)),
            execution_options={"synchronize_session": False},
        )
    return len(ids)
