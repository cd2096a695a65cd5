"""Who sits at the desk besides the owner."""

from datetime import datetime
from functools import partial

from events_app.accounts import actions
from events_app.accounts.models import Role, StaffMember
from events_app.accounts.rules import Colleague
from events_app.core.seeds import Scenes, Seeds, Stage, address

DAYS = 124
COLLEAGUES = (
    ("Marloes Brinkman", Role.ORGANISER, "nl"),
    ("Daniel Okafor", Role.EDITOR, "en"),
    ("Bram Scholten", Role.DOOR, "nl"),
)


def organiser(stage: Stage) -> StaffMember:
    return stage.the(StaffMember, Role.ORGANISER)


def editor(stage: Stage) -> StaffMember:
    return stage.the(StaffMember, Role.EDITOR)


def _scenes(stage: Stage) -> Scenes:
    for number, who in enumerate(COLLEAGUES):
        yield stage.at_desk(DAYS, f"10:0{number}"), partial(_invite, stage, *who)


def _invite(stage: Stage, name: str, role: Role, language: str, now: datetime) -> None:
    colleague = Colleague(name=name, email=address(name), role=role, language=language)
    stage.keep(role, actions.invite(colleague, by=stage.the(StaffMember, Role.OWNER), now=now))


SEEDS = Seeds(_scenes)
