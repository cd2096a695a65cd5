"""The line: who leaves frees a place, and the first that fits is offered it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from events_app.accounts.models import JournalEntry
from events_app.capacity import actions as capacity
from events_app.capacity.queries import number_in_line
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Status as EventStatus
from events_app.registrations import actions, jobs, rules
from events_app.registrations.models import EntryState, Registration, Status
from events_app.registrations.queries import form_of
from events_app.registrations.rules import Changes
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.events import SOON, make_event
from tests.factories.registrations import (
    ANA,
    MIA,
    RUI,
    make_applicant,
    make_form,
    pool_of,
    registered,
    taken,
)


def statuses(event):
    db.session.expire_all()
    wanted = select(Registration).where(Registration.event_id == event.id)
    return [r.status.value for r in db.session.scalars(wanted.order_by(Registration.id))]


def last_letter(email):
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == email)
    return db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).first()


def give_up(registration, **more):
    with saving():
        actions.give_up(registration, now=clock.now(), **more)


def accept(registration):
    with saving():
        actions.accept(registration, now=clock.now())


@pytest.fixture
def full(app):
    """One place, taken; three in line."""
    event = make_event(capacity=1)
    people = [registered(event, who) for who in (ANA, RUI, MIA, make_applicant(4))]
    return event, people


def test_who_leaves_makes_room_for_the_first_in_line(full):
    event, (ana, rui, *_) = full
    give_up(ana, reason="Ziek")
    assert statuses(event) == ["cancelled", "offered", "waitlisted", "waitlisted"]
    assert taken(event) == 1, "the offered place is kept free"
    assert last_letter(ANA.email).kind == "registrations/cancelled"
    assert last_letter(ANA.email).calendar_method == "CANCEL"
    assert last_letter(RUI.email).kind == "registrations/offered"
    assert rui.claim.offer_expires_at == NOON + timedelta(hours=48)


def test_an_accepted_offer_is_a_place_with_a_calendar_entry(full, noon):
    event, (ana, rui, *_) = full
    give_up(ana)
    noon.set(NOON + timedelta(minutes=7.3))
    accept(rui)
    assert rui.changed_at == clock.now()
    assert statuses(event)[1] == "confirmed"
    assert taken(event) == 1
    assert last_letter(RUI.email).kind == "registrations/confirmed"
    assert last_letter(RUI.email).calendar_method == "REQUEST"
    assert rui.contact.entry.state is EntryState.SENT
    assert rui.contact.entry.sequence == 0


def test_nobody_accepts_what_was_not_offered(full):
    _event, (ana, rui, *_) = full
    for registration in (ana, rui):
        with pytest.raises(rules.OfferEnded):
            accept(registration)


def test_a_declined_offer_goes_to_the_next(full):
    event, (ana, rui, *_) = full
    give_up(ana)
    give_up(rui)
    assert statuses(event) == ["cancelled", "cancelled", "offered", "waitlisted"]
    assert last_letter(RUI.email).calendar_method is None, "nothing stood in that calendar"


def test_an_offer_that_nobody_answers_goes_to_the_next_at_its_deadline(full, noon):
    event, (ana, *_) = full
    give_up(ana)
    noon.set(NOON + timedelta(hours=48) - timedelta(seconds=1))
    jobs.expire()
    assert statuses(event)[1] == "offered"
    noon.set(NOON + timedelta(hours=48))
    jobs.expire()
    jobs.expire()
    assert statuses(event) == ["cancelled", "expired", "offered", "waitlisted"]
    assert taken(event) == 1
    assert last_letter(RUI.email).kind == "registrations/expired"


def test_who_leaves_the_line_loses_nobody_a_place(full):
    event, (_ana, rui, mia, *_) = full
    give_up(rui)
    assert statuses(event) == ["confirmed", "cancelled", "waitlisted", "waitlisted"]
    assert taken(event) == 1
    assert number_in_line(mia.claim) == 1


def test_leaving_twice_frees_one_place(full):
    event, (ana, *_) = full
    give_up(ana)
    give_up(ana)
    assert taken(event) == 1
    assert statuses(event) == ["cancelled", "offered", "waitlisted", "waitlisted"]


def test_who_left_may_register_again_and_stands_at_the_end(full):
    event, (ana, *_) = full
    give_up(ana)
    again = registered(event, ANA)
    assert again.status is Status.WAITLISTED
    assert number_in_line(again.claim) == 3


def test_a_place_goes_to_the_first_party_that_fits(app):
    event = make_event(capacity=3)
    make_form(event, capacity=3, guests_max=3)
    first = registered(event, make_applicant(1))
    registered(event, make_applicant(2, guests=("Gast",)))
    registered(event, make_applicant(3, guests=("Gast A", "Gast B")))
    registered(event, make_applicant(4))
    give_up(first)
    assert statuses(event) == ["cancelled", "confirmed", "waitlisted", "offered"]


def test_who_fits_beside_a_larger_party_is_offered_a_place_in_the_same_moment(app):
    """What the larger one is offered is free no more; the next must fit in the rest."""
    event = make_event(capacity=4)
    make_form(event, capacity=4, guests_max=4)
    four, three, _two, _one = (
        registered(event, make_applicant(number, guests=tuple(f"Gast {n}" for n in range(others))))
        for number, others in enumerate((3, 2, 1, 0))
    )
    give_up(four)
    assert statuses(event) == ["cancelled", "offered", "waitlisted", "offered"]
    assert taken(event) == 4
    assert three.claim.offer_expires_at


def test_a_party_that_leaves_makes_room_for_several(app):
    event = make_event(capacity=3)
    make_form(event, capacity=3, guests_max=3)
    party = registered(event, make_applicant(1, guests=("Gast A", "Gast B")))
    for number in (2, 3, 4, 5):
        registered(event, make_applicant(number))
    give_up(party)
    assert statuses(event) == ["cancelled", "offered", "offered", "offered", "waitlisted"]
    assert taken(event) == 3


def test_more_places_are_offered_at_once_and_fewer_than_taken_are_refused(full):
    event, _people = full
    staff = make_staff()
    with saving():
        actions.resize(form_of(event.id), 3, by=staff, now=NOON)
    assert statuses(event) == ["confirmed", "offered", "offered", "waitlisted"]
    assert taken(event) == 3
    with pytest.raises(rules.TooFewPlaces), saving():
        actions.resize(form_of(event.id), 2, by=staff, now=NOON)
    assert pool_of(event).size == 3
    verbs = db.session.scalars(select(JournalEntry.verb)).all()
    assert verbs == ["registrations.resized"]


def test_many_new_places_are_offered_in_batches_until_all_are(app):
    event = make_event(capacity=0)
    for number in range(45):
        registered(event, make_applicant(number))
    with saving():
        actions.resize(form_of(event.id), 100, by=make_staff(), now=NOON)
    assert statuses(event).count("offered") == 20
    jobs.find_room()
    jobs.find_room()
    assert statuses(event).count("offered") == 45
    assert taken(event) == 45


def test_a_free_place_that_someone_waits_for_is_found(full):
    event, _people = full
    with saving():
        pool_of(event).size = 2  # as if a process had died between two steps
    jobs.find_room()
    assert statuses(event) == ["confirmed", "offered", "waitlisted", "waitlisted"]


def test_no_place_is_offered_when_there_is_no_time_left_or_no_event(full, noon):
    event, (ana, *_) = full
    noon.set(SOON - timedelta(minutes=30))
    give_up(ana)
    assert "offered" not in statuses(event)
    noon.set(NOON)
    with saving():
        event.status = EventStatus.POSTPONED
    jobs.find_room()
    assert "offered" not in statuses(event)


def test_where_there_is_no_choice_everybody_takes_a_place_in_the_hall(app):
    event = make_event(capacity=1)
    with pytest.raises(rules.NoChoice):
        registered(event, make_applicant(1, is_online=True))
    one = registered(event, make_applicant(1))
    assert (one.is_online, taken(event)) == (False, 1)


@pytest.mark.parametrize("may_wait", [True, False])
def test_without_a_line_a_full_hall_is_full_and_not_too_small_for_the_party(app, may_wait):
    event = make_event(capacity=1)
    make_form(event, capacity=1, has_waiting_list=False)
    registered(event, ANA)
    with pytest.raises(rules.Full):
        registered(event, make_applicant(1, may_wait=may_wait))


def test_how_somebody_stands_is_read_under_the_lock(full):
    _event, (ana, *_) = full
    assert ana.status is Status.CONFIRMED
    with saving():  # past the object in memory, as another process does
        db.session.execute(
            update(Registration).where(Registration.id == ana.id).values(status=Status.CANCELLED),
            execution_options={"synchronize_session": False},
        )
        actions.give_up(ana, now=clock.now())
    assert last_letter(ANA.email).kind == "registrations/confirmed", "they gave it up before"


def test_nobody_new_passes_a_party_in_line_that_would_fit(full):
    event, _people = full
    with saving():
        capacity.resize(pool_of(event).id, 2)  # and the offer is yet to be made
    registered(event, make_applicant(9))
    assert statuses(event) == ["confirmed", "waitlisted", "waitlisted", "waitlisted", "waitlisted"]
    jobs.find_room()
    assert statuses(event) == ["confirmed", "offered", "waitlisted", "waitlisted", "waitlisted"]


def test_what_can_be_offered_no_more_is_for_who_comes(full, noon):
    event, (ana, *_) = full
    noon.set(SOON - timedelta(minutes=30))
    give_up(ana)
    registered(event, make_applicant(9))
    assert statuses(event) == ["cancelled", "waitlisted", "waitlisted", "waitlisted", "confirmed"]


def test_an_organiser_gives_a_place_out_of_turn_only_when_there_is_one(full):
    event, (ana, _rui, _mia, last) = full
    staff = make_staff()
    with pytest.raises(rules.NoFreePlace), saving():
        actions.promote(last, by=staff, now=NOON)
    make_form(event, capacity=2)
    with saving():
        actions.promote(last, by=staff, now=NOON)
    assert statuses(event) == ["confirmed", "waitlisted", "waitlisted", "confirmed"]
    assert taken(event) == 2
    with pytest.raises(rules.TooLate), saving():
        actions.promote(ana, by=staff, now=NOON)


def test_a_promoted_offer_takes_no_second_place(full):
    event, (ana, rui, *_) = full
    give_up(ana)
    with saving():
        actions.promote(rui, by=make_staff(), now=NOON)
    assert statuses(event)[1] == "confirmed"
    assert taken(event) == 1


def test_a_guest_who_stays_at_home_makes_room(app):
    event = make_event(capacity=2)
    make_form(event, capacity=2, guests_max=2)
    ana = registered(event, make_applicant(1, guests=("Gast A",)))
    registered(event, RUI)
    with saving():
        actions.change(
            ana,
            Changes(
                name="Gast 1", organisation="Nieuw", guests=("",), diet="vegan", access_needs=""
            ),
            now=NOON,
        )
    assert statuses(event) == ["confirmed", "offered"]
    assert taken(event) == 2
    assert [(p.name, p.diet) for p in ana.participants] == [("Gast 1", "vegan")]
    assert (ana.party_size, ana.contact.organisation) == (1, "Nieuw")


def test_a_party_in_line_that_shrinks_may_fit_at_once(app):
    event = make_event(capacity=2)
    make_form(event, capacity=2, guests_max=2)
    registered(event, ANA)
    waits = registered(event, make_applicant(2, guests=("Gast A",)))
    with saving():
        changes = Changes(name="Gast 1", guests=("",))
        actions.change(waits, changes, now=NOON)
    assert statuses(event) == ["confirmed", "offered"]


def test_nothing_is_changed_after_the_event(full, noon):
    _event, (ana, *_) = full
    noon.set(SOON + timedelta(days=1))
    with pytest.raises(rules.TooLate), saving():
        actions.change(
            ana,
            Changes(name="Gast 1", guests=()),
            now=clock.now(),
        )


def test_someone_cancelled_by_the_desk_is_told_by_whom_and_it_is_written_down(full):
    _event, (ana, *_) = full
    staff = make_staff()
    give_up(ana, by=staff)
    assert "De organisatie heeft u afgemeld" in last_letter(ANA.email).body.text
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.verb, entry.actor, entry.subject_label) == (
        "registrations.cancelled", staff.name, ana.code,
    )  # fmt: skip
    assert ANA.email not in f"{entry.before} {entry.after} {entry.subject_label}"
