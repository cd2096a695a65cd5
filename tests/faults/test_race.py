"""More people than places, at the same moment, against the real server: stored = told = places."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from events_app.capacity.models import Pool
from events_app.core.db import db
from events_app.delivery.models import OutboxMessage
from events_app.registrations import queries, rules
from events_app.registrations.models import OptionSignup, Participant, Registration, Status
from tests.conftest import dealt
from tests.factories.registrations import mailed_link, make_options, pool_of
from tests.faults.conftest import coming
from tests.machine import Visitor

LONG = pytest.mark.long
QUEUE = 600
"""Seconds that the last of a thousand may stand in line on a busy machine."""
PLACE, IN_LINE = "You have a place", "You are on the waiting list"
OFFER, GIVEN_UP = "There is a place for you", "Your registration is cancelled"
WORDS = {PLACE: Status.CONFIRMED, IN_LINE: Status.WAITLISTED, OFFER: Status.OFFERED,
         GIVEN_UP: Status.CANCELLED}  # fmt: skip


def all_in_one(machine, **more):
    machine.start("--empty", **more)
    machine.wait_until()


def two_and_a_worker(machine, **more):
    machine.start_two_units("--empty", **more)


class Guest:
    """Someone with a browser who wants a place, and what the site told them last."""

    def __init__(self, machine, event, number):
        self.app = machine.app
        self.browser = Visitor(machine.port, number, QUEUE)
        self.email = f"guest{number}@example.org"
        self.form = f"/events/{event.slug}/register?lang=en"
        self.page = ""
        self.told = None

    def open_form(self):
        assert self.browser.get(self.form)[0] == 200

    def register(self):
        status = self._post(self.form, name="Demo Guest", email=self.email)
        assert status in {303, 409}, status
        if status == 303:
            with self.app.app_context():  # the letter holds the link
                self.page = mailed_link(self.email)

    def _post(self, path, **fields):
        """Who is told that it is busy comes again, as the page says."""
        for _ in range(10):
            status, _headers, text = self.browser.post(path, **fields)
            if status != 503:
                break
            assert "Nothing was stored" in text
            time.sleep(random.random())
        return status

    def look(self):
        """The state their own page tells, or None for who has none."""
        if self.page:
            status, _, text = self.browser.get(f"{self.page}?lang=en")
            assert status == 200, status
            [words] = [words for words in WORDS if words in text]
            self.told = WORDS[words]
        return self.told

    def send(self, verb):
        """To accept or to cancel."""
        status = self._post(f"{self.page}/{verb}?lang=en")
        assert status == 303, status
        self.told = Status.CONFIRMED if verb == "accept" else Status.CANCELLED


def race(guests):
    """All at once."""
    gate = threading.Barrier(len(guests))

    def one(guest):
        guest.open_form()
        gate.wait(QUEUE)
        guest.register()

    with ThreadPoolExecutor(len(guests)) as crowd:
        for each in [crowd.submit(one, guest) for guest in guests]:
            each.result()


def stored(event):
    db.session.rollback()
    db.session.expire_all()
    wanted = select(Registration).where(Registration.event_id == event.id)
    return {registration.email: registration.status for registration in db.session.scalars(wanted)}


def seated(event):
    return {email for email, status in stored(event).items() if status in rules.SEATED}


def pool(event):
    db.session.rollback()
    return pool_of(event)


def letters(event):
    """How often each was sent which letter."""
    rows = db.session.execute(
        select(OutboxMessage.to_email, OutboxMessage.kind, OutboxMessage.dedupe_key)
    )
    ours = {
        f"registration:{key}:"
        for key in db.session.scalars(
            select(Registration.id).where(Registration.event_id == event.id)
        )
    }
    return Counter(
        (to, kind.rpartition("/")[2])
        for to, kind, key in rows
        if key[: key.index(":", len("registration:")) + 1] in ours
    )


def check(event, guests, places):
    """Stored = told yes = places; the pool says so too; everyone has one letter."""
    told = {guest.email for guest in guests if guest.look() is Status.CONFIRMED}
    assert seated(event) == told
    assert len(told) == places == pool(event).taken
    sent = letters(event)
    assert {to for to, kind in sent if kind == "confirmed"} == told
    assert set(sent.values()) == {1}


@pytest.fixture
def crowd(machine):
    """`crowd(event, 200)`: so many people who want a place."""
    came = []

    def for_event(event, count):
        known = len(came)  # others each time: one mailbox is written to so often in an hour
        came.extend(Guest(machine, event, number) for number in range(known, known + count))
        return came[-count:]

    yield for_event
    for guest in came:
        guest.browser.close()


@pytest.mark.parametrize(
    ("shape", "has_line"),
    [
        *dealt([(all_in_one, False), (two_and_a_worker, True)]),
        pytest.param(all_in_one, True, marks=LONG),
        pytest.param(two_and_a_worker, False, marks=LONG),
    ],
)
def test_two_hundred_people_for_fifty_places(machine, crowd, shape, has_line):
    event = coming(50, has_waiting_list=has_line)
    shape(machine)
    guests = crowd(event, 200)
    race(guests)
    check(event, guests, 50)
    waiting = sum(guest.told is Status.WAITLISTED for guest in guests)
    assert waiting == (150 if has_line else 0)


@pytest.mark.parametrize("shape", [all_in_one, pytest.param(two_and_a_worker, marks=LONG)])
def test_negative_control_counting_before_taking_over_books(machine, crowd, shape):
    event = coming(10, has_waiting_list=False)
    shape(machine, module="tests.faults.unguarded")
    guests = crowd(event, 30)
    race(guests)
    with pytest.raises(AssertionError):
        check(event, guests, 10)
    assert len(seated(event)) > 10


class Chooser(Guest):
    """Wants an option besides."""

    def __init__(self, machine, event, number, option):
        super().__init__(machine, event, number)
        self.option = option

    def _post(self, path, **fields):
        if path == self.form:
            fields[f"options_{self.option.group_id}"] = str(self.option.id)
        return super()._post(path, **fields)

    def reads_of_it(self):
        """Whether their own page says that they have it."""
        return "Werkplaats A" in self.browser.get(f"{self.page}?lang=en")[2]


def choosing_race(machine, people, places):
    """All have a seat; who has the option, who is told so, and what its pool says."""
    event = coming(people)
    group = make_options(queries.form_of(event.id), places, choose_most=1)
    option = group.options[0]
    yield event
    guests = [Chooser(machine, event, number, option) for number in range(people)]
    race(guests)
    db.session.rollback()
    db.session.expire_all()
    pool = db.session.get_one(Pool, option.pool_id)
    had = db.session.scalars(
        select(Participant.email)
        .join(OptionSignup, OptionSignup.participant_id == Participant.id)
        .where(OptionSignup.option_id == option.id)
    ).all()
    told = [guest.email for guest in guests if guest.reads_of_it()]
    for guest in guests:
        guest.browser.close()
    yield sorted(had), sorted(told), pool.taken, len(seated(event))


@pytest.mark.parametrize("shape", [all_in_one, pytest.param(two_and_a_worker, marks=LONG)])
def test_the_last_places_of_an_option_go_to_as_many_as_there_are(machine, shape):
    racing = choosing_race(machine, 24, 5)
    next(racing)
    shape(machine)
    had, told, taken, seats = next(racing)
    assert had == told
    assert (len(had), taken, seats) == (5, 5, 24)


@pytest.mark.parametrize("shape", [all_in_one, pytest.param(two_and_a_worker, marks=LONG)])
def test_negative_control_counting_before_taking_an_option_over_books_it(machine, shape):
    racing = choosing_race(machine, 24, 5)
    next(racing)
    shape(machine, module="tests.faults.unguarded")
    had, _told, _taken, _seats = next(racing)
    assert len(had) > 5


def live(guest, gate, chance):
    """Register, and then wait, accept, decline or give up, as people do."""
    guest.open_form()
    gate.wait(QUEUE)
    guest.register()
    for _ in range(chance.randint(1, 6)):
        told = guest.look()
        if told is Status.OFFERED:
            guest.send("accept" if chance.random() < 0.6 else "cancel")
        elif told is Status.CONFIRMED and chance.random() < 0.3:
            guest.send("cancel")
        elif told is Status.CANCELLED:
            return
        else:
            time.sleep(chance.random() / 5)


def moving_race(event, guests, places):
    gate, most = threading.Barrier(len(guests)), []
    with ThreadPoolExecutor(len(guests)) as people:
        running = [
            people.submit(live, guest, gate, random.Random(number))
            for number, guest in enumerate(guests)
        ]
        while not all(each.done() for each in running):
            most.append((len(seated(event)), pool(event).taken))
            time.sleep(0.05)
        for each in running:
            each.result()
    assert max(max(pair) for pair in most) <= places
    check_moved(event, guests, places)


def check_moved(event, guests, places):
    states, taken = stored(event), pool(event).taken
    assert len(seated(event)) == taken <= places
    if Status.WAITLISTED in states.values():
        assert taken == places, "a place is free beside someone in line"
    for guest in guests:
        now = states[guest.email]
        if guest.told is Status.WAITLISTED:
            assert now in {Status.WAITLISTED, Status.OFFERED}
        else:
            assert now is guest.told, guest.email
    sent = letters(event)
    assert set(sent.values()) == {1}
    gone = {email for email, status in states.items() if status is Status.CANCELLED}
    assert {to for to, kind in sent if kind == "cancelled"} == gone
    kept = {email for email, status in states.items() if status is Status.CONFIRMED}
    assert kept <= {to for to, kind in sent if kind == "confirmed"}
    offered = {email for email, status in states.items() if status is Status.OFFERED}
    assert offered <= {to for to, kind in sent if kind == "offered"}


def test_places_that_move_while_people_come_are_never_given_twice(machine, crowd):
    event = coming(10)
    two_and_a_worker(machine)
    moving_race(event, crowd(event, 40), 10)
    assert Status.CANCELLED in stored(event).values()


@LONG
@pytest.mark.parametrize("shape", [all_in_one, two_and_a_worker])
def test_a_thousand_people_for_twenty_places_ten_times(machine, crowd, shape):
    shape(machine)
    for _ in range(10):
        event = coming(20)
        guests = crowd(event, 1000)
        moving_race(event, guests, 20)
