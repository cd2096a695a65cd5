"""Who gets places: decided without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events_app.capacity import rules
from events_app.capacity.models import ClaimStatus
from events_app.capacity.rules import Room, Want

pytestmark = pytest.mark.once

HALL, ONLINE = 1, 2


def decide(want, free, smallest_waiting=None):
    return rules.decide([want], {HALL: Room(free=free, smallest_waiting=smallest_waiting)})[0]


def hall(places=1, **more):
    return Want(pool_id=HALL, places=places, **more)


def test_what_fits_is_held_and_what_does_not_waits_where_it_may():
    assert decide(hall(2), 2) is ClaimStatus.HELD
    assert decide(hall(3, may_wait=True), 2) is ClaimStatus.WAITING
    assert decide(hall(3, may_wait=True, must_confirm=True), 2) is ClaimStatus.ASKED
    with pytest.raises(rules.NoRoom):
        decide(hall(3), 2)


def test_without_a_size_there_is_room_for_everybody():
    assert decide(hall(1000), None) is ClaimStatus.HELD


@pytest.mark.parametrize(
    ("free", "smallest", "begins"),
    [
        (2, 3, ClaimStatus.HELD),
        (2, 2, ClaimStatus.WAITING),
        (2, 1, ClaimStatus.WAITING),
        (None, 1, ClaimStatus.WAITING),
    ],
)
def test_nobody_new_passes_a_party_in_line_that_would_fit(free, smallest, begins):
    assert decide(hall(may_wait=True), free, smallest) is begins


def test_when_nobody_in_line_can_be_offered_a_place_it_is_for_who_comes():
    assert decide(hall(passes_line=True), 1, smallest_waiting=1) is ClaimStatus.HELD


def test_a_party_that_would_split_hears_how_many_places_there_are():
    with pytest.raises(rules.NoRoom) as why:
        decide(hall(4, may_wait=True, would_split=True), 3)
    assert why.value.left == 3
    assert decide(hall(4, may_wait=True, would_split=True), 0) is ClaimStatus.WAITING


def test_what_is_due_to_the_line_is_not_left_for_who_would_split():
    assert decide(hall(4, may_wait=True, would_split=True), 3, 2) is ClaimStatus.WAITING
    with pytest.raises(rules.NoRoom) as why:
        decide(hall(4, would_split=True), 3, 2)
    assert why.value.left == 0


def test_in_a_pool_that_is_over_its_size_nothing_is_left():
    with pytest.raises(rules.NoRoom) as why:
        decide(hall(), -2)
    assert why.value.left == 0


def test_who_waits_in_one_pool_may_hold_in_another():
    wants = [hall(2, may_wait=True), Want(pool_id=ONLINE, places=2)]
    begins = rules.decide(wants, {HALL: Room(free=1), ONLINE: Room(free=None)})
    assert begins == [ClaimStatus.WAITING, ClaimStatus.HELD]


@given(
    free=st.integers(0, 8),
    parties=st.lists(st.integers(1, 4), max_size=8),
)
def test_together_they_never_get_more_than_is_free(free, parties):
    wants = [hall(places, may_wait=True) for places in parties]
    begins = rules.decide(wants, {HALL: Room(free=free)})
    held = [places for places, status in zip(parties, begins, strict=True) if status == "held"]
    waiting = [places for places, status in zip(parties, begins, strict=True) if status != "held"]
    assert sum(held) <= free
    assert all(places > free - sum(held) for places in waiting)
