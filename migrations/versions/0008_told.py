"""An event knows what readers knew before its last change, and when who registered is told.

A change made a moment ago still has its quiet period before it.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from events_app.core import clock

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

QUIET = timedelta(minutes=20)
MOMENT = sa.DateTime(timezone=True)
event = sa.table("event", sa.column("changed_at", MOMENT), sa.column("tell_at", MOMENT))


def upgrade() -> None:
    with op.batch_alter_table("event") as table:
        for name in ("previous_ends_at", "moved_since", "tell_at"):
            table.add_column(sa.Column(name, MOMENT, nullable=True))
        for name in ("previous_place", "stood"):
            table.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("event") as table:
        for name in ("previous_place", "stood"):
            table.alter_column(name, existing_type=sa.JSON(), server_default=None)
    now = clock.now()
    is_recent = event.c.changed_at > now - QUIET
    op.execute(sa.update(event).where(is_recent).values(tell_at=now + QUIET))


def downgrade() -> None:
    with op.batch_alter_table("event") as table:
        for name in ("stood", "previous_place", "tell_at", "moved_since", "previous_ends_at"):
            table.drop_column(name)
