"""What holds of a kit, as parts of a statement."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from events_app.events.models import Event
from events_app.events.queries import is_in_use as is_event_in_use
from events_app.events.rules import PUBLIC
from events_app.kits.models import Kit, KitStatus, KitVersion


def is_last() -> ColumnElement[bool]:
    newest = (
        select(func.max(KitVersion.number))
        .where(KitVersion.kit_id == Kit.id)
        .correlate(Kit)
        .scalar_subquery()
    )
    return and_(KitVersion.kit_id == Kit.id, KitVersion.number == newest)


def is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """As rules.life.is_open."""
    return (
        Kit.status == KitStatus.PUBLISHED,
        or_(Kit.embargo_until.is_(None), Kit.embargo_until <= now),
        Event.status.in_(PUBLIC),
    )


def is_in_use(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """As not rules.life.is_past."""
    return or_(Kit.valid_until.is_(None), Kit.valid_until > now), is_event_in_use(now)
