"""Nightly: what has served its time goes."""

from datetime import timedelta

from flask import current_app

from events_app.core import clock, components, erasures, files
from events_app.core.db import forget_log, saving
from events_app.core.queue import every_night
from events_app.newsletters.actions import writing
from events_app.privacy import actions, queries

AT_ONCE = 500


@every_night
def drop_files() -> None:
    """Pictures that nothing shows any more, and every file without an owner."""
    now = clock.now()
    with saving():
        writing.forget_pictures(now=now)
    files.drop_ownerless(now=now)


@every_night
def tidy() -> bool:
    """A batch; True when there is more."""
    now, holdings = clock.now(), components.holdings(components.offered())
    idle = queries.idle_people(now, holdings=holdings, limit=AT_ONCE)
    with saving():
        is_done = actions.tidy(holdings=holdings, idle=idle, now=now)
    erasures.forget(before=now - timedelta(days=current_app.config["BACKUP_DAYS"]))
    if is_done:
        forget_log()
    return not is_done
