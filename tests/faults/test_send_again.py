"""A page that says that it did not work now gives back what was sent, with a button to send it."""

import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import func, select

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage
from tests.conftest import SERVER
from tests.faults.visiting import every_form_on

QUESTION = {
    "name": 'Demo "Bezoeker" <b>', "email": "bezoeker@example.org",
    "words": "Hoe laat begint het?\r\n\r\nEn waar?",
}  # fmt: skip


def questions():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxMessage))


@pytest.fixture
def careful(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    return client


def hidden(name, page):
    return re.search(rf'name="{name}"[^>]* value="([^"]+)"', page)[1]


def given_back(answer, path):
    """What the button sends; None: there is none."""
    forms = [form for form in every_form_on(answer.text, path) if form.method == "POST"]
    assert len(forms) <= 1
    return {each.name: each.value for form in forms for each in form.fields} or None


@pytest.mark.skipif(bool(SERVER), reason="SQLite's one writer is what is busy here")
def test_what_was_typed_is_sent_once_more_when_the_database_is_free(careful):
    page = careful.get("/contact").text
    typed = QUESTION | {name: hidden(name, page) for name in ("once", "csrf_token")}
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        answer = careful.post("/contact", data=typed)
        strange = careful.post("/contact", data=QUESTION)
        writer.execute("ROLLBACK")
    assert (answer.status_code, questions()) == (503, 0)
    assert given_back(strange, "/contact") is None, "it did not come from a page of ours"
    sent = given_back(answer, "/contact")
    back = {name: sent[name].replace("\n", "\r\n") for name in QUESTION}
    assert back == QUESTION
    for _ in range(2):
        assert careful.post("/contact", data=sent).status_code == 303
        assert questions() == 1


def test_who_came_too_often_types_nothing_twice(careful):
    typed = {"email": "ana@example.org"}
    typed["csrf_token"] = hidden("csrf_token", careful.get("/partner").text)
    answers = [careful.post("/partner", data=typed) for _ in range(11)]
    assert [each.status_code for each in answers] == [*[200] * 10, 429]
    assert given_back(answers[-1], "/partner")["email"] == "ana@example.org"


def test_who_only_looked_gets_no_such_button(client):
    assert given_back(client.get("/nowhere"), "/nowhere") is None
