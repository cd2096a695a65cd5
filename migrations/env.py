"""Alembic's way into the app's database; importing events_app.app brings in every room's models."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

import events_app.app  # noqa: F401 -- knows every room
from events_app.core.db import Base, Moment, take_time

engine = current_app.extensions["migrate"].db.engine
is_sqlite = engine.dialect.name == "sqlite"


def plain_type(kind: str, column_type: Any, _autogenerate: Any) -> str | bool:
    """A migration names the types of the database: it must still run when the app's have moved."""
    if kind == "type" and isinstance(column_type, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(column_type, sa.Enum):
        return f"sa.String({column_type.length})"
    return False


@contextmanager
def references_rest(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a column by making the table anew. To drop the old table deletes its rows, and
    what refers to them would be refused, emptied or deleted with them.
    """
    driver: Any = connection.connection.dbapi_connection
    if is_sqlite:  # inside a transaction this has no effect
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys=ON")


def check_references(connection: sa.Connection) -> None:
    found = connection.exec_driver_sql("PRAGMA foreign_key_check").first() if is_sqlite else None
    if found:
        problem = f"a row of {found[0]} refers to a row of {found[2]} that is not there"
        raise RuntimeError(problem)


def run() -> None:
    """All migrations in one transaction: what cannot be brought up to date stays as it was."""
    with engine.connect() as connection, take_time(connection), references_rest(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=is_sqlite,
            render_item=plain_type,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            check_references(connection)


run()
