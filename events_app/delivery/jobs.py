from events_app.core import clock, idempotency, queue, rate_limits
from events_app.core.db import saving
from events_app.core.queue import at_start, every_minute, every_night, job
from events_app.delivery import actions, queries
from events_app.delivery.draining import drain
from events_app.delivery.rules import HIGH_PRIORITY, LOW_PRIORITY

SECONDS = 8
"""A drain ends after this and asks to be called again: the worker can stop, others get a turn."""


@job
def drain_transactional() -> None:
    if drain(HIGH_PRIORITY, seconds=SECONDS, is_over=queue.is_stopping):
        queue.kick_now("delivery.drain_transactional")


@job
def drain_bulk() -> None:
    if drain(LOW_PRIORITY, seconds=SECONDS, is_over=queue.is_stopping):
        queue.kick_now("delivery.drain_bulk")


@every_minute
def sweep() -> None:
    """Find again what a crash or a lost kick left behind."""
    now = clock.now()
    with saving():
        actions.sweep(now=now)
        rate_limits.forget_old(now)
    if queries.is_due(HIGH_PRIORITY, now):
        queue.kick_now("delivery.drain_transactional")
    if queries.is_due(LOW_PRIORITY, now):
        queue.kick_now("delivery.drain_bulk")


@every_night
def tidy() -> bool:
    """What has served its time, some at a time; True when there is more. Not by the minute, which
    also follows a clock that is wrong.
    """
    now = clock.now()
    with saving():
        idempotency.forget_old(now)
        return actions.give_up_old(now=now) + actions.wipe_old(now=now) > 0


@at_start
def begin() -> None:
    """What a killed worker left goes on at once, not after its lease or in the next minute."""
    with saving():
        actions.free(now=clock.now())
    sweep()
