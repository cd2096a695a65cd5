"""The list as a table, for a spreadsheet: what each role may take along."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from events_app.core import text
from events_app.core.text import _, lazy
from events_app.registrations.models import Question, Status
from events_app.registrations.rules.asking import label, shown_answer

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
    name: str
    diet: str
    access_needs: str


class Listed(NamedTuple):
    """A registration as the table has it: a plain row, for there may be a hundred thousand."""

    people: Sequence[ListedPerson]
    """The contact first."""
    answers: Mapping[int, str]
    """By question id."""
    id: int
    code: str
    status: Status
    is_unconfirmed: bool
    name: str
    organisation: str
    party_size: int
    is_online: bool
    email: str
    language: str
    source: str
    created_at: datetime


def head(questions: Sequence[Question], *, sees_all: bool) -> list[str]:
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
            _("What you need to take part"), _("Source"), _("Registered at"),
        ]  # fmt: skip
    return [*names, *(label(question) for question in questions)]


def rows(
    registrations: Iterable[Listed],
    questions: Sequence[Question],
    *,
    sees_all: bool,
    source: Callable[[str], str],
) -> Iterator[list[str]]:
    """`source`: words for what brought them."""
    states, online = _states(), _("Online")
    for one in registrations:
        contact, *guests = one.people
        cells = [
            one.code, states[one.status, one.is_unconfirmed], one.name, one.organisation,
            str(one.party_size), ", ".join(guest.name for guest in guests),
            online if one.is_online else "",
        ]  # fmt: skip
        if sees_all:
            cells += [
                one.email, one.language, contact.diet, contact.access_needs, source(one.source),
                text.stamp(one.created_at),
            ]  # fmt: skip
        yield cells + [shown_answer(each, one.answers.get(each.id, "")) for each in questions]


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
