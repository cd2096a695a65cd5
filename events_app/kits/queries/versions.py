from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from events_app.contacts.models import Organisation
from events_app.core import text
from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.core.heartbeat import SLACK
from events_app.events.models import Event, EventPartner, Status
from events_app.events.queries import is_in_use as is_event_in_use
from events_app.events.rules import BEFOREHAND, OFF, PUBLIC, QUIET
from events_app.kits.models import Kit, KitStatus, KitVersion, ShortLink
from events_app.kits.queries.conditions import is_in_use, is_last

MOST = 200


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


def version_by_id(key: int) -> KitVersion:
    found = db.session.get(KitVersion, key, options=[joinedload(KitVersion.kit)])
    if found is None:
        raise NotFoundError
    return found


def behind(now: datetime) -> Sequence[int]:
    """Ids of published kits whose event or senders have changed since, and then were left alone
    for a while; or at once whose event was put off or called off.
    """
    return db.session.scalars(
        select(Kit.id)
        .join(KitVersion, is_last())
        .join(Kit.event)
        .where(
            Kit.status == KitStatus.PUBLISHED,
            or_(
                and_(
                    Event.revision > KitVersion.event_revision,
                    or_(_is_settled(now), _is_overtaken()),
                ),
                _is_quiet(Kit.differs_since, now),
            ),
            Event.status.in_(PUBLIC),
            *is_in_use(now),
        )
        .limit(MOST)
    ).all()


def _is_settled(now: datetime) -> ColumnElement[bool]:
    """`follow_at` of the rules of events, for the database."""
    return or_(
        _is_quiet(Event.changed_at, now),
        Event.tell_at.between(Event.changed_at, now),
        and_(Event.status == Status.PUBLISHED, Event.starts_at <= now + BEFOREHAND),
    )


def _is_overtaken() -> ColumnElement[bool]:
    """As rules.lifecycle.is_overtaken."""
    said = KitVersion.facts[text.DEFAULT]["status"].as_string()
    return or_(*(and_(Event.status == status, said != status.value) for status in OFF))


def _is_quiet(changed_at: Any, now: datetime) -> ColumnElement[bool]:
    """A change at a moment still to come was written by a wrong clock: nobody waits for it."""
    return or_(changed_at <= now - QUIET, changed_at > now + SLACK)


def followed(now: datetime, *, after: int = 0) -> Sequence[int]:
    """Ids of published kits of events to come, in their order: those after this one."""
    return db.session.scalars(
        select(Kit.id)
        .join(Kit.event)
        .where(
            Kit.id > after,
            Kit.status == KitStatus.PUBLISHED,
            Event.status.in_(PUBLIC),
            *is_in_use(now),
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
        .join(KitVersion, is_last())
        .join(Event, Event.id == Kit.event_id)
        .where(Kit.id.in_(ids))
        .options(selectinload(Event.partners).joinedload(EventPartner.organisation))
    )
    return [Followed(*row) for row in rows]


def unprepared(now: datetime) -> Sequence[tuple[int, int]]:
    """Ids of versions in use and of partners who have no links to them yet: kits to draw ahead."""
    has_links = select(ShortLink.id).where(
        ShortLink.kit_id == Kit.id, ShortLink.organisation_id == Organisation.id
    )
    rows = db.session.execute(
        select(KitVersion.id, Organisation.id)
        .select_from(Kit)
        .join(KitVersion, is_last())
        .join(Event, Event.id == Kit.event_id)
        .join(Organisation, Organisation.is_partner.is_(True))
        .where(Kit.status == KitStatus.PUBLISHED, is_event_in_use(now), ~has_links.exists())
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]
