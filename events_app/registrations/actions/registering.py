from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from events_app.capacity import actions as capacity
from events_app.capacity.models import Claim, ClaimStatus, Pool
from events_app.capacity.rules import NoRoom, Room, Want
from events_app.core import rate_limits, tokens
from events_app.core.db import db
from events_app.core.errors import TooMany
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions.answering import still_asked
from events_app.registrations.actions.choosing import choose
from events_app.registrations.actions.guests import free_addresses
from events_app.registrations.actions.posting import new_uid, post, put_in_calendar
from events_app.registrations.actions.status import hold, set_status
from events_app.registrations.actions.waiting_list import take_hall_or_wait
from events_app.registrations.models import (
    LINK,
    Allotment,
    Answer,
    CalendarEntry,
    Participant,
    Registration,
    RegistrationForm,
    Status,
)
from events_app.registrations.rules import Applicant


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(rules.Outcome):
    """How `register` ended.

    `registration` and `is_new` say whether the address was registered already, so they must not be
    shown to whoever typed it.
    """

    registration: Registration
    """The new one, or the one that this address had."""
    is_new: bool


def register(
    form: RegistrationForm,
    applicant: Applicant,
    *,
    now: datetime,
    is_invited: bool = False,
    must_confirm: bool = False,
    allotment: Allotment | None = None,
) -> Registered:
    """Take places for the whole party, or join the line, and write the letter that says so. With a
    place the contact gets the options that they want, each that is free.

    `must_confirm`: the places are held for a day and have to be confirmed by the button in the
    letter. `allotment`: what is held for them goes first, while there is room for all. An address
    that was registered already keeps its registration, and its owner is written to; who typed it
    gets the same answer, after as much work. Raises NotOpen, NoChoice, Full, LargerThanRoom,
    PartyTooLarge, TooManyGuests, TooManyOptions or NotAsked.
    """
    rules.must_be_open(form, form.event, now=now, is_invited=is_invited)
    rules.must_be_chosen(form.event, is_online=applicant.is_online)
    if len(applicant.guests) > form.guests_max:
        raise rules.TooManyGuests(form.guests_max)
    pool, held = _pools(form, applicant, allotment, now=now)
    known = queries.expected(form.event_id, applicant.email)
    applicant = _with_free_addresses(form, applicant, now=now)
    with db.session.begin_nested() as work:
        registration = _made(form, applicant, now=now)
        if must_confirm:
            registration.confirm_by = rules.confirm_by(now, starts_at=form.event.starts_at)
        claim, hall_claim = _claims(form, applicant, pool, must_confirm=must_confirm, now=now)
        registration.hall_claim = hall_claim
        set_status(registration, claim, now=now)
        is_for_guests = _is_for_guests(form, hall_claim or claim, held)
        registration.allotment = allotment if is_for_guests else None
        contact = registration.contact
        contact.is_expected = not known  # an address is expected once at an event
        if registration.status is Status.CONFIRMED:
            put_in_calendar(contact)
        db.session.add(registration)
        db.session.flush()
        missed = choose(contact, applicant.options, now=now)
        post(letters.received(contact, missed=missed, now=now), contact, now=now)
        missed_ids = [option.id for option in missed]
        if known:
            work.rollback()  # after as much of it: the time tells nobody who is registered
    if known:
        known.asked_again_at = now
    return Registered(
        registration=known.registration if known else registration,
        is_new=not known,
        has_room=claim.status is ClaimStatus.HELD,
        is_online=claim.pool_id == form.online_pool_id,
        waits_for_hall=hall_claim is not None,
        confirm_by=registration.confirm_by,
        missed=missed_ids,
    )


def _with_free_addresses(
    form: RegistrationForm, applicant: Applicant, *, now: datetime
) -> Applicant:
    """Of the guests; the contact's is looked at by itself."""
    emails, own = applicant.guest_addresses, applicant.email.lower()
    free = free_addresses(form.event_id, emails, own=own, now=now)
    return replace(applicant, guest_addresses=tuple(free))


def remind(person: Participant, *, now: datetime) -> None:
    """Mail people their own link when their address was typed again; at most once a day."""
    registration = hold(person.registration)
    person.asked_again_at = None
    if registration.status not in rules.ALIVE or not person.email:
        return
    try:
        key = f"registrations:already:{person.id}"
        rate_limits.hit(key, limit=1, per=timedelta(days=1), now=now)
    except TooMany:
        return
    registration.letters_sent += 1
    post(letters.already(person), person, now=now)


def _claims(
    form: RegistrationForm, applicant: Applicant, pool: Pool, *, must_confirm: bool, now: datetime
) -> tuple[Claim, Claim | None]:
    """The places of the party, held or waited for; and those in the hall that it waits for besides.

    Raises Full, LargerThanRoom, or PartyTooLarge when they did not choose to wait.
    """
    party, is_held = applicant.party_size, pool.id not in form.pool_ids
    waits_for_hall = pool is form.online_pool and applicant.waits_for_hall
    line = form.pool if waits_for_hall or is_held else pool
    may_wait = form.has_waiting_list and rules.fits_ever(line, party)
    want = Want(
        pool_id=pool.id,
        places=party,
        may_wait=may_wait,
        must_confirm=must_confirm,
        would_split=not applicant.may_wait,
        passes_line=not rules.may_offer(form.event, hours=form.offer_hours, now=now),
    )
    in_hall = replace(want, pool_id=form.pool_id, would_split=False)
    try:
        if waits_for_hall:
            rules.must_fit_ever(line, party, form=form)
            return take_hall_or_wait(in_hall, replace(want, may_wait=False), now=now)
        [claim] = capacity.take([want], now=now)
    except NoRoom as why:
        if why.left and not applicant.may_wait:
            fits = pool is not form.online_pool and rules.fits_online(form, party)
            raise rules.PartyTooLarge(
                left=why.left, party_size=party, has_waiting_list=may_wait, fits_online=fits
            ) from None
        rules.must_fit_ever(line, party, form=form)
        raise rules.Full from None
    return claim, None


def _pools(
    form: RegistrationForm, applicant: Applicant, allotment: Allotment | None, *, now: datetime
) -> tuple[Pool, Pool | None]:
    """Lock all that they may get places of. Gives where they get them, and what is held for them,
    if anything is by now.
    """
    held_id = [allotment.pool_id] if allotment else []
    locked = capacity.lock((*form.every_pool_id, *held_id))
    if any(each.id in applicant.options and each.pool_id not in locked for each in form.options):
        raise rules.NotAsked  # an organiser removed it just now
    is_online = applicant.is_online and rules.may_choose(form.event)
    usual = form.online_pool if is_online else form.pool
    held = locked.get(held_id[0]) if held_id else None  # none: it was removed meanwhile
    if held is None or not held.size:  # it was released
        return usual, None
    if is_online and not applicant.waits_for_hall:
        return usual, held
    is_theirs = rules.takes_held(applicant, _free_of_held(form, held, now=now), form.pool)
    return held if is_theirs else usual, held


def _free_of_held(form: RegistrationForm, held: Pool, *, now: datetime) -> int:
    """For a newcomer, who passes no guest in line that would fit."""
    waiting = queries.smallest_of_guests_in_line(held.id)
    room = Room(free=held.free, smallest_waiting=waiting)
    may_offer = rules.may_offer(form.event, hours=form.offer_hours, now=now)
    return 0 if room.is_due_to_line and may_offer else held.free or 0


def _is_for_guests(form: RegistrationForm, claim: Claim, held: Pool | None) -> bool:
    """They have a place that is held for them, or are in line and offered one first."""
    is_in_line = claim.status in (ClaimStatus.WAITING, ClaimStatus.ASKED)
    return claim.pool is held or bool(held and is_in_line and claim.pool_id == form.pool_id)


def _made(form: RegistrationForm, applicant: Applicant, *, now: datetime) -> Registration:
    return Registration(
        event=form.event,
        form=form,
        language=applicant.language,
        party_size=applicant.party_size,
        source=rules.source(applicant.source),
        letters_sent=1,
        created_at=now,
        participants=[
            _contact(form, applicant),
            *(
                new_participant(form, name, email)
                for name, email in rules.with_addresses(applicant.guests, applicant.guest_addresses)
            ),
        ],
    )


def _contact(form: RegistrationForm, applicant: Applicant) -> Participant:
    contact = new_participant(form, applicant.name)
    contact.is_contact, contact.email = True, applicant.email.lower()
    contact.organisation = applicant.organisation
    needs = rules.needs(form, diet=applicant.diet, access_needs=applicant.access_needs)
    contact.diet, contact.access_needs = needs["diet"], needs["access_needs"]
    contact.answers = _answers(form, applicant)
    told = rules.facts(form.event)
    contact.calendar_entry = CalendarEntry(
        uid=new_uid(), sequence=0, told=told, content_hash=rules.facts_hash(told)
    )
    return contact


def new_participant(form: RegistrationForm, name: str, email: str = "") -> Participant:
    person = Participant(event_id=form.event_id, name=name, email=email, signups=[])
    renew(person)
    return person


def renew(person: Participant) -> None:
    """Give them a code and a link that nobody knows yet."""
    person.code = tokens.new_code("HCT", 7)
    renew_link(person)


def renew_link(person: Participant) -> None:
    person.seed = tokens.new_seed()
    person.link_digest = tokens.digest(tokens.derived(LINK, person.seed))


def _answers(form: RegistrationForm, applicant: Applicant) -> list[Answer]:
    """To questions that this form asks; others are not kept."""
    return [
        Answer(question_id=question_id, **rules.answer_columns(value))
        for question_id, value in still_asked(form.id, applicant.answers).items()
    ]
