"""Who may still be invited, and what an answer may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from babel.support import LazyProxy
from email_validator import EmailNotValidError, validate_email

from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.events.models import Event, Ownership
from events_app.invitations.models import Invitation, Status
from events_app.registrations.models import Access
from events_app.registrations.models import Status as RegistrationStatus
from events_app.registrations.rules import WHY_NOT, Places, State, state

MOVES = {
    Status.SENT: {Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
    Status.DECLINED: {Status.ACCEPTED},  # a changed mind is welcome
    Status.ACCEPTED: set[Status](),
    Status.WITHDRAWN: {Status.SENT},  # it can be sent again
}
KEEP_GUESTS = timedelta(days=30)
"""After the event to which they were invited."""
LETTERS_MOST = 3
"""To one guest for one event, however often the invitation is taken back and sent again."""
WORDS_MAX = 600
LINES_MAX = 100
"""Of a pasted list, sent at once; what is over it waits in the field."""
COLUMNS = 3
"""In a line of it: name, address, organisation."""


class Answer(StrEnum):
    """What became of an invitation, for those who invited. Only who has a place is coming."""

    OPEN = "invited"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SAID_YES = "said_yes"
    """With an address that was registered already: its status is not told here."""
    # who said yes otherwise: the status of their registration
    COMING = "confirmed"
    PENDING = "pending"
    WAITING = "waitlisted"
    OFFERED = "offered"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"


IN_LINE = (Answer.SAID_YES, Answer.PENDING, Answer.WAITING, Answer.OFFERED)
NOT_COMING = (Answer.DECLINED, Answer.CANCELLED, Answer.REJECTED, Answer.EXPIRED)


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
    """How many gave each answer."""

    answers: Mapping[Answer, int] = field(default_factory=dict)
    by_link: int = 0
    """Registrations through the ambassador's share link."""

    def _of(self, *wanted: Answer) -> int:
        return sum(self.answers.get(answer, 0) for answer in wanted)

    @property
    def sent(self) -> int:
        return sum(self.answers.values())

    @property
    def coming(self) -> int:
        """With a place."""
        return self._of(Answer.COMING)

    @property
    def waiting(self) -> int:
        """Said yes, and have no place yet: in line, or with one on offer."""
        return self._of(*IN_LINE)

    @property
    def declined(self) -> int:
        """Said no, at once or later."""
        return self._of(*NOT_COMING)

    @property
    def unanswered(self) -> int:
        return self._of(Answer.OPEN)


class CannotInvite(Refusal):
    """One sentence for all causes: an ambassador need not learn which of them it is."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This person already has an invitation or a place, had three invitations that were"
                " withdrawn, or asked us not to write. You do not need to do anything."
            )
        )


class QuotaUsed(Refusal):
    def __init__(self, quota: int) -> None:
        super().__init__(_("You have used all %(quota)s invitations for this event.", quota=quota))


class HeldAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("Places are held for these guests already. Change their number on the other page.")
        )


class EventNotOpen(Refusal):
    def __init__(self, why: LazyProxy) -> None:
        super().__init__(_("You cannot invite people to this event now. %(why)s", why=why))


class AnsweredAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This invitation has been answered or withdrawn already."))


class AmbassadorAlready(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "This is the address of %(name)s, who is an ambassador already. Change what you"
                " want on the page of that ambassador.",
                name=name,
            )
        )


class NoAmbassador(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This ambassador has stopped, so nothing is done. The organisers can let them start"
                " again."
            )
        )


def has_room(*, quota: int, used: int) -> bool:
    return used < quota


def may_become(status: Status, wanted: Status) -> bool:
    return wanted in MOVES.get(status, set())


def answer(status: Status, place: RegistrationStatus | None) -> Answer:
    """`place`: the status of the guest's registration, when there is one."""
    if status is Status.ACCEPTED:
        return Answer(place.value) if place else Answer.SAID_YES
    return {Status.DECLINED: Answer.DECLINED, Status.WITHDRAWN: Answer.WITHDRAWN}.get(
        status, Answer.OPEN
    )


def answer_of(invitation: Invitation) -> Answer:
    come = invitation.registration
    return answer(invitation.status, come.status if come else None)


def answer_shown(invitation: Invitation) -> Answer:
    """On the guest's own page. The status of another address's registration is not told:
    they may only have typed that address.
    """
    come = invitation.registration
    is_theirs = come is not None and come.email == invitation.email.lower()
    return answer(invitation.status, come.status if come and is_theirs else None)


def may_say_yes(invitation: Invitation) -> bool:
    """Who said no, or said yes and does not come any more, may come after all."""
    return may_become(invitation.status, Status.ACCEPTED) or answer_shown(invitation) in NOT_COMING


def why_closed(event: Event, places: Places, *, now: datetime) -> LazyProxy | None:
    """Why a guest cannot register here now, whether there is a place or not. Nobody is invited to
    where they could not say yes.
    """
    has_form, current = places.state is not State.NONE, places.state
    if not has_form:
        current = state(event.status, event.starts_at, opens_at=None, closes_at=None, now=now)
    if has_form or current in WHY_NOT:
        return WHY_NOT.get(current)
    is_elsewhere = event.ownership is Ownership.EXTERNAL
    why: LazyProxy = (
        _("People register for this event on another site.")
        if is_elsewhere
        else _("Nobody can register for this event at the moment.")
    )
    return why


def may_share(places: Places) -> bool:
    """A link for everybody leads to a form."""
    return places.access is Access.OPEN


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a pasted list."""

    typed: str
    name: str
    email: str
    organisation: str
    problem: LazyProxy | None = None
    """Why it cannot be sent: nothing in it is guessed at or left away."""


def lines(pasted: str) -> list[Line]:
    """Name, address and organisation of each pasted line.

    Reads `Ana Demo; ana@example.org; ROC` and `Ana Demo <ana@example.org>`, with commas and tabs
    too.
    """
    return [_line(each.strip()) for each in pasted.splitlines() if each.strip(" \t;,")]


def _line(typed: str) -> Line:
    plain = typed.replace("<", ";").replace(">", "").replace("\t", ";")
    cells = [cell.strip(' "') for cell in (plain.split(";") if ";" in plain else plain.split(","))]
    filled = [cell for cell in cells if cell]
    addresses = [cell for cell in filled if "@" in cell]
    others = [cell for cell in filled if "@" not in cell]
    problem = None
    if len(addresses) > 1 or any(cell.count("@") > 1 for cell in addresses):
        problem = _("There is more than one address in this line. Give each person their own line.")
    elif not addresses or not is_address(addresses[0]):
        problem = _("There is no e-mail address in this line.")
    elif len(filled) > COLUMNS or (len(filled) == COLUMNS and filled[-1] == addresses[0]):
        problem = _("Write this line as: name; address; organisation.")
    email = addresses[0].lower() if addresses else ""
    return Line(typed, "".join(others[:1]), email, "".join(others[1:2]), problem)


def is_address(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
