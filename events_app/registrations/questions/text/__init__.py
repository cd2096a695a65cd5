from wtforms import Field

from events_app.core import text
from events_app.core.text import lazy as _
from events_app.registrations.models import Question
from events_app.registrations.questions.fields import LINE, line
from events_app.registrations.questions.shape import Kind, Sample, as_it_is, needed, plain


def field(question: Question) -> Field:
    return line(text.local(question.label), needed(question), most=LINE)


def sample() -> Sample:
    return Sample(["Werkplaats Zuid"], {})


KIND = Kind(
    name="text",
    label=_("One line"),
    help=_("A few words, such as a name."),
    field=field,
    store=plain,
    show=as_it_is,
    export=as_it_is,
    sample=sample,
)
