"""Places that are held for somebody's guests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from events_app.capacity.models import Claim, ClaimStatus, Pool
from events_app.core import tokens
from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.registrations.models import Allotment, Registration, RegistrationForm

MOST = 500
YEAR = 366 * 24 * 3600
_HELD = "registrations.held"
_WHOLE = (joinedload(Allotment.claim), joinedload(Allotment.pool))


def allotments(event_id: int) -> Sequence[Allotment]:
    """Of this event, those that were released too; who was given some first comes first."""
    wanted = (
        select(Allotment)
        .join(Allotment.form)
        .where(RegistrationForm.event_id == event_id)
        .order_by(Allotment.id)
        .limit(MOST)
    )
    return db.session.scalars(wanted.options(*_WHOLE)).all()


def allotment(id: int, *, event_id: int) -> Allotment:
    """Read anew. Raises NotFoundError."""
    wanted = (
        select(Allotment)
        .join(Allotment.form)
        .where(Allotment.id == id, RegistrationForm.event_id == event_id)
    )
    found = db.session.scalars(
        wanted.options(*_WHOLE), execution_options={"populate_existing": True}
    ).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def allotment_pass(allotment: Allotment) -> str:
    """Opens the form of their event for guests, who take these places while there are some."""
    return tokens.sign(_HELD, allotment.id)


def by_pass(event_id: int, given: str) -> Allotment | None:
    """None: it opens nothing at this event, or the places are held no longer and nobody ever had
    them.
    """
    try:
        return allotment(tokens.signed(_HELD, given, max_age=YEAR), event_id=event_id)
    except NotFoundError:
        return None


def to_release(now: datetime, *, limit: int) -> Sequence[Allotment]:
    """`rules.is_due_for_release` in SQL."""
    has_begun = and_(Event.status != EventStatus.POSTPONED, Event.starts_at <= now)
    wanted = (
        select(Allotment)
        .join(Allotment.claim)
        .join(Allotment.form)
        .join(RegistrationForm.event)
        .where(
            Claim.status == ClaimStatus.HELD,
            or_(Allotment.release_at <= now, has_begun),
        )
        .order_by(Allotment.release_at, Allotment.id)
        .limit(limit)
        .options(*_WHOLE)
    )
    return db.session.scalars(wanted).all()


def with_guests(event_id: int) -> set[int]:
    """Ids of those of this event that somebody came by, whatever became of them."""
    wanted = select(Registration.allotment_id).where(
        Registration.event_id == event_id, Registration.allotment_id.is_not(None)
    )
    return set(db.session.scalars(wanted.distinct()))


def guests_in_line(pool_id: int, *, limit: int) -> Sequence[Claim]:
    """Who came by what is held as this pool, and waits for the hall, in the order of its line."""
    wanted = _of_guests_in_line(select(Claim)).where(Allotment.pool_id == pool_id)
    wanted = wanted.order_by(Claim.asked_at, Claim.id).limit(limit)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).all()


def smallest_of_guests_in_line(pool_id: int) -> int | None:
    """Places of the smallest party of them; None: nobody waits."""
    wanted = _of_guests_in_line(select(func.min(Claim.places)))
    smallest: int | None = db.session.scalar(wanted.where(Allotment.pool_id == pool_id))
    return smallest


def held_with_room() -> Select[int]:
    """Pools of what is held with free places for a guest who waits for the hall; with their Event,
    of which the caller says more.
    """
    wanted = _of_guests_in_line(select(Pool.id)).join(Pool, Pool.id == Allotment.pool_id)
    wanted = wanted.join(RegistrationForm.event)
    return wanted.where(Claim.places <= Pool.size - Pool.taken)


def _of_guests_in_line(wanted: Select[Any]) -> Select[Any]:
    return (
        wanted.select_from(Allotment)
        .join(Allotment.form)
        .join(Registration, Registration.allotment_id == Allotment.id)
        .join(Claim, or_(Claim.id == Registration.claim_id, Claim.id == Registration.hall_claim_id))
        .where(Claim.pool_id == RegistrationForm.pool_id, Claim.status == ClaimStatus.WAITING)
    )


def misheld(*, limit: int) -> Sequence[Allotment]:
    """Whose claim and pool do not say the same number of places."""
    is_held = and_(Claim.status == ClaimStatus.HELD, Claim.places == Pool.size)
    is_released = and_(Claim.status == ClaimStatus.ENDED, Pool.size == 0)
    wanted = (
        select(Allotment)
        .join(Allotment.claim)
        .join(Allotment.pool)
        .where(~or_(is_held, is_released))
        .order_by(Allotment.id)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


def held_free() -> ScalarSelect[int]:
    """Of a RegistrationForm: places that are held, and that nobody has yet."""
    pool = Pool.__table__.alias("held_pool")
    return (
        select(func.coalesce(func.sum(pool.c.size - pool.c.taken), 0))
        .select_from(Allotment)
        .join(pool, pool.c.id == Allotment.pool_id)
        .where(Allotment.form_id == RegistrationForm.id)
        .correlate(RegistrationForm)
        .scalar_subquery()
    )
