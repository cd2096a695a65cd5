"""Somebody's address is corrected at the desk while letters to them wait."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.accounts.actions import begin_session
from events_app.contacts import queries
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.core.letters import Stream, kinds
from events_app.delivery import actions as delivery
from events_app.delivery import jobs
from events_app.delivery.actions import send
from events_app.delivery.models import OutboxMessage, State
from events_app.delivery.rules import address_digest
from tests.conftest import dealt
from tests.delivery.conftest import server  # noqa: F401 -- a fixture
from tests.delivery.test_every_letter import ACTS, House
from tests.factories.contacts import make_person
from tests.factories.newsletters import make_reader

NEW = "anders@elders.example.org"
TO_CONTACTS = {
    "invitations/ambassador_link", "kits/new_version", "kits/partner_link",
    "newsletters/already_subscribed", "newsletters/issue", "newsletters/welcome",
}  # fmt: skip
STAY = {"accounts/sign_in", "newsletters/confirm_subscription", "registrations/confirmed"}
"""Like all others: a link in them proves whose the address is that was typed, or signs in."""

LONG = pytest.mark.long


@pytest.fixture
def house(app, noon):
    return House(app, noon, "nl")


def hold_all():
    with saving():
        delivery.pause("all", now=clock.now())


def correct(house, email):
    """By the owner, to NEW."""
    found = queries.person_by_email(email) or make_person(email)
    card = {"name": found.name, "email": NEW, "language": found.language, "phone": ""}
    browser = house.app.test_client()
    with saving(), browser.session_transaction() as session:
        session["desk"] = begin_session(house.owner, now=clock.now())
    page = f"/desk/contacts/people/{found.id}/edit"
    assert browser.post(page, data=card).status_code == 303
    db.session.expire_all()


def letter_of(kind):
    wanted = select(OutboxMessage).where(OutboxMessage.kind == kind)
    return db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).first()


def to(letter):
    return letter.to_email, letter.to_digest, letter.domain


@pytest.mark.parametrize(
    "kind",
    [
        *dealt(sorted(TO_CONTACTS | STAY)),
        *(pytest.param(kind, marks=LONG) for kind in sorted({*kinds()} - TO_CONTACTS - STAY)),
    ],
)
def test_what_goes_to_people_in_the_contacts_follows_and_nothing_else_does(house, kind):
    hold_all()
    ACTS[kind](house)
    house.work()
    letter = letter_of(kind)
    before, waits = to(letter), letter.state
    assert waits is State.READY
    correct(house, letter.to_email)
    if kind in TO_CONTACTS:
        assert to(letter) == (NEW, address_digest(NEW), "elders.example.org")
    else:
        assert to(letter) == before


def test_answers_to_an_invitation_that_waits_reach_its_ambassador(house):
    hold_all()
    ACTS["invitations/invitation"](house)
    letter = letter_of("invitations/invitation")
    assert letter.reply_to == "noor@example.org"
    before = to(letter)
    correct(house, "noor@example.org")
    assert (letter.reply_to, to(letter)) == (NEW, before)


@pytest.mark.parametrize("state", [State.CLAIMED, State.DEFERRED])
def test_a_letter_in_hand_or_put_off_leaves_for_the_new_address_alone(house, server, state):  # noqa: F811
    """Put off, since the server of the former address said so: that of the new one did not."""
    make_reader("ana@example.org")
    hold_all()
    ACTS["newsletters/issue"](house)
    house.work()
    with saving():
        delivery.resume("all", now=clock.now())
    with saving():
        letter = letter_of("newsletters/issue")
        taken = send.claim([Stream.BULK], owner="a worker", now=clock.now(), limit=9)
        if state is State.DEFERRED:
            send.free(now=clock.now())
            letter.state, letter.attempts = state, 3
            letter.not_before = clock.now() + timedelta(hours=8)
    email = letter.to_email
    correct(house, email)
    with saving():
        begun = send.begin(taken, owner="a worker", now=clock.now())
    assert letter.id not in begun
    jobs.drain_bulk()
    db.session.expire_all()
    assert (letter.state, letter.attempts) == (State.ACCEPTED, 1)
    recipients = [each.recipient for each in server.received]
    assert NEW in recipients
    assert email not in recipients
