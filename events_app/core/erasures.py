"""The list of who asked to be forgotten, kept outside the database for a restored backup.

Each request is a line: when, what was wiped, a keyed digest of whose it was, which names nobody,
and which secret key it was made with. There is a file a month in the folder `erased`; no backup
holds it, so none can overwrite it. A line reaches the disk before the transaction that wipes is
committed. If that fails, somebody is on the list and still there, which harms nobody.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from flask import current_app

from events_app.core import tokens

FOLDER = "erased"
A_MONTH = timedelta(days=31)
LATE = timedelta(minutes=1)
"""A line may be this much older than the commit that wipes."""
WORDS, WITH_KEY = 3, 4
"""Lines of a former version do not say with which key."""


class Kind(StrEnum):
    ADDRESS = "address"
    REGISTRATION = "registration"
    GUEST = "guest"
    BACKUP = "backup"
    """Not an erasure: from here on this list goes on from that backup without a gap."""


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    kind: Kind
    mark: str
    key: str = ""
    """The mark of the secret key (tokens.key_mark)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is meant by lines of the list; `keys`: the secret keys that these may be made with."""

    marks: frozenset[tuple[Kind, str]]
    keys: tuple[str, ...]

    def names(self, kind: Kind, *whose: str) -> bool:
        made = ((kind, mark(kind, one, key=key)) for one in whose for key in self.keys)
        return any(each in self.marks for each in made)


def note(kind: Kind, whose: str, *, now: datetime) -> None:
    """Inside `saving()`, as the last thing before the commit."""
    key = tokens.key_mark(str(current_app.secret_key))
    append(Path(current_app.config["INSTANCE"]), Line(now, kind, mark(kind, whose), key))


def mark(kind: Kind, whose: str, *, key: str | None = None) -> str:
    return tokens.derived(f"erased-{kind}", whose.encode(), key=key)


def append(instance: Path, line: Line) -> None:
    """On the disk when this returns."""
    folder = instance / FOLDER
    path = folder / f"{line.at:%Y-%m}"
    is_new = not path.exists()
    folder.mkdir(mode=0o700, exist_ok=True)
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(number, "wb", buffering=0) as file:
        # a line that a power cut tore must not take this one along
        words = line.at.isoformat(), line.kind, line.mark, line.key
        file.write(f"\n{' '.join(filter(None, words))}\n".encode())
        os.fsync(number)
    for changed in (folder, instance) if is_new else ():
        sync(changed)


def sync(folder: Path) -> None:
    """The names in this folder are on the disk too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


class Damaged(Exception):
    """The list cannot be read to the end; the message says where and why."""


def lines(instance: Path) -> Iterator[Line]:
    """All lines of the list. Raises Damaged.

    A line that a power cut tore is left out: nobody was told that it was done. Any other line that
    cannot be read may be of somebody who asked to be forgotten.
    """
    for path in sorted((instance / FOLDER).glob("????-??")):
        try:
            for written in path.read_text().splitlines():
                words = written.split()
                if len(words) in (WORDS, WITH_KEY):
                    yield Line(_moment(words[0]), Kind(words[1]), *words[2:])
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
    for path in (Path(current_app.config["INSTANCE"]) / FOLDER).glob("????-??"):
        begins = datetime.strptime(path.name, "%Y-%m").replace(tzinfo=before.tzinfo)
        if begins + A_MONTH < before:
            path.unlink(missing_ok=True)
