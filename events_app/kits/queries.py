from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from events_app.contacts.models import Membership, Organisation, Person
from events_app.core import text
from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.core.pulse import SLACK
from events_app.events.models import Event, EventPartner
from events_app.events.rules import PUBLIC
from events_app.kits.models import (
    Kit,
    KitDownload,
    KitStatus,
    KitVersion,
    RenderedFile,
    ShortLink,
)
from events_app.kits.rules import orders
from events_app.kits.rules.holdings import Taken
from events_app.kits.rules.values import Kept
from events_app.registrations.models import Registration
from events_app.registrations.rules import ALIVE, QUIET

MOST = 200
READERS = 50
"""People of one partner that get its letters."""
_WHOLE_EVENT: tuple[_AbstractLoad, ...] = (
    joinedload(Event.venue),
    joinedload(Event.lead_sector),
    selectinload(Event.themes),
    selectinload(Event.partners).joinedload(EventPartner.organisation),
)
"""All that a kit tells of an event."""


def kit(key: int) -> Kit:
    """With the whole event."""
    return _one(
        select(Kit).where(Kit.id == key).options(joinedload(Kit.event).options(*_WHOLE_EVENT))
    )


def hold(kit: Kit) -> None:
    """Until this transaction ends: others who want to write a version wait."""
    db.session.execute(select(Kit.id).where(Kit.id == kit.id).with_for_update())


def kit_by_code(code: str) -> Kit:
    return _one(select(Kit).where(Kit.code == code).options(joinedload(Kit.event)))


def kit_of(event: Event) -> Kit | None:
    return db.session.scalar(select(Kit).where(Kit.event_id == event.id).order_by(Kit.id).limit(1))


def kits_of(event_ids: Collection[int]) -> dict[int, Kit]:
    """By event."""
    wanted = select(Kit).where(Kit.event_id.in_(event_ids)).order_by(Kit.id.desc())
    return {kit.event_id: kit for kit in db.session.scalars(wanted)}


def _one(wanted: Select[Any]) -> Kit:
    found: Kit | None = db.session.scalar(wanted)
    if found is None:
        raise NotFoundError
    return found


def for_desk() -> Sequence[tuple[Kit, KitVersion | None]]:
    """The newest first, each with its last version."""
    rows = db.session.execute(
        select(Kit, KitVersion)
        .outerjoin(KitVersion, _is_last())
        .options(joinedload(Kit.event).joinedload(Event.venue))
        .order_by(Kit.id.desc())
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]


def for_partners(now: datetime) -> Sequence[KitVersion]:
    """The last version of each kit that may be used now, the soonest event first."""
    return db.session.scalars(
        select(KitVersion)
        .join(Kit, _is_last())
        .join(Kit.event)
        .where(
            *_open(now),
            *_in_use(now),
        )
        .options(contains_eager(KitVersion.kit).contains_eager(Kit.event).joinedload(Event.venue))
        .order_by(Event.starts_at, Kit.id)
        .limit(MOST)
    ).all()


def _is_last() -> ColumnElement[bool]:
    newest = (
        select(func.max(KitVersion.number))
        .where(KitVersion.kit_id == Kit.id)
        .correlate(Kit)
        .scalar_subquery()
    )
    return and_(KitVersion.kit_id == Kit.id, KitVersion.number == newest)


# -- versions


def versions(kit: Kit) -> Sequence[KitVersion]:
    """The last first."""
    return db.session.scalars(
        select(KitVersion)
        .where(KitVersion.kit_id == kit.id)
        .order_by(KitVersion.number.desc())
        .limit(MOST)
    ).all()


def last_version(kit: Kit) -> KitVersion | None:
    return db.session.scalar(
        select(KitVersion)
        .where(KitVersion.kit_id == kit.id)
        .order_by(KitVersion.number.desc())
        .limit(1)
    )


def version(kit: Kit, number: int) -> KitVersion:
    found = db.session.scalar(
        select(KitVersion).where(KitVersion.kit_id == kit.id, KitVersion.number == number)
    )
    if found is None:
        raise NotFoundError
    return found


def behind(now: datetime) -> Sequence[int]:
    """Ids of published kits whose event or senders have changed since, and then were left alone
    for a while.
    """
    return db.session.scalars(
        select(Kit.id)
        .join(KitVersion, _is_last())
        .join(Kit.event)
        .where(
            Kit.status == KitStatus.PUBLISHED,
            or_(
                and_(
                    Event.revision > KitVersion.event_revision,
                    _is_quiet(Event.changed_at, now),
                ),
                _is_quiet(Kit.differs_since, now),
            ),
            Event.status.in_(PUBLIC),
            *_in_use(now),
        )
        .limit(MOST)
    ).all()


def _is_quiet(changed_at: Any, now: datetime) -> ColumnElement[bool]:
    """A change at a moment still to come was written by a wrong clock: nobody waits for it."""
    return or_(changed_at <= now - QUIET, changed_at > now + SLACK)


def untold(now: datetime) -> Sequence[int]:
    """Ids of the last versions of which partners may know, and have not been told yet."""
    return db.session.scalars(
        select(KitVersion.id)
        .join(Kit, _is_last())
        .join(Event, Event.id == Kit.event_id)
        .where(KitVersion.told_at.is_(None), *_open(now), *_in_use(now))
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
        whole.role == orders.ALL,
    )
    counted = (
        select(Kit.id, func.count(Membership.person_id.distinct()).label("letters"))
        .join(KitVersion, _is_last())
        .join(Event, Event.id == Kit.event_id)
        .join(older, and_(older.kit_id == Kit.id, older.number < KitVersion.number))
        .join(KitDownload, KitDownload.version_id == older.id)
        .join(Organisation, Organisation.id == KitDownload.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            KitVersion.told_at.is_(None),
            Kit.status == KitStatus.PUBLISHED,
            Event.status.in_(PUBLIC),
            *_in_use(now),
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


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """As rules.life.is_open."""
    return (
        Kit.status == KitStatus.PUBLISHED,
        or_(Kit.embargo_until.is_(None), Kit.embargo_until <= now),
        Event.status.in_(PUBLIC),
    )


def _in_use(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """As not rules.life.is_past."""
    return or_(Kit.valid_until.is_(None), Kit.valid_until > now), Event.ends_at > now


def followed(now: datetime, *, after: int = 0) -> Sequence[int]:
    """Ids of published kits of events to come, in their order: those after this one."""
    return db.session.scalars(
        select(Kit.id)
        .join(Kit.event)
        .where(
            Kit.id > after,
            Kit.status == KitStatus.PUBLISHED,
            Event.status.in_(PUBLIC),
            *_in_use(now),
        )
        .order_by(Kit.id)
        .limit(MOST)
    ).all()


@dataclass(frozen=True, slots=True)
class Followed:
    """A kit, what its last version says of the senders, and the event with those of today."""

    kit_id: int
    said: Sequence[dict[str, Any]]
    differs_since: datetime | None
    event: Event


def with_senders(ids: Collection[int]) -> Sequence[Followed]:
    """Of these kits."""
    rows = db.session.execute(
        select(Kit.id, KitVersion.facts[text.DEFAULT]["senders"], Kit.differs_since, Event)
        .join(KitVersion, _is_last())
        .join(Event, Event.id == Kit.event_id)
        .where(Kit.id.in_(ids))
        .options(selectinload(Event.partners).joinedload(EventPartner.organisation))
    )
    return [Followed(*row) for row in rows]


def unpublished(now: datetime, *, limit: int) -> Sequence[Kit]:
    """That partners cannot see yet, of public events to come, the soonest first."""
    return db.session.scalars(
        select(Kit)
        .join(Kit.event)
        .where(Kit.status == KitStatus.DRAFT, Event.status.in_(PUBLIC), Event.ends_at > now)
        .options(contains_eager(Kit.event))
        .order_by(Event.starts_at, Kit.id)
        .limit(limit)
    ).all()


def unprepared(now: datetime) -> Sequence[tuple[int, int]]:
    """Ids of versions in use and of partners who have no links to them yet: kits to draw ahead."""
    has_links = select(ShortLink.id).where(
        ShortLink.kit_id == Kit.id, ShortLink.organisation_id == Organisation.id
    )
    rows = db.session.execute(
        select(KitVersion.id, Organisation.id)
        .select_from(Kit)
        .join(KitVersion, _is_last())
        .join(Event, Event.id == Kit.event_id)
        .join(Organisation, Organisation.is_partner.is_(True))
        .where(Kit.status == KitStatus.PUBLISHED, Event.ends_at > now, ~has_links.exists())
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]


def version_by_id(key: int) -> KitVersion:
    found = db.session.get(KitVersion, key, options=[joinedload(KitVersion.kit)])
    if found is None:
        raise NotFoundError
    return found


# -- files and links


def kept(hashes: Collection[str]) -> dict[str, tuple[Kept, ...]]:
    """What is drawn already, by the hash of its inputs."""
    rows = db.session.scalars(
        select(RenderedFile).where(RenderedFile.input_hash.in_(hashes)).order_by(RenderedFile.id)
    )
    found: dict[str, list[Kept]] = defaultdict(list)
    for row in rows:
        found[row.input_hash].append(
            Kept(
                row.role, row.suffix, row.media_type, row.file_key, row.size,
                row.width, row.height, row.alt, row.credit, row.used_at,
            )
        )  # fmt: skip
    return {key: tuple(files) for key, files in found.items()}


def links(kit: Kit, organisation: Organisation | None) -> dict[str, str]:
    """The code of each short link, by role."""
    key = organisation.id if organisation else None
    rows = db.session.execute(
        select(ShortLink.role, ShortLink.code).where(
            ShortLink.kit_id == kit.id, ShortLink.organisation_id.is_not_distinct_from(key)
        )
    )
    return {row.role: row.code for row in rows}


def short_link(code: str) -> ShortLink:
    found = db.session.scalar(
        select(ShortLink)
        .where(ShortLink.code == code)
        .options(
            joinedload(ShortLink.kit).joinedload(Kit.event).joinedload(Event.series),
            joinedload(ShortLink.organisation),
        )
    )
    if found is None:
        raise NotFoundError
    return found


# -- partners


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


@dataclass(frozen=True, slots=True)
class Figures:
    downloads: int = 0
    clicks: int = 0
    registrations: int = 0


def figures(kit: Kit) -> dict[int | None, Figures]:
    """By partner; None is the programme itself."""
    return _figures(
        (KitDownload.organisation_id, KitVersion.kit_id == kit.id),
        (ShortLink.organisation_id, ShortLink.kit_id == kit.id),
    )


def figures_of(organisation: Organisation) -> dict[int | None, Figures]:
    """By kit."""
    return _figures(
        (KitVersion.kit_id, KitDownload.organisation_id == organisation.id),
        (ShortLink.kit_id, ShortLink.organisation_id == organisation.id),
    )


def _figures(
    of_downloads: tuple[Any, ColumnElement[bool]], of_links: tuple[Any, ColumnElement[bool]]
) -> dict[int | None, Figures]:
    """What to count by, and which to count. Three statements."""
    (by, which), (by_link, which_links) = of_downloads, of_links
    downloads = (
        select(by, func.count(KitDownload.id))
        .join(KitVersion, KitVersion.id == KitDownload.version_id)
        .where(which)
        .group_by(by)
    )
    clicks = select(by_link, func.sum(ShortLink.clicks)).where(which_links).group_by(by_link)
    registrations = (
        select(by_link, func.count(Registration.id))
        .select_from(ShortLink)
        .join(Kit, Kit.id == ShortLink.kit_id)
        .join(
            Registration,
            and_(Registration.event_id == Kit.event_id, Registration.source == ShortLink.code),
        )
        .where(which_links, Registration.status.in_(ALIVE))
        .group_by(by_link)
    )
    columns = [
        {row[0]: int(row[1] or 0) for row in db.session.execute(wanted)}
        for wanted in (downloads, clicks, registrations)
    ]
    keys = {key for column in columns for key in column}
    return {key: Figures(*(column.get(key, 0) for column in columns)) for key in keys}
