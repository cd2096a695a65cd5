"""What the desk asks of all rooms at once."""

from events_app.site.queries.arriving import came_by
from events_app.site.queries.finding import LEAST, Hit, found
from events_app.site.queries.needing import Need, needs
from events_app.site.queries.removing import hanging

__all__ = ["LEAST", "Hit", "Need", "came_by", "found", "hanging", "needs"]
