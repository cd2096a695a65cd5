"""The database, and the one place that commits."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 2
"""A writer on SQLite waits this long for the one lock, and is then told to come back."""
HELD_SECONDS = 2
"""The same on PostgreSQL, for a row that somebody else holds; who stands behind another waits
for both."""
STUCK_SECONDS = 0.5
"""When nobody has written for so long and the line is full, the last to come are refused."""
A_MOMENT = (0.001, 0.01)
"""Seconds between two looks whether the lock is free."""
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_followers: ContextVar[list[Callable[[], None]] | None] = ContextVar("followers", default=None)


class Moment(TypeDecorator[datetime]):
    """An aware time, stored as UTC; SQLite forgets the zone, so it is given back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            problem = "a naive time reached the database"
            raise ValueError(problem)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


type_registry = registry(
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    ),
    type_annotation_map={
        datetime: Moment(),
        dict[str, str]: JSON(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[dict[str, str]]: JSON(),
        list[dict[str, Any]]: JSON(),
        # plain text: a new word in an enum needs no change of type on PostgreSQL
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=24,
            values_callable=lambda words: [word.value for word in words],
        ),
    },
)


class Base(DeclarativeBase):
    registry = type_registry


class Keyed:
    """Mixin: the integer key that every table of a room has."""

    id: Mapped[int] = mapped_column(primary_key=True)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)


@contextmanager
def writing() -> Iterator[None]:
    """What begins a transaction in here means to write: SQLite then takes its lock at BEGIN.

    A reader that turns writer half-way is refused at once by SQLite ("database is locked"),
    however long it would wait; so unsafe requests and jobs begin as writers.
    """
    mark = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(mark)


@contextmanager
def saving() -> Iterator[None]:
    """One per door: what was changed inside is committed together, or not at all."""
    if not _writing.get() and db.session().in_transaction():
        db.session.rollback()  # ends a reader's transaction; nothing was changed outside saving()
    mark = _followers.set([])
    try:
        with writing():
            try:
                yield
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
        followers = _followers.get() or []
    finally:
        _followers.reset(mark)
    for follow in followers:
        follow()


def let_go() -> None:
    """Before slow work outside saving(): others may write meanwhile, and what was read is old."""
    db.session.rollback()


def after_commit(follow: Callable[[], None]) -> None:
    """Run `follow` when the surrounding `saving()` has committed; never when it rolled back."""
    followers = _followers.get()
    if followers is None:
        problem = "after_commit belongs inside saving()"
        raise RuntimeError(problem)
    followers.append(follow)


def upsert(model: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the database in use."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


@event.listens_for(Engine, "connect")
def _connect(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = '{HELD_SECONDS}s'")
        connection.autocommit = False
        return
    # SQLite's own knows a-z alone; PostgreSQL's knows all letters
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.isolation_level = None  # the driver's own BEGIN is deferred and comes too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if _writing.get():
        _await_turn(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _await_turn(connection: Connection) -> None:
    """SQLite's own way of waiting sleeps longer the longer it has waited: in a crowd newcomers
    overtake until the first are refused. Here all have the same chance at every moment.
    """
    sqlite: Any = connection.connection.dbapi_connection
    most = current_app.config["WRITERS"] if current_app else 1
    ends, seen = time.monotonic() + BUSY_SECONDS, None
    sqlite.execute("PRAGMA busy_timeout=0")
    try:
        with _line.joined():
            while time.monotonic() < ends and not _line.is_stuck(most):
                last, seen = seen, sqlite.execute("PRAGMA data_version").fetchone()
                if last not in (None, seen):  # somebody has written, in whatever process
                    _line.moved_at = time.monotonic()
                with suppress(sqlite3.OperationalError):
                    sqlite.execute("BEGIN IMMEDIATE")
                    return
                time.sleep(random.uniform(*A_MOMENT))  # noqa: S311 -- jitter
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        sqlite.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


class _Line:
    """Who waits in this process to write. When it does not move, not every thread may stand in it:
    one is left for readers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = 0
        self.moved_at = 0.0

    @contextmanager
    def joined(self) -> Iterator[None]:
        with self._lock:
            if not self._waiting:
                self.moved_at = time.monotonic()
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def is_stuck(self, most: int) -> bool:
        return self._waiting > most and time.monotonic() > self.moved_at + STUCK_SECONDS


_line = _Line()
