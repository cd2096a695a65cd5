"""The migrations make the tables that the models describe, on SQLite and on PostgreSQL."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import current_app
from flask_migrate import downgrade, upgrade

from events_app.core import installation
from events_app.core.db import Base, db


def differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def rows(table):
    with db.engine.connect() as connection:
        return connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))


def test_migrations_and_models_agree(unmigrated):
    upgrade()
    assert differences() == []
    assert rows("theme") == 44


def test_a_running_house_keeps_the_name_that_its_calendars_have(unmigrated):
    current_app.config["BASE_URL"] = "https://toen.example.org"
    upgrade()
    current_app.config["BASE_URL"] = "https://later.example.org"
    assert installation.name() == "toen.example.org"
    db.session.remove()


def test_every_migration_can_be_taken_back_and_made_again(unmigrated):
    upgrade()
    downgrade(revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert differences() == []
    assert rows("theme") == 44


def test_a_table_that_no_migration_makes_is_noticed(unmigrated):
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE rate_count"))
    assert [kind for kind, *_ in differences() if kind == "add_table"] == ["add_table"]
