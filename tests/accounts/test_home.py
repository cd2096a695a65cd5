"""The first page of the desk."""

from events_app.accounts.models import Role
from tests.conftest import signed_in
from tests.factories.events import make_event
from tests.factories.registrations import registered


def test_the_desk_begins_with_an_event(desk):
    assert "Begin met een bijeenkomst" in desk.get("/desk/").text


def test_the_desk_shows_how_the_next_events_stand(app, desk):
    event = make_event("Leren in de haven", capacity=3)
    make_event("Zonder formulier")
    registered(event)
    page = " ".join(desk.get("/desk/").text.split())
    assert f'href="/desk/events/{event.id}">Leren in de haven' in page
    assert "1 / 3" in page
    assert "Zonder formulier" in page
    door = signed_in(app, Role.DOOR).get("/desk/").text
    assert f'href="/desk/registrations/{event.id}">Leren in de haven' in door
