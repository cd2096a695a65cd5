"""Letters that name somebody beside their reader let go of them too, whatever kind it is."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from events_app.accounts import actions as accounts
from events_app.accounts.models import StaffMember
from events_app.app import COMPONENTS
from events_app.contacts.models import Person
from events_app.core import clock
from events_app.core.components import holdings
from events_app.core.db import db, saving
from events_app.core.letters import kinds
from events_app.delivery.models import OutboxMessage, State
from events_app.delivery.rules import UNSENT, without
from events_app.privacy import actions, queries
from events_app.registrations.models import Participant
from tests.conftest import dealt
from tests.delivery.test_every_letter import ACTS, LEA, NEW, SAM, House
from tests.factories.accounts import make_staff
from tests.factories.registrations import ANA, mailed_link

HOLDINGS = holdings(COMPONENTS)


class Undone(Exception):
    """What was tried is taken back, so that the next can be tried on the same rows."""


@contextmanager
def wiped(address):
    """While they are, as by the desk; a colleague is removed first."""
    db.session.rollback()
    by = db.session.scalars(select(StaffMember).where(StaffMember.email == BY)).one()
    naming = queries.naming(address)
    with pytest.raises(Undone), saving():
        accounts.remove_again(address, now=clock.now())
        actions.erase(address, holdings=HOLDINGS, naming=naming, by=by, now=clock.now())
        yield
        raise Undone


BY = "wil@example.org"


@pytest.fixture
def house(app, noon):
    make_staff(BY, name="Wil Wisser")
    return House(app, noon, "nl")


def letters():
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def everybody():
    """Whoever the house knows by a whole name: the address that they have now, by that name."""
    found = [(letter.to_name, letter.to_email) for letter in letters()]
    for kind in (Participant, Person, StaffMember):
        found += db.session.execute(select(kind.name, kind.email).where(kind.email != "")).all()
    return {name: email for name, email in found if " " in name and email not in ("", BY)}


def naming(name):
    """Kinds of letters in which this name stands."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return [
        (letter.kind, letter.to_email)
        for letter in letters()
        if whole.search(f"{letter.to_name} {letter.slots} {(letter.calendar or b'').decode()}")
    ]


@pytest.mark.parametrize("kind", dealt(kinds()))
def test_no_kind_of_letter_names_somebody_who_was_wiped(house, kind):
    """Whether it has left or waits."""
    ACTS[kind](house)
    for _has_left in (False, True):
        people = everybody()
        for name, address in people.items():
            with wiped(address):
                assert naming(name) == [], (name, address)
        house.work()
    assert kind in {letter.kind for letter in letters()}


@pytest.mark.parametrize(
    ("kind", "whose", "slot"),
    [
        ("registrations/handed_over", SAM, "holder"),
        ("registrations/hand_over_declined", SAM, "holder"),
        ("registrations/guest_left", LEA, "guest"),
        ("accounts/invited", "owner@example.org", "by"),
    ],
)
def test_what_waits_for_somebody_else_leaves_without_the_name(house, kind, whose, slot):
    ACTS[kind](house)
    with wiped(whose):
        [letter] = [each for each in letters() if each.kind == kind]
        assert (letter.state, letter.slots[slot]) == (State.READY, ["text", "Iemand"])


@pytest.mark.parametrize(
    "kind", ["registrations/hand_over", "registrations/new_address", "registrations/guest"]
)
def test_what_waits_and_would_lead_to_nothing_stays_here(house, kind):
    """An offer of a place, a new address, being brought along by somebody who does not come."""
    ACTS[kind](house)
    with wiped(ANA.email):
        assert [
            each.state
            for each in letters()
            if each.dedupe_key.split(":")[2:3] == [kind.rpartition("/")[2]]
        ] == [State.CANCELLED]


def test_letters_that_wait_under_a_former_address_stay_here(house):
    ACTS["registrations/address_changed"](house)
    with wiped(NEW):
        assert [each for each in letters() if each.state in UNSENT] == []


def test_who_gave_the_place_away_under_another_address_is_found_by_all_of_them(house):
    """Changed the address, brought a guest, offered the place to one and gave it to another."""
    ACTS["registrations/guest"](house)
    house.post(f"{mailed_link(ANA.email)}/address", email=NEW)
    house.post(mailed_link(NEW, "transfer"))
    for email in ("ivo@example.org", SAM):
        house.post(f"{mailed_link(NEW)}/take-back")
        house.post(f"{mailed_link(NEW)}/hand-over", name="Sam Demo", email=email)
    house.post(mailed_link(SAM, "transfer"), name="Sam Demo")
    house.work()
    with wiped(NEW):
        assert naming(ANA.name) == []
        assert ("registrations/confirmed", SAM) in naming("Sam Demo")


NAMES = [
    ("Bo", "Ana, Bo, Cas", "Ana, Cas"), ("Bo", "Bo", ""), ("Bo", "Ana, Bobo, Bo", "Ana, Bobo"),
    ("Jansen, Bo", "Ana, Jansen, Bo", "Ana"), ("Bo", "Bo, Bo", "Bo"), ("(Bo)", "Ana, (Bo)", "Ana"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "left"), NAMES)
def test_one_name_goes_from_a_row_of_names(name, words, left):
    assert without(name, words) == left
