"""Events: drafted, published, and the past one closed with a report."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from events_app.accounts.seeds import editor, organiser
from events_app.contacts.models import Organisation
from events_app.core.pictures import safe_logo
from events_app.core.seeds import Scenes, Seeds, Stage, dates, told
from events_app.core.text import Local
from events_app.events import actions
from events_app.events.actions import keep_cover
from events_app.events.models import (
    AttendanceMode,
    Event,
    EventSeries,
    Ownership,
    PartnerRole,
    Preset,
)
from events_app.events.rules import Content, Cover, NewSeries, NewVenue, Sender
from events_app.themes.models import Theme

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
FOLDER = Path(__file__).parent
Picture = Future[Cover | None]


def programme() -> Iterator[tuple[str, dict[str, Any], int]]:
    """Name, what is told of it, and the minute of the hour at which things happen to it."""
    for number, file in enumerate(sorted((FOLDER / "programme").glob("*.toml"))):
        yield file.stem, told(file), 10 + number * 7


def _scenes(stage: Stage) -> Scenes:
    for name, said, minute in programme():
        yield from _life(stage, name, said, minute=minute)


def _life(stage: Stage, name: str, said: dict[str, Any], *, minute: int) -> Scenes:
    yield stage.at_desk(said["drafted"], f"09:{minute}"), partial(_draft, stage, name, said)
    if "published" in said:
        when = stage.at_desk(said["published"], f"08:{minute + 5}")
        yield when, partial(_publish, stage, name)
    if "cover" in said:
        cover = stage.drawn(partial(_cover, said["cover"]))
        when = stage.at_desk(COVER_DAYS, f"13:{minute}")
        yield when, partial(_hang_cover, stage, name, said, cover)
    if "moved" in said:
        when = stage.at_desk(said["moved"]["days"], f"10:{minute}")
        yield when, partial(_move, stage, name, said)
    if "report" in said:
        day = _day(stage, said)
        after = timedelta(days=1)
        yield dates.on(day + after, "09:20"), partial(_finish, stage, name)
        yield dates.on(day + 7 * after, "16:05"), partial(_report, stage, name, said)


def _draft(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    event = actions.draft(_content(stage, said), by=editor(stage), now=now)
    stage.keep(name, event)
    if event.series and not event.series.description:
        stage.keep(SERIES["nl"], event.series)
        actions.change_series(
            event.series, title=SERIES, description=ABOUT_SERIES, by=editor(stage), now=now
        )


def _publish(stage: Stage, name: str, now: datetime) -> None:
    actions.publish(stage.the(Event, name), by=organiser(stage), now=now)


def _cover(name: str) -> Cover:
    return keep_cover(safe_logo((FOLDER / f"{name}.svg").read_bytes()))


def _hang_cover(
    stage: Stage, name: str, said: dict[str, Any], cover: Picture, now: datetime
) -> None:
    drawn = cover.result()
    if drawn:
        _change(stage, name, said, now, cover=drawn, cover_alt=said["cover_alt"])


def _move(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    """To other hours of the same day."""
    _change(stage, name, {**said, "day": said["day"] | said["moved"]}, now)


def _finish(stage: Stage, name: str, now: datetime) -> None:
    actions.finish(stage.the(Event, name), by=organiser(stage), now=now)


def _report(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    _change(stage, name, said, now, report=said["report"])


def _change(stage: Stage, name: str, said: dict[str, Any], now: datetime, **more: Any) -> None:
    event = stage.the(Event, name)
    same = replace(_content(stage, said), venue=event.venue_id, series=event.series_id)
    actions.change(event, replace(same, **more), by=organiser(stage), now=now)


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
        lead_sector_id=stage.the(Theme, said["sector"]).id,
        theme_ids=frozenset(stage.the(Theme, code).id for code in said["themes"]),
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
    said = dict(told(FOLDER / "venues.toml")[name])
    region = stage.the(Theme, said.pop("region"))
    return NewVenue(region_id=region.id, **said)


def _series(stage: Stage) -> int | NewSeries:
    known = stage.find(EventSeries, SERIES["nl"])
    return known.id if known else NewSeries(SERIES)


def _sender(stage: Stage, said: str) -> Sender:
    """`co_host: ROC Lindestroom`."""
    role, _colon, name = said.partition(": ")
    return Sender(stage.the(Organisation, name).id, PartnerRole(role))


SEEDS = Seeds(_scenes)
