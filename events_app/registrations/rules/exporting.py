"""The list as a table, for a spreadsheet: what each role may take along."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from events_app.core import text
from events_app.core.text import _, lazy
from events_app.registrations.models import AskedOf, OptionGroup, Question, Status
from events_app.registrations.rules.asking import label
from events_app.registrations.rules.choosing import option_names
from events_app.registrations.rules.moving import guest_addresses, guest_names

STATES = {
    Status.PENDING: lazy("Not confirmed yet"),
    Status.CONFIRMED: lazy("Confirmed"),
    Status.WAITLISTED: lazy("On the waiting list"),
    Status.OFFERED: lazy("Place offered"),
    Status.CANCELLED: lazy("Cancelled"),
    Status.REJECTED: lazy("Not granted"),
    Status.EXPIRED: lazy("Expired"),
}


class ListedPerson(NamedTuple):
    id: int
    code: str
    name: str
    email: str
    organisation: str
    diet: str
    access_needs: str


class Listed(NamedTuple):
    """A registration as the table has it: a plain row, for there may be a hundred thousand."""

    people: Sequence[ListedPerson]
    """The contact first."""
    answers: Mapping[int, Any]
    """Of the contact, by question id."""
    of_guests: Mapping[int, Sequence[tuple[int, Any]]]
    """By question id: who answered, and the answer."""
    options: Collection[int]
    """Ids of those that the contact has."""
    id: int
    status: Status
    is_unconfirmed: bool
    party_size: int
    is_online: bool
    waits_for_hall: bool
    language: str
    source: str
    created_at: datetime
    held_for: str | None
    """Whose held places they came by."""


def head(
    questions: Sequence[Question], groups: Sequence[OptionGroup] = (), *, sees_all: bool
) -> list[str]:
    names = [
        _("Code"),
        _("State"),
        _("Name"),
        _("Organisation"),
        _("People"),
        _("Guests"),
        _("Takes part"),
    ]
    if sees_all:
        names += [
            _("E-mail address"), _("Language"), _("Dietary wishes"),
            _("What you need to take part"), _("Source"), _("Places held for"), _("Registered at"),
            _("E-mail addresses of guests"),
        ]  # fmt: skip
    chosen = (text.local(group.label, text.DEFAULT) for group in groups)
    of_guests = [
        _("%(question)s (guests)", question=label(each)) for each in _of_everyone(questions)
    ]
    return [*names, *chosen, *(label(question) for question in questions), *of_guests]


def _of_everyone(questions: Iterable[Question]) -> list[Question]:
    return [each for each in questions if each.asked_of is AskedOf.EVERYONE]


def rows(
    registrations: Iterable[Listed],
    questions: Sequence[Question],
    groups: Sequence[OptionGroup] = (),
    *,
    sees_all: bool,
    source: Callable[[str], str],
    exported: Callable[[Question, Any], Any],
) -> Iterator[list[Any]]:
    """`source`: words for what brought them. `exported`: a cell for an answer."""
    states = _states()
    attends = {
        (False, False): "",
        (True, False): _("Online"),
        (True, True): _("Online, waits for the hall"),
    }
    everyone = _of_everyone(questions)
    for one in registrations:
        contact, *guests = one.people
        named = guest_names(one.people, sees_addresses=sees_all)
        cells: list[Any] = [
            contact.code, states[one.status, one.is_unconfirmed], contact.name,
            contact.organisation, str(one.party_size), ", ".join(named.values()),
            attends[one.is_online, one.waits_for_hall],
        ]  # fmt: skip
        if sees_all:
            cells += [
                contact.email, one.language, contact.diet, contact.access_needs,
                source(one.source), one.held_for or "", text.stamp(one.created_at),
                guest_addresses(guests),
            ]  # fmt: skip
        for group in groups:
            cells.append(option_names(each for each in group.options if each.id in one.options))
        cells += [exported(each, one.answers.get(each.id)) for each in questions]
        for each in everyone:
            said = one.of_guests.get(each.id, ())
            cells.append("; ".join(f"{named[id]}: {exported(each, value)}" for id, value in said))
        yield cells


def _states() -> dict[tuple[Status, bool], str]:
    """By status, and whether the button in the letter is still to be pressed."""
    words = {status: str(label) for status, label in STATES.items()}
    also = {status: ", " + _("not confirmed yet") for status in STATES}
    also[Status.PENDING] = ""
    return {
        (status, is_unconfirmed): words[status] + (also[status] if is_unconfirmed else "")
        for status in STATES
        for is_unconfirmed in (False, True)
    }
