"""From approval to the last letter. Rows are the truth: each step may be done twice, by anyone."""

from datetime import date, datetime

from sqlalchemy import false, insert, literal, select, update

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.core import links, queue, text
from events_app.core.db import db
from events_app.core.letters import Body, Letter, Stream
from events_app.delivery import actions as delivery
from events_app.delivery import queries as outbox
from events_app.delivery.models import State
from events_app.delivery.rules import Reader, campaign_subject
from events_app.newsletters import blocks, letters, queries, rules
from events_app.newsletters.actions import writing
from events_app.newsletters.models import (
    Issue,
    IssueReader,
    IssueStatus,
    Subscription,
    SubscriptionStatus,
)
from events_app.newsletters.queries import audiences, reports
from events_app.newsletters.queries.audiences import Audience
from events_app.newsletters.rules import Hold, facts, preflight
from events_app.newsletters.rules.preflight import Problem

ROWS_AT_ONCE = 500
ON_THE_WAY = (State.READY, State.CLAIMED, State.ATTEMPTING, State.DEFERRED)


def checked(issue: Issue, *, today: date) -> tuple[Letter, Audience, list[Problem]]:
    """The letter that would go out, to how many, and what keeps it from going."""
    draft = rules.draft_of(issue)
    scene = blocks.scene_of(draft, issue.source)
    letter, audience = letters.issue(draft, scene, slug=issue.slug), audiences.counted(draft)
    size = len(letters.for_example(letter).html.encode())
    problems = preflight.of_issue(draft, size=size, readers=audience.readers, today=today)
    return letter, audience, [*problems, *blocks.problems(draft.blocks, scene, today=today)]


def doubts(issue: Issue) -> list[Problem]:
    """What should be looked at before it is sent, and does not keep it from being sent."""
    draft = rules.draft_of(issue)
    known = queries.records(blocks.event_ids(draft))
    scene = blocks.scene_of(draft, issue.source)
    of_issue = preflight.doubts_of_issue(draft, known.values())
    return [*of_issue, *blocks.doubts(draft.blocks, scene, known)]


def seal(issue: Issue, letter: Letter) -> str:
    return rules.seal(rules.draft_of(issue), letter.body, links.sender())


def approve(issue: Issue, *, seen: str, by: StaffMember, now: datetime) -> None:
    """Approve what `by` has `seen`: the seal of the page that was looked at. Twice is once."""
    if issue.status is IssueStatus.APPROVED and issue.content_hash == seen:
        return
    _must_become(issue, IssueStatus.APPROVED)
    letter, _audience, problems = checked(issue, today=_today(now))
    if problems:
        raise rules.NotReady
    if seen != seal(issue, letter):
        raise rules.NotAsApproved
    issue.status, issue.content_hash = IssueStatus.APPROVED, seen
    issue.approved_by_id, issue.approved_at, issue.held_because = by.id, now, None
    note("newsletters.approved", issue, issue.subject, by=by, now=now, after={"seal": seen})


def take_back(issue: Issue, *, by: StaffMember, now: datetime) -> None:
    """End the approval, and with it a planned sending. Twice is once."""
    if issue.status is IssueStatus.DRAFT:
        return
    _must_become(issue, IssueStatus.DRAFT)
    writing.void(issue)
    issue.held_because = None
    note("newsletters.approval_voided", issue, issue.subject, by=by, now=now)


def schedule(issue: Issue, at: datetime, *, by: StaffMember, now: datetime) -> None:
    if at <= now:
        raise rules.InThePast
    _must_become(issue, IssueStatus.SCHEDULED)
    _must_be_as_approved(issue, now)
    issue.status, issue.send_at = IssueStatus.SCHEDULED, at
    note("newsletters.scheduled", issue, issue.subject, by=by, now=now,
         after={"send_at": at.isoformat()})  # fmt: skip


def unschedule(issue: Issue, *, by: StaffMember, now: datetime) -> None:
    """Twice is once."""
    if issue.status is IssueStatus.APPROVED:
        return
    _must_become(issue, IssueStatus.APPROVED)
    issue.status, issue.send_at, issue.held_because = IssueStatus.APPROVED, None, None
    note("newsletters.unscheduled", issue, issue.subject, by=by, now=now)


def send(issue: Issue, *, by: StaffMember | None, now: datetime) -> None:
    """Fix what is sent; the audience follows in the background, and then the letters."""
    _must_become(issue, IssueStatus.PREPARING)
    letter = _must_be_as_approved(issue, now)
    draft = rules.draft_of(issue)
    events = queries.event_facts(blocks.event_ids(draft), draft.language)
    body = letter.body
    issue.letter = {"subject": body.subject, "text": body.text, "html": body.html}
    issue.events = facts.stored(events)
    issue.status, issue.sent_at, issue.held_because = IssueStatus.PREPARING, now, None
    note("newsletters.sent", issue, issue.subject, by=by, now=now)
    queue.kick("newsletters.fill", issue.id)


def freeze(issue: Issue) -> None:
    """Copy the audience and count it; from here on nobody is added. Twice is once."""
    if issue.status is not IssueStatus.PREPARING:
        return
    draft = rules.draft_of(issue)
    audience = audiences.counted(draft)
    chosen = audiences.reader_ids(draft).subquery()
    db.session.connection().execute(
        insert(IssueReader).from_select(
            ["issue_id", "subscription_id", "is_queued"],
            select(literal(issue.id), chosen.c.id, false()),
        )
    )
    copied = audiences.copied(issue)
    if copied != audience.readers:
        problem = f"issue {issue.id}: {copied} copied of {audience.readers} readers"
        raise RuntimeError(problem)
    issue.counts = {
        "selected": audience.selected,
        "inserted": audience.readers,
        "unsubscribed": audience.unsubscribed,
        "suppressed": audience.suppressed,
        "without_consent": audience.without_consent,
    }
    issue.status = IssueStatus.SENDING


def fill(issue: Issue, *, now: datetime) -> bool:
    """Put the letters of the next readers in the outbox; False when there are none left."""
    if issue.status is not IssueStatus.SENDING:
        return False
    some = audiences.waiting(issue, ROWS_AT_ONCE)
    if not some:
        return False
    with text.speaking(issue.language):
        readers = [
            _reader(issue, subscription)
            for _row, subscription in some
            if subscription.status is SubscriptionStatus.ACTIVE
        ]
    if readers:
        delivery.enqueue_many(_as_sent(issue), readers, now=now)
    db.session.execute(
        update(IssueReader)
        .where(IssueReader.id.in_([row.id for row, _subscription in some]))
        .values(is_queued=True)
    )
    return len(some) == ROWS_AT_ONCE


def _as_sent(issue: Issue) -> Letter:
    assert issue.letter  # noqa: S101 -- send() keeps it
    return Letter(
        to="", to_name="", language=issue.language, stream=Stream.BULK, body=Body(**issue.letter),
        kind="newsletters/issue", campaign=campaign(issue),
    )  # fmt: skip


def _reader(issue: Issue, subscription: Subscription) -> Reader:
    person = subscription.person
    slots = letters.reader_slots(subscription)
    return Reader(
        to=person.email,
        to_name=person.name,
        dedupe_key=f"{campaign(issue)}:person:{person.id}",
        slots=slots,
        unsubscribe=slots["unsubscribe"],
    )


def campaign(issue: Issue) -> str:
    return f"issue:{issue.id}"


def pause(issue: Issue, *, by: StaffMember, now: datetime) -> None:
    """Twice is once."""
    if issue.status is IssueStatus.PAUSED:
        return
    _must_become(issue, IssueStatus.PAUSED)
    issue.status = IssueStatus.PAUSED
    delivery.pause(campaign_subject(campaign(issue)), now=now)
    note("newsletters.paused", issue, issue.subject, by=by, now=now)


def resume(issue: Issue, *, by: StaffMember, now: datetime) -> None:
    """Twice is once."""
    if issue.status is IssueStatus.SENDING:
        return
    _must_become(issue, IssueStatus.SENDING)
    issue.status = IssueStatus.SENDING
    delivery.resume(campaign_subject(campaign(issue)), now=now)
    note("newsletters.resumed", issue, issue.subject, by=by, now=now)
    queue.kick("newsletters.fill", issue.id)


def cancel(issue: Issue, *, by: StaffMember, now: datetime) -> int:
    """Send no more of it; returns how many letters that stopped. Twice is once."""
    if issue.status is IssueStatus.CANCELLED:
        return 0
    _must_become(issue, IssueStatus.CANCELLED)
    stopped = reports.to_be_written(issue)
    issue.status = IssueStatus.CANCELLED
    stopped += delivery.cancel_campaign(campaign(issue), now=now)
    delivery.resume(campaign_subject(campaign(issue)), now=now)
    note("newsletters.cancelled", issue, issue.subject, by=by, now=now)
    return stopped


def finish(issue: Issue) -> None:
    """Done when no letter is on its way any more."""
    if issue.status is not IssueStatus.SENDING or audiences.waiting(issue, 1):
        return
    if not any(outbox.progress(campaign(issue)).get(state) for state in ON_THE_WAY):
        issue.status = IssueStatus.DONE


def keep_to_the_plan(issue: Issue, *, now: datetime) -> None:
    """Send a scheduled issue when its time has come, if it is what was approved; else call it off.

    Before that time a difference is marked and told once, so that somebody can look at it.
    """
    if issue.status is not IssueStatus.SCHEDULED or issue.send_at is None:
        return
    why = _not_as_approved(issue, now)
    if issue.send_at > now:
        _mark(issue, why, now)
    elif why:
        _hold(issue, why, now)
    else:
        send(issue, by=None, now=now)


def _not_as_approved(issue: Issue, now: datetime) -> Hold | None:
    letter, _audience, problems = checked(issue, today=_today(now))
    if seal(issue, letter) != issue.content_hash:
        return Hold.CHANGED
    return Hold.PROBLEM if problems else None


def _mark(issue: Issue, why: Hold | None, now: datetime) -> None:
    """Mark a planned issue that is no longer what was approved, and tell its approver once.

    The plan stays. When the issue is again what was approved, the mark goes.
    """
    was_marked = issue.held_because is not None
    issue.held_because = why.value if why else None
    if why and not was_marked:
        note("newsletters.marked", issue, issue.subject, by=None, now=now, after={"why": why.value})
        _tell_approver(issue, issue.approved_by, now)


def _hold(issue: Issue, why: Hold, now: datetime) -> None:
    approver = issue.approved_by
    writing.void(issue)
    issue.held_because = why.value
    note("newsletters.held", issue, issue.subject, by=None, now=now, after={"why": why.value})
    _tell_approver(issue, approver, now)


def _tell_approver(issue: Issue, approver: StaffMember | None, now: datetime) -> None:
    if approver and approver.is_active:
        key = f"issue:{issue.id}:held:{now.isoformat()}"
        delivery.enqueue(letters.held(issue, approver), dedupe_key=key, now=now)


def send_test(issue: Issue, *, by: StaffMember, now: datetime) -> None:
    letter, _audience, _problems = checked(issue, today=_today(now))
    letter = letters.test(letter, to=by.email, to_name=by.name)
    delivery.enqueue(letter, dedupe_key=f"issue:{issue.id}:test:{by.id}:{now.isoformat()}", now=now)


def _must_become(issue: Issue, wanted: IssueStatus) -> None:
    if not rules.may_become(issue.status, wanted):
        raise rules.NotThisWay


def _must_be_as_approved(issue: Issue, now: datetime) -> Letter:
    letter, _audience, problems = checked(issue, today=_today(now))
    if seal(issue, letter) != issue.content_hash:
        raise rules.NotAsApproved
    if problems:
        raise rules.NotReady
    return letter


def _today(now: datetime) -> date:
    return text.there(now).date()
