"""Letters that must not leave any more. All of it takes effect before the next letter.

A claimed letter can still be stopped: the state it then has is not the one its worker expects.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, update

from events_app.core import erasures, queue
from events_app.core.db import db, upsert
from events_app.core.erasures import Asked, LineKind
from events_app.core.errors import Refusal
from events_app.core.letters import Stream
from events_app.core.text import lazy as _
from events_app.delivery import queries, rules
from events_app.delivery.actions.write import JOBS
from events_app.delivery.models import (
    OutboxMessage,
    PauseReason,
    Reason,
    Scope,
    SendingPause,
    State,
    Suppression,
    SuppressionReason,
)


class AlreadySettled(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This e-mail has changed in the meantime. Look at how it stands now."))


def cancel(dedupe_key: str, *, now: datetime) -> bool:
    """Withdraw one letter; False when it is too late."""
    return _stop(OutboxMessage.dedupe_key == dedupe_key, Reason.WITHDRAWN, now) == 1


def cancel_campaign(campaign: str, *, now: datetime) -> int:
    """Withdraw what has not left yet; returns how many letters that stopped."""
    return _stop(OutboxMessage.campaign == campaign, Reason.WITHDRAWN, now)


def cancel_letters_to(email: str, streams: Iterable[Stream], *, now: datetime) -> int:
    """For who unsubscribes: the letters of these streams that wait for this address stop."""
    return _stop(_to(email) & OutboxMessage.stream.in_(tuple(streams)), Reason.WITHDRAWN, now)


def suppress(email: str, scope: Scope, reason: SuppressionReason, *, now: datetime) -> None:
    """This address gets no letters of this scope any more, waiting ones included."""
    digest = rules.address_digest(email)
    if _bar(digest, scope, reason, now) and reason is SuppressionReason.OBJECTED:
        erasures.note_mark(LineKind.OBJECTED, f"{scope}:{digest.hex()}", now=now)


def object_again(asked: Asked) -> int:
    """Objections that a backup does not know; gives how many."""
    done = 0
    for mark, at in asked.of(LineKind.OBJECTED).items():
        scope, _colon, digest = mark.partition(":")
        done += _bar(bytes.fromhex(digest), Scope(scope), SuppressionReason.OBJECTED, at)
    return done


def _bar(digest: bytes, scope: Scope, reason: SuppressionReason, now: datetime) -> bool:
    """False when they were barred already."""
    added = db.session.execute(
        upsert(Suppression)
        .values(email_digest=digest, scope=scope, reason=reason, created_at=now)
        .on_conflict_do_nothing(index_elements=["email_digest", "scope"])
        .returning(Suppression.id)
    ).all()
    streams = OutboxMessage.stream.in_(rules.streams_of(scope))
    _stop((OutboxMessage.to_digest == digest) & streams, Reason.SUPPRESSED, now)
    return bool(added)


def _unbar(email: str) -> None:
    db.session.execute(
        delete(Suppression).where(
            Suppression.email_digest == rules.address_digest(email),
            Suppression.reason == SuppressionReason.BOUNCED,
        )
    )


def lift(email: str, scope: Scope) -> None:
    """Write to this address again. Never for who objected: that is for ever."""
    db.session.execute(
        delete(Suppression).where(
            Suppression.email_digest == rules.address_digest(email),
            Suppression.scope == scope,
            Suppression.reason != SuppressionReason.OBJECTED,
        )
    )


def pause(
    subject: str,
    reason: PauseReason = PauseReason.BY_HAND,
    *,
    now: datetime,
    until: datetime | None = None,
    detail: str = "",
) -> SendingPause:
    """Pause all, a stream, a campaign or a domain; subjects are written by rules."""
    held = {"reason": reason, "detail": detail, "created_at": now, "until": until}
    made: SendingPause = db.session.scalars(
        upsert(SendingPause)
        .values(subject=subject, **held)
        .on_conflict_do_update(index_elements=["subject"], set_=held)
        .returning(SendingPause)
        .execution_options(populate_existing=True)
    ).one()
    return made


def arrived(message: OutboxMessage, *, now: datetime) -> None:
    """A person knows that the uncertain letter arrived."""
    _by_hand(
        message, (State.UNCERTAIN,), now, state=State.ACCEPTED, why=Reason.SETTLED, accepted_at=now
    )


def send_again(message: OutboxMessage, *, now: datetime) -> None:
    """A person wants it to be tried once more, with the same Message-ID.

    An address that is barred because an earlier letter bounced gets letters again.
    """
    _unbar(message.to_email)
    _by_hand(
        message, (State.UNCERTAIN, State.FAILED), now, queries.IS_WANTED,
        state=State.READY, why=None, attempts=0, not_before=now, is_resend=True,
    )  # fmt: skip
    queue.kick(JOBS[message.stream])


def all_arrived(campaign: str, *, seen: datetime, now: datetime) -> int:
    """A person leaves the uncertain letters of a campaign as delivered; gives how many. Those that
    became uncertain after `seen` were not on the page, and are left alone.
    """
    return _all_by_hand(
        campaign, seen, now, state=State.ACCEPTED, why=Reason.SETTLED, accepted_at=now
    )


def send_all_again(campaign: str, *, seen: datetime, now: datetime) -> int:
    """The same letters once more, with the same Message-IDs: whoever got one gets it twice."""
    count = _all_by_hand(
        campaign, seen, now,
        state=State.READY, why=None, attempts=0, not_before=now, is_resend=True,
    )  # fmt: skip
    for name in {*JOBS.values()}:
        queue.kick(name)
    return count


def _all_by_hand(campaign: str, seen: datetime, now: datetime, **values: Any) -> int:
    moved = db.session.connection().execute(
        update(OutboxMessage)
        .where(
            *queries.IN_DOUBT, OutboxMessage.campaign == campaign, OutboxMessage.changed_at <= seen
        )
        .values(changed_at=now, **values)
    )
    if not moved.rowcount:
        raise AlreadySettled
    return moved.rowcount


def _by_hand(
    message: OutboxMessage,
    was: tuple[State, ...],
    now: datetime,
    *which: ColumnElement[bool],
    **values: Any,
) -> None:
    moved = db.session.connection().execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message.id,
            OutboxMessage.state.in_(was),
            ~OutboxMessage.is_wiped,
            *which,
        )
        .values(changed_at=now, **values)
    )
    if not moved.rowcount:
        raise AlreadySettled


def resume(subject: str, *, now: datetime) -> None:
    """What it held back leaves at once, and what a domain's rest put off with it."""
    held = SendingPause.subject == subject
    until = db.session.scalar(delete(SendingPause).where(held).returning(SendingPause.until))
    if until and (domain := rules.resting_domain(subject)):
        db.session.connection().execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.state == State.DEFERRED,
                OutboxMessage.domain == domain,
                OutboxMessage.not_before <= until,
            )
            .values(state=State.READY, not_before=now, changed_at=now)
        )
    queue.kick("delivery.drain_transactional")
    queue.kick("delivery.drain_bulk")


def _to(email: str) -> ColumnElement[bool]:
    return OutboxMessage.to_digest == rules.address_digest(email)


def _stop(which: ColumnElement[bool], why: Reason, now: datetime) -> int:
    stopped = db.session.connection().execute(
        update(OutboxMessage)
        .where(which, OutboxMessage.state.in_(rules.UNSENT))
        .values(state=State.CANCELLED, why=why, owner=None, lease_until=None, changed_at=now)
    )
    db.session.connection().execute(  # it may arrive, or have arrived: it is not sent once more
        update(OutboxMessage)
        .where(which, OutboxMessage.state.in_((State.ATTEMPTING, State.UNCERTAIN)))
        .values(why=Reason.UNWANTED, changed_at=now)
    )
    return stopped.rowcount
