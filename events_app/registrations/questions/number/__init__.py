from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from wtforms import Field, SelectField
from wtforms.validators import Optional, ValidationError

from events_app.core import text
from events_app.core.forms import Form, options
from events_app.core.text import lazy as _
from events_app.core.text import plural
from events_app.registrations.models import Question
from events_app.registrations.questions.fields import line
from events_app.registrations.questions.number.field import NumberField, words
from events_app.registrations.questions.shape import Kind, KindSettings, Sample, Value, needed

MOST_DECIMALS = 3


class NumberSettings(KindSettings):
    rows = (("least", "most"), ("decimals",), ("unit_nl", "unit_en"))
    least = NumberField(_("The smallest number"), [Optional()])
    most = NumberField(_("The largest number"), [Optional()])
    decimals = SelectField(
        _("Digits after the decimal mark"),
        choices=options((str(count), str(count)) for count in range(MOST_DECIMALS + 1)),
        default="0",
    )
    unit_nl = line(_("Unit in Dutch"), most=20, help=_("Stands behind the number, such as: km."))
    unit_en = line(_("Unit in English"), most=20)

    def validate_most(self, field: Field) -> None:
        if None not in (field.data, self.least.data) and field.data < self.least.data:
            raise ValidationError(_("The largest number is smaller than the smallest one."))

    def settings(self, before: Mapping[str, Any]) -> dict[str, Any]:
        ends = {"least": self.least.data, "most": self.most.data}
        return {
            **before,
            **{name: None if end is None else f"{end:f}" for name, end in ends.items()},
            "decimals": int(self.decimals.data),
            "unit": self.local("unit"),
        }

    def show_settings(self, settings: Mapping[str, Any]) -> None:
        self.least.data, self.most.data = _end(settings, "least"), _end(settings, "most")
        self.decimals.data = str(settings["decimals"])
        self.show_local("unit", settings["unit"])


def _end(settings: Mapping[str, Any], name: str) -> Decimal | None:
    return None if settings.get(name) is None else Decimal(settings[name])


class Fits:
    """Within the range, and no finer than was asked."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.least, self.most = _end(settings, "least"), _end(settings, "most")
        self.decimals = settings["decimals"]

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data is None:
            return
        if -field.data.as_tuple().exponent > self.decimals:
            raise ValidationError(
                plural(
                    "Fill in at most one digit after the decimal mark.",
                    "Fill in at most %(num)s digits after the decimal mark.",
                    self.decimals,
                )
                if self.decimals
                else _("Fill in a whole number.")
            )
        is_below = self.least is not None and field.data < self.least
        if is_below or (self.most is not None and field.data > self.most):
            raise ValidationError(self._range())

    def _range(self) -> str:
        least, most = (None if end is None else words(end) for end in (self.least, self.most))
        if least is None:
            return text._("Fill in a number of at most %(most)s.", most=most)
        if most is None:
            return text._("Fill in a number of at least %(least)s.", least=least)
        return text._("Fill in a number from %(least)s to %(most)s.", least=least, most=most)


def field(question: Question) -> Field:
    unit = text.local(question.settings["unit"])
    label = text.local(question.label)
    return NumberField(
        f"{label} ({unit})" if unit else label,
        [needed(question), Fits(question.settings)],
        is_whole=not question.settings["decimals"],
    )


def store(_question: Question, data: Decimal | None, _now: datetime) -> Value:
    """Its digits: a number of JSON would be rounded."""
    return None if data is None else f"{data:f}"


def typed(_question: Question, value: Value) -> Decimal:
    return Decimal(value)


def show(question: Question, value: Value) -> str:
    return " ".join(filter(None, (words(Decimal(value)), text.local(question.settings["unit"]))))


def sample() -> Sample:
    unit = {"nl": "km", "en": "km"}
    return Sample(["12,5"], {"least": "0", "most": "500", "decimals": 1, "unit": unit})


KIND = Kind(
    name="number",
    label=_("A number"),
    help=_("How many or how much, with a smallest and a largest if you like."),
    settings=NumberSettings,
    field=field,
    store=store,
    typed=typed,
    show=show,
    export=typed,
    sample=sample,
)
