"""An event in a hall and online, each with places of its own, and people may move."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import AttendanceMode
from events_app.registrations import actions, jobs
from events_app.registrations.models import Registration, Status
from events_app.registrations.queries import form_of
from events_app.registrations.rules import Changes
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    MIA,
    RUI,
    mailed_link,
    make_applicant,
    make_form,
    pool_of,
    registered,
    registered_as,
    taken,
)

NOW = NOON + timedelta(minutes=2, seconds=41, microseconds=77_003)
STREAM = "https://example.org/stream"


@pytest.fixture(autouse=True)
def at_odds(noon):
    noon.set(NOW)


def mixed(capacity, **more):
    event = make_event(capacity=capacity, attendance_mode=AttendanceMode.MIXED, stream_url=STREAM)
    make_form(event, capacity=capacity, guests_max=2, **more)
    return event


def online(number, **more):
    return make_applicant(number, is_online=True, **more)


def is_counted_right():
    with saving():
        return actions.recount(now=NOW) == 0


def letter_to(email):
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == email)
    return db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).first()


def location_in(letter):
    unfolded = letter.calendar.replace(b"\r\n ", b"").decode()
    return re.search(r"^LOCATION:(.*?)\r?$", unfolded, re.MULTILINE)[1]


def again(registration):
    db.session.expire_all()
    return db.session.get(Registration, registration.id)


def move(client, registration, attends, **more):
    path = f"{mailed_link(registration.email)}/change"
    return client.post(path, data={"name": registration.name, "attends": attends, **more})


def form(client, event):
    return client.get(f"/events/{event.slug}/register").text


def test_only_a_mixed_event_asks_how_people_take_part(client):
    for mode in AttendanceMode:
        event = make_event(capacity=5, attendance_mode=mode)
        asks = 'name="attends"' in form(client, event)
        assert asks is (mode is AttendanceMode.MIXED)
        typed = {"name": "Ana", "email": "a@example.org"} | ({"attends": "online"} if asks else {})
        client.post(f"/events/{event.slug}/register", data=typed)
        assert taken(event) == (0 if asks else 1)
    assert is_counted_right()


def test_who_does_not_choose_is_asked(client):
    event = mixed(5)
    typed = {"name": "Ana", "email": "a@example.org"}
    page = client.post(f"/events/{event.slug}/register", data=typed)
    assert "Kies hoe u meedoet." in page.text
    assert taken(event) == 0


@pytest.mark.parametrize("has_line", [True, False])
def test_online_nobody_waits_for_the_hall(client, has_line):
    event = mixed(1, has_waiting_list=has_line)
    registered(event, ANA)
    seen = form(client, event)
    assert "Alle plaatsen in de zaal zijn bezet" in seen
    assert ("op de wachtlijst" in html.fromstring(seen).xpath("string(//main)")) is has_line
    public = client.get(f"/events/{event.slug}").text
    assert "Online kunt u nog wel meedoen." in public
    assert "Zet mij op de wachtlijst" not in public
    typed = {"name": "Rui", "email": "r@example.org", "attends": "online", "guest_1": "Gast"}
    page = client.get(client.post(f"/events/{event.slug}/register", data=typed).location).text
    assert "Er is plaats voor 2 personen" in page
    made = db.session.scalars(select(Registration).order_by(Registration.id.desc())).first()
    assert (made.status, made.party_size, made.is_online) == (Status.CONFIRMED, 2, True)
    assert taken(event) == 1
    assert is_counted_right()


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        (3, "In de zaal zijn nog maar weinig plaatsen vrij. Online is er plaats voor iedereen."),
        (9, "In de zaal zijn nog minder dan tien plaatsen vrij."),
        (35, "In de zaal zijn nog minstens 30 plaatsen vrij."),
    ],
)
def test_places_are_counted_for_the_hall_alone(client, capacity, said):
    event = mixed(capacity)
    public = client.get(f"/events/{event.slug}").text
    assert said in form(client, event)
    assert said in public
    assert '"availability": "https://schema.org/InStock"' in public
    listed = html.fromstring(client.get("/events/").text).xpath("string(//main)")
    assert ("Zaal bijna vol" in listed) is (capacity == 3)


def test_the_hall_of_a_full_event_is_the_line(client):
    event = mixed(0)
    typed = {"name": "Rui", "email": "r@example.org", "attends": "hall"}
    client.post(f"/events/{event.slug}/register", data=typed)
    assert db.session.scalars(select(Registration.status)).one() is Status.WAITLISTED


def test_letter_page_and_calendar_say_where(client):
    event = mixed(5)
    registered(event, ANA)
    registered(event, online(2))
    hall, there = letter_to(ANA.email), letter_to("guest2@example.org")
    assert event.venue.name in location_in(hall)
    assert location_in(there) == "Online"
    assert "Online" in [value for _kind, value in there.slots.values()]
    assert STREAM in [value for _kind, value in there.slots.values()]
    page = client.get(mailed_link("guest2@example.org")).text
    assert event.venue.name not in page
    assert STREAM in page


def test_from_the_hall_to_online_the_place_goes_to_the_next(client):
    event = mixed(2)
    ana = registered(event, make_applicant(1, guests=("Gast",)))
    waits = registered(event, RUI)
    sequence = ana.contact.entry.sequence
    assert move(client, ana, "online", guest_1="Gast").status_code == 303
    assert again(ana).is_online
    assert again(waits).status is Status.OFFERED
    assert taken(event) == 1
    letter = letter_to(ana.email)
    assert (letter.kind, letter.calendar_method) == ("registrations/confirmed", "REQUEST")
    assert location_in(letter) == "Online"
    assert again(ana).contact.entry.sequence == sequence + 1
    assert is_counted_right()


@pytest.mark.parametrize("status", [Status.WAITLISTED, Status.OFFERED])
def test_who_waits_may_go_online_at_once(client, status):
    event = mixed(1)
    ana, rui, mia = (registered(event, who) for who in (ANA, RUI, MIA))
    if status is Status.OFFERED:
        with saving():
            actions.give_up(ana, now=NOW)
    assert again(rui).status is status
    move(client, rui, "online")
    assert again(rui).status is Status.CONFIRMED
    offered = again(mia).status is Status.OFFERED
    assert offered is (status is Status.OFFERED)
    assert taken(event) == 1
    assert is_counted_right()


def test_where_they_go_there_must_be_room_for_a_guest_more(client):
    event = mixed(2)
    one = registered(event, ANA)
    registered(event, RUI)
    assert move(client, one, "online", guest_1="Lea").status_code == 303
    assert (again(one).is_online, again(one).party_size, again(one).claim.places) == (True, 2, 2)
    assert (taken(event), taken(event, is_online=True)) == (1, 2)
    letter = letter_to(ANA.email)
    assert "Lea" in str(letter.slots)
    answer = move(client, one, "hall", guest_1="Lea")
    assert answer.status_code == 409
    assert "In de zaal zijn geen 2 plaatsen vrij." in answer.text
    assert move(client, one, "hall", guest_1="").status_code == 303, "a guest less fits"
    assert (again(one).is_online, again(one).claim.places, taken(event)) == (False, 1, 2)
    assert is_counted_right()


def test_who_also_waits_for_the_hall_takes_a_guest_along_in_both(client):
    event = mixed(3)
    registered(event, make_applicant(1, guests=("A", "B")))
    one = registered(event, ANA)
    assert again(one).status is Status.WAITLISTED
    assert move(client, one, "either", guest_1="Lea").status_code == 303
    assert [claim.places for claim in again(one).claims] == [2, 2]
    assert move(client, one, "either", guest_1="Lea", guest_2="Tim").status_code == 303
    assert [claim.places for claim in again(one).claims] == [3, 3]
    assert (taken(event), taken(event, is_online=True)) == (3, 3)
    assert is_counted_right()


def test_where_online_has_no_room_for_a_guest_more_nothing_changes(client):
    event = mixed(2)
    with saving():
        pool_of(event, is_online=True).size = 1
    one = registered(event, ANA)
    registered(event, RUI)
    answer = move(client, one, "online", guest_1="Lea")
    assert answer.status_code == 409
    assert "Daar zijn geen 2 plaatsen vrij." in answer.text
    assert 'value="Lea"' in answer.text
    assert (again(one).is_online, again(one).party_size) == (False, 1)
    assert (taken(event), taken(event, is_online=True)) == (2, 0)


def test_from_online_to_the_hall_takes_a_place_or_is_refused_in_words(client):
    event = mixed(2)
    first, second = registered(event, online(1, guests=("Gast",))), registered(event, online(2))
    assert move(client, first, "hall", guest_1="Gast").status_code == 303
    assert (again(first).is_online, taken(event)) == (False, 2)
    assert event.venue.name in location_in(letter_to(first.email))
    answer = move(client, second, "hall", organisation="Demo bv")
    assert answer.status_code == 409
    assert "Er is geen plaats vrij in de zaal." in answer.text
    assert 'value="Demo bv"' in answer.text
    assert (again(second).is_online, again(second).contact.organisation) == (True, "")
    assert taken(event) == 2
    assert is_counted_right()


@pytest.mark.parametrize("is_online", [False, True])
def test_only_a_place_in_the_hall_is_said_to_come_free(client, is_online):
    ana = registered(mixed(2), make_applicant(1, is_online=is_online))
    page = client.get(mailed_link(ana.email)).text
    assert ("komt dan meteen vrij voor iemand anders" in page) is not is_online
    client.post(f"{mailed_link(ana.email)}/cancel")
    letter = letter_to(ana.email)
    assert letter.kind == "registrations/cancelled"
    for text in (letter.body.text, letter.body.html):
        assert "U hebt uw aanmelding geannuleerd." in text
        assert ("Uw plaats is nu vrij voor iemand anders." in text) is not is_online


def test_other_changes_send_no_letter(client):
    event = mixed(2)
    ana = registered(event, ANA)
    before = letter_to(ANA.email).id
    move(client, ana, "hall", organisation="Demo bv")
    assert letter_to(ANA.email).id == before
    with saving():
        actions.change(
            again(ana),
            Changes(name="Gast 1", guests=()),
            now=NOW,
        )
    assert not again(ana).is_online


def test_ways_out_give_back_nothing_that_was_not_taken(app, client, desk, noon):
    event = mixed(5)
    registered(event, ANA)
    for number in range(10):
        registered(event, online(number, guests=("Gast",)))
    assert taken(event) == 1
    client.post(f"{mailed_link('guest1@example.org')}/cancel")
    move(client, again(of("guest2@example.org")), "online", guest_1="")
    desk.post("/desk/contacts/privacy/erase", data={"email": "guest3@example.org"})
    assert taken(event) == 1
    for number in range(20, 32):
        typed = {"name": "Gast", "email": f"guest{number}@example.org", "attends": "online"}
        client.post(f"/events/{event.slug}/register", data=typed)
    assert of("guest31@example.org").status is Status.PENDING
    assert client.post(f"{mailed_link('guest31@example.org')}/confirm").status_code == 303
    assert of("guest31@example.org").status is Status.CONFIRMED
    noon.set(NOW + timedelta(days=1))
    jobs.lapse()
    assert of("guest30@example.org").status is Status.EXPIRED
    client.post(f"{mailed_link('guest30@example.org')}/confirm")
    assert of("guest30@example.org").status is Status.CONFIRMED
    assert taken(event) == 1
    assert is_counted_right()


def of(email):
    db.session.expire_all()
    return db.session.scalars(registered_as(email)).one()


def test_a_known_address_online_gives_back_no_place(client):
    event = mixed(5)
    registered(event, ANA)
    typed = {"name": "Ana", "email": ANA.email, "attends": "online"}
    client.post(f"/events/{event.slug}/register", data=typed)
    assert taken(event) == 1
    assert not of(ANA.email).is_online


def test_the_desk_sees_who_takes_part_online(desk):
    event = mixed(5)
    registered(event, ANA)
    there = registered(event, online(2, guests=("Gast",)))
    page = html.fromstring(desk.get(f"/desk/registrations/{event.id}").text)
    words = " ".join(page.xpath("string(//dl[@class='stats'])").split())
    assert "Online2Zij nemen geen plaats in." in words
    listed = desk.get(f"/desk/registrations/{event.id}/list.csv", buffered=True).text
    assert [";Online;" in line for line in listed.splitlines()] == [False, False, True]
    assert "Online" in desk.get(f"/desk/registrations/{event.id}/{there.id}").text


def test_another_hall_is_no_news_online(client, noon):
    event = mixed(5)
    registered(event, ANA)
    registered(event, online(2))
    with saving():
        event.venue.name = "De Nieuwe Zaal"
        event.revision += 1
        event.changed_at = NOON
    noon.set(NOW + timedelta(hours=1))
    jobs.find_changes()
    assert letter_to(ANA.email).kind == "registrations/changed"
    assert letter_to("guest2@example.org").kind == "registrations/confirmed"
    with saving():
        event.stream_url = "https://example.org/other"
        event.revision += 1
    jobs.find_changes()
    assert letter_to("guest2@example.org").kind == "registrations/changed"


# -- online with a number of its own


def settings(**more):
    return {
        "size": "5", "guests_max": "2", "offer_hours": "48", "access": "open",
        "needs_wipe_after_days": "14", "has_waiting_list": "y", "shows_places_left": "y", **more,
    }  # fmt: skip


def limited(hall, there, **more):
    event = mixed(hall, **more)
    with saving():
        actions.resize(form_of(event.id), there, is_online=True, by=make_staff(), now=NOW)
    return event


def words(page):
    return " ".join(html.fromstring(page.text).xpath("string(//main)").split())


def test_an_organiser_gives_online_a_number_and_takes_it_away_again(desk):
    event = mixed(5)
    path = f"/desk/registrations/{event.id}/settings"
    assert "Laat dit leeg als er online plaats is voor iedereen." in words(desk.get(path))
    desk.post(path, data=settings(online_size="1"))
    assert pool_of(event, is_online=True).size == 1
    registered(event, online(1))
    waits = registered(event, online(2))
    assert again(waits).status is Status.WAITLISTED
    refused = desk.post(path, data=settings(online_size="0"))
    assert "Er is één plaats bezet." in words(refused)
    assert pool_of(event, is_online=True).size == 1
    asked = desk.post(path, data=settings(online_size=""))
    assert "1 persoon of groep op de wachtlijst" in words(asked)
    desk.post(path, data=settings(online_size="", confirmed=mark(asked)))
    assert pool_of(event, is_online=True).size is None
    assert again(waits).status is Status.OFFERED
    journal = desk.get("/desk/accounts/journal").text
    assert "aantal plaatsen online" in journal


def test_one_place_that_is_taken_is_said_as_one(desk):
    event = mixed(5)
    path = f"/desk/registrations/{event.id}/settings"
    registered(event, online(1))
    assert "Er is er één bezet." in words(desk.get(path))
    registered(event, online(2))
    assert "Er zijn er 2 bezet." in words(desk.get(path))


def mark(page):
    return html.fromstring(page.text).xpath("//button[@name='confirmed']/@value")[0]


def test_an_event_in_one_place_has_no_number_for_online_and_keeps_it_for_later(desk):
    event = limited(5, 3)
    with saving():
        event.attendance_mode = AttendanceMode.OFFLINE
    path = f"/desk/registrations/{event.id}/settings"
    assert "Aantal plaatsen online" not in words(desk.get(path))
    desk.post(path, data=settings(online_size="9"))
    assert pool_of(event, is_online=True).size == 3


@pytest.mark.parametrize("has_line", [True, False])
def test_where_online_is_full_the_hall_is_open(client, has_line):
    event = limited(50, 1, has_waiting_list=has_line)
    registered(event, online(1))
    seen = form(client, event)
    assert "Alle plaatsen online zijn bezet" in seen
    assert ("op de wachtlijst" in html.fromstring(seen).xpath("string(//main)")) is has_line
    public = client.get(f"/events/{event.slug}")
    assert "Alle plaatsen online zijn bezet. In de zaal is nog plaats." in words(public)
    assert "In de zaal zijn nog minstens 50 plaatsen vrij." in words(public)
    assert '"availability": "https://schema.org/InStock"' in public.text
    assert "Online vol, zaal kan nog" in words(client.get("/events/"))
    typed = {"name": "Rui", "email": "r@example.org", "attends": "online"}
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    assert answer.status_code == (303 if has_line else 409)
    assert (taken(event), taken(event, is_online=True)) == (0, 1)
    client.post(f"/events/{event.slug}/register", data={**typed, "attends": "hall"})
    assert taken(event) == (0 if has_line else 1)
    assert is_counted_right()


@pytest.mark.parametrize(("has_line", "state"), [(True, "Wachtlijst"), (False, "Vol")])
def test_where_both_are_full_the_event_is(client, has_line, state):
    event = limited(1, 1, has_waiting_list=has_line)
    registered(event, ANA)
    registered(event, online(1))
    assert state in words(client.get("/events/"))
    seen = client.get(f"/events/{event.slug}/register")
    assert ("Alle plaatsen zijn bezet" in words(seen)) is True
    assert ("<form" in seen.text and 'name="attends"' in seen.text) is has_line


def test_each_line_gets_what_comes_free_in_its_own_place(client):
    event = limited(1, 1)
    ana, there = registered(event, ANA), registered(event, online(1))
    hall_line, online_line = registered(event, RUI), registered(event, online(2))
    with saving():
        actions.give_up(there, now=NOW)
    assert again(hall_line).status is Status.WAITLISTED
    assert again(online_line).status is Status.OFFERED
    assert "Uw plaats is nu vrij voor iemand anders." in letter_to(there.email).body.text
    with saving():
        actions.give_up(ana, now=NOW)
    assert again(hall_line).status is Status.OFFERED
    assert is_counted_right()


def test_who_moves_leaves_one_place_and_takes_one_or_stays(client):
    event = limited(2, 1)
    ana, there = registered(event, ANA), registered(event, online(1))
    waits = registered(event, online(2))
    answer = move(client, ana, "online")
    assert answer.status_code == 409
    assert "Daar is geen plaats vrij. Er is niets veranderd." in answer.text
    assert (taken(event), taken(event, is_online=True)) == (1, 1)
    before = again(there).claim_id
    assert move(client, there, "hall").status_code == 303
    assert again(there).claim.replaces_id == before
    assert again(waits).status is Status.OFFERED
    assert (taken(event), taken(event, is_online=True)) == (2, 1)
    assert is_counted_right()


def test_the_desk_sees_how_full_online_is(desk):
    event = limited(5, 2)
    registered(event, online(1))
    registered(event, online(2, guests=("Gast",)))
    page = words(desk.get(f"/desk/registrations/{event.id}"))
    assert "Online1van 2" in page
    assert "Personen op de wachtlijst voor online" in page
    listed = words(desk.get("/desk/registrations/"))
    assert "en 2 online" in listed
    assert "en 1 online" in listed
    assert "vrije plaats" in words(desk.get("/desk/")), "nobody fits in it"


@pytest.mark.parametrize("is_seated", [True, False])
def test_the_change_page_speaks_of_a_place_that_comes_free_where_there_is_one(client, is_seated):
    event = mixed(1)
    if not is_seated:
        registered(event, RUI)
    registered(event, ANA)
    page = words(client.get(f"{mailed_link(ANA.email)}/change"))
    assert ("dan komt uw plaats in de zaal vrij" in page) is is_seated
