"""Who types an address that is known already reads whose it was; nothing that was typed is lost."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

import events_app
from events_app.accounts.models import JournalEntry
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.invitations.models import Ambassador
from tests.factories.contacts import make_person
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.newsletters import letters_to, make_reader
from tests.factories.registrations import mailed_link

ADDRESS = "agnes@example.org"
TYPED = {"name": "Agnes de Vries", "email": "Agnes@Example.org", "language": "en"}


def by_an_organiser(desk):
    """Gives what the page after it says."""
    data = {**TYPED, "quota": "3", "is_active": "y"}
    return desk.get(desk.post("/desk/invitations/new", data=data).location).text


def by_an_organiser_again(desk):
    known = make_ambassador("Agnes Jansma", ADDRESS)
    with saving():
        known.is_active = False
    return by_an_organiser(desk)


def by_the_reader(desk):
    reader = desk.application.test_client()
    reader.post("/newsletter/", data={**TYPED, "agreed": "y"})
    return reader.get(reader.post(mailed_link(ADDRESS, "newsletter/confirm")).location).text


DOORS = {"new": by_an_organiser, "again": by_an_organiser_again, "reader": by_the_reader}


@pytest.mark.parametrize("door", DOORS)
def test_what_was_typed_takes_the_place_of_what_we_knew(desk, door):
    person = make_person(ADDRESS, name="Agnes Jansma", phone="06 12345678")
    page = DOORS[door](desk)
    db.session.refresh(person)
    assert (person.name, person.language) == ("Agnes de Vries", "en")
    assert person.phone == "06 12345678"
    assert "Agnes de Vries" in page
    letter = letters_to(ADDRESS)[-1]
    assert (letter.to_name, letter.language) == ("Agnes de Vries", "en")
    written = db.session.scalars(
        select(JournalEntry).where(JournalEntry.verb == "contacts.edited_person")
    ).one()
    assert written.before == {"name": "Agnes Jansma", "language": "nl"}
    assert written.after == {"name": "Agnes de Vries", "language": "en"}


@pytest.mark.parametrize("door", ["new", "again"])
def test_an_organiser_reads_whom_the_address_was(desk, door):
    make_person(ADDRESS, name="Agnes Jansma")
    assert "We kenden dit adres al, als Agnes Jansma (Nederlands)" in DOORS[door](desk)


def test_who_is_new_or_typed_the_same_is_told_nothing(desk):
    assert "We kenden dit adres al" not in by_an_organiser(desk)
    with saving():
        db.session.scalars(select(Ambassador)).one().is_active = False
    assert "We kenden dit adres al" not in by_an_organiser(desk)


def test_a_reader_without_a_name_keeps_the_one_we_know(desk):
    person = make_person(ADDRESS, name="Agnes Jansma")
    reader = desk.application.test_client()
    reader.post("/newsletter/", data={**TYPED, "name": "", "agreed": "y"})
    reader.post(mailed_link(ADDRESS, "newsletter/confirm"))
    db.session.refresh(person)
    assert (person.name, person.language) == ("Agnes Jansma", "en")


def test_who_reads_already_is_told_that_nothing_typed_was_taken_over(client):
    reader = make_reader(ADDRESS, name="Agnes Jansma").person
    client.post("/newsletter/", data={**TYPED, "agreed": "y"})
    letter = letters_to(ADDRESS)[-1]
    assert letter.kind == "newsletters/already_subscribed"
    assert "naam, taal en onderwerpen blijven zoals ze waren" in letter.body.text
    db.session.refresh(reader)
    assert (reader.name, reader.language) == ("Agnes Jansma", "nl")


def test_an_active_ambassador_stays_as_they_were_and_is_named(desk):
    known = make_ambassador("Agnes Jansma", ADDRESS).person
    answer = desk.post("/desk/invitations/new", data={**TYPED, "quota": "3", "is_active": "y"})
    assert answer.status_code == 409
    assert "Dit is het adres van Agnes Jansma" in answer.text
    db.session.refresh(known)
    assert (known.name, known.language) == ("Agnes Jansma", "nl")


def test_a_guest_is_called_as_the_ambassador_typed(app):
    """An invitation has a name of its own, whoever is known under the address."""
    person = make_person(ADDRESS, name="Agnes Jansma")
    guest = make_guest("Agnes de Vries", ADDRESS, language="en")
    make_invitation(make_event(capacity=3), make_ambassador(), guest)
    letter = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.to_email == ADDRESS)
    ).one()
    assert (letter.to_name, letter.language) == ("Agnes de Vries", "en")
    db.session.refresh(person)
    assert person.name == "Agnes Jansma"


def test_no_other_door_finds_people_by_a_typed_address():
    """Each that does stands among DOORS."""
    folder = Path(events_app.__file__).parent
    calls = re.compile(r"(?<!def )find_or_add_person\(")
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if calls.search(path.read_text())
    }
    assert found == {"invitations/actions.py", "newsletters/actions/subscribing.py"}
