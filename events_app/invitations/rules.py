"""Who may still be invited, and what an answer may change."""

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.invitations.models import Status

MOVES = {
    Status.SENT: {Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
    Status.DECLINED: {Status.ACCEPTED},  # a changed mind is welcome
    Status.ACCEPTED: set[Status](),
    Status.WITHDRAWN: set[Status](),
}
WORDS_MAX = 600
LINES_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Someone to invite, as the ambassador knows them."""

    name: str
    email: str
    organisation: str = ""
    language: str = "nl"
    words: str = ""
    address_source: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    sent: int = 0
    accepted: int = 0
    declined: int = 0
    by_link: int = 0
    """Registrations through the ambassador's share link."""

    @property
    def unanswered(self) -> int:
        return self.sent - self.accepted - self.declined


class CannotInvite(Refusal):
    """One sentence for all causes: an ambassador need not learn which of them it is."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This person already has an invitation or a place, or asked us not to write."
                " You do not need to do anything."
            )
        )


class QuotaUsed(Refusal):
    def __init__(self, quota: int) -> None:
        super().__init__(_("You have used all %(quota)s invitations for this event.", quota=quota))


class EventNotOpen(Refusal):
    def __init__(self) -> None:
        super().__init__(_("You cannot invite people to this event: registration is not open."))


class AnsweredAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This invitation has been answered or withdrawn already."))


class NoAmbassador(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This page is closed at the moment. Ask the organisers to open it."))


def has_room(*, quota: int, used: int) -> bool:
    return used < quota


def may_become(status: Status, wanted: Status) -> bool:
    return wanted in MOVES.get(status, set())


def lines(pasted: str) -> list[tuple[str, str, str]]:
    """Name, address and organisation of each pasted line.

    Reads `Ana Demo; ana@example.org; ROC` and `Ana Demo <ana@example.org>`, with commas and tabs
    too. A line without an address comes back with "".
    """
    found = []
    for line in pasted.splitlines():
        text = line.strip().replace("<", ";").replace(">", "").replace("\t", ";")
        parts = [part.strip() for part in (text.split(";") if ";" in text else text.split(","))]
        if not any(parts):
            continue
        email = next((part for part in parts if "@" in part), "")
        others = [part for part in parts if part and part != email]
        found.append(
            (others[0] if others else "", email.lower(), others[1] if len(others) > 1 else "")
        )
    return found


def is_address(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
