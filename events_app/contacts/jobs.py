from events_app.contacts import actions
from events_app.core import clock
from events_app.core.db import saving
from events_app.core.queue import every_night


@every_night
def tidy() -> bool:
    """A batch; True when there is more."""
    with saving():
        return not actions.forget_consents(now=clock.now())
