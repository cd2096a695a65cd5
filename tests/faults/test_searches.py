"""A search that looks for less than was typed says so."""

import pytest

from tests.factories.contacts import make_organisation, make_person
from tests.factories.events import make_event
from tests.factories.registrations import ANA, registered

LONG = "lang " * 60
MANY = "een twee drie vier vijf zes zeven"
SHORT = "lang zoekwoord"
SAID = "Dat is meer dan wij kunnen zoeken."
DOORS = {
    "agenda": ("/events/", "q"),
    "events": ("/desk/events/", "q"),
    "registrations": ("/desk/registrations/1", "q"),
    "people": ("/desk/contacts/people/", "words"),
    "organisations": ("/desk/contacts/", "words"),
}


@pytest.fixture
def house(desk):
    event = make_event(capacity=5)
    registered(event, ANA)
    make_person(name="Ana Vermeulen")
    make_organisation("Techniekfonds Delta")
    return desk


@pytest.mark.parametrize("door", DOORS)
def test_what_is_not_looked_for_is_said(house, door):
    path, name = DOORS[door]
    said = {words: house.get(path, query_string={name: words}).text for words in (LONG, SHORT, "")}
    assert [SAID in page for page in said.values()] == [True, False, False]


@pytest.mark.parametrize("door", ["agenda", "events"])
def test_words_that_are_left_out_are_said_too(house, door):
    path, name = DOORS[door]
    page = house.get(path, query_string={name: MANY}).text
    assert f"{SAID} Wij zochten: “een twee drie vier vijf zes”." in page


def test_the_desks_own_search_says_it_too(house):
    for words in (LONG, SHORT):
        page = house.post("/desk/search", data={"q": words}, follow_redirects=True).text
        results = house.post("/desk/search/results", data={"q": words}).text
        assert (SAID in page, SAID in results) == (words is LONG, words is LONG)
