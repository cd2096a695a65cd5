"""The database, and the one place that commits."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Executable,
    MetaData,
    String,
    cast,
    event,
    func,
    inspect,
    literal,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import NullType, TypeDecorator

from events_app.core import postgres, turns
from events_app.core.errors import NotFoundError
from events_app.core.silence import Silence

log = logging.getLogger(__name__)
BUSY_SECONDS = 2
"""A writer on SQLite waits this long for the one lock, and is then told to come back."""
HELD_SECONDS = 2
"""The same on PostgreSQL, for a row that somebody else holds; who stands behind another waits
for both."""
FOREVER = 24 * 3600
READ_COMMITTED, REPEATABLE_READ = 2, 3
"""PostgreSQL's isolation levels, as psycopg numbers them."""
_silence = Silence("the database")
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


LARGEST_KEY = 2**31 - 1
"""Of an integer key, in either database."""


class Keyed:
    """Mixin: the integer key that every table of a room has."""

    id: Mapped[int] = mapped_column(primary_key=True)


class InDoubtError(OperationalError):
    """The line to the database broke at the commit: it may have been stored or not."""


class _Database(SQLAlchemy):
    def _teardown_session(self, exc: BaseException | None) -> None:
        """The answer is made by now: a line that breaks here must not take it back."""
        try:
            super()._teardown_session(exc)
        except SQLAlchemyError:
            self.session().invalidate()
            super()._teardown_session(exc)


db = _Database(
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
def reading() -> Iterator[None]:
    """In an unsafe request: look first, and keep no writer waiting meanwhile.

    What was read stays at hand and may be old when it is used, so an action asks once more for what
    must hold: the guarded UPDATE of the places, a unique address.
    """
    is_unsafe = _writing.get()
    if is_unsafe and db.session().in_transaction():
        _check_unchanged()
        db.session.rollback()  # gives back a lock under which nothing was written
    mark = _writing.set(False)
    try:
        yield
        _check_unchanged()
        if is_unsafe:
            db.session.commit()  # unlike a rollback, it leaves what was read as it is
    except BaseException:
        roll_back()
        raise
    finally:
        _writing.reset(mark)


def _check_unchanged() -> None:
    is_saving = _followers.get() is not None
    if is_saving or db.session.new or db.session.dirty or db.session.deleted:
        problem = "something was changed while reading()"
        raise RuntimeError(problem)


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
                _commit()
            except BaseException:
                roll_back()
                raise
        followers = _followers.get() or []
    finally:
        _followers.reset(mark)
    for follow in followers:
        follow()


def _commit() -> None:
    db.session.flush()
    try:
        db.session.commit()
    except DBAPIError as why:
        if why.connection_invalidated and why.orig is not None:
            raise InDoubtError(why.statement, why.params, why.orig) from why
        raise


def roll_back() -> None:
    """Also where the line to the database broke: nothing is left there to roll back."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def note_trouble(why: Exception, where: str) -> None:
    """In the log: each time that the database is too busy, once while it is away."""
    is_away = isinstance(why, DBAPIError) and (why.connection_invalidated or why.statement is None)
    words = getattr(why, "orig", why)
    if is_away:
        _silence.begins(words)
    elif isinstance(why, DBAPIError):
        log.warning("the database does not do it, at %s: %s", where, words)


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


def forget_log() -> None:
    """After erasing: what SQLite's file no longer holds may still stand in the log beside it.

    Who reads or writes at this moment keeps the log alive; then the next time, or SQLite itself,
    empties it.
    """
    if db.engine.dialect.name == "sqlite":
        with suppress(OperationalError), db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")  # a checkpoint stands outside any transaction
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def raw(*columns: Any) -> list[Any]:
    """These columns as the driver gives them: cheap, to compare."""
    return [type_coerce(column, NullType).label(f"raw{n}") for n, column in enumerate(columns)]


def columns(*models: Any) -> list[Any]:
    """All of these (aliased) models, in order."""
    return [column for model in models for column in inspect(model).selectable.c]


def joined(*columns: Any) -> ColumnElement[str]:
    """The same of all rows, as one text that the database makes: cheaper where there are many.

    Neither character between them can be typed in a form (core/forms.py).
    """
    between = "\x1f"
    words: ColumnElement[str] = literal("")
    for column in columns:
        words = words + between + func.coalesce(cast(column, String), "-")
    return func.aggregate_strings(words, "\x1e")


def written_in_json(words: str) -> str:
    """As a JSON column holds these words: its text can then be searched for them."""
    return json.dumps(words)[1:-1]


def rows(wanted: Executable, values: dict[str, Any]) -> Sequence[Any]:
    """Plain rows of a statement built once: at a third of what the session takes for them.

    To compare them, take `tuple(row)`: the repr of a row leaves out the middle of long values.
    """
    session = db.session()
    session.flush()
    return session.connection().execute(wanted, values).all()


def hold(row: Base) -> None:
    """Read it anew, and nobody else changes it until this transaction ends.

    What points at it may still be added: people register while their event is edited.
    Raises NotFoundError.
    """
    model = type(row)
    keys = inspect(model).primary_key
    wanted = select(*keys).where(tuple_(*keys) == inspect(row).identity)
    # of this table alone: a lock cannot be laid on what is joined to it
    if db.session.execute(wanted.with_for_update(key_share=True)).first() is None:
        raise NotFoundError
    db.session.expire(row)


def hold_table(model: type[Base]) -> None:
    """Nobody else writes in it until this transaction ends; on SQLite nobody writes anywhere."""
    if db.engine.dialect.name == "postgresql":
        name = db.engine.dialect.identifier_preparer.quote(model.__tablename__)
        db.session.execute(text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))


def upsert(model: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the database in use."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


_LIMITS = f"""
    SET lock_timeout = '{HELD_SECONDS}s';
    SET statement_timeout = '{postgres.STATEMENT_SECONDS}s';
    SET idle_in_transaction_session_timeout = '{postgres.IDLE_SECONDS}s';
    SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3
"""
"""The last line is for the server: it soon sees that a machine of ours is gone, and lets go of the
rows that it held.
"""


def take_time(connection: Connection) -> AbstractContextManager[None]:
    """For a migration: statements on this line may take as long as they need."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.commit()
    return postgres.at_most(FOREVER)


@event.listens_for(Engine, "do_connect")
def _open_line(
    dialect: Dialect, _record: Any, _given: Any, parameters: dict[str, Any]
) -> postgres.Line | None:
    return postgres.line(**parameters) if dialect.name == "postgresql" else None


@event.listens_for(Engine, "connect")
def _connect(connection: Any, _record: Any) -> None:
    _silence.is_over()
    if not isinstance(connection, sqlite3.Connection):
        connection.autocommit = True
        connection.execute(_LIMITS)
        connection.autocommit = False
        return
    # SQLite's own knows a-z alone; PostgreSQL's knows all letters
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.isolation_level = None  # the driver's own BEGIN is deferred and comes too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """A reader sees one moment, whatever is committed between its statements."""
    if connection.dialect.name != "sqlite":
        driver: Any = connection.connection.dbapi_connection
        driver.isolation_level = READ_COMMITTED if _writing.get() else REPEATABLE_READ
    elif _writing.get():
        turns.begin(connection, seconds=BUSY_SECONDS)
    else:
        connection.exec_driver_sql("BEGIN")
