"""Whatever people do with seats and options, it ends as in a simple model without a database."""

from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from events_app.capacity.queries import miscounted
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.registrations import actions, queries, rules
from events_app.registrations.actions import choosing, status
from events_app.registrations.models import Registration, Status
from events_app.registrations.rules import Changes
from tests.conftest import SERVER
from tests.factories.events import make_event
from tests.factories.registrations import has, ids, make_applicant, make_options, registered

MOST = 2
"""Options of one person."""
STANDS = {Status.CONFIRMED: "seated", Status.WAITLISTED: "waiting", Status.OFFERED: "offered",
          Status.CANCELLED: "gone"}  # fmt: skip


@dataclass
class Person:
    stands: str
    has: str = ""


@dataclass
class Model:
    """Lists, and nothing clever. Options are letters, in the order of the form."""

    seats: int
    sizes: list
    people: list = field(default_factory=list)

    def taken(self, letter):
        return sum(letter in person.has for person in self.people)

    def take(self, person, wanted):
        """Those that they get; what they want no more stays in place of what is full."""
        unwanted = [letter for letter in person.has if letter not in wanted]
        person.has = "".join(letter for letter in person.has if letter in wanted)
        for number, size in enumerate(self.sizes):
            letter = "ABC"[number]
            is_free = size is None or self.taken(letter) < size
            if letter in wanted and letter not in person.has and is_free:
                person.has += letter
        if set(wanted) - set(person.has):
            person.has += "".join(unwanted[: MOST - len(person.has)])
        person.has = "".join(sorted(person.has))

    def seated(self):
        return sum(person.stands in ("seated", "offered") for person in self.people)

    def register(self, wanted):
        person = Person("seated" if self.seated() < self.seats else "waiting")
        self.people.append(person)
        if person.stands == "seated":
            self.take(person, wanted)

    def change(self, person, wanted):
        if person.stands == "seated":
            self.take(person, wanted)

    def give_up(self, person, _wanted):
        person.stands, person.has = "gone", ""
        for other in self.people:
            if other.stands == "waiting" and self.seated() < self.seats:
                other.stands = "offered"

    def accept(self, person, _wanted):
        if person.stands == "offered":
            person.stands = "seated"


class House:
    """The same by the room itself."""

    def __init__(self, seats, sizes):
        self.event = make_event(capacity=seats)
        form = queries.form_of(self.event.id)
        self.group = make_options(form, *sizes, choose_most=MOST)
        self.people = []

    def one(self, number):
        db.session.expire_all()
        return db.session.get_one(Registration, self.people[number])

    def register(self, wanted):
        who = make_applicant(len(self.people), options=ids(self.group, wanted))
        self.people.append(registered(self.event, who).id)

    def change(self, number, wanted):
        one = self.one(number)
        if one.status in STANDS and one.status is not Status.CANCELLED:
            said = Changes(name="Gast", guests=(), options=ids(self.group, wanted))
            with suppress(rules.ChoicesClosed), saving():
                actions.change(one, said, now=clock.now())

    def give_up(self, number, _wanted):
        with saving():
            actions.give_up(self.one(number), now=clock.now())

    def accept(self, number, _wanted):
        one = self.one(number)
        if one.status is Status.OFFERED:
            with saving():
                actions.accept(one, now=clock.now())


WANTED = st.sampled_from(["", "A", "B", "C", "AB", "AC", "BC"])
STEP = st.one_of(
    st.tuples(st.just("register"), WANTED),
    st.tuples(st.just("register"), WANTED),
    st.tuples(st.sampled_from(["change", "give_up", "accept"]), WANTED, st.integers(0, 9)),
    st.tuples(st.just("change"), WANTED, st.integers(0, 9)),
)
SIZES = st.lists(st.sampled_from([0, 1, 1, 2, None]), min_size=3, max_size=3)
STEPS = st.lists(STEP, min_size=6, max_size=20)


def play(seats, sizes, steps):
    model, house = Model(seats, sizes), House(seats, sizes)
    for verb, wanted, *who in steps:
        if not who:
            model.register(wanted)
            house.register(wanted)
        elif model.people:
            number = who[0] % len(model.people)
            getattr(model, verb)(model.people[number], wanted)
            getattr(house, verb)(number, wanted)
        compare(model, house)


def compare(model, house):
    stored = [house.one(number) for number in range(len(house.people))]
    assert [STANDS[one.status] for one in stored] == [each.stands for each in model.people]
    assert [has(one) for one in stored] == [each.has for each in model.people]
    pools = [option.pool for option in queries.option_groups(house.event.id)[0].options]
    assert [pool.taken for pool in pools] == [model.taken(letter) for letter in "ABC"]
    assert miscounted(limit=9) == []
    assert queries.options_astray(limit=9) == []


@settings(
    max_examples=8 if SERVER else 20,  # the rules are the same, and take longer there
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seats=st.integers(1, 4), sizes=SIZES, steps=STEPS)
def test_options_stand_as_in_the_model(app, seats, sizes, steps):
    play(seats, sizes, steps)


# -- negative controls


def kept_without_a_seat(monkeypatch):
    monkeypatch.setattr(status, "drop_options", lambda *_person, **_more: None)


def all_or_none(monkeypatch):
    choose = choosing.choose

    def wrong(person, wanted, *, now):
        if missed := choose(person, wanted, now=now):
            choose(person, (), now=now)
        return missed

    monkeypatch.setattr(actions.changing, "choose", wrong)
    monkeypatch.setattr(actions.registering, "choose", wrong)


def places_not_given_back(monkeypatch):
    def wrong(person, signups, *, now):
        for signup in list(signups):
            person.signups.remove(signup)

    monkeypatch.setattr(choosing, "_drop", wrong)


@pytest.mark.once
@pytest.mark.parametrize(
    "plant", [kept_without_a_seat, all_or_none, places_not_given_back]
)  # fmt: skip
def test_negative_control_a_fault_planted_is_found(app, monkeypatch, plant):
    plant(monkeypatch)

    @settings(
        max_examples=15, deadline=None, database=None, phases=[Phase.generate],
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(seats=st.integers(1, 4), sizes=SIZES, steps=STEPS)
    def tried(seats, sizes, steps):
        play(seats, sizes, steps)

    with pytest.raises(AssertionError):
        for number in range(1, 9):
            seed(number)(tried)()
