from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from wtforms import Field
from wtforms.validators import Optional, ValidationError

from events_app.core import text
from events_app.core.forms import Form
from events_app.core.text import lazy as _
from events_app.registrations.models import Question
from events_app.registrations.questions.date.field import DayField
from events_app.registrations.questions.shape import Kind, KindSettings, Sample, Value, needed


class DateSettings(KindSettings):
    rows = (("first", "last"),)
    first = DayField(_("The first day"), [Optional()])
    last = DayField(_("The last day"), [Optional()])

    def validate_last(self, field: Field) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_("The last day lies before the first one."))

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        ends = {"first": self.first.data, "last": self.last.data}
        return {**before, **{name: end and end.isoformat() for name, end in ends.items()}}

    def show_settings(self, settings: Mapping[str, Any]) -> None:
        self.first.data, self.last.data = _end(settings, "first"), _end(settings, "last")


def _end(settings: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(settings[name]) if settings.get(name) else None


class Fits:
    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.first, self.last = _end(settings, "first"), _end(settings, "last")

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data is None:
            return
        is_before = self.first is not None and field.data < self.first
        if is_before or (self.last is not None and field.data > self.last):
            raise ValidationError(self._range())

    def _range(self) -> str:
        first, last = (end and text.whole_day(end) for end in (self.first, self.last))
        if first is None:
            return text._("Choose a day up to and including %(last)s.", last=last)
        if last is None:
            return text._("Choose a day from %(first)s on.", first=first)
        return text._("Choose a day from %(first)s to %(last)s.", first=first, last=last)


def field(question: Question) -> Field:
    ends = {"min": question.settings.get("first"), "max": question.settings.get("last")}
    return DayField(
        text.local(question.label),
        [needed(question), Fits(question.settings)],
        render_kw={name: end for name, end in ends.items() if end},
    )


def store(_question: Question, data: date | None, _now: datetime) -> Value:
    return data and data.isoformat()


def typed(_question: Question, value: Value) -> date:
    return date.fromisoformat(value)


def show(_question: Question, value: Value) -> str:
    return text.whole_day(date.fromisoformat(value))


def export(_question: Question, value: Value) -> str:
    """As every spreadsheet knows it, in any language."""
    return str(value)


def sample() -> Sample:
    return Sample(["31-12-2026"], {"first": "2026-01-01", "last": None})


KIND = Kind(
    name="date",
    label=_("A date"),
    help=_("A day, with a first and a last one if you like."),
    settings=DateSettings,
    field=field,
    store=store,
    typed=typed,
    show=show,
    export=export,
    sample=sample,
)
