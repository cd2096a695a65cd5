from events_app.core import clock, queue
from events_app.core.db import saving
from events_app.invitations import actions


@queue.every_minute
def mail_links() -> None:
    with saving():
        actions.mail_links(now=clock.now())
