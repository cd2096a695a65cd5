"""One event, on one page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from babel.support import LazyProxy
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    NumberRange,
    Optional,
    ValidationError,
)

from events_app.core import text, tokens
from events_app.core.editing import CHOSEN, Part, picture
from events_app.core.errors import NotFoundError
from events_app.core.forms import Form, Length, LocalTimeField, options
from events_app.core.text import lazy as _
from events_app.events.forms.fields import (
    LINE,
    NEW,
    STORY,
    TITLE,
    Boxes,
    is_web_address,
    number,
    of_kind,
    with_ids,
)
from events_app.events.forms.small import VenueForm
from events_app.events.models import AttendanceMode, Event, Ownership, PartnerRole, Preset
from events_app.events.rules import LONGEST, Content, Cover, NewSeries, NewVenue, Sender
from events_app.themes.models import Kind, Theme

ZONES = (
    *("Europe/Amsterdam", "Europe/Brussels", "Europe/Berlin", "Europe/Paris", "Europe/London"),
    *("Europe/Lisbon", "Europe/Helsinki", "UTC"),
)
PRESETS = ((Preset.MEETING, _("Meeting")), (Preset.CONFERENCE, _("Conference")))
OWNERS = (
    (Ownership.OWN, _("Ours")),
    (Ownership.JOINT, _("Ours and others'")),
    (Ownership.EXTERNAL, _("Somebody else's, and we take part")),
)
MODES = (
    (AttendanceMode.OFFLINE, _("On site")),
    (AttendanceMode.ONLINE, _("Online")),
    (AttendanceMode.MIXED, _("On site and online")),
)
ROLES = (
    (PartnerRole.CO_HOST, _("Co-host")),
    (PartnerRole.PARTNER, _("Partner")),
    (PartnerRole.FUNDER, _("Funder")),
)
SENDERS_MOST = 20
EMPTY_ROWS = 2
KEPT_SECONDS = 24 * 3600
_COVER = "event-cover"


class InnerVenueForm(VenueForm):
    """Within the event's form, where it counts only when a new venue is chosen."""

    class Meta(VenueForm.Meta):
        csrf = False

    name = StringField(_("Name"), [Length(max=TITLE)])
    city = StringField(_("Town"), [Length(max=TITLE)])


class SenderForm(Form):
    class Meta(Form.Meta):
        csrf = False

    organisation = SelectField(_("Organisation"), default="")
    role = SelectField(_("Role"), choices=options(ROLES), default=PartnerRole.CO_HOST.value)
    place = IntegerField(_("Place in the order"), [Optional()])


class EventForm(Form):
    title_nl = StringField(
        _("Title in Dutch"), [DataRequired(_("Give the title in Dutch.")), Length(max=TITLE)]
    )
    title_en = StringField(_("Title in English"), [Length(max=TITLE)])
    summary_nl = TextAreaField(_("Summary in Dutch"), [Length(max=LINE)])
    summary_en = TextAreaField(_("Summary in English"), [Length(max=LINE)])
    description_nl = TextAreaField(_("Description in Dutch"), [Length(max=STORY)])
    description_en = TextAreaField(_("Description in English"), [Length(max=STORY)])
    audience_nl = TextAreaField(_("For whom, in Dutch"), [Length(max=LINE)])
    audience_en = TextAreaField(_("For whom, in English"), [Length(max=LINE)])

    timezone = SelectField(_("Time zone"), default=ZONES[0])
    starts_at = LocalTimeField(_("Starts"), [InputRequired(_("Give the date and time it starts."))])
    ends_at = LocalTimeField(_("Ends"), [InputRequired(_("Give the date and time it ends."))])

    attendance_mode = RadioField(
        _("How do people take part?"),
        choices=options(MODES),
        default=AttendanceMode.OFFLINE.value,
    )
    venue = SelectField(_("Venue"), default="")
    new_venue = FormField(InnerVenueForm)
    stream_url = StringField(_("Link to take part online"), [Length(max=LINE), is_web_address])

    preset = SelectField(_("Kind"), choices=options(PRESETS), default=Preset.MEETING.value)
    ownership = SelectField(
        _("Whose event is it?"), choices=options(OWNERS), default=Ownership.OWN.value
    )
    external_url = StringField(_("Page where people register"), [Length(max=LINE), is_web_address])
    is_listed = BooleanField(_("Show it in the agenda and the feeds"), default=True)
    series = SelectField(_("Series"), default="")
    series_title_nl = StringField(_("New series, title in Dutch"), [Length(max=TITLE)])
    series_title_en = StringField(_("New series, title in English"), [Length(max=TITLE)])
    edition = IntegerField(
        _("Edition"),
        [Optional(), NumberRange(1, 999, _("Give a number from 1 to 999."))],
    )

    lead_sector = SelectField(_("Lead sector"), default="")
    sectors = Boxes(_("Sectors involved"))
    challenges = Boxes(_("Societal challenges"))
    lines = Boxes(_("Programme lines and action lines"))

    senders = FieldList(FormField(SenderForm), _("Organisations"), max_entries=SENDERS_MOST)

    cover = FileField(_("Picture"))
    cover_kept = HiddenField()
    drops_cover = BooleanField(_("Take the picture away"))
    cover_alt_nl = StringField(_("What it shows, in Dutch"), [Length(max=LINE)])
    cover_alt_en = StringField(_("What it shows, in English"), [Length(max=LINE)])
    cover_credit = StringField(_("Made by"), [Length(max=TITLE)])

    contact_email = StringField(
        _("E-mail address for questions"),
        [Optional(), Email(_("Give a whole e-mail address, such as name@example.org."))],
    )
    report_nl = TextAreaField(_("Report in Dutch"), [Length(max=STORY)])
    report_en = TextAreaField(_("Report in English"), [Length(max=STORY)])

    cover_before: str | None = None
    """The key of the picture that the event has."""

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Times are typed in the zone that was chosen beside them."""
        given = self.meta.wrap_formdata(self, formdata)
        chosen = given.get("timezone") if given else None
        self._keep_zone(chosen if chosen in ZONES else ZONES[0])
        super().process(formdata, *args, **kwargs)
        self._choose_what_is_described()

    def _choose_what_is_described(self) -> None:
        """Who fills in a new venue or series need not also choose New above it."""
        if not self.venue.data and self.new_venue.form.name.data:
            self.venue.data = NEW
        if not self.series.data and self.series_title_nl.data:
            self.series.data = NEW

    def _keep_zone(self, name: str) -> None:
        self.starts_at.zone = self.ends_at.zone = text.zone(name)

    # -- what can be chosen, and what is stored

    def offer(
        self,
        themes: Sequence[Theme],
        *,
        venues: Sequence[tuple[int, str]],
        series: Sequence[tuple[int, str]],
        organisations: Sequence[tuple[int, str]],
    ) -> None:
        none = ("", _("None yet"))
        self.timezone.choices = options((zone, zone) for zone in ZONES)
        self.venue.choices = options([none, (NEW, _("A new venue")), *with_ids(venues)])
        new = (NEW, _("A new series"))
        self.series.choices = options([("", _("None")), new, *with_ids(series)])
        self.lead_sector.choices = options([none, *of_kind(themes, Kind.SECTOR)])
        self.sectors.choices = options(of_kind(themes, Kind.SECTOR))
        self.challenges.choices = options(of_kind(themes, Kind.CHALLENGE))
        self.lines.choices = options(of_kind(themes, Kind.PROGRAMME_LINE, Kind.ACTION_LINE))
        regions = [("", _("Unknown")), *of_kind(themes, Kind.REGION)]
        self.new_venue.form.region.choices = options(regions)
        while len(self.senders) < SENDERS_MOST and self._empty_rows() < EMPTY_ROWS:
            self.senders.append_entry()
        for row in self.senders:
            row.form.organisation.choices = options([("", _("None")), *with_ids(organisations)])

    def _empty_rows(self) -> int:
        return sum(not row.form.organisation.data for row in self.senders)

    def show(self, event: Event) -> None:
        self._keep_zone(event.timezone if event.timezone in ZONES else ZONES[0])
        for name in ("title", "summary", "description", "audience", "report", "cover_alt"):
            self.show_local(name, getattr(event, name))
        for name in (
            *("timezone", "starts_at", "ends_at", "attendance_mode", "stream_url", "preset"),
            *("ownership", "external_url", "is_listed", "edition", "cover_credit"),
            "contact_email",
        ):
            self[name].data = getattr(event, name)
        self.venue.data = str(event.venue_id or "")
        self.series.data = str(event.series_id or "")
        self.lead_sector.data = str(event.lead_sector_id or "")
        ids = [str(theme.id) for theme in event.themes]
        self.sectors.data = self.challenges.data = self.lines.data = ids
        for place, each in enumerate(event.partners, start=1):
            self.senders.append_entry(
                {
                    "organisation": str(each.organisation_id),
                    "role": each.role.value,
                    "place": place,
                }
            )

    # -- what was typed

    def validate_ends_at(self, field: Any) -> None:
        begins, ends = self.starts_at.data, field.data
        if not begins or not ends:
            return
        if ends <= begins:
            raise ValidationError(_("The end must come after the start."))
        if ends - begins > LONGEST:
            raise ValidationError(_("An event lasts at most 60 days. Check both dates."))

    def validate_venue(self, field: Any) -> None:
        new = self.new_venue.form
        if field.data == NEW and not (new.name.data and new.city.data):
            raise ValidationError(_("Give the name and the town of the new venue."))

    def validate_series(self, field: Any) -> None:
        if field.data == NEW and not self.series_title_nl.data:
            raise ValidationError(_("Give the title of the new series in Dutch."))

    def validate_cover(self, _field: Any) -> None:
        if self.cover_kept.data and self.kept is None:
            self.cover_kept.data = ""
            raise ValidationError(_("This picture is no longer there. Choose it again."))

    def validate_cover_alt_nl(self, field: Any) -> None:
        has_cover = self.cover_before and not self.drops_cover.data
        if (has_cover or self.cover.data or self.cover_kept.data) and not field.data:
            raise ValidationError(_("Describe the picture in Dutch, for those who cannot see it."))

    def validate_senders(self, field: Any) -> None:
        chosen = [row.form.organisation.data for row in field if row.form.organisation.data]
        if len(chosen) != len(set(chosen)):
            raise ValidationError(str(_("The same organisation stands here twice.")))

    # -- a picture that was chosen stays chosen while other things are put right

    def refuse_cover(self, sentence: str | LazyProxy) -> None:
        self.cover.process_errors = [*self.cover.process_errors, sentence]

    def keep(self, cover: Cover) -> None:
        self.cover_kept.data = tokens.sign(_COVER, asdict(cover))

    @property
    def kept(self) -> Cover | None:
        if not self.cover_kept.data:
            return None
        try:
            said = tokens.signed(_COVER, self.cover_kept.data, max_age=KEPT_SECONDS)
        except NotFoundError:
            return None
        return Cover(**said)

    def compared(self, found: Iterable[tuple[str, Part]]) -> Iterator[tuple[str, Part]]:
        """The picture too: what is stored of it is in no field."""
        yield from found
        yield (
            "cover",
            picture(
                self.cover,
                self.cover_before,
                is_new=bool(self.cover.data or self.cover_kept.data),
                is_dropped=bool(self.drops_cover.data),
                chosen=CHOSEN,
            ),
        )

    def content(self) -> Content:
        return Content(
            title=self.local("title"),
            summary=self.local("summary"),
            description=self.local("description"),
            audience=self.local("audience"),
            report=self.local("report"),
            preset=Preset(self.preset.data),
            ownership=Ownership(self.ownership.data),
            starts_at=self._moment(self.starts_at),
            ends_at=self._moment(self.ends_at),
            timezone=self.timezone.data,
            attendance_mode=AttendanceMode(self.attendance_mode.data),
            venue=self._venue(),
            stream_url=self.stream_url.data or "",
            external_url=self.external_url.data or "",
            series=self._series(),
            edition=self.edition.data,
            lead_sector_id=number(self.lead_sector.data),
            theme_ids=frozenset(
                int(id)
                for field in (self.sectors, self.challenges, self.lines)
                for id in field.data or ()
            ),
            senders=self._senders(),
            cover=self.kept,
            drops_cover=bool(self.drops_cover.data),
            cover_alt=self.local("cover_alt"),
            cover_credit=self.cover_credit.data or "",
            contact_email=self.contact_email.data or "",
            is_listed=bool(self.is_listed.data),
        )

    @staticmethod
    def _moment(field: LocalTimeField) -> datetime:
        moment = field.data
        assert isinstance(moment, datetime)  # noqa: S101 -- after validation
        return moment

    def _venue(self) -> int | NewVenue | None:
        if self.venue.data == NEW:
            said: NewVenue = self.new_venue.form.said()
            return said
        return number(self.venue.data)

    def _series(self) -> int | NewSeries | None:
        if self.series.data == NEW:
            return NewSeries(self.local("series_title"))
        return number(self.series.data)

    def _senders(self) -> tuple[Sender, ...]:
        """In the order of the places typed; who has none comes last."""
        rows = [row.form for row in self.senders if row.form.organisation.data]
        rows.sort(key=lambda row: row.place.data or SENDERS_MOST + 1)
        return tuple(Sender(int(row.organisation.data), PartnerRole(row.role.data)) for row in rows)
