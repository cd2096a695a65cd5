from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    ColorField,
    DateField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
    URLField,
)
from wtforms import Form as Inner
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from events_app.core import text
from events_app.core.forms import ADDRESS, Length, LocalTimeField, OpenForm, options
from events_app.core.text import lazy as _
from events_app.site.rules import Enquiry


class ContactForm(OpenForm):
    name = StringField(_("Name"), [DataRequired(_("Fill in your name.")), Length(max=120)])
    email = EmailField(
        _("E-mail address"),
        [
            DataRequired(_("Fill in your address, so that we can answer.")),
            ADDRESS,
        ],
    )
    words = TextAreaField(
        _("Your question"),
        [
            DataRequired(_("Write your question.")),
            Length(max=4000),
        ],
    )

    def question(self) -> Enquiry:
        return Enquiry(
            self.name.data or "", self.email.data or "", self.words.data or "", text.language()
        )


class _Guest(Inner):
    name = StringField(_("Name of the guest"), [DataRequired(_("Fill in a name."))])


class StyleForm(OpenForm):
    """Every kind of field that our forms have, for the page that shows the look."""

    name = StringField(_("Name"), [DataRequired(_("Fill in your name."))])
    email = EmailField(_("E-mail address"), [DataRequired(_("Fill in your e-mail address."))])
    phone = TelField(_("Phone"))
    website = URLField(_("Website"))
    words = TextAreaField(_("Text"), description=_("Three sentences at most."))
    kind = SelectField(_("Kind"), [Optional()])
    diet = RadioField(_("What do you eat?"), [InputRequired(_("Choose what you eat."))])
    sessions = SelectMultipleField(
        _("Sessions"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    search = SearchField(_("Search"))
    on = DateField(_("Date"), [Optional()])
    at = TimeField(_("Time"), [Optional()])
    starts = LocalTimeField(_("Starts"), [Optional()])
    places = IntegerField(_("Places"), [Optional()])
    colour = ColorField(_("Colour"))
    photo = FileField(_("Photo"))
    news = BooleanField(_("Send me the newsletter"))
    rules = BooleanField(_("I keep to the house rules"), [DataRequired(_("Tick this box."))])
    source = HiddenField()
    guests = FieldList(FormField(_Guest), min_entries=1)

    def offer(self) -> None:
        self.kind.choices = options([("a", _("Meeting")), ("b", _("Conference"))])
        self.diet.choices = options([("a", _("Everything")), ("b", _("Vegan"))])
        self.sessions.choices = options([("a", _("Skills lab")), ("b", _("Pitches"))])
