"""A pool, and parts of it that are held as pools of their own until they are released: whatever
happens, it ends as in a simple model, and never are more places taken than there are.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from events_app.capacity import actions
from events_app.capacity.models import Pool
from events_app.capacity.rules import NoRoom, TooSmall
from events_app.core.db import db, saving
from tests.capacity import test_against_a_model as simple
from tests.capacity.test_against_a_model import SEATED, Wanted, compare
from tests.conftest import SERVER


class Model(simple.Model):
    def __init__(self, size):
        super().__init__([size])
        self.held = []
        """Of each part: the party that it claims the places as, and its own pool."""

    def hold(self, places):
        refused = self.take([Wanted(0, places)])
        if refused is None:
            self.sizes.append(places)
            self.held.append((self.parties[-1], len(self.sizes) - 1))
        return refused

    def more(self, part, by):
        party, pool = self.held[part]
        if party.status == "ended":
            return None
        refused = self.grow(party, by, False)
        if refused is None:
            self.sizes[pool] += by
        return refused

    def fewer(self, part, by):
        party, pool = self.held[part]
        left = party.places - by
        if party.status == "ended" or left < max(1, self.taken(pool)):
            return False
        self.sizes[pool], party.places = left, left
        return True

    def release(self, part):
        party, pool = self.held[part]
        if party.status == "ended":
            return
        party.status, self.sizes[pool] = "ended", 0
        for one in self.parties:
            if one.pool == pool and one.status in SEATED:
                one.pool = 0

    def persons(self):
        """Who has a place, whatever it is counted as."""
        parts = [party for party, _pool in self.held]
        return sum(p.places for p in self.parties if p.status in SEATED and p not in parts)


class House(simple.House):
    def __init__(self, size):
        super().__init__([size])
        self.held = []

    def hold(self, places):
        refused = self.take([Wanted(0, places)])
        if refused is None:
            with saving():
                part = Pool(size=places)
                db.session.add(part)
            self.pools.append(part.id)
            self.held.append((self.claims[-1], part.id))
        return refused

    def more(self, part, by):
        key, pool_id = self.held[part]
        refused = self.grow(key, by, passes=False)
        if refused is None and self.claim(key).ended_at is None:
            with saving():
                actions.resize(pool_id, self.claim(key).places)
        return refused

    def fewer(self, part, by):
        key, pool_id = self.held[part]
        claim = self.claim(key)
        if claim.ended_at or claim.places <= by:
            return False
        try:
            with saving():
                actions.lock([self.pools[0], pool_id])
                actions.resize(pool_id, claim.places - by)
                actions.shrink(claim, by=by)
        except TooSmall:
            return False
        return True

    def release(self, part):
        key, pool_id = self.held[part]
        with saving():
            actions.release(self.claim(key), pool_id, now=self.at)


PART, PARTY, SIZE = st.integers(0, 2), st.integers(0, 30), st.integers(0, 9)
STEP = st.one_of(
    st.tuples(st.just("hold"), st.integers(1, 4)),
    st.tuples(st.just("take"), st.integers(0, 3), st.integers(1, 3)),
    st.tuples(st.just("take"), st.integers(0, 3), st.integers(1, 3)),
    st.tuples(st.just("end"), PARTY),
    st.tuples(st.just("shrink"), PARTY, st.just(1)),
    st.tuples(st.just("grow"), PARTY, st.integers(1, 2), st.just(False)),
    st.tuples(st.just("accept"), PARTY),
    st.tuples(st.just("offer")),
    st.tuples(st.just("more"), PART, st.integers(1, 3)),
    st.tuples(st.just("fewer"), PART, st.integers(1, 3)),
    st.tuples(st.just("release"), PART),
    st.tuples(st.just("release"), PART),
    st.tuples(st.just("resize"), SIZE),
)
STEPS = st.lists(STEP, min_size=8, max_size=40)


def play(size, steps):
    model, house = Model(size), House(size)
    for verb, *said in steps:
        step(model, house, verb, said)
        compare(model, house)
        assert model.persons() <= model.sizes[0]


def step(model, house, verb, said):
    if verb == "hold":
        assert house.hold(*said) == model.hold(*said)
    elif verb == "take":
        pool, places = said[0] % len(model.sizes), said[1]
        want = Wanted(pool, places, waits=pool == 0)  # nobody waits for a part
        assert house.take([want]) == model.take([want])
    elif verb in ("offer", "resize"):
        assert getattr(house, verb)(0, *said) == getattr(model, verb)(0, *said)
    elif verb in ("more", "fewer", "release"):
        if model.held:
            part = said[0] % len(model.held)
            expected = getattr(model, verb)(part, *said[1:])
            assert getattr(house, verb)(part, *said[1:]) == expected
    else:
        parts = [party for party, _pool in model.held]
        whose = [n for n, party in enumerate(model.parties) if party not in parts]
        if whose:
            number = whose[said[0] % len(whose)]
            expected = getattr(model, verb)(model.parties[number], *said[1:])
            assert getattr(house, verb)(house.claims[number], *said[1:]) == expected


# the rules are the same on PostgreSQL, and take longer there
few = settings(max_examples=20 if SERVER else 40, deadline=None)
many = settings(few, max_examples=400)


@pytest.mark.parametrize("much", [few, pytest.param(many, marks=pytest.mark.long)])
@pytest.mark.usefixtures("app")
def test_places_of_a_pool_and_its_parts_stand_as_in_the_model(much):
    much(given(size=SIZE, steps=STEPS)(play))()


# -- negative controls: a fault in the release does not go unseen


def frees_those_that_are_taken(monkeypatch):
    """What guests hold is not held of the pool afterwards."""
    fill = actions._fill
    released = actions.release

    def wrong(claim, pool_id, *, now):
        monkeypatch.setattr(actions, "_fill", lambda *_: None)
        try:
            released(claim, pool_id, now=now)
        finally:
            monkeypatch.setattr(actions, "_fill", fill)

    monkeypatch.setattr(actions, "release", wrong)


def frees_nothing(monkeypatch):
    monkeypatch.setattr(actions, "release", lambda *_, **_more: None)


def leaves_the_guests_behind(monkeypatch):
    def wrong(claim, _pool_id, *, now):
        actions.end(claim, now=now)

    monkeypatch.setattr(actions, "release", wrong)


@pytest.mark.once
@pytest.mark.parametrize(
    "plant", [frees_those_that_are_taken, frees_nothing, leaves_the_guests_behind]
)
def test_negative_control_a_fault_planted_in_the_release_is_found(app, monkeypatch, plant):
    plant(monkeypatch)

    @settings(
        max_examples=60, deadline=None, database=None, phases=[Phase.generate],
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(size=SIZE, steps=STEPS)
    def tried(size, steps):
        play(size, steps)

    with pytest.raises((AssertionError, RuntimeError, NoRoom)):
        for number in range(7, 17):  # the seventh leads to each of them at once
            seed(number)(tried)()
