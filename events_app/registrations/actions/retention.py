"""Night work: what has served its purpose is wiped, and the places are counted again."""

import logging
from datetime import datetime

from sqlalchemy import delete, select, update

from events_app.accounts.actions import note
from events_app.capacity import actions as capacity
from events_app.capacity.models import Pool
from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.events.rules import label
from events_app.registrations import queries
from events_app.registrations.actions.answering import wipe_answers
from events_app.registrations.models import Answer, EndedLink, Participant, Registration

log = logging.getLogger(__name__)
AT_ONCE = 2000
MOST_ASTRAY = 100


def wipe(*, now: datetime) -> bool:
    """Wipe what is due: needs per event, answers per question, and what links of wiped
    registrations said. True when nothing is left.

    A batch at a time, so that the database is never held for long.
    """
    wiped = select(Registration.id).where(Registration.is_wiped)
    db.session.execute(
        delete(EndedLink).where(EndedLink.registration_id.in_(wiped)),
        execution_options={"synchronize_session": False},
    )
    answers = queries.answers_to_wipe(now, limit=AT_ONCE)
    wipe_answers(Answer.id.in_(answers))
    left = AT_ONCE - len(answers)
    for form in queries.forms_with_needs(now):
        if left <= 0:
            break
        needs = queries.needs_of(form.event_id, limit=left)
        db.session.execute(
            update(Participant).where(Participant.id.in_(needs)).values(diet="", access_needs=""),
            execution_options={"synchronize_session": False},
        )
        left -= len(needs)
        if left > 0:
            form.needs_wiped_at = now
    return left > 0


def recount(*, now: datetime) -> int:
    """Count the places again, and compare the status of registrations with their claims.

    Each difference is written down. Nothing is put right here: it is a fault that someone must look
    at.
    """
    wrong = capacity.recount()
    for pool, counted in wrong:
        note(
            "registrations.miscounted", pool, _event_of(pool), by=None, now=now,
            before={"taken": pool.taken}, after={"counted": counted},
        )  # fmt: skip
    astray = [*queries.astray(limit=MOST_ASTRAY), *queries.options_astray(limit=MOST_ASTRAY)]
    for registration in astray:
        claim, status = registration.claim, registration.status
        log.error("registration %s is %s, its claim %s", registration.id, status, claim.status)
        note(
            "registrations.miscounted", registration, label(registration.event), by=None, now=now,
            before={"status": status},
        )  # fmt: skip
    misheld = queries.misheld(limit=MOST_ASTRAY)
    for allotment in misheld:
        claim, pool = allotment.claim, allotment.pool
        log.error("allotment %s claims %s places, its pool has %s", allotment.id, claim.places,
                  pool.size)  # fmt: skip
        note(
            "registrations.miscounted", allotment, label(allotment.form.event), by=None, now=now,
            before={"held": claim.places}, after={"counted": pool.size},
        )  # fmt: skip
    return len(wrong) + len(astray) + len(misheld)


def _event_of(pool: Pool) -> str:
    """Its label; of an option that was removed none is known any more."""
    try:
        return label(queries.form_of_pool(pool.id).event)
    except NotFoundError:
        return ""
