"""Whether SQLite's file is still the one that was opened.

A file that is removed or replaced lives on for those who have it open: all would go on as before,
people would be told yes, and everything would be gone with the last process. And who opens the new
file finds the log of the old one beside it. So nothing is begun until the file is back.
"""

import os
import sqlite3
from contextlib import suppress

WORDS = (
    "its file was removed or replaced while it was open. Stop ./run and each ./run worker, put it"
    " back, and start again"
)
Mark = tuple[int, int]
"""Disk and number of a file: another file under the same name has another."""
_first: dict[str, Mark] = {}
"""Of the files that this process has open."""
_made: set[str] = set()
"""Files that were there once, when this process or the one that began it opened them."""


class Opened:
    """The file and the log of one connection, as they are when it has been opened. The log stays as
    long as somebody has the file open.
    """

    def __init__(self, path: str) -> None:
        """`path`: as SQLite itself names it, links followed. Raises sqlite3.OperationalError."""
        names = path, f"{path}-wal"
        self._marks = {name: mark for name in names if (mark := _mark(name))}
        _made.add(path)
        found = self._marks.get(path)
        if not found or _first.setdefault(path, found) != found:  # at this very moment
            raise sqlite3.OperationalError(WORDS)

    def check(self) -> None:
        """Raises sqlite3.OperationalError."""
        for name, mark in self._marks.items():
            if _mark(name) != mark:
                raise sqlite3.OperationalError(WORDS)


def check_before(path: str) -> None:
    """Before one more connection, which would make an empty file. Raises OperationalError."""
    path = os.path.realpath(path)
    found = _mark(path)
    if found != _first.get(path, found) or (found is None and path in _made):
        raise sqlite3.OperationalError(WORDS)


def let_go(path: str) -> None:
    """This process has closed it."""
    _first.pop(os.path.realpath(path), None)


def _mark(path: str) -> Mark | None:
    with suppress(FileNotFoundError, NotADirectoryError):
        found = os.stat(path)  # noqa: PTH116 -- twice for each transaction
        return found.st_dev, found.st_ino
    return None
