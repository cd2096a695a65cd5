"""Stored files: kept once under the SHA-256 of their bytes, below the instance folder."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from flask import current_app

from events_app.core.errors import NotFoundError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Of an OSError: the disk is full."""
DIGITS = 64
"""Of a SHA-256, in hex."""


class Store:
    """A folder of its own: what is dropped here is missed nowhere else."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Store the bytes and give their key (hex). Storing twice is storing once."""
        key = hashlib.sha256(data).hexdigest()
        path = self._path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(path)
        return key

    def has(self, key: str) -> bool:
        return self._path(key).exists()

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


_given = Store("files")
"""What people gave (logos, covers, pictures) and small copies of it: nobody can make it again."""
keep, path, read = _given.keep, _given.path, _given.read
drawn = Store("drawn")
"""What was made from rows, and can be made again."""
