from wtforms import Field, SelectMultipleField
from wtforms.form import BaseForm
from wtforms.widgets import CheckboxInput, ListWidget

from events_app.core import text
from events_app.core.forms import options
from events_app.core.text import lazy as _
from events_app.registrations.models import Question
from events_app.registrations.questions import choice
from events_app.registrations.questions.shape import Kind, Sample, Value, needed, plain


class SomeOf(SelectMultipleField):
    def pre_validate(self, form: BaseForm) -> None:
        choice.must_be_offered(self, self.data or ())
        super().pre_validate(form)


def field(question: Question) -> Field:
    return SomeOf(
        text.local(question.label),
        [needed(question)],
        choices=options(choice.offered(question)),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def typed(question: Question, value: Value) -> Value:
    """Nothing, when one of the choices is no longer there."""
    return value if {*value} <= dict(choice.offered(question)).keys() else None


def show(question: Question, value: Value) -> str:
    return ", ".join(choice.worded(question, word) for word in value)


def sample() -> Sample:
    return Sample(["Ochtend", "Middag"], choice.SETTINGS)


KIND = Kind(
    name="choices",
    label=_("Several choices"),
    help=_("Any number of the things that you name."),
    settings=choice.Choices,
    field=field,
    store=plain,
    typed=typed,
    show=show,
    export=show,
    sample=sample,
)
