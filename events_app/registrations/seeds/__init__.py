"""Forms that are opened; who comes, who waits and who cannot make it after all."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from events_app.accounts.seeds import organiser
from events_app.core import text
from events_app.core.seeds import Scenes, Seeds, Stage, address, dates, rows, told
from events_app.events.models import Event
from events_app.events.seeds import programme
from events_app.registrations import actions, queries, questions
from events_app.registrations.models import (
    Access,
    Allotment,
    AskedOf,
    OpenTo,
    Registration,
    RegistrationForm,
    VisibleTo,
)
from events_app.registrations.questions import KINDS
from events_app.registrations.rules import (
    Applicant,
    Asked,
    GroupSettings,
    OptionSettings,
    Settings,
    Terms,
    default_release,
)

FOLDER = Path(__file__).parent
SAMPLE = "~"
HAS_ADDRESS = "@"
"""Behind the name of a guest with an address of their own."""


def _scenes(stage: Stage) -> Scenes:
    for name, event, minute in programme():
        file = FOLDER / "forms" / f"{name}.toml"
        if file.exists():
            yield from _form(stage, name, told(file), event, minute=minute)
    for row in rows(FOLDER / "registrations.csv"):
        made: list[Registration] = []
        yield stage.ago(int(row["days"]), row["time"]), partial(_register, stage, row, made)
        if row["accepts"]:
            yield stage.ago(int(row["accepts"]), "09:10"), partial(_accept, made)
        if row["leaves"]:
            yield stage.ago(int(row["leaves"]), "16:45"), partial(_leave, made, row["reason"])
    for row in rows(FOLDER / "transfers.csv"):
        yield stage.ago(int(row["days"]), row["time"]), partial(_transfer, stage, row)


def _form(
    stage: Stage, name: str, said: dict[str, Any], event: dict[str, Any], *, minute: int
) -> Scenes:
    """`event`: what is told of it downstairs; who registered hears it when it is moved."""
    when = stage.at_desk(event["published"], f"08:{minute}")
    yield when, partial(_open, stage, name, said)
    for held in said.get("held", ()):
        yield stage.at_desk(held["days"], f"14:{minute}"), partial(_hold, stage, name, held)
    if "moved" in event:
        when = stage.at_desk(event["moved"]["days"], f"11:{minute}")
        yield when, partial(_tell, stage, name)


def _open(stage: Stage, name: str, said: dict[str, Any], now: datetime) -> None:
    """Registration, from now until some days before the event at the end of the working day."""
    event, by, form = stage.the(Event, name), organiser(stage), said["form"]
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
    actions.set_up(event, settings, size=form["places"], form=None, by=by, now=now)
    for question in said.get("questions", ()):
        actions.ask(queries.form_of(event.id), _asked(question), question=None, by=by, now=now)
    for group in said.get("options", ()):
        actions.set_options(queries.form_of(event.id), _grouped(group), group=None, by=by, now=now)


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
        asked_of=AskedOf(question.get("asked_of", AskedOf.CONTACT)),
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


def _hold(stage: Stage, name: str, held: dict[str, Any], now: datetime) -> None:
    event = stage.the(Event, name)
    terms = Terms(
        name=held["name"], places=held["places"], release_at=default_release(event, now=now)
    )
    actions.allot(queries.form_of(event.id), terms, by=organiser(stage), now=now)


def _tell(stage: Stage, name: str, now: datetime) -> None:
    actions.tell_change(queries.form_of(stage.the(Event, name).id), now=now)


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
    form = queries.form_of(stage.the(Event, row["event"]).id)
    guests = [guest.strip() for guest in row["guests"].split(";") if guest]
    applicant = Applicant(
        name=row["name"],
        email=address(row["name"]),
        organisation=row["organisation"],
        language=row["language"],
        guests=tuple(guest.rstrip(HAS_ADDRESS) for guest in guests),
        guest_addresses=tuple(
            address(guest) if guest.endswith(HAS_ADDRESS) else "" for guest in guests
        ),
        diet=row["diet"],
        access_needs=row["access_needs"],
        answers=answered(form, row["answers"], now=now),
        source=stage.find(str, row["source"]) or "",
        is_online=bool(row["online"]) or None,
        waits_for_hall=row["online"] == "until",
        options=[form.options[int(number) - 1].id for number in row["options"].split()],
    )
    ended = actions.register(form, applicant, now=now, allotment=_allotment(form, row))
    made.append(ended.registration)
    for guest in queries.untold_guests(limit=len(guests)):
        actions.tell_guest(guest, now=now)


def _allotment(form: RegistrationForm, row: dict[str, str]) -> Allotment | None:
    """The held places that they come by: `held: Verbond Slimme Industrie`. Other sources are kept
    on the stage by the rooms above, under the words of the list.
    """
    kind, _colon, name = row["source"].partition(": ")
    if kind != "held":
        return None
    return next(each for each in queries.allotments(form.event_id) if each.name == name)


def _accept(made: Iterable[Registration], now: datetime) -> None:
    for registration in made:
        actions.accept(registration, now=now)


def _leave(made: Iterable[Registration], reason: str, now: datetime) -> None:
    for registration in made:
        actions.give_up(registration, reason=reason, now=now)


def _transfer(stage: Stage, row: dict[str, str], now: datetime) -> None:
    """To a new address of their own, or to a colleague."""
    known = queries.expected(stage.the(Event, row["event"]).id, address(row["name"]))
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


SEEDS = Seeds(_scenes)
