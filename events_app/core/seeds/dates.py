"""Dates that never look dead: counted from the first start, by the clock in Amsterdam."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from events_app.core.text import AMSTERDAM, there

SATURDAY = 5
FREE = ((4, 27), (5, 5))
"""Month and day of holidays on which nobody plans a meeting."""


ODD = timedelta(seconds=37, microseconds=406_218)
"""Nobody acts at a whole minute: what is worded or compared to the second is seen to hold."""


def ago(now: datetime, days: int, at: str) -> datetime:
    """So many days back, a little after a time such as 09:30."""
    return _at(there(now).date() - timedelta(days=days), at) + ODD


def at_desk(now: datetime, days: int, at: str) -> datetime:
    """The same; at a weekend nobody is there, so the Friday before."""
    day = there(now).date() - timedelta(days=days)
    return _at(day - timedelta(days=max(0, day.weekday() - SATURDAY + 1)), at) + ODD


def on(day: date, at: str) -> datetime:
    return _at(day, at)


def planned(now: datetime, *, week: int, weekday: int) -> date:
    """The weekday (Monday is 0) so many weeks on or back; Christmas and New Year do not count."""
    today = there(now).date()
    monday = today - timedelta(days=today.weekday())
    day = _weeks(monday, week) + timedelta(days=weekday)
    return day + timedelta(days=1) if (day.month, day.day) in FREE else day


def _weeks(monday: date, week: int) -> date:
    step = timedelta(weeks=1 if week > 0 else -1)
    found = (each for n in count(1) if not _is_quiet(each := monday + n * step))
    return _nth(found, abs(week))


def _nth(days: Iterator[date], number: int) -> date:
    for _ in range(number - 1):
        next(days)
    return next(days)


def _is_quiet(monday: date) -> bool:
    days = [monday + timedelta(days=n) for n in range(7)]
    return any((day.month, day.day) in ((12, 25), (1, 1)) for day in days)


def _at(day: date, at: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), AMSTERDAM).astimezone(UTC)
