"""The status of a registration follows its claim, and is written here alone."""

from datetime import datetime

from events_app.capacity import actions as capacity
from events_app.capacity.models import Claim, ClaimStatus
from events_app.core.errors import NotFoundError
from events_app.registrations import letters, queries, rules
from events_app.registrations.actions.choosing import drop_options
from events_app.registrations.models import Participant, Registration, Status


def hold(registration: Registration, *whose: Participant) -> Registration:
    """Lock its places and read it anew.

    All pools of its event that it may have places of are locked, in the order of their ids: it may
    have moved meanwhile. `whose`: for whom something is done, as the door found them. Where their
    personal link has ended since it raises what that link says: LinkEnded or NotFoundError.
    """
    links = [(person, letters.token(person)) for person in whose]
    capacity.lock(registration.pool_ids)
    found = queries.reloaded(registration.id)
    for person, link in links:
        _must_be_theirs(found, person, link)
    return found


def _must_be_theirs(registration: Registration, person: Participant, link: str) -> None:
    if person not in registration.participants or letters.token(person) != link:
        queries.must_not_have_ended(link)
        raise NotFoundError


def set_status(
    registration: Registration, claim: Claim, *, now: datetime, ended: Status = Status.EXPIRED
) -> None:
    """`ended`: the status for a claim that has ended."""
    registration.claim, registration.claim_id = claim, claim.id
    registration.status = rules.status(
        claim.status, is_unconfirmed=registration.confirm_by is not None, ended=ended
    )
    for person in registration.participants:
        person.is_expected = registration.status in rules.ALIVE
        if claim.status is not ClaimStatus.HELD:  # options end with the seat
            drop_options(person, leaves=True, now=now)
    registration.changed_at = now
