"""Venues and series: what several events share."""

from datetime import datetime

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.core import text
from events_app.core.db import db, hold_table
from events_app.core.text import Local
from events_app.events import queries, rules
from events_app.events.actions import telling
from events_app.events.models import EventSeries, Venue
from events_app.events.rules import NewVenue

_FIELDS = ("name", "street", "postcode", "city", "region_id", "access_note", "route_note")


def add_venue(said: NewVenue) -> Venue:
    """Raises VenueTaken."""
    _must_be_elsewhere(said)
    venue = Venue(**{name: getattr(said, name) for name in _FIELDS})
    db.session.add(venue)
    db.session.flush()
    return venue


def change_venue(venue: Venue, said: NewVenue, *, by: StaffMember | None, now: datetime) -> None:
    """Every event there that is still to come has then changed as well. Raises VenueTaken."""
    before = {name: getattr(venue, name) for name in _FIELDS}
    after = {name: getattr(said, name) for name in _FIELDS}
    changed = [name for name in _FIELDS if before[name] != after[name]]
    if not changed:
        return
    _must_be_elsewhere(said, venue)
    there = [(event, rules.announced(event)) for event in queries.coming_at(venue, now=now)]
    for name in changed:
        setattr(venue, name, after[name])
    for event, told in there:
        event.revision += 1
        event.changed_at = now
        telling.follow(event, told, now=now)
    note(
        "events.venue_changed", venue, venue.name, by=by, now=now,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )  # fmt: skip


def _must_be_elsewhere(said: NewVenue, venue: Venue | None = None) -> None:
    hold_table(Venue)
    here = rules.where(said)
    if venue and rules.where(venue) == here:
        return
    if any(rules.where(other) == here for other, _events in queries.venues()):
        raise rules.VenueTaken


def add_series(title: Local) -> EventSeries:
    """Raises SeriesTaken."""
    _must_be_free(title)
    base = rules.slug(title)
    series = EventSeries(
        slug=text.numbered(base, queries.series_slugs(base)), title=dict(title), description={}
    )
    db.session.add(series)
    db.session.flush()
    return series


def change_series(
    series: EventSeries,
    *,
    title: Local,
    description: Local,
    by: StaffMember | None,
    now: datetime,
) -> None:
    """Raises SeriesTaken."""
    _must_be_free(title, series)
    before = {"title": series.title, "description": series.description}
    series.title, series.description = dict(title), dict(description)
    after = {"title": series.title, "description": series.description}
    if before != after:
        label = text.local(series.title, "nl")
        note("events.series_changed", series, label, by=by, now=now, before=before, after=after)


def _must_be_free(title: Local, series: EventSeries | None = None) -> None:
    hold_table(EventSeries)
    others = [each.title for each, _events in queries.all_series() if each is not series]
    shared = text.shared_in(title, others, was=series.title if series else None)
    if shared:
        raise rules.SeriesTaken(shared)
