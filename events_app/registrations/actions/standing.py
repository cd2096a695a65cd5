"""How a registration stands follows its claim, and is written here alone."""

from datetime import datetime

from events_app.capacity import actions as capacity
from events_app.capacity.models import Claim
from events_app.capacity.models import Status as ClaimStatus
from events_app.registrations import queries, rules
from events_app.registrations.actions.choosing import drop_options
from events_app.registrations.models import Registration, Status


def hold(registration: Registration) -> Registration:
    """Lock its places and read it anew.

    All pools of its event that it may have places of are locked, in the order of their ids: it may
    have moved meanwhile.
    """
    capacity.lock(registration.pool_ids)
    return queries.fresh(registration.id)


def stand(
    registration: Registration, claim: Claim, *, now: datetime, ended: Status = Status.EXPIRED
) -> None:
    """`ended`: how it stands when the claim has ended."""
    registration.claim, registration.claim_id = claim, claim.id
    registration.status = rules.status(
        claim.status, is_unconfirmed=registration.confirm_by is not None, ended=ended
    )
    for person in registration.participants:
        person.is_expected = registration.status in rules.ALIVE
        if claim.status is not ClaimStatus.HELD:  # options end with the seat
            drop_options(person, leaves=True, now=now)
    registration.changed_at = now
