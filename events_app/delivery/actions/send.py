"""The moves of a letter on its way out. Each is fenced by its owner and the state it must have.

A worker whose lease ran out changes nothing any more: another one may have the letter by then.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, literal, or_, select, true, update

from events_app.core.db import db, rows
from events_app.core.heartbeat import SLACK
from events_app.core.letters import Stream
from events_app.delivery import queries, rules
from events_app.delivery.actions.stop import pause, suppress
from events_app.delivery.models import (
    OutboxMessage,
    PauseReason,
    Reason,
    Scope,
    SendingPause,
    State,
    SuppressionReason,
)
from events_app.delivery.rules import Verdict

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
"""Longer than a round of letters can last with every time-out in it."""


@dataclass(frozen=True, slots=True)
class Result:
    message: OutboxMessage
    was: State
    verdict: Verdict
    answer: str


def claim(
    streams: Sequence[Stream], *, owner: str, now: datetime, limit: int
) -> list[OutboxMessage]:
    """Take letters that are due, the first stream first. An empty list: nothing is left."""
    held = queries.held(now)
    for stream in streams if rules.ALL not in held else ():
        if rules.stream_subject(stream) in held:
            continue
        for campaign in queries.waiting_campaigns(stream):
            if rules.campaign_subject(campaign) in held:
                continue
            while taken := _take(stream, campaign, owner, now, limit):
                if wanted := _weed(taken, held, owner, now):
                    return wanted
    return []


def _take(
    stream: Stream, campaign: str, owner: str, now: datetime, limit: int
) -> list[OutboxMessage]:
    """As plain rows: they are read until they have left, over several transactions."""
    which = {"its_stream": stream, "its_campaign": campaign, "now": now, "most": limit}
    taken = rows(_TAKE, {**which, "new_owner": owner, "new_lease": now + LEASE, "new_changed": now})
    return sorted(taken, key=lambda message: (message.not_before, message.id))


_FREE = (
    select(OutboxMessage.id)
    .where(*queries.IS_DUE)
    .order_by(OutboxMessage.not_before, OutboxMessage.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("free")
)
_TAKE = (
    update(OutboxMessage)
    .where(OutboxMessage.id.in_(select(_FREE.c.id)), OutboxMessage.state == State.READY)
    .values(
        state=State.CLAIMED,
        owner=bindparam("new_owner"),
        lease_until=bindparam("new_lease"),
        changed_at=bindparam("new_changed"),
    )
    .returning(*OutboxMessage.__table__.c)
)


def _weed(
    taken: Sequence[OutboxMessage], held: Mapping[str, datetime | None], owner: str, now: datetime
) -> list[OutboxMessage]:
    """Take out who is suppressed, and put off whose domain rests."""
    barred = queries.suppressed(taken)
    _move(barred, State.CLAIMED, State.CANCELLED, owner, now, why=Reason.SUPPRESSED)
    rest = [message for message in taken if message.id not in barred]
    resting: dict[datetime, list[int]] = defaultdict(list)
    for message in rest:
        subject = rules.resting(message.stream, message.domain)
        if subject in held:
            resting[held[subject] or now + rules.DOMAIN_REST].append(message.id)
    for until, ids in resting.items():
        _move(ids, State.CLAIMED, State.DEFERRED, owner, now, not_before=until)
    return [m for m in rest if rules.resting(m.stream, m.domain) not in held]


def begin(messages: Sequence[OutboxMessage], *, owner: str, now: datetime) -> set[int]:
    """The last look before the letters leave: those that may go are `attempting` from now on.

    Who was suppressed since the claim is taken out; what was paused goes back.
    """
    held = queries.held(now)
    barred = queries.suppressed(messages)
    paused = {m.id for m in messages if held.keys() & rules.subjects(m.stream, m.campaign)}
    _move(barred, State.CLAIMED, State.CANCELLED, owner, now, why=Reason.SUPPRESSED)
    _move(paused - barred, State.CLAIMED, State.READY, owner, now)
    going = [m.id for m in messages if m.id not in barred | paused]
    values = {"ids": going, "its_owner": owner, "new_lease": now + LEASE, "new_changed": now}
    return {row.id for row in rows(_BEGIN, values)}


_BEGIN = (
    update(OutboxMessage)
    .where(
        OutboxMessage.id.in_(bindparam("ids", expanding=True)),
        OutboxMessage.state == State.CLAIMED,
        OutboxMessage.owner == bindparam("its_owner"),
    )
    .values(
        state=State.ATTEMPTING,
        attempts=OutboxMessage.attempts + 1,
        lease_until=bindparam("new_lease"),
        changed_at=bindparam("new_changed"),
    )
    .returning(OutboxMessage.id)
)


def settle(results: Sequence[Result], *, owner: str, now: datetime) -> None:
    """Write down what became of the letters, and what follows from it."""
    if not results:
        return
    done = db.session.connection().execute(
        _SETTLE, [_settled(result, owner, now) for result in results]
    )
    if done.rowcount < len(results):
        log.warning("%d results came after their lease", len(results) - done.rowcount)
    for result in results:
        _follow(result, now)


_SETTLE = (
    update(OutboxMessage)
    .where(
        OutboxMessage.id == bindparam("its_id"),
        OutboxMessage.owner == bindparam("its_owner"),
        OutboxMessage.state == bindparam("was"),
    )
    .values(
        owner=None,
        lease_until=None,
        # servers answer with addresses: none for a letter that was wiped on its way
        last_answer=case((OutboxMessage.is_wiped, None), else_=bindparam("new_last_answer")),
        **{
            column.name: case(
                (queries.IS_WANTED, bindparam(f"new_{column.name}", type_=column.type)),
                else_=bindparam(f"stopped_{column.name}", type_=column.type),
            )
            for column in (OutboxMessage.state, OutboxMessage.why)
        },
        **{
            name: bindparam(f"new_{name}")
            for name in ("not_before", "attempts", "accepted_at", "changed_at", "is_resend")
        },
    )
)


def _settled(result: Result, owner: str, now: datetime) -> dict[str, Any]:
    message, verdict = result.message, result.verdict
    stopped = rules.if_stopped(verdict)
    return {
        "its_id": message.id,
        "its_owner": owner,
        "was": result.was,
        "new_state": verdict.state,
        "new_why": verdict.why,
        "stopped_state": stopped.state,
        "stopped_why": stopped.why,
        "new_not_before": now + verdict.wait if verdict.wait else message.not_before,
        "new_attempts": message.attempts + (0 if verdict.blames_sender else 1),
        "new_accepted_at": now if verdict.state is State.ACCEPTED else None,
        "new_changed_at": now,
        "new_last_answer": result.answer,
        "new_is_resend": message.is_resend or verdict.is_resend,
    }


def _follow(result: Result, now: datetime) -> None:
    message, verdict = result.message, result.verdict
    if verdict.bars_address:
        suppress(message.to_email, Scope.ALL, SuppressionReason.BOUNCED, now=now)
    if verdict.slows_domain:
        pause(
            rules.domain_subject(message.domain), PauseReason.SLOW_DOMAIN, now=now,
            until=now + rules.DOMAIN_REST, detail=result.answer,
        )  # fmt: skip
    if verdict.blames_sender:
        until = now + verdict.wait if verdict.wait else None
        pause(rules.ALL, PauseReason.SENDER_REFUSED, now=now, until=until, detail=result.answer)
    if verdict.why is Reason.POLICY and _is_alarming(message, now):
        subject = rules.pause_subject(message.stream, message.campaign)
        pause(subject, PauseReason.BLOCKED, now=now, detail=result.answer)


def _is_alarming(message: OutboxMessage, now: datetime) -> bool:
    refused = queries.policy_refusals(message, now)
    heard = queries.heard(message, now, at_most=refused * rules.ALARM_ONE_IN + 1)
    return rules.is_alarming(refused=refused, heard=heard)


def keep(messages: Sequence[OutboxMessage], *, owner: str, now: datetime) -> None:
    """No mail server is set: the letters stay where people at the desk can read them."""
    _move({m.id for m in messages}, State.CLAIMED, State.KEPT, owner, now)


def release(*, owner: str, now: datetime) -> None:
    """Give back what was claimed and not begun."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.owner == owner, OutboxMessage.state == State.CLAIMED)
        .values(state=State.READY, owner=None, lease_until=None, changed_at=now)
        .execution_options(synchronize_session=False)
    )


def free(*, now: datetime) -> None:
    """All that was claimed and not begun, whoever has it: a worker that is alive after all finds
    its letters taken, by the fence, and claims others.
    """
    _sweep(State.CLAIMED, State.READY, now, true(), {"owner": None, "lease_until": None})


def sweep(*, now: datetime) -> None:
    """Find what a dead worker left, what has waited long enough, and what would wait for a moment
    that only a wrong clock can have written.
    """
    _forget_wrong_clock(now)
    _stop_wiped(now)
    lease, due = OutboxMessage.lease_until, OutboxMessage.not_before
    is_dead = or_(lease < now, lease > now + LEASE + SLACK)
    is_first = (OutboxMessage.stream == Stream.TRANSACTIONAL) & ~OutboxMessage.is_resend
    is_first &= queries.IS_WANTED
    free = {"owner": None, "lease_until": None}
    found = {"why": _in_doubt(Reason.DEAD_WORKER), **free}
    _sweep(State.CLAIMED, State.READY, now, is_dead, free)
    _sweep(State.ATTEMPTING, State.READY, now, is_dead & is_first, {"is_resend": True, **found})
    _sweep(State.ATTEMPTING, State.UNCERTAIN, now, is_dead, found)
    too_long = due > now + rules.LONGEST_WAIT + SLACK
    _sweep(State.DEFERRED, State.READY, now, due <= now, {})
    _sweep(State.DEFERRED, State.READY, now, too_long, {"not_before": now})
    until = SendingPause.until
    is_past = or_(until <= now, until > now + rules.DOMAIN_REST + SLACK)
    db.session.execute(delete(SendingPause).where(is_past))


def _forget_wrong_clock(now: datetime) -> None:
    """Of letters that were written while the clock was ahead, and have not left."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state.in_(rules.UNSENT), OutboxMessage.created_at > now + SLACK)
        .values(not_before=now, created_at=now)
        .execution_options(synchronize_session=False)
    )


def _stop_wiped(now: datetime) -> None:
    """One that was on its way while it was wiped, and would be tried again."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.is_wiped, OutboxMessage.state.in_(rules.UNSENT))
        .values(
            state=State.CANCELLED,
            why=Reason.WITHDRAWN,
            owner=None,
            lease_until=None,
            changed_at=now,
        )
        .execution_options(synchronize_session=False)
    )


def after_restore(*, is_blind: bool, now: datetime) -> None:
    """Letters that were due when the backup was made may have left since: a person settles them.
    Invitations and newsletters that are written from old rows wait until somebody has looked.

    `is_blind`: it is not known who unsubscribed or objected since.
    """
    due = OutboxMessage.not_before <= now
    found = {"owner": None, "lease_until": None, "why": _in_doubt(Reason.RESTORED)}
    for state in (State.READY, State.CLAIMED, State.ATTEMPTING, State.DEFERRED):
        _sweep(state, State.UNCERTAIN, now, due, found)
    why = PauseReason.RESTORED_BLIND if is_blind else PauseReason.RESTORED
    for stream in (Stream.PERSONAL, Stream.BULK):
        pause(rules.stream_subject(stream), why, now=now)


def _in_doubt(why: Reason) -> ColumnElement[Reason | None]:
    """Why nobody knows whether it arrived; one that was stopped in the air keeps that reason."""
    return case((queries.IS_WANTED, literal(why, OutboxMessage.why.type)), else_=OutboxMessage.why)


def _sweep(
    was: State, to: State, now: datetime, which: ColumnElement[bool], values: dict[str, Any]
) -> None:
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state == was, which)
        .values(state=to, changed_at=now, **values)
        .execution_options(synchronize_session=False)
    )


def _fence(ids: Collection[int], state: State, owner: str) -> tuple[Any, ...]:
    return (
        OutboxMessage.id.in_(ids),
        OutboxMessage.state == state,
        OutboxMessage.owner == owner,
    )


def _move(
    ids: Collection[int], was: State, to: State, owner: str, now: datetime, **more: Any
) -> None:
    if ids:
        db.session.execute(
            update(OutboxMessage)
            .where(*_fence(ids, was, owner))
            .values(state=to, owner=None, lease_until=None, changed_at=now, **more)
            .execution_options(synchronize_session=False)
        )
