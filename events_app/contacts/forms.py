import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    ColorField,
    EmailField,
    IntegerField,
    SearchField,
    SelectField,
    StringField,
    TelField,
    URLField,
)
from wtforms.validators import (
    Email,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from events_app.contacts.models import OrganisationKind
from events_app.contacts.rules import Card, Profile, Search
from events_app.core import text
from events_app.core.db import LARGEST_KEY
from events_app.core.editing import Part, Sent, picture
from events_app.core.errors import Refusal
from events_app.core.forms import Filled, Form, Length, options
from events_app.core.text import lazy as _

KINDS = [
    (OrganisationKind.TOP_SECTOR.value, _("Top sector")),
    (OrganisationKind.MINISTRY.value, _("Ministry")),
    (OrganisationKind.SECTOR_ASSOCIATION.value, _("Sector association")),
    (OrganisationKind.REGION.value, _("Region")),
    (OrganisationKind.SCHOOL.value, _("School or university")),
    (OrganisationKind.COMPANY.value, _("Company")),
    (OrganisationKind.FUND.value, _("Training and development fund")),
    (OrganisationKind.NETWORK.value, _("Network")),
    (OrganisationKind.KNOWLEDGE_INSTITUTE.value, _("Knowledge institute")),
    (OrganisationKind.FUNDER.value, _("Funder")),
]
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
COLOUR = re.compile(r"#[0-9a-f]{6}")
LAST_PAGE = 100_000


def _lower(value: str | None) -> str | None:
    return value.lower() if isinstance(value, str) else value


def _whole_address(value: str | None) -> str | None:
    """People write example.org and mean https://example.org."""
    return f"https://{value.strip()}" if value and value.strip() and "://" not in value else value


class OrganisationForm(Form):
    name = StringField(
        _("Name"),
        [
            Filled(_("Fill in a name.")),
            Length(max=160),
        ],
    )
    kind = SelectField(_("Kind"), choices=options(KINDS))
    website = URLField(_("Website"), [Optional(), Length(max=300)], filters=[_whole_address])
    accent = ColorField(
        _("Accent colour"),
        [Regexp(COLOUR.pattern + "$", message=_("Choose a colour, such as #0b1b3b."))],
        filters=[_lower],
        default="#0b1b3b",
    )
    is_partner = BooleanField(_("Partner: makes its own communication kits"))

    def validate_website(self, field: URLField) -> None:
        try:
            parts = urlsplit(field.data or "")
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_good = False
        if not is_good or re.search(r"[\s\"<>\\]", field.data or ""):
            raise ValidationError(_("Fill in a web address, such as https://www.example.org."))

    def profile(self, *, may_make_partner: bool, is_partner: bool) -> Profile:
        """Who may not decide about kits leaves `is_partner` as it is."""
        return Profile(
            name=self.name.data or "",
            kind=OrganisationKind(self.kind.data),
            website=self.website.data or "",
            accent=self.accent.data or "",
            is_partner=self.is_partner.data if may_make_partner else is_partner,
        )


class LogoForm(Form):
    light = FileField(_("Logo"))
    dark = FileField(_("Logo for dark grounds"))
    remove_light = BooleanField(_("Remove this logo"))
    remove_dark = BooleanField(_("Remove this logo"))

    def __init__(self, sent: Sent, stored: Mapping[str, str | None]) -> None:
        """`stored`: the keys of the logos, by field."""
        super().__init__(sent)
        self.stored = stored

    def removes(self, name: str) -> bool:
        return bool(self[f"remove_{name}"].data)

    def compared(self, _found: Iterable[tuple[str, Part]]) -> Iterator[tuple[str, Part]]:
        for name, key in self.stored.items():
            is_new = bool(self[name].data)
            yield name, picture(self[name], key, is_new=is_new, is_dropped=self.removes(name))

    def refuse(self, name: str, why: Refusal) -> None:
        self[name].process_errors = [why.sentence]

    def lose(self, chosen: Iterable[str]) -> None:
        """These were good, and are not saved because of another: a browser does not keep files."""
        for name in chosen:
            self[name].errors = [
                *self[name].errors,
                _("Nothing is wrong with this one, but it is not saved yet. Choose it again."),
            ]


class PersonForm(Form):
    name = StringField(
        _("Name"),
        [
            Filled(_("Fill in a name.")),
            Length(max=120),
        ],
    )
    email = EmailField(
        _("E-mail address"),
        [
            Filled(_("Fill in an e-mail address.")),
            Email(_("This is not an e-mail address. Write it as name@example.org.")),
            Length(max=254),
        ],
    )
    language = SelectField(_("Language"), choices=options(LANGUAGES))
    phone = TelField(
        _("Telephone"),
        [
            Optional(),
            Regexp(r"^[0-9+()./ \-]{3,30}$", message=_("Use figures, spaces and + only.")),
        ],
    )

    def card(self) -> Card:
        return Card(
            name=self.name.data or "",
            email=self.email.data or "",
            language=self.language.data,
            phone=self.phone.data or "",
        )


class MembershipForm(Form):
    organisation = SelectField(_("Organisation"), [Filled(_("Choose an organisation."))])
    title = StringField(_("Role there"), [Length(max=120)])

    def __init__(self, organisations: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(**more)
        known = [(str(key), name) for key, name in organisations]
        self.organisation.choices = options([("", _("Choose an organisation")), *known])


class SearchForm(Form):
    """The filters of a list, in the query string."""

    words = SearchField(_("Search"))
    kind = SelectField(_("Kind"), [Optional()], choices=options([("", _("All kinds")), *KINDS]))
    partner = BooleanField(_("Partners only"))
    language = SelectField(
        _("Language"), [Optional()], choices=options([("", _("All")), *LANGUAGES])
    )
    organisation = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_KEY)])
    page = IntegerField(validators=[Optional(), NumberRange(1, LAST_PAGE)])

    class Meta(Form.Meta):
        csrf = False

    def __init__(self) -> None:
        super().__init__(formdata=request.args)

    def wanted(self) -> Search:
        """Filters that make no sense narrow nothing."""
        self.validate()
        wrong = self.errors
        return Search(
            words=text.sought(self.words.data or ""),
            kind="" if "kind" in wrong else self.kind.data or "",
            is_partner=self.partner.data,
            language="" if "language" in wrong else self.language.data or "",
            organisation_id=None if "organisation" in wrong else self.organisation.data,
        )

    @property
    def page_number(self) -> int:
        return 1 if self.page.errors or not self.page.data else int(self.page.data)
