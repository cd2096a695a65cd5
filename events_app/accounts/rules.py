"""Who may do what at the desk, and which link opens it."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from events_app.accounts.models import Role, SignInLink, StaffMember
from events_app.core.errors import Refusal
from events_app.core.text import lazy as _

LINK_LIVES = timedelta(minutes=15)
MOST_IN_MAILBOX = 3
"""Links that still work, mailed to one address: at most 12 e-mails an hour that nobody used,
whoever asks. Beyond these the newest letters do, in each browser in which somebody asked.
"""
PRINTED_LINK_LIVES = timedelta(hours=24)
"""It is never sent: it is printed on the screen of whoever runs the server."""
SESSION_LIVES = timedelta(days=14)
KEEP_LINES = timedelta(days=730)
"""Of the journal: two yearly accounts of the programme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    name: str
    email: str
    role: Role
    language: str


_RANK = {Role.DOOR: 0, Role.EDITOR: 1, Role.ORGANISER: 2, Role.OWNER: 3}


def _at_least(staff: StaffMember, role: Role) -> bool:
    return staff.is_active and _RANK[staff.role] >= _RANK[role]


def may_enter(staff: StaffMember) -> bool:
    return staff.is_active


def may_edit(staff: StaffMember) -> bool:
    """Write content; not send or publish."""
    return _at_least(staff, Role.EDITOR)


def may_organise(staff: StaffMember) -> bool:
    """Publish, send, and see the people who registered."""
    return _at_least(staff, Role.ORGANISER)


def may_own(staff: StaffMember) -> bool:
    return _at_least(staff, Role.OWNER)


class LinkSpent(Refusal):
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This link has been used or is too old. Ask for a new one."))


class OtherBrowser(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This link works only in the browser in which you asked for it. "
                "Open it there, or ask for a new link in this browser."
            )
        )


class LastOwner(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This is the last owner. Make somebody else owner first, then try again.")
        )


class AlreadyColleague(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Somebody with this e-mail address already has a seat at the desk."))


class StillActive(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Take away the access of this colleague first."))


def moment(value: object) -> datetime | None:
    """What the journal kept of a field, where it was a time."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None


def check_link(link: SignInLink, *, browser: bytes, was_withheld: bool, now: datetime) -> None:
    """Refuse a link that was used, is too old, or was asked for in another browser.

    `was_withheld`: this browser asked too, and got no letter because others were in the mailbox.
    Who can open one of those reads the mailbox, and may come in.
    """
    if link.used_at or link.expires_at <= now or not link.staff or not link.staff.is_active:
        raise LinkSpent
    is_own = link.browser_digest is None or hmac.compare_digest(link.browser_digest, browser)
    if not is_own and not was_withheld:
        raise OtherBrowser


def check_an_owner_stays(member: StaffMember, owners: list[StaffMember]) -> None:
    """`owners`: all with access. Refuse to lose the last one."""
    if owners == [member]:
        raise LastOwner
