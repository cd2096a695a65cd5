"""The desk of events: the events themselves, and the venues and series they share."""

from events_app.events.desk.events import bp as events
from events_app.events.desk.shared import bp as shared

DOORS = (events, shared)
