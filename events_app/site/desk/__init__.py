"""Pages of the desk that read more than one room."""

from events_app.site.desk import event, registration, today
from events_app.site.desk.search import bp

__all__ = ["bp", "event", "registration", "today"]
