"""What people change of their answers by their own link."""

import pytest
from lxml import html
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from events_app.core import files
from events_app.core.db import db, saving
from events_app.registrations import letters, questions, rules
from events_app.registrations.models import Answer, Participant, Question
from events_app.registrations.questions import KINDS
from events_app.registrations.questions.file.sample import pdf
from tests.conftest import NOON, dealt
from tests.factories.events import make_event
from tests.factories.registrations import ANA, make_applicant, make_form, make_question, registered
from tests.registrations.test_sent_files import encoded, stored

APART = {"file"}
"""Kinds whose field cannot show an answer."""


@pytest.fixture
def event(app):
    return make_event(slug="avond", capacity=9)


def answered(event, kind, *, value=None, **fields):
    """A question of this kind and Ana's answer to it; her page."""
    question = make_question(make_form(event, capacity=9), "De vraag?", kind=kind, **fields)
    if value is None:
        value = questions.answered(question, KINDS[kind].sample().sent, now=NOON)
    ana = registered(event, make_applicant(1, answers={question.id: value}))
    return question, f"/registration/{letters.token(ana.contact)}"


def as_it_stands(client, link):
    page = html.fromstring(client.get(f"{link}/change").text)
    [form] = page.xpath("//form[.//*[@name='organisation']]")
    return MultiDict(form.form_values())


def rows():
    db.session.expire_all()
    return [(answer.value, answer.file) for answer in db.session.scalars(select(Answer))]


@pytest.mark.parametrize("kind", dealt(KINDS))
def test_what_is_left_alone_stays_as_it_is(client, event, noon, kind):
    _question, link = answered(event, kind)
    before = rows()
    noon.set(NOON.replace(hour=15))
    assert client.post(f"{link}/change", data=as_it_stands(client, link)).status_code == 303
    assert rows() == before


@pytest.mark.parametrize("kind", dealt(sorted(KINDS.keys() - APART)))
def test_an_answer_of_each_kind_is_taken_away(client, event, kind):
    question, link = answered(event, kind)
    data = as_it_stands(client, link)
    assert f"remove_{question.id}" not in data
    data.setlist(f"question_{question.id}", [])
    if kind not in ("choices", "consent"):
        data[f"question_{question.id}"] = ""
    assert client.post(f"{link}/change", data=data).status_code == 303
    assert rows() == []


@pytest.mark.parametrize("kind", dealt(KINDS))
def test_a_question_that_was_left_open_is_answered_later(app, client, event, kind):
    question = make_question(make_form(event, capacity=9), kind=kind)
    link = f"/registration/{letters.token(registered(event, ANA).contact)}"
    data = as_it_stands(client, link)
    data.setlist(f"question_{question.id}", KINDS[kind].sample().sent)
    assert client.post(f"{link}/change", data=data).status_code == 303
    assert len(rows()) == 1


@pytest.mark.parametrize("kind", dealt(KINDS))
def test_an_answer_that_is_needed_cannot_be_taken_away(client, event, kind):
    question, link = answered(event, kind, is_required=True)
    before, data = rows(), as_it_stands(client, link)
    data.setlist(f"question_{question.id}", [])
    answer = client.post(f"{link}/change", data=data | {f"remove_{question.id}": "y"})
    assert answer.status_code == (303 if kind in APART else 200)
    assert rows() == before


def replaced(client, link, question, words, **more):
    data = dict(as_it_stands(client, link).items()) | more
    with encoded(data, f"question_{question.id}", "nieuw.pdf", pdf(words)) as body:
        return client.post(f"{link}/change", **body)


def test_another_file_takes_the_place_of_the_first_which_goes(app, client, event):
    question, link = answered(event, "file")
    [(_value, first)] = rows()
    assert replaced(client, link, question, "Nieuw").status_code == 303
    [(value, second)] = rows()
    assert stored(app) == {second} != {first}
    assert value["name"] == "nieuw.pdf"
    assert files.sent.read(second) == pdf("Nieuw")


def test_a_file_is_taken_away_by_its_box(app, client, event):
    question, link = answered(event, "file")
    data = as_it_stands(client, link) | {f"remove_{question.id}": "y"}
    assert "Voorbeeld.pdf (1 kB)" in client.get(f"{link}/change").text
    assert client.post(f"{link}/change", data=data).status_code == 303
    assert rows() == []
    assert stored(app) == set()


def test_a_change_that_is_refused_leaves_the_first_file_alone(app, client, event):
    question, link = answered(event, "file")
    before = rows()
    answer = replaced(client, link, question, "Nieuw", organisation="x" * 500)
    assert answer.status_code == 200
    assert f'id="question_{question.id}-lost"' in answer.text
    assert rows() == before
    assert stored(app) == {before[0][1]}


def test_who_agreed_to_earlier_words_keeps_that_until_they_agree_to_the_new_ones(client, event):
    question, link = answered(event, "consent")
    [(first, _file)] = rows()
    with saving():
        words = {"words": {"nl": "Iets anders."}, "version": 2}
        db.session.get(Question, question.id).settings = words
    page = client.get(f"{link}/change").text
    assert first["words"] in html.fromstring(page).text_content()
    assert "checked" not in page
    data = as_it_stands(client, link)
    client.post(f"{link}/change", data=data)
    assert rows() == [(first, None)]
    client.post(f"{link}/change", data=data | {f"question_{question.id}": "2"})
    [(second, _file)] = rows()
    assert (second["words"], second["version"]) == ("Iets anders.", 2)


@pytest.mark.parametrize(
    ("kind", "old", "new"), [("choice", "Avond", "Middag"), ("choices", ["Avond"], ["Middag"])]
)
def test_a_choice_that_is_no_longer_there_stays_until_another_one_is_made(
    client, event, kind, old, new
):
    question, link = answered(event, kind, value=old)
    assert "Avond" in client.get(f"{link}/change").text
    data = as_it_stands(client, link)
    assert client.post(f"{link}/change", data=data).status_code == 303
    assert rows() == [(old, None)]
    data[f"question_{question.id}"] = "Middag"
    assert client.post(f"{link}/change", data=data).status_code == 303
    assert rows() == [(new, None)]


def test_a_mistake_keeps_what_was_typed_and_changes_nothing(client, event):
    question, link = answered(event, "number")
    before, data = rows(), as_it_stands(client, link)
    assert data[f"question_{question.id}"] == "12,5"
    data |= {f"question_{question.id}": "veel"}
    data[f"question_{question.id}"] = "veel"
    answer = client.post(f"{link}/change", data=data)
    assert answer.status_code == 200
    assert 'value="veel"' in answer.text
    assert rows() == before


def test_nobody_answers_for_another(client, event):
    question, _link = answered(event, "text")
    other = registered(event, make_applicant(2))
    link = f"/registration/{letters.token(other.contact)}"
    client.post(f"{link}/change", data={"name": "Gast 2", f"question_{question.id}": "Van mij"})
    db.session.expire_all()
    wanted = select(Participant.email, Answer.value).join(
        Answer, Answer.participant_id == Participant.id
    )
    assert sorted(db.session.execute(wanted).all()) == [
        ("guest1@example.org", "Werkplaats Zuid"), ("guest2@example.org", "Van mij"),
    ]  # fmt: skip


@pytest.mark.parametrize("deed", ["stays at home", "is wiped", "is wiped afterwards"])
def test_what_a_guest_answered_goes_with_the_guest(app, client, desk, event, noon, deed):
    question = make_question(make_form(event, capacity=9, guests_max=1), kind="file")
    registration = registered(event, make_applicant(1, guests=("Gast",)))
    value = questions.answered(question, KINDS["file"].sample().sent, now=NOON)
    guest = registration.participants[1]
    with saving():
        db.session.add(
            Answer(participant_id=guest.id, question_id=question.id, **rules.answer_columns(value))
        )
    assert len(stored(app)) == 1
    if deed == "stays at home":
        link = f"/registration/{letters.token(registration.contact)}"
        data = as_it_stands(client, link)
        data["guest_1"] = ""
        assert client.post(f"{link}/change", data=data).status_code == 303
    else:
        noon.set(NOON if deed == "is wiped" else event.ends_at)
        erase = f"/desk/registrations/{event.id}/{registration.id}/guests/{guest.id}/erase"
        assert desk.post(erase).status_code == 303
    assert rows() == []
    assert stored(app) == set()
