"""Places that are held for the guests of a partner or an ambassador."""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CAME_BY_IT = sa.text("allotment_id IS NOT NULL")
FREED = """
    UPDATE pool SET taken = taken - coalesce((
        SELECT sum(claim.places - own.taken)
        FROM allotment
        JOIN claim ON claim.id = allotment.claim_id AND claim.status = 'held'
        JOIN pool AS own ON own.id = allotment.pool_id
        JOIN registration_form ON registration_form.id = allotment.form_id
        WHERE registration_form.pool_id = pool.id
    ), 0)
"""
IN_THE_HALL = """
    UPDATE claim SET pool_id = (
        SELECT registration_form.pool_id FROM allotment
        JOIN registration_form ON registration_form.id = allotment.form_id
        WHERE allotment.pool_id = claim.pool_id
    )
    WHERE pool_id IN (SELECT pool_id FROM allotment)
"""


def upgrade() -> None:
    op.create_table(
        "allotment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["registration_form.id"],
            name=op.f("fk_allotment_form_id_registration_form"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_allotment_claim_id_claim")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_allotment_pool_id_pool")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allotment")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_allotment_claim_id")),
        sa.UniqueConstraint("pool_id", name=op.f("uq_allotment_pool_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_allotment_form_id"), "allotment", ["form_id"])
    op.create_table(
        "guest_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ambassador_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("allotment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ambassador_id"],
            ["ambassador.id"],
            name=op.f("fk_guest_places_ambassador_id_ambassador"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_guest_places_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["allotment_id"],
            ["allotment.id"],
            name=op.f("fk_guest_places_allotment_id_allotment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_places")),
        sa.UniqueConstraint("allotment_id", name=op.f("uq_guest_places_allotment_id")),
        sa.UniqueConstraint(
            "ambassador_id", "event_id", name=op.f("uq_guest_places_ambassador_id_event_id")
        ),
    )
    with _registration_anew() as table:
        table.add_column(sa.Column("allotment_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_registration_allotment_id_allotment"), "allotment", ["allotment_id"], ["id"]
        )
    op.create_index(
        "ix_registration_allotment",
        "registration",
        ["allotment_id"],
        sqlite_where=CAME_BY_IT,
        postgresql_where=CAME_BY_IT,
    )


def downgrade() -> None:
    """What is held is released; who has a place keeps it. Lost: by whose places somebody came."""
    op.execute(FREED)
    op.execute(IN_THE_HALL)
    op.drop_index("ix_registration_allotment", table_name="registration")
    with _registration_anew() as table:
        table.drop_constraint("fk_registration_allotment_id_allotment", type_="foreignkey")
        table.drop_column("allotment_id")
    op.drop_table("guest_places")
    found = op.get_bind().execute(sa.text("SELECT claim_id, pool_id FROM allotment")).all()
    op.drop_table("allotment")
    for table, ids in zip(("claim", "pool"), zip(*found, strict=True), strict=False):
        rows = sa.table(table, sa.column("id"))
        op.execute(sa.delete(rows).where(rows.c.id.in_(ids)))


def _registration_anew() -> AbstractContextManager[BatchOperations]:
    """With its check, which SQLite would lose."""
    check = sa.CheckConstraint("party_size >= 1", name=op.f("ck_registration_at_least_one"))
    return op.batch_alter_table("registration", table_args=[check])
