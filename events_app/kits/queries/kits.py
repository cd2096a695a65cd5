from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from events_app.core.db import db
from events_app.core.errors import NotFoundError
from events_app.events.models import Event, EventPartner
from events_app.events.queries import is_in_use as is_event_in_use
from events_app.events.queries import soonest
from events_app.events.rules import PUBLIC
from events_app.kits.models import Kit, KitStatus, KitVersion
from events_app.kits.queries.conditions import is_in_use, is_last, is_open

MOST = 200
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
        .outerjoin(KitVersion, is_last())
        .options(joinedload(Kit.event).joinedload(Event.venue))
        .order_by(Kit.id.desc())
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows]


def for_partners(now: datetime) -> Sequence[KitVersion]:
    """The last version of each kit that may be used now, the soonest event first."""
    return db.session.scalars(
        select(KitVersion)
        .join(Kit, is_last())
        .join(Kit.event)
        .where(
            *is_open(now),
            *is_in_use(now),
        )
        .options(contains_eager(KitVersion.kit).contains_eager(Kit.event).joinedload(Event.venue))
        .order_by(*soonest(now), Kit.id)
        .limit(MOST)
    ).all()


def unpublished(now: datetime, *, limit: int) -> Sequence[Kit]:
    """That partners cannot see yet, of public events to come, the soonest first."""
    return db.session.scalars(
        select(Kit)
        .join(Kit.event)
        .where(Kit.status == KitStatus.DRAFT, Event.status.in_(PUBLIC), is_event_in_use(now))
        .options(contains_eager(Kit.event))
        .order_by(*soonest(now), Kit.id)
        .limit(limit)
    ).all()
