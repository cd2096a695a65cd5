from collections.abc import Iterator
from datetime import datetime

from events_app.core import text
from events_app.core.components import (
    Act,
    Component,
    Hit,
    Holding,
    MenuItem,
    Need,
    Needs,
    Search,
    Sought,
)
from events_app.core.text import _, lazy
from events_app.events import queries as events
from events_app.events.rules import marked, named
from events_app.kits import desk, jobs, models, queries, routes
from events_app.kits.journal import JOURNAL
from events_app.kits.rules.lifecycle import letters_wait
from events_app.kits.seeds import SEEDS

MOST_NEEDS = 20


def _found(sought: Sought) -> Iterator[Hit]:
    titled = sought.asked(events.titled)
    of = queries.kits_of([event.id for event in titled])
    for event in titled:
        if event.id in of:
            values = {"id": of[event.id].id}
            yield Hit("kits_desk.show", values, text.local(event.title), marked(event))


def _needed(now: datetime) -> Iterator[Need]:
    words = _("has a new version of its communication kit.")
    for one in queries.waiting_letters(now, limit=MOST_NEEDS):
        yield _need(one.kit, f"{words} {letters_wait(one.letters, one.until)}")
    words = _("has a communication kit that partners cannot see yet.")
    for kit in queries.unpublished(now, limit=MOST_NEEDS):
        yield _need(kit, words)


def _need(kit: models.Kit, words: str) -> Need:
    return Need(words, Act(_("Open the kit"), "kits_desk.show", {"id": kit.id}), named(kit.event))


COMPONENT = Component(
    name="kits",
    models=(models,),
    doors=(routes.bp, desk.bp),
    jobs=(jobs,),
    menu=(MenuItem(lazy("Communication kits"), "kits_desk.index", 70),),
    search=(Search(lazy("Communication kits"), 70, "kits_desk.show", _found),),
    needs=(Needs(60, "kits_desk.show", _needed),),
    holding=Holding(letters=("kits/partner_link", "kits/new_version")),
    seeds=SEEDS,
    journal=JOURNAL,
)
