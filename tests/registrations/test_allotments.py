"""Places that are held for the guests of a partner or an ambassador, until they are released."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.capacity.models import Claim, Pool
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import AttendanceMode, Event
from events_app.events.models import Status as EventStatus
from events_app.registrations import actions, jobs, queries, rules
from events_app.registrations.models import Access, Allotment, RegistrationForm, Status
from events_app.registrations.rules import Changes
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.allotments import (
    again,
    link_for_guests,
    make_allotment,
    pool_of_guests,
    terms,
)
from tests.factories.events import SOON, make_event
from tests.factories.registrations import (
    ANA,
    make_applicant,
    make_form,
    pool_of,
    registered,
    registered_as,
    taken,
)

DAY = timedelta(days=1)


@pytest.fixture
def event(app):
    """Five places, and up to three guests."""
    event = make_event(capacity=5)
    make_form(event, capacity=5, guests_max=3)
    return event


@pytest.fixture
def held(event):
    """Two of them are held."""
    return make_allotment(event, 2)


@pytest.fixture
def colleague(app):
    return make_staff()


def party(number, size=1, **more):
    return make_applicant(number, guests=tuple(f"Gast {one}" for one in range(1, size)), **more)


def guest(event, held, number, size=1, *, must_confirm=False, **more):
    """Registered by the link of the held places."""
    who = party(number, size, **more)
    return registered(event, who, allotment=again(held), must_confirm=must_confirm)


def stands(registration):
    db.session.expire_all()
    return registration.status


def counted():
    """What the night finds wrong."""
    with saving():
        return actions.recount(now=clock.now())


def letters(email):
    wanted = select(OutboxMessage.kind).where(OutboxMessage.to_email == email)
    found = db.session.scalars(wanted.order_by(OutboxMessage.id))
    return [kind.rpartition("/")[2] for kind in found]


# -- who comes by it


def test_who_comes_by_the_link_takes_a_held_place_and_hears_the_ordinary_things(event, held):
    ben = guest(event, held, 1)
    assert stands(ben) is Status.CONFIRMED
    assert pool_of_guests(held) == (2, 1)
    assert taken(event) == 2, "they were claimed already"
    assert letters("guest1@example.org") == ["confirmed"]
    assert ben.allotment.name == "Techniekfonds Delta"


def test_others_cannot_have_what_is_held(event, held):
    states = [stands(registered(event, party(number))) for number in range(4)]
    assert states == [Status.CONFIRMED] * 3 + [Status.WAITLISTED]
    assert stands(guest(event, held, 9)) is Status.CONFIRMED, "held, whoever waits"


def test_a_party_that_does_not_fit_takes_places_like_everybody(event, held):
    three = guest(event, held, 1, 3)
    assert (stands(three), three.allotment) == (Status.CONFIRMED, None)
    assert pool_of_guests(held) == (2, 0)
    assert taken(event) == 5


def test_where_no_held_place_is_left_a_guest_waits_like_everybody(event, held):
    guest(event, held, 1, 2)
    registered(event, party(2, 3))
    late = guest(event, held, 3)
    assert stands(late) is Status.WAITLISTED
    assert late.claim.pool_id == event_pool(event)


def event_pool(event):
    return queries.form_of(event.id).pool_id


def test_a_party_larger_than_what_is_left_anywhere_reads_how_many_are_held_for_it(event, held):
    registered(event, party(1, 3))
    with pytest.raises(rules.PartyTooLarge) as refused:
        guest(event, held, 2, 3, may_wait=False)
    assert (refused.value.left, refused.value.has_waiting_list) == (2, True)
    three = guest(event, held, 2, 3)
    assert stands(three) is Status.WAITLISTED
    assert three.claim.pool_id == event_pool(event)


def test_a_guest_who_chooses_online_takes_no_held_place(app):
    event = make_event(capacity=3, attendance_mode=AttendanceMode.MIXED)
    held = make_allotment(event, 2)
    online = guest(event, held, 1, is_online=True)
    assert online.is_online
    assert pool_of_guests(held) == (2, 0)


def test_an_address_that_is_registered_already_takes_no_second_place(event, held):
    registered(event, party(1))
    before = taken(event)
    with saving():
        ended = actions.register(
            queries.form_of(event.id), party(1), now=NOON, allotment=again(held)
        )
    assert (ended.is_new, ended.has_room) == (False, True), "told as others are"
    assert (taken(event), pool_of_guests(held)) == (before, (2, 0))


# -- a place that comes free stays with them until the release


@pytest.fixture
def full(event, held):
    """Both held places are taken, and so are the others; somebody waits. (the two, who waits)"""
    two = guest(event, held, 1), guest(event, held, 2)
    registered(event, party(3, 3))
    return *two, registered(event, party(4))


def leaves(one, _event):
    actions.give_up(one, now=clock.now())


def erased(one, _event):
    actions.erase(one.email, now=clock.now())


@pytest.mark.parametrize("frees", [leaves, erased])
def test_a_held_place_that_comes_free_stays_held(event, held, full, frees):
    one, _two, waits = full
    with saving():
        frees(one, event)
    assert pool_of_guests(held) == (2, 1)
    assert stands(waits) is Status.WAITLISTED
    assert stands(guest(event, held, 9)) is Status.CONFIRMED
    assert counted() == 0


def test_a_party_that_becomes_smaller_gives_its_place_back_to_what_is_held(event, held):
    two = guest(event, held, 1, 2)
    registered(event, party(3, 3))
    waits = registered(event, party(4))
    with saving():
        actions.change(two, Changes(name="Gast 1", guests=("",)), now=NOON)
    assert (pool_of_guests(held), stands(waits)) == ((2, 1), Status.WAITLISTED)
    with saving():
        actions.change(two, Changes(name="Gast 1", guests=("Toch wel",)), now=NOON)
    assert pool_of_guests(held) == (2, 2)
    assert counted() == 0


@pytest.fixture
def guest_waits(event, held):
    """Both held places are taken, and the others; then wait, in this order, a stranger, a party of
    two guests and one guest. (the two who have held places, who waits)
    """
    two = guest(event, held, 1), guest(event, held, 2)
    registered(event, party(3, 3))
    stranger, pair = registered(event, party(4)), guest(event, held, 5, 2)
    waits = [stranger, pair, guest(event, held, 6)]
    assert [stands(each) for each in waits] == [Status.WAITLISTED] * 3
    return two, waits


def moves_online(one, event):
    event = db.session.get_one(Event, event.id)
    event.attendance_mode = AttendanceMode.MIXED
    db.session.flush()
    actions.change(one, Changes(name="Gast 1", guests=(), is_online=True), now=NOON)


@pytest.mark.parametrize("frees", [leaves, erased, moves_online])
def test_a_held_place_that_comes_free_is_offered_to_the_guest_who_waits(
    event, held, guest_waits, frees
):
    (one, _two), (stranger, pair, waits) = guest_waits
    with saving():
        frees(one, event)
    offered = [stands(each) for each in (stranger, pair, waits)]
    assert offered == [Status.WAITLISTED, Status.WAITLISTED, Status.OFFERED]
    assert (waits.claim.pool_id, pool_of_guests(held)) == (held.pool_id, (2, 2))
    assert pair.claim.pool_id == event_pool(event), "and has not left the hall's line"
    assert letters("guest6@example.org") == ["waiting", "offered"]
    assert stands(guest(event, held, 9)) is Status.WAITLISTED, "a newcomer passes nobody"
    with saving():
        actions.accept(waits, now=NOON)
    assert (stands(waits), waits.allotment.id) == (Status.CONFIRMED, held.id)
    assert counted() == 0


def test_guests_are_offered_what_is_held_in_the_order_in_which_they_wait(event, held, guest_waits):
    two, (_stranger, pair, waits) = guest_waits
    with saving():
        event.status = EventStatus.POSTPONED
        for one in two:
            actions.give_up(one, now=NOON)
    assert (stands(pair), pool_of_guests(held)) == (Status.WAITLISTED, (2, 0)), "it is put off"
    with saving():
        db.session.get_one(Event, event.id).status = EventStatus.PUBLISHED
    jobs.find_room()
    assert [stands(pair), stands(waits)] == [Status.OFFERED, Status.WAITLISTED]
    assert pool_of_guests(held) == (2, 2)
    assert counted() == 0


@pytest.fixture
def pair(event, held):
    """Two guests wait together; one held place is free."""
    guest(event, held, 1)
    registered(event, party(2, 3))
    pair = guest(event, held, 3, 2)
    assert (stands(pair), pool_of_guests(held)) == (Status.WAITLISTED, (2, 1))
    return pair


def test_more_held_places_are_for_the_guests_who_wait(event, held, pair, colleague):
    with saving():
        pool_of(event).size = 6
        db.session.flush()
        actions.change_allotment(again(held), terms(3), by=colleague, now=NOON)
    assert (stands(pair), pool_of_guests(held)) == (Status.OFFERED, (3, 3))


def test_a_newcomer_passes_a_party_that_is_too_large_and_no_other(event, held, pair):
    with saving():
        actions.change(pair, Changes(name="Gast 3", guests=("",)), now=NOON)
    assert stands(guest(event, held, 8)) is Status.WAITLISTED
    jobs.find_room()
    assert (stands(pair), pool_of_guests(held)) == (Status.OFFERED, (2, 2))
    assert counted() == 0


def test_a_newcomer_passes_guests_for_whom_there_is_too_little(event, held, pair):
    assert queries.pools_with_room(NOON, limit=9) == []
    newcomer = guest(event, held, 8)
    assert (stands(newcomer), pool_of_guests(held)) == (Status.CONFIRMED, (2, 2))
    assert stands(pair) is Status.WAITLISTED


def test_an_offer_of_a_held_place_that_passes_goes_to_the_next_guest(
    event, held, guest_waits, noon
):
    (one, _two), (stranger, _pair, waits) = guest_waits
    last = guest(event, held, 7)
    with saving():
        actions.give_up(one, now=NOON)
    noon.set(waits.claim.offer_expires_at)
    jobs.expire()
    assert [stands(each) for each in (stranger, waits, last)] == [
        Status.WAITLISTED,
        Status.EXPIRED,
        Status.OFFERED,
    ]
    assert last.claim.pool_id == held.pool_id


def test_an_organiser_gives_a_guest_in_line_what_is_held(event, held, guest_waits, colleague):
    (one, _two), (stranger, pair, waits) = guest_waits
    with saving():
        event.status = EventStatus.POSTPONED
        actions.give_up(one, now=NOON)
    for other in (stranger, pair):
        with pytest.raises(rules.NoFreePlace), saving():
            actions.promote(other, by=colleague, now=NOON)
    with saving():
        actions.promote(waits, by=colleague, now=NOON)
    assert (stands(waits), waits.claim.pool_id) == (Status.CONFIRMED, held.pool_id)
    assert (pool_of_guests(held), counted()) == ((2, 2), 0)


def test_a_guest_in_line_who_gets_a_place_like_others_came_by_none_that_is_held(
    event, held, guest_waits, colleague
):
    _two, (_stranger, _pair, waits) = guest_waits
    with saving():
        pool_of(event).size = 6
        actions.promote(waits, by=colleague, now=NOON)
    assert (stands(waits), waits.allotment) == (Status.CONFIRMED, None)
    with saving():
        pool_of(event).size = 10
    jobs.find_room()
    _two, (stranger, pair, _waits) = guest_waits
    assert [stands(stranger), stands(pair)] == [Status.OFFERED] * 2
    assert pair.allotment is None


def test_a_guest_who_takes_part_online_is_offered_what_is_held_in_the_hall(app):
    event = make_event(capacity=3, attendance_mode=AttendanceMode.MIXED)
    held = make_allotment(event, 1)
    one = guest(event, held, 1)
    for number in (2, 4):
        registered(event, party(number))
    there = guest(event, held, 3, is_online=True, waits_for_hall=True)
    assert (stands(there), there.is_online) == (Status.CONFIRMED, True)
    with saving():
        actions.give_up(one, now=NOON)
    db.session.expire_all()
    assert (there.hall_claim.status, there.hall_claim.pool_id) == ("offered", held.pool_id)
    with saving():
        actions.accept(there, now=NOON)
    assert (stands(there), there.claim.pool_id) == (Status.CONFIRMED, held.pool_id)
    assert (pool_of_guests(held), counted()) == ((1, 1), 0)


def grow(one, *names):
    with saving():
        actions.change(one, Changes(name="Gast 1", guests=names), now=NOON)


def test_a_party_by_held_places_grows_within_them(event, held):
    one = guest(event, held, 1)
    grow(one, "Nog een")
    assert (pool_of_guests(held), one.claim.pool_id) == ((2, 2), held.pool_id)


@pytest.mark.parametrize("size", [1, 2])
def test_a_party_that_outgrows_what_is_held_takes_places_like_everybody(event, held, size):
    one = guest(event, held, 1, size)
    before = len(db.session.scalars(select(OutboxMessage)).all())
    grow(one, *["Nog een"] * 2)
    assert (stands(one), one.party_size, one.claim.places) == (Status.CONFIRMED, 3, 3)
    assert one.claim.pool_id == event_pool(event)
    assert pool_of_guests(held) == (2, 0), "for the next who comes by the link"
    assert len(db.session.scalars(select(OutboxMessage)).all()) == before
    assert counted() == 0


@pytest.mark.parametrize(("others", "left"), [(3, 0), (1, 0), (0, 1)])
def test_a_party_that_has_room_nowhere_reads_how_many_more_there_are(event, held, others, left):
    """Of three places that are not held; two are held, for this party of two."""
    two = guest(event, held, 1, 2)
    if others:
        registered(event, party(3, others))
    with pytest.raises(rules.NoPlaceForGuest) as why:
        grow(two, "Gast 1", *["Nog een"] * 2)
    db.session.rollback()
    words = str(why.value.sentence)
    assert words.startswith("Er is één plaats vrij" if left else "Er is geen plaats vrij")
    assert (pool_of_guests(held), two.party_size) == ((2, 2), 2)


def test_a_party_that_outgrows_what_is_held_passes_nobody_in_line(event, held):
    two = guest(event, held, 1, 2)
    registered(event, party(3, 3))
    assert stands(registered(event, party(4, 2))) is Status.WAITLISTED
    with saving():
        pool_of(event).size = 9
    with pytest.raises(rules.NoPlaceForGuest):
        grow(two, "Gast 1", "Nog een")


def test_who_goes_online_leaves_a_held_place_and_comes_back_to_one_like_others(app, noon):
    event = make_event(capacity=3, attendance_mode=AttendanceMode.MIXED)
    held = make_allotment(event, 2)
    one = guest(event, held, 1)
    with saving():
        actions.change(one, Changes(name="Gast 1", guests=(), is_online=True), now=NOON)
    assert (one.is_online, pool_of_guests(held)) == (True, (2, 0))
    with saving():
        actions.change(one, Changes(name="Gast 1", guests=(), is_online=False), now=NOON)
    assert (stands(one), pool_of_guests(held)) == (Status.CONFIRMED, (2, 0))
    assert one.claim.pool_id == event_pool(event)
    assert counted() == 0


def test_who_confirms_too_late_gets_a_held_place_again_or_one_like_others(event, held, noon):
    late = [guest(event, held, number, must_confirm=True) for number in (1, 2)]
    assert [stands(one) for one in late] == [Status.PENDING] * 2
    noon.set(NOON + 2 * DAY)
    jobs.lapse()
    assert [stands(one) for one in late] == [Status.EXPIRED] * 2
    assert pool_of_guests(held) == (2, 0)
    guest(event, held, 3)
    for one in late:
        with saving():
            actions.confirm(one, now=clock.now())
    assert [stands(one) for one in late] == [Status.CONFIRMED] * 2
    assert pool_of_guests(held) == (2, 2)
    assert [one.claim.pool_id == event_pool(event) for one in late] == [False, True]
    assert counted() == 0


def test_an_organiser_confirms_for_a_guest_whose_place_is_held(event, held, colleague):
    one = guest(event, held, 1, must_confirm=True)
    with saving():
        actions.promote(one, by=colleague, now=NOON)
    assert (stands(one), pool_of_guests(held)) == (Status.CONFIRMED, (2, 1))


# -- the release


def test_released_places_go_to_the_line_and_who_has_one_keeps_it(event, held, full, colleague):
    one, two, waits = full
    with saving():
        actions.give_up(one, now=NOON)
    with saving():
        actions.release(held, by=colleague, now=NOON)
    assert [stands(each) for each in (two, waits)] == [Status.CONFIRMED, Status.OFFERED]
    assert (taken(event), pool_of_guests(held)) == (5, (0, 0))
    assert again(held).released_at == NOON
    assert two.claim.pool_id == event_pool(event)
    assert counted() == 0


def test_after_the_release_a_place_that_comes_free_is_one_like_others(event, held, full, colleague):
    one, _two, waits = full
    with saving():
        actions.release(held, by=colleague, now=NOON)
    assert stands(waits) is Status.WAITLISTED
    with saving():
        actions.give_up(one, now=NOON)
    assert stands(waits) is Status.OFFERED
    late = guest(event, held, 9)
    assert (stands(late), late.allotment) == (Status.WAITLISTED, None)
    assert counted() == 0


def test_who_confirms_after_the_release_gets_a_place_like_others(event, held, noon, colleague):
    late = guest(event, held, 1, must_confirm=True)
    noon.set(NOON + 2 * DAY)
    jobs.lapse()
    with saving():
        actions.release(held, by=colleague, now=clock.now())
    with saving():
        actions.confirm(late, now=clock.now())
    assert (stands(late), taken(event)) == (Status.CONFIRMED, 1)
    assert counted() == 0


def test_to_release_twice_is_once(event, held, colleague):
    for _ in range(2):
        with saving():
            actions.release(again(held), by=colleague, now=NOON)
    assert (taken(event), pool_of_guests(held)) == (0, (0, 0))


def test_the_clock_releases_them_on_their_day_and_once(event, held, full, noon):
    one, *_, waits = full
    with saving():
        actions.give_up(one, now=NOON)
    jobs.release()
    assert pool_of_guests(held) == (2, 1)
    noon.set(held.release_at)
    for _ in range(2):
        jobs.release()
    assert (stands(waits), pool_of_guests(held)) == (Status.OFFERED, (0, 0))
    assert letters("guest4@example.org") == ["waiting", "offered"]


def test_never_after_the_event_begins_also_when_it_was_moved(app, noon):
    event = make_event(capacity=5, starts_at=NOON + 40 * DAY)
    held = make_allotment(event, 2)
    with saving():
        db.session.get_one(Event, event.id).starts_at = NOON + DAY
    noon.set(NOON + DAY)
    jobs.release()
    assert again(held).released_at == clock.now()


def test_a_postponed_event_has_no_beginning_to_release_at(app, noon):
    event = make_event(capacity=5, starts_at=NOON + 40 * DAY)
    held = make_allotment(event, 2)
    with saving():
        stored = db.session.get_one(Event, event.id)
        stored.status, stored.starts_at = EventStatus.POSTPONED, NOON + DAY
    noon.set(NOON + 2 * DAY)
    assert queries.to_release(clock.now(), limit=9) == []
    jobs.release()
    assert again(held).released_at is None
    noon.set(held.release_at)
    jobs.release()
    assert again(held).released_at


def test_the_clock_leaves_alone_what_a_colleague_gave_another_day(event, held, noon, colleague):
    [due] = queries.to_release(held.release_at, limit=9)
    with saving():
        later = terms(2, release_at=held.release_at + DAY)
        actions.change_allotment(held, later, by=colleague, now=NOON)
    with saving():
        actions.release_due(due, now=later.release_at - DAY)
    assert again(held).released_at is None


# -- what organisers decide


def test_only_places_that_are_free_are_held(event):
    registered(event, party(1, 3))
    with pytest.raises(rules.TooFewToHold, match="2"):
        make_allotment(event, 3)
    db.session.rollback()
    make_allotment(event, 2)
    with pytest.raises(rules.TooFewToHold):
        make_allotment(event, 1)


def test_no_party_in_line_that_would_fit_is_passed(event):
    registered(event, party(1, 2))
    registered(event, party(2, 3))
    waits = registered(event, party(3))
    with saving():
        pool_of(event).size = 7  # places that were not offered yet
    with pytest.raises(rules.TooFewToHold, match="wachtlijst"):
        make_allotment(event, 1)
    db.session.rollback()
    assert stands(waits) is Status.WAITLISTED


@pytest.mark.parametrize("moment", [NOON - DAY, NOON, SOON + DAY])
def test_they_are_held_until_a_moment_to_come_before_the_event_begins(event, moment):
    with pytest.raises(rules.ReleasedAtWrongTime):
        make_allotment(event, 1, release_at=moment)


def test_nothing_is_held_at_an_event_that_is_over(event, noon):
    noon.set(SOON + DAY)
    with pytest.raises(rules.NotOpen):
        make_allotment(event, 1)


def test_by_default_they_are_held_until_a_week_before(event):
    week_before = rules.default_release(event, now=NOON)
    assert SOON - 7 * DAY - timedelta(minutes=1) < week_before <= SOON - 7 * DAY
    assert SOON - timedelta(minutes=1) < rules.default_release(event, now=SOON - DAY) <= SOON


def test_an_organiser_holds_more_or_fewer(event, held, colleague):
    guest(event, held, 1, 2)
    registered(event, party(3, 2))
    waits = registered(event, party(4, 2, may_wait=True))
    for size, wrong in ((4, rules.TooFewToHold), (1, rules.GuestsHaveThem)):
        with pytest.raises(wrong), saving():
            actions.change_allotment(again(held), terms(size), by=colleague, now=NOON)
        db.session.rollback()
        assert (pool_of_guests(held), taken(event)) == ((2, 2), 4)
    with saving():
        actions.change_allotment(again(held), terms(3), by=colleague, now=NOON)
    assert (pool_of_guests(held), taken(event)) == ((3, 2), 5)
    with saving():
        actions.change_allotment(again(held), terms(2), by=colleague, now=NOON)
    assert (pool_of_guests(held), taken(event), stands(waits)) == ((2, 2), 4, Status.WAITLISTED)
    assert counted() == 0


def test_what_is_held_no_longer_is_offered_to_the_line(event, held, colleague):
    registered(event, party(1, 3))
    waits = registered(event, party(2))
    with saving():
        actions.change_allotment(held, terms(1), by=colleague, now=NOON)
    assert (stands(waits), pool_of_guests(held)) == (Status.OFFERED, (1, 0))


def test_released_places_cannot_be_changed(event, held, colleague):
    with saving():
        actions.release(held, by=colleague, now=NOON)
    with pytest.raises(rules.ReleasedAlready), saving():
        actions.change_allotment(again(held), terms(1), by=colleague, now=NOON)


def test_a_smaller_event_says_what_is_held_for_whom(event, held, colleague):
    guest(event, held, 1)
    make_allotment(event, 2, name="ROC Voorbeeld")
    with pytest.raises(rules.TooFewPlaces) as refused, saving():
        actions.resize(queries.form_of(event.id), 3, by=colleague, now=NOON)
    said = str(refused.value.sentence)
    assert "4 plaatsen" in said
    assert "3 vrijgehouden" in said
    assert "Techniekfonds Delta 1, ROC Voorbeeld 2" in said


def test_held_places_that_nobody_came_by_can_be_taken_away(event, held, colleague):
    registered(event, party(1, 3))
    waits = registered(event, party(2))
    pools = db.session.query(Pool).count()
    with saving():
        actions.remove_allotment(held, by=colleague, now=NOON)
    assert (db.session.query(Allotment).count(), db.session.query(Pool).count()) == (0, pools - 1)
    assert (stands(waits), taken(event)) == (Status.OFFERED, 4)
    assert counted() == 0


@pytest.mark.parametrize("is_released", [False, True])
def test_held_places_that_somebody_came_by_stay_in_the_list(event, held, colleague, is_released):
    one = guest(event, held, 1)
    with saving():
        actions.give_up(one, now=NOON)
        if is_released:
            actions.release(held, by=colleague, now=NOON)
    with pytest.raises(rules.GuestsCame), saving():
        actions.remove_allotment(again(held), by=colleague, now=NOON)


def test_released_places_that_nobody_came_by_can_be_taken_away_too(event, held, colleague):
    with saving():
        actions.release(held, by=colleague, now=NOON)
        actions.remove_allotment(again(held), by=colleague, now=NOON)
    assert (db.session.query(Allotment).count(), taken(event)) == (0, 0)


def test_held_places_go_with_a_draft_that_nobody_saw(app, desk):
    draft = make_event(status=EventStatus.DRAFT, capacity=5)
    make_allotment(draft, 2)
    page = desk.get(f"/desk/events/{draft.id}").text
    assert "2 vrijgehouden" in page
    answer = desk.post(f"/desk/events/{draft.id}/remove")
    assert answer.status_code == 303
    for model in (Allotment, Claim, RegistrationForm, Pool):
        assert db.session.query(model).count() == 0, model


# -- counted again


def test_the_night_finds_held_places_that_do_not_add_up(event, held):
    guest(event, held, 1)
    assert counted() == 0
    with saving():
        db.session.get_one(Pool, held.pool_id).size = 3
    assert counted() == 1
    with saving():
        db.session.get_one(Pool, held.pool_id).taken = 0
    assert counted() == 2, "the pool of the guests is counted like every other"


def test_a_called_off_event_takes_its_guests_along(event, held):
    one = guest(event, held, 1)
    with saving():
        events.cancel(db.session.merge(event), words={}, by=make_staff("a@example.org"), now=NOON)
    jobs.find_changes()
    assert stands(one) is Status.CANCELLED
    assert counted() == 0


# -- the link


def post(client, path, number=1, **more):
    who = make_applicant(number)
    return client.post(path, data={"name": who.name, "email": who.email, **more})


def test_the_link_opens_the_form_of_a_full_event_and_gives_a_held_place(client, event, held):
    registered(event, party(9, 3))
    plain = client.get(f"/events/{event.slug}/register").text
    theirs = client.get(link_for_guests(event, held)).text
    assert "Wachtlijst" in plain
    assert "Wachtlijst" not in theirs
    answer = post(client, link_for_guests(event, held))
    assert answer.status_code == 303
    [made] = db.session.scalars(registered_as("guest1@example.org"))
    assert (made.status, made.allotment_id) == (Status.CONFIRMED, held.id)


def test_the_link_is_an_invitation_where_one_is_needed(client, event, held):
    make_form(event, capacity=5, access=Access.INVITATION)
    assert post(client, f"/events/{event.slug}/register").status_code == 409
    assert post(client, link_for_guests(event, held)).status_code == 303


@pytest.mark.parametrize("wrong", ["nonsense", "", "İ"])
def test_a_link_that_was_made_up_gives_nothing(client, event, held, wrong):
    registered(event, party(9, 3))
    path = link_for_guests(event, held).rpartition("=")[0] + "=" + wrong
    assert "Wachtlijst" in client.get(path).text
    post(client, path)
    [made] = db.session.scalars(registered_as("guest1@example.org"))
    assert (made.status, pool_of_guests(held)) == (Status.WAITLISTED, (2, 0))


def test_the_link_of_one_event_opens_nothing_of_another(client, event, held):
    other = make_event(slug="ander", capacity=3)
    make_form(other, capacity=3, access=Access.INVITATION)
    path = link_for_guests(other, held)
    assert post(client, path).status_code == 409


def test_the_link_of_places_that_were_taken_away_opens_no_others(client, event, held, colleague):
    path = link_for_guests(event, held)
    with saving():
        actions.remove_allotment(held, by=colleague, now=NOON)
    new = make_allotment(event, 2, name="Iemand anders")
    assert post(client, path).status_code == 303
    assert (pool_of_guests(new), taken(event)) == ((2, 0), 3)


def test_the_form_tells_guests_no_exact_number(client, event):
    make_form(event, capacity=40)
    held = make_allotment(event, 17)
    registered(event, party(9, 3))
    pages = []
    for number in (1, 2):
        pages.append(client.get(link_for_guests(event, held)).text)
        guest(event, held, number)
    assert "plaatsen" in pages[0]
    assert pages[0].count("17") == pages[1].count("17")


# -- what is told at the desk


def test_the_list_says_by_which_held_places_somebody_came(desk, event, held):
    guest(event, held, 1)
    registered(event, ANA)
    page = desk.get(f"/desk/registrations/{event.id}").text
    assert page.count("op een plaats voor Techniekfonds Delta") == 1
    table = desk.get(f"/desk/registrations/{event.id}/list.csv").text.splitlines()
    column = table[0].split(";").index("Plaats vrijgehouden voor") if ";" in table[0] else None
    assert column is not None
    assert [line.split(";")[column] for line in table[1:]] == ["Techniekfonds Delta", ""]
    [made] = db.session.scalars(registered_as("guest1@example.org"))
    assert "Techniekfonds Delta" in desk.get(f"/desk/registrations/{event.id}/{made.id}").text


def test_what_is_held_on_somebody_names_the_held_places(event, held):
    guest(event, held, 1)
    [one] = queries.held_on("guest1@example.org", shown=lambda *_: "")
    assert one["places_held_for"] == "Techniekfonds Delta"
    with saving():
        db.session.get_one(Allotment, held.id).name = "Noor Demo · noor@example.org"
    [one] = queries.held_on("guest1@example.org", shown=lambda *_: "")
    assert one["places_held_for"] == "Noor Demo", "her address is hers"


def test_held_places_are_not_told_as_taken(desk, event, held):
    guest(event, held, 1)
    registered(event, ANA)
    places = queries.places([event.id], now=NOON)[event.id]
    assert (places.taken, places.held, places.left) == (2, 1, 2)
    [line] = queries.events(NOON, is_past=False)
    assert (line.taken, line.held) == (2, 1)
    home = desk.get(f"/desk/events/{event.id}").text
    assert "Van de 5 plaatsen zijn er 2 vrijgehouden voor partners en ambassadeurs." in home
    assert "Daarvan is er één bezet." in home
    assert "Eén is vrijgehouden." in desk.get(f"/desk/registrations/{event.id}/settings").text


def page_of(event, *parts):
    return "/".join(("/desk/registrations", str(event.id), "held", *map(str, parts)))


ASKED = {"name": "ROC Voorbeeld", "places": "2", "release_at": "2027-02-01T17:00"}


def test_an_organiser_holds_places_at_the_desk(desk, client, event):
    assert "Er zijn voor niemand plaatsen vrijgehouden." in desk.get(page_of(event)).text
    answer = desk.post(page_of(event), data=ASKED)
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "ROC Voorbeeld" in page
    [made] = db.session.scalars(select(Allotment))
    assert pool_of_guests(made) == (2, 0)
    assert f"/events/{event.slug}/register?pass=" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"places": "9"}, "Er zijn 5 plaatsen vrij."),
        ({"places": "0"}, "Vul een getal in van 1"),
        ({"places": "x"}, "Not a valid integer value."),
        ({"name": ""}, "Vul in voor wie."),
        ({"release_at": ""}, "Vul in tot wanneer"),
        ({"release_at": "2027-01-01T10:00"}, "Kies een moment dat nog komt."),
        ({"release_at": "2040-01-01T10:00"}, "Kies een moment voordat de bijeenkomst begint."),
    ],
)
def test_what_cannot_be_held_is_said_at_its_field_and_stays_typed(desk, event, wrong, said):
    answer = desk.post(page_of(event), data=ASKED | wrong)
    assert answer.status_code == 422
    if said.isascii() and "valid" not in said:
        assert said in answer.text
    for value in (ASKED | wrong).values():
        assert f'value="{value}"' in answer.text
    assert db.session.query(Allotment).count() == 0


def test_an_organiser_changes_releases_and_takes_away(desk, event, held):
    spare = make_allotment(event, 1, name="ROC Voorbeeld")
    guest(event, held, 1)
    page = desk.get(page_of(event, held.id)).text
    assert 'value="2"' in page
    answer = desk.post(page_of(event, held.id), data=ASKED | {"places": "1", "name": "Delta"})
    assert answer.status_code == 303
    assert (again(held).name, pool_of_guests(held)) == ("Delta", (1, 1))
    answer = desk.post(page_of(event, held.id), data=ASKED | {"places": "9"})
    assert answer.status_code == 422
    assert desk.post(page_of(event, held.id, "remove")).status_code == 303
    assert again(held), "somebody came by it"
    assert desk.post(page_of(event, held.id, "release")).status_code == 303
    assert again(held).released_at
    assert "Teruggegeven op" in desk.get(page_of(event)).text
    assert desk.post(page_of(event, held.id), data=ASKED).status_code == 422
    assert desk.post(page_of(event, spare.id, "remove")).status_code == 303
    assert db.session.query(Allotment).count() == 1
    assert desk.get(page_of(event, spare.id)).status_code == 404


def test_who_looked_at_other_numbers_looks_once_more_before_releasing(desk, event, held):
    mark = desk.get(page_of(event)).text.partition('name="confirmed" value="')[2][:24]
    guest(event, held, 1)
    desk.post(page_of(event, held.id, "release"), data={"confirmed": mark})
    assert again(held).released_at is None


def test_the_held_places_of_another_event_are_not_there(desk, event, held):
    other = make_event(slug="ander", capacity=3)
    assert desk.get(page_of(other, held.id)).status_code == 404
    for verb in ("release", "remove"):
        assert desk.post(page_of(other, held.id, verb)).status_code == 404


def test_without_a_form_nothing_can_be_held_yet(desk):
    event = make_event()
    assert "Open de aanmelding" in desk.get(page_of(event)).text
    assert desk.post(page_of(event), data=ASKED).status_code == 404


def test_as_a_guest_reads_them_places_are_held_or_everybodys(app):
    places = rules.Places(size=9, taken=9, waiting=0, state=rules.State.FULL)
    assert places.with_held(0) is places
    assert places.with_held(2).state is rules.State.FEW
    assert replace(places, state=rules.State.CLOSED).with_held(2).state is rules.State.CLOSED
    roomy = replace(places, taken=1, state=rules.State.OPEN)
    assert roomy.with_held(2) is roomy
