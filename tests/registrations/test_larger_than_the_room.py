"""A party that could never be seated as it is reads that at once, and waits for nothing."""

import pytest

from events_app.core.db import db, saving
from events_app.events.models import AttendanceMode
from events_app.registrations import queries
from events_app.registrations.models import Registration, Status
from tests.factories.allotments import link_for_guests, make_allotment
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    make_applicant,
    make_form,
    pool_of,
    registered,
    taken,
)
from tests.pages import said
from tests.registrations.test_mixed import again, move

IN_ALL = "Er zijn in totaal 2 plaatsen, en u vraagt er 3."
ONLINE = "Online is er plaats voor u allen: kies dat hieronder."
ALL_ONLINE = "Doe met iedereen online mee"
IN_THE_HALL = "In de zaal zijn in totaal 2 plaatsen, en u vraagt er 3."


def hall(places=2, mode=AttendanceMode.OFFLINE, **more):
    event = make_event(capacity=places, slug="avond", attendance_mode=mode)
    make_form(event, capacity=places, guests_max=3, **more)
    return event


def send(client, event, **more):
    path = more.pop("path", f"/events/{event.slug}/register")
    typed = {"name": ANA.name, "email": ANA.email, "guest_1": "Lea", "guest_2": "Tim"}
    return client.post(path, data=typed | more)


def registrations():
    return db.session.query(Registration).count()


def test_in_a_full_hall_it_is_told_that_it_will_never_fit(client):
    event = hall()
    registered(event, make_applicant(1, guests=("A",)))
    answer = send(client, event)
    assert answer.status_code == 409
    assert IN_ALL in said(answer)
    assert 'value="Tim"' in answer.text
    assert registrations() == 1
    assert send(client, event, guest_2="").status_code == 303, "a smaller one waits"


def test_while_some_places_are_left_it_is_not_asked_to_wait(client):
    event = hall()
    answer = send(client, event)
    assert answer.status_code == 409
    assert "Kom met 1 gast" in answer.text
    assert "Wacht op" not in answer.text
    assert IN_ALL in said(send(client, event, party="wait")), "an open page asks all the same"
    assert registrations() == 0


def test_without_a_line_a_full_hall_is_full(client):
    event = hall(has_waiting_list=False)
    registered(event, make_applicant(1, guests=("A",)))
    assert "Alle plaatsen zijn bezet en er is geen wachtlijst." in said(send(client, event))


def test_places_that_may_be_given_over_the_size_count(client):
    event = hall()
    with saving():
        pool_of(event).over_allowance = 1
    registered(event, RUI)
    assert send(client, event, party="wait").status_code == 303


@pytest.mark.parametrize("size", [None, 0])
def test_where_nothing_says_how_many_there_will_be_it_may_wait_or_come(client, size):
    event = hall()
    with saving():
        pool_of(event).size = size
    assert send(client, event, party="wait").status_code == 303


def test_online_it_takes_part_and_waits_for_no_hall(client):
    event = hall(mode=AttendanceMode.MIXED)
    answer = send(client, event, attends="either")
    assert IN_THE_HALL in said(answer)
    assert send(client, event, attends="online").status_code == 303
    one = db.session.query(Registration).one()
    answer = move(client, one, "either", guest_1="Lea", guest_2="Tim")
    assert (answer.status_code, IN_THE_HALL in said(answer)) == (409, True)
    assert again(one).hall_claim is None


@pytest.mark.parametrize("attends", ["hall", "either"])
@pytest.mark.parametrize("taken_before", [0, 2])
def test_where_online_has_room_for_all_it_is_offered(client, taken_before, attends):
    event = hall(mode=AttendanceMode.MIXED)
    for number in range(taken_before):
        registered(event, make_applicant(number))
    answer = send(client, event, attends=attends)
    assert answer.status_code == 409
    if taken_before or attends == "either":
        assert f"{IN_THE_HALL} {ONLINE}" in said(answer)
        return
    assert ALL_ONLINE in answer.text
    assert send(client, event, attends=attends, party="online").status_code == 303
    one = db.session.query(Registration).one()
    assert (one.status, one.is_online, one.party_size) == (Status.CONFIRMED, True, 3)


@pytest.mark.parametrize("mode", [AttendanceMode.MIXED, AttendanceMode.OFFLINE])
def test_online_is_not_offered_where_it_has_no_room_for_all(client, mode):
    event = hall(mode=mode)
    with saving():
        queries.form_of(event.id).online_pool.size = 2
    answer = send(client, event, attends="hall")
    assert answer.status_code == 409
    assert ALL_ONLINE not in answer.text
    assert ONLINE not in said(send(client, event, attends="hall", party="wait"))


@pytest.mark.parametrize(("places", "may_wait"), [(2, False), (4, True)])
def test_by_held_places_it_is_asked_to_wait_where_the_hall_is_large_enough(
    client, places, may_wait
):
    event = hall(places)
    held = make_allotment(event, 2)
    registered(event, RUI)
    answer = send(client, event, path=link_for_guests(event, held))
    assert "Kom met 1 gast" in answer.text
    assert ("Wacht op 3 plaatsen" in answer.text) is may_wait


def test_in_line_a_party_does_not_outgrow_the_hall(client):
    event = hall()
    registered(event, make_applicant(1, guests=("A",)))
    one = registered(event, make_applicant(2, guests=("Lea",)))
    assert one.status is Status.WAITLISTED
    answer = move(client, one, "hall", guest_1="Lea", guest_2="Tim")
    assert (answer.status_code, IN_ALL in said(answer)) == (409, True)
    assert (again(one).party_size, again(one).claim.places) == (2, 2)


def test_a_hall_that_became_smaller_keeps_who_waits_and_lets_them_become_smaller(client):
    event = hall(3)
    registered(event, make_applicant(1, guests=("A",)))
    one = registered(event, make_applicant(2, guests=("Lea", "Tim")))
    make_form(event, capacity=2)
    assert move(client, one, "hall", guest_1="Lea", guest_2="Tom").status_code == 303
    assert (again(one).status, again(one).claim.places) == (Status.WAITLISTED, 3)
    assert move(client, one, "hall", guest_1="Lea", guest_2="").status_code == 303
    assert (again(one).claim.places, taken(event)) == (2, 2)
