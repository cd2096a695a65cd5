from collections.abc import Collection, Sequence
from datetime import datetime

from events_app.accounts import actions as accounts
from events_app.accounts import queries as colleagues
from events_app.accounts.models import StaffMember
from events_app.contacts import actions as contacts
from events_app.contacts import queries as people
from events_app.contacts import rules as people_rules
from events_app.core import erasures
from events_app.core.components import Holding
from events_app.core.db import after_commit, forget_log
from events_app.core.erasures import Asked, LineKind
from events_app.delivery import actions as delivery
from events_app.invitations import actions as invitations
from events_app.newsletters.actions import subscribing as newsletters
from events_app.privacy import queries, rules
from events_app.registrations import actions as registrations
from events_app.registrations import queries as registered
from events_app.registrations import rules as registration_rules
from events_app.registrations.models import Participant, Registration


def erase(
    email: str,
    *,
    holdings: Sequence[Holding],
    naming: queries.Naming,
    by: StaffMember,
    now: datetime,
) -> None:
    """Leave nothing of this address, in one transaction; a place goes to the next in line.

    `holdings`: of the rooms, the bottom one first; `naming`: where else it was found a moment ago.
    Figures stay, and so does an objection: a fingerprint that keeps everyone from writing again.
    Raises HasSeat.
    """
    email = email.strip().lower()
    if colleagues.member_by_email(email):
        raise rules.HasSeat
    counts = _wipe(email, holdings, naming=naming, now=now)
    accounts.note("privacy.erased", by, "", by=by, now=now, after=counts)
    erasures.note(LineKind.ADDRESS, email, now=now)
    after_commit(forget_log)


def erase_again(asked: Asked, *, holdings: Sequence[Holding], now: datetime) -> int:
    """Those of a list (core/erasures.py) that a backup has brought back; gives how many. What they
    held at an event to come is given up first.
    """
    seated = {member.email for member in colleagues.members()}
    addresses = {
        each for each in queries.addresses() | seated if asked.names(LineKind.ADDRESS, each)
    }
    others = {
        person.email
        for person in people.everybody()
        if asked.names(LineKind.PERSON, people_rules.identity(person))
    }
    for address in addresses:
        accounts.remove_again(address, now=now)  # nobody was wiped who had a seat
    for address in addresses | others:
        _wipe(address, holdings, naming=queries.naming(address), now=now)
    done = len(addresses | others)
    for registration in registered.with_people():
        done += _erase_again(registration, asked, now=now)
    after_commit(forget_log)
    return done


def withdraw_again(asked: Asked, *, now: datetime) -> int:
    """Consents and objections of such a list; gives how many. Who agrees to no newsletter any more
    is no reader.
    """
    done = contacts.withdraw_again(asked)
    while newsletters.leave_without_consent(now=now):
        pass
    return done + delivery.object_again(asked)


def _erase_again(registration: Registration, asked: Asked, *, now: datetime) -> int:
    digest = registration.contact.link_digest.hex()  # so older lines of the list know them
    if asked.names(LineKind.REGISTRATION, registration.code, digest):
        registrations.erase_one_again(registration, now=now)
        invitations.erase_invitations_for(registration.id, now=now)
        return 1
    guests = [
        guest.id
        for guest in registration.participants
        if guest.name and not guest.is_contact and _is_asked(registration, guest, asked)
    ]
    for key in guests:
        registrations.erase_guest(registration, key, by=None, now=now)
    return len(guests)


def _is_asked(registration: Registration, guest: Participant, asked: Asked) -> bool:
    """Older lines of the list know a guest by name. A guest in the backup may have been the contact
    by the time that they asked.
    """
    by_name = f"{registration.contact.link_digest.hex()}:{guest.name}"
    by_key = registration_rules.guest_key(registration, guest.id)
    is_contact_since = asked.names(LineKind.REGISTRATION, guest.code)
    return is_contact_since or asked.names(LineKind.GUEST, guest.code, by_key, by_name)


def _wipe(
    email: str, holdings: Sequence[Holding], *, naming: queries.Naming, now: datetime
) -> dict[str, int]:
    """From the top room down: what a room below has may still be asked for by those above."""
    lines = {*naming.lines, *(line.id for line in queries.lines_about(email, holdings))}
    counts: dict[str, int] = {}
    for holding in reversed(holdings):
        counts = {**holding.erase(email, now), **counts}
    counts["letters"] = delivery.erase(email, naming=naming.letters, now=now)
    accounts.blank_lines(lines)
    return counts


def erase_registration(registration: Registration, *, now: datetime) -> None:
    """For who holds its link: the registration, its letters, and how they were invited to it.

    Raises StillComing.
    """
    code = registration.code
    registrations.erase_one(registration, now=now)
    invitations.erase_invitations_for(registration.id, now=now)
    erasures.note(LineKind.REGISTRATION, code, now=now)
    after_commit(forget_log)


def note_file(*, by: StaffMember, now: datetime) -> None:
    """Somebody's data left the house in a file; whose, is not written down."""
    accounts.note("privacy.taken_along", by, "", by=by, now=now)


def forget_idle(idle: Collection[int], *, holdings: Sequence[Holding], now: datetime) -> None:
    """People who had no part in anything a moment ago, and have none now."""
    held = people.held_people(idle)  # what they got a moment ago counts
    idle_still = queries.idle_people(now, holdings=holdings, limit=len(idle), among=held)
    contacts.erase_people(idle_still)
