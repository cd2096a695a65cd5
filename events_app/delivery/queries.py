from datetime import datetime

from sqlalchemy import func, or_, select

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage, Scope, SendingPause, State, Suppression
from events_app.delivery.rules import address_digest


def is_suppressed(email: str, scope: Scope) -> bool:
    """Whether this address gets no letters of this scope; an address barred from all counts too."""
    found = select(Suppression.id).where(
        Suppression.email_digest == address_digest(email),
        Suppression.scope.in_({Scope.ALL, scope}),
    )
    return db.session.scalar(found) is not None


def paused(now: datetime) -> dict[str, SendingPause]:
    """What stands still at this moment, by subject."""
    held = or_(SendingPause.until.is_(None), SendingPause.until > now)
    return {row.subject: row for row in db.session.scalars(select(SendingPause).where(held))}


def progress(campaign: str) -> dict[State, int]:
    """How many letters of the campaign stand in each state."""
    rows = db.session.execute(
        select(OutboxMessage.state, func.count())
        .where(OutboxMessage.campaign == campaign)
        .group_by(OutboxMessage.state)
    )
    return dict(rows.all())
