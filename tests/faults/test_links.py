"""No page of the desk, and nobody's own page, offers its reader a link that leads nowhere, or that
they may not open.
"""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.events.models import Event, Status
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.faults.doors import DOORS
from tests.faults.scene import ROLES

LOST = {403, 404, 410}


def links(house, visitor):
    """Each address that a page of the desk, or of their own, offers, with the page."""
    found = {}
    for door in DOORS:
        if door.method != "GET" or not door.is_private or not door.is_open_to(visitor):
            continue
        path = house.path(door.address, visitor)
        answer = visitor.ask(house.app, path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for href in html.fromstring(answer.text).xpath("//main//a/@href"):
            address = href.partition("#")[0].removeprefix("http://localhost")
            if address.startswith("/"):
                found.setdefault(address, path)
    return found


def lost(house, visitor):
    """Those that lead nowhere; what looking wrote is put back."""
    found = [
        f"{page}: {address} {status}"
        for address, page in links(house, visitor).items()
        if (status := visitor.ask(house.app, address).status_code) in LOST
    ]
    house.kept.back(house.kept.changed())
    return found


@pytest.mark.once
@pytest.mark.parametrize("role", ROLES)
def test_each_link_of_the_desk_opens_to_who_reads_it(house, role):
    visitor = next(each for each in house.visitors if each.kind == role)
    assert lost(house, visitor) == []


def put_away(house, *, days):
    """All public events, so long before or after their day."""
    with house.app.app_context(), saving():
        for event in db.session.scalars(select(Event).where(Event.status == Status.PUBLISHED)):
            event.status = Status.ARCHIVED
            event.starts_at = event.ends_at = NOON + timedelta(days=days)


OWN = ("attendee", "companion", "successor", "guest", "ambassador", "partner", "reader")


@pytest.mark.once
@pytest.mark.parametrize("days", [-9, 9])
def test_no_own_page_leads_to_an_event_that_is_in_the_archive(house, days):
    """Nine days before its day it can only have been called off."""
    put_away(house, days=days)
    holders = [house.visitor(name) for name in OWN]
    assert {each.name: found for each in holders if (found := lost(house, each))} == {}


@pytest.mark.once
@pytest.mark.parametrize("days", [-9, 9])
@pytest.mark.parametrize("who", ["attendee", "companion", "successor", "guest"])
def test_whoever_had_to_do_with_an_event_in_the_archive_reads_so(house, who, days):
    put_away(house, days=days)
    visitor = house.visitor(who)
    door = next(each for each in DOORS if each.who.startswith(who) and each.method == "GET")
    page = visitor.ask(house.app, house.path(door.address, visitor))
    assert page.status_code == 200
    assert "Deze bijeenkomst staat in ons archief" in page.text
    assert "U hebt een plaats" not in page.text
    assert "/events/energie" not in page.text


@pytest.mark.once
@pytest.mark.parametrize("more", ["", ".ics", "/register", "/register/received"])
def test_a_link_from_elsewhere_to_an_event_in_the_archive_says_so(house, more):
    put_away(house, days=-9)
    visitor = house.visitor("visitor")
    page = visitor.ask(house.app, f"/events/energie{more}")
    assert page.status_code == 410
    assert "Deze bijeenkomst staat in ons archief." in page.text
    assert 'href="/events/"' in page.text


@pytest.mark.once
def test_a_draft_is_not_there_in_the_archive_either(client):
    event = make_event(status=Status.DRAFT)
    for status in (Status.DRAFT, Status.ARCHIVED):
        with saving():
            event.status = status
        assert client.get(f"/events/{event.slug}").status_code == 404
