from collections.abc import Iterator, Mapping
from datetime import datetime

from events_app.contacts import queries as people
from events_app.core import text
from events_app.core.components import (
    Act,
    Bar,
    Component,
    Held,
    Hit,
    Holding,
    MenuItem,
    Need,
    Needs,
    PublicPage,
    Search,
    Sitemap,
    Sought,
)
from events_app.core.text import _, lazy
from events_app.newsletters import blocks, desk, jobs, models, queries, routes
from events_app.newsletters.actions import subscribing
from events_app.newsletters.journal import JOURNAL
from events_app.newsletters.models import Issue, IssueStatus
from events_app.newsletters.queries import public
from events_app.newsletters.rules.facts import EventFacts
from events_app.newsletters.seeds import SEEDS

MOST_NEEDS = 20


def _found(sought: Sought) -> Iterator[Hit]:
    for issue in sought.asked(queries.about):
        page = "newsletters_desk.report" if issue.sent_at else "newsletters_desk.edit"
        yield Hit(
            page,
            {"id": issue.id},
            issue.subject or _("Newsletter without a subject"),
            text.stamp(issue.sent_at or issue.changed_at),
        )


def _needed(_now: datetime) -> Iterator[Need]:
    for issue in queries.paused_issues(MOST_NEEDS):
        words, act = _("stands still half-way: not all readers have it."), _("Look how far it is")
        yield _need(issue, words, act, page="newsletters_desk.report")
    found = queries.open_issues()[:MOST_NEEDS]
    facts = blocks.facts_of(found)
    for issue in found:
        if need := _of_open(issue, facts[issue.language]):
            yield need


def _of_open(issue: Issue, facts: Mapping[int, EventFacts]) -> Need | None:
    look = _("Look at the newsletter")
    if issue.held_because and issue.status is IssueStatus.SCHEDULED:
        day = text.day(issue.send_at) if issue.send_at else ""
        words = _("is planned for %(day)s and is no longer what was approved.", day=day)
        return _need(issue, words, look, page="newsletters_desk.check")
    if issue.held_because:
        return _need(issue, _("was not sent as planned."), look)
    if blocks.is_overtaken(issue.blocks, facts):
        return _need(issue, _("tells of an event that has changed since."), look)
    if issue.status is IssueStatus.APPROVED:
        words = _("is approved and has not been sent.")
        return _need(issue, words, _("Check and send"), page="newsletters_desk.check")
    return None


def _need(issue: Issue, words: str, act: str, *, page: str = "newsletters_desk.edit") -> Need:
    subject = issue.subject or _("Newsletter without a subject")
    title = f"{subject} · {text.date_of(issue.changed_at)}"
    return Need(words, Act(act, page, {"id": issue.id}), title)


def _public(first: int, most: int) -> list[PublicPage]:
    found = public.pages(first, most)
    return [PublicPage("newsletters.web", {"slug": slug}, sent_at) for slug, sent_at in found]


def _shown(address: str) -> Held:
    held = queries.held_on(address, people.person_by_email(address))
    reads, words = held["newsletter"], ""
    if reads:
        is_active = reads["status"] is models.SubscriptionStatus.ACTIVE
        words = _("Reads it") if is_active else _("Unsubscribed")
    asked = text.count(held["newsletter_requests"])
    return Held(held, ((_("Newsletter"), words), (_("Asked for the newsletter"), asked)))


def _erase(address: str, _now: datetime) -> Mapping[str, int]:
    """The subscription itself goes with the person."""
    subscribing.erase_requests(address)
    return {}


COMPONENT = Component(
    name="newsletters",
    models=(models,),
    doors=(routes.bp, desk.bp),
    jobs=(jobs,),
    menu=(
        MenuItem(lazy("Newsletters"), "newsletters_desk.index", 60),
        MenuItem(lazy("Newsletter"), "newsletters.subscribe", 20, Bar.SITE),
    ),
    search=(Search(lazy("Newsletters"), 50, "newsletters_desk.edit", _found),),
    needs=(Needs(20, "newsletters_desk.edit", _needed),),
    sitemap=Sitemap(("newsletters.subscribe", "newsletters.archive"), public.count, _public),
    holding=Holding(
        shown=_shown,
        erase=_erase,
        parts=(models.Subscription.person_id,),
        letters=("newsletters/issue", "newsletters/welcome", "newsletters/already_subscribed"),
    ),
    seeds=SEEDS,
    journal=JOURNAL,
)
