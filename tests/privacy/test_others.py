"""What is somebody else's is neither shown nor wiped."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from events_app.accounts.models import JournalEntry
from events_app.core import db as database
from events_app.core.db import db, saving
from events_app.delivery import actions as delivery
from events_app.delivery.models import OutboxMessage, SendingPause
from events_app.invitations.queries import figures, share_code
from events_app.newsletters.rules import consent
from events_app.registrations.models import Allotment
from tests.conftest import NOON
from tests.factories.allotments import make_allotment
from tests.factories.contacts import make_person
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.newsletters import letters_to
from tests.factories.registrations import ANA, RUI, registered
from tests.pages import said

AN, JAN = "an@example.org", "jan@example.org"


def file(desk, email):
    return desk.post("/desk/contacts/privacy/file", data={"email": email})


def erase(desk, email):
    assert desk.post("/desk/contacts/privacy/erase", data={"email": email}).status_code == 303
    db.session.expire_all()


@pytest.fixture
def jan(app, desk):
    """Has an address that ends as An's does; asked a question, and stands in the contacts."""
    asked = {"name": "Jan Demo", "email": JAN, "words": "Is er een lift?"}
    assert app.test_client().post("/contact", data=asked).status_code == 303
    card = {"name": "Jan Demo", "email": f"x.{JAN}", "language": "nl", "phone": ""}
    key = make_person(JAN).id
    assert desk.post(f"/desk/contacts/people/{key}/edit", data=card).status_code == 303
    make_event(contact_email=JAN)
    with saving():
        delivery.pause("domain:example.org", now=NOON, detail=f"421 <{JAN}>")


def test_an_address_inside_a_longer_one_is_not_in_the_file(jan, desk):
    told = file(desk, AN).json
    assert (told["letters"], told["journal"]) == ([], [])
    page = desk.post("/desk/contacts/privacy/?lang=en", data={"email": AN}).text
    assert "Colleagues wrote this address" not in page
    assert "We hold nothing on this address" in page


def test_erasing_an_address_leaves_longer_ones_alone(jan, desk):
    erase(desk, AN)
    letter = db.session.scalars(sa.select(OutboxMessage)).one()
    assert (letter.is_wiped, letter.reply_to) == (False, JAN)
    assert letter.state != "cancelled"
    line = db.session.scalars(
        sa.select(JournalEntry).where(JournalEntry.verb == "contacts.edited_person")
    ).one()
    assert line.before["email"] == JAN
    assert JAN in db.session.scalars(sa.select(SendingPause.detail)).one()


def test_the_file_of_an_ambassador_holds_no_guest(app, desk):
    guest = make_guest("Bo Gast", "bo@example.org", words="Kom je, Bo?")
    make_invitation(make_event(capacity=5), make_ambassador(email=AN), guest)
    told = file(desk, AN).json
    assert told["ambassador"]["invitations_sent"][0]["words"] == "Kom je, Bo?"  # their own
    letter = told["letters"][0]
    assert (letter["kind"], letter["reply_to"]) == ("invitations/invitation", AN)
    assert (letter["to"], letter["to_name"], letter["words"]) == (None, None, [])
    assert "bo@example.org" not in json.dumps(told)


def test_who_asked_something_finds_the_question_and_not_who_reads_it(jan, desk):
    letter = file(desk, JAN).json["letters"][0]
    assert "Is er een lift?" in letter["words"]
    assert (letter["to"], letter["to_name"]) == (None, None)


@pytest.mark.parametrize("door", ["", "file", "erase"])
def test_nothing_is_searched_for_while_writers_wait(jan, desk, door):
    searched = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def _note(_connection, _cursor, statement, *_rest):
        if " LIKE " in statement or " ILIKE " in statement:
            searched.append((database._writing.get(), statement))

    try:
        assert desk.post(f"/desk/contacts/privacy/{door}", data={"email": JAN}).status_code < 400
    finally:
        event.remove(db.engine, "before_cursor_execute", _note)
    assert len(searched) > 1
    assert [words for is_writer, words in searched if is_writer] == []


# -- SQLite gives the number of a row that is gone to the next one


def becomes_reader(browser, email):
    data = {"name": "", "email": email, "language": "nl", "agreed": "y",
            "wording": consent.CURRENT}  # fmt: skip
    assert browser.post("/newsletter/", data=data).status_code in (200, 303)
    links = [value for _kind, value in letters_to(email)[-1].slots.values() if "/confirm/" in value]
    assert browser.post(links[0].removeprefix("http://localhost")).status_code in (200, 303)
    db.session.expire_all()
    return [letter.kind.rpartition("/")[2] for letter in letters_to(email)]


def test_who_comes_after_an_erased_reader_is_welcomed_too(app, desk):
    assert becomes_reader(app.test_client(), JAN)[-1] == "welcome"
    erase(desk, JAN)
    assert becomes_reader(app.test_client(), AN)[-1] == "welcome"


def test_who_comes_after_an_erased_ambassador_begins_with_nothing(app, desk):
    event = make_event(capacity=5)
    before = make_ambassador("Jan Demo", JAN)
    code = share_code(before)
    registered(event, replace(ANA, source=code))
    assert figures(event.id)[before.id].by_link == 1
    erase(desk, JAN)
    after = make_ambassador("An Demo", AN)
    registered(event, replace(RUI, source=code))  # the old link is still about
    assert figures(event.id) == {}
    told = file(desk, AN).json
    assert [line["of"] for line in told["journal"]] == [f"An Demo · {AN}"]
    assert share_code(after) != code


def test_an_address_beside_held_places_is_called_by_its_name(app, desk):
    """Of an ambassador it goes with them, so that is said too."""
    noor = make_ambassador(email="noor@example.org")
    held = make_allotment(make_event(capacity=5), 2, name=noor.person.label)
    page = said(desk.post("/desk/contacts/privacy/", data={"email": "noor@example.org"}))
    assert "Vrijgehouden plaatsen voor gasten: 1" in page
    assert "gaat het weg als de ambassadeur wordt gewist" in page
    with saving():
        db.session.get_one(Allotment, held.id).name = "–"
    page = said(desk.post("/desk/contacts/privacy/", data={"email": "noor@example.org"}))
    assert "Vrijgehouden plaatsen" not in page
