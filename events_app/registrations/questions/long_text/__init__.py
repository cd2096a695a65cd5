from wtforms import Field

from events_app.core import text
from events_app.core.text import lazy as _
from events_app.registrations.models import Question
from events_app.registrations.questions.fields import PARAGRAPH, paragraph
from events_app.registrations.questions.shape import Kind, Sample, as_it_is, needed, plain


def field(question: Question) -> Field:
    return paragraph(text.local(question.label), needed(question), most=PARAGRAPH, rows=4)


def sample() -> Sample:
    return Sample(["Hoe begint u?\nEn met wie?"], {})


KIND = Kind(
    name="long_text",
    label=_("A few lines"),
    help=_("A question or a remark in people's own words."),
    field=field,
    store=plain,
    show=as_it_is,
    export=as_it_is,
    sample=sample,
)
