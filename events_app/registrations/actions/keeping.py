"""Night work: what has served its purpose is wiped, and the places are counted again."""

import logging
from datetime import datetime

from sqlalchemy import delete, update

from events_app.accounts.actions import note
from events_app.core.db import db
from events_app.events import queries as events
from events_app.events.rules import label
from events_app.registrations import queries
from events_app.registrations.models import Answer, Participant

log = logging.getLogger(__name__)
AT_ONCE = 2000


def wipe(*, now: datetime) -> bool:
    """Wipe what is due: needs per event, answers per question. True when nothing is left.

    A batch at a time, so that the database is never held for long.
    """
    answers = queries.answers_to_wipe(now, limit=AT_ONCE)
    db.session.execute(delete(Answer).where(Answer.id.in_(answers)))
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
    """Compare what each pool says is taken with its registrations; write down each difference.

    Nothing is put right here: a difference is a fault that someone must look at.
    """
    wrong = queries.miscounted()
    for pool, counted in wrong:
        log.error("pool %s says %s taken, counted %s", pool.id, pool.taken, counted)
        note(
            "registrations.miscounted", pool, label(events.by_id(pool.event_id)), by=None, now=now,
            before={"taken": pool.taken}, after={"counted": counted},
        )  # fmt: skip
    return len(wrong)
