"""Personal links, codes for people, and signed values.

A personal link's token is derived from the secret key and the row's random seed: every later
letter can carry the same link, while the table holds only seed and digest, which open nothing.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Any

from flask import current_app
from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from events_app.core.errors import NotFoundError

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0/O and no 1/I: codes are read aloud at the door."""


def new_seed() -> bytes:
    return secrets.token_bytes(16)


def new_token() -> str:
    """128 bits for one use, such as a sign-in link."""
    return secrets.token_urlsafe(16)


def derived(purpose: str, seed: bytes, *, key: str | None = None) -> str:
    """The 128-bit token of a personal link; the same for a seed until the secret changes.

    `key`: a secret of another time.
    """
    key = key or current_app.secret_key  # type: ignore[assignment] # config.py makes it a string
    assert isinstance(key, str)  # noqa: S101 -- config.py makes sure
    mac = hmac.digest(key.encode(), purpose.encode() + b"\0" + seed, "sha256")
    return base64.urlsafe_b64encode(mac[:16]).rstrip(b"=").decode()


def key_mark(secret_key: str) -> str:
    """Tells houses and their keys apart, and says nothing of the key. Stands in every backup."""
    return hashlib.sha256(b"backup of " + secret_key.encode()).hexdigest()


def digest(token: str) -> bytes:
    """What a table keeps of a token, and what it is looked up by (32 bytes)."""
    return hashlib.sha256(token.encode()).digest()


def new_code(prefix: str, length: int = 6) -> str:
    """Short and unambiguous, such as HCT-7K4M2P; without a prefix 7K4M2P. Not a secret."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return f"{prefix}-{signs}" if prefix else signs


def sign(purpose: str, value: Any) -> str:
    return _serializer(purpose).dumps(value)


def signed(purpose: str, token: str, *, max_age: int) -> Any:
    """The value of `sign`. Raises NotFoundError when altered, foreign or older than `max_age` s."""
    try:
        return _serializer(purpose).loads(token, max_age=max_age)
    except BadData as why:
        raise NotFoundError from why


class Signer(TimestampSigner):
    """What was signed at a moment to come was signed by a clock that is or was ahead of this one,
    here or on another machine: it is new. The usual signer refuses it, and with it forms and
    sessions.
    """

    def unsign(
        self,
        signed_value: str | bytes,
        max_age: int | None = None,
        return_timestamp: bool = False,  # noqa: FBT001, FBT002 -- its signature
    ) -> Any:
        value, made_at = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and self.get_timestamp() - made_at.timestamp() > max_age:
            problem = "too old"
            raise SignatureExpired(problem, payload=value, date_signed=made_at)
        return (value, made_at) if return_timestamp else value


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    key = current_app.secret_key
    assert isinstance(key, str)  # noqa: S101 -- config.py makes sure
    return URLSafeTimedSerializer(key, salt=purpose, signer=Signer)
