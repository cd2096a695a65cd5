"""The digest of an address is stored with the person, so that it follows when the address is corrected."""

import sqlalchemy as sa
from alembic import op

from events_app.delivery.rules import address_digest

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("email_digest", sa.LargeBinary(length=32), nullable=True))
    _fill("person", "SELECT id, email FROM person", "email_digest")
    with op.batch_alter_table("person") as table:
        table.alter_column("email_digest", nullable=False)
    with op.batch_alter_table("subscription") as table:
        table.drop_column("address_digest")


def downgrade() -> None:
    op.add_column(
        "subscription", sa.Column("address_digest", sa.LargeBinary(length=32), nullable=True)
    )
    of_readers = (
        "SELECT subscription.id, person.email FROM subscription"
        " JOIN person ON person.id = subscription.person_id"
    )
    _fill("subscription", of_readers, "address_digest")
    with op.batch_alter_table("subscription") as table:
        table.alter_column("address_digest", nullable=False)
    with op.batch_alter_table("person") as table:
        table.drop_column("email_digest")


def _fill(table: str, wanted: str, column: str) -> None:
    connection = op.get_bind()
    found = connection.execute(sa.text(wanted)).all()
    if found:
        connection.execute(
            sa.text(f"UPDATE {table} SET {column} = :digest WHERE id = :id"),  # noqa: S608 -- ours
            [{"id": key, "digest": address_digest(email)} for key, email in found],
        )
