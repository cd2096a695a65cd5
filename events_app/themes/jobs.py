from events_app.core import queue
from events_app.core.db import saving
from events_app.themes import actions


@queue.every_minute
def draw_styles() -> None:
    """Usually there is nothing to draw; after a restored back-up, or on a new machine, there is."""
    with saving():
        actions.draw_styles()
