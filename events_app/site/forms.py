from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, Length

from events_app.core import text
from events_app.core.forms import Form
from events_app.core.text import lazy as _
from events_app.site.rules import Question


class ContactForm(Form):
    name = StringField(_("Name"), [DataRequired(_("Fill in your name.")), Length(max=120)])
    email = EmailField(
        _("E-mail address"),
        [
            DataRequired(_("Fill in your address, so that we can answer.")),
            Email(_("Fill in an e-mail address, such as name@example.org.")),
        ],
    )
    words = TextAreaField(
        _("Your question"),
        [
            DataRequired(_("Write your question.")),
            Length(max=4000, message=_("Keep it under 4,000 characters.")),
        ],
    )
    website = StringField(_("Leave this field empty"))
    """People do not see it; programs fill it in."""

    def is_from_a_person(self) -> bool:
        return not self.website.data

    def question(self) -> Question:
        return Question(
            self.name.data or "", self.email.data or "", self.words.data or "", text.language()
        )
