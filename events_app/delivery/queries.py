from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from events_app.core.db import db
from events_app.core.letters import Stream
from events_app.delivery.models import OutboxMessage, Scope, SendingPause, State, Suppression, Why
from events_app.delivery.rules import ALARM_WITHIN, SCOPES, address_digest


def is_suppressed(email: str, scope: Scope) -> bool:
    """Whether this address gets no letters of this scope; an address barred from all counts too."""
    found = select(Suppression.id).where(
        Suppression.email_digest == address_digest(email),
        Suppression.scope.in_({Scope.ALL, scope}),
    )
    return db.session.scalar(found) is not None


def paused(now: datetime) -> dict[str, SendingPause]:
    """What stands still at this moment, by subject."""
    held = or_(SendingPause.until.is_(None), SendingPause.until > now)
    return {row.subject: row for row in db.session.scalars(select(SendingPause).where(held))}


def progress(campaign: str) -> dict[State, int]:
    """How many letters of the campaign stand in each state."""
    rows = db.session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.campaign == campaign)
        .group_by(OutboxMessage.state)
    )
    return dict(rows.all())


def waiting_campaigns(stream: Stream) -> Iterator[str]:
    """The campaigns ("" is one too) with letters that are ready: one seek in the index for each."""
    ready = (
        select(OutboxMessage.campaign)
        .where(OutboxMessage.state == State.READY, OutboxMessage.stream == stream)
        .order_by(OutboxMessage.campaign)
        .limit(1)
    )
    last = db.session.scalar(ready)
    while last is not None:
        yield last
        last = db.session.scalar(ready.where(OutboxMessage.campaign > last))


def is_due(streams: Sequence[Stream], now: datetime) -> bool:
    """Whether a letter of these streams should leave now."""
    return any(
        db.session.scalar(
            select(OutboxMessage.id)
            .where(
                OutboxMessage.state == State.READY,
                OutboxMessage.stream == stream,
                OutboxMessage.campaign == campaign,
                OutboxMessage.not_before <= now,
            )
            .limit(1)
        )
        for stream in streams
        for campaign in waiting_campaigns(stream)
    )


def suppressed(messages: Sequence[OutboxMessage]) -> set[int]:
    """Which of these may not leave, because their address was barred."""
    found = select(Suppression.email_digest, Suppression.scope).where(
        Suppression.email_digest.in_({message.to_digest for message in messages})
    )
    barred = set(db.session.execute(found).all())
    return {
        m.id for m in messages if any((m.to_digest, scope) in barred for scope in SCOPES[m.stream])
    }


def policy_refusals(message: OutboxMessage, now: datetime) -> int:
    """How many addresses refused this stream or campaign for reasons of policy of late."""
    return (
        db.session.scalar(
            select(func.count(OutboxMessage.to_digest.distinct())).where(
                OutboxMessage.state == State.FAILED,
                OutboxMessage.changed_at > now - ALARM_WITHIN,
                OutboxMessage.why == Why.POLICY,
                OutboxMessage.stream == message.stream,
                OutboxMessage.campaign == message.campaign,
            )
        )
        or 0
    )
