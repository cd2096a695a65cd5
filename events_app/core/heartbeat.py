"""When a worker last did the minute's work, and who does the work of this minute or night.

A moment in the future was written by a clock that is ahead, and counts for nothing. A nightly job
counts as done when it has ended, not when a worker was told of it: that worker may be killed.

Nightly jobs wipe what has served its time, and some of the minute end what somebody holds, for
good.
So a clock that leapt ahead is believed only after a day: it may be wrong, and a wrong clock is
mostly set right within hours.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Mapped, mapped_column

from events_app.core.db import Base, db, upsert

SLACK = timedelta(minutes=2)
"""The clocks of two machines may differ by this much."""
SILENCE = timedelta(minutes=3)
"""A worker looks round every minute; after this long without a sign something is wrong."""
AGAIN = timedelta(minutes=15)
"""A nightly job that was told of and has not ended by then is told of once more."""
LEAP, STEADY = timedelta(days=2), timedelta(days=1)
"""Nobody looked round for so long: the house was stopped, or the clock leapt. And how long it must
go on from there before it is believed.
"""
_SWEEP, _LEAP, _TOLD, _DONE = "sweep", "leap", "told:", "done:"


class Beat(Base):
    __tablename__ = "beat"
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def take_minute(now: datetime) -> bool:
    """True for the worker that comes first in this minute; the others have nothing to do."""
    seen = last()
    is_first = _take(_SWEEP, now, since=now.replace(second=0, microsecond=0))
    if is_first and seen is not None and now - seen > LEAP:
        _write(_LEAP, now)
    return is_first


def take_night(jobs: Iterable[str], now: datetime) -> list[str]:
    """The nightly jobs to tell a worker of now: not done today, and not told of a moment ago. None
    on the day after a leap of the clock.

    A day is a day of UTC; it begins at one or two o'clock in the Netherlands.
    """
    if not is_steady(now):
        return []
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    beats = dict(db.session.execute(select(Beat.name, Beat.at)).all())

    def is_done(job: str) -> bool:
        at = beats.get(_DONE + job)
        return at is not None and midnight <= at <= now + SLACK

    left = [job for job in jobs if not is_done(job)]
    return [job for job in left if _take(_TOLD + job, now, since=now - AGAIN)]


def is_steady(now: datetime) -> bool:
    """Whether this clock may end things for good: it did not leap within the last day."""
    leapt_at = db.session.scalar(select(Beat.at).where(Beat.name == _LEAP))
    return leapt_at is None or not now - STEADY < leapt_at <= now + SLACK


def end_night(job: str, now: datetime) -> None:
    """The job has done all of its nightly work."""
    _write(_DONE + job, now)


def _write(name: str, now: datetime) -> None:
    db.session.execute(
        upsert(Beat)
        .values(name=name, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"at": now})
    )


def _take(name: str, now: datetime, *, since: datetime) -> bool:
    is_free = or_(Beat.at < since, Beat.at > now + SLACK)
    taken = db.session.scalar(
        upsert(Beat)
        .values(name=name, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"at": now}, where=is_free)
        .returning(Beat.name)
    )
    return taken is not None


def last() -> datetime | None:
    """When a worker last looked round; None before the first one ever did."""
    return db.session.scalar(select(Beat.at).where(Beat.name == _SWEEP))


def is_ahead(at: datetime | None, now: datetime) -> bool:
    """Whether this moment was written by a clock that is, or was, ahead of this one."""
    return at is not None and at > now + SLACK


def is_fresh(at: datetime | None, now: datetime) -> bool:
    """Whether a worker that looked round at this moment is taken to be alive."""
    return at is not None and now - SILENCE <= at <= now + SLACK
