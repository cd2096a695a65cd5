from events_app.accounts import actions
from events_app.core import clock, queue
from events_app.core.db import saving


@queue.every_night
def tidy() -> bool:
    """A batch; True when there is more."""
    now = clock.now()
    with saving():
        actions.forget_sessions(now=now)
        return not actions.forget_lines(now=now)


@queue.every_minute
def mail_links() -> None:
    with saving():
        actions.mail_links(now=clock.now())
