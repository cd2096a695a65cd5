"""One's own change page is open twice: what was saved on the other is not undone unseen."""

import pytest
from lxml import html
from sqlalchemy import delete
from werkzeug.datastructures import MultiDict

from events_app.core.db import db, saving
from events_app.registrations.models import Answer, Question
from tests.factories.events import make_event
from tests.factories.registrations import (
    has,
    ids,
    mailed_link,
    make_applicant,
    make_form,
    make_options,
    make_question,
    registered,
)

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
    form = next(one for one in html.fromstring(answer.text).forms if "name" in one.fields)
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
