"""Stored files: kept once under the SHA-256 of their bytes, below the instance folder."""

import hashlib
import os
import tempfile
from pathlib import Path

from flask import current_app

from events_app.core.errors import NotFoundError


def keep(data: bytes) -> str:
    """Store the bytes and give their key (64 hex digits). Storing twice is storing once."""
    key = hashlib.sha256(data).hexdigest()
    path = _path(key)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    return key


def path(key: str) -> Path:
    """Where the file lies. Raises NotFoundError when it is not there."""
    found = _path(key)
    if not found.exists():
        raise NotFoundError
    return found


def read(key: str) -> bytes:
    return path(key).read_bytes()


def drop(key: str) -> None:
    _path(key).unlink(missing_ok=True)


def _path(key: str) -> Path:
    if len(key) != 64 or not set(key) <= set("0123456789abcdef"):  # noqa: PLR2004 -- hex of SHA-256
        raise NotFoundError
    return Path(current_app.config["INSTANCE"]) / "files" / key[:2] / key
