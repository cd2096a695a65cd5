"""The two nights of 2027 in which the clock jumps: what is shown, promised and planned is true."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from lxml import etree, html
from sqlalchemy import func, select

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.newsletters import jobs
from events_app.newsletters.models import Issue, IssueStatus
from events_app.registrations import jobs as line
from events_app.registrations import rules
from events_app.registrations.actions import give_up
from events_app.registrations.models import Registration, Status
from tests.conftest import dealt
from tests.factories.events import make_event
from tests.factories.newsletters import approved_issue, make_reader
from tests.factories.registrations import ANA, RUI, registered
from tests.readers import READERS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
ATOM = "{http://www.w3.org/2005/Atom}"


def utc(day, clock):
    return datetime.combine(day, time.fromisoformat(clock), UTC)


EVENTS = {
    "until the jump in spring": (utc(SPRING, "00:00"), utc(SPRING, "01:00"), "01.00", "03.00"),
    "over the jump in spring": (utc(SPRING, "00:30"), utc(SPRING, "02:00"), "01.30", "04.00"),
    "from the jump in spring": (utc(SPRING, "01:00"), utc(SPRING, "02:00"), "03.00", "04.00"),
    "the day of the spring": (utc(SPRING, "07:00"), utc(SPRING, "15:30"), "09.00", "17.30"),
    "before the jump in autumn": (utc(AUTUMN, "00:00"), utc(AUTUMN, "00:30"), "02.00", "02.30"),
    "into the second hour": (utc(AUTUMN, "00:00"), utc(AUTUMN, "01:30"), "02.00", "02.30"),
    "within the second hour": (utc(AUTUMN, "01:15"), utc(AUTUMN, "01:45"), "02.15", "02.45"),
    "over the jump in autumn": (utc(AUTUMN, "00:30"), utc(AUTUMN, "02:30"), "02.30", "03.30"),
    "the day of the autumn": (utc(AUTUMN, "08:00"), utc(AUTUMN, "16:30"), "09.00", "17.30"),
}


@pytest.fixture(params=EVENTS)
def night(request, app):
    starts_at, ends_at, *shown = EVENTS[request.param]
    return make_event(slug="night", starts_at=starts_at, ends_at=ends_at), shown


@pytest.mark.parametrize(("read", "address"), dealt(READERS, ["/events/night.ics", "/events.ics"]))
def test_calendars_name_the_true_moments(client, night, address, read):
    event, _shown = night
    [found] = read(client.get(address).text)
    assert (found.starts_at, found.ends_at) == (event.starts_at, event.ends_at)


def test_the_page_and_the_feed_show_the_hours_on_the_wall(client, night):
    event, (starts, ends) = night
    page = html.fromstring(client.get("/events/night").text)
    shown = page.xpath("//time")[0]
    assert f"{starts}\u2060–\u2060{ends}\u00a0uur" in shown.text_content()
    assert datetime.fromisoformat(shown.get("datetime")) == event.starts_at
    data = json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])
    found = next(each for each in data.get("@graph", [data]) if "startDate" in each)
    assert datetime.fromisoformat(found["startDate"]) == event.starts_at
    assert datetime.fromisoformat(found["endDate"]) == event.ends_at
    feed = etree.fromstring(client.get("/events.atom").data)
    assert f"{starts}–{ends} uur" in feed.find(f"{ATOM}entry/{ATOM}summary").text


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("days_before_event", [1, 2, 30])
def test_an_offer_never_ends_at_night(day, days_before_event):
    """Each quarter of an hour around the jump, and each length that can be set."""
    begins = datetime.combine(day - timedelta(days=3), time(0), AMSTERDAM).astimezone(UTC)
    starts_at = datetime.combine(
        day + timedelta(days=days_before_event - 1), time(9, 30), AMSTERDAM
    ).astimezone(UTC)
    made = 0
    for quarter in range(4 * 24 * 5):
        now = begins + timedelta(minutes=15 * quarter)
        for hours in (1, 2, 6, 12, 24, 36, 48, 72):
            ends = rules.offer_deadline(
                now, hours=hours, starts_at=starts_at, timezone="Europe/Amsterdam"
            )
            if ends is None:
                assert now > starts_at - timedelta(hours=14)
                continue
            made += 1
            ends = ends.astimezone(UTC)
            assert time(9) <= ends.astimezone(AMSTERDAM).time() <= time(21)
            assert now + timedelta(hours=1) <= ends <= starts_at
            if ends < starts_at and ends.astimezone(AMSTERDAM).time() not in {time(9), time(21)}:
                assert ends == now + timedelta(hours=hours)
    assert made


@pytest.mark.parametrize(
    ("now", "hours_left"),
    [
        (datetime(2027, 3, 27, 2, 30, tzinfo=AMSTERDAM), 53.5),
        (datetime(2027, 10, 30, 2, 30, tzinfo=AMSTERDAM), 55.5),
    ],
)
def test_an_offer_over_the_jump_lasts_until_the_hour_in_its_letter(app, noon, now, hours_left):
    """Two days later it would end at night, so it ends at nine; the job keeps to that moment."""
    noon.set(now - timedelta(days=1))
    event = make_event(capacity=1, starts_at=now.astimezone(UTC) + timedelta(days=20))
    ana, rui = registered(event, ANA), registered(event, RUI)
    noon.set(now.astimezone(UTC))
    with saving():
        give_up(ana, now=now.astimezone(UTC))
    ends = status(rui).claim.offer_expires_at
    assert ends - now.astimezone(UTC) == timedelta(hours=hours_left)
    offered = letters_of(RUI.email)[-1]
    words = " ".join(str(value) for _kind, value in offered.slots.values())
    assert "9.00 uur" in words
    noon.set(ends - timedelta(seconds=1))
    line.expire()
    assert status(rui).status is Status.OFFERED
    noon.set(ends)
    line.expire()
    assert status(rui).status is Status.EXPIRED


def status(registration):
    db.session.expire_all()
    return db.session.get(Registration, registration.id)


def letters_of(email):
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == email)
    return db.session.scalars(wanted.order_by(OutboxMessage.id)).all()


@pytest.mark.parametrize(
    ("typed", "moment"),
    dealt(
        [
            ("2027-03-28T01:59", utc(SPRING, "00:59")),
            ("2027-03-28T03:00", utc(SPRING, "01:00")),
            ("2027-10-31T02:30", utc(AUTUMN, "00:30")),
            ("2027-10-31T03:00", utc(AUTUMN, "02:00")),
        ]
    ),
)
def test_a_planned_newsletter_leaves_once_at_its_hour(desk, noon, typed, moment):
    make_reader("ana@example.org")
    issue = approved_issue(desk.staff)
    at = f"/desk/newsletters/{issue.id}/schedule"
    assert desk.post(at, data={"send_at": typed}).status_code == 303
    page = html.fromstring(desk.get(f"/desk/newsletters/{issue.id}/check").text)
    assert typed[11:].replace(":", ".") in page.text_content()
    for minute in (-120, -61, -60, -59, -1, 0, 1, 59, 60, 61, 120):
        noon.set(moment + timedelta(minutes=minute))
        jobs.sweep()
        db.session.expire_all()
        is_planned = db.session.get(Issue, issue.id).status is IssueStatus.SCHEDULED
        assert is_planned == (minute < 0)
        if not is_planned:
            jobs.fill(issue.id)
    count = select(func.count()).where(OutboxMessage.stream == "bulk")
    assert db.session.scalar(count) == 1


def test_an_hour_that_the_clock_skips_is_refused_in_words(desk):
    make_reader("ana@example.org")
    issue = approved_issue(desk.staff)
    at = f"/desk/newsletters/{issue.id}/schedule?lang=en"
    page = desk.post(at, data={"send_at": "2027-03-28T02:30"})
    assert "This time does not exist" in page.text
    assert "2027-03-28T02:30" in page.text
