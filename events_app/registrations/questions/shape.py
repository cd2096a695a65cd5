"""What a kind of question is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import LazyString
from wtforms import Field
from wtforms.validators import Optional, StopValidation

from events_app.core.forms import Form, trimmed
from events_app.core.text import lazy as _
from events_app.registrations.models import Question

Value = Any
"""What the column of an answer keeps, as JSON; None: there is no answer."""
Cell = str | Decimal
"""Of a table."""


class KindSettings(Form):
    """What an organiser sets for a question of this kind, as a part of the desk's form; here:
    nothing.
    """

    rows: Sequence[Sequence[str]] = ()
    """The fields as the page shows them: those of a row are beside each other."""

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """For the column. `before`: as they were; {} for a new question."""
        return dict(before)

    def show_settings(self, settings: Mapping[str, Any]) -> None:
        """Fill in the fields with what is stored."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A question and an answer, to see and to test a kind with."""

    sent: Sequence[Any]
    """What a browser sends: words or files."""
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    name: str
    """Also its folder, and what `question.kind` keeps."""
    label: LazyString
    help: LazyString
    """What it is for, for who makes a form."""
    settings: type[KindSettings] = KindSettings
    field: Callable[[Question], Field]
    """Not bound yet. It keeps what was typed, and says in words what it does not take."""
    store: Callable[[Question, Any, datetime], Value]
    """From what the field holds, when it is good. Of a file it keeps the bytes (core/files.sent),
    and says under models.FILE which it is: that file goes with the row.
    """
    typed: Callable[[Question, Value], Any] = lambda _question, value: value
    """What the field holds where it shows this answer; None: it cannot show it."""
    show: Callable[[Question, Value], str]
    export: Callable[[Question, Value], Cell]
    is_personal: bool = False
    """Nobody answers it for somebody else."""
    megabytes: Callable[[Mapping[str, Any]], int] = lambda _settings: 0
    """How large an answer can be, where that matters."""
    sample: Callable[[], Sample]


ANSWER = _("Answer this question.")


class Needed:
    """Something was answered."""

    def __init__(self, sentence: LazyString) -> None:
        self.sentence, self.field_flags = sentence, {"required": True}

    def __call__(self, _form: Form, field: Field) -> None:
        if not any(is_said(each) for each in field.raw_data or ()):
            field.errors = []  # that nothing is none of the choices
            raise StopValidation(str(self.sentence))
        if field.errors:
            raise StopValidation
        if field.data == "":  # marks that nobody sees
            raise StopValidation(str(self.sentence))


def is_said(sent: object) -> bool:
    """Words that are no spaces alone, or a file."""
    return bool(trimmed(sent))


def needed(question: Question, sentence: LazyString = ANSWER) -> Needed | Optional:
    return Needed(sentence) if question.is_required else Optional()


def plain(_question: Question, data: Any, _now: datetime) -> Value:
    """Kept as it is."""
    return data or None


def as_it_is(_question: Question, value: Value) -> str:
    return str(value)
