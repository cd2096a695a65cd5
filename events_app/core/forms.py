"""The base of all forms: trimmed input, local times, and content in two languages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import (  # type: ignore[attr-defined] # SelectChoice is newer than the types
    BooleanField,
    DateTimeLocalField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    SelectChoice,
    StringField,
    i18n,
)
from wtforms.validators import Email, InputRequired, StopValidation, ValidationError
from wtforms.validators import Length as _Length

from events_app.core import clock, text, tokens
from events_app.core.errors import NotFoundError
from events_app.core.text import lazy as _

_BREAKS = re.compile(r"\r\n|[\x85\u2028\u2029]")
"""Line breaks in other dress: some programs that read our calendars begin a new line there."""
_UNPRINTED = re.compile(r"[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f]")
"""What XML cannot hold (feeds, mail, PDF), NUL among it, which PostgreSQL cannot store."""
_TRAP = "is this a person"
ANSWER_AFTER, ANSWER_WITHIN = 2, 3600
"""Seconds to answer the question of the trap."""
ADDRESS = Email(_("Fill in an e-mail address, such as name@example.org."))
LONGEST_NAME = 200
"""Of a file, where it is named."""
YEARS = range(2000, 2101)
"""Far from the ends of the calendar: days are added to these times everywhere."""


def options(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """(value, label) pairs as what a select, radio buttons or checkboxes offer."""
    return [SelectChoice(value, label) for value, label in pairs]


def trimmed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _UNPRINTED.sub("", _BREAKS.sub("\n", value)).strip()


def words_alone(value: Any) -> Any:
    """No page of ours sends a file where words are asked for."""
    return None if isinstance(value, FileStorage) else value


class Filled(InputRequired):
    """Something was typed, and not spaces alone or what nobody can see."""

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if not field.data:
            raise StopValidation(str(self.message))


class Length(_Length):
    """How many characters fit. A longer text is refused and stays in the field, whole.

    Browsers cut what is pasted at `maxlength` and say nothing, so no field has that attribute.
    """

    def __init__(self, max: int) -> None:
        super().__init__(max=max)

    def __call__(self, _form: Any, field: Any) -> None:
        count = len(field.data or "")
        if count > self.max:
            raise ValidationError(
                _("These are %(count)s characters; %(max)s fit.",
                  count=text.number(count), max=text.number(self.max))
            )  # fmt: skip


@lru_cache(maxsize=len(text.LANGUAGES))
def _translations(code: str) -> Any:
    """What WTForms itself says; nearly all words of our forms are our own."""
    return i18n.get_translations([code])


class Form(FlaskForm):
    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            filters = list(unbound_field.kwargs.get("filters", []))
            kind = unbound_field.field_class
            if not issubclass(kind, (FieldList, FormField)):  # these take none; their fields do
                first = [] if issubclass(kind, FileField) else [words_alone]
                filters = [*first, *filters, trimmed]
            bound: Field = unbound_field.bind(form=form, filters=filters, **options)
            return bound

        def render_field(self, field: Any, render_kw: Any) -> Any:
            """The limit goes to site.js, which counts; the browser would cut."""
            if most := field.flags.maxlength:
                render_kw = {**render_kw, "data_most": most, "maxlength": False}
            return super().render_field(field, render_kw)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Words, as forms send them; JSON, which Flask-WTF takes too, has numbers and lists."""
            return None if request and request.is_json else super().wrap_formdata(form, formdata)

        def get_translations(self, _form: Any) -> Any:
            """Flask-WTF would read them from the disk for each form."""
            return _translations(text.language())

    carried: Mapping[str, str] = {}
    """Hidden inputs of the page beside the fields."""
    clashes: Sequence[Any] = ()
    """What a colleague changed too while this form was open: see core/editing.py."""

    def validate(self, extra_validators: Any = None) -> bool:
        is_whole: bool = super().validate(extra_validators)
        return self._has_its_files() and is_whole and not self.clashes

    def _has_its_files(self) -> bool:
        """The page of a fault gives the name of a file back, and the file has to be chosen anew:
        who sends it without hears that.
        """
        lost = [
            (field, name)
            for field in self
            if isinstance(field, FileField) and not field.data
            if (name := request and request.form.get(field.name, "").strip()[:LONGEST_NAME])
        ]
        for field, name in lost:
            field.errors = [
                text._(
                    "You chose “%(name)s”, and a browser does not keep files. Choose it again, or"
                    " send this without it.",
                    name=name,
                )
            ]
        return not lost

    def compared(self, found: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
        """What core/editing.py compares, by name: each field, unless a form knows better."""
        return found

    def local(self, name: str) -> dict[str, str]:
        """The fields `<name>_nl` and `<name>_en` as content by language."""
        values = {code: getattr(self, f"{name}_{code}").data for code in text.LANGUAGES}
        return {code: value for code, value in values.items() if value}

    def show_local(self, name: str, content: text.Local | None) -> None:
        for code in text.LANGUAGES:
            getattr(self, f"{name}_{code}").data = (content or {}).get(code, "")


class OpenForm(Form):
    """A form for everyone, with a trap: a field that people do not see and programs fill in.

    Some browsers and password managers fill it in too, so the form comes back with what was typed,
    and asks. Who ticks the box is heard, whatever the trap holds by then. A program passes only
    if it reads the page again, takes its time and ticks.
    """

    nothing_here = StringField(
        _("Leave this field empty"),
        render_kw={
            "autocomplete": "off", "tabindex": "-1", "data_1p_ignore": True,
            "data_lpignore": "true", "data_bwignore": True, "data_form_type": "other",
        },
    )  # fmt: skip
    sprung_at = HiddenField()
    """When the question was asked, signed."""
    is_person = BooleanField(_("I am a person"))

    is_asking = False

    def validate(self, extra_validators: Any = None) -> bool:
        is_good: bool = super().validate(extra_validators)
        if not self.nothing_here.data or (self.is_person.data and self._was_asked()):
            return is_good
        self.is_asking = True
        self.nothing_here.data, self.is_person.data = "", False
        self.sprung_at.data = tokens.sign(_TRAP, clock.now().timestamp())
        self.form_errors.append(
            _(
                "A field that people do not see was filled in; some browsers do that by themselves."
                " Nothing has been sent yet. Are you a person? Tick the box at the end of the form"
                " and send it once more."
            )
        )
        return False

    def _was_asked(self) -> bool:
        """Long enough ago to have read it, and not so long that anyone could have kept it. At a
        moment to come: by a clock that is ahead of this one.
        """
        try:
            then = tokens.signed(_TRAP, self.sprung_at.data or "", max_age=ANSWER_WITHIN)
        except NotFoundError:
            return False
        age = clock.now().timestamp() - then
        return bool(age < 0 or ANSWER_AFTER <= age <= ANSWER_WITHIN)


class LocalTimeField(DateTimeLocalField):
    """A time as typed in a zone; `data` is aware, in UTC. A time that spring skips is refused."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs
        )
        self.zone: ZoneInfo = text.AMSTERDAM

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            local, self.data = self.data, None
            if local.year not in YEARS:
                raise ValidationError(
                    _("Give a year from %(first)s to %(last)s.", first=YEARS[0], last=YEARS[-1])
                )
            moment = local.replace(tzinfo=self.zone).astimezone(UTC)
            if moment.astimezone(self.zone).replace(tzinfo=None) != local:
                raise ValidationError(_("This time does not exist: the clock goes forward then."))
            self.data = moment

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        if isinstance(self.data, datetime):
            return self.data.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")
        return ""
