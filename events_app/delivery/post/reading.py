"""A letter taken apart again, from the very bytes that are sent: what the inbox page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from events_app.delivery.post.mime import Mail


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    raw: bytes
    headers: Sequence[tuple[str, str]]
    text: str
    html: str
    attachments: Sequence[Attachment]


def read(mail: Mail) -> Shown:
    whole = message_from_bytes(mail.content, policy=policy.default)
    parts = [part for part in whole.walk() if not part.is_multipart()]
    return Shown(
        raw=mail.content,
        headers=[("Return-Path", f"<{mail.sender}>"), *((k, str(v)) for k, v in whole.items())],
        text=_first(parts, "text/plain"),
        html=_first(parts, "text/html"),
        attachments=[
            Attachment(part.get_filename() or "", part.get_content_type(), _content(part))
            for part in parts
            if part.is_attachment()
        ],
    )


def _first(parts: Sequence[EmailMessage], kind: str) -> str:
    found = next((part for part in parts if part.get_content_type() == kind), None)
    return _content(found).decode("utf-8", "replace").replace("\r\n", "\n") if found else ""


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
