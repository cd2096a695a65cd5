"""The line of writers on SQLite, which has one lock for all of them.

SQLite itself sleeps longer the longer it has waited, so in a crowd newcomers overtake until the
first are refused. Here all have the same chance at every moment.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from flask import current_app, has_request_context
from sqlalchemy.engine import Connection

STUCK_SECONDS = 0.5
"""When nobody has written for this long and the line of requests is full, the last to come are
refused. Jobs wait on: they have threads of their own.
"""
A_MOMENT = (0.0002, 0.001)
"""Seconds between two looks whether the lock is free. Only the first in each process looks."""
PATIENCE = 0.05
"""Seconds between two looks of the others whether the line moves at all."""


class _Line:
    """The requests of this process that write. When the line does not move, one thread is left for
    readers.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = 0
        self.first = threading.Lock()
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


def begin(connection: Connection, *, seconds: float) -> None:
    """BEGIN IMMEDIATE, after at most so many seconds; then OperationalError."""
    sqlite: Any = connection.connection.dbapi_connection
    is_request = has_request_context()
    most = current_app.config["WRITERS"] if is_request else 0
    joined = _line.joined() if is_request else nullcontext()
    ends = time.monotonic() + seconds

    def may_wait() -> bool:
        return time.monotonic() < ends and not (is_request and _line.is_stuck(most))

    sqlite.execute("PRAGMA busy_timeout=0")
    try:
        # a file that cannot be read: the last try below says so, in SQLAlchemy's words
        with suppress(sqlite3.DatabaseError), joined:
            while may_wait():
                if _line.first.acquire(timeout=PATIENCE):
                    try:
                        if _begun(sqlite, may_wait):
                            return
                    finally:
                        _line.first.release()
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        sqlite.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")


def _begun(sqlite: Any, may_wait: Callable[[], bool]) -> bool:
    seen = None
    while may_wait():
        with suppress(sqlite3.OperationalError):
            sqlite.execute("BEGIN IMMEDIATE")
            _line.moved_at = time.monotonic()
            return True
        last, seen = seen, sqlite.execute("PRAGMA data_version").fetchone()
        if last not in (None, seen):  # somebody has written, in whatever process
            _line.moved_at = time.monotonic()
        time.sleep(random.uniform(*A_MOMENT))  # noqa: S311 -- jitter
    return False
