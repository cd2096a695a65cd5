from datetime import timedelta

from flask import current_app

from events_app.core import clock, heartbeat
from events_app.core.db import saving
from events_app.core.queue import every_minute, every_night, job
from events_app.events import queries as events
from events_app.registrations import actions, queries

AT_ONCE = 50


# -- what ends because its time has come, and does not come back: only by a clock that is steady


@every_minute
def expire() -> None:
    """Offers that were not answered in time."""
    now = clock.now()
    if not heartbeat.is_steady(now):
        return
    for registration in queries.overdue(now, limit=AT_ONCE):
        with saving():
            actions.expire(registration, now=now)


@every_minute
def lapse() -> None:
    """Places, held or in line, that nobody confirmed in time."""
    now = clock.now()
    if not heartbeat.is_steady(now):
        return
    for registration in queries.unconfirmed(now, limit=AT_ONCE):
        with saving():
            actions.lapse(registration, now=now)


@every_minute
def release() -> None:
    """Places that were held for somebody's guests until now."""
    now = clock.now()
    if not heartbeat.is_steady(now):
        return
    for allotment in queries.to_release(now, limit=AT_ONCE):
        with saving():
            actions.release_due(allotment, now=now)


# -- what goes on by any clock


@every_minute
def remind() -> None:
    """To people whose address was typed in a form again."""
    now = clock.now()
    for person in queries.asked_again(limit=AT_ONCE):
        with saving():
            actions.remind(person, now=now)


@every_minute
def tell_guests() -> None:
    """Those with an address of their own, once their party has a place."""
    now = clock.now()
    for guest in queries.untold_guests(limit=AT_ONCE):
        with saving():
            actions.tell_guest(guest, now=now)


@every_minute
def find_room() -> None:
    """Free places beside people in line: whatever left them there, they are offered now."""
    for pool_id in queries.pools_with_room(clock.now(), limit=AT_ONCE):
        offer(pool_id)


@job
def offer(pool_id: int) -> None:
    with saving():
        actions.offer_places(pool_id, now=clock.now())


@every_minute
def find_changes() -> None:
    """Events whose time, place or state moved."""
    for event_id in queries.moved(clock.now(), limit=AT_ONCE):
        follow(event_id)
    for event_id in queries.called_off(limit=AT_ONCE):
        call_off(event_id)


@job
def follow(event_id: int) -> None:
    with saving():
        actions.tell_change(queries.form_of(event_id), now=clock.now())


@job
def call_off(event_id: int) -> None:
    with saving():
        actions.call_off(events.by_id(event_id), now=clock.now())


@every_night
def recount() -> None:
    with saving():
        actions.recount(now=clock.now())


@every_night
def tidy() -> bool:
    """A batch of each kind; True when there is more."""
    now = clock.now()
    with saving():
        done = [
            actions.wipe(now=now),
            actions.expire_transfers(now=now),
            actions.forget(now=now),
        ]
        oldest_backup = now - timedelta(days=current_app.config["BACKUP_DAYS"])
        actions.forget_givers(before=oldest_backup)
    return not all(done)
