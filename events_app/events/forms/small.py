"""The short forms of the desk: venue, series, copy, and words for readers."""

from datetime import datetime

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from events_app.core import text
from events_app.core.forms import Form, Length, LocalTimeField, options
from events_app.core.text import Local
from events_app.core.text import lazy as _
from events_app.events.forms.fields import LINE, STORY, TITLE, Boxes, number
from events_app.events.models import Event, EventSeries, Venue
from events_app.events.rules import NewVenue, Part

PARTS = (
    (Part.TEXTS, _("Summary, description and audience")),
    (Part.PLACE, _("Place and link to take part online")),
    (Part.THEMES, _("Sectors and themes")),
    (Part.SENDERS, _("Organisations that make it possible")),
    (Part.COVER, _("Picture")),
    (Part.SERIES, _("Series, as its next edition")),
)


class VenueForm(Form):
    name = StringField(
        _("Name"), [DataRequired(_("Give the name of the venue.")), Length(max=TITLE)]
    )
    street = StringField(_("Street and number"), [Length(max=TITLE)])
    postcode = StringField(_("Postcode"), [Length(max=20)])
    city = StringField(_("Town"), [DataRequired(_("Give the town.")), Length(max=TITLE)])
    region = SelectField(_("Province"), default="")
    access_note_nl = TextAreaField(_("Accessibility, in Dutch"), [Length(max=STORY)])
    access_note_en = TextAreaField(_("Accessibility, in English"), [Length(max=STORY)])
    route_note_nl = TextAreaField(_("Route, in Dutch"), [Length(max=STORY)])
    route_note_en = TextAreaField(_("Route, in English"), [Length(max=STORY)])

    def show(self, venue: Venue) -> None:
        for name in ("name", "street", "postcode", "city"):
            self[name].data = getattr(venue, name)
        self.region.data = str(venue.region_id or "")
        self.show_local("access_note", venue.access_note)
        self.show_local("route_note", venue.route_note)

    def said(self) -> NewVenue:
        return NewVenue(
            name=self.name.data or "",
            street=self.street.data or "",
            postcode=self.postcode.data or "",
            city=self.city.data or "",
            region_id=number(self.region.data),
            access_note=self.local("access_note"),
            route_note=self.local("route_note"),
        )


class SeriesForm(Form):
    title_nl = StringField(
        _("Title in Dutch"), [DataRequired(_("Give the title in Dutch.")), Length(max=TITLE)]
    )
    title_en = StringField(_("Title in English"), [Length(max=TITLE)])
    description_nl = TextAreaField(_("Description in Dutch"), [Length(max=LINE)])
    description_en = TextAreaField(_("Description in English"), [Length(max=LINE)])

    def show(self, series: EventSeries) -> None:
        self.show_local("title", series.title)
        self.show_local("description", series.description)


class CopyForm(Form):
    starts_at = LocalTimeField(
        _("The copy starts"), [InputRequired(_("Give the date and time of the copy."))]
    )
    parts = Boxes(_("Take along"), choices=options(PARTS), default=list(Part))

    def begin(self, event: Event) -> None:
        self.starts_at.zone = text.zone(event.timezone)

    def start(self) -> datetime:
        moment = self.starts_at.data
        assert isinstance(moment, datetime)  # noqa: S101 -- after validation
        return moment

    def chosen(self) -> set[Part]:
        return {Part(value) for value in self.parts.data or ()}


class WordsForm(Form):
    """Why an event is off or put off."""

    words_nl = TextAreaField(_("What readers see, in Dutch"), [Length(max=LINE)])
    words_en = TextAreaField(_("What readers see, in English"), [Length(max=LINE)])

    def show(self, words: Local) -> None:
        self.show_local("words", words)

    def words(self) -> Local:
        return self.local("words")
