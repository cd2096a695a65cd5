"""The newsletter, from the first draft to the last letter."""

from datetime import datetime
from functools import partial
from typing import Any

from events_app.core import text
from events_app.demo import letters
from events_app.demo.stage import Scenes, Stage, told
from events_app.newsletters.actions import sending, writing
from events_app.newsletters.models import Issue
from events_app.newsletters.rules import Draft


def scenes(stage: Stage) -> Scenes:
    for number, said in enumerate(told("issues.toml")["issues"]):
        made: list[Issue] = []
        yield stage.at_desk(said["days"], f"11:{10 + number}"), partial(_write, stage, said, made)
        if "sent" in said:
            yield stage.at_desk(said["sent"], f"10:0{number}"), partial(_send, stage, made)


def _write(stage: Stage, said: dict[str, Any], made: list[Issue], now: datetime) -> None:
    issue = writing.create(said["language"], by=stage.editor, now=now)
    blocks = [_block(stage, str(key), block, now) for key, block in enumerate(said["blocks"], 1)]
    draft = Draft(
        language=said["language"],
        subject=said["subject"],
        preheader=said["preheader"],
        blocks=[block for block in blocks if block.get("picture", True)],
        theme_id=None,
        is_one_language="sent" in said,
    )
    writing.save(issue, draft, by=stage.editor, now=now)
    stage.issues.append(issue)
    made.append(issue)


def _block(stage: Stage, key: str, block: dict[str, Any], now: datetime) -> dict[str, Any]:
    made = block | {"key": key}
    if "event" in block:
        made["event"] = stage.events[block["event"]].id
    if "picture" in block:
        picture = stage.prints.picture.result()
        if picture:
            writing.show_to_all(picture, now=now)
        made["picture"] = picture.key if picture else ""
    return made


def _send(stage: Stage, made: list[Issue], now: datetime) -> None:
    by = stage.organiser
    for issue in made:
        letter, _audience, _problems = sending.checked(issue, today=text.there(now).date())
        sending.approve(issue, seen=sending.seal(issue, letter), by=by, now=now)
        sending.send(issue, by=by, now=now)
        sending.freeze(issue)
        sending.fill(issue, now=now)
        letters.keep(now=now)
        sending.finish(issue)
