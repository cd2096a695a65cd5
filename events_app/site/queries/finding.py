"""What the desk finds for a few words, in all rooms at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from events_app.contacts import queries as contacts
from events_app.core import text
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.models import Event
from events_app.events.rules import marked, named
from events_app.kits import queries as kits
from events_app.newsletters import queries as newsletters
from events_app.registrations import queries as registrations
from events_app.site.rules import MayOpen

LEAST = 2
"""Letters that are looked for; fewer fit everything."""
A_KIND = 6
"""Of each kind of thing at most: one more letter is quicker than a longer list."""


@dataclass(frozen=True, slots=True)
class Hit:
    endpoint: str
    values: Mapping[str, int]
    """What stands in its address."""
    label: str
    note: str = ""


def found(
    words: str, *, may_open: MayOpen, finds_addresses: bool
) -> list[tuple[str, Sequence[Hit]]]:
    """By kind, without the kinds of which there is none. At most eight statements, each bounded."""
    if len(words) < LEAST:
        return []
    titled = events.titled(words, A_KIND)
    asked: tuple[tuple[str, str, Callable[[], Iterable[Hit]]], ...] = (
        ("events", "events_desk.show", lambda: _events(titled)),
        (
            "registrations",
            "registrations_desk.person",
            lambda: _registrations(words, finds_addresses=finds_addresses),
        ),
        ("people", "people_desk.person", lambda: _people(words)),
        ("organisations", "contacts_desk.organisation", lambda: _organisations(words)),
        ("issues", "newsletters_desk.edit", lambda: _issues(words)),
        ("lists", "registrations_desk.people", lambda: _lists(titled)),
        ("kits", "kits_desk.show", lambda: _kits(titled)),
    )
    shown = [(kind, list(hits())) for kind, endpoint, hits in asked if may_open(endpoint)]
    return [(kind, hits) for kind, hits in shown if hits]


def _events(titled: Sequence[Event]) -> Iterable[Hit]:
    for event in titled:
        label, note = text.local(event.title), text.stamp(event.starts_at)
        yield Hit("events_desk.show", {"id": event.id}, label, note)


def _lists(titled: Sequence[Event]) -> Iterable[Hit]:
    """Of those who registered."""
    for event in titled:
        label, note = text.local(event.title), text.stamp(event.starts_at)
        yield Hit("registrations_desk.people", {"event_id": event.id}, label, note)


def _registrations(words: str, *, finds_addresses: bool) -> Iterable[Hit]:
    for each in registrations.found(words, A_KIND, finds_addresses=finds_addresses):
        note = f"{each.code} · {named(each.event)}"
        values = {"event_id": each.event_id, "id": each.id}
        yield Hit("registrations_desk.person", values, each.name, note)


def _people(words: str) -> Iterable[Hit]:
    for person in contacts.known_as(words, A_KIND):
        yield Hit("people_desk.person", {"key": person.id}, person.known_as, person.email)


def _organisations(words: str) -> Iterable[Hit]:
    for each in contacts.named(words, A_KIND):
        yield Hit("contacts_desk.organisation", {"key": each.id}, each.name)


def _issues(words: str) -> Iterable[Hit]:
    for issue in newsletters.about(words, A_KIND):
        page = "newsletters_desk.report" if issue.sent_at else "newsletters_desk.edit"
        yield Hit(
            page,
            {"id": issue.id},
            issue.subject or _("Newsletter without a subject"),
            text.stamp(issue.sent_at or issue.changed_at),
        )


def _kits(titled: Sequence[Event]) -> Iterable[Hit]:
    of = kits.kits_of([event.id for event in titled])
    for event in titled:
        if event.id in of:
            yield Hit(
                "kits_desk.show", {"id": of[event.id].id}, text.local(event.title), marked(event)
            )
