"""What the desk asks of all rooms at once."""

from events_app.site.queries.arriving import came_by
from events_app.site.queries.finding import LEAST, MOST, found
from events_app.site.queries.needing import needs

__all__ = ["LEAST", "MOST", "came_by", "found", "needs"]
