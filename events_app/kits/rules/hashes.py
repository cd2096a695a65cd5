"""What a file is made from, as one hash: the same inputs are never rendered twice.

Facts and brands are given frozen (rules/frozen.py), pictures by the hash of their bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from events_app.kits.rules.frozen import Frozen
from events_app.kits.rules.values import Page

_OF_THE_VERSION = frozenset({"links", "version", "changes", "published_at"})
"""What every version and partner has of its own, whatever the kit says."""


def content_hash(said: Mapping[str, Frozen]) -> str:
    """Of all that the kit says, by language."""
    return _hash({code: _content(facts) for code, facts in said.items()})


def input_hash(
    role: str, affected_by: Iterable[str], facts: Frozen, brand: Frozen, locale: str, engine: str
) -> str:
    """Of the fields that this asset shows, the brand, the language and the drawing code."""
    shown = {name: facts[name] for name in affected_by if name != "links"}
    if "links" in affected_by:
        shown["links"] = [facts["links"].get(name) for name in (role, live(role))]
    return _hash([role, shown, brand, locale, engine])


def live(role: str) -> str:
    """Where the links of a kit keep the address of this asset's picture on the site."""
    return f"{role}/live"


def page_hash(page: Page, locale: str, engine: str) -> str:
    return _hash([asdict(page), locale, engine])


def stale(before: Frozen, after: Frozen) -> frozenset[str]:
    """The fields that differ. What an older version could not know is no difference."""
    old, new = _content(before), _content(after)
    return frozenset(name for name in new if name in old and old[name] != new[name])


def _content(facts: Frozen) -> Frozen:
    return {name: value for name, value in facts.items() if name not in _OF_THE_VERSION}


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
