"""What people read who leave, turn down or cannot yet: what happened, and what they can do now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.events import actions as events
from events_app.events.models import Event
from events_app.registrations import actions, jobs
from events_app.registrations.models import Access, Status
from tests.conftest import NOON, dealt
from tests.factories.accounts import make_staff
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    mailed_link,
    make_applicant,
    make_form,
    registered,
)
from tests.pages import said
from tests.registrations.test_hand_over_to_a_guest import LEA, PARTY, words_of
from tests.registrations.test_transfers import (
    NEW,
    SAM,
    ask,
    button,
    kinds,
    offer,
    post_to,
    refused,
)

ANEW = "aanmelden zolang de aanmelding open is"
DECLINED = "U hebt de plaats afgeslagen"


@pytest.fixture
def event(app):
    event = make_event(capacity=3, slug="avond")
    make_form(event, capacity=3, guests_max=3)
    return event


def last(email):
    return post_to(email)[-1]


# -- turning down a place


def offered(event, applicant=ANA):
    first = registered(event, make_applicant(1, guests=("A", "B")))
    one = registered(event, applicant)
    with saving():
        actions.give_up(first, now=clock.now())
    assert one.status is Status.OFFERED
    return one


def test_who_turns_down_a_place_reads_that(client, event):
    offered(event)
    link = mailed_link(ANA.email)
    page = said(client.post(f"{link}/cancel", follow_redirects=True))
    assert f"{DECLINED}." in page
    letter = last(ANA.email)
    assert (letter.kind, letter.subject.startswith(DECLINED)) == ("registrations/cancelled", True)
    assert "U hebt de plaats die wij u aanboden afgeslagen." in words_of(letter)
    assert "wachtlijst" not in words_of(letter)


def test_whose_offer_the_organisers_cancel_has_turned_nothing_down(event):
    one = offered(event)
    with saving():
        actions.give_up(one, by=make_staff(), now=clock.now())
    letter = last(ANA.email)
    assert letter.subject.startswith("Uw aanmelding is geannuleerd")
    assert "afgeslagen" not in words_of(letter)
    assert "De organisatie heeft u afgemeld." in words_of(letter)


def test_who_leaves_the_line_or_a_place_has_turned_nothing_down(client, event):
    registered(event, make_applicant(1, guests=("A", "B")))
    registered(event, ANA)
    for email, words in (
        (ANA.email, "U staat niet meer op de wachtlijst"),
        ("guest1@example.org", "Uw aanmelding is geannuleerd"),
    ):
        page = said(client.post(f"{mailed_link(email)}/cancel", follow_redirects=True))
        assert DECLINED not in page
        assert last(email).subject.startswith(words)


# -- nobody is sent to a form that is closed


def cancelled(client, event, noon, shut):
    registered(event, ANA)
    shut()
    client.post(f"{mailed_link(ANA.email)}/cancel")
    return ANA.email


def guest_cancelled(client, event, noon, shut):
    registered(event, PARTY)
    jobs.tell_guests()
    shut()
    client.post(f"{mailed_link(ANA.email)}/cancel")
    return LEA


def handed_over(client, event, noon, shut):
    registered(event, ANA)
    shut()
    offer(client, mailed_link(ANA.email))
    client.post(button(SAM), data={"name": "Sam"})
    return ANA.email


def expired(client, event, noon, shut):
    offered(event)
    shut()
    noon.set(NOON + timedelta(days=4))
    jobs.expire()
    return ANA.email


@pytest.mark.parametrize(
    ("closed", "way"),
    dealt(
        [{}, {"closes_at": NOON}, {"access": Access.INVITATION}],
        [cancelled, guest_cancelled, handed_over, expired],
    ),
)
def test_a_letter_speaks_of_registering_only_where_one_can(client, event, noon, way, closed):
    email = way(client, event, noon, lambda: make_form(event, capacity=3, **closed))
    letter = last(email)
    assert letter.kind == f"registrations/{way.__name__}"
    assert (ANEW in words_of(letter)) is (not closed)
    assert words_of(letter).count(f"/events/{event.slug}") == 1, "the plain text has it"


# -- a guest who is wiped hears nothing, and the contact hears it without the name


def erase_at_the_desk(desk, event, party, guest):
    page = f"/desk/registrations/{event.id}/{party.id}"
    dialog = said(desk.get(page))
    desk.post(f"{page}/guests/{guest}/erase")
    return dialog


def erase_by_address(desk, event, party, guest):
    with saving():
        actions.erase(LEA, now=clock.now())


@pytest.mark.parametrize(
    ("names", "way"),
    dealt([("Lea Demo", "Tim Demo"), ("Lea Demo",)], [erase_at_the_desk, erase_by_address]),
)
def test_the_contact_hears_that_a_guest_is_wiped_without_the_name(desk, event, way, names):
    party = registered(event, replace(PARTY, guests=names))
    jobs.tell_guests()
    way(desk, event, party, party.guests[0].id)
    letter = last(ANA.email)
    assert letter.kind == "registrations/guest_left"
    assert "Lea" not in f"{letter.subject} {words_of(letter)}"
    now = "U komt nu met 2 personen." if len(names) > 1 else "U komt nu alleen."
    assert f"Een van uw gasten komt niet mee en is niet meer aangemeld. {now}" in words_of(letter)
    db.session.expire_all()
    assert db.session.get(type(party), party.id).letters_sent == len(post_to(ANA.email)) + 1
    assert post_to(LEA) == []


@pytest.mark.parametrize("is_told", [True, False])
def test_before_it_is_done_the_desk_reads_who_hears_of_it(desk, event, is_told):
    party = registered(event, PARTY)
    if is_told:
        jobs.tell_guests()
    dialog = erase_at_the_desk(desk, event, party, party.guests[0].id)
    assert "Wie de gast aanmeldde, krijgt een e-mail die dat zegt zonder de naam." in dialog
    assert ("De gast hoort niets van ons" in dialog) is is_told


def test_of_what_is_over_nobody_hears(desk, event, noon):
    party = registered(event, PARTY)
    noon.set(event.ends_at + timedelta(hours=1))
    dialog = erase_at_the_desk(desk, event, party, party.guests[0].id)
    assert "Wie de gast aanmeldde" not in dialog
    assert kinds(ANA.email) == ["confirmed"]


# -- what cannot be done yet is said so


@pytest.mark.parametrize("page", ["address", "hand-over"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_confirmed_is_confirmed_first_in_words(client, event, page, method):
    registered(event, ANA, must_confirm=True)
    data = {"email": NEW, "name": "Sam"} if method == "post" else None
    answer = getattr(client, method)(f"{mailed_link(ANA.email)}/{page}", data=data)
    assert refused(client, answer, "Dit kan zodra u uw aanmelding hebt bevestigd")
    assert kinds(NEW) == []


def test_who_has_no_place_reads_that_there_is_none_to_hand_over(client, event):
    registered(event, make_applicant(1, guests=("A", "B")))
    registered(event, ANA)
    answer = client.get(f"{mailed_link(ANA.email)}/hand-over")
    assert refused(
        client, answer, "U hebt nog geen plaats, dus er is er nog geen om over te dragen."
    )
    assert client.get(f"{mailed_link(ANA.email)}/address").status_code == 200


def test_once_it_has_begun_who_has_a_place_is_told_that_it_is_too_late(client, event, noon):
    registered(event, ANA)
    noon.set(event.starts_at)
    answer = client.get(f"{mailed_link(ANA.email)}/hand-over")
    assert refused(client, answer, "Dit kan niet meer worden veranderd.")


# -- letters that are true whatever was done with an address


def test_whose_address_is_typed_somewhere_reads_of_no_form_of_theirs(client, event):
    registered(event, ANA)
    registered(event, RUI)
    ask(client, mailed_link(ANA.email), RUI.email)
    jobs.remind()
    letter = last(RUI.email)
    assert letter.kind == "registrations/already"
    assert "om aan te melden, om u mee te nemen of als nieuw adres van iemand" in words_of(letter)
    assert "formulier nog een keer" not in words_of(letter)


@pytest.mark.parametrize("is_postponed", [False, True])
def test_the_new_address_is_promised_an_entry_only_where_there_is_a_date(
    client, event, is_postponed
):
    registered(event, ANA)
    ask(client, mailed_link(ANA.email))
    if is_postponed:
        with saving():
            found = db.session.get(Event, event.id)
            events.postpone(found, words={}, by=None, now=clock.now())
    client.post(button(NEW))
    words = words_of(last(ANA.email))
    assert ("Het nieuwe adres krijgt een eigen agenda-item." in words) is not is_postponed
    assert ("een eigen agenda-item zodra er een nieuwe datum is." in words) is is_postponed
    assert (last(NEW).calendar is None) is is_postponed


# -- an event that is called off, in the minute before everybody has heard


@pytest.mark.parametrize("by_desk", [True, False])
def test_who_leaves_what_is_called_off_hears_that_it_does_not_take_place(event, by_desk):
    one = registered(event, PARTY)
    jobs.tell_guests()
    with saving():
        events.cancel(event, words={"nl": "De zaal staat blank."}, by=None, now=NOON)
    with saving():
        actions.give_up(one, by=make_staff() if by_desk else None, now=NOON)
    jobs.call_off(event.id)
    for email in (PARTY.email, LEA):
        found = [kind for kind in kinds(email) if "cancelled" in kind]
        assert found == ["event_cancelled"]
        assert "De zaal staat blank." in words_of(last(email))
