"""Organisations with their logos, and whom we know there."""

from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from events_app.accounts.seeds import editor, organiser
from events_app.contacts import actions
from events_app.contacts.models import Organisation, OrganisationKind
from events_app.contacts.rules import Card, Profile
from events_app.core import text
from events_app.core.seeds import Scenes, Seeds, Stage, address, told

FOLDER = Path(__file__).parent
DAYS, CONTACTS_DAYS, LOGOS_DAYS = 120, 117, 8


def _scenes(stage: Stage) -> Scenes:
    said = told(FOLDER / "organisations.toml")
    logos = {
        path.stem: stage.drawn(partial(_logo, path))
        for path in sorted((FOLDER / "logos").glob("*.svg"))
    }
    for number, (name, about) in enumerate(said["organisations"].items()):
        minute = f"{number * 6:02}"
        yield stage.at_desk(DAYS, f"11:{minute}"), partial(_add, stage, name, about)
        yield stage.at_desk(LOGOS_DAYS, f"14:{minute}"), partial(_hang_logo, stage, name, logos)
    for number, (name, contact) in enumerate(said["contacts"].items()):
        when = stage.at_desk(CONTACTS_DAYS, f"15:{number * 8:02}")
        yield when, partial(_add_contact, stage, name, contact)


def _add(stage: Stage, name: str, about: dict[str, Any], now: datetime) -> None:
    profile = Profile(
        name=name,
        kind=OrganisationKind(about["kind"]),
        website=f"https://www.example.org/{text.slug(name)}",
        accent=about["accent"],
        is_partner=about.get("is_partner", False),
    )
    stage.keep(name, actions.add_organisation(profile, by=organiser(stage), now=now))


def _logo(path: Path) -> str:
    key, _colour = actions.keep_logo(path.read_bytes())
    return key


def _hang_logo(
    stage: Stage, name: str, logos: dict[str, Future[str | None]], now: datetime
) -> None:
    file = text.slug(name.replace("’", ""))
    light, dark = (logos[key].result() if key in logos else None for key in (file, f"{file}-dark"))
    actions.set_logos(
        stage.the(Organisation, name),
        light=light,
        dark=dark,
        by=editor(stage),
        now=now,
    )


def _add_contact(stage: Stage, name: str, contact: dict[str, str], now: datetime) -> None:
    who, by = contact["name"], organiser(stage)
    card = Card(name=who, email=address(who), language="nl", phone="")
    person = actions.add_person(card, by=by, now=now)
    actions.join(person, stage.the(Organisation, name), contact["title"], by=by, now=now)


SEEDS = Seeds(_scenes)
