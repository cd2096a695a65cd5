from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import AnyOf, DataRequired, Email, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from events_app.core import text
from events_app.core.forms import Form, Length
from events_app.core.text import lazy as _
from events_app.newsletters.models import Subscription
from events_app.newsletters.rules import Wish, consent
from events_app.themes.models import Theme

LANGUAGES = {"nl": "Nederlands", "en": "English"}


class TopicsField(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def offer(self, themes: Sequence[Theme]) -> None:
        self.choices = {theme.code: text.local(theme.name) for theme in themes}


class PreferencesForm(Form):
    name = StringField(_("Your name"), [Length(max=120)])
    language = RadioField(_("Your language"), [InputRequired()], choices=LANGUAGES)
    themes = TopicsField(_("Topics"))

    def show(self, subscription: Subscription) -> None:
        self.name.data = subscription.person.name
        self.language.data = subscription.person.language
        self.themes.data = [theme.code for theme in subscription.themes]

    def chosen(self) -> tuple[str, str, list[str]]:
        """As rules.choices."""
        return self.name.data or "", self.language.data, sorted(self.themes.data or [])


class SubscribeForm(PreferencesForm):
    email = EmailField(
        _("E-mail address"),
        [
            DataRequired(_("Fill in your e-mail address.")),
            Email(_("Fill in an e-mail address such as name@example.org.")),
            Length(max=254),
        ],
    )
    agreed = BooleanField(
        "", [InputRequired(_("Tick the box: without your consent we may not write to you."))]
    )
    wording = HiddenField(validators=[AnyOf(consent.WORDINGS)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        version = self.wording.data if self.wording.data in consent.WORDINGS else consent.CURRENT
        self.wording.data = version
        self.agreed.label.text = consent.wording(version, text.language())

    def wish(self, page: str) -> Wish:
        return Wish(
            email=(self.email.data or "").lower(),
            name=self.name.data or "",
            language=self.language.data,
            themes=tuple(self.themes.data or ()),
            wording_version=self.wording.data or consent.CURRENT,
            page=page,
        )
