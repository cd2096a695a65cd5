"""The list as a table, for a spreadsheet: what each role may take along."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from events_app.core import text
from events_app.core.text import _, lazy
from events_app.registrations.models import OptionGroup, Question, Status
from events_app.registrations.rules.asking import label
from events_app.registrations.rules.choosing import option_names

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
        ]  # fmt: skip
    chosen = (text.local(group.label, text.DEFAULT) for group in groups)
    return [*names, *chosen, *(label(question) for question in questions)]


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
    for one in registrations:
        contact, *guests = one.people
        cells: list[Any] = [
            contact.code, states[one.status, one.is_unconfirmed], contact.name,
            contact.organisation, str(one.party_size), ", ".join(guest.name for guest in guests),
            attends[one.is_online, one.waits_for_hall],
        ]  # fmt: skip
        if sees_all:
            cells += [
                contact.email, one.language, contact.diet, contact.access_needs,
                source(one.source), one.held_for or "", text.stamp(one.created_at),
            ]  # fmt: skip
        for group in groups:
            cells.append(option_names(each for each in group.options if each.id in one.options))
        yield cells + [exported(each, one.answers.get(each.id)) for each in questions]


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
