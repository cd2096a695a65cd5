"""What organisers set: places, times, access and questions."""

from collections.abc import Sequence
from typing import Any

from flask_babel import LazyString
from wtforms import (  # type: ignore[attr-defined] # SelectChoice is newer than the types
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectChoice,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from events_app.core import text
from events_app.core.editing import Sent
from events_app.core.forms import Form, LocalTimeField
from events_app.core.text import lazy as _
from events_app.events.models import Event
from events_app.registrations import questions, rules
from events_app.registrations.models import Access, AskedOf, Question, RegistrationForm, VisibleTo
from events_app.registrations.questions import Kind, KindSettings
from events_app.registrations.questions.fields import LINE, line
from events_app.registrations.rules import Asked, Settings

MOST_PLACES = 1_000_000
MOST_MEGABYTES = 11
"""Of all files that one form asks for: a request is 12 MB at most, with the words beside them."""


class SearchForm(Form):
    """The filters and the order of the list at the desk, in the query string."""

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


def seen_by(label: LazyString) -> RadioField:
    """Of what people tell with their registration."""
    return RadioField(
        label,
        choices=[
            SelectChoice(VisibleTo.ORGANISERS.value, _("Organisers")),
            SelectChoice(VisibleTo.DOOR.value, _("Organisers and the people at the door")),
        ],
        default=VisibleTo.ORGANISERS.value,
    )


class QuestionForm(KindSettings):
    """Made by `question_form`; what an organiser sets comes with the kind."""

    label_nl = line(_("Question in Dutch"), DataRequired(_("Fill in the question.")), most=LINE)
    label_en = line(_("Question in English"), most=LINE)
    is_required = BooleanField(_("An answer is needed to register"))
    purpose_nl = line(
        _("Why you ask, in Dutch"),
        DataRequired(_("Fill in why you ask. It stands beside the question.")),
        most=LINE,
    )
    purpose_en = line(_("Why you ask, in English"), most=LINE)
    asked_of = RadioField(
        _("Who answers"),
        choices=[
            SelectChoice(AskedOf.CONTACT.value, _("Whoever registers, for all of the party")),
            SelectChoice(AskedOf.EVERYONE.value, _("Everyone: each guest too")),
        ],
        default=AskedOf.CONTACT.value,
    )
    visible_to = seen_by(_("Who sees the answers"))
    wipe_after_days = IntegerField(
        _("Wipe the answers after the event, in days"),
        [
            InputRequired(_("Fill in a number of days.")),
            NumberRange(1, 365, _("Fill in a number between 1 and 365 days.")),
        ],
        default=30,
        render_kw={"min": 1, "max": 365, "inputmode": "numeric"},
    )

    kind_of: Kind
    others: Sequence[Question] = ()
    """That are asked beside it."""

    def validate_label_nl(self, field: Field) -> None:
        if any(field.data == other.label.get("nl") for other in self.others):
            raise ValidationError(_("Another question has these words already."))

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        own = self.kind_of.megabytes(self.settings({}))
        others = questions.megabytes(self.others)
        if own and own + others > MOST_MEGABYTES:
            self.form_errors.append(
                text._(
                    "All files of one form together are %(most)s MB at most, and the other"
                    " questions take %(others)s MB of it.",
                    most=MOST_MEGABYTES,
                    others=others,
                )
            )
            return False
        return True

    def show(self, question: Question) -> None:
        """Fill in the question as it is stored."""
        self.visible_to.data = question.visible_to.value
        self.asked_of.data = question.asked_of.value
        self.is_required.data = question.is_required
        self.wipe_after_days.data = question.wipe_after_days
        self.show_local("label", question.label)
        self.show_local("purpose", question.purpose)
        self.show_settings(question.settings)

    def drops_guests(self, known: Question) -> bool:
        """From now on it is asked of the contact alone."""
        is_alone = self.asked_of.data == AskedOf.CONTACT.value
        return is_alone and known.asked_of is AskedOf.EVERYONE

    def question(self, known: Question | None) -> Asked:
        """`known`: the question as it is stored."""
        return Asked(
            kind=self.kind_of.name,
            label=self.local("label"),
            settings=self.settings(known.settings if known else {}),
            is_required=self.is_required.data,
            purpose=self.local("purpose"),
            visible_to=VisibleTo(self.visible_to.data),
            asked_of=AskedOf(self.asked_of.data),
            wipe_after_days=self.wipe_after_days.data or 0,
        )


def question_form(kind: Kind, sent: Sent, *, others: Sequence[Question]) -> QuestionForm:
    """For a question of this kind, empty or as it was sent. `others`: that are asked beside it."""
    of_kind = {"kind_of": kind, "others": others}
    made: QuestionForm = type("QuestionForm", (QuestionForm, kind.settings), of_kind)(sent)
    return made
