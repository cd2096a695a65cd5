"""What a list of the desk is narrowed to stands in its address, and stays there."""

import pytest
from bs4 import BeautifulSoup

from tests.factories.contacts import make_organisation, make_person
from tests.factories.events import make_event

LISTS = ("/desk/contacts/people/", "/desk/contacts/", "/desk/accounts/journal",
         "/desk/delivery/inbox", "/desk/events/")  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", ["endpoint=x", "_method=POST", "_scheme=x&_external=1", "self=1"])
def test_no_argument_of_a_reader_becomes_one_of_ours(desk, path, query):
    assert desk.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "make"),
    [
        ("/desk/events/", "status=published&q=haven", lambda n: make_event(f"Haven {n}")),
        ("/desk/contacts/", "words=haven", lambda n: make_organisation(f"Haven {n}")),
        ("/desk/contacts/people/", "language=nl&words=demo",
         lambda n: make_person(f"demo{n}@example.org", name=f"Demo {n}")),
    ],
)  # fmt: skip
def test_filters_survive_the_next_page(desk, path, query, make):
    for number in range(51):
        make(number)
    page = BeautifulSoup(desk.get(f"{path}?{query}").text, "html.parser")
    further = page.select_one("a[rel=next]")["href"]
    assert set(query.split("&")) < set(further.partition("?")[2].split("&"))
    beyond = BeautifulSoup(desk.get(further).text, "html.parser")
    shown = {field["name"]: field.get("value") for field in beyond.select("form[method=get] input")}
    assert all(name not in shown or shown[name] == value
               for name, value in (pair.split("=") for pair in query.split("&")))  # fmt: skip


def test_what_is_taken_along_is_what_is_shown(desk):
    page = desk.get("/desk/contacts/people/?words=demo&lang=en").text
    assert 'href="/desk/contacts/people/people.csv?words=demo&amp;lang=en"' in page
