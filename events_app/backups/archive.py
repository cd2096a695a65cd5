"""The file of a backup: a plain tar, whose last member lists all others with their hashes."""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

FORMAT = 2
PROGRAM = "op-de-buhne"
MANIFEST, DATABASE, SECRET = "manifest", "database", "secret_key"
FOLDERS = "files", "sent"
"""What people gave to be shown, and what they sent with an answer (core/files.py)."""
_OLD = "dkim_key"
"""In backups of the version that signed letters itself; nothing reads it."""
_NAME = re.compile(
    rf"{MANIFEST}|{DATABASE}|{SECRET}|{_OLD}|({'|'.join(FOLDERS)})/[0-9a-f]{{2}}/[0-9a-f]{{64}}"
)
_OF_ANY = re.compile(r"\w+(/\w+)*")
"""What a newer version may have added; the list of contents, which is last, says whose it is."""
LARGEST_MANIFEST = 1 << 28
AT_ONCE = 1 << 20
UPDATE = "Update this one first (git pull), and type it again."


class BackupError(Exception):
    """It cannot go on; the message says why and what to do. Nothing was changed."""


NOT_WHO_LEFT = "1"
"""The format of backups from when the list (core/erasures.py) had those only who were wiped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a backup says of itself."""

    format: str = str(FORMAT)

    id: str
    made_at: str
    """When it began; what was told before is in it."""
    database: str
    """sqlite or postgresql."""
    revision: str
    """Of its tables."""
    key: str
    """A fingerprint of the secret key: of which house it is."""


class Writer:
    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.hashes: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        """The file as it is; twice is once. Raises FileNotFoundError."""
        if name not in self.hashes:
            with path.open("rb") as file:
                self._put(name, file, os.fstat(file.fileno()).st_size)

    def add_bytes(self, name: str, data: bytes) -> None:
        self._put(name, io.BytesIO(data), len(data))

    def close(self, about: About) -> None:
        words = {"program": PROGRAM, **asdict(about), "sha256": self.hashes}
        data = json.dumps(words, indent=1).encode()
        self._put(MANIFEST, io.BytesIO(data), len(data))
        self._tar.close()

    def _put(self, name: str, file: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        read = _Hashing(file)
        self._tar.addfile(member, read)
        self.hashes[name] = read.sha256.hexdigest()


class _Hashing:
    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self.sha256.update(data)
        return data


def unpack(path: Path, folder: Path) -> About:
    """Lay the members out in the folder and compare each with its hash. Raises BackupError."""
    found: dict[str, str] = {}
    is_newer = False
    with _opened(path) as tar:
        for member in tar:
            if not member.isreg() or not _OF_ANY.fullmatch(member.name) or member.name in found:
                raise _foreign(path)
            if not _NAME.fullmatch(member.name):
                is_newer = True
                continue
            source = tar.extractfile(member)
            assert source is not None  # noqa: S101 -- it is a regular file
            found[member.name] = _laid_out(source, member.size, folder / member.name)
    if MANIFEST not in found:
        if is_newer:
            raise _foreign(path)
        problem = f"{path} is incomplete: its list of contents is missing. Take another backup."
        raise BackupError(problem)
    words = _read(path, folder / MANIFEST)
    if is_newer:
        raise newer(path)
    del found[MANIFEST]
    if words["sha256"] != found or not {DATABASE, SECRET} <= found.keys():
        problem = f"{path} is damaged: its contents differ from their hashes. Take another backup."
        raise BackupError(problem)
    return About(**{name: str(words[name]) for name in About.__slots__})


def _laid_out(source: IO[bytes], size: int, path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sha256, left = hashlib.sha256(), size
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while left:
            data = source.read(min(left, AT_ONCE))
            if not data:
                problem = "unexpected end of data"
                raise tarfile.ReadError(problem)
            left -= len(data)
            sha256.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return sha256.hexdigest()


def _read(path: Path, manifest: Path) -> dict[str, Any]:
    try:
        words = json.loads(manifest.read_bytes()[:LARGEST_MANIFEST])
        is_ours, version = words["program"] == PROGRAM, int(words["format"])
        is_known = {*About.__slots__, "sha256"} <= words.keys()
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise _foreign(path) from why
    if is_ours and version > FORMAT:
        raise newer(path)
    if not is_ours or not is_known:
        raise _foreign(path)
    return dict(words)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except tarfile.ReadError as why:
        is_cut = "unexpected end" in str(why)
        raise _cut(path) if is_cut else _foreign(path) from why
    except tarfile.TarError as why:
        raise _cut(path) from why
    except OSError as why:
        problem = f"{path} cannot be read or laid out ({why.strerror})."
        raise BackupError(problem) from why


def _cut(path: Path) -> BackupError:
    return BackupError(f"{path} is damaged or cut off. Take another backup.")


def newer(path: Path, what: str = "") -> BackupError:
    return BackupError(f"{path} was made by a newer version of this program{what}. {UPDATE}")


def _foreign(path: Path) -> BackupError:
    return BackupError(f"{path} is not a backup of this program.")
