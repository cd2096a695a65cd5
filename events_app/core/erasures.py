"""The list of who asked to be forgotten, or to be written to no more, kept outside the database for
a restored backup.

Each request is a line: when, of what kind, a keyed digest of whose it was, which names nobody, and
which secret key it was made with. There is a file a month in the folder `erased`; no backup
holds it, so none can overwrite it. A line reaches the disk before the transaction that wipes is
committed. If that fails, somebody is on the list and still there, which harms nobody.

The list is in the order in which it was written, whatever the clock said: what follows the
line of a backup came after it. So a line never goes into an earlier month than the last file.
"""

import errno
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from flask import current_app

from events_app.core import tokens
from events_app.core.errors import Refusal
from events_app.core.files import NO_ROOM
from events_app.core.text import lazy as _

log = logging.getLogger(__name__)
FOLDER = "erased"
A_MONTH = timedelta(days=31)
LATE = timedelta(minutes=1)
"""A line may be this much older than the commit that wipes."""
WORDS, WITH_KEY = 3, 4
"""Lines of a former version do not say with which key."""
DIGITS = 64
"""Of the mark of a key."""


class LineKind(StrEnum):
    ADDRESS = "address"
    PERSON = "person"
    REGISTRATION = "registration"
    GUEST = "guest"
    WITHDRAWN = "withdrawn"
    """A consent, also by unsubscribing."""
    OBJECTED = "objected"
    """Its mark is what the house keeps of an objection for ever, not keyed: whose it is may be in
    no backup, and is not written to all the same.
    """
    BACKUP = "backup"
    """Not an erasure: from here on this list goes on from that backup without a gap."""


_WITH_KEY = (LineKind.WITHDRAWN, LineKind.OBJECTED)
"""Kinds that no former version wrote: such a line without its key is torn."""


class NotWritten(Refusal):
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing was changed, for it cannot be written down now who asked for it."
                " Tell whoever runs this house: the log says why."
            )
        )


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    kind: LineKind
    mark: str
    key: str = ""
    """The mark of the secret key (tokens.key_mark)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is meant by lines of the list; `keys`: the secret keys that these may be made with."""

    marks: Mapping[tuple[LineKind, str], datetime]
    """And when they asked."""
    keys: tuple[str, ...]
    is_blind: bool = False
    """The list may lack who unsubscribed, objected or withdrew a consent."""

    def names(self, kind: LineKind, *whose: str) -> bool:
        return self.when(kind, *whose) is not None

    def when(self, kind: LineKind, *whose: str) -> datetime | None:
        made = ((kind, mark(kind, one, key=key)) for one in whose for key in self.keys)
        return next((self.marks[each] for each in made if each in self.marks), None)

    def of(self, kind: LineKind) -> dict[str, datetime]:
        """The marks themselves."""
        return {mark: at for (each, mark), at in self.marks.items() if each is kind}


def note(kind: LineKind, whose: str, *, now: datetime) -> None:
    """Inside `saving()`, as the last thing before the commit. Raises NotWritten; OSError where the
    disk is full.
    """
    note_mark(kind, mark(kind, whose), now=now)


def note_mark(kind: LineKind, mark: str, *, now: datetime) -> None:
    """The same for a mark that is made already (`mark`)."""
    key = tokens.key_mark(str(current_app.secret_key))
    try:
        append(Path(current_app.config["INSTANCE"]), Line(now, kind, mark, key))
    except OSError as why:
        if why.errno in NO_ROOM:
            raise
        log.warning("nothing is changed, for it cannot be written down: %s", why)
        raise NotWritten from why


def mark(kind: LineKind, whose: str, *, key: str | None = None) -> str:
    return tokens.derived(f"erased-{kind}", whose.encode(), key=key)


def append(instance: Path, line: Line) -> None:
    """On the disk when this returns."""
    folder = instance / FOLDER
    path = folder / max([f"{line.at:%Y-%m}", *(month.name for month in _months(instance))])
    is_new = not path.exists()
    folder.mkdir(mode=0o700, exist_ok=True)
    # a line that was torn before must not take this one along
    words = line.at.isoformat(), line.kind, line.mark, line.key
    written = f"\n{' '.join(filter(None, words))}\n".encode()
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(number, written) < len(written):  # a full disk takes a part, and says no more
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(number)
    finally:
        os.close(number)
    for changed in (folder, instance) if is_new else ():
        sync(changed)


def _months(instance: Path) -> list[Path]:
    """The files, the oldest first."""
    return sorted((instance / FOLDER).glob("????-??"))


def sync(folder: Path) -> None:
    """The names in this folder are on the disk too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


class Damaged(Exception):
    """The list cannot be read to the end; the message says where and why."""


class Newer(Exception):
    """A newer version of this program wrote the list."""


def since(backup: str, made_at: datetime, written: Sequence[Line]) -> set[Line] | None:
    """Who asked after this backup, by the place of its own line. None: it has none.

    Also who asked while it was made: their line is before its own, their commit came after.
    """
    of_backups = [(line.mark if line.kind is LineKind.BACKUP else None) for line in written]
    if backup not in of_backups:
        return None
    own = of_backups.index(backup)
    on_their_way = [line for line in written[:own] if abs(line.at - made_at) <= LATE]
    return {line for line in [*on_their_way, *written[own:]] if line.kind is not LineKind.BACKUP}


def lines(instance: Path) -> Iterator[Line]:
    """All lines of the list, in the order in which they were written. Raises Damaged and Newer.

    A line that a power cut or a full disk tore is left out: nobody was told that it was done. Any
    other line that cannot be read may be of somebody who asked to be forgotten.
    """
    for path in _months(instance):
        try:
            for written in path.read_text().splitlines():
                words = written.split()
                is_whole = len(words) == WITH_KEY and len(words[-1]) == DIGITS
                if is_whole and words[1] not in list(LineKind):
                    raise Newer
                if is_whole or (len(words) == WORDS and words[1] not in _WITH_KEY):
                    yield Line(_moment(words[0]), LineKind(words[1]), *words[2:])
        except OSError as why:
            problem = f"{path} ({why.strerror})"
            raise Damaged(problem) from why
        except ValueError as why:
            problem = f"{path} ({why})"
            raise Damaged(problem) from why


def _moment(words: str) -> datetime:
    """As `append` writes it: aware."""
    moment = datetime.fromisoformat(words)
    if moment.tzinfo is None:
        problem = f"a moment without a zone: {words!r}"
        raise ValueError(problem)
    return moment


def forget(*, before: datetime) -> None:
    """The months that were over by then."""
    for path in _months(Path(current_app.config["INSTANCE"])):
        begins = datetime.strptime(path.name, "%Y-%m").replace(tzinfo=before.tzinfo)
        if begins + A_MONTH < before:
            path.unlink(missing_ok=True)
