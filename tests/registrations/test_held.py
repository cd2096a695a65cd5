"""What waits for a button, an offer or what is held unconfirmed: until when, and who says so."""

from datetime import timedelta

import pytest

from events_app.core import clock, text
from events_app.core.db import db, saving
from events_app.registrations import actions, jobs, queries, questions
from events_app.registrations.models import Status
from tests.conftest import dealt
from tests.factories.events import make_event
from tests.factories.registrations import ANA, RUI, mailed_link, registered, registered_as
from tests.registrations.test_telling import change, fresh, letters, postpone, tell, words

SOONER = timedelta(hours=20)
"""Before any of them would end."""
SENTENCES = {
    "offer": "De plaats is van u als u die aanneemt vóór:",
    "place": "Wij houden uw plaats nog vast tot:",
    "place in line": "Wij houden een plek op de wachtlijst voor u vast tot:",
}


def make_held(app, what):
    """The event, and the address of somebody who has that and has yet to press a button."""
    if what == "offer":
        event = make_event(capacity=1, summary="Kort.")
        ana = registered(event, ANA)
        registered(event, RUI)
        with saving():
            actions.give_up(ana, now=clock.now())
        return event, RUI.email
    event = make_event(capacity=10 if what == "place in line" else 20, summary="Kort.")
    for number in range(11):
        typed = {"name": f"Gast {number}", "email": f"g{number}@example.org"}
        answer = app.test_client().post(f"/events/{event.slug}/register", data=typed)
        assert answer.status_code == 303
    return event, "g10@example.org"


@pytest.fixture(params=dealt(SENTENCES))
def held(request, app, noon):
    noon.set(clock.now() + timedelta(minutes=3, seconds=17, microseconds=654_321))
    return request.param, *make_held(app, request.param)


def of(email):
    wanted = registered_as(email)
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def moment(value):
    with text.speaking("nl"):
        return (
            f"{text.day(value, 'Europe/Amsterdam')}, {text.clock_time(value, 'Europe/Amsterdam')}"
        )


def move_to(event, begins):
    change(event, starts_at=begins, ends_at=begins + timedelta(hours=2))


def look():
    for job in (jobs.expire, jobs.lapse):
        job()


def test_it_is_never_held_after_the_event_begins_also_when_that_is_moved(held, noon, client, desk):
    _what, event, email = held
    before = of(email).status
    begins = clock.now() + SOONER
    move_to(event, begins)
    said = moment(begins)
    assert said in client.get(mailed_link(email)).text.replace("\xa0", " ")
    registration = of(email)
    at_desk = desk.get(f"/desk/registrations/{event.id}/{registration.id}").text
    with text.speaking("nl"):
        assert text.stamp(begins) in at_desk
    tell(noon, minutes=20)
    [letter] = [each for each in letters(email) if each.kind == "registrations/changed"]
    assert said in words(letter).replace("\xa0", " ")
    [known] = queries.held_on(email, shown=questions.shown)
    assert known["held_until"] == begins
    noon.set(begins - timedelta(microseconds=1))
    look()
    assert of(email).status is before
    noon.set(begins)
    look()
    assert of(email).status is Status.EXPIRED
    with saving():
        assert actions.recount(now=clock.now()) == 0


def test_a_move_that_is_taken_back_shortens_nothing(held, noon):
    _what, event, email = held
    [known] = queries.held_on(email, shown=questions.shown)
    began = fresh(event).starts_at
    move_to(event, clock.now() + SOONER)
    move_to(event, began)
    tell(noon, minutes=90)
    assert queries.held_on(email, shown=questions.shown)[0]["held_until"] == known["held_until"]
    noon.set(known["held_until"] - timedelta(seconds=1))
    look()
    assert of(email).status is not Status.EXPIRED


def test_while_there_is_no_date_it_is_held_as_long_as_was_said(held, noon):
    _what, event, email = held
    [known] = queries.held_on(email, shown=questions.shown)
    move_to(event, clock.now() + SOONER)
    postpone(event)
    noon.set(clock.now() + SOONER + timedelta(minutes=1))
    look()
    assert of(email).status is not Status.EXPIRED
    assert queries.held_on(email, shown=questions.shown)[0]["held_until"] == known["held_until"]


WAYS = pytest.mark.parametrize("way", ["changed", "postponed", "already"])


def letter_of(way, event, email, noon, client):
    if way == "changed":
        move_to(event, fresh(event).starts_at + timedelta(days=7))
        tell(noon, minutes=20)
    elif way == "postponed":
        postpone(event)
        tell(noon)
    else:
        client.post(f"/events/{event.slug}/register", data={"name": "Nog eens", "email": email})
        jobs.remind()
    letter = letters(email)[-1]
    assert letter.kind == f"registrations/{way}"
    return letter


@WAYS
def test_who_only_waits_is_asked_for_no_button_and_reads_of_no_moment(noon, client, way):
    event = make_event(capacity=1, summary="Kort.")
    registered(event, ANA)
    assert registered(event, RUI).status is Status.WAITLISTED
    letter = letter_of(way, event, RUI.email, noon, client)
    for body in (letter.body.text, letter.body.html):
        assert not [sentence for sentence in SENTENCES.values() if sentence in body]


@WAYS
def test_every_letter_says_what_is_to_be_done_and_by_when(held, noon, client, way):
    what, event, email = held
    letter = letter_of(way, event, email, noon, client)
    said = words(letter)
    assert moment(queries.held_on(email, shown=questions.shown)[0]["held_until"]) in said
    for body in (letter.body.text, letter.body.html):
        for other, sentence in SENTENCES.items():
            assert (sentence in body) is (other == what), sentence
        assert "U houdt uw plaats" not in body
