"""Options with places of their own, in groups, and who has them.

Taken back, what people chose is lost, and so are the places of options.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "option_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("help", sa.JSON(), nullable=False),
        sa.Column("choose_most", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("open_to", sa.String(length=24), nullable=False),
        sa.Column("visible_to", sa.String(length=24), nullable=False),
        sa.CheckConstraint("choose_most >= 1", name=op.f("ck_option_group_at_least_one")),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["registration_form.id"],
            name=op.f("fk_option_group_form_id_registration_form"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option_group")),
    )
    op.create_index(op.f("ix_option_group_form_id"), "option_group", ["form_id"])
    op.create_table(
        "option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["option_group.id"],
            name=op.f("fk_option_group_id_option_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_option_pool_id_pool")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option")),
        sa.UniqueConstraint("pool_id", name=op.f("uq_option_pool_id")),
    )
    op.create_index(op.f("ix_option_group_id"), "option", ["group_id"])
    op.create_table(
        "option_signup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_option_signup_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["option_id"], ["option.id"], name=op.f("fk_option_signup_option_id_option")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_option_signup_claim_id_claim")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option_signup")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_option_signup_claim_id")),
        sa.UniqueConstraint(
            "participant_id",
            "option_id",
            name=op.f("uq_option_signup_participant_id_option_id"),
        ),
    )
    op.create_index(op.f("ix_option_signup_option_id"), "option_signup", ["option_id"])


def downgrade() -> None:
    """The pools of options go with their claims, those of earlier options stay: nobody has them."""
    op.drop_table("option_signup")
    op.execute("DELETE FROM claim WHERE pool_id IN (SELECT pool_id FROM option)")
    op.execute("CREATE TABLE lost_pool AS SELECT pool_id FROM option")
    op.drop_table("option")
    op.drop_table("option_group")
    op.execute("DELETE FROM pool WHERE id IN (SELECT pool_id FROM lost_pool)")
    op.drop_table("lost_pool")
