"""Who uses the instance folder: the processes that serve, or the one that restores a backup."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO

STAGE, UNFINISHED = "restoring", "restore-unfinished"
"""A folder, and a mark in the instance folder: the database is half restored."""


USED = ("erased", "files", "sent", "drawn", "metrics")
"""Folders in it that the house writes in, now and then: what is amiss there would be met late."""


class Occupied(Exception):
    """The folder cannot be used now; the message says why and what to do."""


def enter(instance: Path) -> IO[str]:
    """Use the folder until the returned file is closed, or this process and its children have
    ended.
    """
    held = _locked(instance, fcntl.LOCK_SH)
    if held is None:
        problem = "A backup is being put back into this house. Wait until that is done."
        raise Occupied(problem)
    if (instance / UNFINISHED).exists():
        problem = (
            "A backup was not put back to the end, and the database is incomplete."
            " Type again: ./run restore FILE"
        )
        raise Occupied(problem)
    shutil.rmtree(instance / STAGE, ignore_errors=True)  # what one left that was stopped half-way
    return held


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    held = _locked(instance, fcntl.LOCK_EX)
    if held is None:
        problem = "The house is running. Stop ./run (and each ./run worker) first."
        raise Occupied(problem)
    with held:
        yield


def _locked(instance: Path, how: int) -> IO[str] | None:
    _check(instance)
    file = (instance / "running.lock").open("w")
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _check(instance: Path) -> None:
    """A folder that was copied there by root can be read, and nothing can be written in it."""
    folders = [instance / name for name in USED]
    for path in chain(folders, *(folder.glob("*") for folder in folders)):
        if path.exists() and not os.access(path, os.R_OK | os.W_OK, effective_ids=True):
            problem = (
                f"INSTANCE_DIR: {path} is of another user, and nothing can be written there."
                f" Give it to the user of the house: chown -R USER {instance}"
            )
            raise Occupied(problem)
