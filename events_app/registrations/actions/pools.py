"""The only statements that change how many places are taken."""

from sqlalchemy import bindparam, select, update

from events_app.core.db import db, rows
from events_app.registrations.models import Pool


def take(pool_id: int, places: int) -> bool:
    """All of them or none. Only this makes `taken` grow: it cannot pass the pool's size."""
    return bool(rows(_TAKE, {"pool_id": pool_id, "places": places}))


_TAKE = (
    update(Pool)
    .where(
        Pool.id == bindparam("pool_id"),
        Pool.taken + bindparam("places") <= Pool.size + Pool.over_allowance,
    )
    .values(taken=Pool.taken + bindparam("places"))
    .returning(Pool.id)
)


def give_back(pool_id: int, places: int) -> None:
    db.session.execute(
        update(Pool).where(Pool.id == pool_id).values(taken=Pool.taken - places),
        execution_options={"synchronize_session": False},
    )


def hold(pool_id: int) -> Pool:
    """The pool's row is the lock of all its places and of its line; held until the commit."""
    wanted = select(Pool).where(Pool.id == pool_id).with_for_update()
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()
