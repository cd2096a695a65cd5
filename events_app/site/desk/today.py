"""The first page of the desk: what needs somebody, what comes, and what was done last."""

from flask import render_template
from flask.typing import ResponseReturnValue

from events_app.accounts import queries as accounts
from events_app.accounts import rules
from events_app.accounts.journal import Told
from events_app.accounts.lock import allowed, may_open, staff
from events_app.accounts.queries import JournalFilter
from events_app.core import clock, components
from events_app.events import queries as events
from events_app.registrations import queries as registrations
from events_app.site import queries
from events_app.site.desk.search import bp

LATEST, NEXT = 8, 5


@bp.get("/")
@allowed(rules.may_enter)
def today() -> ResponseReturnValue:
    now, rooms = clock.now(), components.offered()
    may_read = rules.may_organise(staff())
    coming = events.coming(now, NEXT)
    return render_template(
        "site/today.html",
        coming=coming,
        places=registrations.places([event.id for event in coming], now=now),
        may_edit=rules.may_edit(staff()),
        needs=queries.needs(rooms, may_open=may_open, now=now),
        lines=accounts.journal(JournalFilter(), limit=LATEST)[:LATEST] if may_read else [],
        told=Told(rooms),
    )
