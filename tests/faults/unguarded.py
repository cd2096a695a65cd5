"""Negative control of the race: the same server, but it counts the places before it takes one.

Started by test_race alone: `python -m tests.faults.unguarded web`.
"""

import time

import sqlalchemy as sa
from flask import g, request

from events_app import start
from events_app.core.db import db
from events_app.registrations.actions import pools
from events_app.registrations.models import Pool

THOUGHT = 0.02
"""Seconds between looking and taking, as any page takes them that does a little more."""
create_app = start.create_app


def create_counting_app(*settings, **more):
    app = create_app(*settings, **more)
    app.before_request_funcs.setdefault(None, []).insert(0, count)
    return app


def count():
    if request.method == "POST":
        with db.engine.connect() as connection:
            g.taken = dict(connection.execute(sa.select(Pool.id, Pool.taken)).all())
        time.sleep(THOUGHT)


def take(pool_id, places):
    pool = db.session.get_one(Pool, pool_id)
    if g.taken[pool_id] + places > pool.size + pool.over_allowance:
        return False
    counted = g.taken[pool_id] + places
    db.session.execute(sa.update(Pool).where(Pool.id == pool_id).values(taken=counted))
    return True


if __name__ == "__main__":
    start.create_app = create_counting_app
    pools.take = take
    start.main()
