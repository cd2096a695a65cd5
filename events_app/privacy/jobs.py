"""Nightly: who has no part in anything any more goes; the rooms forget their own."""

from datetime import timedelta

from flask import current_app

from events_app.core import clock, components, erasures, files
from events_app.core.db import saving
from events_app.core.queue import every_night
from events_app.privacy import actions, queries

AT_ONCE = 500


@every_night
def drop_files() -> None:
    """Every file without an owner."""
    files.drop_ownerless(now=clock.now())


@every_night
def tidy() -> bool:
    """A batch; True when there is more."""
    now, holdings = clock.now(), components.holdings(components.offered())
    idle = queries.idle_people(now, holdings=holdings, limit=AT_ONCE)
    with saving():
        actions.forget_idle(idle, holdings=holdings, now=now)
    erasures.forget(before=now - timedelta(days=current_app.config["BACKUP_DAYS"]))
    return bool(idle)
