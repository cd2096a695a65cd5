"""An event that was online alone gets a hall besides: who registered stays online."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import AttendanceMode, Event
from events_app.registrations import actions, jobs, queries
from events_app.registrations.models import Status
from tests.confirming import confirm
from tests.conftest import NOON
from tests.events.test_desk import as_shown
from tests.factories.accounts import make_staff
from tests.factories.allotments import make_allotment
from tests.factories.events import make_event, make_venue
from tests.factories.registrations import ANA, make_applicant, make_form, registered
from tests.pages import shown
from tests.registrations.test_mixed import STREAM, again, is_counted_right

STAYS = "Wie zich heeft aangemeld, blijft online en houdt de plaats."
TO_THE_HALL = "Wie zich heeft aangemeld, krijgt een plaats in de zaal."
NO_PLACES = "De zaal heeft nog geen plaatsen."


@pytest.fixture
def event(app, noon):
    """Online, with two places; two have them, and one waits."""
    event = make_event(
        capacity=2, attendance_mode=AttendanceMode.ONLINE, stream_url=STREAM, summary="Kort."
    )
    make_form(event, capacity=2, guests_max=2)
    return event


@pytest.fixture
def people(event):
    return [registered(event, make_applicant(number)) for number in (1, 2, 3)]


def with_hall(event):
    venue = make_venue("Zaal Noord", "Zwolle", "overijssel")
    return as_shown(
        event, attendance_mode="mixed", venue=str(venue.id), stream_url=STREAM, summary_nl="Kort."
    )


def letters():
    return db.session.scalar(select(func.count()).select_from(OutboxMessage))


def numbers(event):
    form = queries.form_of(event.id)
    return [(pool.size, pool.taken) for pool in form.pools]


def hears(noon):
    noon.set(clock.now() + timedelta(minutes=21))
    jobs.find_changes()
    jobs.find_room()


def test_who_registered_stays_online_and_gets_no_letter(desk, client, event, people, noon):
    path, sent = f"/desk/events/{event.id}/edit", with_hall(event)
    page = shown(desk.post(path, data=sent))
    assert STAYS in page
    assert "Niemand krijgt een e-mail." in page
    before = letters()
    confirm(desk, path, sent)
    hears(noon)
    assert letters() == before, "as the page said"
    one, two, waits = map(again, people)
    assert [each.status for each in (one, two, waits)] == [
        Status.CONFIRMED,
        Status.CONFIRMED,
        Status.WAITLISTED,
    ]
    assert all(each.is_online for each in (one, two, waits))
    assert numbers(event) == [(0, 0), (2, 2)]
    assert "was Online" not in shown(client.get(f"/events/{event.slug}"))
    assert is_counted_right()


def test_the_desk_is_told_that_the_hall_has_no_places_and_gives_it_some(desk, event, people, noon):
    confirm(desk, f"/desk/events/{event.id}/edit", with_hall(event))
    assert NO_PLACES in shown(desk.get(f"/desk/events/{event.id}"))
    comes = registered(event, ANA)
    assert (comes.status, comes.is_online) == (Status.WAITLISTED, False)
    with saving():
        form = queries.form_of(event.id)
        actions.resize(form, 5, by=make_staff("rens@example.org"), now=clock.now())
    hears(noon)
    assert again(comes).status is Status.OFFERED
    assert again(people[2]).status is Status.WAITLISTED, "for online"
    assert NO_PLACES not in shown(desk.get(f"/desk/events/{event.id}"))


def test_another_link_is_told_to_who_has_a_place(desk, event, people, noon):
    path = f"/desk/events/{event.id}/edit"
    sent = {**with_hall(event), "stream_url": "https://example.org/elsewhere"}
    assert "2 e-mails aan mensen met een plaats." in shown(desk.post(path, data=sent))
    before = letters()
    confirm(desk, path, sent)
    hears(noon)
    assert letters() == before + 2


def test_who_had_a_hall_before_has_it_again(desk, event, people, noon):
    path = f"/desk/events/{event.id}/edit"
    confirm(desk, path, with_hall(event))
    with saving():
        form = queries.form_of(event.id)
        actions.resize(form, 5, by=make_staff("rens@example.org"), now=clock.now())
    comes = registered(event, ANA)
    for mode in ("online", "mixed"):
        event = db.session.get_one(Event, event.id, populate_existing=True)
        sent = with_hall(event) | {"attendance_mode": mode}
        if mode == "mixed":
            assert "Wie een plaats in de zaal had, heeft die weer." in shown(
                desk.post(path, data=sent)
            )
        confirm(desk, path, sent)
        hears(noon)
    assert [again(each).is_online for each in (comes, *people)] == [False, True, True, False]
    assert is_counted_right()


def test_what_is_held_for_guests_keeps_all_in_the_hall_and_the_desk_reads_why(desk, event, noon):
    held = make_allotment(event, 1)
    one = registered(event, make_applicant(1))
    page = shown(desk.post(f"/desk/events/{event.id}/edit", data=with_hall(event)))
    assert TO_THE_HALL in page
    assert "2 plaatsen" in page
    assert "Geef die eerst vrij" in page
    confirm(desk, f"/desk/events/{event.id}/edit", with_hall(event))
    assert not again(one).is_online
    assert held.claim.pool_id == queries.form_of(event.id).pool_id
    assert numbers(event) == [(2, 2), (None, 0)]


def test_nobody_registered_and_the_number_is_that_of_the_hall(desk, event):
    page = shown(desk.post(f"/desk/events/{event.id}/edit", data=with_hall(event)))
    assert STAYS not in page
    assert TO_THE_HALL not in page
    confirm(desk, f"/desk/events/{event.id}/edit", with_hall(event))
    assert numbers(event) == [(2, 0), (None, 0)]


def test_twice_is_once(event, people):
    rens = make_staff("rens@example.org")
    for _ in range(2):
        with saving():
            actions.add_hall(db.session.get_one(Event, event.id), by=rens, now=NOON)
    assert numbers(event) == [(0, 0), (2, 2)]
