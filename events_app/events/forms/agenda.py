"""What readers and organisers fill in."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectField, StringField

from events_app.core import text
from events_app.core.forms import Form, options
from events_app.core.text import lazy as _
from events_app.events.models import Status
from events_app.events.rules import AgendaKind, Wanted
from events_app.themes.models import Kind, Theme

KINDS = (
    (AgendaKind.MEETING, _("Meeting")),
    (AgendaKind.CONFERENCE, _("Conference")),
    (AgendaKind.ONLINE, _("Online")),
)


STATUSES = (
    (Status.DRAFT.value, _("Draft")),
    (Status.PUBLISHED.value, _("Published")),
    (Status.POSTPONED.value, _("Postponed")),
    (Status.CANCELLED.value, _("Cancelled")),
    (Status.DONE.value, _("Done")),
    (Status.ARCHIVED.value, _("Archived")),
)


def _chosen(field: SelectField) -> str:
    return field.data if field.data in {choice[0] for choice in field.iter_choices()} else ""


def _label(field: Field, value: str) -> str:
    choices = field.iter_choices() if isinstance(field, SelectField) else ()
    return next((str(choice[1]) for choice in choices if choice[0] == value), value)


def is_month(value: str) -> bool:
    return re.fullmatch(r"2[01]\d\d-(0[1-9]|1[0-2])", value) is not None


def _month(value: str) -> str:
    return text.month(datetime.strptime(value, "%Y-%m").replace(tzinfo=text.AMSTERDAM))


class AgendaForm(Form):
    """The filters of the agenda, by GET. What cannot be chosen finds nothing, and is said."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(_("Search"))
    sector = SelectField(_("Sector"), validate_choice=False)
    region = SelectField(_("Region"), validate_choice=False)
    kind = SelectField(_("Kind"), validate_choice=False)
    month = SelectField(_("Month"), validate_choice=False)

    def offer(self, themes: Sequence[Theme], months: Iterable[str]) -> None:
        for field, kind in ((self.sector, Kind.SECTOR), (self.region, Kind.REGION)):
            named = [(t.code, text.local(t.name)) for t in themes if t.kind is kind]
            field.choices = options([("", _("All")), *named])
        kinds = ((kind.value, label) for kind, label in KINDS)
        self.kind.choices = options([("", _("All")), *kinds])
        self.month.choices = options([("", _("All")), *((each, _month(each)) for each in months)])

    def chosen(self) -> dict[str, str]:
        """What filters, by name: for the address of a feed of the same choice."""
        said = {"q": text.sought(self.q.data or "")}
        said |= {name: _chosen(self[name]) for name in ("sector", "region", "kind", "month")}
        return {name: value for name, value in said.items() if value}

    def words(self) -> list[str]:
        """The same, as readers know it."""
        return [_label(self[name], value) for name, value in self.chosen().items()]

    def unknown(self) -> list[str]:
        """What an address asks for that there is not, as readers know the filters."""
        asked = (self[name] for name in ("sector", "region", "kind", "month"))
        return [
            f"{field.label.text}: {field.data[:80]}"
            for field in asked
            if field.data and not _chosen(field)
        ]

    def not_understood(self, typed: MultiDict[str, str]) -> str:
        """The first argument of an address that is no filter, is there twice, or asks for what
        there is not.
        """
        known = {"lang", *self.chosen()}
        wrong = (
            f"{name}={value}"
            for name, values in typed.lists()
            for number, value in enumerate(values)
            if value and (name not in known or number)
        )
        return next(wrong, "")

    def wanted(self, *, is_past: bool) -> Wanted:
        month = _chosen(self.month)
        kind = _chosen(self.kind)
        return Wanted(
            search=text.sought(self.q.data or ""),
            sector=_chosen(self.sector),
            region=_chosen(self.region),
            kind=AgendaKind(kind) if kind else None,
            month=month,
            is_past=is_past,
        )


class DeskListForm(Form):
    """The filters of the desk's list, by GET."""

    class Meta(Form.Meta):
        csrf = False

    q = StringField(_("Search"))
    status = SelectField(_("Status"), validate_choice=False)
    sector = SelectField(_("Sector"), validate_choice=False)
    period = SelectField(
        _("Period"),
        choices=options([("", _("All")), ("coming", _("To come")), ("past", _("Past"))]),
        validate_choice=False,
    )

    def offer(self, sectors: Sequence[Theme]) -> None:
        named = ((theme.code, text.local(theme.name)) for theme in sectors)
        self.sector.choices = options([("", _("All")), *named])
        self.status.choices = options([("", _("All but the archive")), *STATUSES])

    def chosen(self, field: SelectField) -> str:
        return _chosen(field)

    def chosen_status(self) -> Status | None:
        chosen = _chosen(self.status)
        return Status(chosen) if chosen else None
