"""Connections to PostgreSQL that never wait for ever.

A server that has gone closes its connections. One that falls silent (a pulled cable, a frozen
machine, a router that forgot us) does not: they stay open and nothing comes. So each wait has a
limit here. A connection that was silent that long is closed, and for a moment nobody tries a new
one.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from flask import has_request_context
from psycopg.errors import ConnectionTimeout, _WaitTimeout
from psycopg.pq import TransactionStatus

CONNECT_SECONDS = 2
DOOR_SECONDS = 4.5
"""For one answer while somebody waits for a page. Longer than two waits for a held row
(core/db.py), shorter than five seconds.
"""
STATEMENT_SECONDS = 60
"""The server gives up a statement of a job after this."""
JOB_SECONDS = STATEMENT_SECONDS + 2
IDLE_SECONDS = 300
"""The server ends a transaction in which nothing was asked for so long, and lets go of its rows."""
REST_SECONDS = 1
LOOK_SECONDS = 0.1
USUAL: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 4000,
}
"""What a URL does not say itself; libpq's names. They find a dead machine; the limits above also
find a proxy that takes what is sent and says nothing.
"""
_limit: ContextVar[float | None] = ContextVar("limit", default=None)


def _is_news(record: logging.LogRecord) -> bool:
    """Whoever reads from a cursor hears that its connection is lost. SQLAlchemy tells of it once
    more, with a traceback, when it closes the cursor.
    """
    why = record.exc_info and record.exc_info[1]
    return not isinstance(why, psycopg.OperationalError)


logging.getLogger("sqlalchemy.pool.impl.QueuePool").addFilter(_is_news)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Wait at most so long for each answer in here: less for `/health`, more for a migration."""
    mark = _limit.set(seconds)
    try:
        yield
    finally:
        _limit.reset(mark)


def _patience() -> float:
    usual = DOOR_SECONDS if has_request_context() else JOB_SECONDS
    return _limit.get() or usual


class _Rest:
    """After one caller has waited for a silent database, all others are refused for a moment."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + REST_SECONDS

    def check(self) -> None:
        if time.monotonic() < self._until:
            problem = "the database did not answer a moment ago"
            raise psycopg.OperationalError(problem)


_rest = _Rest()


class Connection(psycopg.Connection[Any]):
    patience: float | None = None
    """Seconds for an answer, whoever waits."""

    def wait(self, gen: Any, interval: float = LOOK_SECONDS, timeout: float | None = None) -> Any:
        """Every answer is waited for in here. With a `timeout` the caller hears of it itself."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        seconds = self.patience or _patience()
        try:
            return super().wait(gen, interval, seconds)
        except _WaitTimeout as why:
            _rest.begin()
            self.pgconn.finish()
            problem = f"the database said nothing for {seconds:g} seconds"
            raise psycopg.OperationalError(problem) from why

    def rollback(self) -> None:
        """Who only read has nothing to take back, and ends by COMMIT: at ROLLBACK psycopg forgets
        what it has prepared, and the server would plan each statement of a page again.
        """
        if self.read_only and self.info.transaction_status is TransactionStatus.INTRANS:
            self.commit()
        else:
            super().rollback()


def connect(url: str = "", *, patience: float | None = None, **given: Any) -> Connection:
    """A new connection, opened within CONNECT_SECONDS. Raises psycopg.OperationalError."""
    _rest.check()
    try:
        made = Connection.connect(url, **{**USUAL, **given})
    except ConnectionTimeout:
        _rest.begin()
        raise
    made.patience = patience
    return made
