"""What readers and organisers fill in."""

from events_app.events.forms.agenda import AgendaForm, DeskListForm, is_month
from events_app.events.forms.event import EventForm
from events_app.events.forms.small import CopyForm, SeriesForm, VenueForm, WordsForm

__all__ = [
    "AgendaForm",
    "CopyForm",
    "DeskListForm",
    "EventForm",
    "SeriesForm",
    "VenueForm",
    "WordsForm",
    "is_month",
]
