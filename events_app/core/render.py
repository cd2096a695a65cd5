"""Strict templates for letters, and MJML with slots.

The PyPI `mjml` package unescapes attribute values, so escaping before it protects nothing.
Therefore no value ever enters it: each becomes a mark of plain letters, the marks are compared
before and after, and only then replaced by the value, escaped for its place.
"""

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from mjml import mjml_to_html

from events_app.core import text

PACKAGE = Path(__file__).resolve().parent.parent
"""Where a room keeps the parts of its letters, such as newsletters/blocks/quote/block.mjml."""

FOLDER = PACKAGE.parent / "mail"
MARK = re.compile(r"zq([a-z0-9]+)qz")
_BROKEN_CONDITION = "<!--[if !mso><!-->"
_SCHEMES = ("https", "http", "mailto", "tel")
_ADDRESS = re.compile(r"""\s(?:href|src|background)=["']?([^"'\s>]*)""")
# control characters and what turns the reading direction of all that follows
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

Kind = Literal["text", "url", "html"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A value's place in a letter. Prints as its mark; true when the value is."""

    name: str
    value: str
    kind: Kind = "text"

    def __str__(self) -> str:
        return f"zq{self.name}qz"

    def __html__(self) -> str:
        return str(self)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __mod__(self, other: object) -> str:
        return str(self)


class Url(str):
    """A value that is an address; other schemes than https, http, mailto and tel are refused."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        is_one = value.isprintable() and " " not in value
        if not is_one or urlsplit(value).scheme not in _SCHEMES:
            problem = f"not an address for a letter: {value[:40]!r}"
            raise ValueError(problem)
        return super().__new__(cls, value)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a letter names."""

    name: str
    keys: tuple[bytes, ...]
    """Digests by which they are found when they ask to be wiped."""


class Names(str):
    """A value that names people who may not be the reader; it knows who they are."""

    __slots__ = ("people",)
    people: tuple[Named, ...]

    def __new__(cls, *people: Named) -> Self:
        made = super().__new__(cls, ", ".join(each.name for each in people if each.name))
        made.people = people
        return made


class Slots:
    """Turns the values of a letter into slots, lists and mappings included."""

    def __init__(self) -> None:
        self.all: dict[str, Slot] = {}
        self.named: dict[str, tuple[Named, ...]] = {}
        """Whom a slot names."""

    def of(self, name: str, value: Any) -> Any:
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, Mapping):
            return {key: self.of(f"{name}x{key}", inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.of(f"{name}x{i}", inner) for i, inner in enumerate(value)]
        kind: Kind = "text"
        if isinstance(value, Url):
            kind = "url"
        elif isinstance(value, Markup):
            kind = "html"
        words = _UNSEEN.sub("", str(value).replace("\r\n", "\n"))
        slot = Slot(re.sub(r"[^a-z0-9]", "", name.lower()), words, kind)
        if self.all.setdefault(slot.name, slot) != slot:
            problem = f"two values of this letter share the mark {slot.name}"
            raise ValueError(problem)
        if isinstance(value, Names):
            self.named[slot.name] = value.people
        return slot


def slotted(values: Mapping[str, Any]) -> dict[str, tuple[Kind, str]]:
    """The values as a letter's slots: mark name to kind and raw value."""
    slots = Slots()
    for name, value in values.items():
        slots.of(name, value)
    return {slot.name: (slot.kind, slot.value) for slot in slots.all.values()}


def _environment(*, autoescape: bool) -> Environment:
    made = Environment(
        loader=FileSystemLoader([FOLDER, PACKAGE]),
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 -- plain text has no markup; the MJML side escapes
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        text._, text.plural, newstyle=True
    )
    made.globals["language"] = text.language
    return made


_plain = _environment(autoescape=False)
_mjml = _environment(autoescape=True)


def plain(template: str, values: Mapping[str, Any]) -> str:
    return _plain.get_template(template).render(values)


def rich(template: str, values: Mapping[str, Any]) -> str:
    """MJML with marks, compiled to HTML with the same marks."""
    return compiled(_mjml.get_template(template).render(values))


@lru_cache(maxsize=512)
def compiled(source: str) -> str:
    """HTML of an MJML source; kept, since a letter's source is the same for all its readers."""
    result = mjml_to_html(source)
    if result.errors:
        problem = f"the letter's MJML is wrong: {result.errors[0]}"
        raise ValueError(problem)
    made: str = result.html.replace(_BROKEN_CONDITION, "<!--[if !mso]><!-->")
    if set(MARK.findall(source)) != set(MARK.findall(made)):
        problem = "a slot was lost in the letter's MJML"
        raise ValueError(problem)
    return made


def escaped(kind: Kind, value: str) -> str:
    """A slot's value for HTML, safe as text and inside a quoted attribute."""
    if kind == "html":
        return value  # Markup: cleaned by core.text.markdown
    return html.escape(value, quote=True)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put the values at their marks; a mark without a value stays."""
    return MARK.sub(lambda found: values.get(found[1], found[0]), template)


def marks(*parts: str) -> frozenset[str]:
    """The names of the slots in these texts."""
    return frozenset(name for part in parts for name in MARK.findall(part))


@lru_cache(maxsize=512)
def address_marks(markup: str) -> frozenset[str]:
    """The names of the slots that are an address. Each must fill its attribute alone."""
    found = set()
    for address in _ADDRESS.findall(markup):
        if names := MARK.findall(address):
            if MARK.sub("", address):
                problem = f"an address in the letter is glued together: {address}"
                raise ValueError(problem)
            found.add(names[0])
    return frozenset(found)


def unmarked(kind: Kind, value: str) -> str:
    """The value for writing into a body, where nothing of it may be read as a mark."""
    if not MARK.search(value):
        return value
    return value.replace("zq", "z%71" if kind == "url" else "z\u2060q")


def fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
