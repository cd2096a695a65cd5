"""A database into a file and back, each by its own means."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from config import environment
from events_app.backups.archive import BackupError
from events_app.core.db import Base

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_SQLITE_MARK = b"SQLite format 3\0"


def kind(url: str) -> str:
    return make_url(url).get_backend_name()


def sqlite_path(url: str) -> Path:
    return Path(make_url(url).database or "").absolute()


def save(url: str, to: Path) -> str:
    """One moment of the database, while others write; gives the revision of its tables."""
    return _save_sqlite(sqlite_path(url), to) if kind(url) == SQLITE else _save_postgres(url, to)


def _save_sqlite(source: Path, to: Path) -> str:
    if not source.exists():
        problem = f"There is no database yet: {source}. Start the house first: ./run"
        raise BackupError(problem)
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=30)) as old,
            closing(sqlite3.connect(to)) as new,
        ):
            old.backup(new)  # in one step: a reader in WAL keeps no writer waiting
            new.execute("PRAGMA journal_mode=DELETE")
            check_sqlite(new)
            return _revision(new.execute("SELECT version_num FROM alembic_version").fetchone())
    except sqlite3.Error as why:
        problem = f"The database {source} cannot be copied ({why})."
        raise BackupError(problem) from why


def check_sqlite(connection: sqlite3.Connection) -> None:
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as why:
        found = why
    if found != "ok":
        problem = f"The database is damaged: {found}"
        raise BackupError(problem)


def _save_postgres(url: str, to: Path) -> str:
    tables = "huey*"  # of the queue, where it is the same database: jobs only say "look now"
    try:
        with _connected(url) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        found = None
    revision = _revision(found)
    _run("pg_dump", url, "--format=custom", f"--exclude-table={tables}", f"--file={to}")
    return revision


def _revision(row: tuple[str, ...] | None) -> str:
    if row is None:
        problem = "The database has no tables yet. Start the house first: ./run"
        raise BackupError(problem)
    return row[0]


def looks_like(database: str, path: Path) -> bool:
    with path.open("rb") as file:
        is_sqlite = file.read(len(_SQLITE_MARK)) == _SQLITE_MARK
    return is_sqlite == (database == SQLITE)


# -- back into PostgreSQL


def tables_there(url: str) -> list[str]:
    """Those of ours that the database has."""
    ours = ["alembic_version", *Base.metadata.tables]
    with _connected(url) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            " AND tablename = ANY(%s)",
            [ours],
        )
        return [name for (name,) in found]


def load(url: str, dump: Path, *, instead: bool) -> None:
    """All of it or nothing. `instead`: what an earlier try left there goes first."""
    if instead:
        names = tables_there(url)
        with _connected(url) as connection:
            for name in names:
                drop = sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(name))
                connection.execute(drop)
    _run("pg_restore", url, "--single-transaction", "--exit-on-error", str(dump))


def _connected(url: str) -> psycopg.Connection[tuple[str, ...]]:
    try:
        return psycopg.connect(_plain(url), connect_timeout=10)
    except psycopg.OperationalError as why:
        problem = f"DATABASE_URL: the database does not answer ({str(why).splitlines()[0]})."
        raise BackupError(problem) from why


def _plain(url: str, *, with_password: bool = True) -> str:
    made = make_url(url).set(drivername=POSTGRESQL)
    if not with_password:
        made = URL.create(
            made.drivername, made.username, None, made.host, made.port, made.database, made.query
        )
    return made.render_as_string(hide_password=False)


def _run(tool: str, url: str, *arguments: str) -> None:
    """The password goes by the environment: command lines can be read by everybody."""
    found = shutil.which(tool)
    if found is None:
        problem = f"{tool} is not here. Type: apt-get install postgresql-client"
        raise BackupError(problem)
    password = make_url(url).password
    done = subprocess.run(  # noqa: S603 -- no shell, and no argument of somebody else
        [found, "--no-owner", "--no-privileges", *arguments,
         f"--dbname={_plain(url, with_password=False)}"],
        env=environment(PGPASSWORD=str(password)) if password else environment(),
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if done.returncode:
        problem = f"{tool}: {' '.join(done.stderr.split())[-500:]}"
        raise BackupError(problem)
