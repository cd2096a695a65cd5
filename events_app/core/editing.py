"""A form of something that exists, which two colleagues may have open at once.

The page carries a mark, a short fingerprint, of each part as it was shown. When the form is sent,
each part is compared in three states: as it was shown (its mark), as it is stored now, and as it
was sent. What this person left alone stays as it is stored; what only they changed is theirs. Where
both changed the same part nothing is saved: the page shows both versions, keeps what was typed, and
carries marks of what is stored now. So sending it again keeps what was typed.

Fingerprints are enough to compare, and a page with a long text does not carry it twice. A form
without marks, which no page of ours sends, is saved as it is.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import after_this_request, flash, request
from flask_babel import LazyString
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    FieldList,
    FileField,
    FormField,
    SelectField,
    SelectMultipleField,
)
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields import RadioField

from events_app.core.db import hold
from events_app.core.forms import Form, trimmed
from events_app.core.text import _, lazy

MARKS = "opened"
SEE_OTHER = 303

F = TypeVar("F", bound=Form)
Sent = MultiDict[str, Any] | None
"""None: nothing was sent, and the form shows what is stored."""
Pairs = tuple[tuple[str, str], ...]
"""Names and values, as a browser sends them."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is compared as one: a field, or a list whose rows belong together."""

    label: str
    pairs: Pairs | None
    """None: left alone, whatever it was."""
    shown: str = ""
    """For people."""
    group: str = ""
    """Parts that only make sense together: where both changed one of them, all are shown."""

    @property
    def mark(self) -> str:
        said = repr([(name, trimmed(value)) for name, value in self.pairs or ()])
        digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()
        return base64.urlsafe_b64encode(digest[:9]).decode()


_GONE = Part("", ())


@dataclass(frozen=True, slots=True)
class Clash:
    """Both changed this part since the page was opened."""

    label: str
    theirs: str
    yours: str


def editing(make: Callable[[Sent], F], *rows: Any) -> F:
    """The form of something that exists, shown or as it was sent.

    `make(None)` shows what is stored; `make(sent)` takes what was sent. `rows` are those that the
    form writes: they are held until the transaction ends, so that of two who save at the same
    moment the second sees what the first saved. Slow work, such as reading a picture, comes before.
    """
    if request.method != "POST":
        form = make(None)
        form.carried = {MARKS: _marks(part_by_name(form))}
        return form
    for row in rows:
        hold(row)
    return _compared(make)


def _compared(make: Callable[[Sent], F]) -> F:
    sent: MultiDict[str, Any] = MultiDict(request.form)
    sent.update(request.files)
    form, stored = make(sent), part_by_name(make(None))
    if MARKS in sent:
        seen, typed = _read(sent[MARKS]), part_by_name(form)
        clashes, theirs = _three_ways(seen, stored, typed)
        if theirs:
            form = make(_replaced(sent, typed, stored, theirs))
            _tell([stored[name].label for name in theirs if name in stored])
        form.clashes = clashes
    form.carried = {MARKS: _marks(stored)}
    return form


def _three_ways(
    seen: dict[str, str], stored: dict[str, Part], typed: dict[str, Part]
) -> tuple[list[Clash], list[str]]:
    """What both changed, and the names of what only somebody else changed."""
    both, theirs = {}, []
    for name in dict.fromkeys((*stored, *typed)):
        now, mine = stored.get(name, _GONE), typed.get(name, _GONE)
        was = seen.get(name, _GONE.mark)
        is_same = mine.pairs is not None and mine.mark == now.mark
        if is_same or now.mark == was:
            continue
        if mine.pairs is None or mine.mark == was:
            theirs.append(name)
        else:
            both[name] = now, mine
    groups = {part.group for pair in both.values() for part in pair if part.group}
    for name in theirs:
        pair = stored.get(name, _GONE), typed.get(name, _GONE)
        if groups & {part.group for part in pair}:
            both[name] = pair
    clashes = [Clash(now.label or mine.label, now.shown, mine.shown) for now, mine in both.values()]
    return clashes, [name for name in theirs if name not in both]


def _replaced(
    sent: MultiDict[str, Any], typed: dict[str, Part], stored: dict[str, Part], names: list[str]
) -> MultiDict[str, Any]:
    """What was sent, with these parts as they are stored."""
    made = sent.copy()
    for name in names:
        for key, _value in typed[name].pairs or () if name in typed else ():
            made.poplist(key)
        for key, value in stored[name].pairs or () if name in stored else ():
            made.add(key, value)
    return made


def _tell(labels: list[str]) -> None:
    """After saving, what of a colleague was kept beside it."""

    @after_this_request
    def told(answer: Response) -> Response:
        if labels and answer.status_code == SEE_OTHER:
            flash(
                _(
                    "A colleague changed this meanwhile, and that was kept too: %(what)s.",
                    what=", ".join(labels),
                ),
                "info",
            )
        return answer


# -- marks


def _marks(parts: dict[str, Part]) -> str:
    return " ".join(f"{name}:{part.mark}" for name, part in parts.items())


def _read(marks: str) -> dict[str, str]:
    return {name: mark for name, _colon, mark in (each.partition(":") for each in marks.split(" "))}


# -- the parts of a form


def part_by_name(form: Form) -> dict[str, Part]:
    return dict(form.compared(_parts(form)))


def _parts(form: Iterable[Field]) -> Iterator[tuple[str, Part]]:
    for field in form:
        if isinstance(field, FormField):
            yield from _parts(field.form)
        elif not isinstance(field, (CSRFTokenField, FileField)):
            yield field.name, part_of(field)


def part_of(field: Field) -> Part:
    label, pairs = str(field.label.text), _pairs(field)
    return Part(label, pairs, readable(field)) if pairs is not None else Part(label, None)


CHOSEN = lazy("The picture that you chose")
LOST = lazy("The picture that you chose. Choose it again: a browser does not keep files.")


def picture(
    field: FileField,
    stored: str | None,
    *,
    is_new: bool,
    is_dropped: bool,
    chosen: LazyString = LOST,
) -> Part:
    """The field of a file never shows what is stored: that is `stored`, its key."""
    label = str(field.label.text)
    if field.raw_data is None:
        return Part(label, (("", stored or ""),), _("A picture") if stored else "")
    if is_new:
        return Part(label, (("", field.name),), str(chosen))
    return Part(label, (("", ""),) if is_dropped else None)


def _pairs(field: Field) -> Pairs | None:
    if isinstance(field, FieldList):
        rows = (inner for row in field for inner in _inner(row))
        return tuple(pair for inner in rows for pair in _pairs(inner) or ())
    if field.raw_data is None or isinstance(field, BooleanField):
        return tuple((field.name, value) for value in _as_shown(field))
    is_absent = not field.raw_data and not isinstance(field, SelectMultipleField)
    words = tuple((field.name, str(value)) for value in field.raw_data)
    return None if is_absent else words


def _inner(row: Field) -> Iterable[Field]:
    return row.form if isinstance(row, FormField) else [row]


def _as_shown(field: Any) -> list[str]:
    """What a browser sends of a field that nobody touches."""
    if isinstance(field, BooleanField):
        return ["y"] if field.data else []
    if isinstance(field, SelectField):
        choices = _choices(field)
        chosen = [str(each.value) for each in choices if each.selected]
        is_list = not isinstance(field, (SelectMultipleField, RadioField))
        return chosen or [str(each.value) for each in choices[:1] if is_list]
    return [field._value()]  # noqa: SLF001 -- what its widget writes in the page


def _choices(field: SelectField) -> list[Any]:
    return list(field.iter_choices())


def readable(field: Any) -> str:
    """What the field holds, in the reader's words."""
    if isinstance(field, FieldList):
        rows = ([readable(inner) for inner in _inner(row)] for row in field)
        return "\n".join(" · ".join(filter(None, row)) for row in rows if row and row[0])
    if isinstance(field, BooleanField):
        return _("yes") if field.data else _("no")
    if isinstance(field, SelectField):
        chosen = (each for each in _choices(field) if each.selected and each.value)
        return ", ".join(str(each.label) for each in chosen)
    words = str(field._value())  # noqa: SLF001 -- what its widget writes in the page
    return words.replace("T", " ") if isinstance(field, DateTimeLocalField) else words
