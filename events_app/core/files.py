"""Stored files, below the instance folder.

What the house shows is kept once, under the SHA-256 of its bytes. Such a file stays as long as a
row holds its key, and a day longer. What people send with a form has a random name, one row that
owns it, and goes with that row.

Columns that hold keys say so where they are declared, with `info=files.OWNER` or
`info=files.SENDER`; no other list exists.
"""

import errno
import hashlib
import logging
import os
import re
import secrets
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from flask import current_app, g, has_request_context
from sqlalchemy import JSON, Column, String, cast, select
from sqlalchemy.exc import SQLAlchemyError

from events_app.core.db import Base, db
from events_app.core.errors import NotFoundError
from events_app.core.silence import Silence

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Of an OSError: the disk is full."""
DIGITS = 64
"""Of a SHA-256, in hex."""
OWNER = {"owns": "files"}
"""`info` of a column whose rows own files: it holds a key, or JSON with keys in it."""
SENDER = {"owns": "sent"}
"""`info` of a column whose rows each own a file that somebody sent: it holds the key."""
GRACE = timedelta(days=1)
"""How long a file without an owner stays after it was stored or given up. Its row may be on the way
(a page with a new picture stays open for hours); and who read its key a moment ago, such as a copy,
a kit or a backup that is being made, still finds it.
"""
ON_ITS_WAY = timedelta(hours=1)
"""How long a file that somebody sent may wait for its row: longer than any request takes."""
AT_ONCE = 200
log = logging.getLogger(__name__)
_disk = Silence("the disk", fault="has no room", end="has room again")
_DRAFT = "tmp"
FOR_US, FOR_ALL = 0o600, 0o644
"""Who may read a file: the user of the house, or every user of this machine."""
_KEY = re.compile(r"[0-9a-f]{64}")
_ASIDE = ".gone"
_ON_THEIR_WAY = "files_on_their_way"
"""In Flask's `g`: keys of what came with this request."""


class Store:
    """A folder of files under their SHA-256. Dropping a file in one store touches no other."""

    def __init__(self, folder: str, *, is_made_again: bool = False) -> None:
        self._folder, self._is_made_again = folder, is_made_again

    def keep(self, data: bytes) -> str:
        """Store the bytes and give their key (hex). Storing twice is storing once."""
        key = key_of(data)
        if not self.renew(key):
            self._store(key, data)
        return key

    def _store(self, key: str, data: bytes) -> None:
        path = self._path(key)
        for folder in (self._root, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        write(path, data)
        if not self._is_made_again:
            for folder in (path.parent, self._root, self._root.parent):
                _sync(folder)

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
        """Where the file is. Raises NotFoundError when it is not there."""
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


class SentStore(Store):
    """Files that people send. Two with the same bytes are two files, and neither name tells what is
    in it.
    """

    def keep(self, data: bytes) -> str:
        """Store the bytes before the transaction of the row that will own them; give their key.

        At the end of the request the file goes again, unless a row owns it by then.
        """
        key = secrets.token_hex(DIGITS // 2)
        if has_request_context():
            g.setdefault(_ON_THEIR_WAY, set()).add(key)
        self._store(key, data)
        return key

    def forget(self, keys: Collection[str | None]) -> None:
        """The rows that owned them are gone. Never before the commit: db.after_commit."""
        for key in filter(None, keys):
            try:
                self.drop(key)
            except OSError as why:  # the night tries again
                log.warning("a file that was sent cannot be dropped: %s", why.strerror)


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
sent = SentStore("sent")
"""What people sent with a form: for them and for who may see the answer, never for everyone."""


def owners(mark: Mapping[str, str] = OWNER) -> list[Column[Any]]:
    """All columns that hold keys of `files/`, or with SENDER those of `sent/`."""
    tables = Base.metadata.sorted_tables
    return [column for table in tables for column in table.c if column.info == mark]


def release(keys: Collection[str | None], *, now: datetime) -> None:
    """A row gives up these files. Those that no other row owns go when GRACE is over."""
    for key in filter(None, keys):
        _given.renew(key, now)


def drop_ownerless(*, now: datetime) -> None:
    """Nightly: files that no row owns, and what a killed process left. Reads all owners once."""
    moment = now - GRACE
    for store, mark, until in ((_given, OWNER, moment), (sent, SENDER, now - ON_ITS_WAY)):
        owned = _owned(mark)
        for key in store.older(until):
            if key not in owned:
                store.drop_older(key, until)
    for store in (_given, drawn, sent):
        store.drop_unfinished(moment)
    _drop_left(Path(current_app.config["INSTANCE"]), f"{_DRAFT}*", moment)


def _drop_left(folder: Path, pattern: str, moment: datetime) -> None:
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < moment.timestamp():
                path.unlink()


def leave_to_the_night() -> None:
    """Whether a row owns what came with this request will be known later."""
    g.pop(_ON_THEIR_WAY, None)


def drop_what_nobody_took() -> None:
    """At the end of a request: files that came with it and have no row, because it was refused or
    failed. Where the database cannot say, the night looks.
    """
    keys = g.pop(_ON_THEIR_WAY, None)
    if not keys:
        return
    try:
        taken = {
            key
            for column in owners(SENDER)
            for key in db.session.scalars(select(column).where(column.in_(keys)))
        }
    except SQLAlchemyError:
        return
    sent.forget(keys - taken)


def _owned(mark: Mapping[str, str]) -> set[str]:
    """All keys that rows hold."""
    found: set[str] = set()
    for column in owners(mark):
        words = cast(column, String) if isinstance(column.type, JSON) else column
        wanted = select(words).where(words.is_not(None)).execution_options(yield_per=AT_ONCE)
        for some in db.session.scalars(wanted):
            found.update(_KEY.findall(some))
    return found
