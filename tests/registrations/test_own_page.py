"""What somebody's own page says: how they stand, how the event stands, and no promise in vain."""

from datetime import timedelta

import pytest

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.events import actions as events
from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.registrations import jobs
from events_app.registrations.models import AskedOf, Registration, Status
from tests.conftest import NOON, dealt
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    mailed_link,
    make_applicant,
    make_form,
    make_question,
    registered,
)
from tests.pages import said
from tests.registrations.test_hand_over_to_a_guest import LEA, PARTY
from tests.registrations.test_mixed import limited, move, online

ENDED = [Status.CANCELLED, Status.REJECTED, Status.EXPIRED]
HOW_IT_ENDED = (
    "Uw aanmelding is geannuleerd", "Uw plaats is geannuleerd", "U hebt niet op tijd bevestigd",
    "Uw plaats is vervallen",
)  # fmt: skip
OTHERWISE = {
    EventStatus.POSTPONED: "Deze bijeenkomst is uitgesteld",
    EventStatus.CANCELLED: "Deze bijeenkomst gaat niet door",
    EventStatus.DONE: "Deze bijeenkomst is geweest",
    EventStatus.ARCHIVED: "Deze bijeenkomst staat in ons archief",
}
IN_VAIN = (
    "krijgt een e-mail", "krijgt u een e-mail", "sturen wij", "als er een vrij is",
    "zolang de aanmelding open is",
)  # fmt: skip


def becomes(event, status):
    with saving():
        found = db.session.get_one(Event, event.id)
        found.status = status
        if status in (EventStatus.DONE, EventStatus.ARCHIVED):
            found.starts_at, found.ends_at = NOON - timedelta(days=1), NOON - timedelta(hours=20)


@pytest.mark.parametrize("page", ["registration", "guest"])
@pytest.mark.parametrize(("ended", "status"), dealt(ENDED, list(OTHERWISE)))
@pytest.mark.parametrize("is_unconfirmed", [False, True])
def test_who_does_not_come_reads_that_first_and_no_promise(
    client, ended, is_unconfirmed, status, page
):
    event = make_event(capacity=3)
    make_form(event, guests_max=3)
    one = registered(event, PARTY)
    jobs.tell_guests()
    link = mailed_link(LEA if page == "guest" else ANA.email, page)
    with saving():
        found = db.session.get_one(Registration, one.id)
        found.status = ended
        found.confirm_by = NOON - timedelta(days=1) if is_unconfirmed else None
    becomes(event, status)
    words = said(client.get(link))
    first = min(words.find(how) for how in HOW_IT_ENDED if how in words)
    assert first < words.index(OTHERWISE[status])
    assert [each for each in IN_VAIN if each in words] == []


@pytest.mark.parametrize("waits", [False, True])
def test_who_comes_or_waits_reads_that_they_keep_it_while_there_is_no_date(client, waits):
    event = make_event(capacity=1)
    make_form(event, capacity=1)
    if waits:
        registered(event, make_applicant(1))
    registered(event, ANA)
    link = mailed_link(ANA.email)
    becomes(event, EventStatus.POSTPONED)
    page = said(client.get(link))
    assert ("U houdt uw plek op de wachtlijst." if waits else "U houdt uw plaats.") in page
    assert "krijgt u een e-mail" in page
    page = said(client.post(f"{link}/cancel", follow_redirects=True))
    assert "Uw aanmelding is geannuleerd" in page
    assert ("U staat niet meer op de wachtlijst." in page) is waits
    assert "krijgt u een e-mail" not in page


# -- online until there is a place in the hall


@pytest.mark.parametrize("guests", [(), ("Gast",)])
@pytest.mark.parametrize("left_online", [0, 1, 2])
def test_online_is_offered_where_it_has_room_for_all_of_them(client, guests, left_online):
    event = limited(2, left_online + 1)
    registered(event, make_applicant(1, guests=("Gast",)))
    registered(event, online(2))
    one = registered(event, make_applicant(3, guests=guests))
    link = mailed_link(one.email)
    fits = 1 + len(guests) <= left_online
    assert ("U kunt tot die tijd online meedoen." in said(client.get(link))) is fits
    assert ('value="either"' in client.get(f"{link}/change").text) is fits
    assert (move(client, one, "either").status_code == 303) is fits


# -- a page that was open while the event was called off, or ended


def called_off(event, noon):
    with saving():
        events.cancel(db.session.get_one(Event, event.id), words={}, by=None, now=clock.now())


def called_off_and_told(event, noon):
    called_off(event, noon)
    jobs.find_changes()


def over(event, noon):
    noon.set(event.ends_at + timedelta(minutes=1, seconds=3.7))


TYPED = {"name": "Coen de Demo", "email": "coen@example.org"}


@pytest.mark.parametrize("happens", [called_off, called_off_and_told, over])
@pytest.mark.parametrize("door", ["change", "address", "hand-over", "answers", "leave"])
def test_what_was_open_when_the_event_ended_says_that_and_gives_back_what_was_typed(
    client, noon, happens, door
):
    event = make_event(capacity=5)
    form = make_form(event, capacity=5, guests_max=3)
    asked = make_question(form, asked_of=AskedOf.EVERYONE)
    registered(event, PARTY)
    jobs.tell_guests()
    by_guest = door in ("answers", "leave")
    own = mailed_link(LEA, "guest") if by_guest else mailed_link(ANA.email)
    happens(event, noon)
    data = {"answers": {f"question_{asked.id}": "Een lang antwoord"}, "leave": {}}.get(door, TYPED)
    answer = client.post(f"{own}/{door}", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    if door not in ("change", "answers"):  # what is long does not fit beside the page
        assert (answer.status_code, answer.location) == (303, own)
        answer = client.get(own)
    else:
        assert answer.status_code == 409
    page = said(answer)
    why = "is geweest" if happens is over else "gaat niet door"
    assert f"Deze bijeenkomst {why}. Er is nu dus niets veranderd." in page
    typed = [words for words in data.values() if " " in words or door != "change"]
    assert [words for words in typed if words not in page] == []
