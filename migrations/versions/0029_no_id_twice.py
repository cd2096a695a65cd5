"""SQLite never gives an id again: a page that was open for a while would act on another row."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MADE = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
INDEXES = (
    "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # a sequence of PostgreSQL gives no number twice
    for name, words in op.get_bind().execute(sa.text(MADE)).all():
        key = f"CONSTRAINT pk_{name} PRIMARY KEY"
        new = re.sub(rf",\s*{key} \(id\)", "", words)
        if new != words:
            new = re.sub(r"(\sid INTEGER NOT NULL)", rf"\1 {key} AUTOINCREMENT", new, count=1)
            _make_anew(name, re.sub(r'^CREATE TABLE "?\w+"?', "CREATE TABLE anew", new))


def _make_anew(name: str, words: str) -> None:
    """As https://sqlite.org/lang_altertable.html says; checks and references stay as they are."""
    connection = op.get_bind()
    indexes = connection.execute(sa.text(INDEXES), {"name": name}).scalars().all()
    steps = [
        words,
        f'INSERT INTO anew SELECT * FROM "{name}"',  # noqa: S608 -- our own names
        f'DROP TABLE "{name}"',
        f'ALTER TABLE anew RENAME TO "{name}"',
        *indexes,
    ]
    for step in steps:
        connection.exec_driver_sql(step)


def downgrade() -> None:
    """Earlier versions use the tables as they are."""
