"""What an organisation and a person are described by, and what is refused."""

from dataclasses import dataclass
from datetime import timedelta

from events_app.contacts.models import OrganisationKind, Person, Purpose
from events_app.core.errors import Refusal
from events_app.core.text import lazy as _

WISH_LIVES = timedelta(hours=1)
"""Nobody waits longer for the link to their page; a letter after that would only surprise."""
KEEP_PROOF = timedelta(days=730)
"""After a withdrawal: as long as somebody may ask why they were written to."""
KEEP_IDLE = timedelta(days=365)
"""After the last part: an organisation, the newsletter, being an ambassador."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Of an organisation."""

    name: str
    kind: OrganisationKind
    website: str
    accent: str
    """#rrggbb"""
    is_partner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Of a person."""

    name: str
    email: str
    language: str
    phone: str

    @property
    def known_as(self) -> str:
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class Found:
    """Whose address was typed."""

    person: Person
    was: Card | None
    """As we knew them until now, where something else was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a list is narrowed to; an empty field narrows nothing."""

    words: str = ""
    kind: str = ""
    is_partner: bool = False
    language: str = ""
    organisation_id: int | None = None


def identity(person: Person) -> str:
    """What stays while the address is corrected; an id alone may be somebody else's by now."""
    return f"{person.id} {person.created_at.isoformat()}"


def agreement(person: Person, purpose: Purpose) -> str:
    """What the list of who withdrew it knows a consent by."""
    return f"{purpose} {identity(person)}"


class NameTaken(Refusal):
    def __init__(self) -> None:
        super().__init__(_("There is already an organisation with this name."))


class AddressTaken(Refusal):
    def __init__(self, person: Person | None) -> None:
        super().__init__(
            _(
                "This is the address of %(name)s, who is here already. Change what you want on the"
                " page of that person.",
                name=person.known_as,
            )
            if person
            else _("Somebody with this e-mail address is already here.")
        )


class AlreadyMember(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This person already belongs to that organisation."))
