"""Ways out: giving up a place or a place in line, and letting an offer pass."""

from datetime import datetime

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions import pools
from events_app.registrations.actions.line import offer_places
from events_app.registrations.actions.posting import post, take_from_calendar
from events_app.registrations.models import Registration, Status, WaitStatus


def give_up(
    registration: Registration, *, reason: str = "", by: StaffMember | None = None, now: datetime
) -> None:
    """Free the places in the transaction that withdraws, offer them to the next, and tell both.

    `by`: the colleague who does it on someone's behalf. Twice is once. Raises TooLate.
    """
    pools.hold(registration.pool_id)
    registration = queries.fresh(registration.id)
    before = registration.status
    if before is Status.CANCELLED:
        return
    if before not in rules.ALIVE:
        raise rules.TooLate
    leave(registration, Status.CANCELLED, WaitStatus.LEFT, now=now)
    registration.cancelled_at, registration.cancel_reason = now, reason
    registration.letters_sent += 1
    has_entry = take_from_calendar(registration)
    letter = letters.cancelled(
        registration,
        has_entry=has_entry,
        had_place=before in (Status.CONFIRMED, Status.PENDING),
        is_by_us=by is not None,
    )
    post(letter, registration, now=now)
    if by:
        note(
            "registrations.cancelled", registration, registration.code, by=by, now=now,
            before={"status": before}, after={"status": registration.status},
        )  # fmt: skip
    if before in rules.SEATED:
        pools.give_back(registration.pool_id, registration.places)
        offer_places(registration.pool_id, now=now)


def expire(registration: Registration, *, now: datetime) -> None:
    """The offer was not answered in time: the places go to the next in line.

    Safe to call twice: who has answered meanwhile keeps what they chose.
    """
    pools.hold(registration.pool_id)
    registration = queries.fresh(registration.id)
    deadline = rules.held_until(registration)
    if registration.status is not Status.OFFERED or deadline is None or deadline > now:
        return
    leave(registration, Status.EXPIRED, WaitStatus.EXPIRED, now=now)
    registration.letters_sent += 1
    post(letters.expired(registration), registration, now=now)
    pools.give_back(registration.pool_id, registration.places)
    offer_places(registration.pool_id, now=now)


def leave(
    registration: Registration, status: Status, in_line: WaitStatus, *, now: datetime
) -> None:
    registration.status, registration.changed_at = status, now
    if registration.place_in_line:
        registration.place_in_line.status = in_line
