"""Places that are held for the guests of an ambassador, and what an invitation says of places."""

import pytest
from sqlalchemy import select

from events_app.capacity.models import Pool
from events_app.core import tokens
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import AttendanceMode
from events_app.events.models import Status as EventStatus
from events_app.invitations import actions, queries
from events_app.invitations.models import GuestPlaces, Invitation
from events_app.invitations.rules import HeldAlready
from events_app.registrations import actions as registrations
from events_app.registrations.models import Access, Allotment, Status
from events_app.registrations.rules import Applicant, Full
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.allotments import pool_of_guests, terms
from tests.factories.contacts import make_person
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.registrations import make_applicant, make_form, registered


@pytest.fixture
def event(app):
    return make_event(capacity=3)


@pytest.fixture
def noor(app):
    return make_ambassador()


def hold(event, ambassador, places=2):
    with saving():
        actions.hold_places(event, ambassador, terms(places, "Noor Demo"), by=None, now=NOON)
    return db.session.scalars(select(Allotment).order_by(Allotment.id.desc())).first()


def fill(event, number):
    for one in range(number):
        registered(event, make_applicant(50 + one))


def accept(invitation, **more):
    applicant = Applicant(name=invitation.name, email=invitation.email, **more)
    with saving():
        return actions.accept(invitation, applicant, now=NOON).registration


def page_of(ambassador):
    return "/ambassador/" + tokens.derived("ambassador", ambassador.seed)


def link_of(invitation):
    return "/invitation/" + tokens.derived("invitation", invitation.seed)


def letter(email="ben@example.org"):
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == email)
    return db.session.scalars(wanted).one().body.text


# -- held for their guests


def test_who_says_yes_to_an_ambassador_takes_a_place_that_is_held_for_their_guests(event, noor):
    held = hold(event, noor)
    fill(event, 1)
    come = accept(make_invitation(event, noor))
    assert (come.status, come.allotment_id) == (Status.CONFIRMED, held.id)
    assert pool_of_guests(held) == (2, 1)


def test_the_guests_of_another_ambassador_do_not(event, noor):
    held = hold(event, noor)
    fill(event, 1)
    other = make_ambassador("Ander Demo", "ander@example.org")
    come = accept(make_invitation(event, other))
    assert (come.status, pool_of_guests(held)) == (Status.WAITLISTED, (2, 0))


def test_an_ambassador_has_held_places_once_for_each_event(event, noor):
    hold(event, noor, 1)
    with pytest.raises(HeldAlready):
        hold(event, noor, 1)
    db.session.rollback()
    hold(make_event("Ander", slug="ander", capacity=3), noor, 1)
    assert db.session.query(GuestPlaces).count() == 2


def test_where_they_were_taken_away_others_can_be_held(event, noor):
    held = hold(event, noor)
    with saving():
        registrations.remove_allotment(held, by=make_staff(), now=NOON)
    assert db.session.query(GuestPlaces).count() == 0
    hold(event, noor)


def test_ambassadors_read_on_their_page_how_many_are_held_and_taken(client, desk, event, noor):
    held = hold(event, noor)
    page = client.get(page_of(noor)).text
    assert "Voor uw gasten zijn 2 plaatsen vrijgehouden tot " in page
    assert "Daarvan is er nog geen bezet." in page
    accept(make_invitation(event, noor))
    page = client.get(page_of(noor)).text
    assert "Daarvan is er één bezet." in page
    at_desk = desk.get(f"/desk/invitations/{noor.id}/event/{event.id}").text
    assert "Voor deze gasten zijn 2 plaatsen vrijgehouden tot " in at_desk
    assert "Daarvan is er één bezet." in at_desk
    with saving():
        registrations.release(held, by=make_staff("a@example.org"), now=NOON)
    assert "vrijgehouden" not in client.get(page_of(noor)).text


def hold_page(event, ambassador):
    return f"/desk/invitations/{ambassador.id}/event/{event.id}/hold"


ASKED = {"places": "2", "release_at": "2027-02-01T17:00"}


def test_an_organiser_holds_places_for_an_ambassador_at_the_desk(desk, event, noor):
    assert "Er zijn 3 plaatsen vrij." in desk.get(hold_page(event, noor)).text
    there = desk.post(hold_page(event, noor), data=ASKED)
    assert there.status_code == 303
    assert "2 plaatsen vrijgehouden" in desk.get(there.location).text
    [held] = db.session.scalars(select(Allotment))
    assert held.name == "Noor Demo · noor@example.org", "there may be two of one name"
    assert pool_of_guests(held) == (2, 0)
    again = desk.post(hold_page(event, noor), data=ASKED | {"places": "1"})
    assert again.status_code == 422
    assert "al plaatsen vrijgehouden" in again.text
    assert 'value="1"' in again.text


def test_what_cannot_be_held_stays_typed(desk, event, noor):
    answer = desk.post(hold_page(event, noor), data=ASKED | {"places": "9"})
    assert answer.status_code == 422
    assert "Er zijn 3 plaatsen vrij." in answer.text
    assert 'value="9"' in answer.text
    assert db.session.query(Pool).count() == 2


def test_what_is_held_for_who_is_wiped_is_released_without_a_name(event, noor):
    held = hold(event, noor)
    come = accept(make_invitation(event, noor))
    fill(event, 1)
    waiting = registered(event, make_applicant(70))
    with saving():
        actions.erase_ambassador(noor, now=NOON)
    db.session.expire_all()
    assert (held.name, come.status) == ("–", Status.CONFIRMED)
    assert (held.released_at, waiting.status) == (NOON, Status.OFFERED)
    assert db.session.query(GuestPlaces).count() == 0


def test_what_is_held_on_an_ambassador_names_the_places(event, noor):
    hold(event, noor)
    make_person("pim@example.org")
    known = queries.held_on("noor@example.org", noor.person)["ambassador"]
    [held] = known["places_held_for_guests"]
    assert (held["places"], held["taken"]) == (2, 0)


# -- an invitation says what there is for the guest


def full(**more):
    event = make_event("Vol", slug="vol", capacity=1, **more)
    registered(event, make_applicant(50))
    return event


@pytest.mark.parametrize(
    ("has_line", "says"),
    [
        (True, "U kunt online meedoen. Of u komt op de wachtlijst voor de zaal,"),
        (False, "U kunt online meedoen."),
    ],
)
def test_a_full_hall_says_before_and_in_the_letter_that_online_is_open(
    client, desk, noor, has_line, says
):
    event = full(attendance_mode=AttendanceMode.MIXED)
    make_form(event, capacity=1, has_waiting_list=has_line)
    for page in (
        client.get(f"{page_of(noor)}?event={event.id}").text,
        desk.get(f"/desk/invitations/{noor.id}/event/{event.id}").text,
    ):
        assert "Wie u nu uitnodigt, kan online meedoen." in page
        assert ("wachtlijst voor de zaal" in page) is has_line
    invitation = make_invitation(event, noor)
    assert says in " ".join(letter().split())
    assert ("wachtlijst" in letter()) is has_line
    page = client.get(link_of(invitation)).text
    assert "Alle plaatsen in de zaal zijn bezet" in page
    assert "Ja, ik kom" in page
    assert ("wachtlijst" in page) is has_line
    come = accept(invitation, is_online=True)
    assert (come.status, come.is_online) == (Status.CONFIRMED, True)


def test_where_hall_and_online_are_full_nobody_is_invited(noor):
    event = full(attendance_mode=AttendanceMode.MIXED)
    form = make_form(event, capacity=1, has_waiting_list=False)
    with saving():
        form.online_pool.size = 0
    with pytest.raises(Full):
        make_invitation(event, noor)


def test_a_full_event_with_held_places_is_not_full_for_its_guests(client, desk, event, noor):
    hold(event, noor, 1)
    fill(event, 2)
    for page in (
        client.get(page_of(noor)).text,
        desk.get(f"/desk/invitations/{noor.id}/event/{event.id}").text,
    ):
        assert "komt op de wachtlijst" not in page
    invitation = make_invitation(event, noor)
    assert "bezet" not in letter()
    assert "wachtlijst" not in client.get(link_of(invitation)).text
    assert "Wachtlijst" not in client.get(f"{link_of(invitation)}/accept").text


def test_when_the_held_places_are_taken_too_the_page_says_how_it_stands_now(client, event, noor):
    hold(event, noor, 1)
    fill(event, 2)
    late, first = (
        make_invitation(event, noor),
        make_invitation(event, noor, make_guest("Cas Demo", "cas@example.org")),
    )
    accept(first)
    page = client.get(link_of(late)).text
    assert "Als u ja zegt, komt u op de wachtlijst." in page
    assert "Wachtlijst" in client.get(f"{link_of(late)}/accept").text
    next_one = make_invitation(event, noor, make_guest("Dia Demo", "dia@example.org"))
    assert next_one
    assert "komt u op de wachtlijst" in letter("dia@example.org")


def test_the_page_says_that_there_is_no_place_any_more(client, noor):
    event = make_event(capacity=1)
    make_form(event, capacity=1, has_waiting_list=False)
    invitation = make_invitation(event, noor)
    assert "Ja, ik kom" in client.get(link_of(invitation)).text
    registered(event, make_applicant(50))
    page = client.get(link_of(invitation)).text
    assert "er is geen wachtlijst" in page
    assert "Ja, ik kom" not in page


def test_an_event_by_invitation_only_is_open_to_who_is_invited(client, event, noor):
    make_form(event, capacity=3, access=Access.INVITATION)
    assert "Ja, ik kom" in client.get(link_of(make_invitation(event, noor))).text


def test_a_postponed_event_says_so(client, event, noor):
    invitation = make_invitation(event, noor)
    with saving():
        db.session.merge(event).status = EventStatus.POSTPONED
    page = client.get(link_of(invitation)).text
    assert "uitgesteld" in page
    assert db.session.get(Invitation, invitation.id)
