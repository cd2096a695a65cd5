"""A form is open while the desk changes what it asks: what was chosen or typed is refused in words
and stays there, or is heard; nothing is left out without a word.
"""

import pytest
from lxml import html
from sqlalchemy import delete, select

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.events.models import AttendanceMode, Event, Ownership
from events_app.registrations import actions
from events_app.registrations.models import Answer, Question, Registration, Status
from events_app.registrations.rules import Changes
from tests.confirming import confirm
from tests.events.test_desk import as_shown
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    mailed_link,
    make_applicant,
    make_form,
    make_question,
    registered,
    taken,
)
from tests.registrations.test_mixed import again, is_counted_right, mixed, words

HALL, ONLINE = AttendanceMode.OFFLINE, AttendanceMode.ONLINE
GONE = {
    "online": "U koos online. De bijeenkomst is nu alleen in de zaal.",
    "either": "U koos online. De bijeenkomst is nu alleen in de zaal.",
    "hall": "U koos de zaal. De bijeenkomst is nu alleen online.",
}


def become(event, **fields):
    with saving():
        for name, value in fields.items():
            setattr(db.session.get(Event, event.id), name, value)


def field(answer, name):
    return html.fromstring(answer.text).xpath(f"//form//input[@name='{name}']/@value")


def register(client, event, **more):
    typed = {"name": "Ana Vermeulen", "email": ANA.email, **more}
    return client.post(f"/events/{event.slug}/register", data=typed)


@pytest.mark.parametrize(("chosen", "mode"), [("online", HALL), ("either", HALL), ("hall", ONLINE)])
def test_who_chose_what_there_is_no_more_is_told_and_nothing_is_taken(client, chosen, mode):
    event = mixed(5)
    become(event, attendance_mode=mode)
    answer = register(client, event, attends=chosen, organisation="Demo bv")
    assert answer.status_code == 409
    assert GONE[chosen] in words(answer)
    assert (field(answer, "organisation"), field(answer, "attends")) == (["Demo bv"], [])
    assert db.session.scalars(select(Registration)).all() == []
    assert (taken(event), taken(event, is_online=True)) == (0, 0)
    assert register(client, event).status_code == 303
    assert taken(event) == 1


@pytest.mark.parametrize(("chosen", "mode"), [("hall", HALL), ("online", ONLINE)])
def test_who_chose_what_is_left_registers(client, chosen, mode):
    event = mixed(5)
    become(event, attendance_mode=mode)
    assert register(client, event, attends=chosen).status_code == 303
    assert taken(event) == 1


@pytest.mark.parametrize(("chosen", "mode"), [("online", HALL), ("hall", ONLINE)])
def test_on_the_own_page_the_choice_that_is_gone_is_refused_too(client, chosen, mode):
    event = mixed(5)
    ana = registered(event, make_applicant(1, is_online=chosen == "hall"))
    become(event, attendance_mode=mode)
    path = f"{mailed_link(ana.email)}/change"
    typed = {"name": ana.name, "organisation": "Demo bv"}
    answer = client.post(path, data={**typed, "attends": chosen})
    assert answer.status_code == 409
    assert GONE[chosen] in words(answer)
    assert (field(answer, "organisation"), field(answer, "attends")) == (["Demo bv"], [])
    assert again(ana).contact.organisation == ""
    assert client.post(path, data=typed).status_code == 303
    assert again(ana).contact.organisation == "Demo bv"
    assert is_counted_right()


GUESTS = {"guest_1": "Bob", "guest_2": "Cas", "guest_3": "Dee"}


@pytest.mark.parametrize(
    ("most", "said"),
    [(1, "U kunt één gast meenemen."), (0, "U kunt geen gasten meenemen naar deze bijeenkomst.")],
)
def test_guests_beyond_a_number_that_was_lowered_are_refused_and_stay(client, most, said):
    event = make_event(capacity=9)
    make_form(event, capacity=9, guests_max=most)
    answer = register(client, event, **GUESTS)
    assert answer.status_code == 409
    assert said in words(answer)
    assert [field(answer, name) for name in GUESTS] == [["Bob"], ["Cas"], ["Dee"]]
    assert taken(event) == 0
    assert register(client, event, **dict.fromkeys(GUESTS, "")).status_code == 303


def test_a_form_shows_no_more_guests_than_may_come(client):
    event = make_event(capacity=9)
    make_form(event, capacity=9, guests_max=1)
    page = client.get(f"/events/{event.slug}/register").text
    assert ("guest_1" in page, "guest_2" in page) == (True, False)
    ten = register(client, event, **{f"guest_{number}": "Bob" for number in range(1, 12)})
    assert "guest_9" in ten.text
    assert "guest_10" not in ten.text


def test_new_guests_beyond_a_number_that_was_lowered_are_refused_on_the_own_page(client):
    event = make_event(capacity=9)
    make_form(event, capacity=9, guests_max=3)
    ana = registered(event, make_applicant(1, guests=("Bob",)))
    make_form(event, capacity=9, guests_max=1)
    path = f"{mailed_link(ana.email)}/change"
    answer = client.post(path, data={"name": "Ana", **GUESTS})
    assert answer.status_code == 409
    assert "U kunt één gast meenemen." in html.fromstring(answer.text).xpath(
        "string(//*[@id='guest_2-error'])"
    ), "beside the first new one"
    assert [field(answer, name) for name in GUESTS] == [["Bob"], ["Cas"], ["Dee"]]
    assert (again(ana).party_size, taken(event)) == (2, 2)


def test_without_a_place_for_one_more_guest_it_stands_beside_that_guest(client):
    event = make_event(capacity=2)
    make_form(event, capacity=2, guests_max=3)
    ana = registered(event, make_applicant(1, guests=("Bob",)))
    path = f"{mailed_link(ana.email)}/change"
    answer = client.post(path, data={"name": "Ana", "guest_1": "Bob", "guest_2": "Cas"})
    assert "Er is geen plaats vrij voor nog een gast." in html.fromstring(answer.text).xpath(
        "string(//*[@id='guest_2-error'])"
    )


# -- a question that goes while somebody answers it


def removed_meanwhile(question):
    """As by another process, after this one has read the form."""
    db.session.commit()
    with db.engine.begin() as connection:
        connection.execute(delete(Question).where(Question.id == question.id))


@pytest.fixture
def asked(app):
    form = make_form(make_event(capacity=9), capacity=9)
    gone, stays = make_question(form, "Gaat?"), make_question(form, "Blijft?")
    return form, gone, stays


def test_an_answer_to_a_question_that_is_gone_is_left_out_and_the_rest_is_registered(asked):
    form, gone, stays = asked
    applicant = make_applicant(1, answers={gone.id: "een", stays.id: "twee"})
    removed_meanwhile(gone)
    with saving():
        made = actions.register(form, applicant, now=clock.now()).registration
    assert made.status is Status.CONFIRMED
    assert [each.value for each in db.session.scalars(select(Answer))] == ["twee"]


def test_on_the_own_page_too(asked):
    form, gone, stays = asked
    ana = registered(db.session.get(Event, form.event_id), make_applicant(1))
    changes = Changes(name=ana.name, guests=(), answers={gone.id: "een", stays.id: "twee"})
    removed_meanwhile(gone)
    with saving():
        actions.change(ana, changes, now=clock.now())
    assert [each.value for each in db.session.scalars(select(Answer))] == ["twee"]


# -- registering is elsewhere by now


def test_where_people_register_elsewhere_the_own_form_is_closed_in_words(client):
    event = make_event(capacity=3)
    registered(event, ANA)
    become(event, ownership=Ownership.EXTERNAL, external_url="https://example.org/elders")
    answer = client.post(
        f"/events/{event.slug}/register", data={"name": "Rui", "email": "rui@example.org"}
    )
    assert answer.status_code == 409
    assert "Voor deze bijeenkomst melden mensen zich elders aan." in words(answer)
    assert "Voor deze bijeenkomst" in words(client.get(f"/events/{event.slug}/register"))
    page = words(client.get(f"/events/{event.slug}"))
    assert "Elders aanmelden" in page
    assert "Bijna vol" not in page
    assert "Bijna vol" not in words(client.get("/events/"))
    assert taken(event) == 1


def test_the_desk_hears_first_that_nobody_can_register_here_any_more(desk):
    event = make_event("Oud", summary="Kort.", capacity=3)
    registered(event, ANA)
    path = f"/desk/events/{event.id}/edit"
    elsewhere = {"ownership": "external", "external_url": "https://example.org/elders"}
    sent = as_shown(event, **elsewhere)
    asked = words(desk.post(path, data=sent))
    assert "Niemand kan zich hier nog aanmelden." in asked
    assert db.session.get(Event, event.id).ownership is Ownership.OWN
    confirm(desk, path, sent)
    assert db.session.get(Event, event.id).ownership is Ownership.EXTERNAL
    assert "Niemand kan zich hier nog aanmelden." not in words(desk.post(path, data=sent))
