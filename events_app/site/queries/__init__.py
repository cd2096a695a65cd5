"""What the desk asks of all rooms at once."""

from events_app.site.queries.removing import hanging
from events_app.site.queries.search import LEAST, found
from events_app.site.queries.todo import needs

__all__ = ["LEAST", "found", "hanging", "needs"]
