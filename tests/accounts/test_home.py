"""The first page of the desk."""

import pytest
from bs4 import BeautifulSoup

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


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/desk/", ["Vandaag"]),
        ("/desk/?lang=en", ["Today"]),
        ("/desk/search", []),
        ("/desk/style", []),
        ("/desk/accounts/me", []),
        ("/desk/accounts/colleagues/invite", ["Collega’s"]),
    ],
)
def test_the_menu_lights_where_one_is_and_the_first_page_only_there(desk, path, lit):
    page = BeautifulSoup(desk.get(path).text, "html.parser")
    assert [link.get_text() for link in page.select(".side-list [aria-current]")] == lit
