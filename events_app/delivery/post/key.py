"""The private key of DKIM. Only who signs or shows it loads this file, by `dkim.loaded`."""

import base64
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from events_app.delivery.post.dkim import BadKeyError

SMALLEST, LARGEST = 2048, 4096
"""Bits: less is no longer safe; more need not be understood by who checks (RFC 8301)."""
_PADDING, _HASH = PKCS1v15(), SHA256()


class RsaKey:
    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def signature(self, data: bytes) -> bytes:
        return self._key.sign(data, _PADDING, _HASH)

    @property
    def public(self) -> str:
        """As it stands in the DNS (RFC 6376, 3.6.1)."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        made = self._key.public_key().public_bytes(serialization.Encoding.DER, form)
        return base64.b64encode(made).decode()


@lru_cache(maxsize=1)
def loaded(path: str) -> RsaKey:
    """Read once in a process: like any setting, another key counts from the next start."""
    key = _read(path)
    if not isinstance(key, RSAPrivateKey):
        problem = f"DKIM_KEY: {path} is no RSA key; few who get mail can check another kind."
        raise BadKeyError(problem)
    if not SMALLEST <= key.key_size <= LARGEST:
        problem = (
            f"DKIM_KEY: {path} is an RSA key of {key.key_size} bits; "
            f"it must have {SMALLEST} to {LARGEST}."
        )
        raise BadKeyError(problem)
    return RsaKey(key)


def _read(path: str) -> object:
    try:
        return serialization.load_pem_private_key(Path(path).read_bytes(), password=None)
    except OSError as why:
        problem = f"DKIM_KEY: {path} cannot be read ({why.strerror})."
    except TypeError:
        problem = f"DKIM_KEY: {path} is locked by a password; give a key without one."
    except (ValueError, UnsupportedAlgorithm):
        problem = (
            f"DKIM_KEY: {path} holds no private key in PEM, such as -----BEGIN PRIVATE KEY-----."
        )
    raise BadKeyError(problem)


def make(path: Path) -> None:
    """A new key in a new file that its owner alone can read."""
    key = generate_private_key(public_exponent=65537, key_size=SMALLEST)
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.touch(0o600, exist_ok=False)
    path.write_bytes(written)
