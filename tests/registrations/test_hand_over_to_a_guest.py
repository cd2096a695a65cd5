"""A place goes to somebody who comes along already, and what goes along with a place is said."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from events_app.capacity.queries import miscounted
from events_app.core import clock, erasures, render
from events_app.core.db import db, saving
from events_app.core.erasures import Asked, LineKind
from events_app.events import actions as events
from events_app.events.models import Event
from events_app.privacy import actions as privacy
from events_app.registrations import actions, jobs, queries
from events_app.registrations.models import AskedOf, EntryState, Participant, Registration, Status
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    ids,
    mailed_link,
    make_form,
    make_options,
    make_question,
    registered,
    taken,
)
from tests.pages import said
from tests.readers import events as entries
from tests.registrations.test_transfers import (
    NEW,
    SAM,
    ask,
    button,
    entry_in,
    fresh,
    kinds,
    offer,
    post_to,
)

LEA = "lea@example.org"
PARTY = replace(ANA, guests=("Lea Demo", "Tim Demo"), guest_addresses=(LEA,), diet="geen noten")
ALREADY = f"U komt al mee met {ANA.name}."
ANEW = "weten wij niet meer als u de plaats overneemt"


@pytest.fixture
def event(app):
    event = make_event(capacity=3, slug="avond")
    make_form(event, capacity=3, guests_max=3)
    return event


@pytest.fixture
def party(event):
    made = registered(event, PARTY)
    jobs.tell_guests()
    return made


def take(client, email=LEA, name="Lea Demo", **more):
    return client.post(button(email), data={"name": name, **more})


def test_the_other_guests_read_with_whom_they_come_from_now_on(client, party):
    offer(client, mailed_link(ANA.email))
    client.post(button(SAM), data={"name": "Sam Demo"})
    letter = post_to(LEA)[-1]
    assert letter.kind == "registrations/guest"
    assert words_of(letter).count("heeft de eigen plaats aan iemand anders gegeven") == 2
    assert words_of(letter).count("Vanaf nu komt u mee met Sam Demo.") == 2
    page = said(client.get(mailed_link(LEA, "guest")))
    assert "U komt mee met Sam Demo." in page
    assert "heeft deze aanmelding van iemand anders overgenomen" in page


def test_guests_hear_nothing_where_the_contact_has_another_address_alone(client, party):
    before = kinds(LEA)
    ask(client, mailed_link(ANA.email))
    client.post(button(NEW))
    assert kinds(LEA) == before


def names(one):
    now = fresh(one)
    assert (miscounted(limit=9), now.claim.places) == ([], now.party_size)
    assert now.party_size == len(now.participants)
    return [person.name for person in now.participants]


def words_of(letter):
    """Both parts, as they leave."""
    values = {name: value for name, (_kind, value) in letter.slots.items()}
    rich = html.fromstring(letter.body.html).text_content()
    return " ".join(render.fill(f"{letter.body.text} {rich}", values).split())


def test_a_guest_takes_over_and_is_not_counted_twice(client, event, party):
    waits = registered(event, RUI)
    link, guests_link = mailed_link(ANA.email), mailed_link(LEA, "guest")
    uid, code = party.guests[0].entry.uid, party.guests[0].code
    assert offer(client, link, LEA, "Lea Demo").status_code == 303
    jobs.remind()
    assert kinds(LEA) == ["guest", "hand_over"], "no letter about a form that nobody filled in"
    [letter] = post_to(LEA)[1:]
    assert ALREADY in words_of(letter)
    assert "Er komt één gast mee." in words_of(letter)
    page = said(client.get(button(LEA)))
    assert ALREADY in page
    assert "Er komt één gast mee." in page
    there = take(client, diet="vegan").location
    now = fresh(party)
    assert names(party) == ["Lea Demo", "Tim Demo"]
    assert (now.email, now.contact.diet, now.status) == (LEA, "vegan", Status.CONFIRMED)
    assert (now.code, now.contact.entry.uid) == (code, uid), "the same mailbox"
    assert taken(event) == 3
    assert fresh(waits).status is Status.OFFERED, "the place of the guest goes to the next"
    assert (kinds(ANA.email)[-1], kinds(LEA)[-1]) == ("handed_over", "confirmed")
    told = entry_in(post_to(LEA)[-1])
    assert (told.uid, told.sequence, told.status) == (uid, 1, "CONFIRMED")
    assert entry_in(post_to(ANA.email)[-1]).status == "CANCELLED"
    assert there == mailed_link(LEA)
    assert client.get(link).status_code == 410
    assert client.get(guests_link).location == there
    [followed] = entries(client.get(f"{guests_link}/calendar.ics").text)
    assert (followed.uid, followed.status) == (uid, "CONFIRMED")


def test_an_open_page_of_the_guest_says_that_nothing_changed(client, event, party):
    guests_link = mailed_link(LEA, "guest")
    offer(client, mailed_link(ANA.email), LEA, "Lea Demo")
    take(client)
    for page in ("answers", "leave"):
        answer = client.post(f"{guests_link}/{page}", data={"x": "y"}, follow_redirects=True)
        assert "U hebt de plaats intussen overgenomen." in said(answer)
    assert names(party) == ["Lea Demo", "Tim Demo"]


def test_what_a_guest_answered_is_asked_once_more(client, event):
    question = make_question(queries.form_of(event.id), asked_of=AskedOf.EVERYONE)
    party = registered(event, PARTY)
    with saving():
        actions.answer(party.guests[0], {question.id: "Als gast"}, by=party.contact, now=NOON)
    offer(client, mailed_link(ANA.email), LEA, "Lea Demo")
    assert "Wat u als gast hebt geantwoord, wissen wij dan" in said(client.get(button(LEA)))
    take(client, **{f"question_{question.id}": "Zelf"})
    assert [each.value for each in fresh(party).contact.answers] == ["Zelf"]


def test_a_guest_who_has_not_heard_yet_gets_an_entry(client, event):
    party = registered(event, PARTY)
    offer(client, mailed_link(ANA.email), LEA, "Lea Demo")
    take(client)
    jobs.tell_guests()
    assert kinds(LEA) == ["hand_over", "confirmed"]
    assert fresh(party).contact.entry.state is EntryState.SENT
    assert entry_in(post_to(LEA)[-1]).sequence == 0


def test_a_guest_who_does_not_take_it_still_comes_along(client, party):
    guests_link = mailed_link(LEA, "guest")
    offer(client, mailed_link(ANA.email), LEA, "Lea Demo")
    assert "Ik neem de plaats niet over" in said(client.get(button(LEA)))
    client.post(f"{button(LEA)}/decline")
    assert names(party) == [ANA.name, "Lea Demo", "Tim Demo"]
    assert kinds(ANA.email)[-1] == "hand_over_declined"
    assert client.get(guests_link).status_code == 200


def test_who_came_to_be_a_guest_since_and_who_left_can_both_take_it(client, event, party):
    link, guests_link = mailed_link(ANA.email), mailed_link(LEA, "guest")
    offer(client, link, LEA, "Lea Demo")
    client.post(f"{guests_link}/leave")
    assert ALREADY not in said(client.get(button(LEA)))
    client.post(f"{link}/change", data={
        "name": ANA.name, "guest_1": "Tim Demo", "guest_2": "Lea Weer", "guest_2_email": LEA,
    })  # fmt: skip
    jobs.tell_guests()
    assert names(party) == [ANA.name, "Tim Demo", "Lea Weer"]
    take(client)
    assert names(party) == ["Lea Demo", "Tim Demo"]


def test_while_there_is_no_date_a_guest_takes_over_without_an_entry(client, event, party):
    with saving():
        events.postpone(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
    jobs.find_changes()
    offer(client, mailed_link(ANA.email), LEA, "Lea Demo")
    take(client)
    assert names(party) == ["Lea Demo", "Tim Demo"]
    letter = post_to(LEA)[-1]
    assert (letter.kind, letter.calendar) == ("registrations/confirmed", None)
    assert "(uitgesteld)" in words_of(letter)


def test_a_guest_of_somebody_else_is_not_asked(client, event, party):
    make_form(event, capacity=9, guests_max=3)
    registered(event, RUI)
    offer(client, mailed_link(RUI.email), LEA, "Lea Demo")
    jobs.remind()
    assert kinds(LEA) == ["guest", "hand_over"]
    assert db.session.scalar(select(func.count()).select_from(Participant)) == 4


def test_a_guest_who_takes_over_reads_a_change_that_they_had_not_heard_of(client, event, party):
    with saving():
        db.session.get(Event, event.id).starts_at += timedelta(hours=1)
    offer(client, mailed_link(ANA.email), LEA, "Lea Demo")
    take(client)
    assert "Er is een nieuwe datum of tijd." in words_of(post_to(LEA)[-1])
    assert entry_in(post_to(LEA)[-1]).sequence == 1


def test_the_address_of_a_guest_is_no_new_address_of_the_contact(client, event, party):
    link = mailed_link(ANA.email)
    ask(client, link, LEA)
    ask(client, link)
    client.post(f"{link}/change", data={
        "name": ANA.name, "guest_1": "Lea Demo", "guest_2": "Tim Demo", "guest_2_email": NEW,
    })  # fmt: skip
    assert "U bent met dit adres al aangemeld" in said(client.post(button(NEW)))
    jobs.remind()
    assert kinds(LEA)[-1] == "already"
    assert names(party) == [ANA.name, "Lea Demo", "Tim Demo"]


def test_who_is_wiped_after_taking_over_is_a_guest_in_a_backup_from_before(app, event, party):
    """The list of erasures has them as the contact; the code is the same."""
    line = LineKind.REGISTRATION, erasures.mark(LineKind.REGISTRATION, party.guests[0].code)
    with saving():
        asked = Asked({line: NOON}, (app.secret_key,))
        assert privacy.erase_again(asked, holdings=(), now=NOON) == 1
    assert names(party) == [ANA.name, "Tim Demo"]


# -- what goes along with a place, and what does not


def test_both_read_which_choices_go_along(client, event):
    group = make_options(queries.form_of(event.id), 5, 5)
    registered(event, replace(ANA, options=ids(group, "B")))
    link = mailed_link(ANA.email)
    pages = [said(client.get(f"{link}/hand-over"))]
    offer(client, link)
    pages += [said(client.get(button(SAM))), words_of(post_to(SAM)[-1])]
    for page in pages:
        assert "Deze keuzes gaan met de plaats mee:" in page
        assert "Werkplaats B" in page
        assert "Werkplaats A" not in page


def test_without_choices_none_are_said_to_go_along(client, event, party):
    link = mailed_link(ANA.email)
    pages = [said(client.get(f"{link}/hand-over"))]
    offer(client, link)
    pages += [said(client.get(button(SAM))), words_of(post_to(SAM)[-1])]
    assert [page for page in pages if "keuzes" in page] == []


def test_what_was_told_of_the_guests_is_told_anew_and_both_read_it(client, event, party):
    link = mailed_link(ANA.email)
    page = said(client.get(f"{link}/hand-over"))
    assert "Wat u zelf hebt verteld, gaat niet mee en wordt gewist." in page
    assert "Dat geldt ook voor wat u over dieetwensen en behoeften van uw gasten vertelde" in page
    offer(client, link)
    assert ANEW in said(client.get(button(SAM)))
    assert ANEW in words_of(post_to(SAM)[-1])
    take(client, SAM, "Sam Jansen", diet="Lea eet geen noten")
    assert fresh(party).contact.diet == "Lea eet geen noten"
    letter = words_of(post_to(ANA.email)[-1])
    assert "Wie met u mee zou komen, komt mee met Sam Jansen." in letter
    assert "Wij hebben Sam Jansen gevraagd het opnieuw te vertellen." in letter


def test_who_comes_alone_reads_nothing_of_guests(client, event):
    registered(event, replace(ANA, diet="geen noten"))
    link = mailed_link(ANA.email)
    read = [said(client.get(f"{link}/hand-over"))]
    offer(client, link)
    read += [said(client.get(button(SAM))), words_of(post_to(SAM)[-1])]
    take(client, SAM, "Sam Jansen")
    read.append(words_of(post_to(ANA.email)[-1]))
    assert [words for words in read if "gasten" in words or "mee met" in words] == []


def test_a_form_that_asks_no_needs_promises_no_question_about_them(client, event):
    make_form(event, capacity=3, guests_max=3, asks_diet=False, asks_access_needs=False)
    registered(event, PARTY)
    offer(client, mailed_link(ANA.email))
    assert ANEW not in said(client.get(button(SAM)))
    assert ANEW not in words_of(post_to(SAM)[-1])


def test_the_offer_to_a_guest_stands_a_week_like_others(client, event, party, noon):
    offer(client, mailed_link(ANA.email), LEA, "Lea Demo")
    noon.set(NOON + timedelta(days=7))
    take(client)
    assert db.session.get_one(Registration, party.id).email == ANA.email
    assert names(party) == [ANA.name, "Lea Demo", "Tim Demo"]
