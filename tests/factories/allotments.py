from datetime import timedelta

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.registrations import actions, queries
from events_app.registrations.models import Allotment
from events_app.registrations.rules import Terms

UNTIL = timedelta(days=30)


def terms(places, name="Techniekfonds Delta", release_at=None):
    release_at = release_at or (clock.now() + UNTIL).replace(second=0, microsecond=0)
    return Terms(name=name, places=places, release_at=release_at)


def make_allotment(event, places, **more):
    """So many places of the event are held for somebody's guests."""
    with saving():
        form = queries.form_of(event.id)
        return actions.allot(form, terms(places, **more), by=None, now=clock.now())


def again(allotment):
    """As it is stored."""
    return db.session.get_one(Allotment, allotment.id, populate_existing=True)


def pool_of_guests(allotment):
    """Size and taken."""
    db.session.expire_all()
    pool = again(allotment).pool
    return pool.size, pool.taken


def link_for_guests(event, allotment):
    return f"/events/{event.slug}/register?pass={queries.allotment_pass(allotment)}"
