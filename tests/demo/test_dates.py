from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_app.core.seeds import dates
from events_app.core.text import AMSTERDAM

pytestmark = pytest.mark.once
STARTS = st.integers(0, 14 * 365 * 24).map(
    lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)
WEEKS = st.integers(1, 20) | st.integers(-20, -1)


@given(STARTS, WEEKS, st.integers(0, 3))
def test_a_planned_day_is_a_working_day_and_never_about_christmas(now, week, weekday):
    day = dates.planned(now, week=week, weekday=weekday)
    assert day.weekday() < 5
    assert not date(day.year, 12, 25) <= day <= date(day.year, 12, 28)
    assert (day.month, day.day) not in ((1, 1), (4, 27), (5, 5), (12, 25), (12, 26))
    assert (day > now.astimezone(AMSTERDAM).date()) == (week > 0)


@given(STARTS)
def test_later_weeks_are_later_days(now):
    days = [dates.planned(now, week=week, weekday=1) for week in range(1, 30)]
    assert days == sorted(set(days))


@pytest.mark.parametrize(
    ("now", "week", "day"),
    [
        (datetime(2026, 11, 25, tzinfo=UTC), 2, date(2026, 12, 8)),
        (datetime(2026, 12, 9, tzinfo=UTC), 2, date(2027, 1, 5)),
        (datetime(2027, 1, 20, tzinfo=UTC), -6, date(2026, 11, 24)),
        (datetime(2027, 4, 14, tzinfo=UTC), 2, date(2027, 4, 28)),
    ],
)
def test_weeks_are_counted_without_the_holidays(now, week, day):
    assert dates.planned(now, week=week, weekday=1) == day


@given(STARTS, st.integers(1, 130))
def test_the_desk_is_empty_at_the_weekend(now, days):
    moment = dates.at_desk(now, days, "09:30").astimezone(AMSTERDAM)
    assert moment.weekday() < 5
    assert (moment.hour, moment.minute) == (9, 30)
    assert timedelta() < now - moment < timedelta(days=days + 3)
