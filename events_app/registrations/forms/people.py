"""The public form is made for each event: its guests and its questions become fields."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (  # type: ignore[attr-defined] # SelectChoice is newer than the types
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import DataRequired, Email, Optional

from events_app.core import text
from events_app.core.errors import Refusal
from events_app.core.forms import Form, Length, OpenForm
from events_app.core.text import lazy as _
from events_app.registrations import questions, rules
from events_app.registrations.forms.options import (
    keep_ticked,
    option_fields,
    option_names,
    wanted_options,
)
from events_app.registrations.models import (
    Answer,
    Participant,
    Question,
    Registration,
    RegistrationForm,
)
from events_app.registrations.questions.fields import line, one_line, paragraph
from events_app.registrations.questions.shape import is_said
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


def _guests_shown(most: int, form: MultiDict[str, str]) -> int:
    """So many as may come, or as the form had that was sent: it may have been open for a while."""
    sent = (n for n in range(1, rules.GUESTS_MOST + 1) if form.get(f"guest_{n}", "").strip())
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
    """How many come after all, WAIT, or ONLINE: buttons of the page that says how many places are
    left.
    """

    asked: tuple[tuple[Question, Field], ...] = ()
    guests: tuple[Field, ...] = ()
    chosen: str | None = None
    options: tuple[Field, ...] = ()
    guest_addresses: tuple[Field, ...] = ()
    not_yet: Collection[str] = ()
    """Names of the fields of options: who gets no place chooses later."""

    def validate(self, extra_validators: Any = None) -> bool:
        is_good: bool = super().validate(extra_validators)
        own = (self.email.data or "").lower()
        return are_apart(self, own) and is_good

    def shows(self, places: rules.Places) -> None:
        """Which ways to take part there are now."""
        if "attends" in self and not (places.takes_online and places.state is rules.State.WAITING):
            _hide_either(self.attends)

    @property
    def is_multipart(self) -> bool:
        """As it has to be sent, for a file."""
        return any(getattr(field, "is_multipart", False) for _question, field in self.asked)

    def applicant(self, *, now: datetime) -> Applicant:
        """What was sent with it is stored by now: before the transaction that takes a place.

        Raises NotAsked.
        """
        must_be_asked(self, self.not_yet)
        guests = [pair for pair in guests_in(self) if pair[0]][: self._guests_most]
        return Applicant(
            name=self.name.data or "",
            email=(self.email.data or "").lower(),
            organisation=self.organisation.data or "",
            language=text.language(),
            guests=tuple(name for name, _email in guests),
            guest_addresses=tuple(email for _name, email in guests),
            may_wait=self.waits,
            is_online=None if self.chosen is None else self.chosen != HALL,
            waits_for_hall=self.chosen == EITHER,
            diet=self.diet.data or "" if "diet" in self else "",
            access_needs=self.access_needs.data or "" if "access_needs" in self else "",
            answers=self._answers(now=now),
            options=wanted_options(self),
            source=self.source.data or "",
        )

    @property
    def waits(self) -> bool:
        """For places for all of the party, as was chosen."""
        return self.party.data == WAIT

    @property
    def _guests_most(self) -> int | None:
        """How many come after all, as was chosen; None: there was nothing to choose."""
        chosen = self.party.data or ""
        if not (chosen.isascii() and chosen.isdecimal()):
            return None
        return max(0, int(chosen[:3]) - 1)

    @property
    def comes_with_fewer(self) -> bool:
        return self._guests_most is not None

    def leave_out(self) -> None:
        """Of the page that comes back, those who do not come after all."""
        if self.comes_with_fewer:
            pairs = zip(self.guests, self.guest_addresses, strict=True)
            named = [pair for pair in pairs if pair[0].data]
            for name, email in named[self._guests_most :]:
                name.data = email.data = ""

    def _answers(self, *, now: datetime) -> dict[int, Any]:
        found = {q.id: questions.stored(q, field.data, now=now) for q, field in self.asked}
        return {id: value for id, value in found.items() if value is not None}


def form_for(registration_form: RegistrationForm, *, held: int = 0, **known: str) -> RegisterForm:
    """The form of one event. `known`: what we know of the reader already, by field name. `held`:
    places that are held for them.
    """
    asked = registration_form.questions
    fields = guest_fields(_guests_shown(registration_form.guests_max, request.form))
    has_seats = held > 0 or rules.has_seats(registration_form)
    chosen = option_fields(registration_form) if has_seats else {}
    fields |= chosen  # in the order of the page: mistakes are listed so
    fields |= {f"question_{question.id}": questions.field(question) for question in asked}
    kind = type("RegisterForm", (RegisterForm,), fields) if fields else RegisterForm
    made: RegisterForm = kind(**known)
    if made.party.data == ONLINE:
        made.attends.data, made.attends.raw_data = ONLINE, [ONLINE]
    made.chosen = _chosen(made.attends)
    if not rules.may_choose(registration_form.event):
        del made.attends
    if not registration_form.asks_diet:
        del made.diet
    if not registration_form.asks_access_needs:
        del made.access_needs
    made.asked = tuple((q, made[f"question_{q.id}"]) for q in asked)
    made.guests, made.guest_addresses = _guests_of(made)
    made.options = tuple(made[name] for name in chosen)
    made.not_yet = () if has_seats else option_names(registration_form)
    keep_ticked(made)
    return made


def must_be_asked(form: Form, known: Collection[str] = ()) -> None:
    """Raises NotAsked where something was filled in for a question or need, or chosen of options,
    that the form does not have any more. `known`: fields that it leaves out for now.
    """
    there = {*known, *(field.name for field in form)}
    sent: CombinedMultiDict[str, Any] = CombinedMultiDict([request.form, request.files])
    for name, values in sent.lists():
        is_asked = name in there or not re.fullmatch(
            r"(question|options)_[0-9]+|diet|access_needs", name
        )
        if not is_asked and any(is_said(value) for value in values):
            raise rules.NotAsked


def guest_fields(number: int) -> dict[str, Field]:
    fields = {}
    for each in range(1, number + 1):
        fields[f"guest_{each}"] = line(
            _("Name of guest %(number)s", number=each), autocomplete="off"
        )
        fields[f"guest_{each}_email"] = address(
            _("E-mail address of guest %(number)s", number=each), Optional(), autocomplete="off"
        )
    return fields


def _guests_of(form: Form) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """Their names, and their addresses."""
    names = [field for field in form if field.name.startswith("guest_")]
    return tuple(names[::2]), tuple(names[1::2])


def guests_in(form: "RegisterForm | ChangeForm") -> list[tuple[str, str]]:
    return [
        (name.data or "", (email.data or "").lower())
        for name, email in zip(form.guests, form.guest_addresses, strict=True)
    ]


def are_apart(form: "RegisterForm | ChangeForm", own: str) -> bool:
    """Each of a party has an address of their own, or none; and whoever has one has a name. What
    is wrong is said beside the field. `own`: of the contact.
    """
    seen, is_good = {own}, True
    for field, (name, email) in zip(form.guest_addresses, guests_in(form), strict=True):
        problem = None
        if email and not name:
            problem = _("Fill in the name of this guest too.")
        elif email in seen:
            problem = _("Each of you needs an own address. Leave it empty for a guest without one.")
        if email and problem and not field.errors:
            field.errors, is_good = [str(problem)], False
        seen.add(email)
    return is_good


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


class AnswersForm(Form):
    """What somebody answers, or answers otherwise; made by `answers_form`."""

    asked: tuple[AskedAgain, ...] = ()
    left_out: Collection[str] = ()
    """Names of fields that the page had, and that say what is stored already."""

    @property
    def is_multipart(self) -> bool:
        return any(getattr(each.field, "is_multipart", False) for each in self.asked)

    def answers(self, *, now: datetime) -> dict[int, Any]:
        """Those that were changed. What was sent with it is stored by now. Raises NotAsked."""
        must_be_asked(self, self.left_out)
        return {
            each.question.id: questions.stored(each.question, each.field.data, now=now)
            for each in self.asked
            if not each.is_left
        }


class ChangeForm(AnswersForm):
    """What people change by their own link; made by `change_form`."""

    name = line(_("Name"), DataRequired(_("Fill in your name.")), autocomplete="name")
    organisation = line(_("Organisation"), autocomplete="organization")
    diet = paragraph(_("Dietary wishes"), most=300)
    access_needs = paragraph(_("What you need to take part"), most=500)

    attends = _attends()

    party_of = HiddenField()
    """Ids of the guests whom the first fields are about, as the page was opened."""
    gone: Sequence[str] = ()
    """Names of those who do not come along any more since then."""

    chosen: str | None = None
    guests: tuple[Field, ...] = ()
    guest_addresses: tuple[Field, ...] = ()
    """Always empty at first: who has one is not told on this page."""
    own = ""
    """The address of the contact."""
    options: tuple[Field, ...] | None = None
    """None: there is nothing that they can choose now."""
    is_closed = False
    """They may not choose now."""
    has: Collection[int] = ()
    """Ids of the options that they have."""

    def validate(self, extra_validators: Any = None) -> bool:
        is_good: bool = super().validate(extra_validators)
        return are_apart(self, self.own) and is_good

    def refuse(self, why: Refusal, *, guests: int) -> None:
        """Say it beside the field that it is about. `guests`: how many there were."""
        if isinstance(why, (rules.NoPlaceInTheHall, rules.NoPlaceThere)):
            self.attends.errors = [str(why.sentence)]
        elif isinstance(why, (rules.TooManyGuests, rules.NoPlaceForGuest)):
            new = next(field for field in self.guests[guests:] if field.data)
            new.errors = [str(why.sentence)]
        else:
            self.form_errors.append(str(why.sentence))
        if self.gone:
            gone = ", ".join(self.gone)
            self.form_errors.append(str(_("Does not come along any more: %(names)s.", names=gone)))

    def changes(self, *, now: datetime) -> Changes:
        """What was sent with it is stored by now. Raises NotAsked or ChoicesClosed."""
        if self.is_closed:
            self.left_out = _unchanged(self.has)
        return Changes(
            name=self.name.data or "",
            organisation=self.organisation.data or "",
            guests=tuple(name for name, _email in guests_in(self)),
            guest_addresses=tuple(email for _name, email in guests_in(self)),
            diet=self.diet.data or "" if "diet" in self else "",
            access_needs=self.access_needs.data or "" if "access_needs" in self else "",
            is_online=None if self.chosen is None else self.chosen != HALL,
            waits_for_hall=self.chosen == EITHER,
            answers=self.answers(now=now),
            options=None if self.options is None else wanted_options(self),
            known_guests=_ids(self.party_of.data),
        )


def answers_form(person: Participant, asked: Sequence[Question], *, is_own: bool) -> AnswersForm:
    """`is_own`: not by somebody else for them, who may leave open what is needed."""
    made: AnswersForm = type("AnswersForm", (AnswersForm,), _question_fields(asked))(
        **_typed(person)
    )
    made.asked = _all_asked(made, person, asked)
    for each in made.asked if not is_own else ():
        questions.may_stay_empty(each.field)
    return made


def _question_fields(asked: Sequence[Question]) -> dict[str, Field]:
    fields = {f"question_{question.id}": questions.field(question) for question in asked}
    boxes = {
        f"remove_{q.id}": BooleanField(_("Remove this answer")) for q in asked if not q.is_required
    }
    return fields | boxes


def _typed(person: Participant) -> dict[str, Any]:
    return {
        f"question_{each.question_id}": questions.typed(each.question, each.value)
        for each in person.answers
    }


def _all_asked(
    form: AnswersForm, person: Participant, asked: Sequence[Question]
) -> tuple[AskedAgain, ...]:
    answers = {answer.question_id: answer for answer in person.answers}
    return tuple(_asked_again(form, q, answers.get(q.id)) for q in asked)


def change_form(
    registration: Registration,
    form: RegistrationForm,
    *,
    now: datetime,
) -> ChangeForm:
    contact, *guests = registration.participants
    sent = _as_they_are(guests)
    fields = guest_fields(_guests_shown(max(len(guests), form.guests_max), sent))
    known = {f"guest_{number}": guest.name for number, guest in enumerate(guests, start=1)}
    asked = form.questions if rules.may_answer(form, registration.event, now=now) else []
    takes_options = rules.may_take_options(registration, form, now=now)
    chosen = option_fields(form, rules.options_of(contact)) if takes_options else {}
    fields |= chosen | _question_fields(asked)
    made: ChangeForm = type("ChangeForm", (ChangeForm,), fields)(
        CombinedMultiDict([request.files, sent]) if request.method == "POST" else None,
        party_of=",".join(str(guest.id) for guest in guests),
        name=contact.name,
        organisation=contact.organisation,
        diet=contact.diet,
        access_needs=contact.access_needs,
        attends=EITHER if registration.hall_claim else ONLINE if registration.is_online else HALL,
        **known,
        **_typed(contact),
    )
    made.chosen = _chosen(made.attends)
    if not rules.may_choose(registration.event):
        del made.attends
    elif not rules.may_wait_online(registration):
        _hide_either(made.attends)
    if not form.asks_diet:
        del made.diet
    if not form.asks_access_needs:
        del made.access_needs
    made.guests, made.guest_addresses = _guests_of(made)
    made.own, made.gone = contact.email, _gone(guests)
    made.is_closed = not takes_options
    made.has = {option.id for option in rules.options_of(contact)}
    if chosen:
        made.options = tuple(made[name] for name in chosen)
        keep_ticked(made)
    made.asked = _all_asked(made, contact, asked)
    return made


def _unchanged(has: Collection[int]) -> Collection[str]:
    """The fields of options of a page that was opened when one could choose. Raises ChoicesClosed
    where it says something else than what they have.
    """
    names = [name for name in request.form if name.startswith("options_")]
    wanted = {each for name in names for each in request.form.getlist(name) if each}
    if names and wanted != {str(id) for id in has}:
        raise rules.ChoicesClosed
    return names


def _ids(typed: str | None) -> tuple[int, ...] | None:
    """None: the page did not say."""
    if typed is None:
        return None
    return tuple(int(each[:19]) for each in typed.split(",") if each.isdecimal())


def _as_they_are(guests: Sequence[Participant]) -> MultiDict[str, str]:
    """What was sent, with its guests as they are now: a page that was open for a while is about
    the guests of then. Who went since is left out, and who came since is not added once more.
    """
    sent, known = request.form, _ids(request.form.get("party_of"))
    if known is None or known == tuple(guest.id for guest in guests):
        return sent
    said = [
        (sent.get(f"guest_{n}", ""), sent.get(f"guest_{n}_email", ""))
        for n in range(1, rules.GUESTS_MOST + 1)
    ]
    of_known = dict(zip(known, said, strict=False))
    more = [pair for pair in said[len(known) :] if pair[0].strip()]
    for guest in guests:
        if guest.id not in known:
            more = _without(more, guest.name)
    now = [of_known.get(guest.id, (guest.name, "")) for guest in guests]
    moved = sent.copy()
    moved["party_of"] = ",".join(str(guest.id) for guest in guests)
    for n, (name, email) in enumerate((now + more + [("", "")] * len(said))[: len(said)], start=1):
        moved[f"guest_{n}"], moved[f"guest_{n}_email"] = name, email
    return moved


def _gone(guests: Sequence[Participant]) -> list[str]:
    """The names, as the page has them, of guests who left or were taken out since it was opened."""
    known, here = _ids(request.form.get("party_of")) or (), {guest.id for guest in guests}
    names = [request.form.get(f"guest_{n}", "").strip() for n in range(1, len(known) + 1)]
    still = {guest.name for guest in guests}  # with another address, which makes another guest
    return [
        name
        for id, name in zip(known, names, strict=True)
        if id not in here and name and name not in still
    ]


def _without(pairs: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    """All but the first of this name."""
    found = next((n for n, pair in enumerate(pairs) if pair[0].strip() == name), len(pairs))
    return [*pairs[:found], *pairs[found + 1 :]]


def _asked_again(form: AnswersForm, question: Question, answer: Answer | None) -> AskedAgain:
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
