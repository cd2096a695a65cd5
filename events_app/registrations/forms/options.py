"""What people choose beside their seat, and how organisers set it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import (  # type: ignore[attr-defined] # SelectChoice is newer than the types
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from events_app.core import text
from events_app.core.db import LARGEST_KEY
from events_app.core.editing import Part, Sent
from events_app.core.errors import Refusal
from events_app.core.forms import Form
from events_app.core.text import lazy as _
from events_app.core.text import plural
from events_app.events.models import Event
from events_app.registrations import rules
from events_app.registrations.forms.settings import MOST_PLACES, seen_by
from events_app.registrations.models import (
    OpenTo,
    Option,
    OptionGroup,
    RegistrationForm,
    VisibleTo,
)
from events_app.registrations.questions.fields import LINE, line
from events_app.registrations.rules import GroupSettings, OptionSettings

NONE = ""
"""One can choose none where only one can be chosen: a radio button cannot be taken back."""
EMPTY_ROWS = 3
READ = ("label_nl", "label_en", "size")


# -- for people


def option_fields(form: RegistrationForm, known: Collection[Option] = ()) -> dict[str, Field]:
    """Of each group, not bound yet. `known`: what they have already, which is never full for
    them.
    """
    return {f"options_{group.id}": _field(group, form, known) for group in rules.groups_for(form)}


def option_names(form: RegistrationForm) -> list[str]:
    """Of these fields."""
    return [f"options_{group.id}" for group in rules.groups_for(form)]


def _field(group: OptionGroup, form: RegistrationForm, known: Collection[Option]) -> Field:
    has = [str(option.id) for option in group.options if option in known]
    choices = [_choice(option, form, is_known=option in known) for option in group.options]
    asked: dict[str, Any] = {
        "validators": [Chosen(group, form.event, has)],
        "description": " ".join(_help(group, form.event)),
        "validate_choice": False,
    }
    label = text.local(group.label)
    if group.choose_most == 1 and len(has) <= 1:
        none = [] if group.is_required else [SelectChoice(NONE, _("None of these"))]
        first = has[0] if has else None if group.is_required else NONE
        return RadioField(label, choices=[*choices, *none], default=first, **asked)
    return SelectMultipleField(
        label,
        choices=choices,
        default=has,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        **asked,
    )


def _choice(option: Option, form: RegistrationForm, *, is_known: bool) -> SelectChoice:
    label, free = text.local(option.label), option.pool.free
    left = rules.told_left(free)
    if is_known or free is None or left is None:
        return SelectChoice(str(option.id), label)
    if free <= 0:
        full = _("%(option)s (full)", option=label)
        return SelectChoice(str(option.id), full, render_kw={"disabled": True})
    if not form.shows_places_left:
        return SelectChoice(str(option.id), label)
    few = _("%(option)s (fewer than ten places left)", option=label)
    many = _("%(option)s (at least %(number)s places left)", option=label, number=left)
    return SelectChoice(str(option.id), many if left else few)


def _help(group: OptionGroup, event: Event) -> Iterable[str]:
    yield text.local(group.help)
    if rules.may_choose(event) and group.open_to is not OpenTo.EVERYBODY:
        is_hall = group.open_to is OpenTo.HALL
        yield (
            text._("Only for who comes to the hall.")
            if is_hall
            else text._("Only for who takes part online.")
        )
    if group.choose_most > 1:
        yield plural("Choose one at most.", "Choose %(num)s at most.", group.choose_most)


class Chosen:
    """As many as may be, of those that there are, and for where they take part."""

    def __init__(self, group: OptionGroup, event: Event, has: Sequence[str]) -> None:
        self.group, self.event, self.has = group, event, has
        self.field_flags = {"required": self._must_choose}

    @property
    def _must_choose(self) -> bool:
        """Where they take part; as long as there is something to be had."""
        return self.group.is_required and not all(map(_is_full, self.group.options))

    def __call__(self, form: Any, field: Field) -> None:
        there = {str(option.id): option for option in self.group.options}
        # a page of before may have had boxes where buttons are now
        wanted = [each for each in field.raw_data or _several(field.data) if each]
        if not there.keys() >= {*wanted}:
            raise StopValidation(str(_("This is no longer there. Choose another one.")))
        if len(wanted) > self.group.choose_most:
            raise StopValidation(str(rules.TooManyOptions(self.group.choose_most).sentence))
        is_open = [
            rules.is_open_to(self.group, self.event, is_online=is_online)
            for is_online in self._ways(form)
        ]
        if not any(is_open) and {*wanted} - {*self.has}:
            raise StopValidation(str(self._elsewhere))
        if self._must_choose and all(is_open) and not wanted:
            raise StopValidation(str(_("Choose at least one.")))

    @staticmethod
    def _ways(form: Any) -> Sequence[bool]:
        """Online or not; it is yet to be seen where they wait for the hall meanwhile."""
        said = form.attends.data if "attends" in form else None
        return {"online": (True,), "either": (True, False)}.get(said or "", (False,))

    @property
    def _elsewhere(self) -> Any:
        if self.group.open_to is OpenTo.HALL:
            return _("This is only for who comes to the hall. Choose none here, or the hall.")
        return _("This is only for who takes part online. Choose none here, or online.")


def _is_full(option: Option) -> bool:
    return option.pool.free is not None and option.pool.free <= 0


def _several(data: Any) -> list[str]:
    """Of a group with one choice a word, of others a list."""
    return data if isinstance(data, list) else [data or NONE]


def wanted_options(form: Form) -> tuple[int, ...]:
    """Ids of all that was chosen in the groups of this form."""
    fields = [field for field in form if field.name.startswith("options_")]
    return tuple(int(each) for field in fields for each in _several(field.data) if each)


def keep_ticked(form: Form) -> None:
    """What was ticked and is full by now can be sent once more: a box that is disabled is not."""
    for field in form:
        if field.name.startswith("options_"):
            for choice in field.choices:
                if choice.value in _several(field.data):
                    choice.render_kw.pop("disabled", None)


# -- for organisers


@dataclass(frozen=True, slots=True)
class _Rows(Part):
    """Of options, compared by what people read of them: a new one has no key, and sent twice it is
    no colleague's.
    """

    @property
    def mark(self) -> str:
        rows: dict[str, dict[str, str]] = {}
        for name, value in self.pairs or ():
            _options, number, field = name.split("-")
            rows.setdefault(number, {})[field] = value.strip()
        some = [row for row in rows.values() if row.get("label_nl")]
        some.sort(key=lambda row: _number(row.get("place")) or rules.OPTIONS_MOST + 1)
        return Part("", tuple((name, row.get(name, "")) for row in some for name in READ)).mark


class OptionRow(Form):
    class Meta(Form.Meta):
        csrf = False

    label_nl = line(_("Name in Dutch"), most=LINE)
    label_en = line(_("Name in English"), most=LINE)
    size = IntegerField(
        _("Number of places"),
        [
            Optional(),
            NumberRange(0, MOST_PLACES, _("Fill in a number between 0 and 1,000,000.")),
        ],
        render_kw={"min": 0, "inputmode": "numeric"},
    )
    place = IntegerField(_("Place in the order"), [Optional()])
    key = HiddenField()

    taken: int = 0
    """Of a row that is stored already."""

    def validate_label_nl(self, field: Field) -> None:
        if not field.data and self.label_en.data:
            raise ValidationError(_("Give the name in Dutch."))


class OptionGroupForm(Form):
    """Made by `group_form`."""

    label_nl = line(_("Name in Dutch"), DataRequired(_("Give the name in Dutch.")), most=LINE)
    label_en = line(_("Name in English"), most=LINE)
    help_nl = line(_("What it is, in Dutch"), most=LINE)
    help_en = line(_("What it is, in English"), most=LINE)
    options = FieldList(FormField(OptionRow), _("Options"), max_entries=rules.OPTIONS_MOST)
    choose_most = IntegerField(
        _("How many one person may choose"),
        [
            InputRequired(_("Fill in a number.")),
            NumberRange(1, rules.OPTIONS_MOST, _("Fill in a number between 1 and 40.")),
        ],
        default=1,
        render_kw={"min": 1, "max": rules.OPTIONS_MOST, "inputmode": "numeric"},
    )
    is_required = BooleanField(_("People must choose, while there is something to choose"))
    open_to = RadioField(
        _("For whom"),
        choices=[
            SelectChoice(OpenTo.EVERYBODY.value, _("Everybody")),
            SelectChoice(OpenTo.HALL.value, _("Who comes to the hall")),
            SelectChoice(OpenTo.ONLINE.value, _("Who takes part online")),
        ],
        default=OpenTo.EVERYBODY.value,
    )
    visible_to = seen_by(_("Who sees what people choose"))

    stays_open_to = OpenTo.EVERYBODY
    """Where it is not asked: everybody takes part in the same way."""

    def validate_options(self, field: Any) -> None:
        if not any(row.form.label_nl.data for row in field):
            raise ValidationError(str(_("Give at least one option.")))
        for code in text.LANGUAGES:
            names = [text.name_key(row.form[f"label_{code}"].data or "") for row in field]
            if any(often > 1 for name, often in Counter(names).items() if name):
                raise ValidationError(str(_("Two options have the same name. Give each its own.")))

    def compared(self, found: Iterable[tuple[str, Part]]) -> Iterator[tuple[str, Part]]:
        for name, part in found:
            is_rows = name == self.options.name
            yield name, _Rows(part.label, part.pairs, part.shown) if is_rows else part

    def show(self, group: OptionGroup) -> None:
        self.show_local("label", group.label)
        self.show_local("help", group.help)
        self.choose_most.data, self.is_required.data = group.choose_most, group.is_required
        self.open_to.data, self.visible_to.data = group.open_to.value, group.visible_to.value
        for place, option in enumerate(group.options, start=1):
            names = {f"label_{code}": option.label.get(code, "") for code in text.LANGUAGES}
            row = {**names, "size": option.pool.size, "place": place, "key": str(option.id)}
            self.options.append_entry(row)

    def offer_rows(self, group: OptionGroup | None) -> None:
        """Some empty ones to fill in, and beside the others how many places are taken."""
        empty = sum(not row.form.label_nl.data for row in self.options)
        while len(self.options) < rules.OPTIONS_MOST and empty < EMPTY_ROWS:
            self.options.append_entry()
            empty += 1
        taken = {str(o.id): o.pool.taken for o in group.options} if group else {}
        for row in self.options:
            row.form.taken = taken.get(row.form.key.data or "", 0)

    def refuse(self, why: Refusal) -> None:
        """Say it beside the field that it is about."""
        if isinstance(why, rules.OptionHad):
            self.open_to.errors = [str(why.sentence)]
        elif isinstance(why, rules.MoreOptionsHad):
            self.choose_most.errors = [str(why.sentence)]
        else:
            self.options.errors = [str(why.sentence)]

    def settings(self) -> GroupSettings:
        rows = [row.form for row in self.options if row.form.label_nl.data]
        rows.sort(key=lambda row: row.place.data or rules.OPTIONS_MOST + 1)
        open_to = OpenTo(self.open_to.data) if "open_to" in self else self.stays_open_to
        return GroupSettings(
            label=self.local("label"),
            help=self.local("help"),
            choose_most=self.choose_most.data or 1,
            is_required=bool(self.is_required.data),
            open_to=open_to,
            visible_to=VisibleTo(self.visible_to.data),
            options=[
                OptionSettings(
                    id=_number(row.key.data), label=row.local("label"), size=row.size.data
                )
                for row in rows
            ],
        )


def _number(sent: str | None) -> int | None:
    """What is none of ours is none."""
    is_number = sent and sent.isascii() and sent.isdecimal() and int(sent[:20]) <= LARGEST_KEY
    return int(sent[:20]) if sent and is_number else None


def group_form(event: Event, group: OptionGroup | None, sent: Sent) -> OptionGroupForm:
    """Of a new group (None) or of one that is there; as it is stored, or as it was sent."""
    form = OptionGroupForm(sent)
    if group and sent is None:
        form.show(group)
    if not rules.may_choose(event):
        form.stays_open_to = group.open_to if group else OpenTo.EVERYBODY
        del form.open_to
    form.offer_rows(group)
    return form
