"""Whatever people do with one to three pools, it ends as in a simple model without a database."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import select

from events_app.capacity import actions, queries, rules
from events_app.capacity.models import Claim, ClaimStatus, Pool
from events_app.capacity.rules import NoRoom, Room, TooSmall, Want
from events_app.core.db import db, saving
from tests.conftest import NOON, SERVER

HOUR = timedelta(hours=1)
SEATED = ("held", "offered")


@dataclass
class Party:
    pool: int
    places: int
    status: str
    asked: int
    ends: int = 0
    """When its offer does."""


class Model:
    """Lists, and nothing clever."""

    def __init__(self, sizes):
        self.sizes, self.parties, self.now = list(sizes), [], 0

    def taken(self, pool):
        return sum(p.places for p in self.parties if p.pool == pool and p.status in SEATED)

    def fits(self, pool, places):
        return self.sizes[pool] is None or self.taken(pool) + places <= self.sizes[pool]

    def line(self, pool):
        waiting = [p for p in self.parties if p.pool == pool and p.status == "waiting"]
        return sorted(waiting, key=lambda party: party.asked)

    def take(self, wants):
        """Told yes or in line for each, or the number of places that were left, and nothing."""
        due = [any(self.fits(w.pool, p.places) for p in self.line(w.pool)) for w in wants]
        before = list(self.parties)
        for want, is_due in zip(wants, due, strict=True):
            left = 10_000 if self.sizes[want.pool] is None else self.sizes[want.pool]
            left -= self.taken(want.pool)
            if is_due and not want.passes:
                left = 0
            if want.places <= left:
                status = "held"
            elif want.waits and not (want.splits and left > 0):
                status = "asked" if want.confirms else "waiting"
            else:
                self.parties = before
                return left
            self.parties.append(Party(want.pool, want.places, status, len(self.parties)))
        return None

    def end(self, party):
        party.status = "ended"

    def shrink(self, party, by):
        if party.places > by:
            party.places -= by

    def grow(self, party, by, passes):
        """The number of places that were left, and nothing; or None."""
        if party.status == "ended":
            return None
        left = 10_000 if self.sizes[party.pool] is None else self.sizes[party.pool]
        left -= self.taken(party.pool)
        if any(self.fits(party.pool, p.places) for p in self.line(party.pool)) and not passes:
            left = 0
        if party.status in SEATED and by > left:
            return left
        party.places += by
        return None

    def offer(self, pool):
        for party in self.line(pool):
            if self.fits(pool, party.places):
                party.status, party.ends = "offered", self.now + 2

    def accept(self, party):
        was_offered = party.status == "offered"
        if was_offered:
            party.status = "held"
        return was_offered

    def expire(self, party):
        is_due = party.status == "offered" and party.ends <= self.now
        if is_due:
            party.status = "ended"
        return is_due

    def join(self, party):
        if party.status == "asked":
            party.status = "waiting"

    def grant(self, party):
        if party.status in ("waiting", "asked") and not self.fits(party.pool, party.places):
            return False
        if party.status != "ended":
            party.status = "held"
        return True

    def resize(self, pool, size):
        if size is not None and self.taken(pool) > size:
            return self.taken(pool)
        self.sizes[pool] = size
        return None

    def move(self, party, there, *, waits):
        if party.status == "ended":
            return None
        wanted = Wanted(there, party.places, waits=waits)
        refused = self.take([wanted])
        if refused is None:
            party.status = "ended"
        return refused


class House:
    """The same by the room itself."""

    def __init__(self, sizes):
        self.now = 0
        with saving():
            pools = [Pool(size=size) for size in sizes]
            db.session.add_all(pools)
        self.pools, self.claims = [pool.id for pool in pools], []

    @property
    def at(self):
        return NOON + self.now * HOUR

    def claim(self, key):
        return db.session.get_one(Claim, key)

    def take(self, wants):
        asked = [
            Want(
                pool_id=self.pools[want.pool], places=want.places, may_wait=want.waits,
                must_confirm=want.confirms, would_split=want.splits, passes_line=want.passes,
                replaces=want.replaces,
            )
            for want in wants
        ]  # fmt: skip
        try:
            with saving():
                claims = actions.take(asked, now=self.at)
        except NoRoom as why:
            return why.left
        self.claims += [claim.id for claim in claims]
        return None

    def end(self, key):
        with saving():
            actions.end(self.claim(key), now=self.at)

    def shrink(self, key, by):
        with saving():
            if self.claim(key).places > by:
                actions.shrink(self.claim(key), by=by)

    def grow(self, key, by, passes):
        claim = self.claim(key)
        if claim.status is ClaimStatus.ENDED:
            return None
        try:
            with saving():
                actions.grow(claim, by=by, passes_line=passes)
        except NoRoom as why:
            return why.left
        return None

    def offer(self, pool):
        is_more = True
        while is_more:
            with saving():
                _offered, is_more = actions.offer(
                    self.pools[pool], expires_at=self.at + 2 * HOUR, now=self.at
                )

    def accept(self, key):
        with saving():
            return actions.accept(self.claim(key))

    def expire(self, key):
        claim = self.claim(key)
        is_due = claim.status is ClaimStatus.OFFERED and claim.offer_expires_at <= self.at
        if is_due:
            self.end(key)
        return is_due

    def join(self, key):
        with saving():
            actions.join_line(self.claim(key))

    def grant(self, key):
        try:
            with saving():
                actions.grant(self.claim(key), now=self.at)
        except NoRoom:
            return False
        return True

    def resize(self, pool, size):
        try:
            with saving():
                actions.resize(self.pools[pool], size)
        except TooSmall as why:
            return why.taken
        return None

    def move(self, key, there, *, waits):
        """Take there, end here, in one transaction."""
        before = self.claim(key)
        if before.status is ClaimStatus.ENDED:
            return None
        want = Want(pool_id=self.pools[there], places=before.places, may_wait=waits, replaces=key)
        try:
            with saving():
                actions.lock([before.pool_id, self.pools[there]])
                [claim] = actions.take([want], now=self.at)
                actions.end(before, now=self.at)
        except NoRoom as why:
            return why.left
        self.claims.append(claim.id)
        return None


@dataclass(frozen=True)
class Wanted:
    pool: int
    places: int
    waits: bool = False
    confirms: bool = False
    splits: bool = False
    passes: bool = False
    replaces: int | None = None


POOL, PARTY = st.integers(0, 2), st.integers(0, 30)
SIZE = st.sampled_from([0, 1, 1, 2, 2, 3, 3, 4, 5, 6, None])
OFTEN = st.sampled_from([True, True, True, False])
SELDOM = st.sampled_from([False, False, False, True])
WANTED = st.builds(
    Wanted, POOL, st.integers(1, 4), waits=OFTEN, confirms=SELDOM, splits=SELDOM, passes=SELDOM
)
STEP = st.one_of(
    st.tuples(st.just("take"), st.lists(WANTED, min_size=1, max_size=3)),
    st.tuples(st.just("take"), st.lists(WANTED, min_size=1, max_size=1)),
    st.tuples(st.just("end"), PARTY),
    st.tuples(st.just("shrink"), PARTY, st.integers(1, 2)),
    st.tuples(st.just("grow"), PARTY, st.integers(1, 2), SELDOM),
    st.tuples(st.just("offer"), POOL),
    st.tuples(st.just("offer"), POOL),
    st.tuples(st.just("accept"), PARTY),
    st.tuples(st.just("join"), PARTY),
    st.tuples(st.just("grant"), PARTY),
    st.tuples(st.just("resize"), POOL, SIZE),
    st.tuples(st.just("move"), PARTY, POOL, st.booleans()),
    st.tuples(st.just("an hour passes")),
    st.tuples(st.just("an hour passes")),
)
SIZES = st.lists(SIZE, min_size=1, max_size=3)
STEPS = st.lists(STEP, min_size=8, max_size=40)
ONE_PARTY = ("end", "shrink", "grow", "accept", "join", "grant", "move")


def play(sizes, steps):
    model, house = Model(sizes), House(sizes)
    for verb, *said in steps:
        if verb == "an hour passes":
            model.now = house.now = model.now + 1
            for party, key in zip(model.parties, house.claims, strict=True):
                assert house.expire(key) == model.expire(party)
        elif verb == "take":
            wants = [replace(want, pool=want.pool % len(sizes)) for want in said[0]]
            assert house.take(wants) == model.take(wants)
        elif verb in ONE_PARTY and not model.parties:
            continue
        elif verb in ONE_PARTY:
            number, *more = said
            number %= len(model.parties)
            known = {"waits": more.pop()} if verb == "move" else {}
            if verb == "move":
                more = [more[0] % len(sizes)]
            expected = getattr(model, verb)(model.parties[number], *more, **known)
            assert getattr(house, verb)(house.claims[number], *more, **known) == expected
        else:
            pool, *more = said
            expected = getattr(model, verb)(pool % len(sizes), *more)
            assert getattr(house, verb)(pool % len(sizes), *more) == expected
        compare(model, house)


def compare(model, house):
    db.session.expire_all()
    claims = [db.session.get_one(Claim, key) for key in house.claims]
    stored = [(house.pools.index(c.pool_id), c.places, c.status.value) for c in claims]
    assert stored == [(p.pool, p.places, p.status) for p in model.parties]
    for number, key in enumerate(house.pools):
        assert db.session.get_one(Pool, key).taken == model.taken(number)
        line = [claims[model.parties.index(party)] for party in model.line(number)]
        assert [queries.number_in_line(claim) for claim in line] == list(range(1, len(line) + 1))
    ours = [pool.id for pool, _counted in queries.miscounted(limit=99) if pool.id in house.pools]
    assert ours == []
    assert [claim.status is ClaimStatus.ENDED for claim in claims] == [
        claim.ended_at is not None for claim in claims
    ]


# the rules are the same on PostgreSQL, and take longer there
few = settings(max_examples=20 if SERVER else 60, deadline=None)
many = settings(few, max_examples=500)


@pytest.mark.parametrize("much", [few, pytest.param(many, marks=pytest.mark.long)])
@pytest.mark.usefixtures("app")
def test_places_stand_as_in_the_model(much):
    much(given(sizes=SIZES, steps=STEPS)(play))()


# -- negative controls: a fault in what decides does not go unseen


def never_due(monkeypatch):
    monkeypatch.setattr(Room, "is_due_to_line", False)


def one_too_many(monkeypatch):
    decide = rules.decide

    def wrong(wants, rooms):
        more = {
            key: replace(room, free=None if room.free is None else room.free + 1)
            for key, room in rooms.items()
        }
        return decide(wants, more)

    monkeypatch.setattr(rules, "decide", wrong)


def each_as_if_alone(monkeypatch):
    decide = rules.decide
    monkeypatch.setattr(
        rules, "decide", lambda wants, rooms: [decide([want], rooms)[0] for want in wants]
    )


def never_asked_to_choose(monkeypatch):
    decide = rules.decide

    def wrong(wants, rooms):
        return decide([replace(want, would_split=False) for want in wants], rooms)

    monkeypatch.setattr(rules, "decide", wrong)


def newest_first(monkeypatch):
    def wrong(pool_id, *, fits):
        wanted = select(Claim).where(Claim.pool_id == pool_id, Claim.status == "waiting")
        found = db.session.scalars(wanted.order_by(Claim.id.desc()))
        return next((each for each in found if fits is None or each.places <= fits), None)

    monkeypatch.setattr(queries, "first_in_line", wrong)


def ends_but_holds(monkeypatch):
    monkeypatch.setattr(actions, "_give_back", lambda *_claim_and_places: None)


def grown_unseen(monkeypatch):
    def wrong(claim, *, by, passes_line=False):
        actions._fill(actions._hold(claim), 0)
        claim.places += by

    monkeypatch.setattr(actions, "grow", wrong)


@pytest.mark.once
@pytest.mark.parametrize(
    "plant",
    [never_due, one_too_many, each_as_if_alone, never_asked_to_choose, newest_first,
     ends_but_holds, grown_unseen],
)  # fmt: skip
def test_negative_control_a_fault_planted_in_the_rule_is_found(app, monkeypatch, plant):
    plant(monkeypatch)

    @settings(
        max_examples=60, deadline=None, database=None, phases=[Phase.generate],
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(sizes=SIZES, steps=STEPS)
    def tried(sizes, steps):
        play(sizes, steps)

    with pytest.raises((AssertionError, RuntimeError)):
        for number in range(7, 21):  # the seventh leads to each of them within a dozen
            seed(number)(tried)()
