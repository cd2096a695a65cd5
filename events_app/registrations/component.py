from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from events_app.accounts.lock import staff
from events_app.core import text
from events_app.core.components import (
    Act,
    Component,
    Held,
    Hit,
    Holding,
    MenuItem,
    Need,
    Needs,
    Search,
    Sought,
)
from events_app.core.text import _, lazy, plural
from events_app.events import queries as events
from events_app.events.models import Ownership
from events_app.events.models import Status as EventStatus
from events_app.events.rules import marked, named
from events_app.registrations import actions, desk, jobs, models, queries, questions, routes
from events_app.registrations.journal import JOURNAL
from events_app.registrations.queries.listing import EventPlaces
from events_app.registrations.rules import may_see_all
from events_app.registrations.seeds import SEEDS

SOON = timedelta(weeks=6)
"""Before an event, when it still helps to draw more people."""
QUIET = 3
"""An event is quiet while not one in so many of its places is taken."""
MOST_NEEDS = 20


def _found(sought: Sought) -> Iterator[Hit]:
    sees_all = may_see_all(staff())
    for each in queries.found(sought.words, sought.most, finds_addresses=sees_all):
        note = f"{each.code} · {named(each.event)}"
        values = {"event_id": each.event_id, "id": each.id}
        yield Hit("site_desk.registration", values, each.name, note)


def _lists_found(sought: Sought) -> Iterator[Hit]:
    """Of who registered, by the title of the event."""
    for event in sought.asked(events.titled):
        label, note = text.local(event.title), marked(event)
        yield Hit("registrations_desk.people", {"event_id": event.id}, label, note)


def _untold(now: datetime) -> Iterator[Need]:
    """Letters about changes that wait until the event is left alone, or are about to leave."""
    for event, letters in queries.waiting_letters(now, limit=MOST_NEEDS):
        words = plural(
            "has changed. %(num)d e-mail about it leaves at %(time)s.",
            "has changed. %(num)d e-mails about it leave at %(time)s.",
            letters.all,
            time=text.unbroken(text.clock_time(max(now, event.tell_at or now))),
        )
        yield Need(
            words,
            Act(_("Open the event"), "site_desk.event", {"id": event.id}),
            named(event),
            at_once=Act(_("Send them now"), "registrations_desk.tell", {"event_id": event.id}),
        )


def _needed(now: datetime) -> Iterable[Need]:
    coming = [
        line
        for line in queries.events(now, is_past=False)
        if line.event.status is EventStatus.PUBLISHED and line.event.starts_at > now
    ]
    found = (_need(line, now=now) for line in coming)
    return [need for need in found if need][:MOST_NEEDS]


def _need(line: EventPlaces, *, now: datetime) -> Need | None:
    event, pool, key = line.event, line.pool, {"event_id": line.event.id}
    day = text.day(event.starts_at)
    if pool is None:
        if event.ownership is Ownership.EXTERNAL:
            return None
        words = _("is public, and nobody can register. It begins on %(day)s.", day=day)
        act = Act(_("Open registration"), "registrations_desk.settings", key)
        return Need(words, act, named(event))
    for some, waiting in ((pool, line.waiting), (line.online, line.online_waiting)):
        if some and some.free and waiting:
            act = Act(_("Look who waits"), "registrations_desk.people", key)
            return Need(_room(some.free, waiting), act, named(event))
    size = pool.size or 0
    if event.starts_at <= now + SOON and line.taken * QUIET < size:
        words = _(
            "begins on %(day)s, and %(taken)s of %(size)s places are taken.",
            day=day, taken=text.number(line.taken), size=text.number(size),
        )  # fmt: skip
        act = Act(_("See who registered"), "registrations_desk.people", key)
        return Need(words, act, named(event))
    return None


def _room(left: int, waiting: int) -> str:
    free = plural("has one free place", "has %(num)s free places", left)
    wait = plural("while one person waits.", "while %(num)s people wait.", waiting)
    return f"{free} {wait}"


def _shown(address: str) -> Held:
    held = queries.held_on(address, shown=questions.shown)
    came = queries.guest_held_on(address, shown=questions.shown)
    transfers = queries.transfers_held_on(address)
    return Held(
        {"registrations": held, "as_a_guest": came, "places_on_their_way": transfers},
        (
            (_("Registrations"), text.count(held)),
            (_("As a guest of someone else"), text.count(came)),
            (_("Places on their way to another address"), text.count(transfers)),
        ),
    )


def _erase(address: str, now: datetime) -> Mapping[str, int]:
    return {"registrations": actions.erase(address, now=now)}


def _rows(address: str) -> Mapping[str, Sequence[int]]:
    return {models.Registration.__name__: [each.id for each in queries.of_address(address)]}


COMPONENT = Component(
    name="registrations",
    models=(models,),
    doors=(routes.bp, desk.bp),
    jobs=(jobs,),
    menu=(MenuItem(lazy("Registrations"), "registrations_desk.index", 40),),
    search=(
        Search(lazy("Registrations"), 20, "site_desk.registration", _found),
        Search(lazy("Registrations of an event"), 60, "registrations_desk.people", _lists_found),
    ),
    needs=(
        Needs(30, "registrations_desk.tell", _untold),
        Needs(40, "registrations_desk.settings", _needed),
    ),
    holding=Holding(shown=_shown, erase=_erase, rows=_rows),
    seeds=SEEDS,
    journal=JOURNAL,
)
