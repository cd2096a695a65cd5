from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from events_app.contacts import actions, desk, jobs, models, queries, routes
from events_app.contacts.journal import JOURNAL
from events_app.contacts.seeds import SEEDS
from events_app.core import text
from events_app.core.components import Bar, Component, Held, Hit, Holding, MenuItem, Search, Sought
from events_app.core.text import _, lazy


def _people(sought: Sought) -> Iterator[Hit]:
    for person in sought.asked(queries.known_as):
        yield Hit("people_desk.person", {"key": person.id}, person.known_as, person.email)


def _organisations(sought: Sought) -> Iterator[Hit]:
    for each in sought.asked(queries.named):
        yield Hit("contacts_desk.organisation", {"key": each.id}, each.name)


def _shown(address: str) -> Held:
    person = queries.person_by_email(address)
    if person is None:
        return Held({})
    data = queries.held_on(person)
    names = ", ".join(each["organisation"] for each in data["organisations"])
    return Held(
        data,
        (
            (_("In the contacts"), person.known_as),
            (_("Organisations"), names),
            (_("Consent"), text.count(data["consents"])),
        ),
    )


def _erase(address: str, now: datetime) -> Mapping[str, int]:
    if person := queries.person_by_email(address):
        actions.erase_person(person, now=now)
    return {}


def _rows(address: str) -> Mapping[str, Sequence[int]]:
    person = queries.person_by_email(address)
    return {models.Person.__name__: [person.id] if person else []}


COMPONENT = Component(
    name="contacts",
    models=(models,),
    doors=(routes.bp, *desk.DOORS),
    jobs=(jobs,),
    menu=(
        MenuItem(lazy("Contacts"), "contacts_desk.organisations", 80),
        MenuItem(lazy("Add an organisation"), "contacts_desk.add_organisation", 30, Bar.SEARCH),
        MenuItem(lazy("People"), "people_desk.people", 40, Bar.SEARCH),
        MenuItem(lazy("Add a person"), "people_desk.add", 50, Bar.SEARCH),
    ),
    search=(
        Search(lazy("People"), 30, "people_desk.person", _people),
        Search(lazy("Organisations"), 40, "contacts_desk.organisation", _organisations),
    ),
    holding=Holding(shown=_shown, erase=_erase, rows=_rows, parts=(models.Membership.person_id,)),
    seeds=SEEDS,
    journal=JOURNAL,
)
