"""An event in the hall and online comes to be in one place alone: everybody hears what that means
for them, and nobody loses a place without a word.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.capacity.models import ClaimStatus
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.core.errors import Refusal
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import AttendanceMode, Event
from events_app.registrations import actions, jobs, queries
from events_app.registrations.models import EntryState, Status
from tests.confirming import confirm
from tests.events.test_actions import content
from tests.events.test_desk import as_shown
from tests.factories.events import make_venue
from tests.factories.registrations import (
    ANA,
    MIA,
    RUI,
    has,
    ids,
    mailed_link,
    make_applicant,
    registered,
    taken,
)
from tests.registrations.test_hall_line import either, hall_status
from tests.registrations.test_mixed import (
    NOW,
    STREAM,
    again,
    is_counted_right,
    letter_to,
    limited,
    location_in,
    mixed,
    online,
    words,
)
from tests.registrations.test_options import workshops

HALL, ONLINE, BOTH = AttendanceMode.OFFLINE, AttendanceMode.ONLINE, AttendanceMode.MIXED
GONE = "De bijeenkomst is nu alleen in de zaal, en niet meer online."


@pytest.fixture(autouse=True)
def at_odds(app, noon):
    noon.set(NOW)


def become(event, mode, **said):
    with saving():
        event = db.session.get(Event, event.id, populate_existing=True)
        said = {"attendance_mode": mode, "summary": {"nl": "Kort."}, **said}
        events.change(event, content(event, **said), by=None, now=clock.now())


def next_minute(noon):
    noon.set(clock.now() + timedelta(seconds=41))
    jobs.find_changes()
    jobs.find_room()


def kinds(email):
    wanted = select(OutboxMessage.kind).where(OutboxMessage.to_email == email)
    found = db.session.scalars(wanted.order_by(OutboxMessage.id))
    return [kind.rpartition("/")[2] for kind in found]


def stands(registration):
    one = again(registration)
    return one.status, one.is_online, hall_status(one)


def test_who_was_online_has_a_place_in_the_hall_and_hears_it(client, noon):
    event = mixed(5)
    there = registered(event, online(1, guests=("Gast",)))
    sequence = again(there).contact.entry.sequence
    become(event, HALL)
    next_minute(noon)
    assert stands(there) == (Status.CONFIRMED, False, None)
    letter = letter_to(there.email)
    assert (letter.kind, letter.calendar_method) == ("registrations/changed", "REQUEST")
    assert event.venue.name in location_in(letter)
    for text in (letter.body.text, letter.body.html):
        assert GONE in " ".join(text.split())
        assert "Er is een plaats in de zaal voor u." in text
    told = [value for _kind, value in letter.slots.values()]
    assert "Online" in told
    assert STREAM not in told
    assert again(there).contact.entry.sequence == sequence + 1
    page = words(client.get(mailed_link(there.email)))
    assert event.venue.name in page
    assert "Online" not in page
    assert STREAM not in page
    calendar = client.get(f"{mailed_link(there.email)}/calendar.ics").text
    assert "LOCATION:Online" not in calendar
    assert STREAM not in calendar
    assert (taken(event), taken(event, is_online=True)) == (2, 0)
    before = kinds(there.email)
    next_minute(noon)
    assert kinds(there.email) == before
    assert is_counted_right()


@pytest.mark.parametrize("has_line", [True, False])
def test_who_does_not_fit_waits_for_the_hall_and_it_leaves_their_calendar(client, noon, has_line):
    event = mixed(2, has_waiting_list=has_line)
    ana = registered(event, ANA)
    pair, alone = registered(event, online(1, guests=("Gast",))), registered(event, online(2))
    become(event, HALL)
    next_minute(noon)
    assert stands(ana) == (Status.CONFIRMED, False, None)
    assert stands(pair) == (Status.WAITLISTED, False, None)
    assert stands(alone) == (Status.CONFIRMED, False, None)
    letter = letter_to(pair.email)
    assert (letter.kind, letter.calendar_method) == ("registrations/changed", "CANCEL")
    assert location_in(letter) == "Online"
    for text in (letter.body.text, letter.body.html):
        assert GONE in " ".join(text.split())
        assert "U staat op de wachtlijst voor de zaal." in text
        assert "haalt de bijeenkomst uit uw agenda" in text
    assert again(pair).contact.entry.state is EntryState.WITHDRAWN
    assert kinds(ana.email) == ["confirmed"]
    old = again(pair).contact.entry.uid
    with saving():
        actions.resize(queries.form_of(event.id), 9, by=None, now=clock.now())
    with saving():
        actions.accept(again(pair), now=clock.now())
    assert again(pair).contact.entry.uid != old, (
        "a program goes on showing the old one as cancelled"
    )
    assert is_counted_right()


def test_who_waits_for_the_hall_meanwhile_keeps_the_number_there(noon):
    event = mixed(1)
    ana, rui, mia = registered(event, ANA), registered(event, either(1)), registered(event, MIA)
    late = registered(event, online(2))
    become(event, HALL)
    next_minute(noon)
    assert [stands(one)[0] for one in (rui, mia, late)] == [Status.WAITLISTED] * 3
    with saving():
        actions.give_up(again(ana), now=clock.now())
    assert stands(rui) == (Status.OFFERED, False, None)
    assert "CANCEL" in [
        one.calendar_method
        for one in db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.to_email == rui.email)
        )
    ]
    assert is_counted_right()


def test_a_place_in_the_hall_that_is_offered_stays_offered(client, noon):
    event = mixed(1)
    ana, rui = registered(event, ANA), registered(event, either(1))
    with saving():
        actions.give_up(again(ana), now=clock.now())
    become(event, HALL)
    next_minute(noon)
    assert stands(rui) == (Status.OFFERED, False, None)
    letter = letter_to(rui.email)
    assert "Er is een plaats voor u vrijgekomen." in " ".join(letter.body.text.split())
    client.post(f"{mailed_link(rui.email)}/accept")
    assert stands(rui) == (Status.CONFIRMED, False, None)
    assert (taken(event), taken(event, is_online=True)) == (1, 0)
    assert is_counted_right()


@pytest.mark.parametrize("is_offered", [False, True])
def test_who_waits_for_online_waits_for_the_hall_at_their_number(noon, is_offered):
    event = limited(1, 1)
    ana, there = registered(event, ANA), registered(event, online(1))
    waits = registered(event, online(2))
    noon.set(NOW + timedelta(minutes=5))
    later = registered(event, RUI)
    if is_offered:
        with saving():
            actions.give_up(again(there), now=clock.now())
    become(event, HALL)
    next_minute(noon)
    assert stands(waits) == (Status.WAITLISTED, False, None)
    assert GONE in " ".join(letter_to(waits.email).body.text.split())
    with saving():
        actions.give_up(again(ana), now=clock.now())
    assert (stands(waits)[0], stands(later)[0]) == (Status.OFFERED, Status.WAITLISTED)
    assert is_counted_right()


def test_what_is_not_confirmed_yet_stays_to_be_confirmed(client, noon):
    event = mixed(1)
    pending = registered(event, online(1), must_confirm=True)
    too_many = registered(event, online(2), must_confirm=True)
    become(event, HALL)
    next_minute(noon)
    assert (stands(pending)[0], stands(too_many)[0]) == (Status.PENDING, Status.WAITLISTED)
    assert again(too_many).claim.status is ClaimStatus.ASKED, "not in line before they confirm"
    for one in (pending, too_many):
        client.post(f"{mailed_link(one.email)}/confirm")
    assert (stands(pending)[0], stands(too_many)[0]) == (Status.CONFIRMED, Status.WAITLISTED)
    assert not again(too_many).is_unconfirmed
    assert event.venue.name in location_in(letter_to(pending.email))
    assert is_counted_right()


def test_online_alone_everybody_keeps_a_place_and_nobody_waits_for_the_hall(client, noon):
    event = mixed(1)
    ana, rui = registered(event, ANA), registered(event, either(1))
    there = registered(event, online(2))
    become(event, ONLINE)
    next_minute(noon)
    assert stands(ana) == (Status.CONFIRMED, False, None)
    assert stands(rui) == (Status.CONFIRMED, True, None)
    assert kinds(there.email) == ["confirmed"]
    assert "De bijeenkomst is nu online." in letter_to(ana.email).body.text
    letter = letter_to(rui.email)
    assert "U doet online mee, en wacht niet meer op de zaal." in " ".join(letter.body.text.split())
    assert location_in(letter) == "Online"
    assert "wachtlijst" not in words(client.get(mailed_link(rui.email)))
    assert is_counted_right()


def test_online_alone_there_is_one_line(noon):
    event = limited(1, 1)
    ana, there = registered(event, ANA), registered(event, online(1))
    waits = registered(event, online(2))
    become(event, ONLINE)
    next_minute(noon)
    assert kinds(waits.email) == ["waiting"]
    with saving():
        actions.give_up(again(ana), now=clock.now())
    assert stands(waits) == (Status.OFFERED, False, None)
    assert stands(there) == (Status.CONFIRMED, True, None)
    assert is_counted_right()


def test_until_it_is_told_the_page_promises_nothing_that_is_gone(client, noon):
    event = limited(1, 1)
    there, waits = registered(event, online(1)), registered(event, online(2))
    with saving():
        actions.give_up(again(there), now=clock.now())
    become(event, HALL)
    page = words(client.get(mailed_link(waits.email)))
    assert "Deze bijeenkomst is nu alleen in de zaal" in page
    assert "Neem de plaats aan" not in page
    with pytest.raises(Refusal), saving():
        actions.accept(again(waits), now=clock.now())
    next_minute(noon)
    assert stands(waits)[0] in (Status.WAITLISTED, Status.OFFERED)
    assert is_counted_right()


def test_what_comes_free_meanwhile_is_offered_online_to_nobody(noon):
    event = limited(1, 1)
    ana, there = registered(event, ANA), registered(event, online(1))
    waits = registered(event, online(2))
    become(event, HALL)
    with saving():
        actions.give_up(again(there), now=clock.now())
    jobs.find_room()
    assert stands(waits)[0] is Status.WAITLISTED
    next_minute(noon)
    with saving():
        actions.give_up(again(ana), now=clock.now())
    assert "Online" not in [value for _kind, value in letter_to(waits.email).slots.values()]
    assert is_counted_right()


def test_a_mode_that_changes_back_before_anybody_heard_moves_nobody(noon):
    event = mixed(5)
    there = registered(event, online(1))
    become(event, HALL)
    become(event, BOTH)
    next_minute(noon)
    assert (stands(there), kinds(there.email)) == ((Status.CONFIRMED, True, None), ["confirmed"])


def test_who_chose_in_the_same_moment_is_found_by_the_next_minute(noon):
    event = mixed(5)
    become(event, HALL)
    next_minute(noon)
    with saving():  # as a transaction that read the event before
        event = db.session.get(Event, event.id)
        event.attendance_mode = BOTH
        there = actions.register(queries.form_of(event.id), online(1), now=clock.now()).registration
        event.attendance_mode = HALL
    next_minute(noon)
    assert stands(there) == (Status.CONFIRMED, False, None)
    assert kinds(there.email) == ["confirmed", "changed"]


def test_while_it_is_postponed_nobody_is_moved_and_the_new_date_tells_it(noon):
    event = mixed(5)
    there = registered(event, online(1))
    pending = registered(event, online(2), must_confirm=True)
    with saving():
        events.postpone(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
    next_minute(noon)
    become(event, HALL)
    next_minute(noon)
    assert (stands(there)[1], kinds(there.email)) == (True, ["confirmed", "postponed"])
    with saving():
        actions.confirm(again(pending), now=clock.now())
    assert stands(pending) == (Status.CONFIRMED, True, None)
    week = timedelta(days=7)
    become(event, HALL, starts_at=event.starts_at + week, ends_at=event.ends_at + week)
    noon.set(clock.now() + timedelta(minutes=70))
    jobs.find_changes()
    assert stands(there) == (Status.CONFIRMED, False, None)
    assert kinds(there.email) == ["confirmed", "postponed", "changed"]
    assert GONE in " ".join(letter_to(there.email).body.text.split())


def test_what_is_for_the_hall_or_online_alone_goes_with_it_and_is_named(noon):
    event = mixed(5)
    for_all, hall, there = (
        workshops(event, open_to=each) for each in ("everybody", "hall", "online")
    )
    wanted = ids(for_all, "A") + ids(hall, "B") + ids(there, "C")
    ana = registered(event, make_applicant(1, options=wanted))
    rui = registered(event, make_applicant(2, options=wanted, is_online=True))
    become(event, HALL)
    next_minute(noon)
    assert (has(ana), has(rui)) == ("AB", "A")
    for text in (letter_to(rui.email).body.text, letter_to(rui.email).body.html):
        assert "U hebt dit niet meer, want het is er niet waar u meedoet:" in text
    become(event, ONLINE)
    noon.set(clock.now() + timedelta(hours=2))
    jobs.find_changes()
    assert has(ana) == "A"
    assert "U hebt dit niet meer" in letter_to(ana.email).body.text
    assert "U hebt dit niet meer" not in letter_to(rui.email).body.text
    assert is_counted_right()


def test_many_are_moved_batch_by_batch(app, noon):
    event = mixed(60)
    there = [registered(event, online(number)) for number in range(53)]
    become(event, HALL)
    noon.set(clock.now() + timedelta(seconds=41))
    jobs.find_changes()
    for _again in range(3):
        jobs.follow(event.id)
    assert {stands(one) for one in there} == {(Status.CONFIRMED, False, None)}
    assert (taken(event), taken(event, is_online=True)) == (53, 0)
    assert is_counted_right()


# -- what the desk reads


def asked(desk, event, mode, **more):
    sent = as_shown(
        event, attendance_mode=mode.value, stream_url=STREAM, summary_nl="Kort.", **more
    )
    path = f"/desk/events/{event.id}/edit"
    return desk.post(path, data=sent), path, sent


def test_before_it_is_saved_the_letters_are_counted(desk, noon):
    event = mixed(5)
    registered(event, ANA)
    for number in (1, 2, 3):
        registered(event, online(number))
    answer, path, sent = asked(desk, event, HALL)
    said = words(answer)
    assert "3 e-mails aan mensen met een plaats." in said
    assert "krijgt er een in de zaal" in said
    assert "20 minuten" not in said
    confirm(desk, path, sent)
    page = words(desk.get(f"/desk/events/{event.id}"))
    assert "3 e-mails over deze wijziging" in page
    assert "Online3" in page
    next_minute(noon)
    assert kinds("guest1@example.org") == ["confirmed", "changed"]
    assert kinds(ANA.email) == ["confirmed"]


def test_another_hall_at_the_same_time_tells_everybody(desk):
    event = mixed(5)
    registered(event, ANA)
    registered(event, online(1))
    other = make_venue("Zaal Noord", "Zwolle", "overijssel")
    answer, *_ = asked(desk, event, HALL, venue=str(other.id))
    assert "2 e-mails aan mensen met een plaats." in words(answer)


def test_online_alone_counts_the_hall_and_who_waits_for_it(desk):
    event = mixed(1)
    registered(event, ANA)
    registered(event, either(1))
    registered(event, online(2))
    answer, *_ = asked(desk, event, ONLINE)
    assert "2 e-mails aan mensen met een plaats." in words(answer)
    assert "Wie een plaats heeft, houdt die, online." in words(answer)


def test_the_desk_sees_who_is_online_also_where_that_is_all(desk, noon):
    event = mixed(5)
    registered(event, ANA)
    registered(event, online(1))
    become(event, ONLINE)
    next_minute(noon)
    for page in (f"/desk/registrations/{event.id}", f"/desk/events/{event.id}"):
        assert "Online1" in words(desk.get(page)), page
    assert "en 1 online" in words(desk.get("/desk/registrations/"))


@pytest.mark.parametrize("guests", [(), ("Gast",)])
def test_who_can_choose_from_now_on_reads_it_where_all_of_them_can(noon, guests):
    event = limited(5, 1)
    become(event, ONLINE)
    next_minute(noon)
    ana = registered(event, replace(ANA, guests=guests))
    become(event, BOTH)
    noon.set(clock.now() + timedelta(minutes=21))
    jobs.find_changes()
    letter = letter_to(ana.email)
    for text in (letter.body.text, letter.body.html):
        assert ("U kunt ook online meedoen: kies dat op uw eigen pagina." in text) is not bool(
            guests
        )
