"""What the clock finds to do. Every answer is bounded."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from itertools import chain

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from events_app.capacity import queries as capacity
from events_app.capacity.models import SEATED, Claim, ClaimStatus, Pool
from events_app.core.db import db
from events_app.events.models import AttendanceMode, Event
from events_app.events.models import Status as EventStatus
from events_app.events.queries import ended_before, is_in_use
from events_app.events.rules import QUIET_MOST
from events_app.registrations import rules
from events_app.registrations.models import (
    Answer,
    CalendarEntry,
    Participant,
    Question,
    Registration,
    RegistrationForm,
    Status,
)
from events_app.registrations.queries.allotments import held_with_room
from events_app.registrations.queries.people import EAGER, HAS_ADDRESS, IS_GUEST, IS_ONLINE


class Whom(Enum):
    """Whom a change of an event makes us write to."""

    EVERYONE = "everyone"
    IN_THE_HALL = "in_the_hall"
    """Another hall is no news online; and who knows that there is no date hears it with the new
    date.
    """
    PLACED = "placed"
    """Another link to watch is for who has a place."""
    NOBODY = "nobody"


UNCONFIRMED_STATUS = Registration.status.in_(
    bindparam(
        "unconfirmed", (Status.PENDING, Status.WAITLISTED), expanding=True, literal_execute=True
    )
)
"""In the words of the index."""


def overdue(now: datetime, *, limit: int) -> Sequence[Registration]:
    """Whose offer has passed unanswered."""
    wanted = (
        select(Registration)
        .join(
            Claim,
            or_(Registration.claim_id == Claim.id, Registration.hall_claim_id == Claim.id),
        )
        .join(Registration.event)
        .where(
            Claim.status == ClaimStatus.OFFERED,
            _has_passed(Claim.offer_expires_at, now),
        )
        .order_by(Claim.offer_expires_at)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


def unconfirmed(now: datetime, *, limit: int) -> Sequence[Registration]:
    """Whose place, held or in line, nobody confirmed in time."""
    wanted = (
        select(Registration)
        .join(Registration.event)
        .where(
            _has_passed(Registration.confirm_by, now),
            Registration.confirm_by.is_not(None),
            UNCONFIRMED_STATUS,
        )
        .order_by(Registration.confirm_by)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


def _has_passed(
    until: InstrumentedAttribute[datetime | None], now: datetime
) -> ColumnElement[bool]:
    """`rules.held_until` in SQL, for a query that joins the event."""
    has_begun = and_(Event.status != EventStatus.POSTPONED, Event.starts_at <= now)
    return or_(until <= now, has_begun)


def asked_again(*, limit: int) -> Sequence[Participant]:
    """Whose address was typed in a form again."""
    wanted = (
        select(Participant)
        .where(Participant.asked_again_at.is_not(None))
        .order_by(Participant.asked_again_at)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


def pools_with_room(now: datetime, *, limit: int) -> Sequence[int]:
    """Pools of coming events that have free places for the first fitting party in line."""
    of_form = (RegistrationForm.pool_id, RegistrationForm.online_pool_id)
    is_coming = and_(Event.status == EventStatus.PUBLISHED, Event.starts_at > now)
    wanted = (
        select(Pool.id)
        .select_from(Event)
        .join(RegistrationForm, RegistrationForm.event_id == Event.id)
        .join(Pool, Pool.id.in_(of_form))
        .where(is_coming, capacity.has_room_beside_line())
    )
    found = wanted.union(held_with_room().where(is_coming)).subquery()
    return db.session.scalars(select(found.c.id).order_by(found.c.id).limit(limit)).all()


def moved(now: datetime, *, limit: int) -> Sequence[int]:
    """Events that changed, and whose people are due to hear of it (events/rules/telling.py); or
    where somebody chose after the choice was gone.
    """
    wanted = (
        select(Event.id)
        .join(RegistrationForm, RegistrationForm.event_id == Event.id)
        .where(
            Event.status.in_((EventStatus.PUBLISHED, EventStatus.POSTPONED)),
            is_in_use(now),
            or_(Event.revision != RegistrationForm.told_revision, _HAS_LOST_CHOICE),
            or_(
                Event.tell_at.is_(None),
                Event.tell_at <= now,
                Event.tell_at > now + QUIET_MOST,  # by a wrong clock
            ),
        )
        .order_by(Event.starts_at)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


_IN_LINE = (ClaimStatus.WAITING, ClaimStatus.ASKED)
_HAS_LOST_CHOICE = and_(
    Event.status == EventStatus.PUBLISHED,
    or_(
        and_(
            Event.attendance_mode == AttendanceMode.OFFLINE,
            exists().where(
                Claim.pool_id == RegistrationForm.online_pool_id,
                Claim.status.in_((*SEATED, *_IN_LINE)),
            ),
        ),
        and_(
            Event.attendance_mode == AttendanceMode.ONLINE,
            or_(
                exists().where(
                    Claim.pool_id == RegistrationForm.online_pool_id, Claim.status.in_(_IN_LINE)
                ),
                exists().where(
                    Claim.pool_id == RegistrationForm.pool_id,
                    Claim.status.in_((ClaimStatus.OFFERED, *_IN_LINE)),
                    Registration.hall_claim_id == Claim.id,
                ),
            ),
        ),
    ),
)
"""`rules.has_lost_choice` of anybody in SQL, for a query of the event and its form. By the claims:
there may be 100,000 registrations.
"""


def has_lost_choice(form: RegistrationForm) -> bool:
    """Whether anybody of this event has (rules.has_lost_choice)."""
    if rules.may_choose(form.event):
        return False
    wanted = select(RegistrationForm.id).join(RegistrationForm.event)
    wanted = wanted.where(RegistrationForm.id == form.id, _HAS_LOST_CHOICE)
    return db.session.scalar(wanted) is not None


def behind(event: Event, *, limit: int) -> Sequence[Registration]:
    """Registrations whose people were told another time, place or link than the present one, or
    chose what there is no more.
    """
    knows_otherwise = (
        select(CalendarEntry.id)
        .join(CalendarEntry.participant)
        .where(Participant.registration_id == Registration.id, _is_behind(event, event.status))
        .exists()
    )
    wanted = (
        select(Registration)
        .where(Registration.event_id == event.id, _is_reached())
        .where(or_(knows_otherwise, _is_without_choice(event)))
        .order_by(Registration.id)
        .limit(limit)
        .options(*EAGER)
    )
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).all()


def _is_reached() -> ColumnElement[bool]:
    return and_(Registration.status.in_(rules.ALIVE), ~Registration.is_wiped)


def _is_behind(event: Event, status: EventStatus) -> ColumnElement[bool]:
    """Their people know other facts than those of the event with this status.

    Who knows that the event is postponed hears nothing more until there is a date.
    """
    if status is EventStatus.CANCELLED:
        return true()
    if status is EventStatus.POSTPONED:
        return _told("postponed") != "yes"
    return CalendarEntry.content_hash != rules.facts_hash(_facts_on(event))


def _facts_on(event: Event) -> dict[str, str]:
    """Of an event that goes on."""
    return {**rules.facts(event), "postponed": ""}


def _is_without_choice(event: Event) -> ColumnElement[bool]:
    """`rules.has_lost_choice` in SQL."""
    if event.status is not EventStatus.PUBLISHED:
        return false()
    waits = and_(_holds_online(event), Registration.status == Status.WAITLISTED)
    is_in_the_hall = event.attendance_mode is AttendanceMode.OFFLINE
    return or_(_hears_of_choice(event, event.attendance_mode), false() if is_in_the_hall else waits)


def _hears_of_choice(event: Event, mode: AttendanceMode) -> ColumnElement[bool]:
    """`rules.hears_of_choice` in SQL, when this is the event's mode."""
    if mode is AttendanceMode.OFFLINE:
        return _holds_online(event)
    return Registration.hall_claim_id.is_not(None) if mode is AttendanceMode.ONLINE else false()


def _holds_online(event: Event) -> ColumnElement[bool]:
    """`Registration.is_online` of who is reached, by the claims: few of many have one there."""
    pool = select(RegistrationForm.online_pool_id).where(RegistrationForm.event_id == event.id)
    claims = select(Claim.id).where(
        Claim.pool_id == pool.scalar_subquery(), Claim.status.in_((*SEATED, *_IN_LINE))
    )
    return Registration.claim_id.in_(claims)


def _is_news(event: Event, status: EventStatus) -> ColumnElement[bool]:
    """`rules.is_news` in SQL: of all who are behind, those who get a letter about it."""
    if status in (EventStatus.CANCELLED, EventStatus.POSTPONED):
        return true()
    facts = _facts_on(event)
    is_in_the_hall = event.attendance_mode is AttendanceMode.OFFLINE
    has_new_link = and_(Registration.status == Status.CONFIRMED, _told("stream") != facts["stream"])
    always = ("starts_at", "ends_at", "timezone", "postponed")
    return or_(
        *(_told(name) != facts[name] for name in always),
        and_(~IS_ONLINE, _told("place") != facts["place"]),
        false() if is_in_the_hall else has_new_link,
    )


def _told(name: str) -> ColumnElement[str]:
    told: ColumnElement[str] = CalendarEntry.told[name].as_string()
    return told


def called_off(*, limit: int) -> Sequence[int]:
    """Cancelled events with people who have not been told."""
    alive = select(Registration.id).where(Registration.event_id == Event.id, _is_reached()).exists()
    wanted = select(Event.id).where(Event.status == EventStatus.CANCELLED, alive).limit(limit)
    return db.session.scalars(wanted).all()


def to_call_off(event_id: int, *, limit: int) -> Sequence[Registration]:
    wanted = (
        select(Registration)
        .where(Registration.event_id == event_id, _is_reached())
        .order_by(Registration.id)
        .limit(limit)
        .options(*EAGER)
    )
    return db.session.scalars(wanted).all()


def letters_to(
    events: Collection[Event],
    whom: Whom = Whom.EVERYONE,
    *,
    facts: Mapping[str, str] | None = None,
) -> dict[int, rules.Letters]:
    """How many letters a change of these events makes: one to each contact, and to each guest who
    knows that they come. `facts`: what is so then; who was told nothing else hears nothing.
    """
    contacts, guests = (each.where(_is_among(whom)) for each in _counted(events))
    if facts is not None:
        knows_otherwise = CalendarEntry.content_hash != rules.facts_hash(facts)
        entries = select(CalendarEntry.id).join(CalendarEntry.participant)
        of_contact = Participant.registration_id == Registration.id, Participant.is_contact
        contacts = contacts.where(entries.where(*of_contact, knows_otherwise).exists())
        guests = guests.where(knows_otherwise)
    return _by_event(contacts, guests)


def letters_of_choice(
    event: Event, mode: AttendanceMode, *, besides: Whom
) -> dict[int, rules.Letters]:
    """How many more it makes that this becomes its mode."""
    hears = _hears_of_choice(event, mode), ~_is_among(besides)
    return _by_event(*(each.where(*hears) for each in _counted([event])))


def _counted(events: Collection[Event]) -> list[Select[int, Status, int]]:
    """Contacts, and guests who were told."""
    contacts = (
        select(Registration.event_id, Registration.status, func.count())
        .where(Registration.event_id.in_([event.id for event in events]), _is_reached())
        .group_by(Registration.event_id, Registration.status)
    )
    guests = contacts.join(Registration.participants).join(Participant.calendar_entry)
    return [contacts, guests.where(HAS_ADDRESS, IS_GUEST)]


def _is_among(whom: Whom) -> ColumnElement[bool]:
    if whom is Whom.EVERYONE:
        return true()
    if whom is Whom.IN_THE_HALL:
        return ~IS_ONLINE
    return Registration.status == Status.CONFIRMED if whom is Whom.PLACED else false()


def waiting_letters(now: datetime, *, limit: int) -> list[tuple[Event, rules.Letters]]:
    """Events whose change not all people have heard yet, each with how many letters are left.

    The one that is told first comes first.
    """
    changed = (
        select(Event)
        .join(RegistrationForm, RegistrationForm.event_id == Event.id)
        .where(
            Event.status.in_((EventStatus.PUBLISHED, EventStatus.POSTPONED)),
            is_in_use(now),
            Event.tell_at.is_not(None),
            Event.revision != RegistrationForm.told_revision,
        )
        .order_by(Event.tell_at, Event.id)
        .limit(limit)
        .options(joinedload(Event.venue))
    )
    events = db.session.scalars(changed).all()
    counted = still_to_tell(events)
    return [(event, counted[event.id]) for event in events if event.id in counted]


def still_to_tell(
    events: Sequence[Event], *, becomes: EventStatus | None = None
) -> dict[int, rules.Letters]:
    """By event, how many letters about its change are still to be written, also if this becomes its
    status; events without any are left out.
    """
    if not events:
        return {}
    behind = or_(
        *(and_(Registration.event_id == e.id, _gets_letter(e, becomes or e.status)) for e in events)
    )
    counted = (
        select(Registration.event_id, Registration.status, func.count())
        .join(Registration.participants)
        .join(Participant.calendar_entry)
        .where(_is_reached(), behind)
        .group_by(Registration.event_id, Registration.status)
    )
    return _by_event(counted)


def _gets_letter(event: Event, status: EventStatus) -> ColumnElement[bool]:
    is_published = status is EventStatus.PUBLISHED
    by_choice = _hears_of_choice(event, event.attendance_mode) if is_published else false()
    return or_(and_(_is_behind(event, status), _is_news(event, status)), by_choice)


def _by_event(*counted: Select[int, Status, int]) -> dict[int, rules.Letters]:
    found: dict[int, dict[Status, int]] = {}
    for event_id, status, number in chain(*(db.session.execute(each) for each in counted)):
        numbers = found.setdefault(event_id, {})
        numbers[status] = numbers.get(status, 0) + number
    return {
        event_id: rules.Letters(
            confirmed=numbers.get(Status.CONFIRMED, 0),
            offered=numbers.get(Status.OFFERED, 0),
            waiting=numbers.get(Status.WAITLISTED, 0),
            pending=numbers.get(Status.PENDING, 0),
        )
        for event_id, numbers in found.items()
    }


def answers_to_wipe(now: datetime, *, limit: int) -> list[int]:
    """Ids of answers that have served their purpose."""
    has_answers = select(Answer.id).where(Answer.question_id == Question.id).exists()
    questions = db.session.execute(
        select(Question.id, Question.wipe_after_days, Event.ends_at)
        .join(RegistrationForm, RegistrationForm.id == Question.form_id)
        .join(Event, Event.id == RegistrationForm.event_id)
        .where(~is_in_use(now), has_answers)
    )
    due = [id for id, days, ended in questions if ended + timedelta(days=days) <= now]
    wanted = select(Answer.id).where(Answer.question_id.in_(due)).limit(limit)
    return list(db.session.scalars(wanted)) if due else []


def forms_with_needs(now: datetime) -> list[RegistrationForm]:
    """Of past events whose dietary and access needs have served their purpose."""
    wanted = (
        select(RegistrationForm, Event.ends_at)
        .join(Event, Event.id == RegistrationForm.event_id)
        .where(~is_in_use(now), RegistrationForm.needs_wiped_at.is_(None))
    )
    return [
        form
        for form, ended in db.session.execute(wanted)
        if ended + timedelta(days=form.needs_wipe_after_days) <= now
    ]


def needs_of(event_id: int, *, limit: int) -> list[int]:
    """Ids of participants who told what they eat or need."""
    wanted = (
        select(Participant.id)
        .where(
            Participant.event_id == event_id,
            or_(Participant.diet != "", Participant.access_needs != ""),
        )
        .limit(limit)
    )
    return list(db.session.scalars(wanted))


def to_forget(*, had_place: datetime, had_none: datetime, limit: int) -> list[int]:
    """Ids of registrations that have served their purpose.

    Who had a confirmed place, and who still hopes for one at an event that is put off: the event
    ended before `had_place`. Everyone else: it ended before `had_none`.
    """
    hopes = and_(Event.status == EventStatus.POSTPONED, Registration.status.in_(rules.ALIVE))
    is_short = and_(Registration.status != Status.CONFIRMED, ~hopes)
    wanted = (
        select(Registration.id)
        .join(Event, Event.id == Registration.event_id)
        .where(~Registration.is_wiped, ended_before(had_none))
        .where(or_(is_short, ended_before(had_place)))
        .limit(limit)
    )
    return list(db.session.scalars(wanted))


def astray(*, limit: int) -> Sequence[Registration]:
    """Registrations whose status does not follow their claim, or whose size differs from it."""
    fits = or_(
        *(
            and_(Registration.status == status, Claim.status.in_(as_claim))
            for status, as_claim in rules.CLAIMED_AS.items()
        )
    )
    hall = aliased(Claim)
    is_wrong_in_hall = or_(
        hall.status.in_((ClaimStatus.HELD, ClaimStatus.ENDED)),
        and_(hall.id.is_not(None), Claim.status != ClaimStatus.HELD),
        hall.places != Registration.party_size,
    )
    wanted = (
        select(Registration)
        .join(Registration.claim)
        .outerjoin(hall, hall.id == Registration.hall_claim_id)
        .where(or_(~fits, Registration.party_size != Claim.places, is_wrong_in_hall))
        .order_by(Registration.id)
        .limit(limit)
        .options(*EAGER)
    )
    return db.session.scalars(wanted).all()
