from datetime import datetime
from functools import partial
from typing import Any

from events_app.contacts import actions
from events_app.contacts.models import OrganisationKind
from events_app.contacts.rules import Card, Profile
from events_app.core import text
from events_app.demo.stage import Scenes, Stage, address, told

DAYS, CONTACTS_DAYS, LOGOS_DAYS = 120, 117, 8


def scenes(stage: Stage) -> Scenes:
    said = told("organisations.toml")
    for number, (name, about) in enumerate(said["organisations"].items()):
        minute = f"{number * 6:02}"
        yield stage.at_desk(DAYS, f"11:{minute}"), partial(_add, stage, name, about)
        yield stage.at_desk(LOGOS_DAYS, f"14:{minute}"), partial(_hang_logo, stage, name)
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
    stage.organisations[name] = actions.add_organisation(profile, by=stage.organiser, now=now)


def _hang_logo(stage: Stage, name: str, now: datetime) -> None:
    file = text.slug(name.replace("’", ""))
    actions.set_logos(
        stage.organisations[name],
        light=stage.prints.logo(file),
        dark=stage.prints.logo(f"{file}-dark"),
        by=stage.editor,
        now=now,
    )


def _add_contact(stage: Stage, name: str, contact: dict[str, str], now: datetime) -> None:
    who, by = contact["name"], stage.organiser
    card = Card(name=who, email=address(who), language="nl", phone="")
    person = actions.add_person(card, by=by, now=now)
    actions.join(person, stage.organisations[name], contact["title"], by=by, now=now)
