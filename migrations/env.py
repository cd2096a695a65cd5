"""Alembic's way into the app's database; importing events_app.app brings in every room's models."""

from alembic import context
from flask import current_app

import events_app.app  # noqa: F401 -- knows every room
from events_app.core.db import Base

engine = current_app.extensions["migrate"].db.engine


def run() -> None:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=True,
            user_module_prefix="events_app.core.db.",
        )
        with context.begin_transaction():
            context.run_migrations()


run()
