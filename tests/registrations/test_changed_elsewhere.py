"""A page of one's own is open twice: what was saved on the other is not undone unseen."""

from dataclasses import replace

import pytest
from lxml import html
from sqlalchemy import delete
from werkzeug.datastructures import MultiDict

from events_app.core.db import db, saving
from events_app.registrations import jobs
from events_app.registrations.models import Answer, AskedOf, Question, Registration
from events_app.registrations.questions.file.sample import pdf
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    has,
    ids,
    mailed_link,
    make_applicant,
    make_form,
    make_options,
    make_question,
    registered,
)
from tests.registrations.test_sent_files import encoded
from tests.registrations.test_transfers import said

ELSEWHERE = "Deze aanmelding is gewijzigd nadat u de pagina opende"


@pytest.fixture
def opened(client):
    """The page, the registration, the group of options and the question."""
    event = make_event(capacity=5)
    form = make_form(event, capacity=5)
    question, group = make_question(form), make_options(form, None, None)
    one = registered(event, make_applicant(1, options=ids(group, "A")))
    page = f"{mailed_link(one.email)}/change"
    return page, fields_on(client.get(page)), one, group, question


def fields_on(answer):
    form = next(one for one in html.fromstring(answer.text).forms if "confirmed" in one.fields)
    return dict(MultiDict(form.form_values()))


def stored(one):
    db.session.expire_all()
    answers = [answer.value for answer in one.contact.answers]
    return one.contact.organisation, one.contact.diet, has(one), answers


def test_what_was_saved_on_another_page_is_not_undone_unseen(app, client, opened):
    page, old, one, group, question = opened
    theirs = {f"options_{group.id}": str(ids(group, "B")[0]), f"question_{question.id}": "Ja"}
    assert client.post(page, data=old | theirs | {"diet": "Noten"}).status_code == 303
    after = stored(one)
    assert after == ("", "Noten", "B", ["Ja"])
    other = app.test_client()
    answer = other.post(page, data=old | {"organisation": "ROC"})
    assert answer.status_code == 409
    assert ELSEWHERE in " ".join(html.fromstring(answer.text).text_content().split())
    assert 'value="ROC"' in answer.text
    assert stored(one) == after
    again = fields_on(answer)
    assert other.post(page, data=again).status_code == 303
    assert stored(one) == ("ROC", "", "A", [])


def test_what_is_asked_no_more_is_said_before_that_something_changed(client, opened):
    page, old, _one, _group, question = opened
    name = f"question_{question.id}"
    assert client.post(page, data=old | {name: "Ja"}).status_code == 303
    again = fields_on(client.get(page))
    with saving():
        db.session.execute(delete(Answer).where(Answer.question_id == question.id))
        db.session.execute(delete(Question).where(Question.id == question.id))
    answer = client.post(page, data=again | {name: "Nee"})
    assert answer.status_code == 409
    assert "wordt niet meer gevraagd" in answer.text


def test_a_page_that_is_sent_twice_is_saved_once_and_blames_nobody(client, opened):
    page, old, one, *_ = opened
    for _ in range(2):
        assert client.post(page, data=old | {"organisation": "ROC"}).status_code == 303
    assert stored(one)[0] == "ROC"


def test_a_page_that_nothing_was_changed_beside_is_saved(client, opened):
    page, old, one, *_ = opened
    assert client.post(page, data=old | {"diet": "Noten"}).status_code == 303
    assert stored(one)[1] == "Noten"


# -- a party: the contact's page, and the answers of a guest on two pages

LEA = "lea@example.org"
ANSWERED_BY = ["the guest", "the contact"]


@pytest.fixture
def party(app):
    """Ana with Lea, who has an address and so a page of her own, and Tim."""
    event = make_event(capacity=9)
    form = make_form(event, capacity=9, guests_max=3)
    for label in ("Welke zaal?", "Welke groep?"):
        make_question(form, label, asked_of=AskedOf.EVERYONE)
    guests = {"guests": ("Lea Demo", "Tim Demo"), "guest_addresses": (LEA,)}
    one = registered(event, replace(ANA, **guests))
    jobs.tell_guests()
    return one


def answers_of_lea(party, by):
    if by == "the guest":
        return f"{mailed_link(LEA, 'guest')}/answers"
    return f"{mailed_link(ANA.email)}/guests/{party.guests[0].id}/answers"


def people(party):
    """Who comes, with whatever they answered."""
    db.session.expire_all()
    return [
        (each.name, each.email, sorted(str(answer.value) for answer in each.answers))
        for each in db.session.get_one(Registration, party.id).participants
    ]


@pytest.mark.parametrize("last", ANSWERED_BY)
@pytest.mark.parametrize("first", ANSWERED_BY)
def test_an_answer_that_was_given_meanwhile_is_not_taken_away(app, party, first, last):
    hall, group = (f"question_{question.id}" for question in party.form.questions)
    one, other = app.test_client(), app.test_client()
    page = answers_of_lea(party, last)
    old = fields_on(other.get(page))
    sent = fields_on(one.get(answers_of_lea(party, first))) | {hall: "Zuid"}
    assert one.post(answers_of_lea(party, first), data=sent).status_code == 303
    after = people(party)
    answer = other.post(page, data=old | {group: "Blauw"})
    assert answer.status_code == 409
    assert ELSEWHERE in said(answer)
    assert 'value="Blauw"' in answer.text
    assert people(party) == after
    again = fields_on(answer) | {hall: "Zuid"}
    assert other.post(page, data=again).status_code == 303
    assert people(party)[1] == ("Lea Demo", LEA, ["Blauw", "Zuid"])


@pytest.mark.parametrize("by", ANSWERED_BY)
def test_answers_that_are_sent_twice_are_saved_once_and_blame_nobody(client, party, by):
    hall, _group = (f"question_{question.id}" for question in party.form.questions)
    page = answers_of_lea(party, by)
    sent = fields_on(client.get(page)) | {hall: "Zuid"}
    for _twice in range(2):
        assert client.post(page, data=sent).status_code == 303
    assert people(party)[1][2] == ["Zuid"]


def test_a_file_that_was_replaced_meanwhile_stays(app, party):
    question = make_question(party.form, "Bijlage?", kind="file", asked_of=AskedOf.EVERYONE)
    own, page = answers_of_lea(party, "the guest"), answers_of_lea(party, "the contact")
    one, other = app.test_client(), app.test_client()

    def sends(words):
        sent = fields_on(one.get(own))
        with encoded(sent, f"question_{question.id}", f"{words}.pdf", pdf(words)) as body:
            assert one.post(own, **body).status_code == 303

    sends("Eerste")
    old = fields_on(other.get(page))
    sends("Tweede")
    after = people(party)
    assert other.post(page, data=old | {f"remove_{question.id}": "y"}).status_code == 409
    assert people(party) == after
    assert "Tweede.pdf" in after[1][2][0]


CHANGES = {
    "a name": {"guest_1": "Lea Demo-Jansen"},
    "an address": {"guest_2_email": "tim@example.org"},
    "one less": {"guest_2": ""},
    "one more": {"guest_3": "Iris Demo"},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_guest_stays_as_changed_meanwhile(app, party, what):
    one, other, page = app.test_client(), app.test_client(), f"{mailed_link(ANA.email)}/change"
    old = fields_on(other.get(page))
    assert one.post(page, data=fields_on(one.get(page)) | CHANGES[what]).status_code == 303
    after = people(party)
    answer = other.post(page, data=old | {"organisation": "ROC"})
    assert answer.status_code == 409
    assert ELSEWHERE in said(answer)
    assert people(party) == after
    assert 'value="ROC"' in answer.text
    assert other.post(page, data=fields_on(answer)).status_code == 303
    assert stored(db.session.get_one(Registration, party.id))[0] == "ROC"
