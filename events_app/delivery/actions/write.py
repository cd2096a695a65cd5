"""Letters become rows, in the transaction of what they tell about."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import make_msgid
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Executable, bindparam, insert, select

from events_app.core import links, queue, render
from events_app.core.db import db, rows, upsert
from events_app.core.letters import Body, Letter, Stream
from events_app.delivery import rules
from events_app.delivery.models import LetterBody, Mention, OutboxMessage, State
from events_app.delivery.rules import Reader

ROWS_AT_ONCE = 500
JOBS = {
    Stream.TRANSACTIONAL: "delivery.drain_transactional",
    Stream.PERSONAL: "delivery.drain_bulk",
    Stream.BULK: "delivery.drain_bulk",
}


def enqueue(
    letter: Letter, *, dedupe_key: str, now: datetime, not_before: datetime | None = None
) -> bool:
    """Write the letter's row in the caller's transaction; it leaves after the commit.

    `dedupe_key` is unique for ever: the same letter a second time is not written (False).
    """
    row = _row(letter, now, not_before) | {
        "dedupe_key": dedupe_key,
        "slots": _kept(letter.slots),
        **_address(letter.to, letter.to_name),
    }
    ids = _insert(letter, [row])
    if mentions := [each for id in ids for each in _mentions(letter, id, row["to_digest"])]:
        db.session.connection().execute(insert(Mention), mentions)
    return len(ids) == 1


def _mentions(letter: Letter, id: int, reader: bytes) -> list[dict[str, Any]]:
    """Everybody whom it names but its reader."""
    return [
        {"message_id": id, "who": key, "slot": slot, "name": person.name}
        for slot, people in letter.named.items()
        for person in people
        if person.name and reader not in person.keys
        for key in person.keys
    ]


def enqueue_many(
    letter: Letter,
    readers: Iterable[Reader],
    *,
    now: datetime,
    not_before: datetime | None = None,
) -> int:
    """One letter to many readers; returns how many rows are new.

    `letter` holds what is the same for all: `core.letters.bound` writes that into the body. Its own
    `to` and `to_name` are not used. A reader's slots must fill the marks that are left.
    """
    if letter.named:
        problem = f"the letter {letter.kind} names somebody: write it to each of its readers"
        raise ValueError(problem)
    same = _row(letter, now, not_before)
    marks = render.marks(letter.body.subject, letter.body.text, letter.body.html)
    left = iter(readers)
    written = 0
    while some := list(islice(left, ROWS_AT_ONCE)):
        new = [same | _personal(letter, marks, reader) for reader in some]
        written += len(_insert(letter, new))
    return written


def _personal(letter: Letter, marks: frozenset[str], reader: Reader) -> dict[str, Any]:
    slots = dict(letter.slots) | render.slotted(reader.slots)
    if empty := marks - slots.keys():
        problem = f"the letter {letter.kind} has no value for {', '.join(sorted(empty))}"
        raise ValueError(problem)
    return {
        "dedupe_key": reader.dedupe_key,
        "slots": _kept(slots),
        "unsubscribe": reader.unsubscribe or letter.unsubscribe,
        **_address(reader.to, reader.to_name),
    }


def _kept(slots: Any) -> dict[str, list[str]]:
    return {name: list(value) for name, value in slots.items()}


def _address(to: str, to_name: str) -> dict[str, Any]:
    return {
        "to_email": to,
        "to_name": to_name,
        "to_digest": rules.address_digest(to),
        "domain": rules.ascii_domain(to.rpartition("@")[2]),
        "message_id": make_msgid(domain=links.host()),
    }


def _row(letter: Letter, now: datetime, not_before: datetime | None) -> dict[str, Any]:
    return {
        "stream": letter.stream,
        "kind": letter.kind,
        "campaign": letter.campaign,
        "body_id": body_id(letter.body),
        "language": letter.language,
        "reply_to": letter.reply_to,
        "unsubscribe": letter.unsubscribe,
        "calendar_method": letter.calendar.method if letter.calendar else None,
        "calendar": letter.calendar.sent_at(now) if letter.calendar else None,
        "state": State.READY,
        "attempts": 0,
        "not_before": not_before or now,
        "created_at": now,
        "changed_at": now,
        "is_resend": False,
        "is_wiped": False,
    }


def _insert(letter: Letter, new: list[dict[str, Any]]) -> list[int]:
    """Ids of those that were not there yet."""
    if letter.stream is Stream.BULK and not all(row["unsubscribe"] for row in new):
        problem = f"the letter {letter.kind} goes to many and has no unsubscribe address"
        raise ValueError(problem)
    kept = db.session.connection().execute(_if_new(db.engine.dialect.name), new)
    queue.kick(JOBS[letter.stream])
    return list(kept.scalars())


@lru_cache(maxsize=2)
def _if_new(dialect: str) -> Executable:  # noqa: ARG001 -- the statement differs by dialect
    made: Executable = (
        upsert(OutboxMessage)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(OutboxMessage.id)
    )
    return made


def body_id(body: Body) -> int:
    """The row of this body; the same body is kept once, also when two write it at once."""
    known = {"fingerprint": body.fingerprint}
    found = rows(_BODY, known)
    if not found:
        db.session.execute(
            upsert(LetterBody)
            .values(
                fingerprint=body.fingerprint, subject=body.subject, text=body.text, html=body.html
            )
            .on_conflict_do_nothing(index_elements=["fingerprint"])
        )
        found = rows(_BODY, known)
    return int(found[0].id)


_BODY = select(LetterBody.id).where(LetterBody.fingerprint == bindparam("fingerprint"))
