"""When a place may go to another address, and how long there is for it."""

from datetime import datetime, timedelta

from events_app.events.models import Status as EventStatus
from events_app.registrations.models import (
    Participant,
    Registration,
    Status,
    Transfer,
    TransferStatus,
)
from events_app.registrations.rules.moving import guest_with, may_change, too_late
from events_app.registrations.rules.refusals import ConfirmFirst, NoPlaceYet

NEW_ADDRESS_FOR = timedelta(days=1)
"""How long the button for a new address works."""
HAND_OVER_FOR = timedelta(days=7)
"""How long a colleague has to answer."""


def may_change_address(registration: Registration, *, now: datetime) -> bool:
    """What waits for the button in the first letter is confirmed by it first."""
    return may_change(registration, now=now) and not registration.is_unconfirmed


def may_hand_over(registration: Registration, *, now: datetime) -> bool:
    """Who has a place, until the event begins."""
    return (
        registration.status is Status.CONFIRMED
        and may_change_address(registration, now=now)
        and answer_until(registration, is_hand_over=True, now=now) > now
    )


def must_pass_on(registration: Registration, *, is_hand_over: bool, now: datetime) -> None:
    """Raises ConfirmFirst, NoPlaceYet or TooLate."""
    may = may_hand_over if is_hand_over else may_change_address
    if may(registration, now=now):
        return
    if may_change(registration, now=now):
        if registration.is_unconfirmed:
            raise ConfirmFirst
        if registration.status is not Status.CONFIRMED:
            raise NoPlaceYet
    raise too_late(registration, now=now)


def answer_until(registration: Registration, *, is_hand_over: bool, now: datetime) -> datetime:
    """Until when the button in the letter works. Somebody else has until the event begins at most;
    while it is postponed there is no such moment.
    """
    if not is_hand_over:
        return now + NEW_ADDRESS_FOR
    until, event = now + HAND_OVER_FOR, registration.event
    return until if event.status is EventStatus.POSTPONED else min(until, event.starts_at)


def guest_who_takes(transfer: Transfer) -> Participant | None:
    """A guest of the party, where that is who is offered the place."""
    if not transfer.is_hand_over:
        return None
    return guest_with(transfer.participant.registration, transfer.email)


def may_take(transfer: Transfer, *, now: datetime) -> bool:
    registration = transfer.participant.registration
    may = may_hand_over if transfer.is_hand_over else may_change_address
    return (
        transfer.status is TransferStatus.ASKED
        and transfer.expires_at > now
        and may(registration, now=now)
    )
