"""The event is in one place alone, and no longer in the hall and online: who chose, or waits for,
what there is no more is brought to what is left.
"""

from datetime import datetime

from events_app.capacity import actions as capacity
from events_app.capacity.models import Claim, ClaimStatus
from events_app.capacity.rules import Want
from events_app.events.models import AttendanceMode
from events_app.registrations.actions.status import set_status
from events_app.registrations.actions.waiting_list import leave_hall_line
from events_app.registrations.models import Registration


def gather(registration: Registration, *, now: datetime) -> None:
    """Online alone: who has a place there keeps it, and waits for no hall. In the hall alone: who
    has a place online gets one in the hall, or waits for it; who waits already keeps the number.
    The pools are locked already.
    """
    hall = registration.form.pool_id
    if registration.event.attendance_mode is AttendanceMode.OFFLINE and _is_held(registration):
        set_status(registration, _in_hall(registration, now=now), now=now)
    elif registration.hall_claim:
        leave_hall_line(registration, now=now)
    else:
        capacity.wait_in(registration.claim, hall)
        set_status(registration, registration.claim, now=now)


def _is_held(registration: Registration) -> bool:
    return registration.claim.status is ClaimStatus.HELD


def _in_hall(registration: Registration, *, now: datetime) -> Claim:
    """Also where newcomers cannot wait, and before a party in line: they have a place now."""
    online, hall = registration.claim, registration.hall_claim
    if hall is None:
        [hall] = capacity.take(
            [
                Want(
                    pool_id=registration.form.pool_id,
                    places=online.places,
                    may_wait=True,
                    must_confirm=registration.is_unconfirmed,
                    passes_line=True,
                )
            ],
            now=now,
        )
    registration.hall_claim, hall.replaces_id = None, online.id
    capacity.end(online, now=now)
    return hall
