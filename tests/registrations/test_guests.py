"""Guests with an address of their own hear themselves, have a page, and can leave alone."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from events_app.app import COMPONENTS
from events_app.capacity.queries import miscounted
from events_app.core import clock
from events_app.core.components import holdings
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import AttendanceMode, Event
from events_app.privacy import actions as privacy
from events_app.privacy import queries as held
from events_app.registrations import actions, jobs, letters, queries, questions
from events_app.registrations.models import AskedOf, EndedLink, Participant, Registration, Status
from events_app.registrations.questions.file.sample import pdf
from tests.conftest import NOON
from tests.events.test_actions import content
from tests.factories.accounts import make_staff
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    ids,
    mailed_link,
    make_applicant,
    make_form,
    make_options,
    make_question,
    registered,
    taken,
)
from tests.pages import said
from tests.readers import events as entries
from tests.registrations.test_sent_files import encoded, stored
from tests.registrations.test_transfers import entry_in, kinds, post_to

LEA, TIM = "lea@example.org", "tim@example.org"
PARTY = replace(ANA, guests=("Lea Demo", "Tim Demo"), guest_addresses=(LEA,))


@pytest.fixture
def event(app):
    event = make_event(capacity=4, slug="avond", summary="Kort.")
    make_form(event, capacity=4, guests_max=3)
    return event


@pytest.fixture
def party(event):
    made = registered(event, PARTY)
    jobs.tell_guests()
    return made


def people(one):
    db.session.expire_all()
    again = db.session.get_one(Registration, one.id)
    assert again.party_size == len(again.participants) == again.claim.places
    like = f"registration:{one.id}:%"
    counted = select(func.count()).where(OutboxMessage.dedupe_key.like(like))
    assert db.session.scalar(counted) == again.letters_sent
    return [(person.name, person.email) for person in again.participants]


def lea(one):
    db.session.expire_all()
    return db.session.scalars(
        select(Participant).where(
            Participant.name == "Lea Demo", Participant.registration_id == one.id
        )
    ).one()


def shift(event, hours=1):
    with saving():
        found = db.session.get(Event, event.id, populate_existing=True)
        by = timedelta(hours=hours)
        events.change(
            found, content(found, starts_at=found.starts_at + by, ends_at=found.ends_at + by),
            by=None, now=clock.now(),
        )  # fmt: skip


def register(client, event, **data):
    return client.post(
        f"/events/{event.slug}/register", data={"name": ANA.name, "email": ANA.email, **data}
    )


def change(client, **data):
    return client.post(f"{mailed_link(ANA.email)}/change", data={"name": ANA.name, **data})


# -- they hear of it, once the party has a place


def test_a_guest_with_an_address_gets_a_letter_an_entry_and_a_page(client, event):
    typed = {"guest_1": "Lea Demo", "guest_1_email": LEA.upper(), "guest_2": "Tim Demo"}
    assert register(client, event, **typed).status_code == 303
    assert kinds(LEA) == [], "the letter is the job's"
    for _twice in range(2):
        jobs.tell_guests()
    [letter] = post_to(LEA)
    assert (letter.kind, letter.to_name) == ("registrations/guest", "Lea Demo")
    assert ANA.name in str(letter.slots)
    assert "Tim" not in str(letter.slots)
    entry = entry_in(letter)
    assert (entry.sequence, entry.status, entry.attendees) == (0, "CONFIRMED", (f"mailto:{LEA}",))
    link = mailed_link(LEA, "guest")
    page = client.get(link)
    assert "U hebt een plaats" in said(page)
    assert f"U komt mee met {ANA.name}." in said(page)
    assert [each for each in (ANA.email, "Tim Demo") if each in page.text] == []
    assert client.get(f"{link}/calendar.ics").status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert people(db.session.scalars(select(Registration)).one()) == [
        (ANA.name, ANA.email), ("Lea Demo", LEA), ("Tim Demo", ""),
    ]  # fmt: skip


def test_afterwards_their_page_and_that_of_the_contact_say_that_it_is_over(client, party, noon):
    noon.set(party.event.ends_at + timedelta(hours=1))
    for page, person in (("guest", lea(party)), ("registration", party.contact)):
        told = client.get(f"/{page}/{letters.token(person)}?lang=en").text
        assert "This event is over" in told


def test_the_link_of_a_guest_without_an_address_opens_nothing(client, party):
    for person in party.guests:
        token = letters.token(person)
        status = client.get(f"/guest/{token}").status_code
        assert status == (200 if person.email else 404)
        assert client.get(f"/registration/{token}").status_code == 404
    own = letters.token(party.contact)  # who was a guest once may have it still
    assert client.get(f"/guest/{own}").location == f"/registration/{own}"


@pytest.mark.parametrize("way", ["accepts", "confirms"])
def test_while_the_party_has_no_place_they_hear_nothing(client, event, way):
    first = registered(event, make_applicant(1, guests=("A", "B", "C")))
    if way == "confirms":
        with saving():
            actions.give_up(first, now=clock.now())
    one = registered(event, PARTY, must_confirm=way == "confirms")
    assert queries.untold_guests(limit=9) == []
    with saving():
        actions.tell_guest(lea(one), now=clock.now())  # who was found a moment ago
    assert kinds(LEA) == []
    page = said(client.get(f"/guest/{letters.token(lea(one))}"))
    assert "U hebt nog geen plaats" in page
    assert ("Uw plaats komt dan meteen vrij" in page) is (way == "confirms"), "who waits has none"
    if way == "accepts":
        with saving():
            actions.give_up(first, now=clock.now())
    path = "accept" if way == "accepts" else "confirm"
    client.post(f"{mailed_link(ANA.email)}/{path}")
    jobs.tell_guests()
    assert kinds(LEA) == ["guest"]


def test_a_guest_whose_address_is_expected_comes_by_name_alone(client, event):
    registered(event, replace(RUI, email=LEA))
    pages = []
    for email in (LEA, "vrij@example.org"):
        answer = register(client, event, guest_1="Lea Demo", guest_1_email=email)
        link = mailed_link(ANA.email)
        shown = [said(client.get(path)).replace(link, "") for path in (link, f"{link}/change")]
        pages.append([answer.status_code, *(re.sub(r"HCT-\w+", "", page) for page in shown)])
        one = db.session.scalars(select(Registration).order_by(Registration.id.desc())).first()
        assert people(one)[1] == ("Lea Demo", "" if email == LEA else email)
        with saving():
            actions.give_up(one, now=clock.now())
            actions.erase_one(one, now=clock.now())
    assert pages[0] == pages[1]
    jobs.tell_guests()
    jobs.remind()
    assert kinds(LEA) == ["confirmed", "already"]


def test_who_registers_and_is_a_guest_already_gets_the_own_link_again(client, event, party):
    told = register(client, event, name="Lea", email=LEA)
    assert told.status_code == 303
    jobs.remind()
    assert kinds(LEA) == ["guest", "already"]
    assert kinds(ANA.email) == ["confirmed"]
    assert mailed_link(LEA, "guest") == f"/guest/{letters.token(lea(party))}"
    assert taken(event) == 3


def test_also_while_the_party_waits(event):
    registered(event, make_applicant(1, guests=("A", "B", "C")))
    one = registered(event, PARTY)
    registered(event, replace(RUI, email=LEA))
    jobs.remind()
    assert kinds(LEA) == ["already"]
    assert people(one)[1] == ("Lea Demo", LEA)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"guest_1": "", "guest_1_email": LEA}, "Vul ook de naam van deze gast in."),
        ({"guest_1": "Lea", "guest_1_email": ANA.email.upper()}, "een eigen adres nodig"),
        ({"guest_1": "Lea", "guest_1_email": LEA, "guest_2": "Tim", "guest_2_email": LEA},
         "een eigen adres nodig"),
        ({"guest_1": "Lea", "guest_1_email": "lea@"}, "Dit adres is niet compleet."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", ["form", "change"])
def test_a_mistake_in_the_address_of_a_guest_is_told_beside_it(client, event, typed, words, page):
    if page == "change":
        registered(event, ANA)
        answer = change(client, **typed)
    else:
        answer = register(client, event, **typed)
    assert answer.status_code == 200
    assert words in said(answer)
    assert f'value="{list(typed.values())[-1]}"' in answer.text
    assert kinds(LEA) == []


def test_each_address_stands_once_in_a_party_whoever_typed_it(event):
    guests, emails = ("A", "B", "C"), (ANA.email, LEA, LEA)
    one = registered(event, replace(PARTY, guests=guests, guest_addresses=emails))
    assert [email for _name, email in people(one)] == [ANA.email, "", LEA, ""]


# -- what happens to the event and the party


def test_the_change_of_an_hour_goes_to_each_who_knows(event, party, noon):
    shift(event)
    noon.set(NOON + timedelta(hours=1))
    jobs.find_changes()
    for email in (ANA.email, LEA):
        [first, second] = post_to(email)
        assert second.kind == "registrations/changed"
        assert entry_in(second).sequence == 1
        assert entry_in(second).uid == entry_in(first).uid
    assert mailed_link(LEA, "guest") == f"/guest/{letters.token(lea(party))}"
    assert "/registration/" not in str(post_to(LEA)[-1].slots)
    people(party)


def test_letters_are_counted_as_they_will_be(event, party):
    registered(event, RUI)
    assert queries.letters_to([event])[event.id].all == 3
    shift(event)
    assert queries.still_to_tell([db.session.get(Event, event.id)])[event.id].all == 3


def test_who_was_not_told_yet_hears_the_new_hour_alone(event, noon):
    one = registered(event, PARTY)
    shift(event)
    noon.set(NOON + timedelta(hours=1))
    jobs.find_changes()
    assert kinds(LEA) == []
    jobs.tell_guests()
    assert kinds(LEA) == ["guest"]
    noon.set(NOON + timedelta(hours=2))
    jobs.find_changes()
    assert kinds(LEA) == ["guest"]
    people(one)


def test_a_cancelled_and_a_postponed_event_leave_the_calendar_of_guests_too(event, party, noon):
    with saving():
        events.postpone(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
    noon.set(NOON + timedelta(minutes=1))
    jobs.find_changes()
    assert (kinds(LEA)[-1], entry_in(post_to(LEA)[-1]).status) == ("postponed", "CANCELLED")
    with saving():
        events.cancel(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
    jobs.find_changes()
    assert kinds(LEA)[-1] == "event_cancelled"
    people(party)


def test_whose_event_is_postponed_gets_no_entry_and_then_the_date(event, noon):
    registered(event, PARTY)
    with saving():
        events.postpone(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
    jobs.tell_guests()
    assert post_to(LEA)[-1].calendar is None
    noon.set(NOON + timedelta(minutes=1))
    jobs.find_changes()
    assert kinds(LEA) == ["guest"]
    with saving():
        events.go_on(db.session.get(Event, event.id), by=None, now=clock.now())
    noon.set(NOON + timedelta(hours=2))
    jobs.find_changes()
    assert (kinds(LEA)[-1], entry_in(post_to(LEA)[-1]).sequence) == ("changed", 0)


def test_when_the_contact_cancels_all_are_told(client, party):
    client.post(f"{mailed_link(ANA.email)}/cancel")
    letter = post_to(LEA)[-1]
    assert (letter.kind, entry_in(letter).status) == ("registrations/guest_cancelled", "CANCELLED")
    assert ANA.name not in str(letter.slots)
    assert "Uw plaats is geannuleerd" in said(client.get(mailed_link(LEA, "guest")))
    people(party)


def test_a_guest_who_is_taken_out_is_told(client, event, party):
    link = mailed_link(LEA, "guest")
    assert change(client, guest_1="", guest_2="Tim Demo").status_code == 303
    assert (kinds(LEA)[-1], taken(event)) == ("guest_cancelled", 2)
    assert client.get(link).status_code == 410
    assert people(party) == [(ANA.name, ANA.email), ("Tim Demo", "")]


def test_what_is_left_empty_on_the_change_page_stays(client, party):
    page = client.get(f"{mailed_link(ANA.email)}/change").text
    assert LEA not in page, "who is registered with which address is not told"
    assert change(client, guest_1="Lea Demo-Smit", guest_2="Tim Demo").status_code == 303
    assert people(party)[1:] == [("Lea Demo-Smit", LEA), ("Tim Demo", "")]
    assert kinds(LEA) == ["guest"]


def test_a_guest_gets_an_address_later_or_another_one(client, party):
    more = {"guest_1": "Lea Demo", "guest_1_email": "nieuw@example.org",
            "guest_2": "Tim Demo", "guest_2_email": TIM}  # fmt: skip
    assert change(client, **more).status_code == 303
    jobs.tell_guests()
    assert people(party)[1:] == [("Lea Demo", "nieuw@example.org"), ("Tim Demo", TIM)]
    assert kinds(LEA) == ["guest", "guest_cancelled"]
    assert kinds(TIM) == kinds("nieuw@example.org") == ["guest"]
    first, second = entry_in(post_to(LEA)[0]), entry_in(post_to("nieuw@example.org")[0])
    assert first.uid != second.uid


BRAM = "bram@example.org"


def all_of(person):
    """What is theirs beside a name and an address."""
    return (
        person.code, person.link_digest, person.diet,
        [answer.value for answer in person.answers], [each.option_id for each in person.signups],
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Bram Ander", "Lea Demo"])
def test_a_guest_with_another_address_is_somebody_else(client, event, party, name):
    """The former one is told under their own name, and nothing of theirs goes along."""
    form = queries.form_of(event.id)
    question = make_question(form, label="Wat brengt u mee?", asked_of=AskedOf.EVERYONE)
    workshop = make_options(form, 5)
    link, before = mailed_link(LEA, "guest"), all_of(lea(party))
    client.post(f"{link}/answers", data={f"question_{question.id}": "geheim van Lea"})
    with saving():
        person = lea(party)
        actions.choosing.choose(person, ids(workshop, "A"), now=clock.now())
        person.diet = "geen noten"
    change(client, guest_1=name, guest_1_email=BRAM, guest_2="Tim Demo")
    jobs.tell_guests()
    last = post_to(LEA)[-1]
    assert (last.kind, last.to_name) == ("registrations/guest_cancelled", "Lea Demo")
    written = str(last.slots) + last.calendar.decode()
    assert "CN=Lea Demo" in written.replace('"', "")
    assert "Bram" not in written
    assert sorted(people(party)[1:]) == [(name, BRAM), ("Tim Demo", "")]
    now = db.session.scalars(select(Participant).where(Participant.email == BRAM)).one()
    assert all_of(now)[2:] == ("", [], [])
    assert not {before[0], before[1]} & {now.code, now.link_digest}
    assert workshop.options[0].pool.taken == 0
    page = said(client.get(mailed_link(BRAM, "guest")))
    assert "geheim" not in page + str(post_to(BRAM)[-1].slots)
    assert miscounted(limit=9) == []


def test_a_page_that_is_sent_again_makes_nobody_somebody_else_again(client, party):
    data = {"guest_1": "Bram", "guest_1_email": BRAM, "guest_2": "Tim Demo"}
    link = mailed_link(ANA.email)
    shown = html.fromstring(client.get(f"{link}/change").text).xpath("//*[@name='party_of']")[0]
    for _twice in range(2):
        change(client, **data, party_of=shown.get("value"))
        jobs.tell_guests()
    assert kinds(BRAM) == ["guest"]
    assert sorted(people(party)[1:]) == [("Bram", BRAM), ("Tim Demo", "")]


@pytest.mark.parametrize("again", [LEA, BRAM])
def test_what_becomes_of_a_guest_with_an_address_tells_nobody_who_is_registered(
    client, event, again
):
    """The contact looks whether an answer that they gave is still there."""
    form = queries.form_of(event.id)
    question = make_question(form, label="Wat brengt u mee?", asked_of=AskedOf.EVERYONE)
    seen = []
    for is_expected in (False, True):
        if is_expected:
            registered(event, replace(RUI, email=LEA))
        one = registered(event, replace(ANA, guests=("Lea Demo",), guest_addresses=(LEA,)))
        path = f"{mailed_link(ANA.email)}/guests/{one.guests[0].id}/answers"
        client.post(path, data={f"question_{question.id}": "taart"})
        answer = change(client, guest_1="Lea Demo", guest_1_email=again)
        one = db.session.get_one(Registration, one.id, populate_existing=True)
        new = f"{mailed_link(ANA.email)}/guests/{one.guests[0].id}/answers"
        seen.append(
            (answer.status_code, client.get(path).status_code, new == path,
             said(client.get(new)), len(one.guests))
        )  # fmt: skip
        with saving():
            actions.give_up(one, now=clock.now())
            actions.erase_one(one, now=clock.now())
    assert seen[0] == seen[1]
    assert "taart" not in seen[0][3]


def contact_cancels(client, one):
    client.post(f"{mailed_link(ANA.email)}/cancel")


def desk_cancels(_client, one):
    with saving():
        actions.give_up(again(one), by=make_staff(), now=clock.now())


def desk_wipes(_client, one):
    with saving():
        actions.erase(ANA.email, now=clock.now())


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (contact_cancels, "Met wie u zou meekomen, heeft uw plaats geannuleerd."),
        (desk_cancels, "De organisatie heeft uw plaats geannuleerd."),
        (desk_wipes, "De organisatie heeft uw plaats geannuleerd."),
    ],
)
def test_who_cancelled_is_said_to_each_guest_who_knew(client, party, way, words):
    way(client, party)
    last = post_to(LEA)[-1]
    for part in (last.body.text, last.body.html):
        assert words in part
        assert ("Met wie u zou meekomen" in part) is (way is contact_cancels)


def test_the_desk_reads_before_it_cancels_that_guests_are_written_to(desk, event, party):
    path = f"/desk/registrations/{event.id}"
    assert "Eén gast met een e-mailadres krijgt die ook." in said(desk.get(f"{path}/{party.id}"))
    alone = registered(event, RUI)
    assert "krijgt die ook" not in said(desk.get(f"{path}/{alone.id}"))


def swapped(one, two):
    return {"guest_1": "Lea Demo", "guest_1_email": two, "guest_2": "Tim Demo",
            "guest_2_email": one}  # fmt: skip


def moved_up(_one, two):
    return {"guest_1": "Tim Demo", "guest_1_email": two, "guest_2": ""}


def typed_again(one, two):
    return {"guest_1": "Lea Smit", "guest_1_email": one, "guest_2": "Tim Demo",
            "guest_2_email": two}  # fmt: skip


@pytest.mark.parametrize("way", [swapped, moved_up, typed_again])
def test_an_address_that_stays_in_the_party_stays_the_same_person(client, event, way):
    """In which line and with which name it is typed: one letter says as whom they come now."""
    one = registered(event, replace(PARTY, guest_addresses=(LEA, TIM)))
    jobs.tell_guests()
    before = {guest.email: (guest.code, letters.token(guest)) for guest in one.guests}
    told = {email: entry_in(post_to(email)[0]) for email in (LEA, TIM)}
    data = way(LEA, TIM)
    assert change(client, **data).status_code == 303
    jobs.tell_guests()
    jobs.remind()
    names = {
        data[f"guest_{n}_email"]: data[f"guest_{n}"] for n in (1, 2) if data.get(f"guest_{n}_email")
    }
    assert {email: name for name, email in people(one)[1:]} == names
    for email in (LEA, TIM):
        if email not in names:
            assert kinds(email) == ["guest", "guest_cancelled"]
            continue
        [_first, last] = post_to(email)
        assert (last.kind, last.to_name) == ("registrations/guest", names[email])
        entry = entry_in(last)
        assert (entry.uid, entry.sequence, entry.status) == (told[email].uid, 1, "CONFIRMED")
        [person] = [guest for guest in again(one).guests if guest.email == email]
        assert (person.code, letters.token(person)) == before[email]
        assert client.get(mailed_link(email, "guest")).status_code == 200
    assert miscounted(limit=9) == []


def again(one):
    return db.session.get_one(Registration, one.id, populate_existing=True)


def test_a_line_that_keeps_its_address_gives_it_to_no_other(client, event):
    """What is left empty stays: the other comes by name alone, and the owner hears of it."""
    one = registered(event, replace(PARTY, guest_addresses=(LEA, "")))
    jobs.tell_guests()
    change(client, guest_1="Lea Demo", guest_2="Tim Demo", guest_2_email=LEA)
    jobs.remind()
    assert people(one)[1:] == [("Lea Demo", LEA), ("Tim Demo", "")]
    assert kinds(LEA) == ["guest", "already"]


def test_who_comes_by_name_alone_gets_the_code_of_nobody(client, event):
    one = registered(event, replace(PARTY, guest_addresses=()))
    before = {guest.code for guest in one.guests}
    change(client, guest_1="", guest_2="", guest_3="Bo Demo")
    assert before.isdisjoint(guest.code for guest in again(one).guests)


# -- the link of who does not come any more


def leaves(client, link):
    client.post(f"{link}/leave")


def taken_out(client, link):
    change(client, guest_1="", guest_2="Tim Demo")


def somebody_else(client, link):
    change(client, guest_1="Bram", guest_1_email=BRAM, guest_2="Tim Demo")


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (leaves, "U hebt gezegd dat u niet kunt komen"),
        (taken_out, "Met wie u zou meekomen, heeft uw plaats geannuleerd."),
        (somebody_else, "Met wie u zou meekomen, heeft uw plaats geannuleerd."),
    ],
)
def test_the_link_of_who_does_not_come_any_more_says_so_and_so_does_the_calendar(
    client, party, way, words
):
    link = mailed_link(LEA, "guest")
    [known] = entries(client.get(f"{link}/calendar.ics").text)
    way(client, link)
    for path in (link, f"{link}/answers"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert words in said(answer)
        assert answer.headers["Cache-Control"] == "no-store"
    answer = client.get(f"{link}/calendar.ics")
    [gone] = entries(answer.text)
    assert (answer.status_code, gone.uid, gone.status, gone.sequence) == (
        200, known.uid, "CANCELLED", known.sequence + 1,
    )  # fmt: skip
    assert (gone.starts_at, gone.ends_at) == (known.starts_at, known.ends_at)
    assert ANA.name not in answer.text


@pytest.mark.parametrize("way", [leaves, taken_out, somebody_else])
def test_what_a_guest_sent_goes_with_them(app, client, event, party, way):
    form = queries.form_of(event.id)
    question = make_question(form, "Uw foto?", kind="file", asked_of=AskedOf.EVERYONE)
    link = mailed_link(LEA, "guest")
    with encoded({}, f"question_{question.id}", "a.pdf", pdf("Lea")) as body:
        client.post(f"{link}/answers", **body)
    assert len(stored(app)) == 1
    way(client, link)
    assert stored(app) == set()


def test_who_stands_in_no_calendar_has_none_that_says_so(client, event):
    registered(event, make_applicant(1, guests=("A", "B", "C")))
    registered(event, PARTY)
    registered(event, replace(RUI, email=LEA))
    jobs.remind()  # the letter has the link of a guest who was not told yet
    link = mailed_link(LEA, "guest")
    leaves(client, link)
    assert client.get(link).status_code == client.get(f"{link}/calendar.ics").status_code == 410


def test_once_the_registration_is_wiped_the_links_of_then_lead_nowhere(client, event, party, noon):
    link = mailed_link(LEA, "guest")
    leaves(client, link)
    noon.set(event.ends_at + timedelta(days=1))
    erase(ANA.email, now=clock.now())
    assert client.get(link).status_code == client.get(f"{link}/calendar.ics").status_code == 404
    with saving():
        actions.wipe(now=clock.now())
    assert db.session.scalars(select(EndedLink)).all() == []


def test_who_is_named_later_gets_the_letter_too(client, party):
    change(client, guest_1="Lea Demo", guest_2="Tim Demo", guest_3="Bo", guest_3_email=TIM)
    jobs.tell_guests()
    assert (kinds(TIM), people(party)[3]) == (["guest"], ("Bo", TIM))


def test_a_party_that_moves_online_tells_its_guests(app, client):
    event = make_event(capacity=4, slug="beide", attendance_mode=AttendanceMode.MIXED)
    make_form(event, capacity=4, guests_max=3)
    registered(event, PARTY)
    jobs.tell_guests()
    change(client, guest_1="Lea Demo", guest_2="Tim Demo", attends="online")
    [_first, second] = post_to(LEA)
    assert (second.kind, entry_in(second).sequence) == ("registrations/guest", 1)
    assert "Online" in str(second.slots)


def test_guests_hear_with_whom_they_come_once_the_place_of_the_contact_is_handed_over(
    client, party
):
    link = mailed_link(ANA.email)
    client.post(f"{link}/hand-over", data={"name": "Sam", "email": "sam@example.org"})
    client.post(mailed_link("sam@example.org", "transfer"), data={"name": "Sam"})
    assert kinds(LEA) == ["guest", "guest"]
    assert "U komt mee met Sam." in said(client.get(mailed_link(LEA, "guest")))


def test_guests_of_a_party_that_has_lost_its_place_online_hear_it_too(app, noon):
    event = make_event(
        capacity=1, slug="beide", summary="Kort.", attendance_mode=AttendanceMode.MIXED
    )
    make_form(event, capacity=1, guests_max=3)
    one = registered(event, replace(PARTY, is_online=True))
    jobs.tell_guests()
    with saving():
        found = db.session.get(Event, event.id)
        changed = content(found, attendance_mode=AttendanceMode.OFFLINE)
        events.change(found, changed, by=None, now=clock.now())
    noon.set(NOON + timedelta(hours=1))
    jobs.find_changes()
    for email in (ANA.email, LEA):
        letter = post_to(email)[-1]
        assert letter.kind == "registrations/changed"
        assert entry_in(letter).status == "CANCELLED"
    people(one)
    make_form(event, capacity=9)
    jobs.find_room()
    with saving():
        actions.accept(db.session.get_one(Registration, one.id), now=clock.now())
    assert kinds(LEA) == ["guest", "changed", "guest"]
    assert entry_in(post_to(LEA)[-1]).status == "CONFIRMED"
    people(one)


@pytest.mark.parametrize("in_time", [True, False])
def test_guests_who_waited_for_an_offer_hear_that_it_was_not_accepted_in_time(app, noon, in_time):
    event = make_event(
        capacity=1, slug="beide", summary="Kort.", attendance_mode=AttendanceMode.MIXED
    )
    make_form(event, capacity=1, guests_max=3)
    one = registered(event, replace(PARTY, is_online=True))
    jobs.tell_guests()
    with saving():
        found = db.session.get(Event, event.id)
        changed = content(found, attendance_mode=AttendanceMode.OFFLINE)
        events.change(found, changed, by=None, now=clock.now())
    noon.set(NOON + timedelta(hours=1))
    jobs.find_changes()
    make_form(event, capacity=9)
    jobs.find_room()
    assert kinds(LEA) == ["guest", "changed"], "they wait for a letter about a place"
    offered = db.session.get_one(Registration, one.id, populate_existing=True)
    assert offered.status is Status.OFFERED
    late = timedelta(seconds=-1 if in_time else 0)
    noon.set(offered.claim.offer_expires_at + late)
    for _twice in range(2):
        with saving():
            actions.expire(db.session.get_one(Registration, one.id), now=clock.now())
    assert kinds(LEA)[2:] == ([] if in_time else ["guest_cancelled"])
    if not in_time:
        letter = post_to(LEA)[-1]
        for part in (letter.body.text, letter.body.html):
            assert "De plaats die voor u werd vrijgehouden, is niet op tijd aangenomen." in part
            assert "Met wie u zou meekomen, heeft" not in part
        assert letter.calendar is None, "it left their calendar before"
    people(one)


# -- leaving alone


def test_a_guest_leaves_alone_and_the_place_goes_to_the_next(client, event, party):
    waits = registered(event, make_applicant(1, guests=("A",)))
    assert waits.status is Status.WAITLISTED
    link = mailed_link(LEA, "guest")
    answer = client.post(f"{link}/leave")
    assert (answer.status_code, answer.location) == (303, f"/events/{event.slug}")
    letter = post_to(LEA)[-1]
    assert (letter.kind, entry_in(letter).status) == ("registrations/guest_cancelled", "CANCELLED")
    assert kinds(ANA.email) == ["confirmed", "guest_left"]
    assert "Lea Demo" in str(post_to(ANA.email)[-1].slots)
    assert people(party) == [(ANA.name, ANA.email), ("Tim Demo", "")]
    db.session.expire_all()
    assert db.session.get_one(Registration, waits.id).status is Status.OFFERED
    assert miscounted(limit=9) == []
    assert client.get(link).status_code == 410
    assert registered(event, replace(RUI, email=LEA)).contact.email == LEA, "they may come again"


def test_after_the_event_nobody_leaves(client, event, party, noon):
    noon.set(event.ends_at)
    link = mailed_link(LEA, "guest")
    assert "Ik kan niet komen" not in client.get(link).text
    assert client.post(f"{link}/leave").location == link
    assert "Er is nu dus niets veranderd." in client.get(link).text
    assert taken(event) == 3


# -- held, shown, wiped


def test_a_guest_is_in_their_own_file_and_in_the_list_of_organisers(desk, event, party):
    [known] = queries.guest_held_on(LEA.upper(), shown=questions.shown)
    assert (known["name"], known["email"]) == ("Lea Demo", LEA)
    table = desk.get(f"/desk/registrations/{event.id}/list.csv").text
    assert LEA in table
    assert LEA in desk.get(f"/desk/registrations/{event.id}/{party.id}").text


def erase(email, *, now=NOON):
    naming = held.naming(email)
    with saving():
        privacy.erase(email, holdings=holdings(COMPONENTS), naming=naming, by=make_staff(), now=now)


@pytest.mark.parametrize("days", [0, 200])
def test_a_guest_who_asks_is_wiped_and_the_party_goes_on(app, event, party, noon, days):
    noon.set(NOON + timedelta(days=days))
    erase(LEA, now=clock.now())
    left = [("", ""), ("Tim Demo", "")] if days else [("Tim Demo", "")]
    assert people_now(party) == [(ANA.name, ANA.email), *left]
    assert kinds(LEA) == []
    assert queries.guest_held_on(LEA, shown=questions.shown) == []
    assert not any(
        "Lea" in str(letter.slots) for letter in db.session.scalars(select(OutboxMessage))
    )
    assert miscounted(limit=9) == []


def people_now(one):
    db.session.expire_all()
    again = db.session.get_one(Registration, one.id)
    return [(person.name, person.email) for person in again.participants]


def test_where_the_contact_is_wiped_no_letter_to_a_guest_names_them(client, event, party):
    erase(ANA.email)
    kept = [letter for letter in post_to(LEA) if not letter.is_wiped]
    assert [letter.kind for letter in kept] == ["registrations/guest_cancelled"]
    assert not any(
        ANA.name in str(letter.slots) for letter in db.session.scalars(select(OutboxMessage))
    )


def test_a_party_that_comes_again_keeps_no_address_that_is_expected_elsewhere(client, event, noon):
    one = registered(event, PARTY, must_confirm=True)
    link = mailed_link(ANA.email)
    noon.set(NOON + timedelta(days=2))
    jobs.lapse()
    registered(event, replace(RUI, email=LEA))
    assert client.post(f"{link}/confirm").status_code == 303
    assert people(one) == [(ANA.name, ANA.email), ("Lea Demo", ""), ("Tim Demo", "")]
