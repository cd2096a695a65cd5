"""What organisers set: places, times, access and questions."""

from wtforms import (  # type: ignore[attr-defined] # SelectChoice is newer than the types
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from events_app.core import text
from events_app.core.editing import Sent
from events_app.core.forms import Form, LocalTimeField
from events_app.core.text import lazy as _
from events_app.events.models import Event
from events_app.registrations import rules
from events_app.registrations.forms.fields import LINE, PARAGRAPH, line, one_line, paragraph
from events_app.registrations.models import (
    Access,
    Question,
    QuestionKind,
    RegistrationForm,
    VisibleTo,
)
from events_app.registrations.rules import Asked, Settings

MOST_PLACES = 1_000_000


class SearchForm(Form):
    """The list at the desk; its choices stand in the address."""

    q = line(_("Name, e-mail address or code"), type="search")


class SettingsForm(Form):
    size = IntegerField(
        _("Number of places"),
        [
            InputRequired(_("Fill in how many places there are.")),
            NumberRange(0, MOST_PLACES, _("Fill in a number between 0 and 1,000,000.")),
        ],
        render_kw={"min": 0, "inputmode": "numeric"},
    )
    online_size = IntegerField(
        _("Number of places online"),
        [
            Optional(),
            NumberRange(0, MOST_PLACES, _("Fill in a number between 0 and 1,000,000.")),
        ],
        render_kw={"min": 0, "inputmode": "numeric"},
    )
    opens_at = LocalTimeField(_("People can register from"), [Optional()])
    closes_at = LocalTimeField(_("People can register until"), [Optional()])
    access = RadioField(
        _("Who can register"),
        choices=[
            SelectChoice(Access.OPEN.value, _("Everyone, from the event's page")),
            SelectChoice(Access.UNLISTED.value, _("Everyone who has the address of the form")),
            SelectChoice(Access.INVITATION.value, _("Only with an invitation")),
        ],
        default=Access.OPEN.value,
    )
    guests_max = IntegerField(
        _("Guests per person, at most"),
        [
            InputRequired(_("Fill in a number; 0 means: no guests.")),
            NumberRange(0, rules.GUESTS_MOST, _("Fill in a number between 0 and 9.")),
        ],
        default=0,
        render_kw={"min": 0, "max": rules.GUESTS_MOST, "inputmode": "numeric"},
    )
    has_waiting_list = BooleanField(
        _("When it is full, people can join a waiting list"), default=True
    )
    offer_hours = IntegerField(
        _("Hours to accept a place that comes free"),
        [
            InputRequired(_("Fill in a number of hours.")),
            NumberRange(2, 336, _("Fill in a number between 2 and 336 hours.")),
        ],
        default=48,
        render_kw={"min": 2, "max": 336, "inputmode": "numeric"},
    )
    shows_places_left = BooleanField(_("Show roughly how many places are left"), default=True)
    asks_diet = BooleanField(_("Ask for dietary wishes"), default=True)
    asks_access_needs = BooleanField(_("Ask what people need to take part"), default=True)
    needs_wipe_after_days = IntegerField(
        _("Wipe these after the event, in days"),
        [
            InputRequired(_("Fill in a number of days.")),
            NumberRange(1, 90, _("Fill in a number between 1 and 90 days.")),
        ],
        default=14,
        render_kw={"min": 1, "max": 90, "inputmode": "numeric"},
    )

    def validate_closes_at(self, field: Field) -> None:
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("Registration must close after it opens."))

    online_stays: int | None = None
    """The number of places online where it is not asked: there is no choice."""

    @property
    def online(self) -> int | None:
        """The number of places online; None: for everybody."""
        number: int | None = self.online_size.data if "online_size" in self else self.online_stays
        return number

    def settings(self) -> Settings:
        return Settings(
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            access=Access(self.access.data),
            guests_max=self.guests_max.data or 0,
            asks_diet=self.asks_diet.data,
            asks_access_needs=self.asks_access_needs.data,
            has_waiting_list=self.has_waiting_list.data,
            shows_places_left=self.shows_places_left.data,
            offer_hours=self.offer_hours.data or 0,
            needs_wipe_after_days=self.needs_wipe_after_days.data or 0,
        )


def settings_form(event: Event, known: RegistrationForm | None, sent: Sent) -> SettingsForm:
    sizes = {"size": known.pool.size, "online_size": known.online_pool.size} if known else {}
    form = SettingsForm(sent, obj=known, **sizes)
    if rules.may_choose(event):
        form.size.label.text = _("Number of places in the hall")
    else:
        del form.online_size
        form.online_stays = sizes.get("online_size")
    return form


class QuestionForm(Form):
    label_nl = line(_("Question in Dutch"), DataRequired(_("Fill in the question.")), most=LINE)
    label_en = line(_("Question in English"), most=LINE)
    kind = SelectField(
        _("Kind of answer"),
        choices=[
            SelectChoice(QuestionKind.TEXT.value, _("One line")),
            SelectChoice(QuestionKind.LONG_TEXT.value, _("A few lines")),
            SelectChoice(QuestionKind.CHOICE.value, _("One choice")),
            SelectChoice(QuestionKind.CHOICES.value, _("Several choices")),
        ],
    )
    choices_nl = paragraph(_("Choices in Dutch, one a line"), most=PARAGRAPH, rows=4)
    choices_en = paragraph(_("Choices in English, in the same order"), most=PARAGRAPH, rows=4)
    is_required = BooleanField(_("An answer is needed to register"))
    purpose_nl = line(
        _("Why you ask, in Dutch"),
        DataRequired(_("Fill in why you ask. It stands beside the question.")),
        most=LINE,
    )
    purpose_en = line(_("Why you ask, in English"), most=LINE)
    visible_to = RadioField(
        _("Who sees the answers"),
        choices=[
            SelectChoice(VisibleTo.ORGANISERS.value, _("Organisers")),
            SelectChoice(VisibleTo.DOOR.value, _("Organisers and the people at the door")),
        ],
        default=VisibleTo.ORGANISERS.value,
    )
    wipe_after_days = IntegerField(
        _("Wipe the answers after the event, in days"),
        [
            InputRequired(_("Fill in a number of days.")),
            NumberRange(1, 365, _("Fill in a number between 1 and 365 days.")),
        ],
        default=30,
        render_kw={"min": 1, "max": 365, "inputmode": "numeric"},
    )

    def validate_choices_nl(self, field: Field) -> None:
        is_choice = self.kind.data in (QuestionKind.CHOICE, QuestionKind.CHOICES)
        if is_choice and len(_lines(field.data)) < 2:  # noqa: PLR2004 -- one is no choice
            raise ValidationError(_("Fill in at least two choices, each on a line of its own."))
        if len(set(_lines(field.data))) < len(_lines(field.data)):
            raise ValidationError(_("A choice stands here twice."))

    def validate_choices_en(self, field: Field) -> None:
        lines = _lines(field.data)
        if lines and len(lines) != len(_lines(self.choices_nl.data)):
            raise ValidationError(_("Give as many choices in English as in Dutch, or none."))

    def show(self, question: Question) -> None:
        """Fill in the question as it stands."""
        self.kind.data, self.visible_to.data = question.kind.value, question.visible_to.value
        self.is_required.data = question.is_required
        self.wipe_after_days.data = question.wipe_after_days
        self.show_local("label", question.label)
        self.show_local("purpose", question.purpose)
        for code in text.LANGUAGES:
            lines = [choice[code] for choice in question.choices if choice.get(code)]
            self[f"choices_{code}"].data = "\n".join(lines)

    def question(self) -> Asked:
        kind = QuestionKind(self.kind.data)
        has_choices = kind in (QuestionKind.CHOICE, QuestionKind.CHOICES)
        dutch, english = _lines(self.choices_nl.data), _lines(self.choices_en.data)
        english = english or [""] * len(dutch)
        choices = [
            {code: word for code, word in (("nl", nl), ("en", en)) if word}
            for nl, en in zip(dutch, english, strict=True)
        ]
        return Asked(
            kind=kind,
            label=self.local("label"),
            choices=choices if has_choices else [],
            is_required=self.is_required.data,
            purpose=self.local("purpose"),
            visible_to=VisibleTo(self.visible_to.data),
            wipe_after_days=self.wipe_after_days.data or 0,
        )


def _lines(value: str | None) -> list[str]:
    parts = (one_line(part) for part in (value or "").split("\n"))
    return [part for part in parts if part]
