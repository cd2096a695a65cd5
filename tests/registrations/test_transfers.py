"""A place goes to another address: somebody's own new one, or a colleague's."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from events_app.accounts.models import JournalEntry
from events_app.capacity.queries import miscounted
from events_app.core import clock, erasures
from events_app.core.db import db, saving
from events_app.core.erasures import Asked, LineKind
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import Event
from events_app.privacy import actions as privacy
from events_app.registrations import actions, jobs, letters, queries, questions
from events_app.registrations.models import Registration, Status, Transfer, TransferStatus
from events_app.registrations.questions.file.sample import pdf
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    mailed_link,
    make_applicant,
    make_form,
    make_question,
    registered,
    taken,
)
from tests.pages import said
from tests.readers import events as entries
from tests.registrations.test_sent_files import encoded, stored

NEW, SAM = "ana.nieuw@example.org", "sam@example.org"
ODD = timedelta(seconds=7, microseconds=310_000)


@pytest.fixture
def event(app):
    event = make_event(capacity=3, slug="avond")
    make_form(event, capacity=3, guests_max=2)
    return event


@pytest.fixture
def ana(event):
    return registered(event, replace(ANA, guests=("Gast A",), diet="geen noten"))


def fresh(one):
    db.session.expire_all()
    return db.session.get_one(Registration, one.id)


def post_to(email):
    """The letters to this address, the oldest first."""
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == email)
    return db.session.scalars(wanted.order_by(OutboxMessage.id)).all()


def kinds(email):
    return [letter.kind.rpartition("/")[2] for letter in post_to(email)]


def button(email):
    """The path behind the button of the last letter that leads to a transfer."""
    links = [
        urlsplit(value).path
        for letter in post_to(email)
        for _kind, value in letter.slots.values()
        if "/transfer/" in value
    ]
    return links[-1]


def ask(client, link, email=NEW, **more):
    path = f"{link}/hand-over" if more else f"{link}/address"
    return client.post(path, data={"email": email, **more})


def offer(client, link, email=SAM, name="Sam Jansen"):
    return ask(client, link, email, name=name)


def refused(client, answer, words):
    """Led to the own page, which says this."""
    return answer.status_code == 303 and words in said(client.get(answer.location))


def entry_in(letter):
    [found] = entries(letter.calendar.decode())
    return found


def verbs():
    return list(db.session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)))


# -- a new address


def test_only_the_button_in_the_letter_to_the_new_address_changes_it(client, ana):
    link, code, uid = mailed_link(ANA.email), ana.code, ana.contact.entry.uid
    answer = ask(client, link, NEW.upper())
    assert (answer.status_code, answer.location) == (303, link)
    assert fresh(ana).email == ANA.email
    page = said(client.get(link))
    assert (
        f"Druk voor vrijdag 15 januari 2027, 12.00 uur op de knop in de e-mail naar {NEW}" in page
    )
    path = button(NEW)
    assert f"gaan voortaan naar {NEW}" in said(client.get(path))
    assert fresh(ana).email == ANA.email, "looking changes nothing"
    there = client.post(path).location
    now = fresh(ana)
    assert (now.email, now.code, now.contact.diet) == (NEW, code, "geen noten")
    assert [person.name for person in now.participants] == [ANA.name, "Gast A"]
    assert there == mailed_link(NEW) != link
    assert client.get(there).status_code == 200
    old, new = post_to(ANA.email)[-1], post_to(NEW)[-1]
    assert (old.kind, new.kind) == (
        "registrations/address_changed", "registrations/confirmed",
    )  # fmt: skip
    gone, comes = entry_in(old), entry_in(new)
    assert (gone.uid, gone.sequence, gone.status) == (uid, 1, "CANCELLED")
    assert gone.attendees == (f"mailto:{ANA.email}",)
    assert (comes.sequence, comes.status, comes.attendees) == (0, "CONFIRMED", (f"mailto:{NEW}",))
    assert comes.uid == now.contact.entry.uid != uid
    assert NEW not in str(old.slots), "who has the old mailbox does not read where they went"
    assert "registrations.address_changed" in verbs()


def test_the_old_link_says_what_happened_wherever_it_leads(client, ana):
    link = mailed_link(ANA.email)
    ask(client, link)
    client.post(button(NEW))
    for path in (link, f"{link}/change"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "Deze link werkt niet meer" in said(answer)
        assert "Het e-mailadres van deze aanmelding is gewijzigd." in said(answer)
    assert client.post(f"{link}/cancel").status_code == 410
    assert fresh(ana).status is Status.CONFIRMED


@pytest.mark.parametrize("email", [NEW, SAM])
def test_a_calendar_that_follows_the_old_link_shows_the_event_as_cancelled(client, ana, email):
    link, uid = mailed_link(ANA.email), ana.contact.entry.uid
    ask(client, link) if email == NEW else offer(client, link)
    client.post(button(email), data={} if email == NEW else {"name": "Sam Jansen"})
    [gone] = entries(client.get(f"{link}/calendar.ics").text)
    assert (gone.uid, gone.status, gone.sequence) == (uid, "CANCELLED", 1)
    [comes] = entries(client.get(f"{mailed_link(email)}/calendar.ics").text)
    assert (comes.status, comes.sequence) == ("CONFIRMED", 0)


def test_nobody_learns_from_the_page_who_is_registered(client, event, ana):
    registered(event, RUI)
    pages = []
    for email in (RUI.email, NEW):
        answer = ask(client, mailed_link(ANA.email), email)
        page = said(client.get(mailed_link(ANA.email)))
        pages.append((answer.status_code, page.replace(email, "…")))
    assert pages[0] == pages[1]
    assert kinds(RUI.email) == ["confirmed"]
    jobs.remind()
    assert kinds(RUI.email) == ["confirmed", "already"]
    assert "/transfer/" not in str(post_to(RUI.email)[-1].slots)
    assert fresh(ana).email == ANA.email


def test_who_registers_meanwhile_reads_that_and_nothing_changes(client, event, ana):
    ask(client, mailed_link(ANA.email))
    registered(event, make_applicant(1, email=NEW))
    answer = client.post(button(NEW))
    assert answer.status_code == 409
    assert "U bent met dit adres al aangemeld voor deze bijeenkomst." in said(answer)
    assert fresh(ana).email == ANA.email
    assert kinds(ANA.email) == ["confirmed"]


def test_pressed_twice_it_is_done_once(client, ana):
    ask(client, mailed_link(ANA.email))
    path = button(NEW)
    client.post(path)
    before = len(post_to(NEW)), len(post_to(ANA.email))
    again = client.post(path)
    assert (again.status_code, again.location) == (303, path)
    assert "Uw adres is gewijzigd" in said(client.get(path))
    assert (len(post_to(NEW)), len(post_to(ANA.email))) == before
    assert mailed_link(NEW) not in client.get(path).text, "it is no second key to the page"


def test_the_button_works_for_a_day(client, ana, noon):
    ask(client, mailed_link(ANA.email))
    path = button(NEW)
    noon.set(NOON + timedelta(days=1))
    assert client.post(path).location == path
    assert "De tijd hiervoor is voorbij" in said(client.get(path))
    assert "nog niet bevestigd" not in said(client.get(mailed_link(ANA.email)))
    assert fresh(ana).email == ANA.email


def test_the_last_address_counts_and_what_is_taken_back_does_nothing(client, ana):
    link = mailed_link(ANA.email)
    ask(client, link, "eerst@example.org")
    ask(client, link)
    first, second = button("eerst@example.org"), button(NEW)
    client.post(first)
    assert "Dit is teruggenomen" in said(client.get(first))
    assert client.post(f"{link}/take-back").status_code == 303
    client.post(second)
    assert fresh(ana).email == ANA.email
    assert set(db.session.scalars(select(Transfer.email))) == {""}


@pytest.mark.parametrize("standing", ["waiting", "offered"])
def test_who_waits_keeps_the_number_and_an_offer_its_deadline(client, event, noon, standing):
    first = registered(event, make_applicant(1, guests=("A", "B")))
    one = registered(event, ANA)
    registered(event, RUI)
    link = mailed_link(ANA.email)
    if standing == "offered":
        with saving():
            actions.give_up(first, now=clock.now())
    before = fresh(one).status, fresh(one).claim.offer_expires_at
    ask(client, link)
    client.post(button(NEW))
    now = fresh(one)
    assert (now.status, now.claim.offer_expires_at) == before
    assert kinds(NEW) == ["new_address", standing]
    assert kinds(ANA.email)[-1] == "address_changed"
    assert post_to(ANA.email)[-1].calendar is None, "none stood in the calendar"
    page = said(client.get(mailed_link(NEW)))
    assert ("U bent nummer 1 op de wachtlijst." in page) is (standing == "waiting")
    if standing == "offered":
        client.post(f"{mailed_link(NEW)}/accept")
        assert entry_in(post_to(NEW)[-1]).attendees == (f"mailto:{NEW}",)


def test_what_is_not_confirmed_is_confirmed_first(client, event):
    registered(event, ANA, must_confirm=True)
    link = mailed_link(ANA.email)
    assert refused(client, ask(client, link), "Dit kan zodra u uw aanmelding hebt bevestigd")
    assert f"{link}/address" not in client.get(link).text


def test_while_there_is_no_date_the_new_address_gets_no_calendar(client, event, ana, noon):
    ask(client, mailed_link(ANA.email))
    with saving():
        events.postpone(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
    client.post(button(NEW))
    assert (kinds(NEW), post_to(NEW)[-1].calendar) == (["new_address", "confirmed"], None)
    assert entry_in(post_to(ANA.email)[-1]).status == "CANCELLED"
    noon.set(NOON + timedelta(hours=2) + ODD)
    jobs.find_changes()
    assert (len(kinds(NEW)), kinds(ANA.email)[-1]) == (2, "address_changed"), "both know already"


@pytest.mark.parametrize(
    ("typed", "words"),
    [(ANA.email.upper(), "Dit adres hebben wij al."), ("ana@", "Dit adres is niet compleet."),
     ("", "Vul uw e-mailadres in.")],
)  # fmt: skip
def test_a_mistake_in_the_address_is_told_beside_it_and_stays(client, ana, typed, words):
    answer = ask(client, mailed_link(ANA.email), typed)
    assert answer.status_code == 422
    assert words in said(answer)
    assert f'value="{typed}"' in answer.text
    assert len(post_to(ANA.email)) == 1


def test_only_so_many_letters_leave_in_a_day(client, ana):
    link = mailed_link(ANA.email)
    answers = [ask(client, link, f"a{number}@example.org").status_code for number in range(6)]
    assert answers == [303] * 5 + [429]


def test_the_change_of_an_hour_goes_to_the_new_address_alone(client, event, ana, noon):
    ask(client, mailed_link(ANA.email))
    client.post(button(NEW))
    with saving():
        found = db.session.get(Event, event.id)
        found.starts_at += timedelta(hours=1)
        found.revision += 1
    noon.set(NOON + timedelta(hours=2) + ODD)
    jobs.find_changes()
    assert (kinds(NEW)[-1], kinds(ANA.email)[-1]) == ("changed", "address_changed")
    assert entry_in(post_to(NEW)[-1]).sequence == 1


# -- to a colleague


def test_when_the_colleague_takes_it_the_place_changes_hands(client, event, ana):
    question = make_question(queries.form_of(event.id), kind="text")
    link, code, uid = mailed_link(ANA.email), ana.code, ana.contact.entry.uid
    assert offer(client, link).status_code == 303
    assert "Sam Jansen (sam@example.org) kan uw plaats overnemen tot" in said(client.get(link))
    path = button(SAM)
    page = said(client.get(path))
    assert f"{ANA.name} kan niet naar deze bijeenkomst komen" in page
    assert "Er komt één gast mee." in page
    assert "geen noten" not in page
    [letter] = post_to(SAM)
    assert [each for each in (code, "Gast A") if each in str(letter.slots)] == []
    data = {"name": "Sam Jansen", "organisation": "ROC", "access_needs": "een stoel",
            f"question_{question.id}": "Ja"}  # fmt: skip
    there = client.post(path, data=data).location
    now = fresh(ana)
    contact = now.contact
    assert (contact.name, contact.email, contact.organisation) == ("Sam Jansen", SAM, "ROC")
    assert (contact.diet, contact.access_needs) == ("", "een stoel")
    assert [answer.value for answer in contact.answers] == ["Ja"]
    assert [person.name for person in now.participants] == ["Sam Jansen", "Gast A"]
    assert (now.status, now.party_size, taken(event)) == (Status.CONFIRMED, 2, 2)
    assert now.code != code
    assert there == mailed_link(SAM)
    old, new = entry_in(post_to(ANA.email)[-1]), entry_in(post_to(SAM)[-1])
    assert (old.uid, old.status, old.attendees) == (uid, "CANCELLED", (f"mailto:{ANA.email}",))
    assert (new.sequence, new.attendees) == (0, (f"mailto:{SAM}",))
    assert new.uid != uid
    assert (kinds(ANA.email)[-1], kinds(SAM)) == ("handed_over", ["hand_over", "confirmed"])
    assert "Deze plaats is overgedragen." in said(client.get(link))
    assert "registrations.handed_over" in verbs()
    assert registered(event, ANA).status is Status.CONFIRMED, "who gave it may come again"


def test_nothing_that_the_former_one_told_goes_along(app, client, event, ana):
    form = queries.form_of(event.id)
    poster = make_question(form, "Uw poster?", kind="file")
    words = make_question(form, "Wat brengt u mee?")
    sent = questions.answered(poster, questions.KINDS["file"].sample().sent, now=NOON)
    giver = registered(event, replace(RUI, answers={poster.id: sent, words.id: "Taart"}))
    offer(client, mailed_link(RUI.email))
    client.post(button(SAM), data={"name": "Sam"})
    assert fresh(giver).contact.answers == []
    assert stored(app) == set()
    page = client.get(mailed_link(SAM)).text
    assert [each for each in ("Taart", "Voorbeeld.pdf") if each in page] == []


def test_who_tells_nothing_takes_over_no_answer(client, event):
    question = make_question(queries.form_of(event.id), "Wat brengt u mee?")
    giver = registered(event, replace(RUI, answers={question.id: "Taart"}))
    offer(client, mailed_link(RUI.email))
    with saving():
        actions.take(queries.transfer_of(giver.contact.id), now=NOON)
    assert fresh(giver).contact.answers == []


def test_what_the_form_needs_is_asked_of_the_colleague(client, event, ana):
    question = make_question(queries.form_of(event.id), "Welke zaal?", is_required=True)
    offer(client, mailed_link(ANA.email))
    answer = client.post(button(SAM), data={"name": "Sam Jansen", "organisation": "ROC"})
    assert answer.status_code == 422
    assert 'value="ROC"' in answer.text
    assert f"question_{question.id}-error" in answer.text
    assert fresh(ana).email == ANA.email


def test_a_file_that_a_colleague_chose_is_kept_with_the_place_or_said_to_be_lost(
    app, client, event, ana
):
    question = make_question(queries.form_of(event.id), "Uw poster?", kind="file")
    offer(client, mailed_link(ANA.email))
    for name, status in (("x" * 500, 422), ("Sam", 303)):
        with encoded({"name": name}, f"question_{question.id}", "a.pdf", pdf("Sam")) as body:
            answer = client.post(button(SAM), **body)
        assert answer.status_code == status
        assert (f'id="question_{question.id}-lost"' in answer.text) is (status == 422)
    [kept] = fresh(ana).contact.answers
    assert stored(app) == {kept.file}


def test_a_colleague_who_cannot_come_says_so_and_the_place_stays(client, ana):
    link = mailed_link(ANA.email)
    offer(client, link)
    path = button(SAM)
    for _twice in range(2):
        assert client.post(f"{path}/decline").location == path
    assert "U neemt deze plaats niet over" in said(client.get(path))
    assert kinds(ANA.email) == ["confirmed", "hand_over_declined"]
    assert "Sam Jansen" in str(post_to(ANA.email)[-1].slots)
    client.post(path, data={"name": "Sam"})
    assert fresh(ana).email == ANA.email
    assert offer(client, link, "een.ander@example.org").status_code == 303


def test_until_it_is_taken_the_giver_takes_it_back(client, ana):
    link = mailed_link(ANA.email)
    offer(client, link)
    client.post(f"{link}/take-back")
    path = button(SAM)
    assert client.post(path, data={"name": "Sam"}).location == path
    assert "Dit is teruggenomen" in said(client.get(path))
    assert client.post(f"{path}/decline").status_code == 303
    assert kinds(ANA.email) == ["confirmed"]
    assert fresh(ana).email == ANA.email


def test_who_gave_up_the_place_meanwhile_has_none_to_hand_over(client, event, ana):
    link = mailed_link(ANA.email)
    offer(client, link)
    client.post(f"{link}/cancel")
    path = button(SAM)
    client.post(path, data={"name": "Sam"})
    assert "Deze aanmelding is geannuleerd" in said(client.get(path))
    assert (fresh(ana).status, taken(event)) == (Status.CANCELLED, 0)
    assert kinds(SAM) == ["hand_over"]


def cancelled(client, link, event, noon):
    client.post(f"{link}/cancel")


def called_off(client, link, event, noon):
    with saving():
        events.cancel(event, words={}, by=make_staff(), now=clock.now())
    jobs.find_changes()


def too_late(client, link, event, noon):
    noon.set(NOON + timedelta(days=8))


@pytest.mark.parametrize("ended", [cancelled, called_off, too_late])
def test_who_declines_what_cannot_be_taken_any_more_sends_the_giver_no_letter(
    client, event, ana, noon, ended
):
    link = mailed_link(ANA.email)
    offer(client, link)
    ended(client, link, event, noon)
    before, path = kinds(ANA.email), button(SAM)
    client.get(path)  # with what was said before
    page = said(client.get(path))
    assert client.post(f"{path}/decline").location == path
    assert kinds(ANA.email) == before
    assert said(client.get(path)) == page, "what holds, and not that the giver was told"


def test_who_takes_over_gets_letters_in_the_language_they_took_it_in(client, ana):
    """The giver hears of it in their own."""
    offer(client, mailed_link(ANA.email))
    client.post(f"{button(SAM)}?lang=en", data={"name": "Sam Jansen"})
    assert fresh(ana).language == "en"
    assert post_to(SAM)[-1].language == "en"
    assert post_to(ANA.email)[-1].language == "nl"
    assert "You have a place" in said(client.get(mailed_link(SAM) + "?lang=en"))


def test_who_has_a_new_address_keeps_the_language(client, ana):
    ask(client, mailed_link(ANA.email))
    client.post(f"{button(NEW)}?lang=en")
    assert (fresh(ana).language, post_to(NEW)[-1].language) == ("nl", "nl")


@pytest.mark.parametrize("days", [3, 30])
def test_there_is_a_week_for_it_or_until_the_event_begins(app, client, noon, days):
    event = make_event(slug="straks", starts_at=NOON + timedelta(days=days), capacity=3)
    one = registered(event, ANA)
    offer(client, mailed_link(ANA.email))
    until = min(event.starts_at, NOON + timedelta(days=7))
    path = button(SAM)
    noon.set(until)
    client.post(path, data={"name": "Sam"})
    assert fresh(one).email == ANA.email
    noon.set(until - timedelta(seconds=1))
    client.post(path, data={"name": "Sam"})
    assert fresh(one).email == SAM


def test_only_who_has_a_place_can_hand_it_over(client, event, noon):
    registered(event, make_applicant(1, guests=("A", "B")))
    registered(event, ANA)
    link = mailed_link(ANA.email)
    assert refused(client, offer(client, link), "U hebt nog geen plaats")
    assert f"{link}/hand-over" not in client.get(link).text
    seated = mailed_link("guest1@example.org")
    assert f"{seated}/hand-over" in client.get(seated).text
    noon.set(event.starts_at)
    assert refused(client, offer(client, seated), "Dit kan niet meer worden veranderd.")
    assert kinds(SAM) == []


def test_somebody_who_is_expected_cannot_take_it_and_the_giver_reads_nothing(client, event, ana):
    registered(event, RUI)
    link, pages = mailed_link(ANA.email), []
    for email in (RUI.email, SAM):
        offer(client, link, email)
        pages.append(said(client.get(link)).replace(email, "…"))
        client.post(f"{link}/take-back", follow_redirects=True)
    offer(client, link)
    assert pages[0] == pages[1]
    registered(event, make_applicant(1, email=SAM))
    answer = client.post(button(SAM), data={"name": "Sam"})
    assert "U bent met dit adres al aangemeld" in said(answer)
    assert answer.status_code == 409
    jobs.remind()
    assert kinds(RUI.email) == ["confirmed", "hand_over"]


def has_a_place(event):
    registered(event, RUI)
    return mailed_link(RUI.email), "cancel"


def is_in_line(event):
    registered(event, make_applicant(1))
    registered(event, RUI)
    return mailed_link(RUI.email), "cancel"


def comes_along_elsewhere(event):
    make_form(event, capacity=4, guests_max=2)
    registered(event, make_applicant(1, guests=("Rui",), guest_addresses=(RUI.email,)))
    jobs.tell_guests()
    return mailed_link(RUI.email, "guest"), "leave"


@pytest.mark.parametrize("stands", [has_a_place, is_in_line, comes_along_elsewhere])
def test_who_is_expected_reads_of_the_offer_and_takes_it_once_their_own_is_gone(
    client, event, ana, stands
):
    own, leave = stands(event)
    link = mailed_link(ANA.email)
    assert "moet de eigen aanmelding eerst weg" in said(client.get(f"{link}/hand-over"))
    offer(client, link, RUI.email, "Rui de Boer")
    assert "moet de eigen aanmelding eerst weg" in said(client.get(link))
    letter = post_to(RUI.email)[-1]
    assert letter.kind == "registrations/hand_over"
    for part in (letter.body.text, letter.body.html):
        assert "U bent al aangemeld voor deze bijeenkomst." in " ".join(part.split())
    assert own in str(letter.slots)
    path = button(RUI.email)
    page = client.get(path)
    assert "U bent met dit adres al aangemeld" in said(page)
    assert f"{ANA.name} kan niet naar deze bijeenkomst komen" in said(page)
    assert 'name="name"' not in page.text
    assert client.post(path, data={"name": "Rui"}).status_code == 409
    client.post(f"{own}/{leave}")
    client.post(path, data={"name": "Rui de Boer"})
    assert fresh(ana).email == RUI.email
    assert miscounted(limit=9) == []


def test_a_new_address_that_is_registered_already_is_spoken_of_before_it_is_asked(client, ana):
    link, words = mailed_link(ANA.email), "Was dit adres al aangemeld voor deze bijeenkomst?"
    assert words in said(client.get(f"{link}/address"))
    ask(client, link)
    assert words in said(client.get(link))


def test_a_guest_of_the_party_can_be_the_colleague(client, event, ana):
    offer(client, mailed_link(ANA.email), SAM, "Gast A")
    client.post(button(SAM), data={"name": "Gast A"})
    assert [person.name for person in fresh(ana).participants] == ["Gast A", "Gast A"]
    assert miscounted(limit=9) == []


def test_a_colleague_tells_the_kitchen_nothing_where_the_form_does_not_ask(client, event, ana):
    make_form(event, capacity=3, asks_diet=False)
    offer(client, mailed_link(ANA.email))
    assert client.post(button(SAM), data={"name": "Sam", "diet": "alles"}).status_code == 409
    client.post(button(SAM), data={"name": "Sam"})
    assert (fresh(ana).contact.name, fresh(ana).contact.diet) == ("Sam", "")


def test_it_can_go_on_to_a_third_and_each_former_link_says_so(client, ana):
    links = [mailed_link(ANA.email)]
    for email in (SAM, "derde@example.org"):
        offer(client, links[-1], email)
        client.post(button(email), data={"name": "Demo"})
        links.append(mailed_link(email))
    assert [client.get(link).status_code for link in links] == [410, 410, 200]
    first = button(SAM)
    assert links[2] not in client.get(first).text
    assert client.post(first, data={"name": "Demo"}).location == first


# -- an offer stands until somebody ends it in words


@pytest.mark.parametrize("way", [ask, offer])
def test_an_offer_ends_by_no_other_one(client, ana, way):
    link = mailed_link(ANA.email)
    offer(client, link)
    shown = client.get(link).text
    for name in ("address", "hand-over"):
        assert f"{link}/{name}" not in shown
        answer = client.get(f"{link}/{name}", follow_redirects=True)
        assert "U hebt uw plaats aangeboden aan Sam Jansen. Neem dat eerst terug" in said(answer)
    answer = way(client, link, "een.ander@example.org")
    assert answer.status_code == 409
    assert 'value="een.ander@example.org"' in answer.text
    assert "U hebt uw plaats aangeboden aan Sam Jansen." in said(answer)
    assert kinds("een.ander@example.org") == []
    client.post(button(SAM), data={"name": "Sam"})
    assert fresh(ana).email == SAM


def test_once_it_is_taken_back_there_may_be_another_one(client, ana):
    link = mailed_link(ANA.email)
    offer(client, link)
    client.post(f"{link}/take-back")
    assert ask(client, link).status_code == 303
    client.post(button(NEW))
    assert fresh(ana).email == NEW


# -- the page of a transfer says why there is nothing to take


def call_off(event):
    with saving():
        events.cancel(db.session.get(Event, event.id), words={}, by=None, now=clock.now())


@pytest.mark.parametrize("way", [ask, offer])
@pytest.mark.parametrize("is_told", [False, True])
def test_of_an_event_that_is_called_off_nothing_is_taken_or_promised(
    client, event, ana, way, is_told
):
    """Also in the minute before everybody has heard of it."""
    way(client, mailed_link(ANA.email))
    email = NEW if way is ask else SAM
    path, before = button(email), kinds(email)
    call_off(event)
    if is_told:
        jobs.find_changes()
    for answer in (
        client.get(path),
        client.post(path, data={"name": "Sam"}, follow_redirects=True),
    ):
        assert answer.status_code == 200
        assert "Deze bijeenkomst gaat niet door" in said(answer)
        assert [word for word in ("overnemen", "Mijn adres") if word in said(answer)] == []
    assert kinds(email) == before
    other = way(client, mailed_link(ANA.email), "een.ander@example.org")
    assert refused(client, other, "een.ander@example.org")
    assert kinds("een.ander@example.org") == []


def waits(event, noon):
    with saving():
        db.session.scalars(select(Registration)).one().status = Status.WAITLISTED


def is_over(event, noon):
    with saving():
        found = db.session.get(Event, event.id)
        found.starts_at, found.ends_at = NOON - timedelta(hours=3), NOON - timedelta(hours=1)


def has_begun(event, noon):
    with saving():
        db.session.get(Event, event.id).starts_at = NOON - timedelta(minutes=1)


def a_week_goes_by(event, noon):
    noon.set(NOON + timedelta(days=7))


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (waits, "Er is nu geen plaats om over te nemen"),
        (is_over, "Deze bijeenkomst is geweest"),
        (has_begun, "Deze bijeenkomst is begonnen"),
        (a_week_goes_by, "De tijd hiervoor is voorbij"),
    ],
)
def test_the_page_says_why_there_is_nothing_to_take(client, event, ana, noon, what, words):
    offer(client, mailed_link(ANA.email))
    path = button(SAM)
    what(event, noon)
    page = said(client.get(path))
    assert words in page
    assert page.count("De tijd hiervoor is voorbij") == (what is a_week_goes_by)


# -- no letter has a date of a postponed event as if it stood


def test_every_letter_about_a_postponed_event_says_so_beside_its_date(client, event, ana):
    offer(client, mailed_link(ANA.email))
    asked = queries.transfer_of(ana.contact.id)
    with saving():
        events.postpone(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
        found = db.session.get(Event, event.id, populate_existing=True)
        person, old = fresh(ana).contact, ana.contact.entry.told
        person.calendar_entry.told = {**old, "postponed": "yes"}
        written = [
            letters.waiting(person), letters.confirmed(person, now=NOON),
                letters.to_confirm(person, now=NOON),
            letters.already(person), letters.offered(person, old=old), letters.guest(person),
            letters.hall_offered(person), letters.hall_expired(person),
            letters.guest_left(person, guest=person), letters.new_address(asked),
            letters.hand_over(asked), letters.hand_over_declined(asked),
        ]  # fmt: skip
    assert found.status == "postponed"
    dated = [
        one for one in written if "2027" in one.text.replace(str(asked.expires_at.year), "2027")
    ]
    assert [one.kind for one in dated if "(uitgesteld)" not in one.text] == []
    assert len(dated) >= 9


@pytest.mark.parametrize("is_waiting", [False, True])
def test_a_new_address_of_a_postponed_event_reads_no_date_as_if_it_stood(client, event, is_waiting):
    if is_waiting:
        registered(event, make_applicant(1, guests=("A", "B")))
    registered(event, ANA)
    with saving():
        events.postpone(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
    jobs.find_changes()
    ask(client, mailed_link(ANA.email))
    client.post(button(NEW))
    assert kinds(NEW) == ["new_address", "waiting" if is_waiting else "confirmed"]
    assert ["(uitgesteld)" in str(letter.slots) for letter in post_to(NEW)] == [True, True]
    jobs.find_changes()
    assert len(kinds(NEW)) == 2, "they know"


# -- what is held, and gone


def held(email):
    return queries.transfers_held_on(email)


def test_both_read_what_waits_and_the_night_forgets_it(client, ana, noon):
    offer(client, mailed_link(ANA.email))
    [one], [other] = held(ANA.email), held(SAM.upper())
    assert one == other
    assert (one["name"], one["email"], one["from"]) == ("Sam Jansen", SAM, ANA.email)
    noon.set(NOON + timedelta(days=7) - ODD)
    jobs.tidy()
    assert held(SAM)
    noon.set(NOON + timedelta(days=7))
    jobs.tidy()
    assert (held(SAM), held(ANA.email)) == ([], [])
    kept = db.session.scalars(select(Transfer)).one()
    assert (kept.status, kept.name, kept.email) == (TransferStatus.EXPIRED, "", "")
    assert "De tijd hiervoor is voorbij" in said(client.get(button(SAM)))


def test_a_colleague_who_asks_to_be_wiped_was_never_asked(client, ana):
    offer(client, mailed_link(ANA.email))
    path = button(SAM)
    with saving():
        actions.erase(SAM, now=NOON)
    assert held(ANA.email) == []
    client.post(path, data={"name": "Sam"})
    assert fresh(ana).email == ANA.email


def test_letters_to_a_former_address_go_with_who_has_it_no_more(client, ana):
    ask(client, mailed_link(ANA.email))
    client.post(button(NEW))
    with saving():
        actions.erase(NEW, now=NOON)
    assert kinds(ANA.email) == []
    assert db.session.scalars(select(Transfer)).all() == []


def test_of_who_handed_over_the_letters_stay_until_they_ask_themselves(client, ana):
    link = mailed_link(ANA.email)
    ask(client, link)
    client.post(button(NEW))
    offer(client, mailed_link(NEW))
    client.post(button(SAM), data={"name": "Sam"})
    with saving():
        actions.erase(SAM, now=NOON)
    assert kinds(ANA.email) == ["confirmed", "address_changed"]


@pytest.mark.parametrize("way", ["by the desk", "by the link"])
def test_who_is_wiped_under_a_new_address_is_found_in_a_backup_from_before(app, client, ana, way):
    """The list of erasures knows them by what stays: the code."""
    code = ana.code
    ask(client, mailed_link(ANA.email))
    client.post(button(NEW))
    with saving():
        if way == "by the desk":
            actions.erase(NEW, now=NOON)
        else:
            actions.give_up(fresh(ana), now=NOON)
    if way == "by the link":
        assert client.post(f"{mailed_link(NEW)}/erase").status_code == 303
    written = erasures.lines(Path(app.config["INSTANCE"]))
    marks = {(line.kind, line.mark) for line in written}
    assert (LineKind.REGISTRATION, erasures.mark(LineKind.REGISTRATION, code)) in marks


def test_a_registration_of_a_backup_is_wiped_by_its_code_or_by_its_link(app, event):
    for number, whose in enumerate(("code", "link_digest")):
        one = registered(event, make_applicant(number))
        known = getattr(one.contact, whose)
        known = known if whose == "code" else known.hex()
        line = LineKind.REGISTRATION, erasures.mark(LineKind.REGISTRATION, known)
        asked = Asked({line: NOON}, (app.secret_key,))
        with saving():
            assert privacy.erase_again(asked, holdings=(), now=NOON) == 1
        assert fresh(one).is_wiped
