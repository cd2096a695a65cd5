"""The desk of newsletters: writing an issue, and sending it."""

from events_app.newsletters.desk import sending
from events_app.newsletters.desk.writing import bp

__all__ = ["bp", "sending"]
