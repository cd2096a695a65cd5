"""Places are neither lost nor sold twice, in whatever order people and colleagues act."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from events_app.capacity.models import ClaimStatus
from events_app.capacity.queries import first_in_line, miscounted
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.core.errors import Refusal
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import AttendanceMode, Event, Status
from events_app.registrations import actions, jobs, queries, rules
from events_app.registrations.models import OptionSignup, Participant, Registration, Transfer
from events_app.registrations.models import Status as Standing
from events_app.registrations.rules import Changes
from tests.conftest import NOON, dealt
from tests.events.test_actions import content
from tests.factories.accounts import make_staff
from tests.factories.allotments import terms
from tests.factories.events import make_event, make_venue
from tests.factories.registrations import make_applicant, make_form, make_options, pool_of

STREAM = "https://example.org/stream"


class House:
    """One mixed event with three places, and all that can happen to it."""

    def __init__(self, noon, seed):
        self.noon, self.any = noon, random.Random(seed)
        self.event = make_event(
            capacity=3, summary="Kort.", attendance_mode=AttendanceMode.MIXED, stream_url=STREAM
        )
        form = make_form(self.event, capacity=3, guests_max=2)
        self.wish = random.Random(seed)
        sizes = {"everybody": (1, 2, None), "hall": (2, 0), "online": (1, 1)}
        for open_to, some in sizes.items():
            make_options(form, *some, open_to=open_to)
        self.venues = [self.event.venue.id, make_venue("Zaal Noord", "Zwolle", "overijssel").id]
        self.staff = make_staff()
        self.done = []

    def acts(self):
        return [name for name in dir(self) if name.startswith("do_")]

    def act(self):
        name = self.any.choice(self.acts())
        try:
            with saving():
                said = getattr(self, name)()
        except Refusal as why:
            said = type(why).__name__
        self.done.append((name, said))
        db.session.expire_all()

    def somebody(self):
        every = db.session.scalars(
            select(Registration).where(~Registration.is_wiped).order_by(Registration.id)
        ).all()
        return self.any.choice(every) if every else None

    def wanted(self):
        """Two of each group of options at most."""
        options = [
            option.id
            for group in queries.option_groups(self.event.id)
            for option in self.wish.sample(group.options, min(2, len(group.options)))
        ]
        return tuple(id for id in options if self.wish.random() < 0.6)

    def do_register(self):
        number = self.any.randrange(12)
        guests = ("Gast",) * self.any.randrange(3)
        addresses = tuple(f"guest{self.any.randrange(12)}@example.org" for _ in guests)
        form = queries.form_of(self.event.id)
        applicant = make_applicant(
            number, guests=guests, guest_addresses=addresses, is_online=self.any.random() < 0.5,
            waits_for_hall=self.any.random() < 0.5, may_wait=self.any.random() < 0.7,
            options=self.wanted(),
        )  # fmt: skip
        must_confirm = self.any.random() < 0.4
        held = self.held() if self.any.random() < 0.5 else None
        actions.register(
            form, applicant, now=clock.now(), must_confirm=must_confirm, allotment=held
        )

    def held(self):
        """Places for somebody's guests, released ones too; None: there are none."""
        every = queries.allotments(self.event.id)
        return self.any.choice(every) if every else None

    def do_allot(self):
        form, places = queries.form_of(self.event.id), terms(self.any.randint(1, 3))
        actions.allot(form, places, by=self.staff, now=clock.now())

    do_allot_more = do_allot

    def do_change_allotment(self):
        if held := self.held():
            places = terms(self.any.randint(1, 4))
            actions.change_allotment(held, places, by=self.staff, now=clock.now())

    def do_release(self):
        if held := self.held():
            actions.release(held, by=self.staff, now=clock.now())

    def do_remove_allotment(self):
        if held := self.held():
            actions.remove_allotment(held, by=self.staff, now=clock.now())

    do_register_more = do_register_again = do_register_once_more = do_register

    def do_switch(self):
        if one := self.somebody():
            guests = tuple(
                each.name if self.any.random() < 0.7 else "" for each in one.participants[1:]
            )
            actions.change(
                one,
                Changes(name="Gast 1", organisation="", guests=guests, diet="", access_needs="",
                        is_online=self.any.choice([True, False, None]),
                        waits_for_hall=self.any.random() < 0.3,
                        options=self.wish.choice([None, self.wanted()])),
                now=clock.now(),
            )  # fmt: skip

    do_switch_more = do_switch

    def do_give_up(self):
        if one := self.somebody():
            by = self.any.choice([None, self.staff])
            actions.give_up(one, by=by, now=clock.now())

    def do_accept(self):
        if one := self.somebody():
            actions.accept(one, now=clock.now())

    def do_stay_online(self):
        if one := self.somebody():
            actions.stay_online(one, now=clock.now())

    def do_confirm(self):
        if one := self.somebody():
            actions.confirm(one, now=clock.now())

    def do_promote(self):
        if one := self.somebody():
            actions.promote(one, by=self.staff, now=clock.now())

    def do_resize(self):
        form, is_online = queries.form_of(self.event.id), self.any.random() < 0.5
        sizes = [*range(7), *([None, None] if is_online else ())]
        actions.resize(
            form, self.any.choice(sizes), is_online=is_online, by=self.staff, now=clock.now()
        )

    def do_leave_party(self):
        if (one := self.somebody()) and one.guests:
            actions.leave_party(self.any.choice(one.guests), now=clock.now())

    def do_pass_on(self):
        if one := self.somebody():
            actions.transfer(
                one, email=f"guest{self.any.randrange(12)}@example.org", name="Collega",
                is_hand_over=self.any.random() < 0.7, now=clock.now(),
            )  # fmt: skip

    do_pass_on_more = do_pass_on

    def do_answer(self):
        """Of whoever was asked."""
        if asked := db.session.scalars(select(Transfer).order_by(Transfer.id.desc())).first():
            deed = self.any.choice([actions.take, actions.take, actions.decline])
            deed(asked, now=clock.now())

    do_answer_more = do_answer

    def do_erase(self):
        if (one := self.somebody()) and self.any.random() < 0.3:
            actions.erase(one.email, now=clock.now())

    def do_time_passes(self):
        self.noon.set(clock.now() + timedelta(hours=self.any.choice([1, 7, 30]), seconds=7.31))

    do_time_passes_more = do_time_passes

    def do_time_of_the_event(self):
        event = db.session.get(Event, self.event.id)
        if event.status in (Status.PUBLISHED, Status.POSTPONED):
            by = timedelta(hours=self.any.choice([1, 24, -1]))
            events.change(
                event, content(event, starts_at=event.starts_at + by, ends_at=event.ends_at + by),
                by=None, now=clock.now(),
            )  # fmt: skip

    def do_hall(self):
        event = db.session.get(Event, self.event.id)
        events.change(
            event, content(event, venue=self.any.choice(self.venues)), by=None, now=clock.now()
        )

    def do_stream(self):
        event = db.session.get(Event, self.event.id)
        said = STREAM + self.any.choice("abc")
        events.change(event, content(event, stream_url=said), by=None, now=clock.now())

    do_stream_more = do_stream

    def do_postpone(self):
        events.postpone(db.session.get(Event, self.event.id), words={}, by=None, now=clock.now())

    def do_go_on(self):
        events.go_on(db.session.get(Event, self.event.id), by=None, now=clock.now())

    # -- what holds whatever was done

    def tidy(self):
        """The minute's jobs but the one that tells of changes."""
        jobs.lapse()
        jobs.expire()
        jobs.release()
        jobs.find_room()
        jobs.tell_guests()

    def pools(self):
        return [pool_of(self.event, is_online=is_online) for is_online in (False, True)]

    def check(self):
        wrong = [(pool.taken, counted) for pool, counted in miscounted(limit=9)]
        assert wrong == [], self.done
        astray = [(one.status, one.claim.status) for one in queries.astray(limit=9)]
        assert astray == [], self.done
        assert list(queries.misheld(limit=9)) == [], self.done
        assert list(queries.options_astray(limit=9)) == [], self.done
        for signup in db.session.scalars(select(OptionSignup)):
            one = db.session.get_one(Participant, signup.participant_id).registration
            assert rules.may_have(one, signup.option.group), self.done
        for pool in self.pools():
            assert pool.taken >= 0, self.done
            assert pool.free is None or pool.free >= 0, self.done
        for one in db.session.scalars(select(Registration)):
            if one.status is Standing.WAITLISTED:
                is_sure = one.confirm_by is None
                assert (one.claim.status is ClaimStatus.WAITING) is is_sure, self.done
            if one.email:
                assert one.party_size == len(one.participants), self.done
                assert letters_to(one) == one.letters_sent, (one.status, self.done)

    def check_line(self):
        """Nobody waits for a place that is free."""
        event = db.session.get(Event, self.event.id)
        if event.status is Status.PUBLISHED:
            for pool in self.pools():
                assert first_in_line(pool.id, fits=pool.free) is None, self.done


def letters_to(one):
    like = f"registration:{one.id}:%"
    counted = select(func.count()).where(OutboxMessage.dedupe_key.like(like))
    return db.session.scalar(counted)


@pytest.mark.parametrize(
    "seed", [*dealt(range(3)), *(pytest.param(more, marks=pytest.mark.long) for more in (3, 4))]
)
def test_places_add_up_and_letters_are_as_many_as_were_promised(app, noon, seed):
    noon.set(NOON + timedelta(seconds=3.217))
    house = House(noon, seed)
    for _step in range(45):
        house.act()
        house.check()
        house.tidy()
        db.session.expire_all()
        house.check()
        house.check_line()
        tells_as_many_as_it_said(house)


def tells_as_many_as_it_said(house):
    event = db.session.get(Event, house.event.id)
    if not rules.is_due(event, now=clock.now()):
        return
    promised = queries.still_to_tell([event]).get(event.id)
    before = count_letters()
    jobs.find_changes()
    db.session.expire_all()
    written = count_letters() - before
    assert written == (promised.all if promised else 0), house.done


def count_letters():
    return db.session.scalar(select(func.count()).select_from(OutboxMessage))
