"""Figures stay, people go: a wiped registration counts in its pool and in the statistics, and
neither its link nor its code leads to it any more.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.capacity import actions as capacity
from events_app.core import erasures, tokens
from events_app.core.db import after_commit, db, forget_log
from events_app.core.erasures import LineKind
from events_app.delivery import actions as delivery
from events_app.delivery.queries import letters_to, mentions
from events_app.delivery.rules import address_digest
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions.answering import take_answers_away, wipe_answers
from events_app.registrations.actions.cancelling import give_up
from events_app.registrations.actions.changing import shrink
from events_app.registrations.actions.choosing import drop_options
from events_app.registrations.actions.passing import withdraw_transfers_to
from events_app.registrations.actions.posting import letter_key, new_uid, post
from events_app.registrations.actions.registering import renew
from events_app.registrations.actions.status import hold
from events_app.registrations.models import (
    Answer,
    CalendarEntry,
    OptionSignup,
    Participant,
    Registration,
    Transfer,
)

AT_ONCE = 200


def erase(email: str, *, now: datetime) -> int:
    """Wipe all registrations of this address; a place at what is still to come is given up first,
    so that it goes to the next in line.
    """
    found, guests = queries.of_address(email), queries.guests_with(email)
    parties = {*found, *(guest.registration for guest in guests)}
    capacity.lock({key for registration in parties for key in registration.pool_ids})
    for guest in guests:
        erase_guest(guest.registration, guest.id, by=None, now=now)
    for registration in found:  # what they did a moment ago counts
        if not rules.may_erase(queries.reloaded(registration.id), now=now):
            give_up(registration, is_by_us=True, now=now)
    withdraw_transfers_to(email)
    _forget_given_by(email, now=now)
    for registration in found:
        _erase_letters(registration, now=now)
        # in a backup it may have another address
        erasures.note(LineKind.REGISTRATION, registration.code, now=now)
    _wipe([registration.id for registration in found])
    return len(found) + len(guests)


def erase_one(registration: Registration, *, now: datetime) -> None:
    """Wipe this one and its letters, for whoever holds its link. Raises StillComing."""
    registration = hold(registration, registration.contact)
    if not rules.may_erase(registration, now=now):
        raise rules.StillComing
    _erase_letters(registration, now=now)
    _wipe([registration.id])


def erase_one_again(registration: Registration, *, now: datetime) -> None:
    """Wipe a registration again that was wiped by its link and came back with a backup."""
    registration = hold(registration)
    if not rules.may_erase(registration, now=now):
        give_up(registration, is_by_us=True, now=now)
    _erase_letters(registration, now=now)
    _wipe([registration.id])


def erase_guest(
    registration: Registration, key: int, *, by: StaffMember | None, now: datetime
) -> None:
    """Wipe a guest who asks for it.

    To an event that is to come they do not come any more, and the contact is told; of a past one
    only the number stays. Nothing is written to an address that is wiped. Their name is wiped from
    our e-mails too, and those that wait leave without it.

    Raises NotFoundError.
    """
    registration = hold(registration)
    guest = rules.guest(registration, key)
    code = guest.code
    take_answers_away(guest.answers)
    _erase_letters_to(guest, now=now)
    delivery.leave_out(*letters.who(guest).keys, key=letter_key(registration), now=now)
    if rules.may_erase(registration, now=now):
        guest.name, guest.email, guest.diet, guest.access_needs = "", "", "", ""
        guest.calendar_entry = None
        renew(guest)
    else:
        drop_options(guest, leaves=True, now=now)
        registration.participants.remove(guest)
        shrink(registration, by=1, now=now)
        registration.letters_sent += 1
        contact = registration.contact
        post(letters.guest_left(contact, guest=None), contact, now=now)
    note("registrations.guest_wiped", registration, registration.code, by=by, now=now)
    for mark in (code, rules.guest_key(registration, key)):  # guests of older backups have no code
        erasures.note(LineKind.GUEST, mark, now=now)
    after_commit(forget_log)


def forget(*, now: datetime) -> bool:
    """Wipe the registrations of past events: who had a place, and everyone else, each by their own
    term.

    A batch at a time; True when nothing is left.
    """
    ids = queries.to_forget(
        had_place=now - rules.KEEP_CONFIRMED, had_none=now - rules.KEEP_OTHERS, limit=AT_ONCE
    )
    _wipe(ids)
    return len(ids) < AT_ONCE


def _erase_letters(registration: Registration, *, now: datetime) -> None:
    """To the contact, and those that tell others of whoever registered: what waits of these is said
    of nothing any more. Letters that name them as somebody else go on without the name.
    """
    contact = registration.contact
    _erase_letters_to(contact, now=now)
    as_contact = mentions(tokens.digest(contact.code))
    delivery.erase_letters({each.message_id for each in as_contact}, now=now)
    delivery.leave_out(*letters.who(contact).keys, key=letter_key(registration), now=now)


def _erase_letters_to(person: Participant, *, now: datetime) -> None:
    """Of their registration."""
    if person.email:
        own = letters_to(person.email, key=letter_key(person.registration))
        delivery.erase_letters(own, now=now)


def _forget_given_by(email: str, *, now: datetime) -> None:
    """In a backup the places that they gave away are still theirs, under whatever address."""
    for given in queries.given_by(address_digest(email)):
        code = given.former_code or ""
        erasures.note(LineKind.REGISTRATION, code, now=now)
        delivery.leave_out(tokens.digest(code), now=now)
        given.giver, given.former_code = None, None


def forget_givers(*, before: datetime) -> None:
    """Who gave a place away: no backup of before is kept by now."""
    db.session.execute(
        update(Transfer)
        .where(Transfer.giver.is_not(None), Transfer.expires_at < before)
        .values(giver=None, former_code=None),
        execution_options={"synchronize_session": False},
    )


def _wipe(ids: Iterable[int]) -> None:
    ids = list(ids)
    if not ids:
        return
    db.session.flush()
    people = select(Participant.id).where(Participant.registration_id.in_(ids))
    wipe_answers(Answer.participant_id.in_(people))
    db.session.execute(
        delete(Transfer).where(Transfer.participant_id.in_(people)),
        execution_options={"synchronize_session": False},
    )
    # their places in options stay taken, without a name
    db.session.execute(
        delete(OptionSignup).where(OptionSignup.participant_id.in_(people)),
        execution_options={"synchronize_session": False},
    )
    entries = select(CalendarEntry.id).where(CalendarEntry.participant_id.in_(people))
    connection = db.session.connection()
    for wiped, which in ((_NAMELESS, people), (_NO_ENTRY, entries)):
        connection.execute(wiped, [_new_marks(id) for id in db.session.scalars(which).all()])
    db.session.execute(
        update(Registration)
        .where(Registration.id.in_(ids))
        .values(is_wiped=True, cancel_reason=""),
        execution_options={"synchronize_session": False},
    )
    db.session.expire_all()


def _new_marks(id: int) -> dict[str, object]:
    """Nobody holds the token of this digest."""
    return {
        "its_id": id,
        "new_code": tokens.new_code("HCT", 7),
        "new_seed": tokens.new_seed(),
        "new_digest": tokens.digest(tokens.new_token()),
        "new_uid": new_uid(),
    }


_NAMELESS = (
    update(Participant.__table__)  # type: ignore[arg-type] # it is a table
    .where(Participant.id == bindparam("its_id"))
    .values(
        name="", email="", organisation="", diet="", access_needs="", code=bindparam("new_code"),
        seed=bindparam("new_seed"), link_digest=bindparam("new_digest"),
    )
)  # fmt: skip
_NO_ENTRY = (
    update(CalendarEntry.__table__)  # type: ignore[arg-type] # it is a table
    .where(CalendarEntry.id == bindparam("its_id"))
    .values(uid=bindparam("new_uid"))
)
