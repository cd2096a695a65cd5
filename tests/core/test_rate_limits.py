"""Too often: how long to wait is said, and what is counted."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from events_app.core import rate_limits, text
from events_app.core.db import db, saving
from events_app.core.errors import TooMany
from events_app.delivery.models import OutboxMessage
from events_app.newsletters.rules import consent
from tests.conftest import NOON, dealt
from tests.factories.events import make_event
from tests.factories.registrations import make_form

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = NOON + timedelta(minutes=47, seconds=33, microseconds=250_001)


def refused(per, now):
    with pytest.raises(TooMany) as why, saving():
        for _ in range(2):
            rate_limits.hit("x", limit=1, per=per, now=now)
    return why.value


@pytest.mark.parametrize(
    ("per", "now", "said"),
    [
        (timedelta(hours=1), NOW, "Dat was te vaak. Over 13 minuten kunt u het opnieuw proberen."),
        (timedelta(hours=1), NOW + timedelta(minutes=12), "Over een minuut"),
        (timedelta(minutes=10), NOW, "Over 3 minuten"),
        (timedelta(days=1), NOW, "Over 13 uur"),
    ],
)
def test_the_sentence_says_how_long_to_wait(app, per, now, said):
    why = refused(per, now)
    assert said in str(why.sentence)
    later = now + timedelta(seconds=why.retry_after + 1)
    with saving():
        rate_limits.hit("x", limit=1, per=per, now=later)


def test_it_is_said_in_the_language_of_the_reader(app):
    with app.test_request_context("/?lang=en"):
        assert "in 13 minutes" in str(refused(timedelta(hours=1), NOW).sentence)
    assert text.language() == "nl"


def test_nobody_else_makes_such_a_refusal():
    """So each of them says how long to wait."""
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "events_app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "TooMany"
    }
    assert makers == {"events_app/core/rate_limits.py"}


def test_addresses_of_one_network_are_one(app):
    same = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::1%eth0")
    assert len({rate_limits.client(address) for address in same}) == 1
    assert rate_limits.client("::ffff:192.0.2.1") == rate_limits.client("192.0.2.1")
    others = ("2001:db8:1:3::1", "192.0.2.1", "192.0.2.2", "", None, "unknown")
    assert len({rate_limits.client(address) for address in (same[0], *others)}) == 6


def doors():
    event = make_event(capacity=500)
    return {
        f"/events/{event.slug}/register": 30,
        "/newsletter/": 10,
        "/contact": 5,
        "/ambassador": 10,
        "/partner": 10,
        "/sign-in": 20,
    }


def typed(path, number):
    known = {"name": "Demo", "email": f"d{number}@example.org"}
    more = {
        "/newsletter/": {"language": "nl", "agreed": "y", "wording": consent.CURRENT},
        "/contact": {"words": "Hoe laat begint het?"},
    }
    return known | more.get(path, {})


@pytest.mark.parametrize("number", dealt(range(6)))
def test_every_door_that_counts_says_how_long_to_wait(app, noon, number):
    """Counted by network: each time from another address of one /64."""
    noon.set(NOW)
    assert app.config["REGISTRATIONS_PER_HOUR"] == 300  # for a school; less of them shows the same
    app.config["REGISTRATIONS_PER_HOUR"] = 30
    path, most = [*doors().items()][number]
    for turn in range(most + 1):
        browser = app.test_client()
        where = {"REMOTE_ADDR": f"2001:db8:1:2::{turn:x}"}
        answer = browser.post(path, data=typed(path, turn), environ_overrides=where)
        assert answer.status_code == (429 if turn == most else answer.status_code), turn
        assert turn == most or answer.status_code in (200, 303), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    wait = 3 if path == "/sign-in" else 13
    assert f"ver {wait} minuten" in answer.text
    elsewhere = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    answer = app.test_client().post(path, data=typed(path, 1), environ_overrides=elsewhere)
    assert answer.status_code in (200, 303)


def test_the_setting_says_how_many_and_only_complete_forms_count(app, client, noon):
    noon.set(NOW)
    app.config["REGISTRATIONS_PER_HOUR"] = 3
    path = f"/events/{make_event(capacity=50).slug}/register"
    for number in range(20):
        assert client.post(path, data={"name": "Demo", "email": f"{number}@"}).status_code == 200
    codes = [
        client.post(path, data={**typed(path, number), "organisation": "Demo bv"})
        for number in range(4)
    ]
    assert [code.status_code for code in codes] == [303, 303, 303, 429]
    assert 'value="Demo bv"' in codes[-1].text


def test_what_was_refused_counts_too(app, client, noon):
    """Nobody waits for the count while places are locked: it stands before anything is decided."""
    noon.set(NOW)
    app.config["REGISTRATIONS_PER_HOUR"] = 3
    event = make_event(capacity=0)
    make_form(event, capacity=0, has_waiting_list=False)
    path = f"/events/{event.slug}/register"
    answers = [client.post(path, data=typed(path, number)).status_code for number in range(5)]
    assert answers == [409] * 3 + [429] * 2


STRANGER, OWNER = {"REMOTE_ADDR": "192.0.2.66"}, {"REMOTE_ADDR": "192.0.2.7"}
VICTIM = {"name": "Ana Vermeulen", "email": "ana@example.org"}


def test_who_uses_up_the_letters_of_a_mailbox_keeps_its_owner_from_no_event(app, noon):
    noon.set(NOW)
    paths = [f"/events/{make_event(capacity=9).slug}/register" for _ in range(12)]
    stranger = app.test_client()
    answers = [stranger.post(path, data=VICTIM, environ_overrides=STRANGER) for path in paths[:11]]
    assert [each.status_code for each in answers] == [*[303] * 10, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    own = app.test_client().post(paths[11], data=VICTIM, environ_overrides=OWNER)
    assert own.status_code == 303
    last = select(OutboxMessage).order_by(OutboxMessage.id.desc())
    letter = db.session.scalars(last).first()
    assert (letter.to_email, letter.kind) == (VICTIM["email"], "registrations/confirmed")


def test_who_uses_up_the_letters_of_a_mailbox_keeps_its_owner_from_no_newsletter(app, noon):
    noon.set(NOW)
    wish = {**VICTIM, "language": "nl", "agreed": "y", "wording": consent.CURRENT}
    stranger = app.test_client()
    for _ in range(9):
        assert (
            stranger.post("/newsletter/", data=wish, environ_overrides=STRANGER).status_code == 303
        )
    asked = select(func.count()).select_from(OutboxMessage)
    assert db.session.scalar(asked) == 3
    app.test_client().post("/newsletter/", data={**wish, "language": "en"}, environ_overrides=OWNER)
    assert db.session.scalar(asked) == 4, "with what the owner chose, not the stranger"
