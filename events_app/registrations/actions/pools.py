"""The only statements that change how many places are taken."""

from sqlalchemy import select, update

from events_app.core.db import db
from events_app.registrations.models import Pool


def take(pool_id: int, places: int) -> bool:
    """All of them or none. Only this makes `taken` grow: it cannot pass the pool's size."""
    taken = db.session.execute(
        update(Pool)
        .where(Pool.id == pool_id, Pool.taken + places <= Pool.size + Pool.over_allowance)
        .values(taken=Pool.taken + places)
        .returning(Pool.id),
        execution_options={"synchronize_session": False},
    )
    return taken.scalar_one_or_none() is not None


def give_back(pool_id: int, places: int) -> None:
    db.session.execute(
        update(Pool).where(Pool.id == pool_id).values(taken=Pool.taken - places),
        execution_options={"synchronize_session": False},
    )


def hold(pool_id: int) -> Pool:
    """The pool's row is the lock of all its places and of its line; held until the commit."""
    wanted = select(Pool).where(Pool.id == pool_id).with_for_update()
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()
