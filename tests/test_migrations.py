"""The migrations make the tables that the models describe, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import SQLAlchemyError

from events_app.core import clock, installation
from events_app.core.db import Base, Moment, db
from events_app.registrations import queries
from tests.demo.conftest import load

BEFORE = "0006"


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


EDITIONS = [  # id, edition, published_at
    (1, 8, None), (2, 8, "2027-01-14 11:00:00"), (3, 8, "2027-01-10 11:00:00"), (4, 9, None),
    (5, None, None), (6, None, None),
]  # fmt: skip
LONG = "binnenkort-op-de-buhne-vakmensen-voor-de-energietransitie"
ISSUES = [  # id, slug, status
    (1, "lente", "done"), (2, LONG, "done"), (3, f"{LONG}-2", "scheduled"), (4, "zomer", "draft"),
    (5, "herfst", "approved"),
]  # fmt: skip


def run(statement, **values):
    with db.engine.begin() as connection:
        return connection.execute(sa.text(statement), values)


def test_doubled_editions_and_sources_of_a_running_house_are_told_apart(unmigrated):
    upgrade(revision=BEFORE)
    run("INSERT INTO event_series (id, slug, title, description) VALUES (1, 'a', '{}', '{}')")
    for id, edition, published_at in EDITIONS:
        run(
            "INSERT INTO event (id, slug, series_id, edition, preset, ownership, status, is_listed,"
            " title, summary, description, audience, starts_at, ends_at, timezone,"
            " attendance_mode, stream_url, external_url, cover_webp, cover_alt, cover_credit,"
            " contact_email, report, cancel_note, revision, created_at, changed_at, published_at)"
            " VALUES (:id, :slug, 1, :edition, 'meeting', 'own', 'draft', true, :title,"
            " '{}', '{}', '{}', '2027-03-18 12:00:00', '2027-03-18 16:00:00', 'Europe/Amsterdam',"
            " 'offline', '', '', '{}', '{}', '', '', '{}', '{}', 1, '2027-01-01 11:00:00',"
            " '2027-01-01 11:00:00', :at)",
            id=id, slug=f"water-{id}", edition=edition, at=published_at,
            title='{"nl": "Water"}',
        )  # fmt: skip
    for id, slug, status in ISSUES:
        run(
            "INSERT INTO issue (id, slug, language, subject, preheader, blocks, is_one_language,"
            " status, version, counts, changed_by, created_at, changed_at) VALUES (:id, :slug,"
            " 'nl', '', '', '[]', false, :status, 1, '{}', '', '2027-01-01 11:00:00',"
            " '2027-01-01 11:00:00')",
            id=id, slug=slug, status=status,
        )  # fmt: skip
    upgrade()
    kept = dict(run("SELECT id, edition FROM event").all())
    assert kept == {1: None, 2: None, 3: 8, 4: 9, 5: None, 6: None}
    lines = run("SELECT subject_id, subject_label FROM journal_entry ORDER BY subject_id").all()
    assert lines == [(1, "Water"), (2, "Water")]
    sources = dict(run("SELECT id, source FROM issue").all())
    assert (sources[1], sources[5]) == ("newsletter-lente", "newsletter-herfst")
    assert all(sources[id].startswith("nl-") for id in (2, 3, 4))
    assert len(set(sources.values())) == len(ISSUES)
    downgrade(revision=BEFORE)
    assert differences() != []
    upgrade()


def test_a_table_that_no_migration_makes_is_noticed(unmigrated):
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE rate_count"))
    assert [kind for kind, *_ in differences() if kind == "add_table"] == ["add_table"]


def whole(known):
    """Every row of these tables, with these of its columns."""
    with db.engine.connect() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        return {
            name: sorted(
                str(tuple(row))
                for row in connection.execute(
                    sa.select(*(tables.tables[name].c[each] for each in names))
                )
            )
            for name, names in known.items()
        }


def test_no_row_of_a_house_that_is_lived_in_is_lost(unmigrated):
    """SQLite makes a table anew to change a column: what refers to its rows must not notice."""
    upgrade()
    load()
    db.session.remove()
    downgrade(revision=BEFORE)
    inspector = sa.inspect(db.engine)
    known = {
        name: [
            column["name"] for column in inspector.get_columns(name) if column["name"] != "epoch"
        ]
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }
    lately = clock.now() - timedelta(minutes=3, seconds=0.7)
    changed = sa.table("event", sa.column("id"), sa.column("changed_at", Moment))
    with db.engine.begin() as connection:
        connection.execute(sa.update(changed).where(changed.c.id == 2).values(changed_at=lately))
    before = whole(known)
    assert min(len(before[name]) for name in ("participant", "answer", "event_theme", "kit")) > 1
    upgrade()
    assert whole(known) == before
    assert differences() == []
    told = dict(run("SELECT id, tell_at IS NOT NULL FROM event").all())
    assert [id for id, waits in told.items() if waits] == [2], "its quiet period is not over"
    assert 2 not in queries.moved(clock.now(), limit=50)
    db.session.remove()


def test_what_cannot_be_brought_up_to_date_stays_as_it_was(unmigrated):
    upgrade(revision=BEFORE)
    run("CREATE TABLE desk_session (id integer)")  # in the way of 0012
    with pytest.raises(SQLAlchemyError):
        upgrade()
    assert rows("theme") == 44
    assert run("SELECT version_num FROM alembic_version").scalar() == BEFORE
