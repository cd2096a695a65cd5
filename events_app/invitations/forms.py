from collections.abc import Iterable

from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, NumberRange, Optional

from events_app.core.forms import ADDRESS, Form, Length
from events_app.core.text import lazy as _
from events_app.invitations.rules import WORDS_MAX, Guest, Line, lines

LANGUAGES = {"nl": "Nederlands", "en": "English"}
NONE = "—"


class AmbassadorForm(Form):
    name = StringField(_("Name"), [DataRequired(_("Fill in a name.")), Length(max=120)])
    email = EmailField(_("E-mail address"), [DataRequired(_("Fill in an address.")), ADDRESS])
    language = SelectField(_("Language of the e-mails"), choices=LANGUAGES)
    title_nl = StringField(_("What they do, in Dutch"), [Length(max=160)])
    title_en = StringField(_("What they do, in English"), [Length(max=160)])
    sector = SelectField(_("Sector"), choices={"": NONE}, validators=[Optional()])
    region = SelectField(_("Region"), choices={"": NONE}, validators=[Optional()])
    quota = IntegerField(
        _("Invitations for each event"),
        [NumberRange(0, 500, _("Choose a number from 0 to 500."))],
        default=20,
    )
    is_active = BooleanField(_("May invite people"), default=True)
    is_public = BooleanField(_("Agreed to be named on the public site"))

    def offer(self, sectors: Iterable[tuple[int, str]], regions: Iterable[tuple[int, str]]) -> None:
        for field, themes in ((self.sector, sectors), (self.region, regions)):
            field.choices = {"": NONE} | {str(key): name for key, name in themes}


class InviteForm(Form):
    name = StringField(_("Name"), [DataRequired(_("Fill in a name.")), Length(max=120)])
    email = EmailField(_("E-mail address"), [DataRequired(_("Fill in an address.")), ADDRESS])
    organisation = StringField(_("Organisation"), [Length(max=160)])
    language = SelectField(_("Language of the e-mail"), choices=LANGUAGES)
    words = TextAreaField(_("Your own words to this guest"), [Length(max=WORDS_MAX)])
    address_source = StringField(
        _("How do you know this person?"),
        [DataRequired(_("Tell us in a few words; the e-mail says it too.")), Length(max=160)],
    )

    def guest(self) -> Guest:
        return Guest(
            name=self.name.data or "",
            email=(self.email.data or "").lower(),
            organisation=self.organisation.data or "",
            language=self.language.data,
            words=self.words.data or "",
            address_source=self.address_source.data or "",
        )


class ListForm(Form):
    people = TextAreaField(
        _("One person on each line"), [DataRequired(_("Paste at least one line."))]
    )
    language = SelectField(_("Language of the e-mails"), choices=LANGUAGES)
    words = TextAreaField(_("Your own words to these guests"), [Length(max=WORDS_MAX)])
    address_source = StringField(
        _("How do you know these people?"),
        [DataRequired(_("Tell us in a few words; the e-mail says it too.")), Length(max=160)],
    )

    def lines(self) -> list[Line]:
        return lines(self.people.data or "")

    def guest(self, line: Line) -> Guest:
        return Guest(
            name=line.name or line.email.partition("@")[0],
            email=line.email,
            organisation=line.organisation,
            language=self.language.data,
            words=self.words.data or "",
            address_source=self.address_source.data or "",
        )
