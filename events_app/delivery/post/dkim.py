"""The signature over a letter (RFC 6376): which domain sends it, and that nothing was changed.

Headers are signed `relaxed`, for relays fold them anew; the body `simple`, as it stands: `mime`
makes lines of 7 bits with nothing at their ends, and one line break at the end of all.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, Self, cast

from events_app.delivery.post.mime import Mail, Sender

ONCE = (
    b"from", b"to", b"subject", b"reply-to", b"date", b"message-id", b"mime-version",
    b"content-type",
)  # fmt: skip
"""Named once more than they are there: a second one breaks the signature (RFC 6376, 8.15)."""
MORE = (
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"auto-submitted",
    b"feedback-id",
)
LINE = 72
_FIELD = re.compile(rb"\r\n(?![ \t])")
_SPACE = re.compile(rb"[ \t\r\n]+")


class BadKeyError(Exception):
    """The message names the setting and says what is wrong with its file."""


class Key(Protocol):
    def signature(self, data: bytes) -> bytes: ...

    @property
    def public(self) -> str: ...


def loaded(path: str) -> Key:
    """Raises BadKeyError."""
    return cast("Key", _keys().loaded(path))


def make_key(path: Path) -> None:
    """A new key in a new file that its owner alone can read."""
    _keys().make(path)


def _keys() -> Any:
    """Not at the top: `cryptography` takes 8 MiB of each process that loads it."""
    return import_module("events_app.delivery.post.key")


@dataclass(frozen=True, slots=True)
class Signer:
    domain: str
    """That of all From addresses, so that DMARC finds them aligned."""
    selector: str
    key: Key

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self | None:
        """None: no key is configured. Raises BadKeyError."""
        path = settings["DKIM_KEY"]
        if path is None:
            return None
        return cls(Sender.of(settings).host, settings["DKIM_SELECTOR"], loaded(path))

    def signed(self, mail: Mail, *, now: datetime) -> Mail:
        """The letter with a signature before it; not a byte of it may change after this."""
        head, _, body = mail.content.partition(b"\r\n\r\n")
        fields = dict(map(_relaxed, _FIELD.split(head)))
        names = tuple(name for name in ONCE + MORE if name in fields)
        proof = base64.b64encode(hashlib.sha256(body).digest()).decode()
        field = (
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple;\r\n d={self.domain};\r\n"
            f" s={self.selector}; t={int(now.timestamp())};\r\n"
            f" h={_listed(names)};\r\n bh={proof};\r\n b="
        ).encode()
        name, value = _relaxed(field)
        told = [*(b"%b:%b\r\n" % (name, fields[name]) for name in names), name + b":" + value]
        signature = base64.b64encode(self.key.signature(b"".join(told)))
        return replace(mail, content=field + _folded(signature) + b"\r\n" + mail.content)


@dataclass(frozen=True, slots=True)
class Record:
    """The TXT record in the DNS by which readers check the signature."""

    name: str
    value: str

    @classmethod
    def of(cls, signer: Signer) -> Self:
        name = f"{signer.selector}._domainkey.{signer.domain}"
        return cls(name, f"v=DKIM1; k=rsa; p={signer.key.public}")

    @property
    def line(self) -> str:
        """As a line of a zone file, in strings of at most 255 characters."""
        pieces = re.findall(".{1,250}", self.value)
        return f"{self.name}. IN TXT ( " + " ".join(f'"{piece}"' for piece in pieces) + " )"


def _relaxed(field: bytes) -> tuple[bytes, bytes]:
    """Name and value of a header, its spaces as no relay changes them (RFC 6376, 3.4.2)."""
    name, _, value = field.partition(b":")
    return name.strip().lower(), _SPACE.sub(b" ", value).strip(b" ")


@lru_cache(maxsize=16)
def _listed(names: Sequence[bytes]) -> str:
    """The names that h= says, a few on a line."""
    every = [name.decode() for name in (*names, *(name for name in ONCE if name in names))]
    return ":\r\n  ".join(":".join(every[at : at + 5]) for at in range(0, len(every), 5))


def _folded(signature: bytes) -> bytes:
    return b"\r\n ".join(signature[at : at + LINE] for at in range(0, len(signature), LINE))
