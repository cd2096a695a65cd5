"""A link that confirms something, pressed when that is so already: it undoes nothing of later."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from events_app.core.db import Base, db
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_invitation
from tests.factories.newsletters import letters_to
from tests.factories.registrations import ANA, mailed_link, make_form, make_question, registered
from tests.registrations.test_transfers import NEW, SAM, ask, button, offer

MARK = re.compile(r'name="confirmed" value="([^"]+)"')
THIRD = "derde@example.org"
TABLES = [
    table
    for table in Base.metadata.sorted_tables
    if table.name not in ("rate_count", "spent_key", "subscription_request")
]


def held():
    """All that the house holds, but what it counts and what waits to be confirmed."""
    db.session.rollback()
    return {table.name: db.session.execute(select(table)).all() for table in TABLES}


def a_form():
    event = make_event(capacity=5)
    return make_form(event, capacity=5, guests_max=2), event


def changed(client, link, **more):
    page = client.get(f"{link}/change").text
    data = {"name": "Later Demo", "confirmed": MARK.search(page)[1], **more}
    assert client.post(f"{link}/change", data=data).status_code == 303


def newsletter(client):
    wish = {"email": ANA.email, "name": "Eerst", "language": "nl", "agreed": "y"}
    letters = []
    for themes in (["energie"], ["water"]):
        client.post("/newsletter/", data={**wish, "themes": themes})
        letters.append(urlsplit(letters_to(ANA.email)[-1].slots["link"][1]).path)
    own = client.post(letters[1]).location
    mark = MARK.search(client.get(own).text)[1]
    chosen = {"name": "Later", "language": "en", "themes": ["chemie"], "confirmed": mark}
    assert client.post(own, data=chosen).status_code == 303
    return letters[0], {}


def what_is_held(client):
    _form, event = a_form()
    registered(event, ANA, must_confirm=True)
    link = mailed_link(ANA.email)
    client.post(f"{link}/confirm")
    changed(client, link)
    return f"{link}/confirm", {}


def address(client):
    _form, event = a_form()
    registered(event, ANA)
    for email in (NEW, THIRD):
        ask(client, mailed_link(ANA.email if email == NEW else NEW), email)
        client.post(button(email))
    changed(client, mailed_link(THIRD))
    return button(NEW), {}


def hand_over(client):
    form, event = a_form()
    question = make_question(form)
    registered(event, ANA)
    offer(client, mailed_link(ANA.email))
    data = {"name": "Sam Eerst", f"question_{question.id}": "Ja"}
    client.post(button(SAM), data=data)
    changed(client, mailed_link(SAM), **{f"question_{question.id}": "Nee"})
    return button(SAM), data


def invitation(client):
    _form, event = a_form()
    made = make_invitation(event, make_ambassador())
    link = urlsplit(letters_to(made.email)[-1].slots["link"][1]).path
    data = {"name": "Ben Demo", "email": made.email, "organisation": "Eerst"}
    assert client.post(f"{link}/accept", data=data).status_code == 303
    changed(client, mailed_link(made.email), organisation="Later")
    return f"{link}/accept", data


@pytest.mark.parametrize("way", [newsletter, what_is_held, address, hand_over, invitation])
def test_pressed_when_it_is_so_already_it_changes_nothing(client, way):
    link, data = way(client)
    before = held()
    answer = client.post(link, data=data, follow_redirects=True)
    assert answer.status_code == 200
    assert held() == before
