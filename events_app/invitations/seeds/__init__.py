"""Ambassadors, and what became of their invitations."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from events_app.accounts.seeds import organiser
from events_app.contacts import queries as contacts
from events_app.contacts.actions import give_consent
from events_app.contacts.models import OwnPage, Purpose
from events_app.core import links, tokens
from events_app.core.seeds import Scenes, Seeds, Stage, address, told
from events_app.events.models import Event
from events_app.invitations import actions, queries
from events_app.invitations.models import Ambassador, Invitation
from events_app.invitations.rules import Guest
from events_app.registrations.queries import form_of
from events_app.registrations.rules import Applicant, Terms, default_release
from events_app.registrations.seeds import answered
from events_app.themes.models import Theme

FILE = Path(__file__).with_name("ambassadors.toml")
QUOTA = 20
WORDING = (
    "Ja, mijn naam, functie, sector en regio mogen als ambassadeur op de website van Op de Bühne "
    "staan. Ik kan dat altijd intrekken."
)


def _pages() -> Iterable[tuple[str, str]]:
    """The first one's."""
    person = contacts.person_by_email(address(next(iter(told(FILE)))))
    known = queries.ambassador_of(person.id) if person else None
    if known and known.is_active:
        token = tokens.derived(OwnPage.AMBASSADOR, known.seed)
        page = links.to("invitations.ambassador", token=token)
        yield f"Page of ambassador {known.person.name}", page


def _scenes(stage: Stage) -> Scenes:
    for name, about in told(FILE).items():
        yield stage.at_desk(about["days"], "10:30"), partial(_appoint, stage, name, about)
        yield stage.at_desk(about["days"] - 3, "09:15"), partial(_send_link, stage, name)
        for held in about.get("held", ()):
            yield stage.at_desk(held["days"], "14:50"), partial(_hold, stage, name, held)
        for number, said in enumerate(about["invitations"]):
            yield from _invitation(stage, name, said, at=f"20:{12 + number * 9}")


def _invitation(stage: Stage, name: str, said: dict[str, Any], *, at: str) -> Scenes:
    sent: list[Invitation] = []
    yield stage.ago(said["days"], at), partial(_invite, stage, name, said, sent)
    if "accepted" in said:
        yield stage.ago(said["accepted"], "12:35"), partial(_accept, said, sent)
    if "declined" in said:
        yield stage.ago(said["declined"], "08:20"), partial(_decline, sent)


def _appoint(stage: Stage, name: str, about: dict[str, Any], now: datetime) -> None:
    profile = actions.Profile(
        name=name,
        email=address(name),
        language="nl",
        title=about["title"],
        sector_id=stage.the(Theme, about["sector"]).id,
        region_id=stage.the(Theme, about["region"]).id,
        quota=QUOTA,
        is_active=True,
        is_public=True,
    )
    made = actions.appoint(profile, by=organiser(stage), now=now).ambassador
    stage.keep(name, made)
    stage.keep(f"ambassador: {name}", queries.share_code(made))
    give_consent(
        made.person,
        Purpose.SHOWN_AS_AMBASSADOR,
        wording=WORDING,
        wording_version="demo",
        how="by letter, kept by the organisers",
        evidence={},
        now=now,
    )


def _send_link(stage: Stage, name: str, now: datetime) -> None:
    actions.send_link(stage.the(Ambassador, name), now=now)


def _hold(stage: Stage, name: str, held: dict[str, Any], now: datetime) -> None:
    event, made = stage.the(Event, held["event"]), stage.the(Ambassador, name)
    terms = Terms(
        name=made.person.label, places=held["places"], release_at=default_release(event, now=now)
    )
    actions.hold_places(event, made, terms, by=organiser(stage), now=now)


def _invite(
    stage: Stage, name: str, said: dict[str, Any], sent: list[Invitation], now: datetime
) -> None:
    guest = Guest(
        name=said["guest"],
        email=address(said["guest"]),
        organisation=said["organisation"],
        language=said.get("language", "nl"),
        words=said["words"],
        address_source=said["address_source"],
    )
    event = stage.the(Event, said["event"])
    sent.append(actions.invite(event, stage.the(Ambassador, name), guest, now=now))


def _accept(said: dict[str, Any], sent: Iterable[Invitation], now: datetime) -> None:
    for invitation in sent:
        applicant = Applicant(
            name=invitation.name,
            email=invitation.email,
            organisation=invitation.organisation,
            language=invitation.language,
            answers=answered(form_of(invitation.event_id), said["answers"], now=now),
            source="invitation",
        )
        actions.accept(invitation, applicant, now=now)


def _decline(sent: Iterable[Invitation], now: datetime) -> None:
    for invitation in sent:
        actions.decline(invitation, now=now)


SEEDS = Seeds(_scenes, _pages)
