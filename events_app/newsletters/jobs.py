"""Keeps to the plan, copies audiences and fills the outbox; the rows say what is left to do."""

from time import monotonic

from events_app.core import clock, queue
from events_app.core.db import saving
from events_app.newsletters import queries
from events_app.newsletters.actions import sending, subscribing, writing
from events_app.newsletters.models import IssueStatus

SECONDS = 8
"""How long one run works; the next goes on."""


@queue.job
def fill(issue_id: int) -> None:
    """Freeze the audience and write its letters, in batches that are committed one by one."""
    with saving():
        sending.freeze(queries.issue_for_change(issue_id))
    end = monotonic() + SECONDS
    while _fill_some(issue_id):
        if monotonic() > end:
            queue.kick_now("newsletters.fill", issue_id)
            return


def _fill_some(issue_id: int) -> bool:
    with saving():
        return sending.fill(queries.issue_for_change(issue_id), now=clock.now())


@queue.every_minute
def sweep() -> None:
    """What a lost job left: plans that are due, half-filled outboxes, issues that are done."""
    for issue_id in queries.ids_of(IssueStatus.SCHEDULED):
        with saving():
            sending.keep_to_the_plan(queries.issue_for_change(issue_id), now=clock.now())
    for issue_id in queries.ids_of(IssueStatus.PREPARING, IssueStatus.SENDING):
        queue.kick_now("newsletters.fill", issue_id)
        with saving():
            sending.finish(queries.issue_for_change(issue_id))


@queue.every_minute
def follow_consents() -> None:
    with saving():
        subscribing.leave_without_consent(now=clock.now())


@queue.every_night
def tidy() -> bool:
    """A batch; True when there is more."""
    now = clock.now()
    with saving():
        subscribing.forget_old_requests(now=now)
        writing.forget_pictures(now=now)
        return not subscribing.forget_ended(now=now)
