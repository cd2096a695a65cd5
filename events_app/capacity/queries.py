from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from events_app.capacity.models import SEATED, Claim, ClaimStatus, Pool
from events_app.core.db import db


def in_order(pool_ids: Iterable[int]) -> Select[Pool]:
    """Of their ids: everybody who locks several locks them like this, and nobody crosswise."""
    return select(Pool).where(Pool.id.in_(pool_ids)).order_by(Pool.id)


def smallest_waiting(pool_ids: Iterable[int]) -> dict[int, int]:
    """By pool, the places of the smallest party in line; a pool without a line is not in it."""
    wanted = (
        select(Claim.pool_id, func.min(Claim.places))
        .where(Claim.pool_id.in_(pool_ids), Claim.status == ClaimStatus.WAITING)
        .group_by(Claim.pool_id)
    )
    return dict(db.session.execute(wanted).all())


def first_in_line(pool_id: int, *, fits: int | None) -> Claim | None:
    """The party that has waited longest, of those with at most `fits` places; None: of all."""
    wanted = (
        select(Claim)
        .where(Claim.pool_id == pool_id, Claim.status == ClaimStatus.WAITING)
        .order_by(Claim.asked_at, Claim.id)
        .limit(1)
    )
    if fits is not None:
        wanted = wanted.where(Claim.places <= fits)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()


def number_in_line(claim: Claim) -> int:
    """1 for who is next."""
    earlier = and_(Claim.asked_at == claim.asked_at, Claim.id < claim.id)
    ahead = select(func.count()).where(
        Claim.pool_id == claim.pool_id,
        Claim.status == ClaimStatus.WAITING,
        or_(Claim.asked_at < claim.asked_at, earlier),
    )
    return (db.session.scalar(ahead) or 0) + 1


def parties_in_line(pool_id: int, *, limit: int = 1000) -> Sequence[int]:
    """The places that the parties in line wait for, in their order."""
    wanted = (
        select(Claim.places)
        .where(Claim.pool_id == pool_id, Claim.status == ClaimStatus.WAITING)
        .order_by(Claim.asked_at, Claim.id)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


def has_room_beside_line() -> ColumnElement[bool]:
    """Of a Pool: a party in line fits in what is free."""
    free = Pool.size + Pool.over_allowance - Pool.taken
    return (
        select(Claim.id)
        .where(
            Claim.pool_id == Pool.id,
            Claim.status == ClaimStatus.WAITING,
            or_(Pool.size.is_(None), Claim.places <= free),
        )
        .correlate(Pool)
        .exists()
    )


def miscounted(*, limit: int) -> list[tuple[Pool, int]]:
    """Pools that say another number taken than their claims add up to, each with that sum."""
    counted = (
        select(Claim.pool_id, func.sum(Claim.places).label("places"))
        .where(Claim.status.in_(SEATED))
        .group_by(Claim.pool_id)
        .subquery()
    )
    places = func.coalesce(counted.c.places, 0)
    wanted = (
        select(Pool, places)
        .outerjoin(counted, counted.c.pool_id == Pool.id)
        .where(Pool.taken != places)
        .order_by(Pool.id)
        .limit(limit)
    )
    return [(pool, number) for pool, number in db.session.execute(wanted)]
