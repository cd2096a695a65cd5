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
    Table,
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
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import NullType, TypeDecorator

from events_app.core import database_file, postgres, write_queue
from events_app.core.errors import NotFoundError
from events_app.core.silence import Silence

log = logging.getLogger(__name__)
BUSY_SECONDS = 2
"""A writer on SQLite waits this long for the one lock, and is then told to come back."""
HELD_SECONDS = 1
"""The same on PostgreSQL, for a row that another transaction has locked; a request waits once more
(core/web.py). The third in line may wait twice as long.
"""
DEADLOCK, HELD = "40P01", "55P03"
"""PostgreSQL's words for two that wait for each other, and for a row held for HELD_SECONDS."""
NOT_FOR_US = ("42501", "25006", "0A000")
"""And for a role without the right, a database that only reads, and one that does so because it is
a copy of another (hot standby: "not supported").
"""
FOREVER = 24 * 3600
READ_COMMITTED, REPEATABLE_READ = 2, 3
"""PostgreSQL's isolation levels, as psycopg numbers them."""
_FILE = "file"
"""What is known of a connection to SQLite: its database_file.Opened."""
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
    """Mixin: the integer key that every table of a room has. None is given twice: a page that is
    open for a while, or a link, would be about another row.
    """

    id: Mapped[int] = mapped_column(primary_key=True)

    @classmethod
    def __table_cls__(cls, *args: Any, **more: Any) -> Table:
        return Table(*args, **{"sqlite_autoincrement": True, **more})


class InDoubtError(OperationalError):
    """The connection to the database broke at the commit: it may have been stored or not."""


class _Database(SQLAlchemy):
    def _teardown_session(self, exc: BaseException | None) -> None:
        """The answer is made by now: a connection that breaks here must not take it back, nor one
        that is silent keep it.
        """
        with postgres.at_most(postgres.DOOR_SECONDS):
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
    """Transactions that begin in here take SQLite's lock for writers at BEGIN.

    SQLite refuses a reader that turns writer half-way at once ("database is locked"), whatever its
    time-out. So unsafe requests and `saving()` begin as writers.
    """
    mark = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(mark)


@contextmanager
def reading() -> Iterator[None]:
    """Read in an unsafe request without taking SQLite's lock for writers.

    Rows that were read here stay loaded, and may have changed in the database before `saving()`
    uses them. So an action checks again, in its own transaction, whatever must hold: by the guarded
    UPDATE of the places, or by a unique column. Raises RuntimeError when something was changed.
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
    """Roll back, and never raise: on a broken connection there is nothing left to roll back."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def only_reads() -> bool:
    """Whether it is a copy that follows another one (PostgreSQL's hot standby)."""
    if db.engine.dialect.name == "postgresql":
        return bool(db.session.scalar(text("SELECT pg_is_in_recovery()")))
    db.session.execute(text("SELECT 1"))
    return False


def encoding() -> str:
    """Of the database's text. SQLite's is always one of Unicode."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            return str(connection.exec_driver_sql("SHOW server_encoding").scalar())
        return "UTF8"


def is_damaged(why: Exception) -> bool:
    """Whether SQLite cannot read its file. A mistake of ours is of a narrower kind."""
    return type(why) is DatabaseError


def is_theirs(why: DBAPIError) -> bool:
    """Whether it is the database that cannot do it now, and no mistake of ours."""
    is_away = isinstance(why, OperationalError) or why.connection_invalidated or is_damaged(why)
    return is_away or _sqlstate(why) in NOT_FOR_US


def is_in_the_way(why: Exception) -> bool:
    """Whether another transaction was. Nothing of this one is stored; it may go well next time."""
    return _sqlstate(why) in (DEADLOCK, HELD)


def _sqlstate(why: Exception) -> str | None:
    """PostgreSQL's word for what went wrong."""
    return getattr(getattr(why, "orig", None), "sqlstate", None)


def note_trouble(why: Exception, where: str) -> None:
    """Log that the database is too busy, each time; or that it is away or damaged, once until it
    is back.
    """
    is_away = isinstance(why, DBAPIError) and (
        why.connection_invalidated or why.statement is None or is_damaged(why)
    )
    words = getattr(why, "orig", why)
    if is_away:
        _silence.begins(words)
    elif isinstance(why, DBAPIError):
        log.warning("the database does not do it, at %s: %s", where, words)


def let_go() -> None:
    """End the transaction before slow work outside `saving()`, so that others may write.

    Rows that were read before may be out of date afterwards.
    """
    db.session.rollback()


def after_commit(follow: Callable[[], None]) -> None:
    """Run `follow` when the surrounding `saving()` has committed; never when it rolled back."""
    followers = _followers.get()
    if followers is None:
        problem = "after_commit belongs inside saving()"
        raise RuntimeError(problem)
    followers.append(follow)


def forget_log() -> None:
    """After erasing: empty SQLite's write-ahead log, which may still hold the erased words.

    While somebody else reads or writes the log cannot be emptied. It then is at the next call, or
    when SQLite does it by itself. It does not wait for a reader: who waits keeps all writers out.
    """
    if db.engine.dialect.name == "sqlite":
        with suppress(OperationalError), db.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")  # a checkpoint runs outside any transaction
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            try:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def raw(*columns: Any) -> list[Any]:
    """These columns as the driver gives them: cheap, to compare."""
    return [type_coerce(column, NullType).label(f"raw{n}") for n, column in enumerate(columns)]


def columns(*models: Any) -> list[Any]:
    """All of these (aliased) models, in order."""
    return [column for model in models for column in inspect(model).selectable.c]


def joined(*columns: Any) -> ColumnElement[str]:
    """These columns of all rows as one text, made by the database: cheaper where there are many.

    The two characters between values and rows cannot be typed in a form (core/forms.py).
    """
    between = "\x1f"
    words: ColumnElement[str] = literal("")
    for column in columns:
        words = words + between + func.coalesce(cast(column, String), "-")
    return func.aggregate_strings(words, "\x1e")


def written_in_json(words: str) -> str:
    """These words as a JSON column stores them, to search its text for them."""
    return json.dumps(words)[1:-1]


def rows(wanted: Executable, values: dict[str, Any]) -> Sequence[Any]:
    """Plain rows of a statement that was built once, in a third of the time of ORM objects.

    To compare them, take `tuple(row)`: the repr of a row leaves out the middle of long values.
    """
    session = db.session()
    session.flush()
    return session.connection().execute(wanted, values).all()


def hold(row: Base) -> None:
    """Lock this row until the transaction ends, and read it anew.

    Rows that point at it may still be added: people can register while their event is edited.
    Raises NotFoundError when the row has gone.
    """
    model = type(row)
    keys = inspect(model).primary_key
    wanted = select(*keys).where(tuple_(*keys) == inspect(row).identity)
    # of this table alone: a lock cannot be laid on what is joined to it
    if db.session.execute(wanted.with_for_update(key_share=True)).first() is None:
        raise NotFoundError
    db.session.expire(row)


def exists(model: type[Base], key: int) -> bool:
    return db.session.get(model, key) is not None


def hold_table(model: type[Base]) -> None:
    """Nobody else writes to this table until the transaction ends; on SQLite they cannot anyway."""
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
    SET jit = off;
    SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3
"""
"""For a statement that it takes for dear PostgreSQL would compile machine code (jit), which takes
longer than any of ours. The last line lets the server notice within half a minute that a machine of
ours has gone, and release the rows that it had locked.
"""


def take_time(connection: Connection) -> AbstractContextManager[None]:
    """For a migration: statements on this connection may take as long as they need."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.commit()
    return postgres.at_most(FOREVER)


@event.listens_for(Engine, "do_connect")
def _open_line(
    dialect: Dialect, _record: Any, given: Any, parameters: dict[str, Any]
) -> postgres.Connection | None:
    if dialect.name == "postgresql":
        return postgres.connect(**parameters)
    database_file.check_before(given[0])
    return None


@event.listens_for(Engine, "engine_disposed")
def _forget_file(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        database_file.let_go(str(engine.url.database))


@event.listens_for(Engine, "connect")
def _connect(connection: Any, record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        _open_file(connection, record)
    else:
        connection.autocommit = True
        connection.execute(_LIMITS)
        connection.autocommit = False
    _silence.is_over()


def _open_file(connection: sqlite3.Connection, record: Any) -> None:
    # SQLite's own knows a-z alone; PostgreSQL's knows all letters
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.isolation_level = None  # the driver's own BEGIN is deferred and comes too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    record.info[_FILE] = database_file.Opened(path)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """A reader sees one moment, whatever is committed between its statements."""
    if connection.dialect.name != "sqlite":
        driver: Any = connection.connection.dbapi_connection
        driver.isolation_level = READ_COMMITTED if _writing.get() else REPEATABLE_READ
        driver.read_only = False
        return
    _check_file(connection)
    if _writing.get():
        write_queue.begin(connection, seconds=BUSY_SECONDS)
    else:
        connection.exec_driver_sql("BEGIN")


@event.listens_for(Session, "after_begin")
def _only_read(_session: Session, _transaction: Any, connection: Connection) -> None:
    """Nothing was sent yet. The server holds a reader to it, so its end can be cheap
    (postgres.Connection.rollback).
    """
    if connection.dialect.name == "postgresql" and not _writing.get():
        driver: Any = connection.connection.dbapi_connection
        driver.read_only = True


def _check_file(connection: Connection) -> None:
    try:
        connection.info[_FILE].check()
    except sqlite3.OperationalError as why:
        raise OperationalError(None, None, why) from why
    if _silence.why == database_file.WORDS:
        _silence.is_over()
