"""The clock of the house: what a wrong one wrote stops no work, and no night is lost."""

import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from lxml import html

from events_app.accounts.models import Role
from events_app.core import heartbeat, idempotency, queue
from events_app.core.db import Base, db, saving
from events_app.delivery import actions
from events_app.delivery import jobs as delivery
from events_app.delivery import rules as sending
from events_app.delivery.models import OutboxMessage, SendingPause, State
from events_app.events import rules
from events_app.kits import queries as kits
from events_app.newsletters.rules import consent
from events_app.registrations import actions as registration
from events_app.registrations import queries as registrations
from events_app.registrations.models import Allotment, Registration, Status
from tests.conftest import NOON, dequeued, signed_in
from tests.delivery.conftest import enqueued, row, rows
from tests.delivery.mail_server import MailServer
from tests.factories.allotments import make_allotment
from tests.factories.events import make_event
from tests.factories.kits import make_kit
from tests.factories.registrations import ANA, MIA, RUI, make_form, registered
from tests.machine import ROOT

NOW = NOON + timedelta(minutes=7, seconds=23, microseconds=411_000)
NEXT_YEAR = NOW + timedelta(days=319, hours=5)
NIGHTLY = frozenset(queue._nightly)


@pytest.fixture(autouse=True)
def now(noon):
    noon.set(NOW)


@pytest.fixture
def server(app):
    made = MailServer()
    app.config["SMTP_URL"] = made.url()
    yield made
    made.close()


def told(app):
    """What one look round tells of, taken from the queue."""
    app.extensions["queue"].sweep.call_local()
    return Counter(name for name, _ids in taken(app))


def taken(app):
    return [task.args for task in dequeued(app)]


def run(app, names):
    """As a worker does it."""
    lines = app.extensions["queue"]
    for name in names:
        lines.tell(name, ())
    while tasks := dequeued(app):
        for task in tasks:
            task.execute()


def beats_at(moment):
    with saving():
        db.session.execute(sa.update(heartbeat.Beat).values(at=moment))


@pytest.mark.parametrize("ahead", [timedelta(minutes=4), timedelta(hours=3), timedelta(days=365)])
def test_a_clock_that_was_ahead_keeps_no_work_from_being_done(app, noon, ahead):
    run(app, told(app))
    beats_at(NOW + ahead)
    again = told(app)
    assert again["delivery.sweep"] == again["registrations.expire"] == 1
    if ahead >= timedelta(hours=1):
        assert again.keys() >= NIGHTLY
    noon.set(NOW + timedelta(minutes=1))
    assert told(app)["delivery.sweep"] == 1


def held():
    """How many rows each table has, and what each letter says, at this moment."""
    db.session.rollback()
    counts = {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
        if table.name not in {"beat", "rate_count"}
    }
    said = sa.select(OutboxMessage.id, OutboxMessage.state, OutboxMessage.to_email)
    return counts, db.session.execute(said.order_by(OutboxMessage.id)).all()


def test_a_clock_that_leaps_a_year_ahead_for_a_moment_leaves_all_rows_as_they_were(
    app, client, noon, server
):
    """Also those that the work of the minute meets: letters that are over or in doubt, keys of
    forms, requests for the newsletter.
    """
    wish = {"email": "ana@example.org", "name": "Ana", "language": "nl", "agreed": "y"}
    client.post("/newsletter/", data=wish | {"wording": consent.CURRENT})
    question = {"email": "rui@example.org", "name": "Rui", "words": "Tell me more"}
    client.post("/contact", data=question | {"once": once_key(app)})
    run(app, told(app))
    enqueued("in-doubt@example.org")
    with saving():
        rows()[-1].state = State.UNCERTAIN
    before = held()
    assert {before[0][name] for name in ("spent_key", "subscription_request")} == {1}
    assert {State.ACCEPTED, State.UNCERTAIN} <= {state for _id, state, _to in before[1]}
    for moment in (NEXT_YEAR, NEXT_YEAR + timedelta(minutes=1), NOW + timedelta(minutes=3)):
        noon.set(moment)
        run(app, told(app))
    assert held() == before


def once_key(app):
    with app.test_request_context():
        return idempotency.new_key()


def test_a_clock_that_leaps_a_year_ahead_wipes_nobody(app, noon):
    """Who waits for an event of next month would be held for somebody of last year."""
    event = make_event(starts_at=NOW + timedelta(days=30), capacity=1)
    make_form(event, capacity=1)
    registered(event, ANA)
    waiting = registered(event, RUI)
    for moment in (NOW, NEXT_YEAR, NEXT_YEAR + timedelta(hours=20), NOW + timedelta(hours=1)):
        noon.set(moment)
        run(app, told(app))
    db.session.expire_all()
    assert db.session.get(Registration, waiting.id).email == RUI.email
    noon.set(NEXT_YEAR + timedelta(hours=25))  # it was right: the house had stood still
    told(app)
    noon.set(NEXT_YEAR + timedelta(hours=50))
    assert told(app).keys() >= NIGHTLY


def test_a_clock_that_leaps_a_year_ahead_takes_no_place_from_anybody(app, noon):
    """Not an offer, not a place that waits for its button, not places held for a partner's guests.
    When it was right they end a day later.
    """
    event = make_event(starts_at=NOW + timedelta(days=500), capacity=4)
    make_form(event, capacity=4)
    goes, unconfirmed = registered(event, ANA), registered(event, MIA, must_confirm=True)
    allotment = make_allotment(event, 2)
    waits = registered(event, RUI)
    with saving():
        registration.give_up(goes, now=NOW)
    run(app, told(app))

    def stand():
        db.session.expire_all()
        released_at = db.session.get_one(Allotment, allotment.id).released_at
        found = waits.status, unconfirmed.status, released_at
        db.session.rollback()
        return found

    held = Status.OFFERED, Status.PENDING, None
    assert stand() == held
    for moment in (NEXT_YEAR, NEXT_YEAR + timedelta(hours=20), NOW + timedelta(hours=1)):
        noon.set(moment)
        run(app, told(app))
        assert stand() == held
    for hours in (22, 47):
        noon.set(NEXT_YEAR + timedelta(hours=hours))
        run(app, told(app))
    assert not set(held) & set(stand())


AHEAD = [timedelta(minutes=1), timedelta(hours=3), timedelta(days=366)]


@pytest.fixture
def set_ahead(noon, monkeypatch):
    """`with set_ahead(by)`: the clock of another machine, or of this one before it was set back."""
    truly = time.time

    @contextmanager
    def ahead(by):
        noon.set(NOW + by)
        monkeypatch.setattr(time, "time", lambda: truly() + by.total_seconds())
        yield
        monkeypatch.setattr(time, "time", truly)
        noon.set(NOW)

    return ahead


def hidden(page, name):
    (value,) = html.fromstring(page.text).xpath(f"//input[@name='{name}']/@value")
    return value


@pytest.mark.parametrize("by", AHEAD)
def test_a_form_that_a_clock_which_is_ahead_handed_out_is_taken_once(app, client, set_ahead, by):
    app.config["WTF_CSRF_ENABLED"] = True
    sent = {"name": "Rui", "email": "rui@example.org", "words": "Is there a lift?"}
    with set_ahead(by):
        page = client.get("/contact")
    sent |= {name: hidden(page, name) for name in ("csrf_token", "once")}
    for _turn in range(2):
        assert client.post("/contact", data=sent).status_code == 303
    assert [letter.reply_to for letter in rows()] == ["rui@example.org"]


@pytest.mark.parametrize("by", AHEAD)
def test_whoever_signed_in_by_a_clock_that_is_ahead_stays_signed_in(app, set_ahead, by):
    with set_ahead(by):
        browser = signed_in(app, Role.OWNER)
    assert browser.get("/desk/").status_code == 200


@pytest.mark.parametrize("by", AHEAD)
def test_a_person_who_was_asked_by_a_clock_that_is_ahead_is_asked_once(client, set_ahead, by):
    sent = {"name": "Rui", "email": "rui@example.org", "words": "Is there a lift?"}
    with set_ahead(by):
        asked = client.post("/contact", data=sent | {"nothing_here": "x"})
    sent |= {"nothing_here": "x", "is_person": "y", "sprung_at": hidden(asked, "sprung_at")}
    assert client.post("/contact", data=sent).status_code == 303


def test_two_clocks_that_differ_a_little_do_the_minute_once(app):
    def take(seconds):
        with saving():
            return heartbeat.take_minute(NOON + timedelta(seconds=seconds))

    assert take(90)
    assert not take(0)


def test_health_says_that_the_last_sign_is_of_a_moment_to_come_until_somebody_looks(app, client):
    with saving():
        heartbeat.take_minute(NOW + timedelta(hours=3))
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json["worker"] == "last seen at a time that is still to come: look at the clocks"
    told(app)
    db.session.rollback()
    assert client.get("/health").json["worker"] == "ok"


def test_a_letter_that_waits_for_a_moment_only_a_wrong_clock_can_have_written_leaves(app, server):
    """Written, put off, claimed and in the air while the clock was ahead; and all was paused."""
    enqueued("written@example.org", now=NEXT_YEAR)
    enqueued("late@example.org", "held@example.org", "air@example.org", now=NOON)
    with saving():
        actions.pause(sending.ALL, now=NEXT_YEAR, until=NEXT_YEAR + timedelta(minutes=1))
        actions.pause("domain:example.org", now=NEXT_YEAR, until=NEXT_YEAR + timedelta(minutes=10))
        actions.pause("stream:bulk", now=NEXT_YEAR)
        put("late@example.org", state=State.DEFERRED, not_before=NEXT_YEAR)
        put("held@example.org", state=State.CLAIMED, owner="x", lease_until=NEXT_YEAR)
        put("air@example.org", state=State.ATTEMPTING, owner="x", lease_until=NEXT_YEAR)
    delivery.sweep()
    delivery.drain_transactional()
    assert {each.to_email: each.state for each in rows()} == dict.fromkeys(
        ("written@example.org", "late@example.org", "held@example.org", "air@example.org"),
        State.ACCEPTED,
    )
    assert db.session.scalars(sa.select(SendingPause.subject)).all() == ["stream:bulk"]


def put(email, **values):
    db.session.execute(sa.update(OutboxMessage).filter_by(to_email=email).values(**values))


def test_what_is_truly_put_off_still_waits(app, server):
    enqueued("late@example.org")
    longest = NOW + sending.LONGEST_WAIT
    with saving():
        actions.pause("domain:elsewhere.example", now=NOW, until=NOW + sending.DOMAIN_REST)
        put("late@example.org", state=State.DEFERRED, not_before=longest)
    delivery.sweep()
    assert row().state is State.DEFERRED
    assert db.session.scalars(sa.select(SendingPause.subject)).all() == ["domain:elsewhere.example"]


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=365)])
def test_people_and_partners_hear_of_a_change_that_a_wrong_clock_wrote_down(app, ahead):
    event = make_event(slug="later", revision=2)
    make_form(event)
    kit = make_kit(event)
    with saving():
        kept = db.session.merge(event)
        kept.moved_since, kept.tell_at = NOW + ahead, NOW + ahead + rules.QUIET
        kept.revision, kept.changed_at = 3, NOW + ahead
    assert registrations.moved(NOW, limit=9) == [event.id]
    assert kits.behind(NOW) == [kit.id]


def test_a_change_that_was_made_a_moment_ago_still_waits(app):
    event = make_event(slug="later", revision=2)
    make_form(event)
    make_kit(event)
    with saving():
        kept = db.session.merge(event)
        kept.moved_since, kept.tell_at = NOW, NOW + rules.QUIET
        kept.revision, kept.changed_at = 3, NOW
    assert registrations.moved(NOW, limit=9) == []
    assert kits.behind(NOW) == []


# -- nights


def test_each_nightly_job_is_done_once_a_day(app, noon):
    assert told(app).keys() >= NIGHTLY
    run(app, NIGHTLY)
    for hours in (1, 2, 10):
        noon.set(NOW + timedelta(hours=hours))
        assert not told(app).keys() & NIGHTLY
    noon.set(NOW + timedelta(hours=24))
    assert told(app).keys() >= NIGHTLY


def test_what_was_told_of_and_not_done_is_told_of_again(app, noon):
    """Whoever was told may have been killed, or the queue have lost it."""
    told(app)
    run(app, NIGHTLY - {"privacy.tidy"})
    noon.set(NOW + timedelta(minutes=10))
    assert not told(app).keys() & NIGHTLY
    noon.set(NOW + timedelta(minutes=17))
    assert told(app).keys() & NIGHTLY == {"privacy.tidy"}


def test_a_night_that_ended_in_an_error_is_told_of_again(app, noon, monkeypatch):
    told(app)
    monkeypatch.setitem(queue._jobs, "privacy.tidy", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(app, ["privacy.tidy"])
    monkeypatch.undo()
    noon.set(NOW + timedelta(minutes=17))
    assert told(app)["privacy.tidy"] == 1


def test_a_job_with_more_to_do_comes_back_at_once_and_is_done_after_the_last_batch(
    app, noon, monkeypatch
):
    told(app)
    left = [False, True, True]
    monkeypatch.setitem(queue._jobs, "kits.tidy", left.pop)
    run(app, ["kits.tidy"])
    assert left == []
    noon.set(NOW + timedelta(hours=1))
    assert "kits.tidy" not in told(app)


@pytest.mark.parametrize("is_killed", [True, pytest.param(False, marks=pytest.mark.once)])
def test_a_worker_killed_between_taking_the_night_and_telling_of_it_loses_nothing(
    app, noon, is_killed
):
    """A process of its own takes the night, and ends (or does not: the control) before it tells."""
    code = f"""
import os
from events_app.app import create_app
from events_app.core import clock, queue
from datetime import datetime
clock.now = lambda: datetime.fromisoformat({NOW.isoformat()!r})
app = create_app()
lines = app.extensions["queue"]
lines.tell = (lambda name, ids: os._exit(9)) if {is_killed} else (lambda name, ids: None)
lines.sweep.call_local()
"""
    env = os.environ | {
        "INSTANCE_DIR": app.config["INSTANCE"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "QUEUE_URL": app.config["QUEUE_URL"],
        "SECRET_KEY": app.config["SECRET_KEY"],
    }
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, timeout=60, check=False)
    assert ended.returncode == (9 if is_killed else 0)
    assert not told(app)  # this minute is taken
    noon.set(NOW + heartbeat.AGAIN + timedelta(minutes=1))
    assert told(app).keys() >= NIGHTLY
