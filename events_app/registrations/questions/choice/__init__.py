from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import Field, RadioField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, ValidationError

from events_app.core import text
from events_app.core.forms import options
from events_app.core.text import lazy as _
from events_app.registrations.models import Question
from events_app.registrations.questions.fields import PARAGRAPH, one_line, paragraph
from events_app.registrations.questions.shape import (
    Kind,
    KindSettings,
    Sample,
    Value,
    needed,
    plain,
)

TOO_FEW = _("Fill in at least two choices, each on a line of its own.")


class Choices(KindSettings):
    rows = (("choices_nl", "choices_en"),)
    choices_nl = paragraph(
        _("Choices in Dutch, one a line"),
        DataRequired(TOO_FEW),
        most=PARAGRAPH,
        rows=4,
        help=_("Answers given before keep the words they had."),
    )
    choices_en = paragraph(
        _("Choices in English, in the same order"),
        most=PARAGRAPH,
        rows=4,
        help=_("As many as in Dutch, or none."),
    )

    def validate_choices_nl(self, field: Field) -> None:
        lines = _lines(field.data)
        if len(lines) < 2:  # noqa: PLR2004 -- one is no choice
            raise ValidationError(TOO_FEW)
        if len(set(lines)) < len(lines):
            raise ValidationError(_("A choice stands here twice."))

    def validate_choices_en(self, field: Field) -> None:
        lines = _lines(field.data)
        if lines and len(lines) != len(_lines(self.choices_nl.data)):
            raise ValidationError(_("Give as many choices in English as in Dutch, or none."))
        if len(set(lines)) < len(lines):
            raise ValidationError(_("A choice stands here twice."))

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        dutch, english = _lines(self.choices_nl.data), _lines(self.choices_en.data)
        pairs = zip(dutch, english or [""] * len(dutch), strict=True)
        choices = [
            {code: word for code, word in (("nl", nl), ("en", en)) if word} for nl, en in pairs
        ]
        return {**before, "choices": choices}

    def show_settings(self, settings: Mapping[str, Any]) -> None:
        for code in text.LANGUAGES:
            lines = [choice[code] for choice in settings["choices"] if choice.get(code)]
            self[f"choices_{code}"].data = "\n".join(lines)


def _lines(value: str | None) -> list[str]:
    parts = (one_line(part) for part in (value or "").split("\n"))
    return [part for part in parts if part]


def kept(choice: Mapping[str, str]) -> str:
    """What an answer keeps of a choice: readable whatever becomes of the question."""
    return text.local(choice, text.DEFAULT)


def offered(question: Question) -> list[tuple[str, str]]:
    return [(kept(choice), text.local(choice)) for choice in question.settings["choices"]]


def worded(question: Question, word: str) -> str:
    """In the reader's language, where the choice still exists."""
    return dict(offered(question)).get(word, word)


class OneOf(RadioField):
    def pre_validate(self, form: BaseForm) -> None:
        must_be_offered(self, [self.data])
        super().pre_validate(form)


def must_be_offered(field: Field, chosen: Iterable[str | None]) -> None:
    """Says which of these was taken away meanwhile."""
    there = {str(value) for value, *_label in field.iter_choices()}  # type: ignore[attr-defined] # of a field of choices
    for each in chosen:
        if each and each not in there:
            words = text._(
                "“%(choice)s” cannot be chosen any more. Choose again.", choice=each[:PARAGRAPH]
            )
            raise ValidationError(words)


def field(question: Question) -> Field:
    no_answer = [] if question.is_required else [("", _("No answer"))]
    return OneOf(
        text.local(question.label),
        [needed(question)],
        choices=options([*offered(question), *no_answer]),
    )


def typed(question: Question, value: Value) -> Value:
    """Nothing, when the choice is no longer there."""
    return value if value in dict(offered(question)) else None


def show(question: Question, value: Value) -> str:
    return worded(question, value)


def sample() -> Sample:
    return Sample(["Middag"], SETTINGS)


SETTINGS = {"choices": [{"nl": "Ochtend", "en": "Morning"}, {"nl": "Middag", "en": "Afternoon"}]}

KIND = Kind(
    name="choice",
    label=_("One choice"),
    help=_("One of a few things that you name."),
    settings=Choices,
    field=field,
    store=plain,
    typed=typed,
    show=show,
    export=show,
    sample=sample,
)
