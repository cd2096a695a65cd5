"""A question is asked of the contact for all of a party, or of everyone; while the form is open."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from events_app.accounts.models import Role
from events_app.core.db import db, saving
from events_app.registrations import actions, jobs, queries, questions
from events_app.registrations.models import Answer, AskedOf, Participant, VisibleTo
from events_app.registrations.questions.file.sample import pdf
from tests.conftest import NOON, signed_in
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    mailed_link,
    make_form,
    make_question,
    registered,
)
from tests.pages import said
from tests.registrations.test_sent_files import encoded, stored

LEA = "lea@example.org"


@pytest.fixture
def event(app):
    event = make_event(capacity=9, slug="avond")
    make_form(event, capacity=9, guests_max=2)
    return event


@pytest.fixture
def asked(event):
    """Of everyone, and of the contact."""
    form = queries.form_of(event.id)
    return (
        make_question(form, "Welke zaal?", asked_of=AskedOf.EVERYONE),
        make_question(form, "Welk merk?"),
    )


@pytest.fixture
def party(event, asked):
    answers = {question.id: "Van Ana" for question in asked}
    made = registered(
        event,
        replace(ANA, guests=("Lea Demo", "Tim Demo"), guest_addresses=(LEA,), answers=answers),
    )
    jobs.tell_guests()
    return made


def given():
    """Who answered what."""
    db.session.expire_all()
    wanted = select(Participant.name, Answer.question_id, Answer.value)
    found = db.session.execute(wanted.join(Answer, Answer.participant_id == Participant.id))
    return sorted(tuple(row) for row in found)


def test_a_guest_answers_on_the_own_page_what_is_asked_of_everyone(client, party, asked):
    everyone, contact = asked
    link = mailed_link(LEA, "guest")
    assert f"{link}/answers" in client.get(link).text
    page = client.get(f"{link}/answers")
    assert "Welke zaal?" in said(page)
    assert "Welk merk?" not in said(page)
    data = {f"question_{everyone.id}": "Zuid"}
    other = {f"question_{contact.id}": "Niet van mij"}
    assert client.post(f"{link}/answers", data=data | other).status_code == 409
    assert client.post(f"{link}/answers", data=data).location == link
    assert given() == [
        (ANA.name, everyone.id, "Van Ana"), (ANA.name, contact.id, "Van Ana"),
        ("Lea Demo", everyone.id, "Zuid"),
    ]  # fmt: skip
    page = said(client.get(link))
    assert ("Zuid" in page, "Van Ana" in page) == (True, False)
    assert "Zuid" not in said(client.get(mailed_link(ANA.email)))


def test_of_a_guest_no_other_answer_is_kept(party, asked):
    everyone, contact = asked
    with saving():
        actions.answer(
            party.guests[0], {everyone.id: "Zuid", contact.id: "Nee"}, by=party.contact, now=NOON
        )
    assert [known for known in given() if known[0] == "Lea Demo"] == [
        ("Lea Demo", everyone.id, "Zuid")
    ]


def test_what_is_needed_is_needed_of_a_guest_too(client, event, party, asked):
    needed = make_question(
        queries.form_of(event.id), "Nodig?", is_required=True, asked_of=AskedOf.EVERYONE
    )
    link = mailed_link(LEA, "guest")
    answer = client.post(f"{link}/answers", data={f"question_{asked[0].id}": "Zuid"})
    assert answer.status_code == 422
    assert 'value="Zuid"' in answer.text
    assert f"question_{needed.id}-error" in answer.text
    tim = party.guests[1]
    path = f"{mailed_link(ANA.email)}/guests/{tim.id}/answers"
    assert client.post(path, data={f"question_{asked[0].id}": "Noord"}).status_code == 303


def test_the_contact_answers_for_a_guest(client, party, asked):
    link, tim = mailed_link(ANA.email), party.guests[1]
    path = f"{link}/guests/{tim.id}/answers"
    assert path in client.get(f"{link}/change").text
    assert "Antwoorden van Tim Demo" in said(client.get(path))
    data = {f"question_{asked[0].id}": "Noord"}
    assert client.post(path, data=data).location == f"{link}/change"
    assert ("Tim Demo", asked[0].id, "Noord") in given()
    assert 'value="Noord"' in client.get(path).text
    client.post(path, data={f"question_{asked[0].id}": ""})
    assert "Tim Demo" not in {name for name, *_ in given()}


def consent(event):
    settings = {"words": {"nl": "Ik mag op de foto."}, "version": 1}
    return make_question(
        queries.form_of(event.id), "Foto?", kind="consent", settings=settings,
        asked_of=AskedOf.EVERYONE,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["Lea Demo", "Tim Demo"])
def test_nobody_agrees_for_somebody_else(client, event, party, asked, name):
    """Whether the guest has an address or not."""
    question = consent(event)
    [guest] = [one for one in party.guests if one.name == name]
    path = f"{mailed_link(ANA.email)}/guests/{guest.id}/answers"
    page = client.get(path)
    assert f'name="question_{question.id}"' not in page.text
    assert "Niemand kan akkoord gaan voor een ander: Foto?." in said(page)
    data = {f"question_{asked[0].id}": "Noord", f"question_{question.id}": "1"}
    assert client.post(path, data=data).status_code == 409
    assert [row for row in given() if row[0] == name] == []
    data.popitem()
    assert client.post(path, data=data).status_code == 303
    assert [row[1:] for row in given() if row[0] == name] == [(asked[0].id, "Noord")]


def test_a_guest_agrees_on_the_own_page_and_the_contact_leaves_that(client, event, party, asked):
    question, link = consent(event), mailed_link(LEA, "guest")
    client.post(f"{link}/answers", data={f"question_{question.id}": "1"})
    contact = f"{mailed_link(ANA.email)}/guests/{party.guests[0].id}/answers"
    client.post(contact, data={f"question_{asked[0].id}": "Noord"})
    assert {row[1] for row in given() if row[0] == "Lea Demo"} == {asked[0].id, question.id}
    assert "Akkoord op" in said(client.get(link))


def test_where_everyone_is_asked_to_agree_alone_the_contact_has_no_page_for_it(client, event):
    consent(event)
    party = registered(event, replace(ANA, guests=("Lea",), guest_addresses=(LEA,)))
    path = f"{mailed_link(ANA.email)}/guests/{party.guests[0].id}/answers"
    assert path not in client.get(f"{mailed_link(ANA.email)}/change").text
    assert client.get(path).status_code == 404
    jobs.tell_guests()
    assert client.get(f"{mailed_link(LEA, 'guest')}/answers").status_code == 200


def test_nobody_answers_for_the_guest_of_another(client, event, party, asked):
    registered(event, RUI)
    for person in party.participants:
        path = f"{mailed_link(RUI.email)}/guests/{person.id}/answers"
        assert client.post(path, data={f"question_{asked[0].id}": "x"}).status_code == 404
    own = f"{mailed_link(ANA.email)}/guests/{party.contact.id}/answers"
    assert client.get(own).status_code == 404


def test_where_nothing_is_asked_of_everyone_there_is_no_page(client, event):
    party = registered(event, replace(ANA, guests=("Lea",), guest_addresses=(LEA,)))
    jobs.tell_guests()
    link = mailed_link(LEA, "guest")
    assert f"{link}/answers" not in client.get(link).text
    assert client.get(f"{link}/answers").status_code == 404
    page = client.get(f"{mailed_link(ANA.email)}/change").text
    assert f"/guests/{party.guests[0].id}/" not in page


def test_a_file_of_a_guest_is_theirs_to_see_and_goes_with_them(app, client, desk, event, party):
    poster = make_question(
        queries.form_of(event.id), "Poster?", kind="file", asked_of=AskedOf.EVERYONE
    )
    link = mailed_link(LEA, "guest")
    with encoded({}, f"question_{poster.id}", "lea.pdf", pdf("Lea")) as body:
        assert client.post(f"{link}/answers", **body).status_code == 303
    answer = db.session.scalars(select(Answer).where(Answer.file.is_not(None))).one()
    assert client.get(f"{link}/files/{answer.id}").data == pdf("Lea")
    contact = mailed_link(ANA.email)
    assert client.get(f"{contact}/files/{answer.id}").status_code == 404
    page = client.get(f"{contact}/guests/{party.guests[0].id}/answers")
    assert "lea.pdf" in page.text
    assert f"/files/{answer.id}" not in page.text
    there = f"/desk/registrations/{event.id}/{party.id}"
    assert f"{there}/files/{answer.id}" in desk.get(there).text
    assert desk.get(f"{there}/files/{answer.id}").data == pdf("Lea")
    client.post(f"{link}/leave")
    assert stored(app) == set()


def test_the_list_as_a_table_has_what_guests_answered(client, desk, event, party, asked):
    link = mailed_link(ANA.email)
    for guest, words in zip(party.guests, ("Zuid", "Noord"), strict=True):
        path = f"{link}/guests/{guest.id}/answers"
        client.post(path, data={f"question_{asked[0].id}": words})
    text = desk.get(f"/desk/registrations/{event.id}/list.csv").text.lstrip("\ufeff")
    head, row = csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ",")
    table = dict(zip(head, row, strict=True))
    assert table["Welke zaal?"] == "Van Ana"
    assert table["Welke zaal? (gasten)"] == "Lea Demo: Zuid; Tim Demo: Noord"
    assert "Welk merk? (gasten)" not in table


def test_a_guest_reads_the_own_answers_in_the_file(client, party, asked):
    link = mailed_link(LEA, "guest")
    client.post(f"{link}/answers", data={f"question_{asked[0].id}": "Zuid"})
    [known] = queries.guest_held_on(LEA, shown=questions.shown)
    assert known["answers"] == [{"question": "Welke zaal?", "answer": "Zuid"}]


# -- while the form is open


def closes(event, at):
    make_form(event, capacity=9, closes_at=at)


def test_when_the_form_has_closed_answers_stay_and_the_rest_may_change(client, event, party, asked):
    link = mailed_link(ANA.email)
    closes(event, NOON - timedelta(seconds=1))
    page = client.get(f"{link}/change")
    assert f'name="question_{asked[0].id}"' not in page.text
    assert "Van Ana" in said(page)
    assert "De aanmelding is gesloten" in said(page)
    more = {"guest_1": "Lea Demo", "guest_2": "Tim Demo"}
    assert client.post(f"{link}/change", data={"name": "Ana Nieuw", **more}).status_code == 303
    assert {name for name, *_ in given()} == {"Ana Nieuw"}


def test_who_has_the_page_open_while_the_form_closes_is_told(client, event, party, asked):
    link, guest = mailed_link(ANA.email), mailed_link(LEA, "guest")
    before, late = given(), {f"question_{asked[0].id}": "Te laat"}
    closes(event, NOON - timedelta(seconds=1))
    answer = client.post(f"{link}/change", data={"name": "Ana Nieuw", **late})
    assert answer.status_code == 409
    assert "Er is nog niets opgeslagen." in said(answer)
    assert 'value="Ana Nieuw"' in answer.text
    assert client.post(f"{guest}/answers", data=late).status_code == 409
    tim = f"{link}/guests/{party.guests[1].id}/answers"
    assert client.post(tim, data=late).status_code == 409
    assert given() == before
    assert "De aanmelding is gesloten" in said(client.get(f"{guest}/answers"))
    assert f"{guest}/answers" not in client.get(guest).text


def test_without_a_closing_time_it_is_open_until_the_event_begins(client, event, party, noon):
    link = f"{mailed_link(LEA, 'guest')}/answers"
    noon.set(event.starts_at - timedelta(seconds=1))
    assert "<form" in client.get(link).text
    noon.set(event.starts_at)
    assert "De aanmelding is gesloten" in said(client.get(link))


# -- at the desk


def test_an_organiser_chooses_whom_a_question_is_asked(client, desk, event):
    path = f"/desk/registrations/{event.id}/questions/new/text"
    data = {"label_nl": "Welke zaal?", "purpose_nl": "Om te verdelen.", "visible_to": "organisers",
            "wipe_after_days": "30", "asked_of": "everyone"}  # fmt: skip
    assert desk.post(path, data=data).status_code == 303
    [question] = queries.form_of(event.id).questions
    assert question.asked_of is AskedOf.EVERYONE
    path = f"/desk/registrations/{event.id}/questions/{question.id}"
    [chosen] = html.fromstring(desk.get(path).text).xpath("//input[@name='asked_of'][@checked]")
    assert chosen.get("value") == "everyone"


# -- guests of one name


NAMES = ("Jan Jansen", "jan jansen", "Jan Jansen", "Lea Demo")
TOLD_APART = (
    "Jan Jansen (jan1@example.org)", "jan jansen (jan2@example.org)", "Jan Jansen (gast 3)",
    "Lea Demo",
)  # fmt: skip
BY_NUMBER = (
    "Jan Jansen (gast 1)", "jan jansen (gast 2)", "Jan Jansen (gast 3)", "Lea Demo",
)  # fmt: skip


@pytest.fixture
def namesakes(event):
    """Three guests of one name, of whom two have an address; each answered."""
    make_form(event, capacity=9, guests_max=4)
    question = make_question(queries.form_of(event.id), "Maat?", asked_of=AskedOf.EVERYONE)
    addresses = ("jan1@example.org", "jan2@example.org", "", LEA)
    one = registered(event, replace(ANA, guests=NAMES, guest_addresses=addresses))
    with saving():
        for guest, size in zip(one.guests, "SMLX", strict=True):
            actions.answer(guest, {question.id: size}, by=one.contact, now=NOON)
    return one


@pytest.mark.parametrize(
    ("role", "names"), [(Role.ORGANISER, TOLD_APART), (Role.DOOR, BY_NUMBER)]
)  # fmt: skip
def test_the_desk_tells_guests_of_one_name_apart(app, event, namesakes, role, names):
    """By address, for whoever sees those; else by number."""
    question = queries.form_of(event.id).questions[0]
    with saving():
        question.visible_to = VisibleTo.DOOR
    browser = signed_in(app, role)
    there = f"/desk/registrations/{event.id}"
    page = said(browser.get(f"{there}/{namesakes.id}"))
    for name, size in zip(names, "SMLX", strict=True):
        assert f"Antwoorden van {name}Maat?{size}" in page
        assert (f"Wis {name}" in page) is (role is Role.ORGANISER)
    assert ", ".join(names) in page
    text = browser.get(f"{there}/list.csv").text.lstrip("\ufeff")
    head, row = csv.reader(io.StringIO(text), delimiter=";")
    table = dict(zip(head, row, strict=True))
    assert table["Gasten"] == ", ".join(names)
    assert table["Maat? (gasten)"] == "; ".join(
        f"{name}: {size}" for name, size in zip(names, "SMLX", strict=True)
    )


def test_the_desk_says_whose_address_is_whose(desk, event, namesakes):
    whose = (
        "Jan Jansen <jan1@example.org>, jan jansen <jan2@example.org>, Lea Demo <lea@example.org>"
    )
    there = f"/desk/registrations/{event.id}"
    assert whose in said(desk.get(f"{there}/{namesakes.id}"))
    assert whose in desk.get(f"{there}/list.csv").text


def test_the_contact_tells_guests_of_one_name_apart_by_number(client, namesakes):
    """Not by address: that would say which of them we know."""
    link = mailed_link(ANA.email)
    page = html.fromstring(client.get(f"{link}/change").text)
    links = {each.text_content().strip(): each.get("href") for each in page.xpath("//ul//a")}
    wanted = {f"Antwoorden van {name}" for name in BY_NUMBER}
    assert {words for words in links if words.startswith("Antwoorden van")} == wanted
    for words in wanted:
        answers = html.fromstring(client.get(links[words]).text)
        assert answers.xpath("string(//h1)").strip() == words


def test_a_guest_with_the_name_of_the_contact_is_told_apart_too(client, event):
    make_question(queries.form_of(event.id), "Maat?", asked_of=AskedOf.EVERYONE)
    registered(event, replace(ANA, guests=(ANA.name,)))
    page = client.get(f"{mailed_link(ANA.email)}/change")
    assert f"Antwoorden van {ANA.name} (gast 1)" in said(page)
