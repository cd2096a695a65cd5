"""Who comes, who waits and who cannot make it after all."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from events_app.demo.stage import Scenes, Stage, address, rows
from events_app.invitations.queries import share_code
from events_app.registrations import actions, queries, questions
from events_app.registrations.models import Allotment, Registration, RegistrationForm
from events_app.registrations.questions import KINDS
from events_app.registrations.rules import Applicant


def scenes(stage: Stage) -> Scenes:
    for row in rows("registrations.csv"):
        made: list[Registration] = []
        yield stage.ago(int(row["days"]), row["time"]), partial(_register, stage, row, made)
        if row["accepts"]:
            yield stage.ago(int(row["accepts"]), "09:10"), partial(_accept, made)
        if row["leaves"]:
            yield stage.ago(int(row["leaves"]), "16:45"), partial(_leave, made, row["reason"])
    for row in rows("transfers.csv"):
        yield stage.ago(int(row["days"]), row["time"]), partial(_transfer, stage, row)


SAMPLE = "~"


def answered(form: RegistrationForm, answers: str, *, now: datetime) -> dict[int, Any]:
    """`Rekenen met de regio | Delen`: the answers to the form's questions, in their order. `~` is
    the sample of the question's kind.
    """
    said = [answer.strip() for answer in answers.split("|")]
    found = {}
    for question, words in zip(form.questions, said, strict=False):
        if words:
            sent = KINDS[question.kind].sample().sent if words == SAMPLE else [words]
            found[question.id] = questions.answered(question, sent, now=now)
    return found


def _register(stage: Stage, row: dict[str, str], made: list[Registration], now: datetime) -> None:
    form = queries.form_of(stage.events[row["event"]].id)
    applicant = Applicant(
        name=row["name"],
        email=address(row["name"]),
        organisation=row["organisation"],
        language=row["language"],
        guests=tuple(guest.strip() for guest in row["guests"].split(";") if guest),
        diet=row["diet"],
        access_needs=row["access_needs"],
        answers=answered(form, row["answers"], now=now),
        source=_source(stage, row),
        is_online=bool(row["online"]) or None,
        waits_for_hall=row["online"] == "until",
        options=[form.options[int(number) - 1].id for number in row["options"].split()],
    )
    ended = actions.register(form, applicant, now=now, allotment=_allotment(form, row))
    made.append(ended.registration)


def _allotment(form: RegistrationForm, row: dict[str, str]) -> Allotment | None:
    """The held places that they come by: `held: Verbond Slimme Industrie`."""
    kind, _colon, name = row["source"].partition(": ")
    if kind != "held":
        return None
    return next(each for each in queries.allotments(form.event_id) if each.name == name)


def _source(stage: Stage, row: dict[str, str]) -> str:
    kind, _colon, name = row["source"].partition(": ")
    if kind == "ambassador":
        return share_code(stage.ambassadors[name])
    if kind == "newsletter":
        return next(i.source for i in stage.issues if i.language == row["language"])
    return ""


def _accept(made: Iterable[Registration], now: datetime) -> None:
    for registration in made:
        actions.accept(registration, now=now)


def _leave(made: Iterable[Registration], reason: str, now: datetime) -> None:
    for registration in made:
        actions.give_up(registration, reason=reason, now=now)


def _transfer(stage: Stage, row: dict[str, str], now: datetime) -> None:
    """To a new address of their own, or to a colleague."""
    known = queries.expected(stage.events[row["event"]].id, address(row["name"]))
    if known is None:
        raise LookupError(row["name"])
    colleague = row["colleague"]
    actions.transfer(
        known.registration,
        email=row["to"] or address(colleague),
        name=colleague,
        is_hand_over=bool(colleague),
        now=now,
    )
    asked = queries.transfer_of(known.id)
    if asked and row["taken"]:
        actions.take(asked, now=now)
