"""Places on their way to another address."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Exists, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from events_app.core import text, tokens
from events_app.core.db import db
from events_app.core.errors import NoOwnPage
from events_app.registrations import rules
from events_app.registrations.models import (
    EndedLink,
    Participant,
    Registration,
    Transfer,
    TransferStatus,
)

_WHOLE = (
    joinedload(Transfer.participant)
    .joinedload(Participant.registration)
    .joinedload(Registration.event)
)


def transfer_by_token(token: str) -> Transfer:
    """The one that this link leads to, over or not. Raises NotFoundError."""
    wanted = select(Transfer).where(Transfer.link_digest == tokens.digest(token))
    found = db.session.scalars(wanted.options(_WHOLE)).one_or_none()
    if found is None:
        raise NoOwnPage
    return found


def transfer_of(participant_id: int) -> Transfer | None:
    """What somebody has asked for and can still take back, read anew."""
    wanted = select(Transfer).where(
        Transfer.participant_id == participant_id, Transfer.status == TransferStatus.ASKED
    )
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()


def given_by(who: bytes) -> Sequence[Transfer]:
    """By which they gave a place away. `who`: the digest of their address."""
    return db.session.scalars(select(Transfer).where(Transfer.giver == who)).all()


def open_offer(registration: Registration, *, now: datetime) -> Transfer | None:
    """To somebody else, who can take the place now."""
    asked = transfer_of(registration.contact.id)
    return asked if asked and asked.is_hand_over and rules.may_take(asked, now=now) else None


def must_not_have_ended(token: str) -> None:
    """Raises LinkEnded where a personal link opens nothing any more since it was sent."""
    wanted = (
        select(EndedLink)
        .join(Registration, Registration.id == EndedLink.registration_id)
        .where(EndedLink.link_digest == tokens.digest(token), ~Registration.is_wiped)
    )
    found = db.session.scalars(wanted).one_or_none()
    if found is not None:
        raise rules.LinkEnded(found.why, calendar=found.calendar)


def transfers_to(email: str) -> Sequence[Transfer]:
    """That wait for an answer from this address (lower case)."""
    wanted = select(Transfer).where(Transfer.email == email.strip().lower(), Transfer.email != "")
    return db.session.scalars(wanted.options(_WHOLE).order_by(Transfer.id)).all()


def transfers_held_on(email: str) -> list[dict[str, Any]]:
    """What waits for an answer from this address, or was asked from it, as plain values."""
    email = email.strip().lower()
    wanted = (
        select(Transfer)
        .join(Transfer.participant)
        .where(Transfer.email != "", (Transfer.email == email) | (Participant.email == email))
        .options(_WHOLE)
        .order_by(Transfer.id)
    )
    return [
        {
            "event": text.local(each.participant.registration.event.title),
            "from": each.participant.email, "name": each.name, "email": each.email,
            "is_to_somebody_else": each.is_hand_over,
            "asked_at": each.asked_at, "expires_at": each.expires_at,
        }
        for each in db.session.scalars(wanted)
    ]  # fmt: skip


def handed_over_since(
    registration: InstrumentedAttribute[int | None],
    moment: InstrumentedAttribute[datetime | None],
) -> Exists:
    """Whether somebody else has this registration by now; both in SQL."""
    return (
        select(Transfer.id)
        .join(Transfer.participant)
        .where(
            Participant.registration_id == registration,
            Transfer.is_hand_over,
            Transfer.status == TransferStatus.TAKEN,
            Transfer.asked_at >= moment,
        )
        .exists()
    )


def expired_transfers(now: datetime, *, limit: int) -> Sequence[Transfer]:
    """That nobody answered in time, and that still know whom they were for."""
    wanted = select(Transfer).where(Transfer.email != "", Transfer.expires_at <= now)
    return db.session.scalars(wanted.order_by(Transfer.id).limit(limit)).all()
