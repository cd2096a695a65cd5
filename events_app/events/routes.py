import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from events_app.accounts import lock
from events_app.core import calendars, clock, files, installation, links, text, web
from events_app.core.errors import NotFoundError
from events_app.core.text import _
from events_app.events import queries, rules
from events_app.events.forms import AgendaForm, is_month
from events_app.events.models import Event
from events_app.registrations import queries as registrations
from events_app.themes import queries as themes
from events_app.themes.models import Kind, Theme

bp = web.public("events", __name__)
bp.add_app_template_filter(rules.named)
bp.add_app_template_filter(rules.marked)
bp.add_app_template_filter(rules.when)
bp.add_app_template_filter(rules.changes)

YEAR = "public, max-age=31536000, immutable"
LONGEST_SOURCE = 64
HOUR = "public, max-age=3600"
FILTERS = ("q", "sector", "region", "kind", "month")


# -- pages


@bp.get("/events/")
def agenda() -> ResponseReturnValue:
    now, page = clock.now(), request.args.get("page", 1, type=int)
    is_past = request.args.get("past") == "1"
    if any(request.args.get(name) for name in FILTERS):
        return web.if_fresh(make_response(_agenda(now, page, is_past=is_past)))
    read = queries.agenda_read(is_past=is_past, now=now, page=page)
    lines = [tuple(line) for line in read.lines]
    put_off = [tuple(line) for line in read.put_off]
    made_of = lines, put_off, read.extent, _states(read.lines, now), themes.read()
    return web.kept(made_of, lambda: _agenda(now, page, is_past=is_past))


def _agenda(now: datetime, page: int, *, is_past: bool) -> str:
    """Of `now` it may use no more than what is listed and in which state: the page is kept."""
    form = AgendaForm(request.args)
    form.offer(_themes_offered(), months=_months_offered(now, is_past=is_past))
    wanted, unknown = form.wanted(is_past=is_past), form.unknown()
    found = queries.Page([], 1, 0) if unknown else queries.agenda(wanted, now=now, page=page)
    return render_template(
        "events/agenda.html",
        form=form,
        wanted=wanted,
        unknown=unknown,
        found=found,
        months=_by_month(found.events),
        put_off=[] if unknown else queries.put_off(wanted, now=now),
        state=_states(found.events, now),
        changes=_changes(found.events, now),
    )


def _themes_offered() -> list[Theme]:
    """With what an older address asks for: events keep a theme that is offered no more."""
    asked = {request.args.get("sector"), request.args.get("region")}
    known = themes.all_of_kind(Kind.SECTOR, Kind.REGION)
    return [theme for theme in known if theme.is_active or theme.code in asked]


def _months_offered(now: datetime, *, is_past: bool) -> list[str]:
    """With the one that is asked for, though nothing is in it any more."""
    months, asked = queries.months(now, is_past=is_past), request.args.get("month", "")
    more = [asked] if is_month(asked) and asked not in months else []
    return sorted([*months, *more], reverse=is_past)


@bp.get("/events/<slug>")
def show(slug: str) -> ResponseReturnValue:
    now, read = clock.now(), queries.read(slug)
    if read is None:  # not there, or a draft for who sits at the desk
        event = _seen(slug)
        return _page(event, _places(event.id, now), now=now)
    places = _places(read.id, now)
    is_past = rules.is_past(read, now=now)
    return web.kept(
        (tuple(read), places, is_past), lambda: _page(queries.by_slug(slug), places, now=now)
    )


def _places(event_id: int, now: datetime) -> registrations.Places | None:
    """As the page tells of them: it is kept while they are the same."""
    places = registrations.places([event_id], now=now).get(event_id)
    return places and places.told


def _page(event: Event, places: registrations.Places | None, *, now: datetime) -> str:
    """Of `now` it may use no more than whether the event is past: the page is kept."""
    at = _addresses(event, has_form=places is not None)
    availability = places.availability if places else ""
    return render_template(
        "events/show.html",
        event=event,
        at=at,
        themes=[(theme.code, text.local(theme.name)) for theme in _themes(event)],
        one_day=_is_one_day(event),
        is_past=rules.is_past(event, now=now),
        changes=[] if rules.is_past(event, now=now) else rules.changes(event),
        places=places,
        state=rules.state(event, now=now, places=availability),
        gives_link=places is not None and (places.is_taking or places.is_online_alone),
        structured=rules.structured(event, at=at, places=availability, organiser=_organiser()),
        source=_source(),
    )


def _source() -> str:
    """A code, whole: what is too long to be one of ours is none."""
    given = request.args.get("source", "")
    return given if len(given) <= LONGEST_SOURCE else ""


@bp.get("/series/<slug>")
def series(slug: str) -> ResponseReturnValue:
    now = clock.now()
    found = queries.series(slug)
    events = queries.editions(found)
    page = render_template(
        "events/series.html",
        series=found,
        coming=sorted(
            (event for event in events if not rules.is_past(event, now=now)),
            key=lambda event: (event.ends_at <= now, event.starts_at, event.id),
        ),
        past=[event for event in events if rules.is_past(event, now=now)],
        state=_states(events, now),
        changes=_changes(events, now),
    )
    return web.if_fresh(make_response(page))


def _seen(slug: str) -> Event:
    """What readers may see; who sits at the desk sees drafts too, at the address they will have."""
    event = queries.by_slug(slug, public=lock.current_staff() is None)
    if not rules.is_public(event):
        web.private()
    return event


def _addresses(event: Event, *, has_form: bool) -> rules.Addresses:
    picture = "events.picture" if event.cover_key else "events.drawing"
    return rules.Addresses(
        page=links.to("events.show", slug=event.slug),
        picture=links.to(picture, slug=event.slug),
        card=links.to("kits.card", slug=event.slug),
        register=links.to("registrations.register", slug=event.slug) if has_form else "",
        series=links.to("events.series", slug=event.series.slug) if event.series else "",
    )


def _themes(event: Event) -> list[Theme]:
    """The lead sector first, then all others once."""
    lead = [event.lead_sector] if event.lead_sector else []
    return lead + [theme for theme in event.themes if theme not in lead]


def _is_one_day(event: Event) -> bool:
    starts, ends = (text.there(at, event.timezone) for at in (event.starts_at, event.ends_at))
    return starts.date() == ends.date()


def _organiser() -> str:
    return str(_("Human Capital programme of the top sectors"))


def _by_month(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    grouped: dict[str, list[Event]] = {}
    for event in events:
        grouped.setdefault(text.month(event.starts_at, event.timezone), []).append(event)
    return list(grouped.items())


def _states(events: Sequence[Any], now: datetime) -> dict[int, str]:
    found = registrations.places([event.id for event in events], now=now)
    availability = {id: places.availability for id, places in found.items()}
    return {
        event.id: rules.state(event, now=now, places=availability.get(event.id, ""))
        for event in events
    }


def _changes(events: Sequence[Event], now: datetime) -> dict[int, list[rules.Changed]]:
    return {event.id: rules.changes(event) for event in events if not rules.is_past(event, now=now)}


# -- pictures


@bp.get("/events/<slug>/picture")
def picture(slug: str) -> ResponseReturnValue:
    """The cover as PNG, for letters and for other sites."""
    event = _covered(slug)
    return _file(event.cover_key, "image/png", HOUR)


@bp.get("/events/<slug>/picture/<tag>-<int:width>.webp")
def cover(slug: str, tag: str, width: int) -> ResponseReturnValue:
    event = _covered(slug)
    if not event.cover_key or not event.cover_key.startswith(tag):
        raise NotFoundError
    return _file(event.cover_webp.get(str(width)), "image/webp", YEAR)


@bp.get("/events/<slug>/cover.svg")
def drawing(slug: str) -> ResponseReturnValue:
    """For an event without a picture of its own."""
    drawn = render_template("events/drawing.svg", scene=rules.scene(_covered(slug)))
    answer = Response(drawn, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = HOUR
    return web.if_fresh(answer)


def _covered(slug: str) -> Event:
    event = queries.cover(slug, public=lock.current_staff() is None)
    if not rules.is_public(event):
        web.private()
    return event


def _file(key: str | None, mimetype: str, keep: str) -> Response:
    if not key:
        raise NotFoundError
    answer = Response(files.read(key), mimetype=mimetype)
    answer.headers["Cache-Control"] = keep
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return web.if_fresh(answer)


# -- calendars and feeds


@bp.get("/events/<slug>.ics")
def ics(slug: str) -> ResponseReturnValue:
    event = queries.by_slug(slug)
    body = calendars.published([_entry(event)])
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{event.slug}.ics"'
    return web.if_fresh(answer)


def _entry(event: Event) -> calendars.Entry:
    url = links.to("events.show", slug=event.slug)
    return rules.calendar_entry(event, text.language(), url=url, host=installation.name())


@bp.get("/series/<slug>.ics")
def series_ics(slug: str) -> ResponseReturnValue:
    found = queries.series(slug)
    events = queries.editions(found)
    body = calendars.published(map(_entry, events[::-1]), name=text.local(found.title))
    return web.if_fresh(Response(body, mimetype="text/calendar"))


@bp.get("/events.ics")
def feed_ics() -> ResponseReturnValue:
    chosen = _chosen()

    def body(events: Sequence[Event]) -> bytes:
        name = " · ".join(["Op de Bühne", *chosen.words()])
        return calendars.published(map(_entry, events), name=name)

    return _feed(chosen, "text/calendar; charset=utf-8", body)


@bp.get("/events.atom")
def feed_atom() -> ResponseReturnValue:
    chosen = _chosen()

    def body(events: Sequence[Event]) -> bytes:
        return render_template(
            "events/feed.xml",
            events=events,
            here=links.to("events.feed_atom", **chosen.chosen()),
            host=installation.name(),
            location=rules.location,
            to=links.to,
            updated=max((event.changed_at for event in events), default=clock.now()),
        ).encode()

    return _feed(chosen, "application/atom+xml; charset=utf-8", body)


def _chosen() -> AgendaForm:
    """The same filters as in the agenda. A feed that left one out would show what nobody asked for,
    for years; and who follows a theme that is offered no more goes on following.
    """
    form, month = AgendaForm(request.args), request.args.get("month", "")
    offered = themes.all_of_kind(Kind.SECTOR, Kind.REGION) if request.args else []
    form.offer(offered, months=[month] if is_month(month) else [])
    if asked := form.not_understood(request.args):
        raise rules.UnknownChoice(asked)
    return form


Body = Callable[[Sequence[Event]], bytes]


def _feed(chosen: AgendaForm, mimetype: str, body: Body) -> ResponseReturnValue:
    now, wanted = clock.now(), chosen.wanted(is_past=False)
    # of so many words, repr would take longer than all else
    words = hashlib.sha256(queries.feed_read(wanted, now=now).encode()).digest()
    return web.kept(
        words,
        lambda: body(queries.feed(wanted, now=now)),
        content_type=mimetype,
    )
