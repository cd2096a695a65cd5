"""Kits of events and partners who use them."""

import io

from PIL import Image

from events_app.core import clock, files, tokens
from events_app.core.db import saving
from events_app.kits import actions, jobs, queries
from tests.factories.contacts import make_organisation, make_person


def make_partner(name="Techniekhuis Noord", *, accent="#00695c", people=("Noor Demo",), **more):
    """An organisation with kit rights, a logo and people who get its letters."""
    picture = io.BytesIO()
    Image.new("RGBA", (240, 80), accent).save(picture, "PNG")
    partner = make_organisation(
        name, is_partner=True, accent=accent, logo_key=files.keep(picture.getvalue()), **more
    )
    for person in people:
        make_person(name=person, organisation=partner)
    return partner


def page_of(partner):
    return "/partner/" + tokens.derived("partner", partner.seed)


def make_kit(event, *, is_published=True):
    with saving():
        kit = actions.draft(event, by=None, now=clock.now())
    if is_published:
        publish(kit)
    return kit


def tell():
    """What the worker does in its spare time: write to partners with files that are others now."""
    for version_id in queries.untold(clock.now()):
        jobs.tell(version_id)


def publish(kit):
    with saving():
        return actions.publish(kit, by=None, now=clock.now())
