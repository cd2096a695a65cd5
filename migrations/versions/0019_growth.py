"""Indexes for the lists of the desk, where there is a hundred times as much.

A list of one event goes by its own registrations, and events by when they begin, listed or not.
Series are found by the unique index of editions, which begins with them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TO_TELL = sa.text("tell_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_registration_event", "registration", ["event_id", "id"])
    op.create_index("ix_event_starts", "event", ["starts_at", "id"])
    op.create_index(
        "ix_event_tell", "event", ["tell_at"], sqlite_where=TO_TELL, postgresql_where=TO_TELL
    )
    op.drop_index("ix_event_series_id", table_name="event")


def downgrade() -> None:
    op.create_index("ix_event_series_id", "event", ["series_id"])
    op.drop_index("ix_event_tell", table_name="event")
    op.drop_index("ix_event_starts", table_name="event")
    op.drop_index("ix_registration_event", table_name="registration")
