"""Stored files: kept once under the SHA-256 of their bytes, below the instance folder.

A file stays as long as a row holds its key, and a day longer. Columns that hold keys of `files/`
say so where they are declared, with `info=files.OWNER`; no other list exists.
"""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import JSON, Column, String, cast, select

from events_app.core.db import Base, db
from events_app.core.errors import NotFoundError
from events_app.core.silence import Silence

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Of an OSError: the disk is full."""
DIGITS = 64
"""Of a SHA-256, in hex."""
OWNER = {"owns": "files"}
"""`info` of a column whose rows own files: it holds a key, or JSON with keys in it."""
GRACE = timedelta(days=1)
"""How long a file without an owner stays after it was stored or given up. Its row may be on the way
(a page with a new picture stays open for hours); and who read its key a moment ago, such as a copy,
a kit or a backup that is being made, still finds it.
"""
AT_ONCE = 200
_disk = Silence("the disk", fault="has no room", end="has room again")
_DRAFT = "tmp"
FOR_US, FOR_ALL = 0o600, 0o644
"""Who may read a file: the user of the house, or every user of this machine."""
_KEY = re.compile(r"[0-9a-f]{64}")
_ASIDE = ".gone"


class Store:
    """A folder of files under their SHA-256. Dropping a file in one store touches no other."""

    def __init__(self, folder: str, *, is_made_again: bool = False) -> None:
        self._folder, self._is_made_again = folder, is_made_again

    def keep(self, data: bytes) -> str:
        """Store the bytes and give their key (hex). Storing twice is storing once."""
        key = key_of(data)
        if not self.renew(key):
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, data)
            if not self._is_made_again:
                for folder in (path.parent, self._root, self._root.parent):
                    _sync(folder)
        return key

    def renew(self, key: str, now: datetime | None = None) -> bool:
        """Let the file count as stored at this moment. False: it is not there."""
        times = (now.timestamp(), now.timestamp()) if now else None
        try:
            os.utime(self._path(key), times)
        except FileNotFoundError:
            return False
        return self.has(key)  # it may have been moved aside between being found and being renewed

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

    def drop_older(self, key: str, moment: datetime) -> None:
        """Drop the file, unless it was stored again since `moment`.

        It is moved aside first. Whoever stores it again meanwhile either renewed it before, which
        is seen here, or does not find it and writes it anew.
        """
        path = self._path(key)
        aside = path.with_suffix(_ASIDE)
        with suppress(FileNotFoundError):  # somebody else drops it at this moment
            path.rename(aside)
            if aside.stat().st_mtime < moment.timestamp():
                aside.unlink()
            else:
                aside.rename(path)

    def drop_unfinished(self, moment: datetime) -> None:
        """What a process left that was killed before `moment` while it wrote or dropped a file."""
        for pattern in (f"??/{_DRAFT}*", f"??/*{_ASIDE}"):
            _drop_left(self._root, pattern, moment)

    def _path(self, key: str) -> Path:
        if len(key) != DIGITS or not set(key) <= set("0123456789abcdef"):
            raise NotFoundError
        return self._root / key[:2] / key

    @property
    def _root(self) -> Path:
        return Path(current_app.config["INSTANCE"]) / self._folder


def key_of(data: bytes) -> str:
    """The key under which these bytes are, or would be, stored."""
    return hashlib.sha256(data).hexdigest()


def note_no_room(why: OSError) -> None:
    """In the log: once, until something is stored again."""
    _disk.begins(why)


def write(path: Path, data: bytes, *, mode: int = FOR_US) -> None:
    """Whole, or not at all: also where the power fails or there is no room. Who reads meanwhile has
    the old file.
    """
    with _draft(path.parent) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
            Path(file.name).replace(path)
            _disk.is_over()
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _draft(folder: Path) -> IO[bytes]:
    try:
        return tempfile.NamedTemporaryFile(prefix=_DRAFT, dir=folder, delete=False)
    except PermissionError as why:  # nobody knows the draft's own name
        raise PermissionError(why.errno, why.strerror, str(folder)) from why


def _sync(folder: Path) -> None:
    """Write the folder to the disk too: a file is only found again when its name is there."""
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


def owners() -> list[Column[Any]]:
    """All columns that hold keys of `files/`."""
    tables = Base.metadata.sorted_tables
    return [column for table in tables for column in table.c if column.info == OWNER]


def release(keys: Collection[str | None], *, now: datetime) -> None:
    """A row gives up these files. Those that no other row owns go when GRACE is over."""
    for key in filter(None, keys):
        _given.renew(key, now)


def drop_ownerless(*, now: datetime) -> None:
    """Nightly: files that no row owns, and what a killed process left. Reads all owners once."""
    moment = now - GRACE
    owned = _owned()
    for key in _given.older(moment):
        if key not in owned:
            _given.drop_older(key, moment)
    for store in (_given, drawn):
        store.drop_unfinished(moment)
    _drop_left(Path(current_app.config["INSTANCE"]), f"{_DRAFT}*", moment)


def _drop_left(folder: Path, pattern: str, moment: datetime) -> None:
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < moment.timestamp():
                path.unlink()


def _owned() -> set[str]:
    """All keys that rows hold."""
    found: set[str] = set()
    for column in owners():
        words = cast(column, String) if isinstance(column.type, JSON) else column
        wanted = select(words).where(words.is_not(None)).execution_options(yield_per=AT_ONCE)
        for some in db.session.scalars(wanted):
            found.update(_KEY.findall(some))
    return found
