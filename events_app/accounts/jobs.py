from events_app.accounts import actions
from events_app.core import clock, queue
from events_app.core.db import saving


@queue.every_night
def forget_sessions() -> None:
    with saving():
        actions.forget_sessions(now=clock.now())


@queue.every_minute
def mail_links() -> None:
    with saving():
        actions.mail_links(now=clock.now())
