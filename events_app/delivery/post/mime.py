"""Letters as bytes (RFC 5322, 2045, 2047, 6047, 8058).

A body is encoded once and cut at its marks (`MimeTemplate`); a letter is a join of bytes.
Lines never pass 76 characters, because there is a line break on both sides of every value.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import Self
from urllib.parse import quote

from events_app.core import render, tokens
from events_app.core.letters import Stream
from events_app.delivery.models import LetterBody, OutboxMessage
from events_app.delivery.rules import ascii_domain

SOFT = b"=\r\n"
LONGEST_NAME = 120
LONGEST_SUBJECT = 250
LONGEST_WORD = 60
_PLAIN = re.compile(r"[ !-<>-~]{0,72}")
_ADDRESS = re.compile(
    r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,64}@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,255}"
)


class BadAddress(Exception):
    """No mail server could be told this address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Ready for a mail server: the envelope and the content, lines ended by CRLF."""

    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool
    """RFC 6531: the local part of the address is not ASCII."""


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name letters go out."""

    name: str
    email: str
    reply_to: str

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Self:
        name, email = parseaddr(settings["MAIL_FROM"])
        return cls(name, email, parseaddr(settings["MAIL_REPLY_TO"])[1])

    @property
    def host(self) -> str:
        return ascii_domain(self.email.rpartition("@")[2])


class MimeTemplate:
    """The body of a letter, encoded and cut at its marks."""

    def __init__(self, body: LetterBody) -> None:
        self._subject = body.subject
        self.boundary = f"=_{body.fingerprint[:24]}"  # `=_` never occurs in what is encoded
        self._text = _cut(body.text)
        self._html = _cut(body.html)

    def subject(self, slots: Mapping[str, Sequence[str]]) -> str:
        words = render.fill(self._subject, {name: value for name, (_, value) in slots.items()})
        return " ".join(words.split())

    def parts(self, slots: Mapping[str, Sequence[str]]) -> list[bytes]:
        """text/plain and text/html, as they appear between the boundaries."""
        plain = {name: encoded(value) for name, (_, value) in slots.items()}
        rich = {
            name: encoded(render.escaped("html" if kind == "html" else "text", value))
            for name, (kind, value) in slots.items()
        }
        return [_part("plain", self._text, plain), _part("html", self._html, rich)]


def _cut(text: str) -> list[bytes | str]:
    """Encoded pieces of text, with the names of the marks between them."""
    pieces: list[bytes | str] = []
    last = 0
    for mark in render.MARK.finditer(text):
        before = encoded(text[last : mark.start()])
        is_new_line = not before or before.endswith(b"\n")
        pieces += [before if is_new_line else before + SOFT, mark[1], SOFT]
        last = mark.end()
    return [*pieces, _quoted(text[last:])]


def _part(kind: str, pieces: Sequence[bytes | str], values: Mapping[str, bytes]) -> bytes:
    head = (
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    body = [piece if isinstance(piece, bytes) else values[piece] for piece in pieces]
    return b"".join([head.encode(), *body, b"\r\n"])


def encoded(value: str) -> bytes:
    """Quoted-printable, to be followed by a soft line break."""
    if _PLAIN.fullmatch(value):
        return value.encode()
    # the letter that follows keeps the encoder from filling the last line to the brim
    return _quoted(value + "x")[:-1]


def _quoted(value: str) -> bytes:
    lines = value.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")


def build(message: OutboxMessage, template: MimeTemplate, sender: Sender, *, now: datetime) -> Mail:
    """The letter to this reader. Raises BadAddress when it cannot be addressed."""
    slots = message.slots
    recipient = envelope_address(message.to_email)
    signed = _signed(message.id)
    headers = _headers(message, template.subject(slots), recipient, sender, signed, now)
    content = b"".join([*headers, b"MIME-Version: 1.0\r\n", *_body(message, template, slots)])
    return Mail(
        sender=_returning(signed, sender),
        recipient=recipient,
        content=content,
        needs_utf8=not b"".join(headers).isascii(),
    )


@lru_cache(maxsize=256)
def envelope_address(email: str) -> str:
    """The address for a mail server, its domain in ASCII."""
    local, _, domain = email.rpartition("@")
    address = f"{local}@{ascii_domain(domain)}"
    if not _ADDRESS.fullmatch(address) or not domain or not address.isprintable():
        raise BadAddress(email)
    return address


def _returning(signed: str, sender: Sender) -> str:
    """Where a bounce of this message comes back to (VERP), signed against forgery."""
    local, _, domain = sender.email.rpartition("@")
    return f"{local}+b{signed}@{ascii_domain(domain)}"


def _signed(message_id: int) -> str:
    signature = tokens.digest(tokens.derived("bounce", str(message_id).encode()))[:6].hex()
    return f"{message_id}-{signature}"


# -- headers: each stream carries its own, RFC 2369, 3834 and 8058


def _headers(
    message: OutboxMessage,
    subject: str,
    recipient: str,
    sender: Sender,
    signed: str,
    now: datetime,
) -> list[bytes]:
    lines = [
        f"From: {mailbox('From', sender.name, envelope_address(sender.email))}",
        f"To: {mailbox('To', message.to_name, recipient)}",
        f"Subject: {words('Subject', subject[:LONGEST_SUBJECT])}",
        f"Reply-To: {envelope_address(message.reply_to or sender.reply_to)}",
        f"Date: {format_datetime(now)}",
        f"Message-ID: {message.message_id}",
        f"Content-Language: {message.language}",
    ]
    if message.stream is Stream.BULK:
        lines += _list_headers(message, sender, signed)
    if message.stream is Stream.TRANSACTIONAL:
        lines.append("Auto-Submitted: auto-generated")
    if message.stream is not Stream.PERSONAL:
        lines.append("X-Auto-Response-Suppress: OOF, AutoReply")
        campaign = re.sub(r"[^\w.-]", "-", message.campaign or message.kind, flags=re.ASCII)
        lines.append(f"Feedback-ID: {campaign}:{message.stream}:{sender.host}")
    return [line.encode() + b"\r\n" for line in lines]


def _list_headers(message: OutboxMessage, sender: Sender, signed: str) -> list[str]:
    """RFC 2919, 2369 and 8058."""
    address = quote(message.unsubscribe or "", safe="%/:=&?~#+!$,;'@()*[]")
    mailto = f"mailto:{sender.reply_to}?subject=unsubscribe%20{signed}"
    return [
        f"List-Id: <newsletter.{sender.host}>",
        f"List-Unsubscribe: <{address}>,\r\n <{mailto}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]


@lru_cache(maxsize=256)
def mailbox(header: str, name: str, email: str) -> str:
    """A name and an address for a header, whatever the name holds."""
    shown = " ".join(name.split())[:LONGEST_NAME]
    if not shown:
        return email
    if _is_plain(shown) and len(shown) <= LONGEST_WORD:
        return formataddr((shown, "")).removesuffix(" <>") + f"\r\n <{email}>"
    return f"{words(header, shown)}\r\n <{email}>"


@lru_cache(maxsize=256)
def words(header: str, text: str) -> str:
    """Text for a header, as encoded words where it is not plain."""
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, header_name=header).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """Can be folded at its spaces and be read without encoding (RFC 2047)."""
    return (
        text.isascii()
        and "=?" not in text
        and max(map(len, text.split()), default=0) < LONGEST_WORD
    )


# -- the parts


def _body(
    message: OutboxMessage, template: MimeTemplate, slots: Mapping[str, Sequence[str]]
) -> list[bytes]:
    inner = template.parts(slots)
    if not message.calendar:
        return _multipart("alternative", template.boundary, inner)
    content = base64.encodebytes(message.calendar).replace(b"\n", b"\r\n")
    kind = f'text/calendar; method={message.calendar_method}; charset=utf-8; name="invite.ics"'
    transfer = "Content-Transfer-Encoding: base64\r\n"
    inner.append(f"Content-Type: {kind}\r\n{transfer}\r\n".encode() + content)
    attachment = (
        f'Content-Type: application/ics; name="invite.ics"\r\n{transfer}'
        'Content-Disposition: attachment; filename="invite.ics"\r\n\r\n'
    ).encode() + content
    alternative = b"".join(_multipart("alternative", template.boundary + ".a", inner))
    return _multipart("mixed", template.boundary, [alternative, attachment])


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> list[bytes]:
    made = [f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()]
    for part in parts:
        made += [f"--{boundary}\r\n".encode(), part]
    return [*made, f"--{boundary}--\r\n".encode()]
