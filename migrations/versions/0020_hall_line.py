"""Who takes part online may wait for the hall besides, with a second claim."""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with _registration_anew() as table:
        table.add_column(sa.Column("hall_claim_id", sa.Integer(), nullable=True))
        table.create_unique_constraint(op.f("uq_registration_hall_claim_id"), ["hall_claim_id"])
        table.create_foreign_key(
            op.f("fk_registration_hall_claim_id_claim"), "claim", ["hall_claim_id"], ["id"]
        )


def downgrade() -> None:
    """Lost: who waits for the hall while they take part online; they stay online."""
    op.execute(
        "UPDATE pool SET taken = taken - coalesce((SELECT sum(places) FROM claim JOIN registration"
        " ON registration.hall_claim_id = claim.id"
        " WHERE claim.pool_id = pool.id AND claim.status = 'offered'), 0)"
    )
    op.execute(
        "UPDATE claim SET status = 'ended', ended_at = asked_at"
        " WHERE id IN (SELECT hall_claim_id FROM registration)"
    )
    with _registration_anew() as table:
        table.drop_constraint("fk_registration_hall_claim_id_claim", type_="foreignkey")
        table.drop_constraint("uq_registration_hall_claim_id", type_="unique")
        table.drop_column("hall_claim_id")


def _registration_anew() -> AbstractContextManager[BatchOperations]:
    """With its check, which SQLite would lose."""
    check = sa.CheckConstraint("party_size >= 1", name=op.f("ck_registration_at_least_one"))
    return op.batch_alter_table("registration", table_args=[check])
