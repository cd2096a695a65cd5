"""People mend their party by their own link: their name, and who comes with them."""

from dataclasses import replace

import pytest
from lxml import html

from events_app.core.db import db, saving
from events_app.registrations import actions, letters, rules
from events_app.registrations.models import Registration, Status
from events_app.registrations.rules import Changes, TooManyGuests
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    mailed_link,
    make_applicant,
    make_form,
    pool_of,
    registered,
    taken,
)
from tests.pages import said


@pytest.fixture
def event(app):
    event = make_event(capacity=3)
    make_form(event, capacity=3, guests_max=2)
    return event


def change(client, who=ANA, **data):
    return client.post(f"{mailed_link(who.email)}/change", data={"name": who.name, **data})


def again(one):
    db.session.expire_all()
    return db.session.get_one(Registration, one.id)


def party(one):
    one = again(one)
    assert one.party_size == one.claim.places == len(one.participants)
    return [person.name for person in one.participants]


def test_a_name_is_mended(client, event):
    ana = registered(event, ANA)
    assert change(client, name="Ana Vermeulen-de Wit").status_code == 303
    assert party(ana) == ["Ana Vermeulen-de Wit"]
    answer = change(client, name=" ")
    assert (answer.status_code, "Vul uw naam in." in said(answer)) == (200, True)
    assert party(ana) == ["Ana Vermeulen-de Wit"]


def test_who_is_named_besides_takes_a_place_and_has_a_code_of_their_own(client, event):
    ana = registered(event, ANA)
    assert change(client, guest_1="Gast A", guest_2="Gast B").status_code == 303
    assert (party(ana), taken(event)) == ([ANA.name, "Gast A", "Gast B"], 3)
    people = db.session.get_one(Registration, ana.id).participants
    assert len({person.code for person in people}) == 3
    assert all(person.is_expected for person in people)
    page = said(client.get(mailed_link(ANA.email)))
    assert "Gast A, Gast B" in page


def test_without_a_place_nobody_is_added_and_what_was_typed_stays(client, event):
    ana = registered(event, make_applicant(1, email=ANA.email, name=ANA.name, guests=("Gast A",)))
    registered(event, RUI)
    answer = change(client, organisation="Nieuw", guest_1="Gast A", guest_2="Gast B")
    assert (answer.status_code, taken(event)) == (409, 3)
    assert "Er is geen plaats vrij voor nog een gast. Er is niets veranderd." in said(answer)
    assert 'value="Gast B"' in answer.text
    assert party(ana) == [ANA.name, "Gast A"]
    assert db.session.get_one(Registration, ana.id).contact.organisation == ""


def test_one_guest_comes_for_another_where_everything_is_full(client, event):
    ana = registered(event, make_applicant(1, email=ANA.email, name=ANA.name, guests=("Gast A",)))
    registered(event, RUI)
    registered(event, make_applicant(3))
    assert change(client, guest_1="", guest_2="Gast B").status_code == 303
    assert (party(ana), taken(event)) == ([ANA.name, "Gast B"], 3)
    third = db.session.get_one(Registration, 3)
    assert third.status is Status.WAITLISTED, "no place came free"


def test_of_two_new_guests_the_page_says_how_many_can_come(client, event):
    registered(event, ANA)
    registered(event, RUI)
    answer = change(client, guest_1="Gast A", guest_2="Gast B")
    assert "Er is één plaats vrij voor nog een gast. Er is niets veranderd." in said(answer)
    assert taken(event) == 2


def test_no_new_guest_passes_a_party_in_line_that_would_fit(client, event):
    registered(event, ANA)
    waits = registered(event, make_applicant(2, guests=("Gast C", "Gast D")))
    assert waits.status is Status.WAITLISTED
    assert change(client, guest_1="Gast A").status_code == 303, "three do not fit beside her"
    small = registered(event, make_applicant(4))
    assert small.status is Status.CONFIRMED
    assert taken(event) == 3
    make_form(event, capacity=6)  # as an organiser does; nobody has been offered anything yet
    answer = change(client, guest_1="Gast A", guest_2="Gast B")
    assert (answer.status_code, taken(event)) == (409, 3)


def test_who_waits_waits_with_a_guest_more_at_the_same_number(client, event):
    registered(event, make_applicant(1, guests=("Gast A", "Gast B")))
    rui, other = registered(event, RUI), registered(event, make_applicant(3))
    assert change(client, RUI, guest_1="Gast C").status_code == 303
    assert party(rui) == [RUI.name, "Gast C"]
    assert "U bent nummer 1 op de wachtlijst." in said(client.get(mailed_link(RUI.email)))
    assert (other.status, taken(event)) == (Status.WAITLISTED, 3)
    assert pool_of(event).size == 3


def test_more_guests_than_the_form_takes_now_can_stay_but_none_is_added(client, event):
    make_form(event, capacity=9)
    guests = {"guest_1": "Gast A", "guest_2": "Gast B"}
    ana = registered(event, make_applicant(1, email=ANA.email, name=ANA.name,
                                           guests=tuple(guests.values())))  # fmt: skip
    make_form(event, capacity=9, guests_max=1)
    assert change(client, **guests).status_code == 303
    assert party(ana) == [ANA.name, "Gast A", "Gast B"]
    answer = change(client, **guests, guest_3="Gast C")
    assert answer.status_code == 409
    assert "U kunt één gast meenemen." in answer.text
    assert party(ana) == [ANA.name, "Gast A", "Gast B"]


def test_who_has_the_form_open_while_fewer_guests_are_allowed_adds_none(event):
    ana = registered(event, ANA)
    more = Changes(name=ANA.name, guests=("Gast A", "Gast B", "Gast C"))
    with pytest.raises(TooManyGuests, match="2"), saving():
        actions.change(ana, more, now=NOON)
    assert (party(ana), taken(event)) == ([ANA.name], 1)


def test_the_link_of_a_guest_opens_nothing_of_the_party(client, event):
    ana = registered(event, make_applicant(1, guests=("Gast A",)))
    links = [f"/registration/{letters.token(person)}" for person in ana.participants]
    assert [client.get(link).status_code for link in links] == [200, 404]
    assert client.post(f"{links[1]}/cancel").status_code == 404
    assert client.get(f"{links[1]}/calendar.ics").status_code == 404


@pytest.mark.parametrize("sort", ["new", "old", "name"])
def test_a_party_stands_in_the_list_once(desk, event, sort):
    party = registered(event, make_applicant(1, guests=("Gast A", "Gast B")))
    page = desk.get(f"/desk/registrations/{event.id}", query_string={"sort": sort}).text
    assert page.count(party.code) == 1


# -- a page that was open for a while


def opened(client, applicant):
    """The fields of the change page as it is sent when nothing is touched."""
    return fields_on(client.get(f"{mailed_link(applicant.email)}/change"))


def fields_on(answer):
    page = html.fromstring(answer.text)
    form = next(each for each in page.forms if each.fields.get("name") is not None)
    return {name: value for name, value in form.form_values() if name != "csrf_token"}


@pytest.fixture
def family(event):
    make_form(event, capacity=9, guests_max=5)
    who = replace(ANA, guests=("Gast A", "Gast B", "Gast C"))
    return registered(event, who)


def test_a_guest_who_was_removed_in_another_tab_does_not_come_back(client, event, family):
    page = opened(client, ANA)
    codes = {each.name: each.code for each in again(family).guests}
    change(client, ANA, guest_1="", guest_2="Gast B", guest_3="Gast C")
    answer = change_with(client, {**page, "organisation": "Nu bv"})
    assert answer.status_code == 409
    assert 'value="Gast A"' not in answer.text
    assert change_with(client, fields_on(answer)).status_code == 303
    assert party(family) == [ANA.name, "Gast B", "Gast C"]
    assert all(each.code == codes[each.name] for each in again(family).guests)
    assert again(family).contact.organisation == "Nu bv"
    assert taken(event) == 3


def test_a_guest_who_was_wiped_stays_away(client, desk, event, family):
    page = opened(client, ANA)
    wiped = again(family).guests[1]
    desk.post(f"/desk/registrations/{event.id}/{family.id}/guests/{wiped.id}/erase")
    answer = change_with(client, {**page, "guest_3": "Gast Ç"})
    change_with(client, fields_on(answer))
    assert party(family) == [ANA.name, "Gast A", "Gast Ç"]


def test_a_page_that_is_sent_twice_removes_and_adds_once(client, event, family):
    page = {**opened(client, ANA), "guest_1": "", "guest_4": "Gast D"}
    codes = []
    for _twice in range(2):
        assert change_with(client, page).status_code == 303
        codes.append([(each.name, each.code) for each in again(family).guests])
    assert codes[0] == codes[1]
    assert party(family) == [ANA.name, "Gast B", "Gast C", "Gast D"]
    assert taken(event) == 4


def test_of_more_guests_than_there_is_room_for_by_now_none_is_lost(client, event):
    make_form(event, capacity=9, guests_max=3)
    ana = registered(event, replace(ANA, guests=("Gast A",)))
    page = opened(client, ANA)
    change(client, guest_1="Gast A", guest_2="Gast B")
    answer = change_with(client, {**page, "guest_2": "Gast X", "guest_3": "Gast Y"})
    answer = change_with(client, fields_on(answer))
    assert answer.status_code == 409
    assert "U kunt hooguit 3 gasten meenemen." in said(answer)
    assert all(f'value="Gast {name}"' in answer.text for name in "ABXY")
    assert party(ana) == [ANA.name, "Gast A", "Gast B"]


@pytest.mark.parametrize("ids", ["", "x", "-1,,", "0" * 5000, "9" * 5000, "²,٩٩٩"])
def test_ids_that_are_none_add_and_remove_nobody(client, family, ids):
    page = {**opened(client, ANA), "party_of": ids, "guest_1": "", "guest_2": "", "guest_3": ""}
    assert change_with(client, page).status_code == 303
    assert party(family) == [ANA.name, "Gast A", "Gast B", "Gast C"]


def test_guests_that_changed_this_very_moment_are_shown_and_sent_once_more(event, family):
    known = tuple(each.id for each in again(family).guests)
    with saving():
        actions.change(
            again(family), Changes(name=ANA.name, guests=("", "Gast B", "Gast C")), now=NOON
        )
    late = Changes(name=ANA.name, guests=("Gast A", "Gast B", "Gast C"), known_guests=known)
    with pytest.raises(rules.GuestsChanged), saving():
        actions.change(again(family), late, now=NOON)
    assert party(family) == [ANA.name, "Gast B", "Gast C"]


def change_with(client, data):
    return client.post(f"{mailed_link(ANA.email)}/change", data=data)
