"""Pools and claims: a pool knows no event, and whoever has or wants places has a claim.

A registration's claim has the registration's number. Of a mixed event, who takes part online has a
claim too, on a pool without a size. The line keeps its order.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NEVER_OVER = "taken >= 0 AND (size IS NULL OR taken <= size + over_allowance)"
NOT_NEGATIVE = "(size IS NULL OR size >= 0) AND over_allowance >= 0"
WAS_NEVER_OVER = "taken >= 0 AND taken <= size + over_allowance"
WAS_NOT_NEGATIVE = "size >= 0 AND over_allowance >= 0"
ONLINE_POOLS = """
    INSERT INTO pool (id, size, over_allowance, taken)
    SELECT (SELECT max(id) FROM pool) + form.id, NULL, 0, coalesce(sum(registration.party_size), 0)
    FROM registration_form AS form
    LEFT JOIN registration ON registration.event_id = form.event_id
        AND registration.is_online AND registration.status IN ('pending', 'confirmed', 'offered')
    GROUP BY form.id
"""
CLAIMS = """
    INSERT INTO claim
        (id, pool_id, places, status, asked_at, offered_at, offer_expires_at, ended_at)
    SELECT
        one.id,
        CASE WHEN one.is_online THEN form.online_pool_id ELSE one.pool_id END,
        one.party_size,
        CASE
            WHEN one.status IN ('pending', 'confirmed') THEN 'held'
            WHEN one.status = 'offered' THEN 'offered'
            WHEN one.status = 'waitlisted' AND line.status = 'pending' THEN 'asked'
            WHEN one.status = 'waitlisted' THEN 'waiting'
            ELSE 'ended'
        END,
        coalesce(line.asked_at, one.created_at),
        line.offered_at,
        CASE WHEN one.status = 'offered' THEN coalesce(line.offer_expires_at, one.changed_at)
            ELSE line.offer_expires_at END,
        CASE WHEN one.status IN ('cancelled', 'rejected', 'expired')
            THEN coalesce(one.cancelled_at, one.changed_at) END
    FROM registration AS one
    JOIN registration_form AS form ON form.event_id = one.event_id
    LEFT JOIN (
        SELECT registration_id, status, offered_at, offer_expires_at,
            max(created_at) OVER (PARTITION BY pool_id ORDER BY id) AS asked_at
        FROM waitlist_entry
    ) AS line ON line.registration_id = one.id
"""
"""Of a line that the clock was set back in, the order stays."""


LINE = """
    INSERT INTO waitlist_entry
        (registration_id, pool_id, party_size, status, created_at, offered_at, offer_expires_at)
    SELECT
        one.id,
        one.pool_id,
        claim.places,
        CASE claim.status
            WHEN 'asked' THEN 'pending'
            WHEN 'held' THEN 'accepted'
            WHEN 'ended' THEN CASE one.status WHEN 'expired' THEN 'expired' ELSE 'left' END
            ELSE claim.status
        END,
        claim.asked_at,
        claim.offered_at,
        claim.offer_expires_at
    FROM registration AS one
    JOIN claim ON claim.id = one.claim_id
    WHERE claim.status IN ('asked', 'waiting', 'offered') OR claim.offered_at IS NOT NULL
    ORDER BY claim.asked_at, claim.id
"""


def upgrade() -> None:
    for name in ("pool_id", "online_pool_id"):
        op.add_column("registration_form", sa.Column(name, sa.Integer(), nullable=True))
    op.execute(
        "UPDATE registration_form SET pool_id = (SELECT id FROM pool WHERE name = 'event'"
        " AND pool.event_id = registration_form.event_id)"
    )
    op.drop_index("ix_pool_event_id", table_name="pool")
    with pool_anew(NEVER_OVER, NOT_NEGATIVE, sqlite_autoincrement=True) as table:
        table.drop_constraint("fk_pool_event_id_event", type_="foreignkey")
        table.drop_constraint("uq_pool_event_id_name", type_="unique")
        table.drop_column("event_id")
        table.drop_column("name")
        table.alter_column("size", existing_type=sa.Integer(), nullable=True)
    op.execute("UPDATE registration_form SET online_pool_id = id + (SELECT max(id) FROM pool)")
    op.execute(ONLINE_POOLS)
    count_on("pool")
    with op.batch_alter_table("registration_form") as table:
        for name in ("pool_id", "online_pool_id"):
            table.alter_column(name, existing_type=sa.Integer(), nullable=False)
            table.create_unique_constraint(op.f(f"uq_registration_form_{name}"), [name])
            table.create_foreign_key(
                op.f(f"fk_registration_form_{name}_pool"), "pool", [name], ["id"]
            )
    _make_claims()
    op.add_column("registration", sa.Column("claim_id", sa.Integer(), nullable=True))
    op.execute("UPDATE registration SET claim_id = id")
    with registration_anew() as table:
        table.alter_column("claim_id", existing_type=sa.Integer(), nullable=False)
        table.create_unique_constraint(op.f("uq_registration_claim_id"), ["claim_id"])
        table.create_foreign_key(
            op.f("fk_registration_claim_id_claim"), "claim", ["claim_id"], ["id"]
        )
        table.drop_constraint("fk_registration_pool_id_pool", type_="foreignkey")
        table.drop_column("pool_id")
        table.drop_column("is_online")
    op.drop_table("waitlist_entry")


def _make_claims() -> None:
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("places >= 1", name=op.f("ck_claim_at_least_one")),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_claim_ends_once")
        ),
        sa.CheckConstraint(
            "status != 'offered' OR offer_expires_at IS NOT NULL", name=op.f("ck_claim_offer_ends")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pool.id"], name=op.f("fk_claim_pool_id_pool")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["claim.id"], name=op.f("fk_claim_replaces_id_claim")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sqlite_autoincrement=True,
    )
    op.execute(CLAIMS)
    count_on("claim")
    op.create_index("ix_claim_line", "claim", ["pool_id", "status", "asked_at", "id"])
    op.create_index("ix_claim_places", "claim", ["pool_id", "status", "places"])
    op.create_index("ix_claim_offer", "claim", ["status", "offer_expires_at"])


def downgrade() -> None:
    """Lost: how many places there are online, that somebody moved, and that who left had waited.

    Who waits for a place online then waits for one in the hall.
    """
    op.add_column("registration", sa.Column("pool_id", sa.Integer(), nullable=True))
    op.add_column("registration", sa.Column("is_online", sa.Boolean(), nullable=True))
    op.execute(
        "UPDATE registration SET is_online = EXISTS ("
        " SELECT 1 FROM claim JOIN registration_form ON online_pool_id = claim.pool_id"
        " WHERE claim.id = registration.claim_id AND claim.status NOT IN ('asked', 'waiting')),"
        " pool_id = (SELECT pool_id FROM registration_form"
        " WHERE registration_form.event_id = registration.event_id)"
    )
    _make_line()
    with registration_anew() as table:
        table.alter_column("pool_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("is_online", existing_type=sa.Boolean(), nullable=False)
        table.create_foreign_key(op.f("fk_registration_pool_id_pool"), "pool", ["pool_id"], ["id"])
        table.drop_constraint("fk_registration_claim_id_claim", type_="foreignkey")
        table.drop_constraint("uq_registration_claim_id", type_="unique")
        table.drop_column("claim_id")
    op.drop_table("claim")
    op.add_column("pool", sa.Column("event_id", sa.Integer(), nullable=True))
    op.add_column("pool", sa.Column("name", sa.String(), nullable=True))
    op.execute(
        "UPDATE pool SET name = 'event', event_id ="
        " (SELECT event_id FROM registration_form WHERE registration_form.pool_id = pool.id)"
    )
    with op.batch_alter_table("registration_form") as table:
        for name in ("pool_id", "online_pool_id"):
            table.drop_constraint(f"fk_registration_form_{name}_pool", type_="foreignkey")
            table.drop_constraint(f"uq_registration_form_{name}", type_="unique")
            table.drop_column(name)
    op.execute("DELETE FROM pool WHERE event_id IS NULL")
    with pool_anew(WAS_NEVER_OVER, WAS_NOT_NEGATIVE) as table:
        for name, kind in (
            ("event_id", sa.Integer()),
            ("name", sa.String()),
            ("size", sa.Integer()),
        ):
            table.alter_column(name, existing_type=kind, nullable=False)
        table.create_unique_constraint(op.f("uq_pool_event_id_name"), ["event_id", "name"])
        table.create_foreign_key(
            op.f("fk_pool_event_id_event"), "event", ["event_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index("ix_pool_event_id", "pool", ["event_id"])


def _make_line() -> None:
    op.create_table(
        "waitlist_entry",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["pool.id"], name=op.f("fk_waitlist_entry_pool_id_pool")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_waitlist_entry_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_waitlist_entry_registration_id")),
    )
    op.execute(LINE)
    op.create_index("ix_waitlist_entry_line", "waitlist_entry", ["pool_id", "status", "id"])
    op.create_index(
        op.f("ix_waitlist_entry_offer_expires_at"), "waitlist_entry", ["offer_expires_at"]
    )


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def count_on(table: str) -> None:
    """After rows that brought their ids. SQLite does so by itself."""
    if not is_sqlite():
        last = sa.select(sa.func.coalesce(sa.func.max(sa.column("id")), 0) + 1)
        after = last.select_from(sa.table(table)).scalar_subquery()
        op.execute(sa.select(sa.func.setval(f"{table}_id_seq", after, sa.false())))


@contextmanager
def pool_anew(never_over: str, not_negative: str, **kinds: bool) -> Iterator[BatchOperations]:
    """SQLite makes the table anew, with these checks; PostgreSQL changes those that it has."""
    checks = {"never_over": never_over, "not_negative": not_negative}
    if not is_sqlite():
        for name in checks:
            op.drop_constraint(op.f(f"ck_pool_{name}"), "pool", type_="check")
    args = [
        sa.CheckConstraint(words, name=op.f(f"ck_pool_{name}")) for name, words in checks.items()
    ]
    with op.batch_alter_table("pool", table_args=args, table_kwargs=kinds) as table:
        yield table
    if not is_sqlite():
        for name, words in checks.items():
            op.create_check_constraint(op.f(f"ck_pool_{name}"), "pool", words)


def registration_anew() -> AbstractContextManager[BatchOperations]:
    """With its check, which SQLite would lose."""
    check = sa.CheckConstraint("party_size >= 1", name=op.f("ck_registration_at_least_one"))
    return op.batch_alter_table("registration", table_args=[check])
