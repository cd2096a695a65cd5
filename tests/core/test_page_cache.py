"""What is kept, and for how long."""

import pytest
from flask import flash, session

from events_app.core import static, web
from events_app.core.page_cache import PageCache


class Maker:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        return f"page {self.count}"


def test_it_is_made_once_for_what_it_is_made_of():
    shelf, make = PageCache(), Maker()
    assert shelf.get(("a", 1), make) == shelf.get(("a", 1), make)
    assert shelf.get(("a", 2), make).body == b"page 2"
    assert make.count == 2


def test_the_tag_is_of_the_body_so_that_all_processes_say_the_same():
    one, two = PageCache(), PageCache()
    assert one.get("a", lambda: "x").tag == two.get("b", lambda: b"x").tag
    assert one.get("a", lambda: "x").tag != one.get("c", lambda: "y").tag


def test_what_is_not_asked_for_makes_room():
    shelf, make = PageCache(largest=20), Maker()  # three pages of six bytes
    for name in ("a", "b", "c", "a", "d"):
        shelf.get(name, make)
    assert make.count == 4
    shelf.get("a", make)
    assert make.count == 4, "it was asked for a moment ago"
    shelf.get("b", make)
    assert make.count == 5


def test_an_answer_larger_than_the_shelf_is_given_and_not_kept():
    shelf = PageCache(largest=3)
    assert shelf.get("a", lambda: "large").body == b"large"
    shelf.get("b", lambda: "x")
    assert shelf.get("b", Maker()).body == b"x"


@pytest.fixture
def app(own_app):
    return own_app


@pytest.fixture
def page(app):
    """A page that counts how often it was made."""
    make = Maker()
    app.add_url_rule("/counted", "counted", lambda: web.kept("same", make))

    @app.get("/greeted")
    def greet():
        session["desk"] = "key"
        flash("Hello")
        return "greeted"

    return make


def test_each_address_and_language_has_its_own(client, page):
    found = [client.get(f"/counted{q}").text for q in ("", "?lang=en", "?source=x", "", "?lang=en")]
    assert found == ["page 1", "page 2", "page 3", "page 1", "page 2"]


def test_other_styles_are_another_page(client, page):
    client.get("/counted")
    static.add_styles(".theme-x { color: red }")
    assert client.get("/counted").text == "page 2"


def test_who_has_a_session_gets_a_page_of_their_own(client, app, page):
    client.get("/counted")
    other = app.test_client()
    other.get("/greeted")
    answer = other.get("/counted")
    assert answer.text == "page 2"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/counted").text == "page 1"


def test_a_reader_who_has_it_gets_304(client, page):
    tag = client.get("/counted").headers["ETag"]
    again = client.get("/counted", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
