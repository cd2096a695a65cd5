"""Who sits at the desk besides the owner."""

from datetime import datetime
from functools import partial

from events_app.accounts import actions
from events_app.accounts.models import Role
from events_app.accounts.rules import Colleague
from events_app.demo.stage import Scenes, Stage, address

DAYS = 124
COLLEAGUES = (
    ("Marloes Brinkman", Role.ORGANISER, "nl"),
    ("Daniel Okafor", Role.EDITOR, "en"),
    ("Bram Scholten", Role.DOOR, "nl"),
)


def scenes(stage: Stage) -> Scenes:
    for number, who in enumerate(COLLEAGUES):
        yield stage.at_desk(DAYS, f"10:0{number}"), partial(_invite, stage, *who)


def _invite(stage: Stage, name: str, role: Role, language: str, now: datetime) -> None:
    colleague = Colleague(name=name, email=address(name), role=role, language=language)
    stage.staff[role] = actions.invite(colleague, by=stage.owner, now=now)
