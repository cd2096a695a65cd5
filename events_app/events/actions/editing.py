"""Write an event, change it, and make another like it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.contacts import queries as contacts
from events_app.core import files, text
from events_app.core.db import db
from events_app.core.errors import Forbidden, Refusal
from events_app.core.text import lazy as _
from events_app.events import queries, rules
from events_app.events.actions import telling
from events_app.events.actions.places import add_series, add_venue
from events_app.events.models import Event, EventPartner, EventSeries, Status, Venue
from events_app.events.rules import Content, NewSeries, NewVenue, Part
from events_app.themes import queries as themes


def draft(content: Content, *, by: StaffMember | None, now: datetime) -> Event:
    """A new event that only the desk sees."""
    _must_be_free(content)
    event = Event(slug=_free_slug(content.title), created_at=now, changed_at=now, partners=[])
    event.status, event.revision, event.themes = Status.DRAFT, 1, []
    _write(event, content)
    return _added(event, by=by, now=now)


def change(
    event: Event,
    content: Content,
    *,
    by: StaffMember | None,
    now: datetime,
) -> bool:
    """Write it anew; False when nothing differs.

    Time and place of a public event are an organiser's to change; a new date ends a postponement.
    Raises what `rules.check_facts` raises.
    """
    if by and rules.moves(event, content) and not rules.may_change_facts(by, event):
        raise Forbidden(
            _("Readers know this time and place. Ask an organiser to change them for you.")
        )
    rules.check_facts(event, content, now=now)
    _must_be_free(content, event)
    before, stored, told = rules.snapshot(event), rules.cover_files(event), rules.announced(event)
    with _one_alone():
        _write(event, content)
    old, new = rules.differences(before, rules.snapshot(event))
    if not new:
        return False
    if rules.is_public(event):
        if "starts_at" in new:
            _end_postponement(event)
        telling.follow(event, told, now=now)
        if gaps := rules.missing(event):
            raise rules.NotReady(gaps)
    elif event.published_at is None and "title" in new:
        event.slug = _free_slug(content.title, event)
    event.revision += 1
    event.changed_at = now
    files.release(stored - rules.cover_files(event), now=now)
    note("events.changed", event, rules.label(event), by=by, now=now, before=old, after=new)
    return True


def copy(
    event: Event,
    parts: Collection[Part],
    *,
    starts_at: datetime,
    by: StaffMember | None,
    now: datetime,
) -> Event:
    """A draft like this one, on another date, as long as this one by the clock on the wall.

    In a series it gets the next number that is free.
    """
    if starts_at <= now:
        raise rules.InThePast
    zone = text.zone(event.timezone)
    first, last, begins = (
        each.astimezone(zone).replace(tzinfo=None)
        for each in (event.starts_at, event.ends_at, starts_at)
    )
    made = Event(
        slug=_free_slug(event.title),
        status=Status.DRAFT,
        revision=1,
        title=event.title,
        starts_at=starts_at,
        ends_at=(begins + (last - first)).replace(tzinfo=zone),
        timezone=event.timezone,
        created_at=now,
        changed_at=now,
    )
    for part in parts:
        for name in rules.COPIED[part]:
            setattr(made, name, getattr(event, name))
    made.themes = list(event.themes) if Part.THEMES in parts else []
    if Part.SENDERS in parts:
        made.partners = [
            _sender(each.organisation_id, each.role, each.position) for each in event.partners
        ]
    if Part.SERIES in parts and event.edition and event.series_id:
        made.edition = queries.next_edition(event.series_id)
    return _added(made, by=by, now=now)


def _added(event: Event, *, by: StaffMember | None, now: datetime) -> Event:
    with _one_alone():
        db.session.add(event)
    note("events.drafted", event, rules.label(event), by=by, now=now)
    return event


@contextmanager
def _one_alone() -> Iterator[None]:
    """Turn the database's refusal into a sentence: a colleague took the address or edition just
    before.
    """
    try:
        yield
        db.session.flush()
    except IntegrityError as why:
        if "edition" in str(why.orig):
            raise rules.EditionTaken from why
        raise Refusal(_("A colleague made the same event just now. Save again.")) from why


def _must_be_free(content: Content, event: Event | None = None) -> None:
    """Raises EditionTaken for a number that another event of the series has."""
    if not isinstance(content.series, int) or not content.edition:
        return
    held_by = queries.edition_of(content.series, content.edition)
    if held_by and held_by is not event:
        raise rules.EditionTaken(held_by, free=queries.next_edition(content.series))


def _end_postponement(event: Event) -> None:
    if event.status is Status.POSTPONED:
        event.status, event.cancel_note = Status.PUBLISHED, {}


def _write(event: Event, content: Content) -> None:
    for name in rules.PLAIN:
        value = getattr(content, name)
        setattr(event, name, dict(value) if name in rules.TEXTS else value)
    event.venue = _venue(content.venue)
    event.venue_id = event.venue.id if event.venue else None
    event.series = _series(content.series)
    lead = themes.by_ids([content.lead_sector_id] if content.lead_sector_id else [])
    event.lead_sector = lead[0] if lead else None
    if {theme.id for theme in event.themes} != content.theme_ids:
        event.themes = list(themes.by_ids(content.theme_ids))
    if [(p.organisation_id, p.role) for p in event.partners] != [
        (sender.organisation_id, sender.role) for sender in content.senders
    ]:
        event.partners = [
            _sender(sender.organisation_id, sender.role, place)
            for place, sender in enumerate(content.senders)
        ]
    _write_cover(event, content)


def _write_cover(event: Event, content: Content) -> None:
    cover = content.cover
    if cover:
        event.cover_key, event.cover_webp = cover.key, cover.webp
        event.cover_width, event.cover_height = cover.width, cover.height
    elif content.drops_cover:
        event.cover_key, event.cover_width, event.cover_height = None, None, None
        event.cover_webp, event.cover_alt, event.cover_credit = {}, {}, ""


def _sender(organisation_id: int, role: str, place: int) -> EventPartner:
    return EventPartner(
        organisation=contacts.organisation(organisation_id), role=role, position=place
    )


def _venue(wanted: int | NewVenue | None) -> Venue | None:
    if not isinstance(wanted, NewVenue):
        return queries.venue(wanted) if wanted else None
    return add_venue(wanted)


def _series(wanted: int | NewSeries | None) -> EventSeries | None:
    if not isinstance(wanted, NewSeries):
        return queries.series_by_id(wanted) if wanted else None
    return add_series(wanted.title)


def _free_slug(title: text.Local, event: Event | None = None) -> str:
    base = rules.slug(title)
    return text.numbered(base, queries.slugs(base) - ({event.slug} if event else set()))
