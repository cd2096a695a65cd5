"""Finding anything at the desk, and who may find what."""

import logging
import re
import sqlite3
import time
from dataclasses import replace

import pytest
import sqlalchemy as sa

from events_app.accounts.models import Role
from events_app.contacts import queries as contacts
from events_app.core.db import BUSY_SECONDS, db, saving
from events_app.registrations.queries import listing
from tests.conftest import SERVER, signed_in
from tests.factories.contacts import make_organisation, make_person
from tests.factories.events import make_event
from tests.factories.kits import make_kit
from tests.factories.newsletters import make_issue
from tests.factories.registrations import ANA, RUI, make_applicant, make_form, registered


@pytest.fixture
def event(app):
    return make_event("Leren in de haven", capacity=5)


def sought(browser, words):
    """The links that the dialog gets for these words, and the text beside them."""
    found = browser.post("/desk/search/results", data={"q": words})
    assert found.status_code == 200
    return dict(re.findall(r'href="([^"]+)"><b>(.*?)</b>', found.text))


def test_each_kind_of_thing_is_found_by_half_a_name(desk, event):
    person = make_person("haven@example.org", name="Pim Demo")
    organisation = make_organisation("Havenbedrijf Voorbeeld")
    issue, kit = make_issue(subject="Nieuws uit de haven"), make_kit(event)
    assert sought(desk, "have") == {
        f"/desk/events/{event.id}": "Leren in de haven",
        f"/desk/registrations/{event.id}": "Leren in de haven",
        f"/desk/contacts/people/{person.id}": "Pim Demo",
        f"/desk/contacts/organisations/{organisation.id}": "Havenbedrijf Voorbeeld",
        f"/desk/newsletters/{issue.id}": "Nieuws uit de haven",
        f"/desk/kits/{kit.id}": "Leren in de haven",
    }


def test_a_registration_is_found_by_code_name_and_address(desk, event):
    made = registered(event, ANA)
    address = f"/desk/registrations/{event.id}/{made.id}"
    for words in (made.code.lower(), ANA.name.split()[0], ANA.email):
        assert sought(desk, words)[address] == ANA.name


def test_pages_and_acts_are_found_by_their_names(desk):
    assert sought(desk, "nieuwe bij") == {"/desk/events/new": "Nieuwe bijeenkomst"}
    assert "/desk/accounts/journal" in sought(desk, "")


def test_the_door_finds_who_comes_but_no_addresses_and_no_rooms_of_others(app, event):
    make_organisation("Havenbedrijf Voorbeeld")
    made, door = registered(event, ANA), signed_in(app, Role.DOOR)
    mine = f"/desk/registrations/{event.id}/{made.id}"
    assert list(sought(door, ANA.name)) == [mine]
    assert sought(door, ANA.email) == {}
    assert list(sought(door, "haven")) == [f"/desk/registrations/{event.id}"]


def test_an_editor_finds_no_people(app, event):
    make_person("haven@example.org", name="Pim Demo")
    registered(event, ANA)
    editor = signed_in(app, Role.EDITOR)
    assert list(sought(editor, "haven")) == [f"/desk/events/{event.id}"]
    assert sought(editor, ANA.name) == {}


def test_of_old_registrations_the_code_is_found_and_words_are_not(event):
    old, _new = registered(event, ANA), registered(event, RUI)

    def found(words):
        return list(listing.found(words, 6, finds_addresses=True, among=1))

    assert (found(ANA.name), found(old.code)) == ([], [old])


def test_the_code_of_a_guest_finds_the_party(desk, event):
    make_form(event, capacity=9, guests_max=1)
    party = registered(event, make_applicant(1, guests=("Gast A",)))
    code = party.guests[0].code
    assert listing.found(code.lower(), 6, finds_addresses=False) == [party]
    page = desk.get(f"/desk/registrations/{event.id}", query_string={"q": code})
    assert party.name in page.text


def test_a_search_reads_no_further_back_than_the_latest(event):
    many(event)
    for find, looked_up in (
        (lambda: listing.found(ANA.name, 6, finds_addresses=True), "code"),
        (lambda: contacts.known_as(ANA.name, 6), "email"),
    ):
        exact, among_the_latest, *_who_is_found = plans(find)
        assert re.search(rf"INDEX .*{looked_up}=\?|Index Cond: .*{looked_up}", exact)
        # by the key, or through an index that ends with it: no further back in either
        assert re.search(
            r"\b(rowid|id|registration_id)>\?\)|Index Cond: \((id|registration_id) > ",
            among_the_latest,
        ), looked_up


def many(event):
    """So many that a database prefers an index, and knows it."""
    for number in range(100):
        registered(event, replace(ANA, email=f"ana{number}@example.org"))
        make_person(f"rui{number}@example.org")
    with saving():
        db.session.execute(sa.text("ANALYZE"))


def plans(find):
    """How the database goes about each statement."""
    sent, how = [], "EXPLAIN QUERY PLAN"

    def note(*given):
        sent.append(given[2:4])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    find()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SET LOCAL enable_seqscan = off"))  # a small table is read whole
        how = "EXPLAIN"
    connection = db.session.connection()
    asked = [each for each in sent if each[0].startswith("SELECT")]
    return [str(connection.exec_driver_sql(f"{how} {sql}", given).all()) for sql, given in asked]


def test_it_works_as_a_page_and_no_name_stands_in_an_address(desk, event, caplog):
    caplog.set_level(logging.DEBUG)
    registered(event, ANA)
    told = desk.post("/desk/search", data={"q": f" {ANA.name}  "})
    assert (told.status_code, told.location) == (303, "/desk/search")
    page = desk.get("/desk/search").text
    assert f'value="{ANA.name}"' in page
    assert f"/desk/registrations/{event.id}/" in page
    assert ANA.name not in caplog.text


def test_what_was_looked_for_is_gone_after_signing_out(desk):
    desk.post("/desk/search", data={"q": "Ana"})
    desk.post("/sign-out")
    with desk.session_transaction() as session:
        assert "sought" not in session


@pytest.mark.parametrize("words", ["%", "_x", "'; --", "<b>", "\0ab", "x" * 5000, "  "])
def test_any_words_are_taken_as_they_are(desk, event, words):
    assert desk.post("/desk/search/results", data={"q": words}).status_code == 200
    assert desk.post("/desk/search", data={"q": words}).status_code == 303
    assert "Leren in de haven" not in desk.get("/desk/search").text


@pytest.mark.skipif(bool(SERVER), reason="about SQLite's one lock for writers")
def test_while_somebody_writes_a_search_answers_at_once(desk, event):
    other = sqlite3.connect(db.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    page, began = f"/desk/events/{event.id}", time.monotonic()
    db.session.remove()  # as in a browser: nothing is at hand
    assert page in sought(desk, "haven")
    assert time.monotonic() - began < BUSY_SECONDS
    other.close()


def test_a_search_asks_a_handful_of_statements(desk, event, statements):
    registered(event, ANA)
    del statements[:]
    sought(desk, "haven")
    assert len(statements) <= 8 + 1, "and one for who stands there"
