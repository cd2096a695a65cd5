"""The kinds of question. A new one is a folder here and a name in KINDS.

A folder holds `__init__.py`: what an organiser sets for a question of the kind, its field, and what
becomes of what people fill in (shape.py). No kind knows whose answer it is, and nothing else in the
house knows one kind from another.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.validators import Optional

from events_app.core.forms import Form
from events_app.registrations.models import Question
from events_app.registrations.questions import (
    choice,
    choices,
    consent,
    date,
    file,
    long_text,
    number,
    text,
)
from events_app.registrations.questions.shape import (
    Cell,
    Kind,
    KindSettings,
    Needed,
    Sample,
    Value,
)

__all__ = [
    "KINDS",
    "Cell",
    "Kind",
    "KindSettings",
    "Sample",
    "Value",
    "answered",
    "exported",
    "field",
    "for_another",
    "may_stay_empty",
    "megabytes",
    "shown",
    "stored",
    "typed",
]  # fmt: skip

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        text.KIND,
        long_text.KIND,
        choice.KIND,
        choices.KIND,
        number.KIND,
        date.KIND,
        file.KIND,
        consent.KIND,
    )
}
"""In the order in which organisers choose from them."""


def field(question: Question) -> Field:
    """For a form; not bound yet."""
    return KINDS[question.kind].field(question)


def typed(question: Question, value: Value) -> Any:
    """What the field holds where it shows this answer; None: it cannot show it."""
    return KINDS[question.kind].typed(question, value)


def may_stay_empty(bound: Field) -> None:
    """There is an answer already, which it cannot show."""
    bound.validators = [Optional(), *(v for v in bound.validators if not isinstance(v, Needed))]
    bound.flags.required = False


def for_another(asked: Iterable[Question]) -> list[Question]:
    """Those that somebody may answer for somebody else: nobody agrees for another."""
    return [question for question in asked if not KINDS[question.kind].is_personal]


def megabytes(asked: Iterable[Question]) -> int:
    """How large the answers to all of these can be together."""
    return sum(KINDS[question.kind].megabytes(question.settings) for question in asked)


def stored(question: Question, data: Any, *, now: datetime) -> Value:
    """What the answer keeps of what its field holds; None: nothing was answered."""
    return KINDS[question.kind].store(question, data, now)


def shown(question: Question, value: Value) -> str:
    """In the reader's language."""
    return KINDS[question.kind].show(question, value)


def exported(question: Question, value: Value) -> Cell:
    """A cell of a table; "" where there is no answer."""
    return "" if value is None else KINDS[question.kind].export(question, value)


def answered(question: Question, sent: Sequence[Any], *, now: datetime) -> Value:
    """What the answer keeps of what a browser sends: by the field, without its page.

    Raises ValueError with what the page would say.
    """
    kind = type("Answered", (Form,), {"answer": field(question)})
    form = kind(MultiDict([("answer", each) for each in sent]), meta={"csrf": False})
    if not form.validate():
        raise ValueError(form.errors)
    return stored(question, form.answer.data, now=now)
