"""Facts and brands as plain values that JSON can hold, so that a version can be made again.

Pictures are in the store of files; here is their key alone. Who only writes down what a kit says
opens none: `unread` puts the key in the place of the bytes, and `frozen` writes it down.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from events_app.core import prose
from events_app.kits.rules.values import (
    Attendance,
    Brand,
    Change,
    Cover,
    Facts,
    KitEventStatus,
    Licence,
    Quote,
    Sector,
    Sender,
    SenderKind,
    Venue,
)

Frozen = dict[str, Any]
_MOMENTS = ("starts_at", "ends_at", "published_at", "embargo_until", "valid_until")
_NAMES = frozenset(field.name for field in fields(Facts))
"""Older versions may know more."""
CALENDAR = "BEGIN:"
OLD = "description_html"
NO_BREAK = "\u00a0"


def unread(key: str) -> bytes:
    """In the place of a picture that nobody needs to see. The same key is the same picture."""
    return key.encode()


def frozen(value: Facts | Brand) -> Frozen:
    """Pictures must be `unread`; the calendar file is written down whole."""
    whole: Frozen = _plain(value)
    return whole


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode()
    return value.isoformat() if isinstance(value, datetime) else value


def facts(said: Frozen, read: Callable[[str], bytes]) -> Facts:
    whole = {name: value for name, value in said.items() if name in _NAMES}
    for name in _MOMENTS:
        whole[name] = datetime.fromisoformat(said[name]) if said[name] else None
    whole["status"], whole["attendance"] = (
        KitEventStatus(said["status"]),
        Attendance(said["attendance"]),
    )
    for name, kind in (("venue", Venue), ("quote", Quote), ("licence", Licence)):
        whole[name] = kind(**said[name]) if said[name] else None
    whole["sectors"] = tuple(Sector(**each) for each in said["sectors"])
    whole["changes"] = tuple(Change(**each) for each in said["changes"])
    whole["senders"] = tuple(_sender(each, read) for each in said["senders"])
    for name in ("challenges", "hashtags"):
        whole[name] = tuple(said[name])
    cover = said["cover"]
    whole["cover"] = Cover(**cover | {"png": read(cover["png"])}) if cover else None
    whole["ics"] = calendar(said["ics"], read)
    return Facts(**whole)


def is_old(said: Frozen) -> bool:
    """Written down by a program that read the event's words in another way."""
    return OLD in said


def of_today(said: Frozen, description: str, read: Callable[[str], bytes]) -> Frozen:
    """As it would be written down now, so that a difference is one of the event. `description`:
    what the event says; an old version holds what was made of it.
    """
    known = said | {"ics": calendar(said["ics"], read).decode()}
    if is_old(said) and _plainly(said[OLD]) == _plainly(prose.html(description)):
        known["description"] = description
    return known


def _plainly(html: str) -> str:
    return html.replace(NO_BREAK, " ").strip()


def brand(said: Frozen, read: Callable[[str], bytes]) -> Brand:
    return Brand(**said | _logos(said, read))


def calendar(said: str, read: Callable[[str], bytes]) -> bytes:
    """Older versions hold the key of a file."""
    return said.encode() if not said or said.startswith(CALENDAR) else read(said)


def _sender(said: Frozen, read: Callable[[str], bytes]) -> Sender:
    return Sender(**said | _logos(said, read) | {"kind": SenderKind(said["kind"])})


def _logos(said: Frozen, read: Callable[[str], bytes]) -> dict[str, bytes | None]:
    return {name: read(said[name]) if said[name] else None for name in ("logo", "logo_dark")}
