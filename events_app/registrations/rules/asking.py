"""What is asked of people, who sees it, and when it is wiped."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any, TypeVar

from events_app.accounts.models import Role, StaffMember
from events_app.core import text
from events_app.events.models import Event
from events_app.events.rules import begins_at
from events_app.registrations.models import (
    FILE,
    Access,
    AskedOf,
    OptionGroup,
    Question,
    RegistrationForm,
    VisibleTo,
)

GUESTS_MOST = 9
NEEDS = ("diet", "access_needs")
"""Columns of a participant; a form asks for each or not (`asks_…`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who wants a place, and what they told us."""

    name: str
    email: str
    organisation: str = ""
    language: str = "nl"
    guests: tuple[str, ...] = ()
    """Their names; all come, or none."""
    guest_addresses: tuple[str, ...] = ()
    """In the same order, lower case; empty, or none at the end: a guest without one."""
    diet: str = ""
    access_needs: str = ""
    answers: Mapping[int, Any] = field(default_factory=dict)
    """By question id, as the kind of the question stores it."""
    source: str = ""
    is_online: bool | None = None
    """All of the party; None: there was no choice."""
    waits_for_hall: bool = False
    """Who takes part online is in line for the hall too; with a place free there they get that."""
    options: Collection[int] = ()
    """Ids of what they want besides; they get what is free, with a place."""
    may_wait: bool = True
    """In line for all of the party, while there are places for some of it."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.guests)

    @property
    def party_size(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What people may change afterwards."""

    name: str
    guests: tuple[str, ...]
    """In the order of the party, and then new ones; an empty name: that guest does not come."""
    guest_addresses: tuple[str, ...] = ()
    """In the same order; empty: as it was."""
    organisation: str = ""
    diet: str = ""
    access_needs: str = ""
    is_online: bool | None = None
    """None: there was no choice."""
    waits_for_hall: bool = False
    """As of an Applicant."""
    known_guests: tuple[int, ...] | None = None
    """Ids of the guests that the first of `guests` are about; None: of all that there are."""
    answers: Mapping[int, Any] = field(default_factory=dict)
    """By question id, those that were changed, as its kind stores it; None: taken away."""
    options: Collection[int] | None = None
    """Ids of all that they want; None: it was not asked."""
    language: str = ""
    """Of who takes over a place; empty: it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How registration goes for one event; the names are those of RegistrationForm."""

    opens_at: datetime | None
    closes_at: datetime | None
    access: Access
    guests_max: int
    asks_diet: bool
    asks_access_needs: bool
    has_waiting_list: bool
    shows_places_left: bool
    offer_hours: int
    needs_wipe_after_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as an organiser words it; the names are those of Question."""

    kind: str
    label: dict[str, str]
    settings: dict[str, Any]
    is_required: bool
    purpose: dict[str, str]
    visible_to: VisibleTo
    wipe_after_days: int
    asked_of: AskedOf = AskedOf.CONTACT


def with_addresses(names: Iterable[str], addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each guest with the address, or with an empty one."""
    return zip(names, chain(addresses, repeat("")), strict=False)


def needs(form: RegistrationForm, *, diet: str, access_needs: str) -> dict[str, str]:
    """What may be kept of these: nothing that the form does not ask for."""
    return {
        "diet": diet if form.asks_diet else "",
        "access_needs": access_needs if form.asks_access_needs else "",
    }


def needs_wiped_on(form: RegistrationForm, event: Event) -> datetime | None:
    """None: nobody knows, as for answers, while the event is put off."""
    return _after(event, form.needs_wipe_after_days)


def answer_wiped_on(question: Question, event: Event) -> datetime | None:
    return _after(event, question.wipe_after_days)


def _after(event: Event, days: int) -> datetime | None:
    return event.ends_at + timedelta(days=days) if begins_at(event) else None


def label(question: Question) -> str:
    """In one language, for lists and the journal."""
    return text.local(question.label, text.DEFAULT)


def answer_columns(value: Any) -> dict[str, Any]:
    """Of an answer as its kind stores it: a file that it owns has a column of its own."""
    if not isinstance(value, dict) or FILE not in value:
        return {"value": value, "file": None}
    rest = {name: each for name, each in value.items() if name != FILE}
    return {"value": rest, "file": value[FILE]}


def source(value: str) -> str:
    """A source as it may come from outside; anything that is no code becomes none."""
    return value if re.fullmatch(r"[A-Za-z0-9:_.-]{1,64}", value) else ""


def may_see_list(staff: StaffMember) -> bool:
    """The door sees names and what concerns the door; editors see no people."""
    return staff.is_active and staff.role is not Role.EDITOR


def may_see_all(staff: StaffMember) -> bool:
    """Addresses, diets, access needs and every answer."""
    return staff.is_active and staff.role in (Role.ORGANISER, Role.OWNER)


Asking = TypeVar("Asking", Question, OptionGroup)


def seen_by(staff: StaffMember, asking: Iterable[Asking]) -> list[Asking]:
    """The questions whose answers this colleague may read, or the groups whose options."""
    everything = may_see_all(staff)
    return [each for each in asking if everything or each.visible_to is VisibleTo.DOOR]
