"""Nightly: what has served its time goes."""

from datetime import timedelta

from events_app.core import clock, limits
from events_app.core.db import forget_log, saving
from events_app.core.errors import TooMany
from events_app.core.queue import every_minute, job, kick_now
from events_app.privacy import actions, queries

AT_ONCE = 500
NIGHT = timedelta(days=1)


@every_minute
def nightly() -> None:
    """Once a day, whichever process comes first."""
    try:
        with saving():
            limits.hit("privacy:nightly", limit=1, per=NIGHT, now=clock.now())
    except TooMany:
        return
    kick_now("privacy.tidy")


@job
def tidy() -> None:
    """A batch; the job comes back for the rest."""
    now = clock.now()
    idle = queries.idle_people(now, limit=AT_ONCE)
    with saving():
        is_done = actions.tidy(idle=idle, now=now)
    if is_done:
        forget_log()
    else:
        kick_now("privacy.tidy")
