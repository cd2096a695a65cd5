"""The last held places, the last places of the event and the release, all at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from events_app.accounts.models import Role
from events_app.capacity.queries import miscounted
from events_app.core.db import db
from events_app.registrations import queries, rules
from events_app.registrations.models import Registration, Status
from tests.conftest import signed_in
from tests.factories.allotments import make_allotment, pool_of_guests
from tests.faults.conftest import coming
from tests.faults.test_race import (
    LONG,
    QUEUE,
    Guest,
    all_in_one,
    letters,
    pool,
    seated,
    stored,
    two_and_a_worker,
)
from tests.machine import Visitor

PLACES, HELD, BY_LINK, OTHERS = 12, 5, 12, 15


class Organiser:
    """Releases the held places at the desk."""

    def __init__(self, machine, event, held):
        self.browser = Visitor(machine.port, 400, QUEUE)
        signed = signed_in(machine.app, Role.OWNER).get_cookie("session")
        self.browser._cookies["session"] = signed.value
        self.page = f"/desk/registrations/{event.id}/held"
        self.verb = f"{self.page}/{held.id}/release"

    def open_page(self):
        assert self.browser.get(self.page)[0] == 200

    def release(self):
        while (answer := self.browser.post(self.verb))[0] == 503:
            pass
        assert answer[0] == 303, answer
        self.browser.close()


@pytest.fixture
def crowd(machine):
    """`crowd(event, held)`: people who come by the link of the held places, and others."""
    came = []

    def for_event(event, held):
        given = queries.allotment_pass(held)
        for number in range(BY_LINK + OTHERS):
            guest = Guest(machine, event, number)
            if number % 2 == 0 and number < 2 * BY_LINK:
                guest.form += f"&pass={given}"
            came.append(guest)
        return came

    yield for_event
    for guest in came:
        guest.browser.close()


def race(guests, organiser=None):
    gate = threading.Barrier(len(guests) + bool(organiser))

    def one(guest):
        guest.open_form()
        gate.wait(QUEUE)
        guest.register()

    def release():
        organiser.open_page()
        gate.wait(QUEUE)
        organiser.release()

    with ThreadPoolExecutor(len(guests) + 1) as people:
        running = [people.submit(one, guest) for guest in guests]
        if organiser:
            running.append(people.submit(release))
        for each in running:
            each.result()


def check(event, held, guests, *, is_released):
    told = {guest.email: guest.look() for guest in guests}
    assert told == stored(event)
    places = sum(status in rules.SEATED for status in told.values())
    assert places == len(seated(event)) == PLACES
    assert pool(event).taken == PLACES
    assert pool_of_guests(held) == ((0, 0) if is_released else (HELD, HELD))
    assert [each.id for each, _counted in miscounted(limit=9)] == []
    assert queries.misheld(limit=9) == []
    assert queries.astray(limit=9) == []
    assert set(letters(event).values()) == {1}
    return told


def by_held_places(event):
    wanted = select(Registration).where(
        Registration.event_id == event.id,
        Registration.allotment_id.is_not(None),
        Registration.status == Status.CONFIRMED,
    )
    return db.session.scalars(wanted).all()


@pytest.mark.parametrize("shape", [all_in_one, pytest.param(two_and_a_worker, marks=LONG)])
def test_held_places_and_others_run_out_at_the_same_moment(machine, crowd, shape):
    event = coming(PLACES)
    held = make_allotment(event, HELD)
    shape(machine)
    guests = crowd(event, held)
    race(guests)
    told = check(event, held, guests, is_released=False)
    assert len(by_held_places(event)) == HELD
    assert set(told.values()) == {Status.CONFIRMED, Status.WAITLISTED}


@pytest.mark.parametrize("shape", [two_and_a_worker, pytest.param(all_in_one, marks=LONG)])
def test_they_are_released_while_everybody_comes(machine, crowd, shape):
    event = coming(PLACES)
    held = make_allotment(event, HELD)
    shape(machine)
    guests = crowd(event, held)
    race(guests, Organiser(machine, event, held))
    check(event, held, guests, is_released=True)
    assert len(by_held_places(event)) <= HELD


def test_negative_control_counting_before_taking_gives_held_places_twice(machine, crowd):
    event = coming(PLACES)
    held = make_allotment(event, HELD)
    all_in_one(machine, module="tests.faults.unguarded")
    guests = crowd(event, held)
    race(guests)
    with pytest.raises(AssertionError):
        check(event, held, guests, is_released=False)
    assert len(by_held_places(event)) > HELD
