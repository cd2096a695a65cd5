"""Make a backup. Nobody waits for it, and until it is whole nothing has its name."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from config import Settings
from events_app.backups import databases
from events_app.backups.archive import DATABASE, FOLDERS, SECRET, About, BackupError, Writer
from events_app.core import erasures, tokens
from events_app.core.erasures import Line, LineKind
from events_app.core.files import DIGITS

PART = ".buhne-backup"
"""What is being written; who is killed leaves it, and the next backup in the folder takes it."""


def make(settings: Settings, target: Path, *, now: datetime) -> Path:
    """Write the backup to this `.tar`, or under its date into this folder, which is made if it is
    not there: a file in its place would keep the next night's backup out. Gives where it is.
    """
    is_file = target.suffix == ".tar" or target.is_file()
    path = target if is_file else target / f"buhne-{now:%Y%m%d-%H%M%S}.tar"
    if path.exists():
        problem = f"{path} is there already, and is not overwritten. Give another name."
        raise BackupError(problem)
    id = secrets.token_hex(16)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _draft(path.parent) as (file, part):
            _note(settings.instance, Line(now, LineKind.BACKUP, id))
            _write(settings, file, part, id=id, now=now)
            part.rename(path)
        erasures.sync(path.parent)
    except OSError as why:
        where = why.filename or path.parent  # a full disk does not say which file
        problem = f"The backup cannot be made: {why.strerror} ({where})."
        raise BackupError(problem) from why
    return path


def _note(instance: Path, line: Line) -> None:
    try:
        erasures.append(instance, line)
    except OSError as why:
        problem = (
            f"The list in {instance / erasures.FOLDER} cannot be written ({why.strerror}), and"
            " without its line a backup cannot be put back. Mend that, and type it again."
        )
        raise BackupError(problem) from why


@contextmanager
def _draft(folder: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """One backup at a time in a folder. For the eyes of its owner alone."""
    part = folder / f"{PART}.part"
    number = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(number, "r+b") as file:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as why:
            problem = f"Another backup is being made in {folder}."
            raise BackupError(problem) from why
        try:
            os.fchmod(number, 0o600)
            file.truncate()
            yield file, part
        finally:
            part.unlink(missing_ok=True)


def _write(settings: Settings, file: IO[bytes], part: Path, *, id: str, now: datetime) -> None:
    """The files before and after the rows: what a row of that moment names was there by then, or
    came in between.
    """
    tar = Writer(file)
    _add_files(tar, settings.instance)
    copy = part.with_suffix(".database")
    journal = copy.with_name(f"{copy.name}-journal")  # of SQLite, left where the disk is full
    copy.unlink(missing_ok=True)
    try:
        copy.touch(mode=0o600)
        revision = databases.save(settings.database_url, copy)
        tar.add(DATABASE, copy)
    finally:
        for path in (copy, journal):
            path.unlink(missing_ok=True)
    _add_files(tar, settings.instance)
    tar.add_bytes(SECRET, settings.secret_key.encode())
    tar.close(
        About(
            id=id,
            made_at=now.isoformat(),
            database=databases.kind(settings.database_url),
            revision=revision,
            key=tokens.key_mark(settings.secret_key),
        )
    )
    file.flush()
    os.fsync(file.fileno())


def _add_files(tar: Writer, instance: Path) -> None:
    for folder in FOLDERS:
        for path in sorted((instance / folder).glob("??/*")):
            if len(path.name) == DIGITS:
                with suppress(FileNotFoundError):  # dropped meanwhile, with what it belonged to
                    tar.add(f"{folder}/{path.parent.name}/{path.name}", path)
