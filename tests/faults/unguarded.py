"""Negative control of the race: the same server, but it counts the places before it takes one.

Started by test_race alone: `python -m tests.faults.unguarded web`.
"""

import time

import sqlalchemy as sa
from flask import g, request
from sqlalchemy.orm.attributes import set_committed_value

from events_app import start
from events_app.capacity import actions
from events_app.capacity.models import Pool
from events_app.core.db import db

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


def lock(pool_ids):
    """Nothing is locked, and what was counted decides."""
    pools = {key: db.session.get_one(Pool, key) for key in pool_ids}
    for key, pool in pools.items():
        set_committed_value(pool, "taken", g.taken[key])
    return pools


def fill(pool, places):
    counted = g.taken[pool.id] + places
    db.session.execute(sa.update(Pool).where(Pool.id == pool.id).values(taken=counted))


if __name__ == "__main__":
    start.create_app = create_counting_app
    actions.lock, actions._fill = lock, fill
    start.main()
