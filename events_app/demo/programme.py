"""Events: drafted, opened for registration, published, and the past one closed with a report."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from events_app.core import text
from events_app.core.text import Local
from events_app.demo import dates
from events_app.demo.stage import FOLDER, Scenes, Stage, told
from events_app.events import actions
from events_app.events.models import AttendanceMode, Event, Ownership, PartnerRole, Preset
from events_app.events.rules import Content, NewSeries, NewVenue, Sender
from events_app.registrations import actions as registrations
from events_app.registrations.models import Access, OpenTo, VisibleTo
from events_app.registrations.queries import form_of
from events_app.registrations.rules import (
    Asked,
    GroupSettings,
    OptionSettings,
    Settings,
    Terms,
    default_release,
)

SERIES = {"nl": "Op de Bühne", "en": "Op de Bühne"}
ABOUT_SERIES = {
    "nl": (
        "Op de bühne staan de mensen die het doen. Steeds op een andere plek, in een andere sector:"
        " u ziet hoe werken, leren en innoveren samengaan, en wat dat oplevert."
    ),
    "en": (
        "On stage are the people who do it. Each time in another place and another sector: you see"
        " how working, learning and innovating go together, and what comes of it."
    ),
}
CONTACT = "bijeenkomsten@example.org"
COVER_DAYS = 20
EMPTY: Local = {}


def scenes(stage: Stage) -> Scenes:
    names = sorted(file.stem for file in (FOLDER / "events").glob("*.toml"))
    for number, name in enumerate(names):
        yield from _life(stage, name, told(f"events/{name}.toml"), minute=f"{10 + number * 7}")


def _life(stage: Stage, name: str, said: dict[str, Any], *, minute: str) -> Scenes:
    yield stage.at_desk(said["drafted"], f"09:{minute}"), partial(_draft, stage, name, said)
    if "published" in said:
        day = said["published"]
        yield stage.at_desk(day, f"08:{minute}"), partial(_open, stage, name, said)
        yield stage.at_desk(day, f"08:{int(minute) + 5}"), partial(_publish, stage, name)
    for held in said.get("held", ()):
        yield stage.at_desk(held["days"], f"14:{minute}"), partial(_hold, stage, name, held)
    if "cover" in said:
        yield stage.at_desk(COVER_DAYS, f"13:{minute}"), partial(_hang_cover, stage, name, said)
    if "moved" in said:
        day = said["moved"]["days"]
        yield stage.at_desk(day, f"10:{minute}"), partial(_move, stage, name, said)
        yield stage.at_desk(day, f"11:{minute}"), partial(_tell, stage, name)
    if "report" in said:
        day = _day(stage, said)
        after = timedelta(days=1)
        yield dates.on(day + after, "09:20"), partial(_finish, stage, name)
        yield dates.on(day + 7 * after, "16:05"), partial(_report, stage, name, said)


def _draft(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    event = actions.draft(_content(stage, said), by=stage.editor, now=now)
    stage.events[name] = event
    if event.series and not event.series.description:
        actions.change_series(
            event.series, title=SERIES, description=ABOUT_SERIES, by=stage.editor, now=now
        )


def _open(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    """Registration, from now until some days before the event at the end of the working day."""
    event, by, form = stage.events[name], stage.organiser, said["form"]
    asks_needs = form.get("asks_needs", True)
    settings = Settings(
        opens_at=None,
        closes_at=_closes(event, form.get("closes_days_before")),
        access=Access.OPEN,
        guests_max=form["guests_most"],
        asks_diet=asks_needs,
        asks_access_needs=asks_needs,
        has_waiting_list=True,
        shows_places_left=True,
        offer_hours=form.get("offer_hours", 48),
        needs_wipe_after_days=14,
    )
    registrations.set_up(event, settings, size=form["places"], form=None, by=by, now=now)
    for question in said.get("questions", ()):
        registrations.ask(form_of(event.id), _asked(question), question=None, by=by, now=now)
    for group in said.get("options", ()):
        registrations.set_options(form_of(event.id), _grouped(group), group=None, by=by, now=now)


def _closes(event: Event, days: int | None) -> datetime | None:
    if days is None:
        return None
    day = text.there(event.starts_at).date()
    return dates.on(day - timedelta(days=days), "17:00")


def _asked(question: dict[str, Any]) -> Asked:
    return Asked(
        kind=question["kind"],
        label=question["label"],
        settings=question.get("settings", {}),
        is_required=question["is_required"],
        purpose=question["purpose"],
        visible_to=VisibleTo(question["seen_by"]),
        wipe_after_days=question["wipe_after_days"],
    )


def _grouped(group: dict[str, Any]) -> GroupSettings:
    return GroupSettings(
        label=group["label"],
        help=group["help"],
        choose_most=group["choose_most"],
        is_required=False,
        open_to=OpenTo(group["open_to"]),
        visible_to=VisibleTo(group["seen_by"]),
        options=[
            OptionSettings(id=None, label=each["label"], size=each.get("places"))
            for each in group["choices"]
        ],
    )


def _publish(stage: Stage, name: str, now: datetime) -> None:
    actions.publish(stage.events[name], by=stage.organiser, now=now)


def _hold(stage: Stage, name: str, held: dict[str, Any], now: datetime) -> None:
    event = stage.events[name]
    terms = Terms(
        name=held["name"], places=held["places"], release_at=default_release(event, now=now)
    )
    registrations.allot(form_of(event.id), terms, by=stage.organiser, now=now)


def _hang_cover(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    cover = stage.prints.cover.result()
    if cover:
        _change(stage, name, said, now, cover=cover, cover_alt=said["cover_alt"])


def _move(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    """To other hours of the same day."""
    _change(stage, name, {**said, "day": said["day"] | said["moved"]}, now)


def _tell(stage: Stage, name: str, now: datetime) -> None:
    registrations.tell_change(form_of(stage.events[name].id), now=now)


def _finish(stage: Stage, name: str, now: datetime) -> None:
    actions.finish(stage.events[name], by=stage.organiser, now=now)


def _report(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    _change(stage, name, said, now, report=said["report"])


def _change(stage: Stage, name: str, said: dict[str, Any], now: datetime, **more: Any) -> None:
    event = stage.events[name]
    same = replace(_content(stage, said), venue=event.venue_id, series=event.series_id)
    actions.change(event, replace(same, **more), by=stage.organiser, now=now)


def _content(stage: Stage, said: dict[str, Any]) -> Content:
    day, hours = _day(stage, said), said["day"]
    return Content(
        title=said["title"],
        summary=said["summary"],
        description=said["description"],
        audience=said["audience"],
        report=EMPTY,
        preset=Preset(said.get("preset", "meeting")),
        ownership=Ownership(said.get("ownership", "own")),
        starts_at=dates.on(day, hours["starts"]),
        ends_at=dates.on(day, hours["ends"]),
        timezone="Europe/Amsterdam",
        attendance_mode=AttendanceMode(said["mode"]),
        venue=_venue(stage, said["venue"]) if "venue" in said else None,
        stream_url=said.get("stream", ""),
        external_url="",
        series=_series(stage) if "edition" in said else None,
        edition=said.get("edition"),
        lead_sector_id=stage.themes[said["sector"]].id,
        theme_ids=frozenset(stage.themes[code].id for code in said["themes"]),
        senders=tuple(_sender(stage, sender) for sender in said["senders"]),
        cover=None,
        drops_cover=False,
        cover_alt=EMPTY,
        cover_credit="",
        contact_email=CONTACT,
        is_listed=True,
    )


def _day(stage: Stage, said: dict[str, Any]) -> date:
    return dates.planned(stage.now, week=said["day"]["week"], weekday=said["day"]["weekday"])


def _venue(stage: Stage, name: str) -> NewVenue:
    said = dict(told("venues.toml")[name])
    region = stage.themes[said.pop("region")]
    return NewVenue(region_id=region.id, **said)


def _series(stage: Stage) -> int | NewSeries:
    known = (event.series_id for event in stage.events.values() if event.series_id)
    return next(known, NewSeries(SERIES))


def _sender(stage: Stage, said: str) -> Sender:
    """`co_host: ROC Lindestroom`."""
    role, _colon, name = said.partition(": ")
    return Sender(stage.organisations[name].id, PartnerRole(role))
