"""What somebody does by a personal link, or the desk for somebody, is done for that person alone:
whoever has the place by now keeps it as it is.
"""

import threading
from dataclasses import replace

import pytest
from lxml import html
from sqlalchemy.event import listen, remove

from events_app.core.db import db, saving
from events_app.events.models import AttendanceMode
from events_app.registrations import actions, jobs, letters, queries
from events_app.registrations.actions import status
from events_app.registrations.models import AskedOf, Registration, Status
from events_app.registrations.rules import Changes
from tests.conftest import NOON, SERVER
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    mailed_link,
    make_form,
    make_question,
    registered,
)
from tests.faults.doors import DOORS
from tests.pages import said
from tests.registrations.test_transfers import kinds

SAM, HANS = "sam@example.org", "hans@example.org"
SENT = {
    "/registration/{token}/change": {
        "name": "Gever", "organisation": "Gever bv", "diet": "noten", "guest_1": "Hans",
    },
    "/registration/{token}/address": {"email": "ana.nieuw@example.org"},
    "/registration/{token}/hand-over": {"name": "Iris", "email": "iris@example.org"},
    "/registration/{token}/take-back": {},
    "/registration/{token}/guests/{own_guest}/answers": {"question": "Zuid"},
    "/registration/{token}/accept": {},
    "/registration/{token}/confirm": {},
    "/registration/{token}/stay-online": {},
    "/registration/{token}/cancel": {"reason": "Ziek"},
    "/registration/{token}/erase": {},
    "/guest/{token}/answers": {"question": "Zuid"},
    "/guest/{token}/leave": {},
}  # fmt: skip
"""Of every door that does something by the personal link of who comes."""
BY_CONTACT = [address for address in SENT if address.startswith("/registration/")]
BY_GUEST = [address for address in SENT if address.startswith("/guest/")]
HANDED_OVER = "Deze plaats is overgedragen."
CHANGED = "Wat er volgt, is veranderd terwijl u keek"
races = pytest.mark.skipif(not SERVER, reason="SQLite has one writer: nobody comes in between")


def test_every_door_by_a_personal_link_is_tried_here():
    doors = [door for door in DOORS if door.method == "POST"]
    own = {"attendee", "companion"}
    assert {door.address for door in doors if own & {*door.who.split("+")}} == {*SENT}


@pytest.fixture
def ana(app):
    """Online with a place kept in the hall, a guest who has a link too, and a question to both."""
    event = make_event(capacity=2, attendance_mode=AttendanceMode.MIXED)
    form = make_form(event, capacity=2, guests_max=1)
    make_question(form, "Waar komt u vandaan?", asked_of=AskedOf.EVERYONE)
    registered(event, replace(RUI, guests=("Gast",)))
    party = replace(ANA, guests=("Hans Gast",), guest_addresses=(HANS,), is_online=True)
    ana = registered(event, replace(party, waits_for_hall=True))
    jobs.tell_guests()
    make_form(event, capacity=5)
    with saving():
        actions.offer_places(form.pool_id, now=NOON)
    return ana


def path_of(address, ana):
    by_guest = address in BY_GUEST
    link = mailed_link(HANS, "guest") if by_guest else mailed_link(ANA.email)
    token = link.rpartition("/")[2]
    return address.format(token=token, own_guest=ana.guests[0].id)


def fields(address, ana):
    [question] = ana.form.questions
    return {
        f"question_{question.id}" if name == "question" else name: value
        for name, value in SENT[address].items()
    }


def ask(one, *, is_hand_over=True):
    """Offer the place to Sam, or ask for Sam's address; what stands behind the button."""
    with saving():
        actions.transfer(one, email=SAM, name="Sam", is_hand_over=is_hand_over, now=NOON)
    return letters.transfer_token(queries.transfer_of(one.contact.id))


def take(token):
    with saving():
        given = Changes(name="Sam Neemt", guests=(), organisation="Neem bv")
        actions.take(queries.transfer_by_token(token), given, now=NOON)


def stands(one):
    """All that is kept of who has the place now, and of who comes along."""
    db.session.rollback()
    db.session.expire_all()
    now = db.session.get_one(Registration, one.id)
    people = [
        (each.name, each.email, each.organisation, each.diet, len(each.answers))
        for each in now.participants
    ]
    place = now.status, now.is_online, now.hall_claim and now.hall_claim.status
    return place, people, kinds(SAM), kinds("iris@example.org"), now.cancel_reason


@pytest.fixture
def in_between(app):
    """`in_between(act, one)`: another process does this when the next request is about to lock the
    places; gives a list that gets how all stands then.
    """
    told, running = [], []

    def other(act, one):
        with app.app_context():
            act()
            told.append(stands(one))

    def before(_connection, _cursor, statement, *_):
        if running and "FROM pool" in statement and "FOR UPDATE" in statement:
            thread = running.pop()
            thread.start()
            thread.join()

    def arranged(act, one):
        db.session.commit()
        running.append(threading.Thread(target=other, args=(act, one)))
        return told

    listen(db.engine, "before_cursor_execute", before)
    yield arranged
    remove(db.engine, "before_cursor_execute", before)
    assert running == [], "nobody came in between"


def by_link(client, address, ana):
    """From a page of ours."""
    return client.post(
        path_of(address, ana),
        data=fields(address, ana),
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=True,
    )


@races
@pytest.mark.parametrize("is_hand_over", [True, False])
@pytest.mark.parametrize("address", BY_CONTACT)
def test_a_link_that_ends_in_that_very_moment_does_nothing(
    client, ana, in_between, address, is_hand_over
):
    token = ask(ana, is_hand_over=is_hand_over)
    told = in_between(lambda: take(token), ana)
    answer = by_link(client, address, ana)
    assert answer.status_code == 410
    assert (HANDED_OVER in said(answer)) is is_hand_over
    assert SENT[address].get("organisation", "") in said(answer), "to copy"
    assert [stands(ana)] == told


@races
@pytest.mark.parametrize("address", BY_GUEST)
def test_nor_does_that_of_a_guest_who_is_another_one_in_that_very_moment(
    client, ana, in_between, address
):
    changes = Changes(name=ana.name, guests=("Bram",), guest_addresses=("bram@example.org",))

    def change():
        with saving():
            actions.change(queries.by_id(ana.id, event_id=ana.event_id), changes, now=NOON)

    told = in_between(change, ana)
    assert by_link(client, address, ana).status_code == 410
    assert [stands(ana)] == told


@races
def test_negative_control_without_a_second_look_the_link_writes_over_who_has_the_place(
    client, ana, in_between, monkeypatch
):
    monkeypatch.setattr(status, "_must_be_theirs", lambda *_: None)
    token = ask(ana)
    told = in_between(lambda: take(token), ana)
    by_link(client, "/registration/{token}/change", ana)
    _status, [(name, email, *_rest), *_guests], *_letters = stands(ana)
    assert (name, email) == ("Gever", SAM)
    assert [stands(ana)] != told


# -- the desk


def page_of(one):
    return f"/desk/registrations/{one.event_id}/{one.id}"


def pressed(desk, page, verb, **typed):
    """The form of this verb on a page that was opened before, sent."""
    [form] = html.fromstring(page.text).xpath(f"//form[contains(@action, '/{verb}')]")
    hidden = {each.get("name"): each.get("value") for each in form.xpath(".//input[@name]")}
    sent = {**hidden, **typed}
    return desk.post(form.get("action"), data=sent, follow_redirects=verb == "promote")


AT_THE_DESK = {"cancel": Status.CANCELLED, "promote": Status.CONFIRMED}
"""What the desk does on behalf of who has the place, and how it stands then."""


@pytest.mark.parametrize("verb", AT_THE_DESK)
def test_the_desk_does_it_for_whom_it_opened_the_page_alone(desk, ana, verb):
    page = desk.get(page_of(ana))
    take(ask(ana))
    before = stands(ana)
    answer = pressed(desk, page, verb, reason="Belde af")
    assert CHANGED in said(answer)
    assert "Sam Neemt" in answer.text
    assert ("Belde af" in answer.text) is (verb == "cancel"), "what was typed stays"
    assert stands(ana) == before
    pressed(desk, answer, verb, reason="Belde af")
    (status, is_online, _kept), *_more = stands(ana)
    assert (status, is_online) == (AT_THE_DESK[verb], verb == "cancel")


@pytest.mark.parametrize("verb", AT_THE_DESK)
def test_the_same_person_at_another_address_is_the_same(desk, ana, verb):
    page = desk.get(page_of(ana))
    take(ask(ana, is_hand_over=False))
    pressed(desk, page, verb)
    (status, is_online, _kept), *_more = stands(ana)
    assert (status, is_online) == (AT_THE_DESK[verb], verb == "cancel")


@races
@pytest.mark.parametrize("verb", AT_THE_DESK)
def test_the_desk_does_nothing_when_the_place_goes_in_that_very_moment(desk, ana, in_between, verb):
    page, token = desk.get(page_of(ana)), ask(ana)
    told = in_between(lambda: take(token), ana)
    assert CHANGED in said(pressed(desk, page, verb, reason="Belde af"))
    assert [stands(ana)] == told
