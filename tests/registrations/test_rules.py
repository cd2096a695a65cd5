"""Decisions without a database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_app.events.models import AttendanceMode, Event
from events_app.events.models import Status as EventStatus
from events_app.registrations import rules
from events_app.registrations.models import Access
from events_app.registrations.rules import State

pytestmark = pytest.mark.once

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LATER = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)


def local(day, hour, minute=0):
    return datetime(2027, 3, day, hour, minute, tzinfo=AMSTERDAM)


def deadline(now, hours=48, starts_at=LATER):
    return rules.offer_deadline(now, hours=hours, starts_at=starts_at, timezone="Europe/Amsterdam")


@pytest.mark.parametrize(
    ("made", "ends"),
    [
        (local(1, 14), local(3, 14)),
        (local(1, 20, 59), local(3, 20, 59)),
        (local(1, 21), local(3, 21)),
        (local(1, 22), local(4, 9)),
        (local(1, 3), local(3, 9)),
        (local(1, 9), local(3, 9)),
    ],
)
def test_an_offer_made_at_night_ends_in_the_morning(made, ends):
    assert deadline(made) == ends


def test_an_offer_keeps_its_hour_when_the_clock_goes_forward():
    assert deadline(local(27, 23), hours=24) == local(29, 9)


def test_an_offer_ends_before_the_event_begins():
    assert deadline(local(1, 12), starts_at=local(2, 13)) == local(2, 13)
    assert deadline(local(1, 12), starts_at=local(2, 8)) == local(1, 21)


def test_there_is_no_offer_that_nobody_could_answer():
    assert deadline(local(1, 12, 30), starts_at=local(1, 13)) is None
    assert deadline(local(1, 23), starts_at=local(2, 8)) is None


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001
    st.integers(2, 336),
    st.integers(0, 5000),
)
def test_no_offer_ever_ends_at_night_or_after_the_beginning(moment, hours, minutes):
    now = moment.replace(tzinfo=UTC)
    starts = now + timedelta(minutes=minutes)
    ends = deadline(now, hours=hours, starts_at=starts)
    if ends is not None:
        clock = ends.astimezone(AMSTERDAM).time()
        assert rules.moving.NIGHT_ENDS <= clock <= rules.moving.NIGHT_BEGINS
        assert now + timedelta(hours=1) <= ends <= starts


NOW = datetime(2027, 1, 14, 11, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "starts", "opens", "closes", "stands"),
    [
        (EventStatus.PUBLISHED, AFTER, None, None, State.OPEN),
        (EventStatus.PUBLISHED, AFTER, BEFORE, AFTER, State.OPEN),
        (EventStatus.PUBLISHED, AFTER, AFTER, None, State.NOT_YET),
        (EventStatus.PUBLISHED, AFTER, NOW, None, State.OPEN),
        (EventStatus.PUBLISHED, AFTER, None, NOW, State.CLOSED),
        (EventStatus.PUBLISHED, NOW, None, None, State.PAST),
        (EventStatus.DRAFT, AFTER, None, None, State.NOT_YET),
        (EventStatus.CANCELLED, AFTER, None, None, State.CANCELLED),
        (EventStatus.POSTPONED, AFTER, None, None, State.POSTPONED),
        (EventStatus.DONE, BEFORE, None, None, State.PAST),
        (EventStatus.ARCHIVED, BEFORE, None, None, State.PAST),
    ],
)
def test_how_registration_stands(status, starts, opens, closes, stands):
    assert rules.state(status, starts, opens_at=opens, closes_at=closes, now=NOW) is stands


@pytest.mark.parametrize(
    ("free", "has_line", "stands"),
    [
        (50, True, State.OPEN),
        (6, True, State.OPEN),
        (5, True, State.FEW),
        (1, False, State.FEW),
        (0, True, State.WAITING),
        (0, False, State.FULL),
        (-1, True, State.WAITING),
    ],
)
def test_how_the_places_stand(free, has_line, stands):
    state = rules.state_with_places(State.OPEN, free=free, size=50, has_waiting_list=has_line)
    assert state is stands


@pytest.mark.parametrize(("free", "stands"), [(4, State.OPEN), (3, State.FEW), (2, State.FEW)])
def test_a_handful_is_few_in_a_small_room_too(free, stands):
    state = rules.state_with_places(State.OPEN, free=free, size=20, has_waiting_list=True)
    assert state is stands


@pytest.mark.parametrize(
    ("access", "state", "availability"),
    [
        (Access.OPEN, State.FEW, "few"),
        (Access.INVITATION, State.OPEN, "invitation"),
        (Access.INVITATION, State.WAITING, "invitation"),
        (Access.INVITATION, State.CLOSED, "closed"),
    ],
)
def test_places_for_those_invited_do_not_look_open(access, state, availability):
    places = rules.Places(size=20, taken=0, waiting=0, state=state, access=access)
    assert places.availability == availability


@pytest.mark.parametrize(
    ("state", "availability"),
    [(State.FULL, "hall_full"), (State.WAITING, "hall_full"), (State.FEW, "hall_few")],
)
def test_what_is_scarce_in_the_hall_alone_does_not_look_scarce_online(state, availability):
    online = rules.Online(size=None, taken=3, waiting=0, state=State.OPEN)
    places = rules.Places(size=20, taken=20, waiting=0, state=state, online=online)
    assert places.availability == availability


@pytest.mark.parametrize(
    ("given_", "kept"),
    [("kit:ab12", "kit:ab12"), ("newsletter:mei-2027", "newsletter:mei-2027"), ("", ""),
     ("x" * 65, ""), ("<script>", ""), ("a b", ""), ("=1", "")],
)  # fmt: skip
def test_only_a_code_is_a_source(given_, kept):
    assert rules.source(given_) == kept


def test_the_same_moment_by_another_clock_is_no_news():
    event = Event(
        starts_at=local(18, 13), ends_at=local(18, 17), timezone="Europe/Amsterdam",
        attendance_mode=AttendanceMode.ONLINE, stream_url="", status=EventStatus.PUBLISHED,
    )  # fmt: skip
    told = rules.facts(event)
    event.starts_at, event.ends_at = (m.astimezone(UTC) for m in (event.starts_at, event.ends_at))
    assert rules.facts(event) == told
