"""Kits of two events: published, taken by partners, and one of them published anew."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from events_app.accounts.seeds import organiser
from events_app.contacts import queries as contacts
from events_app.contacts.models import Organisation, OwnPage
from events_app.core import links, text, tokens
from events_app.core.seeds import Scenes, Seeds, Stage, told
from events_app.events.models import Event
from events_app.kits import actions, letters, queries
from events_app.kits.letters import Told
from events_app.kits.models import Kit, KitVersion
from events_app.kits.rules.event_facts import Wording
from events_app.kits.rules.requested import ALL

FILE = Path(__file__).with_name("kits.toml")


def _pages() -> Iterable[tuple[str, str]]:
    """Of the first partner: its files are out of date."""
    kit: dict[str, Any] = next(iter(told(FILE).values()))
    first = next(iter(kit["downloads"]))
    for known in contacts.partners():
        if known.name == first:
            page = links.to("kits.partner", token=tokens.derived(OwnPage.PARTNER, known.seed))
            yield f"Kits of partner {known.name}", page


def _scenes(stage: Stage) -> Scenes:
    for number, (name, said) in enumerate(told(FILE).items()):
        minute = f"{10 + number * 9}"
        yield stage.at_desk(said["published"], f"11:{minute}"), partial(_publish, stage, name)
        if "words" in said:
            when = stage.at_desk(said["words"]["days"], f"15:{minute}")
            yield when, partial(_write, stage, name, said["words"])
        for partner, taken in said["downloads"].items():
            when = stage.at_desk(taken["days"], f"09:{minute}")
            yield when, partial(_take, stage, name, partner, taken["clicks"])


def _publish(stage: Stage, name: str, now: datetime) -> None:
    kit = actions.draft(stage.the(Event, name), by=organiser(stage), now=now)
    actions.publish(kit, by=organiser(stage), now=now)


def _write(stage: Stage, name: str, words: dict[str, Any], now: datetime) -> None:
    kit = _kit(stage, name)
    wording = Wording(
        short_title={},
        lead={},
        quote=words["quote"],
        quote_person=words["quote_person"],
        quote_role=words["quote_role"],
        hashtags=(),
        embargo_until=None,
        valid_until=None,
    )
    actions.edit(kit, wording, by=organiser(stage), now=now)
    actions.publish(kit, by=organiser(stage), now=now)
    _tell(kit, now)


def _tell(kit: Kit, now: datetime) -> None:
    """As the worker does, but by what files are made from: none is drawn yet."""
    version = queries.last_version(kit)
    assert version  # noqa: S101 -- just published
    hears = [
        Told(holder.organisation, person, stale, queries.version(kit, holder.taken.oldest))
        for holder in queries.holders(version)
        if (stale := _stale(kit, version, holder))
        for person in holder.people
    ]
    actions.tell_partners(version, letters.new_version(version, hears), now=now)


def _stale(kit: Kit, version: KitVersion, holder: queries.Holder) -> set[str]:
    before, stale = queries.version(kit, holder.taken.oldest), set()
    for code in text.LANGUAGES:
        old, new = (
            actions.new_request(each.facts, holder.organisation, code, {})
            for each in (before, version)
        )
        stale |= set(actions.differing(old, new))
    return stale


def _take(stage: Stage, name: str, partner: str, clicks: int, now: datetime) -> None:
    kit, organisation = _kit(stage, name), stage.the(Organisation, partner)
    actions.count_download(queries.versions(kit)[0], organisation, ALL, now=now)
    actions.make_links(kit, organisation, now=now)
    link = queries.short_link(queries.links(kit, organisation)[actions.SHARE])
    for _click in range(clicks):
        actions.count_click(link)


def _kit(stage: Stage, name: str) -> Kit:
    kit = queries.kit_of(stage.the(Event, name))
    assert kit  # noqa: S101 -- published in an earlier scene
    return kit


SEEDS = Seeds(_scenes, _pages)
