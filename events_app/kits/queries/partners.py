"""Who reads for a partner, what partners took, and who still hears of a version."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import aliased, joinedload

from events_app.contacts.models import Membership, Organisation, Person
from events_app.core.db import db
from events_app.events.models import Event
from events_app.events.rules import PUBLIC
from events_app.kits.models import Kit, KitDownload, KitStatus, KitVersion
from events_app.kits.queries.conditions import is_in_use, is_last, is_open
from events_app.kits.rules import requested
from events_app.kits.rules.holdings import Taken

MOST = 200
READERS = 50
"""People of one partner that get its letters."""


def readers(organisation: Organisation) -> Sequence[Person]:
    """Who gets letters for a partner."""
    return readers_of([organisation.id])[organisation.id]


def readers_of(partner_ids: Collection[int]) -> dict[int, list[Person]]:
    """By partner; at most READERS of each."""
    rows = db.session.execute(
        select(Membership.organisation_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id.in_(partner_ids))
        .order_by(Membership.organisation_id, Person.id)
    )
    found: dict[int, list[Person]] = {key: [] for key in partner_ids}
    for key, person in rows:
        if len(found[key]) < READERS:
            found[key].append(person)
    return found


def partners_of(person: Person) -> Sequence[Organisation]:
    """The partners that a person works for."""
    return db.session.scalars(
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person.id, Organisation.is_partner.is_(True))
        .order_by(Organisation.id)
    ).all()


def taken(kit: Kit) -> dict[int, Taken]:
    """By partner."""
    rows = db.session.execute(
        select(KitDownload.organisation_id, KitVersion.number, KitDownload.role)
        .join(KitVersion, KitVersion.id == KitDownload.version_id)
        .where(KitVersion.kit_id == kit.id)
        .group_by(KitDownload.organisation_id, KitVersion.number, KitDownload.role)
    )
    roles: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for partner, number, role in rows:
        if partner is not None:
            roles[partner][number].add(role)
    return {
        partner: Taken({number: frozenset(had) for number, had in by_number.items()})
        for partner, by_number in roles.items()
    }


@dataclass(frozen=True, slots=True)
class Holder:
    """A partner with files of an older version, and who gets its letters."""

    organisation: Organisation
    taken: Taken
    people: Sequence[Person]


def holders(version: KitVersion) -> Sequence[Holder]:
    """Who has files of a version before this one. Three statements."""
    older = {key: one for key, one in taken(version.kit).items() if one.oldest < version.number}
    people = readers_of(older.keys())
    partners = db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(older), Organisation.is_partner.is_(True))
        .order_by(Organisation.id)
    )
    return [Holder(one, older[one.id], people[one.id]) for one in partners]


def untold(now: datetime) -> Sequence[int]:
    """Ids of the last versions of which partners may know, and have not been told yet."""
    return db.session.scalars(
        select(KitVersion.id)
        .join(Kit, is_last())
        .join(Event, Event.id == Kit.event_id)
        .where(KitVersion.told_at.is_(None), *is_open(now), *is_in_use(now))
        .limit(MOST)
    ).all()


@dataclass(frozen=True, slots=True)
class Untold:
    """A version of which partners still hear, and how many letters that makes at most: which of
    their files are others now is not known yet.
    """

    kit: Kit
    letters: int
    until: datetime | None
    """When an embargo ends; None: as soon as the files are compared."""


def waiting_letters(now: datetime, *, limit: int, of: Kit | None = None) -> Sequence[Untold]:
    """Also those of kits under embargo; of all kits or of one. One statement."""
    older, whole = aliased(KitVersion), aliased(KitDownload)
    has_all = select(whole.id).where(
        whole.version_id == KitVersion.id,
        whole.organisation_id == Organisation.id,
        whole.role == requested.ALL,
    )
    counted = (
        select(Kit.id, func.count(Membership.person_id.distinct()).label("letters"))
        .join(KitVersion, is_last())
        .join(Event, Event.id == Kit.event_id)
        .join(older, and_(older.kit_id == Kit.id, older.number < KitVersion.number))
        .join(KitDownload, KitDownload.version_id == older.id)
        .join(Organisation, Organisation.id == KitDownload.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            KitVersion.told_at.is_(None),
            Kit.status == KitStatus.PUBLISHED,
            Event.status.in_(PUBLIC),
            *is_in_use(now),
            Organisation.is_partner.is_(True),
            ~has_all.exists(),
            Kit.id == of.id if of else true(),
        )
        .group_by(Kit.id)
        .order_by(Kit.id)
        .limit(limit)
        .subquery()
    )
    rows = db.session.execute(
        select(Kit, counted.c.letters)
        .join(counted, counted.c.id == Kit.id)
        .order_by(Kit.id)
        .options(joinedload(Kit.event).joinedload(Event.venue))
    )
    return [Untold(kit, letters, _ahead(kit.embargo_until, now)) for kit, letters in rows]


def _ahead(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment > now else None
