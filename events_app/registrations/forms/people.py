"""The public form is made for each event: its guests and its questions become fields."""

from datetime import datetime
from typing import Any

from wtforms import (  # type: ignore[attr-defined] # SelectChoice is newer than the types
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import DataRequired, Email

from events_app.core import text
from events_app.core.forms import Form, Length, OpenForm
from events_app.core.text import lazy as _
from events_app.registrations import questions, rules
from events_app.registrations.models import Question, Registration, RegistrationForm
from events_app.registrations.questions.fields import line, one_line, paragraph
from events_app.registrations.rules import Applicant, Changes

WAIT = "wait"
HALL, ONLINE = "hall", "online"


def _attends() -> Field:
    return RadioField(
        _("How do you take part?"),
        [DataRequired(_("Choose how you take part."))],
        choices=[SelectChoice(HALL, _("In the hall")), SelectChoice(ONLINE, _("Online"))],
    )


class RegisterForm(OpenForm):
    """Made by `form_for`; the fields of guests and questions come with the event."""

    name = line(_("Name"), DataRequired(_("Fill in your name.")), autocomplete="name")
    email = EmailField(
        _("E-mail address"),
        [
            DataRequired(_("Fill in your e-mail address.")),
            Length(max=254),
            Email(_("This address is not complete. It looks like: name@example.org.")),
        ],
        filters=[one_line],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )
    organisation = line(_("Organisation"), autocomplete="organization")
    diet = paragraph(_("Dietary wishes"), most=300)
    access_needs = paragraph(_("What you need to take part"), most=500)
    source = HiddenField()
    attends = _attends()
    party = StringField()
    """How many come after all, or WAIT: buttons of the page that says how many places are left."""

    asked: tuple[tuple[Question, Field], ...] = ()
    guests: tuple[Field, ...] = ()

    @property
    def is_multipart(self) -> bool:
        """As it has to be sent, for a file."""
        return any(getattr(field, "is_multipart", False) for _question, field in self.asked)

    def applicant(self, *, now: datetime) -> Applicant:
        """What was sent with it is stored by now: before the transaction that takes a place."""
        chosen = self.party.data or ""
        guests = tuple(field.data for field in self.guests if field.data)
        if chosen.isascii() and chosen.isdecimal():
            guests = guests[: max(0, int(chosen[:3]) - 1)]
        return Applicant(
            name=self.name.data or "",
            email=(self.email.data or "").lower(),
            organisation=self.organisation.data or "",
            language=text.language(),
            guests=guests,
            may_wait=chosen == WAIT,
            is_online="attends" in self and self.attends.data == ONLINE,
            diet=self.diet.data or "" if "diet" in self else "",
            access_needs=self.access_needs.data or "" if "access_needs" in self else "",
            answers=self._answers(now=now),
            source=self.source.data or "",
        )

    def _answers(self, *, now: datetime) -> dict[int, Any]:
        found = {q.id: questions.stored(q, field.data, now=now) for q, field in self.asked}
        return {id: value for id, value in found.items() if value is not None}


def form_for(registration_form: RegistrationForm, **known: str) -> RegisterForm:
    """The form of one event. `known`: what we know of the reader already, by field name."""
    asked = registration_form.questions
    fields = {f"question_{question.id}": questions.field(question) for question in asked}
    for number in range(1, registration_form.guests_max + 1):
        label = _("Name of guest %(number)s", number=number)
        fields[f"guest_{number}"] = line(label, autocomplete="off")
    kind = type("RegisterForm", (RegisterForm,), fields) if fields else RegisterForm
    made: RegisterForm = kind(**known)
    if not rules.may_choose(registration_form.event):
        del made.attends
    if not registration_form.asks_diet:
        del made.diet
    if not registration_form.asks_access_needs:
        del made.access_needs
    made.asked = tuple((q, made[f"question_{q.id}"]) for q in asked)
    made.guests = tuple(made[name] for name in fields if name.startswith("guest_"))
    return made


class ChangeForm(Form):
    """What people change by their own link; made by `change_form`."""

    organisation = line(_("Organisation"), autocomplete="organization")
    diet = paragraph(_("Dietary wishes"), most=300)
    access_needs = paragraph(_("What you need to take part"), most=500)

    attends = _attends()

    guests: tuple[Field, ...] = ()

    def changes(self) -> Changes:
        return Changes(
            organisation=self.organisation.data or "",
            guests=tuple(field.data or "" for field in self.guests),
            diet=self.diet.data or "",
            access_needs=self.access_needs.data or "",
            is_online=self.attends.data == ONLINE if "attends" in self else None,
        )


def change_form(registration: Registration) -> ChangeForm:
    contact, *guests = registration.participants
    fields = {
        f"guest_{number}": line(_("Name of guest %(number)s", number=number), autocomplete="off")
        for number in range(1, len(guests) + 1)
    }
    known = {f"guest_{number}": guest.name for number, guest in enumerate(guests, start=1)}
    made: ChangeForm = type("ChangeForm", (ChangeForm,), fields)(
        organisation=contact.organisation,
        diet=contact.diet,
        access_needs=contact.access_needs,
        attends=ONLINE if registration.is_online else HALL,
        **known,
    )
    if not rules.may_choose(registration.event):
        del made.attends
    made.guests = tuple(made[name] for name in fields)
    return made


class LeaveForm(Form):
    reason = paragraph(_("Why can you not come?"), most=500)
