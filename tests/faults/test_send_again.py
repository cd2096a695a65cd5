"""A page that says that it did not work now gives back what was sent, with a button to send it."""

import io
import re
import sqlite3
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import func, select

from events_app.accounts.actions import begin_session, end_session
from events_app.accounts.models import Role
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Event
from events_app.registrations.models import Answer, Registration
from events_app.registrations.questions import KINDS
from tests.conftest import SERVER, signed_in
from tests.factories.events import make_event
from tests.factories.registrations import make_form, make_question
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


# -- with a file


@contextmanager
def busy():
    """SQLite's one writer is somebody else."""
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield
        writer.execute("ROLLBACK")


@pytest.mark.skipif(bool(SERVER), reason="SQLite's one writer is what is busy here")
@pytest.mark.parametrize("is_required", [False, True])
def test_a_file_that_a_browser_does_not_keep_is_asked_for_again(careful, is_required):
    event = make_event(slug="avond", capacity=9)
    question = make_question(make_form(event, capacity=9), kind="file", is_required=is_required)
    [sent] = KINDS["file"].sample().sent
    name, content, path = f"question_{question.id}", sent.read(), "/events/avond/register"

    def file():
        return io.BytesIO(content), "Mijn <cv>.pdf"

    typed = {"name": "Ana", "email": "ana@example.org"}
    typed["csrf_token"] = hidden("csrf_token", careful.get(path).text)
    with busy():
        answer = careful.post(path, data={**typed, name: file()})
    assert answer.status_code == 503
    assert "Kies “Mijn &lt;cv&gt;.pdf” opnieuw" in answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    back = given_back(answer, path)
    assert (back["name"], back[name]) == ("Ana", "Mijn <cv>.pdf")
    without = careful.post(path, data=back)
    assert without.status_code == 200
    assert "U koos “Mijn &lt;cv&gt;.pdf”" in without.text
    assert people() == 0
    once_more = {key: value for key, value in back.items() if key != name}
    assert careful.post(path, data={**once_more, name: file()}).status_code == 303
    assert (people(), db.session.scalars(select(Answer)).one().value["name"]) == (1, "Mijn cv.pdf")


@pytest.mark.skipif(bool(SERVER), reason="SQLite's one writer is what is busy here")
def test_who_leaves_the_file_out_after_that_registers(careful):
    event = make_event(slug="avond", capacity=9)
    question = make_question(make_form(event, capacity=9), kind="file")
    typed = {"name": "Ana", "email": "ana@example.org"}
    path = "/events/avond/register"
    typed["csrf_token"] = hidden("csrf_token", careful.get(path).text)
    refused = careful.post(path, data={**typed, f"question_{question.id}": "cv.pdf"})
    assert (refused.status_code, people()) == (200, 0)
    assert 'value="cv.pdf"' not in refused.text
    assert careful.post(path, data=typed).status_code == 303
    assert people() == 1


def people():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Registration))


# -- signed out meanwhile

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def open_form(desk, event):
    path = f"/desk/events/{event.id}/edit"
    [form] = [
        each for each in every_form_on(desk.get(path).text, path) if "title_nl" in each.shown()
    ]
    return path, form.shown() | {"title_nl": "Een nieuwe titel die lang is"}


def signed_out_here(desk):
    page = desk.get("/desk/").text
    answer = desk.post("/sign-out", data={"csrf_token": hidden("csrf_token", page)})
    assert answer.status_code == 303


def signed_out_elsewhere(desk):
    with desk.session_transaction() as session:
        key = session["desk"]
    with saving():
        end_session(key)


@pytest.mark.parametrize("sign_out", [signed_out_here, signed_out_elsewhere])
def test_who_is_signed_out_while_typing_sends_it_after_signing_in(app, sign_out):
    event = make_event("Oud", summary="Kort.")
    app.config["WTF_CSRF_ENABLED"] = True
    desk = signed_in(app, Role.OWNER)
    path, typed = open_form(desk, event)
    sign_out(desk)
    answer = desk.post(path, data=typed, headers=FROM_HERE)
    assert answer.status_code == 403
    assert "U bent uitgelogd" in answer.text
    assert "stond te lang open" not in answer.text
    assert 'href="/sign-in?next=/desk/" target="_blank"' in answer.text
    back = given_back(answer, path)
    assert back["title_nl"] == "Een nieuwe titel die lang is"
    with desk.session_transaction() as session, app.test_client() as _other:
        fresh = signed_in_again(app, desk.staff)
        session.clear()
        session["desk"] = fresh
    answer = desk.post(path, data=back, headers=FROM_HERE)
    assert answer.status_code == 400, "its token is of the session before"
    assert "Er is nog niets gebeurd." in answer.text
    assert desk.post(path, data=given_back(answer, path), headers=FROM_HERE).status_code == 303
    assert db.session.get(Event, event.id, populate_existing=True).title["nl"] == back["title_nl"]


def signed_in_again(app, member):
    with saving():
        return begin_session(db.session.merge(member), now=clock.now())


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_another_site_gets_nothing_back(app, headers):
    event = make_event("Oud", summary="Kort.")
    desk = signed_in(app, Role.OWNER)
    path, typed = open_form(desk, event)
    signed_out_elsewhere(desk)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = desk.post(path, data=typed, headers=headers)
    assert answer.status_code == 400
    assert "Een nieuwe titel die lang is" not in answer.text


def test_a_form_of_everybody_that_was_open_for_too_long_is_kept_too(careful):
    typed = QUESTION | {"csrf_token": "of another session"}
    answer = careful.post("/contact", data=typed, headers={"Origin": "http://localhost"})
    assert answer.status_code == 400
    back = given_back(answer, "/contact")
    assert back["name"] == QUESTION["name"]
    assert careful.post("/contact", data=back).status_code == 303
    assert questions() == 1
