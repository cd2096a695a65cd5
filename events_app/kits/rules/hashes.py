"""What a file is made from, as one hash: the same inputs are never rendered twice."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from events_app.kits.rules.values import Brand, Facts


def content_hash(facts: Facts) -> str:
    """Of all that the kit says."""
    return _hash(facts)


def input_hash(
    role: str, affected_by: Iterable[str], facts: Facts, brand: Brand, locale: str, engine: str
) -> str:
    """Of the fields that this asset shows, the brand, the language and the drawing code."""
    shown = {name: getattr(facts, name) for name in affected_by if name != "links"}
    if "links" in affected_by:
        shown["links"] = {key: link for key, link in facts.links.items() if key.startswith(role)}
    return _hash([role, shown, brand, locale, engine])


def stale(before: Facts, after: Facts) -> frozenset[str]:
    """The fields that differ."""
    names = (field.name for field in fields(Facts))
    return frozenset(name for name in names if getattr(before, name) != getattr(after, name))


def _hash(value: Any) -> str:
    text = json.dumps(value, default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """What JSON has no form for."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return value.isoformat()
