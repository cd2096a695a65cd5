from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from events_app.accounts.models import JournalEntry
from events_app.accounts.queries import lines_about, told_since
from events_app.capacity.models import Pool
from events_app.contacts.models import Person
from events_app.core import text, tokens
from events_app.core.db import db
from events_app.core.errors import NoOwnPage, NotFoundError
from events_app.events.models import Event, Ownership
from events_app.events.models import Status as EventStatus
from events_app.events.queries import ended_before, soonest
from events_app.events.rules import GOES_ON, begins_at
from events_app.invitations.models import Ambassador, GuestPlaces, Invitation, Status
from events_app.invitations.rules import Answer, Figures, answer
from events_app.registrations.models import Allotment, Registration, RegistrationForm
from events_app.registrations.queries import handed_over_since
from events_app.registrations.queries import places as find_places
from events_app.registrations.rules import ALIVE, NO_PLACES, Places

SHARED = "amb-"
INVITATION = "invitation"
"""Purpose of the token of its page."""
_WITH_PLACES = (joinedload(Allotment.claim), joinedload(Allotment.pool))
_WITH_PERSON = (
    joinedload(Ambassador.person), joinedload(Ambassador.sector), joinedload(Ambassador.region),
)  # fmt: skip


def by_token(token: str) -> Invitation:
    """The invitation behind a personal link, with its event and ambassador."""
    found = db.session.scalar(
        select(Invitation)
        .where(Invitation.link_digest == tokens.digest(token))
        .options(
            joinedload(Invitation.event).joinedload(Event.venue),
            joinedload(Invitation.ambassador).options(*_WITH_PERSON),
            joinedload(Invitation.registration),
        )
    )
    if found is None:
        raise NoOwnPage
    return found


def ambassador_by_token(token: str) -> Ambassador:
    found = db.session.scalar(
        select(Ambassador)
        .where(Ambassador.link_digest == tokens.digest(token))
        .options(*_WITH_PERSON)
    )
    if found is None:
        raise NotFoundError
    return found


def ambassador(key: int) -> Ambassador:
    found = db.session.get(Ambassador, key, options=_WITH_PERSON)
    if found is None:
        raise NotFoundError
    return found


def ambassador_of(person_id: int) -> Ambassador | None:
    return db.session.scalar(
        select(Ambassador).where(Ambassador.person_id == person_id).options(*_WITH_PERSON)
    )


def ambassadors(*, only_active: bool = False, limit: int = 500) -> Sequence[Ambassador]:
    wanted = select(Ambassador).options(*_WITH_PERSON).order_by(Ambassador.since, Ambassador.id)
    if only_active:
        wanted = wanted.where(Ambassador.is_active)
    return db.session.scalars(wanted.limit(limit)).all()


def shown(limit: int = 100) -> Sequence[Ambassador]:
    """Those who agreed to be named on the public site."""
    return db.session.scalars(
        select(Ambassador)
        .where(Ambassador.is_active, Ambassador.is_public)
        .options(*_WITH_PERSON)
        .order_by(Ambassador.since, Ambassador.id)
        .limit(limit)
    ).all()


def invitation(key: int) -> Invitation:
    found = db.session.get(Invitation, key)
    if found is None:
        raise NotFoundError
    return found


def of_ambassador(ambassador_id: int, event_id: int) -> Sequence[Invitation]:
    """All that were sent, newest first; bounded by the quota."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.ambassador_id == ambassador_id, Invitation.event_id == event_id)
        .options(joinedload(Invitation.registration))
        .order_by(Invitation.id.desc())
        .limit(500)
    ).all()


def places_for_guests(ambassador_id: int | None, event_id: int) -> Allotment | None:
    """What is held for the guests of this ambassador; released, it is empty."""
    wanted = (
        select(Allotment)
        .join(GuestPlaces, GuestPlaces.allotment_id == Allotment.id)
        .where(GuestPlaces.ambassador_id == ambassador_id, GuestPlaces.event_id == event_id)
        .options(*_WITH_PLACES)
    )
    return db.session.scalars(wanted).one_or_none()


def places(event_id: int, ambassador_id: int | None, *, now: datetime) -> Places:
    """What there is for a guest of this ambassador."""
    held = places_for_guests(ambassador_id, event_id)
    found = find_places([event_id], now=now).get(event_id, NO_PLACES)
    return found.with_held(held.pool.free or 0 if held else 0)


def all_places_for_guests(ambassador_id: int) -> Sequence[GuestPlaces]:
    """At every event."""
    wanted = (
        select(GuestPlaces)
        .where(GuestPlaces.ambassador_id == ambassador_id)
        .options(
            joinedload(GuestPlaces.event),
            joinedload(GuestPlaces.allotment).options(*_WITH_PLACES),
        )
        .order_by(GuestPlaces.id)
    )
    return db.session.scalars(wanted).all()


def held_for_nobody(limit: int) -> Sequence[tuple[Ambassador, GuestPlaces]]:
    """Places that are still free, and held for the guests of ambassadors who have stopped."""
    wanted = (
        select(Ambassador, GuestPlaces)
        .join(GuestPlaces, GuestPlaces.ambassador_id == Ambassador.id)
        .join(GuestPlaces.allotment)
        .join(Allotment.pool)
        .join(GuestPlaces.event)
        .where(~Ambassador.is_active, Pool.size > Pool.taken, Event.status.in_(GOES_ON))
        .options(
            *_WITH_PERSON,
            joinedload(GuestPlaces.event),
            joinedload(GuestPlaces.allotment).options(*_WITH_PLACES),
        )
        .order_by(GuestPlaces.id)
        .limit(limit)
    )
    return [(ambassador, held) for ambassador, held in db.session.execute(wanted)]


def stopped_at(ambassador: Ambassador) -> datetime | None:
    """None: they have not, or nobody knows any more."""
    if ambassador.is_active:
        return None
    lines = lines_about({Ambassador.__name__: [ambassador.id]})
    return max((line.at for line in lines if _stops(line)), default=None)


def _stops(line: JournalEntry) -> bool:
    return (line.after or {}).get("is_active") is False


def used(ambassador_id: int, event_id: int) -> int:
    """Invitations that count for the quota: all but the withdrawn."""
    return (
        db.session.scalar(
            select(func.count(Invitation.id)).where(
                Invitation.ambassador_id == ambassador_id,
                Invitation.event_id == event_id,
                Invitation.status != Status.WITHDRAWN,
            )
        )
        or 0
    )


def invited(event_id: int, email: str) -> Invitation | None:
    """Also when the guest was wiped in the meantime: then the address is a mark."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.event_id == event_id, Invitation.email.in_((email, mark(email)))
        )
    ).first()


def mark(email: str) -> str:
    """What replaces a wiped address: only who knows it, and the secret key, can make it."""
    return tokens.derived("invited once", email.lower().encode())


# -- what we hold, and what is to be forgotten


def to_guest(email: str) -> Sequence[Invitation]:
    """All invitations to this address, the latest first."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.email == email.strip().lower(), Invitation.email != "")
        .options(
            joinedload(Invitation.event),
            joinedload(Invitation.ambassador).joinedload(Ambassador.person),
        )
        .order_by(Invitation.id.desc())
    ).all()


def for_registration(registration_id: int) -> Sequence[Invitation]:
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.registration_id == registration_id)
        .options(joinedload(Invitation.event))
    ).all()


def sent_by(ambassador_id: int) -> Sequence[Invitation]:
    wanted = select(Invitation).where(Invitation.ambassador_id == ambassador_id)
    return db.session.scalars(wanted).all()


def handed_over(limit: int) -> Sequence[Invitation]:
    """Whose guest said yes, and gave the place to somebody else since."""
    wanted = select(Invitation).where(
        Invitation.status == Status.ACCEPTED,
        Invitation.registration_id.is_not(None),
        handed_over_since(Invitation.registration_id, Invitation.answered_at),
    )
    return db.session.scalars(wanted.limit(limit)).all()


def unanswered(ambassador_id: int) -> Sequence[Invitation]:
    return db.session.scalars(
        select(Invitation).where(
            Invitation.ambassador_id == ambassador_id, Invitation.status == Status.SENT
        )
    ).all()


def to_forget(*, over: datetime, limit: int) -> Sequence[int]:
    """Ids of invitations to events that ended before `over` and still name their guest."""
    return db.session.scalars(
        select(Invitation.id)
        .join(Event, Event.id == Invitation.event_id)
        .where(
            Invitation.email != "",
            ended_before(over),
        )
        .limit(limit)
    ).all()


def stopped(*, before: datetime, limit: int) -> Sequence[Ambassador]:
    """Ambassadors without a page, about whom nothing was written down since."""
    return db.session.scalars(
        select(Ambassador)
        .where(
            ~Ambassador.is_active,
            Ambassador.since < before,
            ~told_since(Ambassador.__name__, Ambassador.id, before),
        )
        .limit(limit)
    ).all()


def held_on(email: str, person: Person | None) -> dict[str, Any]:
    """What this room holds on an address, as plain values: as a guest, and as an ambassador."""
    known = ambassador_of(person.id) if person else None
    return {
        "invitations": [
            {
                "event": text.local(each.event.title), "event_begins_at": begins_at(each.event),
                "name": each.name, "email": each.email, "organisation": each.organisation,
                "language": each.language, "words": each.words, "status": each.status,
                "address_came_from": each.address_source,
                "invited_by": each.ambassador.person.name if each.ambassador else None,
                "sent_at": each.sent_at, "answered_at": each.answered_at,
            }
            for each in to_guest(email)
        ],
        "ambassador": _held_on(known) if known else None,
    }  # fmt: skip


def _held_on(known: Ambassador) -> dict[str, Any]:
    """Whom they invited is not theirs to get: only what they wrote."""
    sent = db.session.scalars(
        select(Invitation)
        .where(Invitation.ambassador_id == known.id)
        .options(joinedload(Invitation.event))
        .order_by(Invitation.id)
    )
    return {
        "title": known.title,
        "sector": text.local(known.sector.name) if known.sector else None,
        "region": text.local(known.region.name) if known.region else None,
        "quota": known.quota, "is_active": known.is_active, "is_public": known.is_public,
        "since": known.since,
        "places_held_for_guests": [
            {
                "event": text.local(each.event.title), "places": each.allotment.pool.size,
                "taken": each.allotment.pool.taken, "held_until": each.allotment.release_at,
                "released_at": each.allotment.released_at,
            }
            for each in all_places_for_guests(known.id)
        ],
        "invitations_sent": [
            {
                "event": text.local(each.event.title), "status": each.status,
                "words": each.words, "address_came_from": each.address_source,
                "sent_at": each.sent_at,
            }
            for each in sent
        ],
    }  # fmt: skip


def share_code(ambassador: Ambassador) -> str:
    """What an ambassador's share link carries as its source. Not the id: SQLite may give that to
    the next one when they are erased.
    """
    return _share_code(ambassador.seed)


def _share_code(seed: bytes) -> str:
    return SHARED + tokens.derived("share", seed)[:10]


def ambassador_sharing(code: str) -> Ambassador | None:
    """Whose share link carries this source."""
    if not code.startswith(SHARED):
        return None
    return next((each for each in ambassadors() if share_code(each) == code), None)


def figures(event_id: int) -> dict[int, Figures]:
    """By ambassador: what became of the invitations and the share link. Three statements."""
    rows = db.session.execute(
        select(
            Invitation.ambassador_id, Invitation.status, Registration.status,
            func.count(Invitation.id),
        )
        .outerjoin(Registration, Registration.id == Invitation.registration_id)
        .where(
            Invitation.event_id == event_id,
            Invitation.status != Status.WITHDRAWN,
            Invitation.ambassador_id.is_not(None),
        )
        .group_by(Invitation.ambassador_id, Invitation.status, Registration.status)
    ).all()  # fmt: skip
    answers: dict[int | None, Counter[Answer]] = defaultdict(Counter)
    for key, status, place, count in rows:
        answers[key][answer(status, place)] += count
    through = db.session.execute(
        select(Registration.source, func.count(Registration.id))
        .where(
            Registration.event_id == event_id,
            Registration.source.startswith(SHARED),
            Registration.status.in_(ALIVE),
        )
        .group_by(Registration.source)
    )
    counts: dict[str, int] = dict(through.all())
    known = db.session.execute(select(Ambassador.id, Ambassador.seed))
    by_link = {id: counts[code] for id, seed in known if (code := _share_code(seed)) in counts}
    return {
        key: Figures(answers.get(key, {}), by_link.get(key, 0))
        for key in {*answers, *by_link}
        if key is not None
    }  # fmt: skip


def events_to_invite_for(now: datetime, limit: int = 50) -> Sequence[Event]:
    """Coming events with registration here, now or at another time; and those to which somebody was
    invited while there was. What is put off stays until it has a day again.
    """
    is_on = and_(Event.status == EventStatus.PUBLISHED, Event.starts_at > now)
    is_here = and_(
        Event.ownership != Ownership.EXTERNAL,
        exists().where(RegistrationForm.event_id == Event.id),
    )
    had_guests = exists().where(Invitation.event_id == Event.id)
    return db.session.scalars(
        select(Event)
        .where(or_(is_on, Event.status == EventStatus.POSTPONED), or_(is_here, had_guests))
        .options(joinedload(Event.venue))
        .order_by(*soonest(now))
        .limit(limit)
    ).all()
