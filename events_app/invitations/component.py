from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from events_app.contacts import queries as people
from events_app.core import text
from events_app.core.components import (
    Act,
    Bar,
    Component,
    Held,
    Holding,
    MenuItem,
    Need,
    Needs,
)
from events_app.core.text import _, lazy, plural
from events_app.events.rules import named
from events_app.invitations import actions, desk, jobs, models, queries, routes
from events_app.invitations.journal import JOURNAL
from events_app.invitations.seeds import SEEDS

MOST_NEEDS = 20


def _shown(address: str) -> Held:
    held = queries.held_on(address, people.person_by_email(address))
    known = held["ambassador"]
    number = len(known["invitations_sent"]) if known else 0
    sent = plural("%(num)d invitation sent", "%(num)d invitations sent", number)
    return Held(
        held,
        (
            (_("Invitations"), text.count(held["invitations"])),
            (_("Ambassador"), sent if known else ""),
        ),
    )


def _erase(address: str, now: datetime) -> Mapping[str, int]:
    count = actions.erase_guest(address, now=now)
    if known := _ambassador(address):
        actions.erase_ambassador(known, now=now)
    return {"invitations": count}


def _rows(address: str) -> Mapping[str, Sequence[int]]:
    known = _ambassador(address)
    return {
        models.Ambassador.__name__: [known.id] if known else [],
        models.Invitation.__name__: [each.id for each in queries.to_guest(address)],
    }


def _ambassador(address: str) -> models.Ambassador | None:
    person = people.person_by_email(address)
    return queries.ambassador_of(person.id) if person else None


def _held(_now: datetime) -> Iterator[Need]:
    for ambassador, held in queries.held_for_nobody(MOST_NEEDS):
        allotment, event_id = held.allotment, held.event_id
        words = plural(
            "holds %(num)d free place until %(moment)s for guests of %(name)s, who has stopped as"
            " an ambassador.",
            "holds %(num)d free places until %(moment)s for guests of %(name)s, who has stopped as"
            " an ambassador.",
            allotment.pool.free or 0,
            moment=text.stamp(allotment.release_at),
            name=ambassador.person.known_as,
        )
        act = Act(_("Look at the ambassador"), "invitations_desk.edit", {"key": ambassador.id})
        key = {"event_id": event_id, "id": allotment.id}
        at_once = Act(_("Release now"), "registrations_desk.release", key)
        yield Need(words, act, named(held.event), at_once)


COMPONENT = Component(
    name="invitations",
    models=(models,),
    doors=(routes.bp, desk.bp),
    jobs=(jobs,),
    menu=(
        MenuItem(lazy("Ambassadors"), "invitations_desk.ambassadors", 50),
        MenuItem(lazy("New ambassador"), "invitations_desk.appoint", 20, Bar.SEARCH),
    ),
    needs=(Needs(45, "invitations_desk.edit", _held),),
    holding=Holding(
        shown=_shown,
        erase=_erase,
        rows=_rows,
        parts=(models.Ambassador.person_id,),
        letters=("invitations/ambassador_link",),
    ),
    seeds=SEEDS,
    journal=JOURNAL,
)
