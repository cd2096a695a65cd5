"""The verbs of this room. Each locks the pool before it looks, and until the commit."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import CursorResult, delete, or_, select, update

from events_app.capacity import queries, rules
from events_app.capacity.models import SEATED, Claim, ClaimStatus, Pool
from events_app.capacity.rules import Want
from events_app.core.db import db

log = logging.getLogger(__name__)
AT_ONCE = 20
"""Offers in one transaction."""
MOST_WRONG = 100


def lock(pool_ids: Iterable[int]) -> dict[int, Pool]:
    """Lock these pools, and with them their claims and their lines, and read them anew."""
    wanted = queries.in_order(pool_ids).with_for_update()
    found = db.session.scalars(wanted, execution_options={"populate_existing": True})
    return {pool.id: pool for pool in found}


def take(wants: Sequence[Want], *, now: datetime) -> list[Claim]:
    """A claim for each want, held or waiting, or nothing at all. Raises NoRoom."""
    pools = lock({want.pool_id for want in wants})
    waiting = queries.smallest_waiting(pools)
    rooms = {
        key: rules.Room(free=pool.free, smallest_waiting=waiting.get(key))
        for key, pool in pools.items()
    }
    begins = rules.decide(wants, rooms)
    held: Counter[int] = Counter()
    for want, status in zip(wants, begins, strict=True):
        held[want.pool_id] += want.places if status is ClaimStatus.HELD else 0
    for key, places in held.items():
        _fill(pools[key], places)
    claims = [
        Claim(
            pool=pools[want.pool_id],
            places=want.places,
            status=status,
            asked_at=now,
            replaces_id=want.replaces,
        )
        for want, status in zip(wants, begins, strict=True)
    ]
    db.session.add_all(claims)
    db.session.flush()
    return claims


def undo(claim: Claim) -> None:
    """As if it had never been taken."""
    _give_back(claim, claim.places)
    db.session.delete(claim)
    db.session.flush()


def end(claim: Claim, *, now: datetime) -> None:
    """Free its places, or its place in line. Twice is once."""
    _hold(claim)
    if claim.status is not ClaimStatus.ENDED:
        _end(claim, now=now)


def _end(claim: Claim, *, now: datetime) -> None:
    _give_back(claim, claim.places)
    claim.status, claim.ended_at = ClaimStatus.ENDED, now


def release(claim: Claim, pool_id: int, *, now: datetime) -> None:
    """Places that a claim holds as a pool of their own become places like others.

    What is held of that pool is held of the claim's pool from now on; the rest is free there. Twice
    is once.
    """
    pools = lock([claim.pool_id, pool_id])
    db.session.refresh(claim, ["status", "places"])
    if claim.status is ClaimStatus.ENDED:
        return
    _end(claim, now=now)
    _fill(pools[claim.pool_id], pools[pool_id].taken)
    held = update(Claim).where(Claim.pool_id == pool_id, Claim.status.in_(SEATED))
    db.session.execute(held.values(pool_id=claim.pool_id))
    db.session.execute(update(Pool).where(Pool.id == pool_id).values(size=0, taken=0))
    db.session.flush()
    db.session.expire_all()


def shrink(claim: Claim, *, by: int) -> None:
    """So many places less, whether they are held or waited for."""
    _hold(claim)
    _give_back(claim, by)
    claim.places -= by


def grow(claim: Claim, *, by: int, passes_line: bool = False) -> None:
    """So many places more, held or waited for; who waits keeps their number. Raises NoRoom.

    `passes_line`: as of a Want.
    """
    pool = _hold(claim)
    if claim.status in SEATED:
        waiting = queries.smallest_waiting([pool.id]).get(pool.id)
        more = Want(pool_id=pool.id, places=by, passes_line=passes_line)
        rules.decide([more], {pool.id: rules.Room(free=pool.free, smallest_waiting=waiting)})
        _fill(pool, by)
    claim.places += by


def offer(pool_id: int, *, expires_at: datetime, now: datetime) -> tuple[list[Claim], bool]:
    """Offer what is free to the first in line that fits, and so on down the line.

    Gives the claims that were offered, and whether there may be more to offer.
    """
    pool = lock([pool_id])[pool_id]
    offered: list[Claim] = []
    while len(offered) < AT_ONCE:
        claim = queries.first_in_line(pool_id, fits=pool.free)
        if claim is None:
            return offered, False
        _fill(pool, claim.places)
        claim.status = ClaimStatus.OFFERED
        claim.offered_at, claim.offer_expires_at = now, expires_at
        offered.append(claim)
    return offered, True


def accept(claim: Claim) -> bool:
    """Keep what was offered; False when it is offered no longer."""
    _hold(claim)
    if claim.status is not ClaimStatus.OFFERED:
        return False
    claim.status = ClaimStatus.HELD
    return True


def join_line(claim: Claim) -> None:
    """Who asked has confirmed, and waits at the number that they have."""
    _hold(claim)
    if claim.status is ClaimStatus.ASKED:
        claim.status = ClaimStatus.WAITING


def wait_in(claim: Claim, pool_id: int) -> None:
    """Wait in the line of another pool, at the number that `asked_at` gives. What was offered is
    given back.
    """
    pools = lock([claim.pool_id, pool_id])
    _hold(claim)
    if claim.status is ClaimStatus.OFFERED:
        _give_back(claim, claim.places)
        claim.status, claim.offered_at, claim.offer_expires_at = ClaimStatus.WAITING, None, None
    claim.pool, claim.pool_id = pools[pool_id], pool_id


def grant(claim: Claim, *, now: datetime) -> None:
    """Let who waits hold their places, whoever is before them in line. Raises NoRoom."""
    pool = _hold(claim)
    if claim.status in (ClaimStatus.WAITING, ClaimStatus.ASKED):
        if pool.free is not None and claim.places > pool.free:
            raise rules.NoRoom(pool.free)
        _fill(pool, claim.places)
        claim.offered_at = now
    if claim.status is not ClaimStatus.ENDED:
        claim.status = ClaimStatus.HELD


def resize(pool_id: int, size: int | None) -> None:
    """None: room for everybody. Raises TooSmall."""
    pool = lock([pool_id])[pool_id]
    if size is not None and size + pool.over_allowance < pool.taken:
        raise rules.TooSmall(pool.taken)
    pool.size = size


def remove(pool_ids: Iterable[int]) -> None:
    """Pools of something that goes. A pool stays that somebody ever had a claim on."""
    db.session.flush()
    was_claimed = select(Claim.id).where(Claim.pool_id == Pool.id).exists()
    db.session.execute(delete(Pool).where(Pool.id.in_(pool_ids), ~was_claimed))


def recount() -> list[tuple[Pool, int]]:
    """Pools that say another number taken than their claims add up to, each with that sum.

    Nothing is put right here: a difference is a fault that someone must look at.
    """
    wrong = queries.miscounted(limit=MOST_WRONG)
    for pool, counted in wrong:
        log.error("pool %s says %s taken, counted %s", pool.id, pool.taken, counted)
    return wrong


def _hold(claim: Claim) -> Pool:
    """Lock its pool, and read the claim anew: others may have changed it until now."""
    pool = lock([claim.pool_id])[claim.pool_id]
    db.session.refresh(claim, ["status", "places", "offer_expires_at"])
    return pool


def _fill(pool: Pool, places: int) -> None:
    """The only statement that makes `taken` grow: it cannot pass the pool's size."""
    fits = Pool.taken + places <= Pool.size + Pool.over_allowance
    grown = update(Pool).where(Pool.id == pool.id, or_(Pool.size.is_(None), fits))
    done = db.session.execute(grown.values(taken=Pool.taken + places))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        problem = f"{places} more places would be over the size of pool {pool.id}"
        raise RuntimeError(problem)


def _give_back(claim: Claim, places: int) -> None:
    if claim.status in SEATED:
        given = update(Pool).where(Pool.id == claim.pool_id)
        db.session.execute(given.values(taken=Pool.taken - places))
