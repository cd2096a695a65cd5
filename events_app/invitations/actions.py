from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update

from events_app.accounts.actions import forget_subjects, note
from events_app.accounts.models import StaffMember
from events_app.capacity.actions import lock
from events_app.contacts.actions import find_or_add_person, take_wishes, wish_link
from events_app.contacts.models import OwnPage
from events_app.contacts.rules import KEEP_IDLE, Card
from events_app.core import queue, tokens
from events_app.core.db import db, hold
from events_app.delivery.actions import cancel, enqueue, erase_letters, suppress
from events_app.delivery.models import Scope, SuppressionReason
from events_app.delivery.queries import is_suppressed, letters_under
from events_app.events.models import Event
from events_app.events.rules import is_to_come, label
from events_app.invitations import letters, queries
from events_app.invitations.models import Ambassador, GuestPlaces, Invitation, Status
from events_app.invitations.rules import (
    KEEP_GUESTS,
    LETTERS_MOST,
    AmbassadorAlready,
    AnsweredAlready,
    CannotInvite,
    EventNotOpen,
    Guest,
    HeldAlready,
    NoAmbassador,
    QuotaUsed,
    has_room,
    may_become,
    may_say_yes,
    why_closed,
)
from events_app.registrations import actions as registrations
from events_app.registrations.actions import Registered
from events_app.registrations.queries import expected, form_of
from events_app.registrations.rules import Applicant, Full, Prospect, Terms

AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the desk writes about an ambassador."""

    name: str
    email: str
    language: str
    title: dict[str, str]
    sector_id: int | None
    region_id: int | None
    quota: int
    is_active: bool
    is_public: bool


@dataclass(frozen=True, slots=True)
class Appointed:
    ambassador: Ambassador
    was: Card | None
    """As we knew the person until now, where something else was typed."""


def appoint(profile: Profile, *, by: StaffMember | None, now: datetime) -> Appointed:
    """Make someone an ambassador, or bring one who stopped back with this profile.

    Raises AmbassadorAlready.
    """
    found = find_or_add_person(
        profile.email, name=profile.name, language=profile.language, by=by, now=now
    )
    person, was = found.person, found.was
    known = queries.ambassador_of(person.id)
    if known and known.is_active:
        raise AmbassadorAlready(was.known_as if was else person.known_as)
    if known:
        return Appointed(change(known, profile, by=by, now=now), was)
    seed = tokens.new_seed()
    ambassador = Ambassador(
        person=person,
        since=now,
        seed=seed,
        link_digest=tokens.digest(tokens.derived(OwnPage.AMBASSADOR, seed)),
        title=profile.title,
        sector_id=profile.sector_id,
        region_id=profile.region_id,
        quota=profile.quota,
        is_active=profile.is_active,
        is_public=profile.is_public,
    )
    db.session.add(ambassador)
    db.session.flush()  # the journal needs the id
    note("invitations.appointed", ambassador, person.label, by=by, now=now)
    return Appointed(ambassador, was)


def change(
    ambassador: Ambassador, profile: Profile, *, by: StaffMember | None, now: datetime
) -> Ambassador:
    before = _shown(ambassador)
    ambassador.person.name = profile.name
    ambassador.person.language = profile.language
    for name in ("title", "sector_id", "region_id", "quota", "is_active", "is_public"):
        setattr(ambassador, name, getattr(profile, name))
    after = _shown(ambassador)
    changed = {key for key in after if after[key] != before[key]}
    if changed:
        note(
            "invitations.changed", ambassador, ambassador.person.label, by=by, now=now,
            before={key: before[key] for key in changed},
            after={key: after[key] for key in changed},
        )  # fmt: skip
    return ambassador


def ask_link(email: str, *, now: datetime) -> None:
    """Have the link mailed, if that is an ambassador's address."""
    wish_link(OwnPage.AMBASSADOR, email, now=now)
    queue.kick("invitations.mail_links")


def mail_links(*, now: datetime) -> None:
    for person in take_wishes(OwnPage.AMBASSADOR, now=now):
        ambassador = queries.ambassador_of(person.id)
        if ambassador and ambassador.is_active:
            send_link(ambassador, now=now)


def send_link(ambassador: Ambassador, *, now: datetime) -> None:
    """Mail an ambassador the link to their own page; at most one a minute leaves."""
    if not ambassador.is_active:
        raise NoAmbassador
    minute = now.strftime("%Y%m%dT%H%M")
    key = f"ambassador:{ambassador.id}:link:{minute}"
    enqueue(letters.ambassador_link(ambassador), dedupe_key=key, now=now)


def hold_places(
    event: Event, ambassador: Ambassador, terms: Terms, *, by: StaffMember | None, now: datetime
) -> None:
    """Hold places for their guests, once for each event.

    Raises HeldAlready, NoAmbassador and what `registrations.allot` raises.
    """
    if not ambassador.is_active:
        raise NoAmbassador
    form = form_of(event.id)
    lock(form.pool_ids)
    if queries.places_for_guests(ambassador.id, event.id):
        raise HeldAlready
    held = registrations.allot(form, terms, by=by, now=now)
    db.session.add(
        GuestPlaces(ambassador_id=ambassador.id, event_id=event.id, allotment_id=held.id)
    )
    db.session.flush()


def invite(event: Event, ambassador: Ambassador, guest: Guest, *, now: datetime) -> Invitation:
    """Write to one guest in the ambassador's name: once, and never to who objected. What was taken
    back is sent again, with the same link and what is said now, whoever asks.
    """
    places = queries.places(event.id, ambassador.id, now=now)
    why = why_closed(event, places, now=now)
    if why:
        raise EventNotOpen(why)
    if not ambassador.is_active:
        raise NoAmbassador
    used = queries.used(ambassador.id, event.id)
    if not has_room(quota=ambassador.quota, used=used):
        raise QuotaUsed(ambassador.quota)
    if expected(event.id, guest.email) or is_suppressed(guest.email, Scope.INVITATION):
        raise CannotInvite
    invitation = queries.invited(event.id, guest.email.lower())
    key = _next_key(invitation, guest) if invitation else ""
    if places.prospect is Prospect.NONE:
        raise Full
    if invitation is None:
        invitation = _new_invitation(event, now)
    _send(invitation, ambassador, guest, now=now)
    db.session.add(invitation)
    db.session.flush()  # the letter's key carries the id
    enqueue(
        letters.invitation(invitation, ambassador, places),
        dedupe_key=key or _keys(invitation)[0],
        now=now,
    )
    return invitation


def _new_invitation(event: Event, now: datetime) -> Invitation:
    seed = tokens.new_seed()
    digest = tokens.digest(tokens.derived(queries.INVITATION, seed))
    return Invitation(event=event, seed=seed, link_digest=digest, created_at=now)


def _send(invitation: Invitation, ambassador: Ambassador, guest: Guest, *, now: datetime) -> None:
    invitation.ambassador = ambassador
    invitation.email = guest.email.lower()
    for name in ("name", "organisation", "language", "words", "address_source"):
        setattr(invitation, name, getattr(guest, name))
    invitation.status, invitation.sent_at, invitation.answered_at = Status.SENT, now, None


def _next_key(invitation: Invitation, guest: Guest) -> str:
    """Of the letter that sends it again. Raises CannotInvite."""
    hold(invitation)
    is_theirs = invitation.email == guest.email.lower()  # else who was wiped
    if not is_theirs or not may_become(invitation.status, Status.SENT):
        raise CannotInvite
    unused = (key for key in _keys(invitation) if not letters_under([key]))
    key = next(unused, "")
    if not key:
        raise CannotInvite
    return key


def accept(invitation: Invitation, applicant: Applicant, *, now: datetime) -> Registered:
    """Take a place (or a place in line) for the guest and keep the answer, in one transaction. What
    is held for the guests of the ambassador goes first.

    The answer is the same when the address that they typed was registered already. Who comes as
    somebody's guest leaves the invitation open: that place is not theirs to keep, and when it goes
    they can still say yes.
    """
    if not may_say_yes(invitation):
        raise AnsweredAlready
    form = form_of(invitation.event_id)
    held = queries.places_for_guests(invitation.ambassador_id, invitation.event_id)
    ended = registrations.register(form, applicant, now=now, is_invited=True, allotment=held)
    is_own = applicant.email.lower() == invitation.email
    if is_own and ended.registration.email != invitation.email:
        return ended
    invitation.status, invitation.answered_at = Status.ACCEPTED, now
    if ended.is_new or is_own:
        invitation.registration_id = ended.registration.id
    return ended


def decline(invitation: Invitation, *, now: datetime) -> None:
    _answer(invitation, Status.DECLINED, now=now)


def follow_places(*, now: datetime) -> None:
    """Who gave the place to somebody else does not come: the registration is not theirs, and
    they are still welcome.
    """
    for invitation in queries.handed_over(AT_ONCE):
        invitation.status, invitation.registration_id = Status.DECLINED, None
        invitation.answered_at = now


def withdraw(invitation: Invitation, *, by: StaffMember | None, now: datetime) -> None:
    """Take back an unanswered invitation: its link no longer opens a place, and the letter does not
    leave if it still waits. Twice is once.
    """
    if invitation.status is Status.WITHDRAWN:
        return
    _answer(invitation, Status.WITHDRAWN, now=now)
    for key in _keys(invitation):
        cancel(key, now=now)
    note("invitations.withdrawn", invitation, label(invitation.event), by=by, now=now)


def object_to(invitation: Invitation, *, now: datetime) -> None:
    """Never write an invitation to this address again, whoever asks."""
    suppress(invitation.email, Scope.INVITATION, SuppressionReason.OBJECTED, now=now)
    if may_become(invitation.status, Status.DECLINED):
        _answer(invitation, Status.DECLINED, now=now)


# -- forgetting


def erase_guest(email: str, *, now: datetime) -> int:
    """Wipe what ambassadors told us of this guest. A mark stays until the event is over: nobody is
    written to twice.
    """
    found = queries.to_guest(email)
    for it in found:
        if is_to_come(it.event, now=now) and may_become(it.status, Status.WITHDRAWN):
            _answer(it, Status.WITHDRAWN, now=now)
    _wipe({it.id: _mark(it, now=now) for it in found})
    return len(found)


def erase_invitations_for(registration_id: int, *, now: datetime) -> None:
    """How somebody came to a registration that is wiped, and the letters that invited them."""
    found = queries.for_registration(registration_id)
    erase_letters(letters_under(_all_keys(found)), now=now)
    _wipe({it.id: _mark(it, now=now) for it in found})


def _mark(invitation: Invitation, *, now: datetime) -> str:
    """What stays of the address: nothing once the event is over."""
    if not is_to_come(invitation.event, now=now):
        return ""
    is_wiped = "@" not in invitation.email
    return invitation.email if is_wiped else queries.mark(invitation.email)


def erase_ambassador(ambassador: Ambassador, *, now: datetime) -> None:
    """Nobody was invited by them any more; their guests keep their places and their answers. What
    was held for guests goes to whoever wants it.
    """
    for invitation in queries.unanswered(ambassador.id):
        _answer(invitation, Status.WITHDRAWN, now=now)
    erase_letters(letters_under(_all_keys(queries.sent_by(ambassador.id))), now=now)
    for each in queries.all_places_for_guests(ambassador.id):
        registrations.forget_name(each.allotment)
        registrations.release(each.allotment, by=None, now=now)
    db.session.flush()
    db.session.execute(
        update(Invitation)
        .where(Invitation.ambassador_id == ambassador.id)
        .values(ambassador_id=None, words="", address_source=""),
        execution_options={"synchronize_session": False},
    )
    db.session.expire_all()
    forget_subjects(Ambassador.__name__, [ambassador.id])
    db.session.delete(ambassador)
    db.session.flush()


def forget_ambassadors(*, now: datetime) -> bool:
    """Who stopped so long ago is none any more; some at a time, True when none is left."""
    found = queries.stopped(before=now - KEEP_IDLE, limit=AT_ONCE)
    for ambassador in found:
        erase_ambassador(ambassador, now=now)
    return len(found) < AT_ONCE


def forget_guests(*, now: datetime) -> bool:
    """Of past events, after their term; some at a time, True when none is left."""
    ids = queries.to_forget(over=now - KEEP_GUESTS, limit=AT_ONCE)
    _wipe(dict.fromkeys(ids, ""))
    return len(ids) < AT_ONCE


def _wipe(marks: dict[int, str]) -> None:
    """By id, what replaces the address."""
    if not marks:
        return
    db.session.flush()
    db.session.connection().execute(
        _NAMELESS,
        [
            {
                "its_id": id, "mark": mark, "new_seed": tokens.new_seed(),
                "new_digest": tokens.digest(tokens.new_token()),
            }
            for id, mark in marks.items()
        ],
    )  # fmt: skip
    db.session.expire_all()


_NAMELESS = (
    update(Invitation.__table__)  # type: ignore[arg-type] # it is a table
    .where(Invitation.id == bindparam("its_id"))
    .values(
        name="", email=bindparam("mark"), organisation="", words="", address_source="",
        seed=bindparam("new_seed"), link_digest=bindparam("new_digest"),
    )
)  # fmt: skip


def _keys(invitation: Invitation) -> list[str]:
    """Of its letters: the first, and those that sent it again."""
    again = (f"invitation:{invitation.id}:{number}" for number in range(2, LETTERS_MOST + 1))
    return [f"invitation:{invitation.id}", *again]


def _all_keys(invitations: Iterable[Invitation]) -> list[str]:
    return [key for each in invitations for key in _keys(each)]


def _answer(invitation: Invitation, wanted: Status, *, now: datetime) -> None:
    if not may_become(invitation.status, wanted):
        raise AnsweredAlready
    invitation.status = wanted
    invitation.answered_at = now


def _shown(ambassador: Ambassador) -> dict[str, object]:
    person = ambassador.person
    return {
        "name": person.name, "language": person.language, "title": ambassador.title,
        "sector_id": ambassador.sector_id, "region_id": ambassador.region_id,
        "quota": ambassador.quota, "is_active": ambassador.is_active,
        "is_public": ambassador.is_public,
    }  # fmt: skip
