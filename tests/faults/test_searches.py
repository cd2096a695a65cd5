"""A search that looks for less than was typed says so."""

from datetime import timedelta

import pytest
from lxml import html

from events_app.contacts import queries as people
from events_app.core.tokens import digest
from events_app.events.queries.lists import AMONG
from events_app.registrations.queries import listing as registrations
from tests.factories.contacts import make_organisation, make_person
from tests.factories.copies import copies
from tests.factories.events import SOON, make_event
from tests.factories.registrations import ANA, make_applicant, registered

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


# -- the bound of each search


def told(page):
    return " ".join(html.fromstring(page).text_content().split())


def test_a_search_of_events_looks_in_the_first_of_the_list_and_says_so(desk, client):
    first = make_event(title="Alfa", starts_at=SOON)
    copies(first, [{"slug": f"a{n}"} for n in range(1, AMONG)])
    said = "Wij zochten in de eerste 2.000 van deze lijst."
    for browser, path in (
        (client, "/events/?q=alfa"),
        (desk, "/desk/events/?q=alfa&period=coming"),
    ):
        assert said not in told(browser.get(path).text)
    make_event(title="Omega", starts_at=SOON + timedelta(days=1), lead_sector="ict")
    for browser, path in (
        (client, "/events/?q=omega"), (desk, "/desk/events/?q=omega&period=coming"),
    ):  # fmt: skip
        page = told(browser.get(path).text)
        assert ("Omega" in page, said in page) == (False, True)
        assert "Omega" in told(browser.get(f"{path}&sector=ict").text), "a filter looks further"
        assert said not in told(browser.get(f"{path}&sector=ict").text)


def test_a_search_of_people_looks_among_the_newest_and_finds_any_whole_address(desk):
    oldest = make_person(name="Oudste", email="oudste@example.org")
    others = [{"email": f"{n}@example.org", "name": "Later"} for n in range(people.LATEST - 1)]
    copies(oldest, others)
    path, said = "/desk/contacts/people/", "Wij zochten in de nieuwste 20.000."
    page = told(desk.get(path, query_string={"words": "oudste"}).text)
    assert ("1 persoon" in page, said in page) == (True, False)
    make_person(name="Nieuwste", email="nieuwste@example.org")
    page = told(desk.get(path, query_string={"words": "oudste"}).text)
    assert ("Niets gevonden" in page, said in page) == (True, True)
    page = told(desk.get(path, query_string={"words": "OUDSTE@example.org"}).text)
    assert "1 persoon" in page


def test_a_search_of_an_event_looks_among_the_newest_and_finds_any_whole_code_or_address(desk):
    event = make_event(capacity=50_000)
    oldest = registered(event, make_applicant(0, name="Oudste", email="oudste@example.org"))
    same = {"name": "Later", "email": ""}  # wiped, so that an address may stand more than once
    claims = copies(oldest.claim, [{} for _ in range(registrations.LATEST - 1)])
    copies(oldest.contact, [
        {**same, "registration_id": id, "code": f"HCT-{id}", "link_digest": digest(f"l{id}")}
        for id in copies(oldest, [{"claim_id": claim} for claim in claims])
    ])  # fmt: skip
    path, said = f"/desk/registrations/{event.id}", "Wij zochten in de nieuwste 20.000."
    page = desk.get(path, query_string={"q": "oudst"}).text
    assert ("oudste@example.org" in page, said in told(page)) == (True, False)
    registered(make_event(capacity=5), ANA)  # of another event, so it changes nothing
    assert "oudste@example.org" in desk.get(path, query_string={"q": "oudst"}).text
    registered(event, make_applicant(1, name="Nieuwste", email="nieuwste@example.org"))
    page = desk.get(path, query_string={"q": "oudst"}).text
    assert ("oudste@example.org" in page, said in told(page)) == (False, True)
    for whole in ("Oudste@example.org", oldest.code.lower()):
        assert "oudste@example.org" in desk.get(path, query_string={"q": whole}).text, whole
    assert "nieuwste@example.org" in desk.get(path, query_string={"q": "nieuw"}).text


def test_the_desks_own_search_says_where_it_looks(house):
    page = told(house.post("/desk/search", data={"q": "ana"}, follow_redirects=True).text)
    assert "de nieuwste 20.000 aanmeldingen en personen en de laatste 2.000 bijeenkomsten" in page
