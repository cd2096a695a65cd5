"""A place goes to another address: somebody's own new one, or a colleague's."""

from datetime import datetime

from events_app.accounts.actions import note
from events_app.core import tokens
from events_app.core.db import db
from events_app.delivery.actions import follow
from events_app.delivery.rules import address_digest
from events_app.events.models import Status as EventStatus
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions.answering import change_answers, take_answers_away
from events_app.registrations.actions.changing import shrink, take_out
from events_app.registrations.actions.guests import become, tell_renewed
from events_app.registrations.actions.posting import (
    begin_again,
    end_link,
    letter_key,
    post,
    take_from_calendar,
    tell,
)
from events_app.registrations.actions.registering import renew, renew_link
from events_app.registrations.actions.status import hold
from events_app.registrations.actions.waiting_list import seat
from events_app.registrations.models import (
    TRANSFER_LINK,
    Ended,
    Participant,
    Registration,
    Status,
    Transfer,
    TransferStatus,
)
from events_app.registrations.rules import Changes

AT_ONCE = 200
HANDED_OVER = "hand-over"
"""What brought who takes over a place (Registration.source)."""


def transfer(
    registration: Registration, *, email: str, name: str = "", is_hand_over: bool, now: datetime
) -> None:
    """Write to this address (lower case); nothing changes until the button there is pressed. A new
    address that was asked for before cannot be taken any more; an offer to somebody else stays.

    Of an address that is expected at the event already, the owner reads what that means: of a place
    that is offered, that their own has to go first; of a new address, that nothing has changed. Who
    typed it gets the same answer, after as much work. Raises ConfirmFirst, NoPlaceYet, TooLate or
    OfferOpen.
    """
    registration = hold(registration, registration.contact)
    rules.must_pass_on(registration, is_hand_over=is_hand_over, now=now)
    if offer := queries.open_offer(registration, now=now):
        raise rules.OfferOpen(offer.name)
    _end_open(registration.contact)
    asked = _asked(registration, email=email, name=name, is_hand_over=is_hand_over, now=now)
    db.session.add(asked)
    known = queries.expected_elsewhere(asked)
    with db.session.begin_nested() as work:
        registration.letters_sent += 1
        letter = letters.hand_over(asked, known) if is_hand_over else letters.new_address(asked)
        post(letter, registration.contact, now=now)
        if known and not is_hand_over:
            work.rollback()
    if known and not is_hand_over:
        known.asked_again_at = now


def _asked(
    registration: Registration, *, email: str, name: str, is_hand_over: bool, now: datetime
) -> Transfer:
    seed = tokens.new_seed()
    return Transfer(
        participant=registration.contact,
        is_hand_over=is_hand_over,
        name=name,
        email=email,
        seed=seed,
        link_digest=tokens.digest(tokens.derived(TRANSFER_LINK, seed)),
        asked_at=now,
        expires_at=rules.answer_until(registration, is_hand_over=is_hand_over, now=now),
    )


def take_back(registration: Registration, *, asked: int | None = None) -> None:
    """Twice is once. `asked`: id of the transfer that their page showed; None: the one that there
    is. Raises AskedSince.
    """
    contact = hold(registration, registration.contact).contact
    now = queries.transfer_of(contact.id)
    if now and asked not in (None, now.id):
        raise rules.AskedSince
    _end_open(contact)


def decline(asked: Transfer, *, now: datetime) -> None:
    """The place stays with who offered it, who is told. Twice is once, and where there is nothing
    to take any more nobody is told.
    """
    registration = hold(asked.participant.registration)
    db.session.refresh(asked)
    if not asked.is_hand_over or not rules.may_take(asked, now=now):
        return
    registration.letters_sent += 1
    post(letters.hand_over_declined(asked), registration.contact, now=now)
    _end(asked, TransferStatus.DECLINED)


def take(asked: Transfer, given: Changes | None = None, *, now: datetime) -> None:
    """Press the button in the letter. The old address hears of it, and its calendar lets go; the
    new one gets a link, a calendar entry and a letter of its own. A guest of the party who takes
    over keeps these, and the place that they had as a guest comes free. The other guests read with
    whom they come along from now on.

    `given`: of who takes over from somebody else. Twice is once. Raises TooLate, AlreadyExpected
    or NotOpen.
    """
    registration = hold(asked.participant.registration)
    db.session.refresh(asked)
    if asked.status is TransferStatus.TAKEN:
        return
    if not rules.may_take(asked, now=now):
        raise rules.TooLate
    if queries.expected_elsewhere(asked):
        raise rules.AlreadyExpected
    guest = rules.guest_who_takes(asked)
    contact = registration.contact
    registration.letters_sent += 1
    has_entry = take_from_calendar(contact)
    left = letters.handed_over if asked.is_hand_over else letters.address_changed
    post(left(asked, has_entry=has_entry, now=now), contact, now=now)
    end_link(contact, Ended.HANDED_OVER if asked.is_hand_over else Ended.NEW_ADDRESS)
    begin_again(contact.entry)
    if asked.is_hand_over:
        asked.giver, asked.former_code = address_digest(contact.email), contact.code
        _become(contact, given or Changes(name=asked.name, guests=()), guest, now=now)
        note("registrations.handed_over", registration, contact.code, by=None, now=now)
    else:
        follow(contact.email, asked.email, key=letter_key(registration))
        renew_link(contact)
        note("registrations.address_changed", registration, contact.code, by=None, now=now)
    contact.email = asked.email
    _end(asked, TransferStatus.TAKEN)
    knows_it = guest is not None and guest.calendar_entry is not None
    _welcome(registration, is_new=asked.is_hand_over and not knows_it, now=now)
    if asked.is_hand_over:
        tell_renewed(registration.guests, is_handed_over=True, now=now)


def _become(
    contact: Participant, given: Changes, guest: Participant | None, *, now: datetime
) -> None:
    """Somebody else has the place from now on, with the options that belong to it; nothing that the
    former one told goes along. `guest`: who came along until now.
    """
    if guest:
        take_out(guest, None, now=now)
        shrink(contact.registration, by=1, now=now)
        become(contact, guest)
    else:
        renew(contact)
    contact.registration.language = given.language or contact.registration.language
    contact.registration.source = HANDED_OVER
    contact.name, contact.organisation = given.name, given.organisation
    needs = rules.needs(contact.registration.form, diet=given.diet, access_needs=given.access_needs)
    contact.diet, contact.access_needs = needs["diet"], needs["access_needs"]
    take_answers_away(contact.answers)
    db.session.flush()  # one answer to each question
    change_answers(contact.answers, given.answers)


def _welcome(registration: Registration, *, is_new: bool, now: datetime) -> None:
    """Tell the new address the status. `is_new`: they knew no other time or place."""
    contact = registration.contact
    if is_new and registration.event.status is not EventStatus.POSTPONED:
        tell(contact.entry, registration)
    if registration.status is Status.CONFIRMED:
        seat(registration, tells_guests=False, now=now)
        return
    registration.letters_sent += 1
    if registration.status is Status.OFFERED:
        letter = letters.offered(contact, old=contact.entry.told)
    else:
        letter = letters.waiting(contact)
    post(letter, contact, now=now)
    tell(contact.entry, registration)


def _end_open(contact: Participant) -> None:
    asked = queries.transfer_of(contact.id)
    if asked:
        _end(asked, TransferStatus.WITHDRAWN)


def _end(asked: Transfer, status: TransferStatus) -> None:
    asked.status, asked.name, asked.email = status, "", ""
    db.session.flush()


def withdraw_transfers_to(email: str) -> None:
    """Of whoever asks to be wiped: we forget that they were asked."""
    for asked in queries.transfers_to(email):
        _end(asked, TransferStatus.WITHDRAWN)


def expire_transfers(*, now: datetime) -> bool:
    """Forget whom those were for that nobody answered. A batch; True when nothing is left."""
    expired = queries.expired_transfers(now, limit=AT_ONCE)
    for asked in expired:
        _end(asked, TransferStatus.EXPIRED)
    return len(expired) < AT_ONCE
