"""A claim in memory may be older than the lock of its pool."""

import pytest
from sqlalchemy import update

from events_app.capacity import actions
from events_app.capacity.models import Claim, ClaimStatus, Pool
from events_app.capacity.rules import Want
from events_app.core.db import db, saving
from tests.conftest import NOON


@pytest.fixture
def claim(app):
    """Three of five places, read by somebody, and of them one is given back by somebody else."""
    with saving():
        pool = Pool(size=5)
        db.session.add(pool)
        db.session.flush()
        [claim] = actions.take([Want(pool_id=pool.id, places=3)], now=NOON)
    assert (claim.places, claim.pool.taken) == (3, 3)
    return claim


def meanwhile(claim, **values):
    """In the same transaction, past the objects in memory."""
    whole = {"synchronize_session": False}
    taken = 0 if values.get("status") is ClaimStatus.ENDED else values.get("places", 3)
    wanted = update(Claim).where(Claim.id == claim.id).values(**values)
    db.session.execute(wanted, execution_options=whole)
    wanted = update(Pool).where(Pool.id == claim.pool_id).values(taken=taken)
    db.session.execute(wanted, execution_options=whole)


def taken(claim):
    return db.session.get(Pool, claim.pool_id, populate_existing=True).taken


def test_what_is_given_back_is_what_is_held_under_the_lock(claim):
    with saving():
        meanwhile(claim, places=2)
        actions.end(claim, now=NOON)
    assert taken(claim) == 0


def test_what_has_ended_is_not_given_back_again(claim):
    with saving():
        meanwhile(claim, status=ClaimStatus.ENDED, ended_at=NOON)
        actions.shrink(claim, by=1)
    assert taken(claim) == 0
