"""What needs somebody now, the first page of the desk: each thing once, with where to go.

What the house does by itself stands not here: a kit follows its event, a waiting list moves up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events_app.core import text
from events_app.core.text import _
from events_app.delivery import queries as delivery
from events_app.delivery.models import State
from events_app.delivery.rules import is_standstill
from events_app.events import queries as events
from events_app.events.models import Event, Ownership, Status
from events_app.events.rules import named
from events_app.kits import queries as kits
from events_app.newsletters import blocks
from events_app.newsletters import queries as newsletters
from events_app.newsletters.models import Issue, IssueStatus
from events_app.registrations import queries as registrations
from events_app.registrations.queries.listing import Line
from events_app.site.rules import MayOpen

SOON = timedelta(weeks=6)
"""Before an event, when it still helps to draw more people."""
A_DRAFT_IS_LATE = timedelta(days=92)
"""Before it should begin: people plan a season ahead."""
QUIET = 3
"""An event is quiet while not one in so many of its places is taken."""
MOST = 20
"""Of one kind of need."""


@dataclass(frozen=True, slots=True)
class Need:
    kind: str
    endpoint: str
    values: Mapping[str, int] = field(default_factory=dict)
    """What stands in its address."""
    title: str = ""
    of: tuple[int, ...] = ()
    """The figures of its sentence."""
    at: datetime | None = None


def needs(*, may_open: MayOpen, now: datetime) -> list[Need]:
    """The most urgent first; of what the reader may do. At most twelve statements."""
    rooms: tuple[tuple[str, Callable[[], Iterable[Need]]], ...] = (
        ("delivery_desk.overview", lambda: _letters(now)),
        ("newsletters_desk.edit", _issues),
        ("registrations_desk.tell", lambda: _untold(now)),
        ("registrations_desk.settings", lambda: _lines(now)),
        ("events_desk.show", lambda: _events(now)),
        ("kits_desk.show", lambda: _kits(now)),
    )
    return [
        need
        for endpoint, found in rooms
        if may_open(endpoint)
        for need in found()
        if may_open(need.endpoint)
    ]


def _letters(now: datetime) -> Iterator[Need]:
    page = "delivery_desk.overview"
    if any(is_standstill(subject, until) for subject, until in delivery.held(now).items()):
        yield Need("sending_stopped", page)
    counts = delivery.unsettled(now)
    for state, kind in ((State.UNCERTAIN, "uncertain"), (State.FAILED, "failed")):
        if count := counts.get(state, 0):
            yield Need(kind, page, of=(count,))


def _issues() -> Iterator[Need]:
    for issue in newsletters.paused_issues(MOST):
        yield _issue("issue_paused", issue, page="newsletters_desk.report")
    found = newsletters.open_issues()[:MOST]
    facts = blocks.facts_of(found)
    for issue in found:
        if issue.held_because and issue.status is IssueStatus.SCHEDULED:
            yield _issue("issue_marked", issue, page="newsletters_desk.check")
        elif issue.held_because:
            yield _issue("issue_held", issue)
        elif blocks.is_overtaken(issue.blocks, facts[issue.language]):
            yield _issue("issue_overtaken", issue)
        elif issue.status is IssueStatus.APPROVED:
            yield _issue("issue_approved", issue, page="newsletters_desk.check")


def _issue(kind: str, issue: Issue, page: str = "newsletters_desk.edit") -> Need:
    subject = issue.subject or _("Newsletter without a subject")
    label = f"{subject} · {text.date_of(issue.changed_at)}"
    return Need(kind, page, {"id": issue.id}, label, at=issue.send_at)


def _untold(now: datetime) -> Iterator[Need]:
    """Letters about changes that wait until the event is left alone, or are about to leave."""
    for event, letters in registrations.waiting_letters(now, limit=MOST):
        at = max(now, event.tell_at or now)
        yield Need("untold", "events_desk.show", {"id": event.id}, named(event), (letters.all,), at)


def _lines(now: datetime) -> Iterable[Need]:
    coming = [
        line
        for line in registrations.events(now, is_past=False)
        if line.event.status is Status.PUBLISHED and line.event.starts_at > now
    ]
    found = (_line(line, now=now) for line in coming)
    return [need for need in found if need][:MOST]


def _line(line: Line, *, now: datetime) -> Need | None:
    event, pool = line.event, line.pool
    title, key = named(event), {"event_id": event.id}
    if pool is None:
        if event.ownership is Ownership.EXTERNAL:
            return None
        return Need("no_form", "registrations_desk.settings", key, title, at=event.starts_at)
    left = pool.size + pool.over_allowance - pool.taken
    figures, page = (pool.taken, pool.size), "registrations_desk.people"
    if line.waiting and left > 0:
        return Need("room", page, key, title, (line.waiting, left), event.starts_at)
    if event.starts_at <= now + SOON and pool.taken * QUIET < pool.size:
        return Need("few", page, key, title, figures, event.starts_at)
    return None


def _events(now: datetime) -> Iterator[Need]:
    for event in events.unsettled(now, draft_until=now + A_DRAFT_IS_LATE, limit=MOST):
        if event.status is Status.DRAFT:
            yield _event("draft", event)
        elif event.status is Status.POSTPONED:
            yield _event("postponed", event, page="events_desk.edit")
        else:
            yield _event("over", event)


def _event(kind: str, event: Event, page: str = "events_desk.show") -> Need:
    return Need(kind, page, {"id": event.id}, named(event), at=event.starts_at)


def _kits(now: datetime) -> Iterator[Need]:
    page = "kits_desk.show"
    for one in kits.waiting_letters(now, limit=MOST):
        key, title = {"id": one.kit.id}, named(one.kit.event)
        yield Need("kit_untold", page, key, title, (one.letters,), one.until)
    for kit in kits.unpublished(now, limit=MOST):
        yield Need("kit", page, {"id": kit.id}, named(kit.event))
