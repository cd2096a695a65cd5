"""Alembic's way into the app's database; importing events_app.app brings in every room's models."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

import events_app.app  # noqa: F401 -- knows every room
from events_app.core.db import Base, Moment, take_time

engine = current_app.extensions["migrate"].db.engine


def plain_type(kind: str, column_type: Any, _autogenerate: Any) -> str | bool:
    """A migration names the types of the database: it must still run when the app's have moved."""
    if kind == "type" and isinstance(column_type, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(column_type, sa.Enum):
        return f"sa.String({column_type.length})"
    return False


def run() -> None:
    with engine.connect() as connection, take_time(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            render_item=plain_type,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
