"""Nightly: what has served its time goes."""

from datetime import timedelta

from flask import current_app

from events_app.core import clock, erasures
from events_app.core.db import forget_log, saving
from events_app.core.queue import every_night, kick_now
from events_app.privacy import actions, queries

AT_ONCE = 500


@every_night
def tidy() -> None:
    """A batch; the job comes back for the rest."""
    now = clock.now()
    idle = queries.idle_people(now, limit=AT_ONCE)
    with saving():
        is_done = actions.tidy(idle=idle, now=now)
    erasures.forget(before=now - timedelta(days=current_app.config["BACKUP_DAYS"]))
    if is_done:
        forget_log()
    else:
        kick_now("privacy.tidy")
