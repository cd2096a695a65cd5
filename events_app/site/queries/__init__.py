"""What the desk asks of all rooms at once."""

from events_app.site.queries.finding import LEAST, found
from events_app.site.queries.needing import needs
from events_app.site.queries.removing import hanging

__all__ = ["LEAST", "found", "hanging", "needs"]
