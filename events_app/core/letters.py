"""A letter: a body that is the same for all its readers, and the slot values of one of them.

The body (subject, text, HTML) holds marks in place of values, so it carries nobody's data and is
kept once; a reader's values are kept beside it until they are wiped.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from markupsafe import Markup

from events_app.core import calendars, links, render, text
from events_app.core.render import Named, Names, Url

__all__ = [
    "Body", "Calendar", "Letter", "Named", "Names", "Stream", "Url", "bound", "kinds", "samples",
    "write",
]  # fmt: skip


class Stream(StrEnum):
    """Decides the headers (delivery/post/mime.py) and the order of sending (delivery/rules.py)."""

    TRANSACTIONAL = "transactional"
    PERSONAL = "personal"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Body:
    subject: str
    text: str
    html: str

    @property
    def fingerprint(self) -> str:
        return render.fingerprint(self.subject, self.text, self.html)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar object that travels with the letter (RFC 6047)."""

    method: Literal["REQUEST", "CANCEL"]
    content: bytes

    def sent_at(self, moment: datetime) -> bytes:
        return calendars.stamped(self.content, moment)


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    to_name: str
    language: str
    stream: Stream
    body: Body
    slots: Mapping[str, tuple[render.Kind, str]] = field(default_factory=dict)
    """By mark name: kind and raw value; escaped for each place when the message is built."""
    named: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    """Whom a slot names, by mark name."""
    kind: str = ""
    """Its folder, such as registrations/confirmed."""
    reply_to: str | None = None
    calendar: Calendar | None = None
    unsubscribe: str | None = None
    """One-click address (RFC 8058); bulk letters must have it."""
    campaign: str = ""

    @property
    def subject(self) -> str:
        return " ".join(render.fill(self.body.subject, self._values("text")).split())

    @property
    def text(self) -> str:
        return render.fill(self.body.text, self._values("text"))

    @property
    def html(self) -> str:
        return render.fill(self.body.html, self._values("html"))

    def _values(self, place: str) -> dict[str, str]:
        if place == "html":
            return {n: render.escaped(kind, v) for n, (kind, v) in self.slots.items()}
        return {n: v for n, (_kind, v) in self.slots.items()}


def write(
    kind: str,
    *,
    to: str,
    to_name: str,
    language: str,
    stream: Stream = Stream.TRANSACTIONAL,
    values: Mapping[str, Any],
    **more: Any,
) -> Letter:
    """The letter in `mail/<kind>/`, in the reader's language.

    Every value becomes a slot: str as text, `Url` as an address, `Markup` as cleaned HTML. The name
    of anybody but the reader is given as `Names`, or else it outlives the wish to be wiped.
    Booleans and numbers are not slots: they may decide what the letter says. `more`: fields of
    Letter.
    """
    slots = render.Slots()
    marked = {name: slots.of(name, value) for name, value in values.items()}
    body = _body(kind, language, marked, slots)
    return Letter(
        to=to, to_name=to_name, language=language, stream=stream, body=body, kind=kind,
        slots={slot.name: (slot.kind, slot.value) for slot in slots.all.values()},
        named=slots.named, **more,
    )  # fmt: skip


def _body(kind: str, language: str, marked: Mapping[str, Any], slots: render.Slots) -> Body:
    """Made once for all letters that are alike but for their values (DECISIONS.md, 1)."""
    kinds = {slot.name: slot.kind for slot in slots.all.values()}
    shape = kind, language, repr(_shape(marked)), tuple(kinds.items())
    if shape in _bodies:
        return _bodies[shape]
    with text.speaking(language):
        body = Body(
            subject=" ".join(render.plain(f"{kind}/subject.txt", marked).split()),
            text=render.plain(f"{kind}/body.txt", marked).strip() + "\n",
            html=render.rich(f"{kind}/body.mjml", marked),
        )
    _check(kind, body, kinds)
    if len(_bodies) >= BODIES_KEPT:
        _bodies.clear()
    _bodies[shape] = body
    return body


_bodies: dict[Any, Body] = {}
BODIES_KEPT = 200


def _shape(value: Any) -> Any:
    """What a template can see of a value: its mark, and whether there is anything."""
    if isinstance(value, render.Slot):
        return str(value), bool(value)
    if isinstance(value, Mapping):
        return [(name, _shape(inner)) for name, inner in value.items()]
    return [_shape(inner) for inner in value] if isinstance(value, list) else value


def _check(kind: str, body: Body, kinds: Mapping[str, render.Kind]) -> None:
    """Raise where a value is not safe: only addresses in href, no HTML in plain text."""
    for name in render.address_marks(body.html):
        if kinds[name] != "url":
            problem = f"the letter {kind} uses {name} as an address; give it as Url(...)"
            raise ValueError(problem)
    for name in render.marks(body.subject, body.text):
        if kinds[name] == "html":
            problem = f"the letter {kind} uses {name}, which is HTML, in its plain text"
            raise ValueError(problem)


def bound(letter: Letter, names: Collection[str]) -> Letter:
    """The letter with the named slots written into its body: what is the same for every reader."""
    kept = {n: v for n, v in letter.slots.items() if n not in names}
    fixed = {n: (k, render.unmarked(k, v)) for n, (k, v) in letter.slots.items() if n in names}
    some = replace(letter, slots=fixed)
    body = Body(subject=some.subject, text=some.text, html=some.html)
    return replace(letter, body=body, slots=kept)


def kinds() -> list[str]:
    """All letters of the house, such as registrations/confirmed."""
    found = render.FOLDER.glob("*/*/body.mjml")
    return sorted(path.parent.relative_to(render.FOLDER).as_posix() for path in found)


def samples(kind: str, language: str = text.DEFAULT) -> list[dict[str, Any]]:
    """Values to see and test the letter with, from its `sample.json` (see mail/README.md)."""
    written = json.loads((render.FOLDER / kind / "sample.json").read_text())
    found = [_sample(values) for values in (written if isinstance(written, list) else [written])]
    return [_spoken(values, language) for values in found]


def _spoken(values: dict[str, Any], language: str) -> dict[str, Any]:
    """The values without those of other languages, which are kept under their codes."""
    own = values.get(language, {})
    return {name: own.get(name, v) for name, v in values.items() if name not in text.LANGUAGES}


def _sample(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sample(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_sample(inner) for inner in value]
    return _typed(value) if isinstance(value, str) else value


def _typed(value: str) -> str:
    if value.startswith(("https://", "mailto:", "tel:")):
        return Url(value)
    if value.startswith("/"):
        return Url(links.to("core.asset", tag="sample", name=value[1:], lang=None))
    return Markup(value) if value.startswith("<") else value  # noqa: S704 -- ours, from the repository
