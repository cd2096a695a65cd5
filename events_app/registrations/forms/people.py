"""The public form is made for each event: its guests and its questions become fields."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import request
from wtforms import (  # type: ignore[attr-defined] # SelectChoice is newer than the types
    BooleanField,
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
from events_app.registrations.forms.options import keep_ticked, option_fields, wanted_options
from events_app.registrations.models import Answer, Question, Registration, RegistrationForm
from events_app.registrations.questions.fields import line, one_line, paragraph
from events_app.registrations.rules import Applicant, Changes

WAIT = "wait"
HALL, ONLINE, EITHER = "hall", "online", "either"
IN_ONE_WAY = [SelectChoice(HALL, _("In the hall")), SelectChoice(ONLINE, _("Online"))]


def address(label: Any, *validators: Any, autocomplete: str = "email") -> Field:
    return EmailField(
        label,
        [
            *validators,
            Length(max=254),
            Email(_("This address is not complete. It looks like: name@example.org.")),
        ],
        filters=[one_line],
        render_kw={"autocomplete": autocomplete, "spellcheck": "false"},
    )


def _attends() -> Field:
    return RadioField(
        _("How do you take part?"),
        [DataRequired(_("Choose how you take part."))],
        choices=[
            *IN_ONE_WAY,
            SelectChoice(EITHER, _("Online, until there is a place in the hall")),
        ],
    )


def _chosen(attends: Field) -> str | None:
    """As it was sent, also where there is no choice any more; None: nothing was."""
    sent = attends.raw_data or [None]
    return sent[0] if sent[0] in (HALL, ONLINE, EITHER) else None


def _guests_shown(most: int) -> int:
    """So many as may come, or as the form had that was sent: it may have been open for a while."""
    sent = (
        n for n in range(1, rules.GUESTS_MOST + 1) if request.form.get(f"guest_{n}", "").strip()
    )
    return max(most, *sent, 0)


def _hide_either(attends: Field) -> None:
    """Where it says nothing that the others do not; who chose it meanwhile still sees it."""
    if attends.data != EITHER:
        attends.choices = IN_ONE_WAY  # type: ignore[attr-defined] # it is a choice


class RegisterForm(OpenForm):
    """Made by `form_for`; the fields of guests and questions come with the event."""

    name = line(_("Name"), DataRequired(_("Fill in your name.")), autocomplete="name")
    email = address(_("E-mail address"), DataRequired(_("Fill in your e-mail address.")))
    organisation = line(_("Organisation"), autocomplete="organization")
    diet = paragraph(_("Dietary wishes"), most=300)
    access_needs = paragraph(_("What you need to take part"), most=500)
    source = HiddenField()
    attends = _attends()
    party = StringField()
    """How many come after all, or WAIT: buttons of the page that says how many places are left."""

    asked: tuple[tuple[Question, Field], ...] = ()
    guests: tuple[Field, ...] = ()
    chosen: str | None = None
    options: tuple[Field, ...] = ()

    def shows(self, places: rules.Places) -> None:
        """Which ways to take part there are now."""
        if "attends" in self and not (places.takes_online and places.state is rules.State.WAITING):
            _hide_either(self.attends)

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
            is_online=None if self.chosen is None else self.chosen != HALL,
            waits_for_hall=self.chosen == EITHER,
            diet=self.diet.data or "" if "diet" in self else "",
            access_needs=self.access_needs.data or "" if "access_needs" in self else "",
            answers=self._answers(now=now),
            options=wanted_options(self),
            source=self.source.data or "",
        )

    def _answers(self, *, now: datetime) -> dict[int, Any]:
        found = {q.id: questions.stored(q, field.data, now=now) for q, field in self.asked}
        return {id: value for id, value in found.items() if value is not None}


def form_for(registration_form: RegistrationForm, *, held: int = 0, **known: str) -> RegisterForm:
    """The form of one event. `known`: what we know of the reader already, by field name. `held`:
    places that are held for them.
    """
    asked = registration_form.questions
    fields = {f"question_{question.id}": questions.field(question) for question in asked}
    for number in range(1, _guests_shown(registration_form.guests_max) + 1):
        label = _("Name of guest %(number)s", number=number)
        fields[f"guest_{number}"] = line(label, autocomplete="off")
    has_seats = held > 0 or rules.has_seats(registration_form)
    chosen = option_fields(registration_form) if has_seats else {}
    fields |= chosen
    kind = type("RegisterForm", (RegisterForm,), fields) if fields else RegisterForm
    made: RegisterForm = kind(**known)
    made.chosen = _chosen(made.attends)
    if not rules.may_choose(registration_form.event):
        del made.attends
    if not registration_form.asks_diet:
        del made.diet
    if not registration_form.asks_access_needs:
        del made.access_needs
    made.asked = tuple((q, made[f"question_{q.id}"]) for q in asked)
    made.guests = tuple(made[name] for name in fields if name.startswith("guest_"))
    made.options = tuple(made[name] for name in chosen)
    keep_ticked(made)
    return made


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A question on the page where people change what they answered."""

    question: Question
    field: Field
    answer: Answer | None
    removes: Field | None
    """A box to take the answer away, where an empty field leaves it."""

    @property
    def is_apart(self) -> bool:
        """The field cannot show the answer, which stays while the field is empty."""
        return self.answer is not None and self._typed is None

    @property
    def is_left(self) -> bool:
        """The answer stays as it is."""
        if self.is_apart:
            return not self.field.data and not (self.removes and self.removes.data)
        return self.answer is not None and bool(self.field.data == self._typed)

    @property
    def _typed(self) -> Any:
        return questions.typed(self.question, self.answer.value) if self.answer else None


class ChangeForm(Form):
    """What people change by their own link; made by `change_form`."""

    name = line(_("Name"), DataRequired(_("Fill in your name.")), autocomplete="name")
    organisation = line(_("Organisation"), autocomplete="organization")
    diet = paragraph(_("Dietary wishes"), most=300)
    access_needs = paragraph(_("What you need to take part"), most=500)

    attends = _attends()

    chosen: str | None = None
    guests: tuple[Field, ...] = ()
    asked: tuple[AskedAgain, ...] = ()
    options: tuple[Field, ...] | None = None
    """None: there is nothing that they can choose now."""

    @property
    def is_multipart(self) -> bool:
        return any(getattr(each.field, "is_multipart", False) for each in self.asked)

    def changes(self, *, now: datetime) -> Changes:
        """What was sent with it is stored by now."""
        return Changes(
            name=self.name.data or "",
            organisation=self.organisation.data or "",
            guests=tuple(field.data or "" for field in self.guests),
            diet=self.diet.data or "",
            access_needs=self.access_needs.data or "",
            is_online=None if self.chosen is None else self.chosen != HALL,
            waits_for_hall=self.chosen == EITHER,
            answers={
                each.question.id: questions.stored(each.question, each.field.data, now=now)
                for each in self.asked
                if not each.is_left
            },
            options=None if self.options is None else wanted_options(self),
        )


def change_form(
    registration: Registration, form: RegistrationForm, *, takes_options: bool = False
) -> ChangeForm:
    contact, *guests = registration.participants
    fields = {
        f"guest_{number}": line(_("Name of guest %(number)s", number=number), autocomplete="off")
        for number in range(1, _guests_shown(max(len(guests), form.guests_max)) + 1)
    }
    known = {f"guest_{number}": guest.name for number, guest in enumerate(guests, start=1)}
    answers = {answer.question_id: answer for answer in contact.answers}
    asked = {f"question_{question.id}": questions.field(question) for question in form.questions}
    boxes = {
        f"remove_{q.id}": BooleanField(_("Remove this answer"))
        for q in form.questions
        if not q.is_required
    }
    chosen = option_fields(form, rules.options_of(contact)) if takes_options else {}
    made: ChangeForm = type("ChangeForm", (ChangeForm,), fields | asked | boxes | chosen)(
        name=contact.name,
        organisation=contact.organisation,
        diet=contact.diet,
        access_needs=contact.access_needs,
        attends=EITHER if registration.hall_claim else ONLINE if registration.is_online else HALL,
        **known,
        **{
            f"question_{id}": questions.typed(each.question, each.value)
            for id, each in answers.items()
        },
    )
    made.chosen = _chosen(made.attends)
    if not rules.may_choose(registration.event):
        del made.attends
    elif not rules.may_wait_for_hall(registration):
        _hide_either(made.attends)
    made.guests = tuple(made[name] for name in fields)
    if chosen:
        made.options = tuple(made[name] for name in chosen)
        keep_ticked(made)
    made.asked = tuple(_asked_again(made, q, answers.get(q.id)) for q in form.questions)
    return made


def _asked_again(form: ChangeForm, question: Question, answer: Answer | None) -> AskedAgain:
    name, box = f"question_{question.id}", f"remove_{question.id}"
    removes = next((each for each in form if each.name == box), None)
    made = AskedAgain(question, form[name], answer, removes)
    if made.is_apart:
        questions.may_stay_empty(made.field)
    elif removes:
        del form[box]
        made = replace(made, removes=None)
    return made


class LeaveForm(Form):
    reason = paragraph(_("Why can you not come?"), most=500)
