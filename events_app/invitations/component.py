from collections.abc import Mapping, Sequence
from datetime import datetime

from events_app.contacts import queries as people
from events_app.core import text
from events_app.core.components import Bar, Component, Held, Holding, MenuItem
from events_app.core.text import _, lazy, plural
from events_app.invitations import actions, desk, jobs, models, queries, routes
from events_app.invitations.journal import JOURNAL
from events_app.invitations.seeds import SEEDS


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


COMPONENT = Component(
    name="invitations",
    models=(models,),
    doors=(routes.bp, desk.bp),
    jobs=(jobs,),
    menu=(
        MenuItem(lazy("Ambassadors"), "invitations_desk.ambassadors", 50),
        MenuItem(lazy("New ambassador"), "invitations_desk.appoint", 20, Bar.SEARCH),
    ),
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
