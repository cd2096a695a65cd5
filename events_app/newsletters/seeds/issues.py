"""The newsletter, from the first draft to the last letter."""

from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from events_app.accounts.seeds import editor, organiser
from events_app.core import text
from events_app.core.pictures import safe_logo
from events_app.core.seeds import Scenes, Stage, told
from events_app.delivery.seeds import keep
from events_app.events.models import Event
from events_app.newsletters.actions import sending, writing
from events_app.newsletters.models import Issue
from events_app.newsletters.rules import Draft
from events_app.newsletters.rules.facts import PictureFacts

FOLDER = Path(__file__).parent
Picture = Future[PictureFacts | None]


def scenes(stage: Stage) -> Scenes:
    picture: Picture = stage.drawn(_picture)
    for number, said in enumerate(told(FOLDER / "issues.toml")["issues"]):
        made: list[Issue] = []
        when = stage.at_desk(said["days"], f"11:{10 + number}")
        yield when, partial(_write, stage, said, picture, made)
        if "sent" in said:
            yield stage.at_desk(said["sent"], f"10:0{number}"), partial(_send, stage, made)


def _picture() -> PictureFacts:
    return writing.developed(safe_logo((FOLDER / "werkbank.svg").read_bytes()))


def _write(
    stage: Stage, said: dict[str, Any], picture: Picture, made: list[Issue], now: datetime
) -> None:
    issue = writing.create(said["language"], by=editor(stage), now=now)
    blocks = [
        _block(stage, str(key), block, picture, now) for key, block in enumerate(said["blocks"], 1)
    ]
    draft = Draft(
        language=said["language"],
        subject=said["subject"],
        preheader=said["preheader"],
        blocks=[block for block in blocks if block.get("picture", True)],
        theme_id=None,
        is_one_language="sent" in said,
    )
    writing.save(issue, draft, by=editor(stage), now=now)
    made.append(issue)


def _block(
    stage: Stage, key: str, block: dict[str, Any], picture: Picture, now: datetime
) -> dict[str, Any]:
    made = block | {"key": key}
    if "event" in block:
        made["event"] = stage.the(Event, block["event"]).id
    if "picture" in block:
        drawn = picture.result()
        if drawn:
            writing.show_to_all(drawn, now=now)
        made["picture"] = drawn.key if drawn else ""
    return made


def _send(stage: Stage, made: list[Issue], now: datetime) -> None:
    by = organiser(stage)
    for issue in made:
        letter, _audience, _problems = sending.checked(issue, today=text.there(now).date())
        sending.approve(issue, seen=sending.seal(issue, letter), by=by, now=now)
        sending.send(issue, by=by, now=now)
        sending.freeze(issue)
        sending.fill(issue, now=now)
        keep(now)
        sending.finish(issue)
        stage.keep(f"newsletter: {issue.language}", issue.source)
