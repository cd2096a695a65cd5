"""Stored files: kept once under the SHA-256 of their bytes, below the instance folder."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from events_app.core import clock
from events_app.core.errors import NotFoundError
from events_app.core.queue import every_night

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Of an OSError: the disk is full."""
DIGITS = 64
"""Of a SHA-256, in hex."""
_DRAFT = "tmp"
ONE_HOUR = timedelta(hours=1)
"""Nobody writes a file for so long."""


class Store:
    """A folder of its own: what is dropped here is missed nowhere else."""

    def __init__(self, folder: str, *, is_made_again: bool = False) -> None:
        self._folder, self._is_made_again = folder, is_made_again

    def keep(self, data: bytes) -> str:
        """Store the bytes and give their key (hex). Storing twice is storing once."""
        key = hashlib.sha256(data).hexdigest()
        path = self._path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, data)
            if not self._is_made_again:
                for folder in (path.parent, self._root, self._root.parent):
                    _sync(folder)
        return key

    def has(self, key: str) -> bool:
        return self._path(key).exists()

    def clear_drafts(self, *, before: datetime) -> None:
        """What was begun and never finished: its process was killed, or the disk was full."""
        for path in self._root.glob(f"??/{_DRAFT}*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()

    def older(self, moment: datetime) -> Iterator[str]:
        """The keys of files that were stored before."""
        for path in self._root.glob("??/*"):
            with suppress(FileNotFoundError):  # dropped meanwhile
                if len(path.name) == DIGITS and path.stat().st_mtime < moment.timestamp():
                    yield path.name

    def path(self, key: str) -> Path:
        """Where the file lies. Raises NotFoundError when it is not there."""
        found = self._path(key)
        if not found.exists():
            raise NotFoundError
        return found

    def read(self, key: str) -> bytes:
        return self.path(key).read_bytes()

    def drop(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if len(key) != DIGITS or not set(key) <= set("0123456789abcdef"):
            raise NotFoundError
        return self._root / key[:2] / key

    @property
    def _root(self) -> Path:
        return Path(current_app.config["INSTANCE"]) / self._folder


def _write(path: Path, data: bytes) -> None:
    """Whole, or not at all: also where the power fails or there is no room."""
    with tempfile.NamedTemporaryFile(prefix=_DRAFT, dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _sync(folder: Path) -> None:
    """A file that is safe on the disk is only found there when its name is, too."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


_given = Store("files")
"""What people gave (logos, covers, pictures) and small copies of it: nobody can make it again."""
keep, path, read = _given.keep, _given.path, _given.read
drawn = Store("drawn", is_made_again=True)
"""What was made from rows, and can be made again."""


@every_night
def clear_drafts() -> None:
    for store in (_given, drawn):
        store.clear_drafts(before=clock.now() - ONE_HOUR)
