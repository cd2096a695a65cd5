"""What people fill in when a place goes to another address."""

from datetime import datetime
from typing import Any

from wtforms import Field
from wtforms.validators import DataRequired, ValidationError

from events_app.core import text
from events_app.core.forms import Form
from events_app.core.text import lazy as _
from events_app.registrations import questions
from events_app.registrations.forms.people import address, must_be_asked
from events_app.registrations.models import Question, RegistrationForm, Transfer
from events_app.registrations.questions.fields import line, paragraph
from events_app.registrations.rules import Changes


class AddressForm(Form):
    """Where our letters go from now on."""

    email = address(_("New e-mail address"), DataRequired(_("Fill in your e-mail address.")))

    own = ""
    """The address that they have."""

    @property
    def to(self) -> str:
        return (self.email.data or "").lower()

    def validate_email(self, _field: Field) -> None:
        if self.to == self.own:
            raise ValidationError(_("This is the address that we have already."))


class HandOverForm(AddressForm):
    """Who may have the place."""

    name = line(_("Name"), DataRequired(_("Fill in a name.")), autocomplete="off")
    email = address(
        _("E-mail address"), DataRequired(_("Fill in an e-mail address.")), autocomplete="off"
    )

    def validate_email(self, _field: Field) -> None:
        if self.to == self.own:
            raise ValidationError(_("This is your own address. Fill in that of someone else."))


class TakeForm(Form):
    """What somebody tells who takes a place that was offered; made by `take_form`."""

    name = line(_("Name"), DataRequired(_("Fill in your name.")), autocomplete="name")
    organisation = line(_("Organisation"), autocomplete="organization")
    diet = paragraph(_("Dietary wishes"), most=300)
    access_needs = paragraph(_("What you need to take part"), most=500)

    asked: tuple[tuple[Question, Field], ...] = ()

    @property
    def is_multipart(self) -> bool:
        return any(getattr(field, "is_multipart", False) for _question, field in self.asked)

    def given(self, *, now: datetime) -> Changes:
        """What was sent with it is stored by now. Raises NotAsked."""
        must_be_asked(self)
        answers: dict[int, Any] = {
            question.id: questions.stored(question, field.data, now=now)
            for question, field in self.asked
        }
        return Changes(
            name=self.name.data or "",
            guests=(),
            language=text.language(),
            organisation=self.organisation.data or "",
            diet=self.diet.data or "" if "diet" in self else "",
            access_needs=self.access_needs.data or "" if "access_needs" in self else "",
            answers=answers,
        )


def take_form(asked: Transfer, form: RegistrationForm) -> TakeForm:
    fields = {f"question_{each.id}": questions.field(each) for each in form.questions}
    made: TakeForm = type("TakeForm", (TakeForm,), fields)(name=asked.name)
    if not form.asks_diet:
        del made.diet
    if not form.asks_access_needs:
        del made.access_needs
    made.asked = tuple((each, made[f"question_{each.id}"]) for each in form.questions)
    return made
