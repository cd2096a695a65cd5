"""Real rows for tests; every argument can be left out."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from events_app.capacity.models import Pool
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.events.models import (
    Event,
    EventPartner,
    EventSeries,
    PartnerRole,
    Status,
    Venue,
)
from events_app.registrations.models import RegistrationForm
from events_app.themes.models import Theme
from tests.factories.contacts import make_organisation

SOON = datetime(2027, 3, 18, 12, 0, tzinfo=UTC)
"""Thursday 18 March 2027, 13.00 uur in Amsterdam."""


def local(value):
    return value if isinstance(value, dict) else {"nl": value}


def theme(code):
    return db.session.scalars(select(Theme).where(Theme.code == code)).one()


def make_venue(name="De Machinehal", city="Dordrecht", region="zuid-holland", **fields):
    with saving():
        venue = Venue(
            name=name,
            city=city,
            region=theme(region),
            **{"street": "Kade 1", "postcode": "3311 AA", **fields},
        )
        db.session.add(venue)
    return venue


def make_series(title="Op de Bühne", slug="op-de-buhne"):
    with saving():
        series = EventSeries(slug=slug, title=local(title))
        db.session.add(series)
    return series


def make_event(
    title="Op de Bühne Energie",
    starts_at=SOON,
    status=Status.PUBLISHED,
    capacity=None,
    venue=None,
    **fields,
):
    """A published event in a hall, with `capacity` places to register for (None: no form)."""
    now = clock.now()
    sector, codes = fields.pop("lead_sector", "energie"), fields.pop("themes", ("energie",))
    for name in ("summary", "description", "audience", "report", "cancel_note", "cover_alt"):
        if name in fields:
            fields[name] = local(fields[name])
    venue = venue or make_venue()
    with saving():
        count = db.session.query(Event).count()
        event = Event(
            slug=fields.pop("slug", f"op-de-buhne-{count + 1}"),
            title=local(title),
            status=status,
            starts_at=starts_at,
            ends_at=fields.pop("ends_at", starts_at + timedelta(hours=4, minutes=30)),
            venue=venue,
            lead_sector=theme(sector) if sector else None,
            themes=[theme(code) for code in codes],
            created_at=now,
            changed_at=now,
            published_at=now if status != Status.DRAFT else None,
            **fields,
        )
        db.session.add(event)
        db.session.flush()
        if capacity is not None:
            places = {"pool": Pool(size=capacity), "online_pool": Pool(size=None)}
            db.session.add(RegistrationForm(event_id=event.id, **places))
    return event


def make_partner(event, name="Techniekfonds Delta", role=PartnerRole.CO_HOST, **more):
    """An organisation in the event's sender bar, after those that are there."""
    organisation = make_organisation(name, **more)
    with saving():
        event.partners.append(
            EventPartner(organisation=organisation, role=role, position=len(event.partners))
        )
    return organisation
