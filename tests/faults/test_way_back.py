"""Whoever is refused at a personal link finds the way back to the page of that link."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html

from events_app.registrations import jobs
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.registrations import ANA, RUI, mailed_link, make_form, registered
from tests.faults.doors import DOORS

pytestmark = pytest.mark.once

PERSONAL = {}
for door in DOORS:
    if "{token}" in door.address and "/sign-in/" not in door.address:
        PERSONAL.setdefault(door.address, door)
RUBBISH = {"email": "x", "name": "n" * 9999, "confirmed": "older", "reason": "r" * 9999}


def leads_back(answer, own):
    found = html.fromstring(answer.text).xpath("//a/@href | //form/@action")
    return own in {each.partition("?")[0] for each in found}


def title(answer):
    return html.fromstring(answer.text).findtext(".//title")


def refusals(house, door):
    """How this door was asked by who may open it, and led nowhere."""
    visitor = house.holder(door.who)
    before, _token, after = door.address.partition("{token}")
    own = house.path(before) + visitor.token
    shown = title(visitor.ask(house.app, own))
    missing = {name: 999_999 for name in house.at if name not in {"slug", "kit_code", "event"}}
    asked = [
        (method, where, data)
        for where in (
            house.path(door.address, visitor),
            door.address.format(**{**house.at, **missing}, token=visitor.token),
            own + after.translate(str.maketrans("", "", "{}")),
        )
        for method, data in (("GET", None), ("POST", None), ("POST", RUBBISH), ("PUT", None))
    ]
    found = []
    for method, where, data in asked:
        answer = visitor.ask(house.app, where, method, data=data)
        house.kept.back(house.kept.changed())
        is_refused = 400 <= answer.status_code < 500
        if is_refused and not title(answer).endswith(shown) and not leads_back(answer, own):
            found.append((method, where, answer.status_code))
    return found


@pytest.mark.parametrize("address", PERSONAL)
def test_what_is_refused_at_a_personal_link_leads_back_to_its_page(house, address):
    assert refusals(house, PERSONAL[address]) == []


# -- what ended while a page of one's own was open


@pytest.fixture
def lapsed(app, noon, client):
    """Rui was offered a place, opened pages, and let it lapse."""
    event = make_event(capacity=1)
    make_form(event, capacity=1)
    ana = registered(event, ANA)
    registered(event, replace(RUI, guests=()))
    client.post(f"{mailed_link(ana.email)}/cancel")
    own = mailed_link(RUI.email)
    noon.set(NOON + timedelta(days=9))
    jobs.expire()
    return own


TYPED = {
    "change": {"name": "Rui de Demo", "organisation": "Een lange naam"},
    "address": {"email": "new@example.org"},
    "hand-over": {"email": "new@example.org", "name": "Nieuw Demo"},
    "accept": {}, "confirm": {}, "stay-online": {}, "take-back": {}, "cancel": {"confirmed": "old"},
}  # fmt: skip


@pytest.mark.parametrize("act", TYPED)
def test_what_lapsed_while_a_page_was_open_leads_back_to_their_own(client, lapsed, act):
    answer = client.post(f"{lapsed}/{act}", data=TYPED[act])
    if answer.status_code == 303:
        assert answer.location == lapsed
    else:
        assert answer.status_code == 409
        assert leads_back(answer, lapsed)
