from events_app.core import clock, queue
from events_app.core.db import saving
from events_app.invitations import actions


@queue.every_minute
def mail_links() -> None:
    with saving():
        actions.mail_links(now=clock.now())


@queue.every_minute
def follow_places() -> None:
    with saving():
        actions.follow_places(now=clock.now())


@queue.every_night
def tidy() -> bool:
    """A batch of each kind; True when there is more."""
    now = clock.now()
    with saving():
        done = actions.forget_guests(now=now), actions.forget_ambassadors(now=now)
    return not all(done)
