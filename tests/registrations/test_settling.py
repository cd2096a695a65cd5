"""Other settings show what follows from them before they are saved."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.registrations import rules
from events_app.registrations.models import RegistrationForm
from tests.confirming import confirm
from tests.conftest import NOON, dealt
from tests.factories.events import SOON, make_event
from tests.factories.registrations import make_applicant, make_form, pool_of, registered
from tests.pages import shown

DUTCH = ZoneInfo("Europe/Amsterdam")


def typed(**more):
    return {
        "size": "2", "guests_max": "3", "offer_hours": "48", "access": "open",
        "needs_wipe_after_days": "14", "has_waiting_list": "y", "shows_places_left": "y",
        "asks_diet": "y", "asks_access_needs": "y", **more,
    }  # fmt: skip


def at(moment):
    return moment.astimezone(DUTCH).strftime("%Y-%m-%dT%H:%M")


def page(event):
    return f"/desk/registrations/{event.id}/settings"


@pytest.fixture
def full(app):
    """Two places taken; a party of three, one, and two in line."""
    event = make_event(summary="Kort.")
    make_form(event, capacity=2, guests_max=3)
    for number, party in enumerate((1, 1, 3, 1, 2)):
        if number == 2:
            filled(event, 3)  # when the three came, there were so many
        guests = tuple(f"Gast {n}" for n in range(party - 1))
        registered(event, make_applicant(number, guests=guests))
    filled(event, 2)
    return event


def filled(event, places):
    with saving():
        pool = pool_of(event)
        pool.size = pool.taken = places


@pytest.mark.parametrize(
    ("size", "offers"), dealt([(3, 1), (4, 1), (5, 1), (6, 2), (8, 3), (90, 3)])
)
def test_more_places_say_how_many_in_line_get_an_offer_and_that_many_do(desk, full, size, offers):
    before = db.session.scalar(select(func.max(OutboxMessage.id)))
    asked = shown(desk.post(page(full), data=typed(size=str(size))))
    words = "1 persoon of groep" if offers == 1 else f"{offers} mensen of groepen"
    assert f"{words} op de wachtlijst" in asked
    assert pool_of(full).size == 2, "nothing is saved yet"
    confirm(desk, page(full), typed(size=str(size)))
    assert pool_of(full).size == size
    sent = db.session.scalar(select(func.count()).where(OutboxMessage.id > before))
    assert sent == offers


def test_fewer_places_than_are_taken_are_refused_as_ever(desk, full):
    assert desk.post(page(full), data=typed(size="1")).status_code == 422


@pytest.mark.parametrize(
    ("closes_at", "words"),
    [
        (SOON + timedelta(days=300), "ligt na het begin van de bijeenkomst"),
        (NOON - timedelta(days=1), "is al voorbij"),
    ],
)
def test_a_closing_time_after_the_event_or_in_the_past_is_pointed_at(desk, closes_at, words):
    event = make_event(summary="Kort.", capacity=2)
    data = typed(closes_at=at(closes_at))
    assert words in shown(desk.post(page(event), data=data))
    assert confirm(desk, page(event), data).status_code == 303
    form = db.session.scalars(select(RegistrationForm)).one()
    typed_minute = closes_at.replace(second=0, microsecond=0)
    assert form.closes_at.astimezone(DUTCH) == typed_minute.astimezone(DUTCH)
    assert desk.post(page(event), data=data).status_code == 303, "said once, and not at each save"
    seen = shown(desk.get(f"/desk/events/{event.id}"))
    if closes_at < NOON:
        assert "Aanmelden is gesloten." in seen
        assert "De aanmelding sloot op woensdag 13 januari 2027" in seen
    else:
        assert "de sluitingstijd die u koos, komt later" in seen


def test_closing_and_opening_again_are_said(desk):
    event = make_event(summary="Kort.", capacity=2)
    closing = typed(opens_at=at(NOON + timedelta(days=9)))
    asked = shown(desk.post(page(event), data=closing))
    assert "Als u dit opslaat, kan dat niet meer." in asked
    confirm(desk, page(event), closing)
    assert "Aanmelden is nog niet open." in shown(desk.get(f"/desk/events/{event.id}"))
    assert "Als u dit opslaat, kan dat wel." in shown(desk.post(page(event), data=typed()))


def test_what_changes_nothing_for_readers_is_saved_at_once(desk):
    event = make_event(summary="Kort.", capacity=2)
    data = typed(size="5", guests_max="1", closes_at=at(SOON - timedelta(days=1)))
    assert desk.post(page(event), data=data).status_code == 303


def test_an_opening_time_is_the_same_moment_on_every_page(client):
    event = make_event(summary="Kort.", timezone="Europe/Helsinki")
    make_form(event, opens_at=datetime(2027, 2, 1, 22, 30, tzinfo=ZoneInfo("UTC")))
    for door in ("", "/register"):
        assert "dinsdag 2 februari 2027" in client.get(f"/events/{event.slug}{door}").text, door


def test_a_past_event_does_not_say_that_registering_gives_the_link(client):
    online = {
        "summary": "Kort.", "capacity": 2, "attendance_mode": "online",
        "stream_url": "https://example.org/live",
    }  # fmt: skip
    soon, past = make_event(**online), make_event(**online, starts_at=NOON - timedelta(days=2))
    words = "U krijgt de link als u zich aanmeldt."
    assert words in client.get(f"/events/{soon.slug}").text
    assert words not in client.get(f"/events/{past.slug}").text


def test_the_offers_that_are_said_are_made_in_the_order_of_the_line():
    assert rules.offers(4, [3, 2, 1]) == 2
    assert rules.offers(0, [1]) == 0
