"""Whose address is typed again reads how it stands, the contact and a guest alike."""

from dataclasses import replace

import pytest

from events_app.core import clock
from events_app.core.db import saving
from events_app.registrations import actions, jobs
from tests.conftest import dealt
from tests.factories.events import make_event
from tests.factories.registrations import ANA, RUI, make_applicant, make_form, registered
from tests.registrations.test_mixed import mixed
from tests.registrations.test_telling import fresh, letters

LEA = "lea@example.org"
SENTENCES = {
    "place": ("U hebt een plaats.", "You have a place."),
    "no place": ("U hebt nog geen plaats.", "You do not have a place yet."),
    "in line": ("U staat op de wachtlijst.", "You are on the waiting list."),
    "later": ("Zodra er een plaats voor u is", "Once there is a place for you"),
    "offer": ("Er is een plaats voor u vrijgekomen.", "A place has come free for you."),
    "held": ("Wij houden uw plaats nog vast tot:", "We still hold your place until:"),
    "held in line": (
        "Wij houden een plek op de wachtlijst voor u vast tot:",
        "We hold a place on the waiting list for you until:",
    ),
    "hall": ("U staat op de wachtlijst voor de zaal", "You are on the waiting list for the hall"),
    "hall kept": (
        "Er is een plaats in de zaal voor u",
        "A place in the hall has come free for you",
    ),
}
READ = {
    "confirmed": ({"place"}, {"place"}),
    "pending": ({"no place", "held"}, {"no place", "later"}),
    "in line": ({"no place", "in line"}, {"no place", "in line"}),
    "pending in line": ({"no place", "held in line"}, {"no place", "later"}),
    "offered": ({"no place", "offer"}, {"no place", "later"}),
    "online": ({"place"}, {"place"}),
    "online, waits for the hall": ({"place", "hall"}, {"place", "hall"}),
    "online, hall kept": ({"place", "hall kept"}, {"place", "hall"}),
}


def make_party(how, language):
    """The event, after a party of two came to stand so."""
    ana = replace(ANA, guests=("Lea Demo",), guest_addresses=(LEA,), language=language)
    if "online" in how:
        event = mixed(2)
        make_form(event, capacity=2, guests_max=3)
        if how != "online":
            full = registered(event, make_applicant(90, guests=("Gast",)))
        registered(event, replace(ana, is_online=True, waits_for_hall=how != "online"))
    else:
        event = make_event(capacity=2, summary={"nl": "Kort.", "en": "Short."})
        make_form(event, capacity=2, guests_max=3)
        if "line" in how or how == "offered":
            full = registered(event, make_applicant(90, guests=("Gast",)))
        registered(event, ana, must_confirm="pending" in how)
    if how in ("offered", "online, hall kept"):
        with saving():
            actions.give_up(full, now=clock.now())
    return event


@pytest.mark.parametrize(
    ("how", "whose", "language"), dealt(READ, ["contact", "guest"], ["nl", "en"])
)
def test_the_letter_says_how_it_stands(app, noon, how, whose, language):
    event = make_party(how, language)
    is_guest = whose == "guest"
    email = LEA if is_guest else ANA.email
    registered(fresh(event), replace(RUI, email=email))
    jobs.remind()
    letter = letters(email)[-1]
    assert letter.kind == "registrations/already"
    for body in (letter.body.text, letter.body.html):
        said = {key for key, both in SENTENCES.items() if both[language == "en"] in body}
        assert said == READ[how][is_guest]
    assert ("Online" in [value for _kind, value in letter.slots.values()]) is ("online" in how)
