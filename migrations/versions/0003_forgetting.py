"""Forgetting: rows whose people are wiped stay as figures, and no longer know who invited."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ALIVE = "status IN ('pending','confirmed','waitlisted','offered')"
HELD = "email != ''"
AMBASSADOR = "fk_invitation_ambassador_id_ambassador"


def upgrade() -> None:
    _unique_alive(f"{ALIVE} AND {HELD}")
    op.execute("UPDATE registration SET email = '' WHERE email = 'wiped-' || id")  # taken back once
    _index("ix_registration_held", "registration", ["email", "event_id", "status"], HELD)
    op.drop_index("uq_invitation_once", table_name="invitation")
    with op.batch_alter_table("invitation") as table:
        table.alter_column("ambassador_id", existing_type=sa.Integer(), nullable=True)
        table.drop_constraint(AMBASSADOR, type_="foreignkey")
        table.create_foreign_key(
            AMBASSADOR, "ambassador", ["ambassador_id"], ["id"], ondelete="SET NULL"
        )
    _index("uq_invitation_once", "invitation", ["event_id", "email"], HELD, unique=True)
    _index("ix_invitation_held", "invitation", ["email", "event_id"], HELD)


def downgrade() -> None:
    op.drop_index("ix_invitation_held", table_name="invitation")
    op.drop_index("uq_invitation_once", table_name="invitation")
    op.drop_index("ix_registration_held", table_name="registration")
    op.execute("DELETE FROM invitation WHERE email = '' OR ambassador_id IS NULL")
    with op.batch_alter_table("invitation") as table:
        table.drop_constraint(AMBASSADOR, type_="foreignkey")
        table.create_foreign_key(AMBASSADOR, "ambassador", ["ambassador_id"], ["id"])
        table.alter_column("ambassador_id", existing_type=sa.Integer(), nullable=False)
    op.create_index("uq_invitation_once", "invitation", ["event_id", "email"], unique=True)
    op.execute(
        f"UPDATE registration SET email = 'wiped-' || id WHERE NOT {HELD}"  # noqa: S608 -- our own
    )
    _unique_alive(ALIVE)


def _unique_alive(which: str) -> None:
    op.drop_index("uq_registration_alive", table_name="registration")
    _index("uq_registration_alive", "registration", ["event_id", "email"], which, unique=True)


def _index(name: str, table: str, columns: list[str], which: str, *, unique: bool = False) -> None:
    where = sa.text(which)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
