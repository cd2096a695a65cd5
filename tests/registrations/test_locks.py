"""Whatever is done with a registration, both pools of its event are locked first: it may move."""

import pytest

from events_app.capacity import actions as capacity
from events_app.capacity import queries as lines
from events_app.capacity.models import Pool
from events_app.capacity.rules import TooSmall, Want
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.events.models import AttendanceMode
from events_app.registrations import actions
from events_app.registrations.queries import form_of
from events_app.registrations.rules import Changes
from tests.factories.accounts import make_staff
from tests.factories.allotments import make_allotment
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    make_applicant,
    make_form,
    make_question,
    registered,
)

UNCHANGED = Changes(name="Gast 1", guests=("Gast",))
VERBS = {
    "give up": lambda one, now: actions.give_up(one, now=now),
    "change": lambda one, now: actions.change(one, UNCHANGED, now=now),
    "confirm": lambda one, now: actions.confirm(one, now=now),
    "lapse": lambda one, now: actions.lapse(one, now=now),
    "expire": lambda one, now: actions.expire(one, now=now),
    "remind": lambda one, now: actions.remind(one.contact, now=now),
    "tell a guest": lambda one, now: actions.tell_guest(one.participants[1], now=now),
    "answer for a guest": lambda one, now: actions.answer(
        one.participants[1], {}, by=one.participants[1], now=now
    ),
    "leave the party": lambda one, now: actions.leave_party(one.participants[1], now=now),
    "erase": lambda one, now: actions.erase(one.email, now=now),
    "erase again": lambda one, now: actions.erase_one_again(one, now=now),
    "erase a guest": lambda one, now: actions.erase_guest(
        one, one.participants[1].id, by=None, now=now
    ),
    "offer the place": lambda one, now: actions.transfer(
        one, email="sam@example.org", is_hand_over=True, now=now
    ),
    "take it back": lambda one, _now: actions.take_back(one),
    "tell a change": lambda one, now: actions.tell_change(form_of(one.event_id), now=now),
    "call off": lambda one, now: actions.call_off(one.event, now=now),
}


def test_who_removes_a_question_waits_for_who_answers_it(app, locked):
    form = make_form(make_event(capacity=5), capacity=5)
    question = make_question(form)
    locked.clear()
    with saving():
        actions.remove_question(form, question, by=make_staff(), now=clock.now())
    assert locked == [tuple(sorted(form.pool_ids))]


@pytest.fixture
def locked(monkeypatch):
    """The ids of each lock that was taken, in turn."""
    taken, lock = [], capacity.lock

    def noted(pool_ids):
        found = lock(pool_ids)
        taken.append(tuple(found))
        return found

    monkeypatch.setattr(capacity, "lock", noted)
    return taken


@pytest.mark.parametrize("verb", VERBS)
def test_both_pools_are_locked_in_the_order_of_their_ids_before_anything(app, locked, verb):
    event = make_event(capacity=5, attendance_mode=AttendanceMode.MIXED)
    form = make_form(event, capacity=5, guests_max=1)
    one = registered(event, make_applicant(1, guests=("Gast",)))
    locked.clear()
    with saving():
        VERBS[verb](one, clock.now())
    assert locked[0] == tuple(sorted(form.pool_ids))


@pytest.mark.parametrize("verb", VERBS)
def test_of_who_has_a_held_place_its_pool_is_locked_with_them(app, locked, verb):
    """Telling a change takes no place."""
    event = make_event(capacity=5)
    make_form(event, capacity=5, guests_max=1)
    held = make_allotment(event, 2)
    one = registered(event, make_applicant(1, guests=("Gast",)), allotment=held)
    pools = form_of(event.id).pool_ids
    locked.clear()
    with saving():
        VERBS[verb](one, clock.now())
    own = () if verb == "tell a change" else (held.pool_id,)
    assert locked[0] == tuple(sorted((*pools, *own)))


def test_who_accepts_or_is_given_a_place_has_both_locked(app, locked):
    event = make_event(capacity=1)
    ana, rui = registered(event, ANA), registered(event, RUI)
    both = tuple(sorted(form_of(event.id).pool_ids))
    with saving():
        actions.give_up(ana, now=clock.now())
    locked.clear()
    with saving():
        actions.accept(rui, now=clock.now())
    assert locked[0] == both
    waits = registered(event, make_applicant(3))
    make_form(event, capacity=2)
    locked.clear()
    with saving():
        actions.promote(waits, by=make_staff(), now=clock.now())
    assert locked[0] == both


def test_pools_are_locked_in_the_order_of_their_ids(app):
    with saving():
        pools = [Pool(size=1), Pool(size=1)]
        db.session.add_all(pools)
    first, second = sorted(pool.id for pool in pools)
    with saving():
        assert list(capacity.lock([second, first])) == [first, second]


def test_places_above_the_size_are_places(app, noon):
    """`over_allowance`: so many more are taken, offered and kept than the size says."""
    with saving():
        pool = Pool(size=1, over_allowance=1)
        db.session.add(pool)
    with saving():
        wants = [Want(pool_id=pool.id, places=1, may_wait=True) for _turn in range(3)]
        claims = capacity.take(wants, now=clock.now())
    assert [claim.status for claim in claims] == ["held", "held", "waiting"]
    with saving():
        capacity.resize(pool.id, 1)
        with pytest.raises(TooSmall):
            capacity.resize(pool.id, 0)
        pool.over_allowance = 2
        db.session.flush()
        assert db.session.query(Pool.id).where(lines.has_room_beside_line()).all() == [(pool.id,)]
        offered, _is_more = capacity.offer(pool.id, expires_at=clock.now(), now=clock.now())
    assert offered == [claims[2]]


def test_nothing_makes_a_pool_fuller_than_it_is_large(app):
    """The last guard, should a decision be wrong."""
    with saving():
        pool = Pool(size=2, taken=1)
        db.session.add(pool)
    with saving():
        capacity._fill(pool, 1)
        with pytest.raises(RuntimeError):
            capacity._fill(pool, 1)
