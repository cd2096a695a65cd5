from datetime import date
from typing import Any

from flask import request
from wtforms import DateField, EmailField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import (
    Email,
    NumberRange,
    Optional,
    ValidationError,
)

from events_app.accounts.models import Role, StaffMember
from events_app.accounts.queries import JournalFilter
from events_app.accounts.rules import Colleague
from events_app.core.db import LARGEST_KEY
from events_app.core.forms import YEARS, Filled, Form, Length, options
from events_app.core.text import lazy as _

ROLES = [
    (Role.OWNER.value, _("Owner: everything, colleagues included")),
    (Role.ORGANISER.value, _("Organiser: events, registrations, invitations, e-mails, kits")),
    (Role.EDITOR.value, _("Editor: writes, but does not publish or send")),
    (Role.DOOR.value, _("Door: only lets people in")),
]
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]


def _address() -> EmailField:
    return EmailField(
        _("E-mail address"),
        [
            Filled(_("Fill in an e-mail address.")),
            Email(_("This is not an e-mail address. Write it as name@example.org.")),
            Length(max=254),
        ],
    )


def _name() -> StringField:
    return StringField(
        _("Name"),
        [
            Filled(_("Fill in a name.")),
            Length(max=120),
        ],
    )


def _language() -> SelectField:
    return SelectField(_("Language of e-mails"), choices=options(LANGUAGES))


class AskForm(Form):
    email = _address()
    next = HiddenField()


class MemberForm(Form):
    name = _name()
    role = SelectField(_("Role"), choices=options(ROLES))
    language = _language()

    def colleague(self, email: str) -> Colleague:
        return Colleague(
            name=self.name.data or "",
            email=email,
            role=Role(self.role.data),
            language=self.language.data,
        )


class InviteForm(MemberForm):
    email = _address()


class MeForm(Form):
    name = _name()
    language = _language()

    def colleague(self, member: StaffMember) -> Colleague:
        return Colleague(
            name=self.name.data or "",
            email=member.email,
            role=member.role,
            language=self.language.data,
        )


class JournalForm(Form):
    """The filters of the journal, in the query string."""

    staff = SelectField(_("Who"), [Optional()])
    kind = StringField(_("What"), [Length(max=60)])
    subject = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_KEY)])
    since = DateField(_("From"), [Optional()])
    until = DateField(_("Until"), [Optional()])
    before = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_KEY)])

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, people: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(formdata=request.args, **more)
        self.staff.choices = options([("", _("Everybody")), *people])

    def validate_since(self, field: DateField) -> None:
        _in_our_time(field.data)

    def validate_until(self, field: DateField) -> None:
        _in_our_time(field.data)

    def wanted(self) -> JournalFilter:
        return JournalFilter(
            staff_id=int(self.staff.data) if self.staff.data else None,
            kind=self.kind.data or "",
            subject_id=self.subject.data,
            since=self.since.data,
            until=self.until.data,
            before=self.before.data,
        )


def _in_our_time(day: date | None) -> None:
    if day and day.year not in YEARS:
        raise ValidationError(_("Choose a date between 2000 and 2100."))
