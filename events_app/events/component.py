from collections.abc import Iterator
from datetime import datetime, timedelta

from events_app.core import text
from events_app.core.components import (
    Act,
    Bar,
    Component,
    Hit,
    MenuItem,
    Need,
    Needs,
    PublicPage,
    Search,
    Sitemap,
    Sought,
)
from events_app.core.text import _, lazy
from events_app.events import desk, models, queries, routes
from events_app.events.journal import JOURNAL
from events_app.events.models import Event, Status
from events_app.events.queries import public
from events_app.events.rules import marked, named
from events_app.events.seeds import SEEDS

A_DRAFT_IS_LATE = timedelta(days=92)
"""Before it should begin: people plan a season ahead."""
MOST_NEEDS = 20


def _found(sought: Sought) -> Iterator[Hit]:
    for event in sought.asked(queries.titled):
        label, note = text.local(event.title), marked(event)
        yield Hit("site_desk.event", {"id": event.id}, label, note)


def _needed(now: datetime) -> Iterator[Need]:
    found = queries.unsettled(now, draft_until=now + A_DRAFT_IS_LATE, limit=MOST_NEEDS)
    return map(_need, found)


def _need(event: Event) -> Need:
    words, act, page = _("is over. Write the report and close it."), "", "site_desk.event"
    if event.status is Status.DRAFT:
        day = text.day(event.starts_at)
        words = _("is still a draft and should begin on %(day)s.", day=day)
    elif event.status is Status.POSTPONED:
        words, page = _("is postponed and has no new date."), "events_desk.edit"
        act = _("Choose a date")
    return Need(words, Act(act or _("Open the event"), page, {"id": event.id}), named(event))


def _public(first: int, most: int) -> list[PublicPage]:
    found = public.pages(first, most)
    return [PublicPage("events.show", {"slug": slug}, changed_at) for slug, changed_at in found]


COMPONENT = Component(
    name="events",
    models=(models,),
    doors=(routes.bp, *desk.DOORS),
    menu=(
        MenuItem(lazy("Events"), "events_desk.index", 20),
        MenuItem(lazy("Venues and series"), "venues_desk.index", 30),
        MenuItem(lazy("New event"), "events_desk.new", 10, Bar.SEARCH),
        MenuItem(lazy("Agenda"), "events.agenda", 10, Bar.SITE),
    ),
    search=(Search(lazy("Events"), 10, "site_desk.event", _found),),
    needs=(Needs(50, "site_desk.event", _needed),),
    sitemap=Sitemap(("events.agenda",), public.count, _public),
    seeds=SEEDS,
    journal=JOURNAL,
)
