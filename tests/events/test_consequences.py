"""Before a change is saved: what changes, from what to what, and how many letters it makes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events import actions, queries
from events_app.events.models import AttendanceMode, Venue
from events_app.registrations import actions as registrations
from events_app.registrations import jobs
from events_app.registrations.models import Status
from tests.confirming import confirm
from tests.conftest import NOON
from tests.events.test_desk import as_shown
from tests.factories.events import make_event, make_venue
from tests.factories.kits import make_kit
from tests.factories.newsletters import event_block, make_issue
from tests.factories.registrations import ANA, make_applicant, make_form, registered
from tests.pages import shown


def full_event(**more):
    """Two letters to people with three places, one offer and one in line."""
    event = make_event(summary="Kort.", **more)
    make_form(event, capacity=4, guests_max=3)
    registered(event, make_applicant(1, guests=("Gast A",)))
    registered(event, ANA)
    leaver = registered(event, make_applicant(2))
    registered(event, make_applicant(3))
    registered(event, make_applicant(4))
    with saving():
        registrations.give_up(leaver, now=NOON)
    return event


NUMBERS = (
    "2 e-mails aan mensen met een plaats.",
    "1 e-mail aan iemand die een plaats aangeboden kreeg.",
    "1 e-mail aan iemand op de wachtlijst.",
)


def sent_since(last):
    return db.session.scalar(select(func.count()).where(OutboxMessage.id > last))


def last():
    return db.session.scalar(select(func.max(OutboxMessage.id)))


def test_an_edit_says_from_what_to_what_and_counts_letters_not_places(desk, noon):
    event = full_event()
    moved = as_shown(event, starts_at="2027-03-18T13:30", ends_at="2027-03-18T18:00")
    page = shown(desk.post(f"/desk/events/{event.id}/edit", data=moved))
    old, new = (
        "donderdag 18 maart 2027, 13.00–17.30 uur",
        "donderdag 18 maart 2027, 13.30–18.00 uur",
    )
    assert f"van {old} naar {new}" in page.replace("\u2060", "").replace("\u00a0", " ")
    for words in NUMBERS:
        assert words in page
    before = last()
    confirm(desk, f"/desk/events/{event.id}/edit", moved)
    noon.set(NOON + timedelta(minutes=20, seconds=9.4))
    jobs.find_changes()
    assert sent_since(before) == 4, "as many as the page said"


@pytest.mark.parametrize("moved", ["time", "place"])
def test_who_was_told_nothing_yet_hears_nothing_of_a_change_that_is_undone(desk, noon, moved):
    event = full_event(venue=make_venue())
    path, before = f"/desk/events/{event.id}/edit", as_shown(event, venue=str(event.venue_id))
    other = make_venue("Zaal Noord", "Zwolle", "overijssel")
    change = {"ends_at": "2027-03-18T18:00"} if moved == "time" else {"venue": str(other.id)}
    confirm(desk, path, before | change)
    registered(event, make_applicant(7, may_wait=True))
    page = shown(desk.post(path, data=before))
    assert "1 e-mail" in page, "to who came meanwhile"
    assert "2 e-mails aan mensen op de wachtlijst." not in page
    sent = last()
    confirm(desk, path, before)
    noon.set(NOON + timedelta(minutes=20, seconds=9.4))
    jobs.find_changes()
    assert sent_since(sent) == 1, "as many as the page said"


@pytest.mark.parametrize("outcome", ["cancel", "postpone"])
def test_stopping_counts_letters_and_sends_as_many(desk, noon, outcome):
    event = full_event()
    page = shown(desk.get(f"/desk/events/{event.id}/{outcome}"))
    for words in NUMBERS:
        assert words in page
    before = last()
    desk.post(f"/desk/events/{event.id}/{outcome}", data={"words_nl": "De zaal is dicht."})
    jobs.find_changes()
    assert sent_since(before) == 4


def test_another_stream_is_told_to_who_has_a_place(desk, noon):
    event = full_event(stream_url="https://old.example.org/", attendance_mode="mixed")
    moved = as_shown(event, stream_url="https://new.example.org/", attendance_mode="mixed")
    page = shown(desk.post(f"/desk/events/{event.id}/edit", data=moved))
    assert "van https://old.example.org/ naar https://new.example.org/" in page
    assert NUMBERS[0] in page
    assert "op de wachtlijst." not in page
    before = last()
    confirm(desk, f"/desk/events/{event.id}/edit", moved)
    noon.set(NOON + timedelta(minutes=21, seconds=3.7))
    jobs.find_changes()
    assert sent_since(before) == 2


VENUE = {"name": "De Machinehal", "street": "Kade 99", "postcode": "3311 AA", "city": "Dordrecht"}


def test_a_venues_address_shows_what_follows_before_it_is_saved(desk, noon):
    venue = make_venue()
    event = full_event(venue=venue)
    make_event("Afgelast", venue=venue, status="cancelled")
    make_event("Concept", venue=venue, status="draft")
    make_kit(event)
    make_issue(blocks=[event_block(event)])
    data = {**VENUE, "region": str(venue.region_id)}
    page = shown(desk.post(f"/desk/venues/{venue.id}", data=data))
    for words in (
        *NUMBERS, "1 openbare bijeenkomst krijgt deze locatie",
        "De communicatiekit krijgt een nieuwe versie.", "1 nieuwsbrief in de maak",
        "van De Machinehal, Kade 1, 3311 AA Dordrecht naar De Machinehal, Kade 99",
    ):  # fmt: skip
        assert words in page, words
    assert db.session.get(Venue, venue.id, populate_existing=True).street == "Kade 1"
    assert 'value="Kade 99"' in page, "what was typed stays"
    before = last()
    assert confirm(desk, f"/desk/venues/{venue.id}", data).status_code == 303
    noon.set(NOON + timedelta(minutes=21, seconds=3.7))
    jobs.find_changes()
    assert sent_since(before) == 4


def test_another_hall_is_counted_and_told_to_who_comes_there(desk, noon):
    """Not to who takes part online; also to who has yet to confirm their place."""
    venue = make_venue()
    event = make_event(
        summary="Kort.", venue=venue, attendance_mode=AttendanceMode.MIXED, capacity=9
    )
    registered(event, make_applicant(1))
    with saving():
        registered(event, make_applicant(2, is_online=True))
        held = registered(event, make_applicant(3))
        held.status, held.confirm_by = Status.PENDING, NOON + timedelta(days=1)
    data = {**VENUE, "region": str(venue.region_id)}
    page = shown(desk.post(f"/desk/venues/{venue.id}", data=data))
    for words in (
        "1 e-mail aan iemand met een plaats.",
        "1 e-mail aan iemand die de plaats nog niet heeft bevestigd.",
    ):
        assert words in page
    before = last()
    confirm(desk, f"/desk/venues/{venue.id}", data)
    waits = shown(desk.get(f"/desk/events/{event.id}"))
    assert "2 e-mails" in waits or "1 e-mail aan iemand met een plaats." in waits
    noon.set(NOON + timedelta(minutes=21, seconds=3.7))
    jobs.find_changes()
    assert sent_since(before) == 2


def test_a_route_note_is_saved_at_once_and_mails_nobody(desk, noon):
    venue = make_venue()
    full_event(venue=venue)
    before = last()
    data = {**VENUE, "street": "Kade 1", "region": str(venue.region_id), "route_note_nl": "Bus 5."}
    assert desk.post(f"/desk/venues/{venue.id}", data=data).status_code == 303
    noon.set(NOON + timedelta(minutes=61, seconds=3.7))
    jobs.find_changes()
    assert sent_since(before) == 0


def test_a_postponement_is_undone_at_the_desk(desk, noon):
    event = full_event()
    page = f"/desk/events/{event.id}"
    desk.post(f"{page}/postpone", data={"words_nl": "De zaal is dicht."})
    seen = shown(desk.get(page))
    assert "Nog niemand heeft gehoord dat de bijeenkomst is uitgesteld." in seen
    assert "Nog geen nieuwe datum. Was gepland op donderdag 18 maart 2027" in seen
    noon.set(NOON + timedelta(seconds=41.5))
    jobs.find_changes()
    assert "4 mensen weten dat de bijeenkomst is uitgesteld" in shown(desk.get(page))
    before = last()
    assert desk.post(f"{page}/go-on").status_code == 303
    jobs.find_changes()
    assert sent_since(before) == 4
    assert queries.by_id(event.id).cancel_note == {}
    assert desk.post(f"{page}/go-on").location == page
    jobs.find_changes()
    assert sent_since(before) == 4


@pytest.mark.parametrize("heard", [False, True])
def test_before_a_postponement_is_undone_what_changed_before_it_is_counted(desk, noon, heard):
    """Also of who comes online: those hear nothing of another hall."""
    stream = {"stream_url": "https://example.org/stream", "attendance_mode": "mixed"}
    event = full_event(**stream)
    registered(event, make_applicant(7, is_online=True))
    moved = as_shown(event, venue=str(make_venue("Zaal Noord", "Zwolle").id), **stream)
    page = f"/desk/events/{event.id}"
    confirm(desk, f"{page}/edit", moved)
    desk.post(f"{page}/postpone", data={"words_nl": "De zaal is dicht."})
    if heard:
        noon.set(NOON + timedelta(seconds=41.5))
        jobs.find_changes()
    seen = shown(desk.get(page))
    assert ("5 mensen weten dat" in seen) is heard
    assert (
        "4 e-mails over een eerdere wijziging gaan dan binnen enkele minuten weg" in seen
    ) is not heard
    assert "krijgt dus een e-mail" not in seen
    before = last()
    desk.post(f"{page}/go-on")
    jobs.find_changes()
    assert sent_since(before) == (5 if heard else 4), "as many as the page said"


def test_a_day_that_has_passed_does_not_come_back(desk, noon):
    event = make_event(summary="Kort.")
    with saving():
        actions.postpone(event, words={}, by=None, now=NOON)
    noon.set(event.starts_at + timedelta(minutes=3, seconds=0.2))
    assert "Laat de bijeenkomst toch doorgaan" not in desk.get(f"/desk/events/{event.id}").text
    answer = desk.post(f"/desk/events/{event.id}/go-on", follow_redirects=True)
    assert "De oude datum is voorbij." in answer.text
