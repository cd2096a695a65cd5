"""The list as a table, for a spreadsheet: what each role may take along."""

from collections.abc import Sequence

from events_app.core import text
from events_app.core.text import _, lazy
from events_app.registrations.models import Question, Registration, Status
from events_app.registrations.rules.asking import label

STATES = {
    Status.PENDING: lazy("Not confirmed yet"),
    Status.CONFIRMED: lazy("Confirmed"),
    Status.WAITLISTED: lazy("On the waiting list"),
    Status.OFFERED: lazy("Place offered"),
    Status.CANCELLED: lazy("Cancelled"),
    Status.REJECTED: lazy("Not granted"),
    Status.EXPIRED: lazy("Expired"),
}


def _state(registration: Registration) -> str:
    words = str(STATES[registration.status])
    if registration.is_unconfirmed and registration.status is not Status.PENDING:
        words += ", " + _("not confirmed yet")
    return words


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


def row(registration: Registration, *, sees_all: bool, source: str) -> list[str]:
    """Without the answers. `source`: what brought them, in words."""
    contact, *guests = registration.participants
    cells = [
        contact.code, _state(registration), contact.name,
        contact.organisation, str(registration.party_size),
        ", ".join(guest.name for guest in guests),
        _("Online") if registration.is_online else "",
    ]  # fmt: skip
    if sees_all:
        cells += [
            contact.email, registration.language, contact.diet, contact.access_needs,
            source, text.stamp(registration.created_at),
        ]  # fmt: skip
    return cells
