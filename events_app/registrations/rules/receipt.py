"""What the page after a registration tells: what was typed, and whether there was room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from events_app.core import text
from events_app.events.models import Event
from events_app.registrations.models import RegistrationForm
from events_app.registrations.rules.asking import Applicant
from events_app.registrations.rules.choosing import (
    groups_for,
    in_words,
    is_open_to,
    option_names,
)

RECEIVED = "received"
"""Its name in the reader's own session: nothing of it is in an address."""
SHOWN_FOR = timedelta(hours=1)
"""Somebody else may use the browser after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of a registration, as whoever typed it may know it: the same for every address."""

    has_room: bool
    """There were places for the whole party; otherwise it joins the line."""
    is_online: bool
    waits_for_hall: bool
    """In the hall's line besides."""
    confirm_by: datetime | None
    missed: Sequence[int] = ()
    """Ids of the options that they wanted and do not get."""

    def receipt(
        self,
        event: Event,
        applicant: Applicant,
        *,
        before: Mapping[str, Any] | None,
        now: datetime,
    ) -> dict[str, Any]:
        """As the session keeps it. `before`: what it kept until now."""
        last = received(before, event, now=now)
        had_room = last is not None and last.email == applicant.email and last.had_room
        return {
            "event": event.id,
            "name": applicant.name,
            "email": applicant.email,
            "party_size": applicant.party_size,
            "has_room": self.has_room,
            "had_room": self.has_room or had_room,
            "is_online": self.is_online,
            "waits_for_hall": self.waits_for_hall,
            "options": list(applicant.options),
            "missed": list(self.missed),
            "confirm_by": self.confirm_by.isoformat() if self.confirm_by else "",
            "at": now.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Outcome):
    """With what they typed."""

    name: str
    email: str
    party_size: int
    had_room: bool
    """There was room when this address was first sent in this browser. Who sends it again may have
    the place that is gone now.
    """
    options: Sequence[int]
    """Ids of those that they wanted."""


def received(kept: Mapping[str, Any] | None, event: Event, *, now: datetime) -> Receipt | None:
    """None: nothing was registered for this event in this browser lately."""
    if not kept or kept["event"] != event.id:
        return None
    if datetime.fromisoformat(kept["at"]) + SHOWN_FOR <= now:
        return None
    confirm_by = datetime.fromisoformat(kept["confirm_by"]) if kept["confirm_by"] else None
    said = {name: kept[name] for name in ("name", "email", "party_size", "has_room", "is_online")}
    # a session of before knows no such words
    later = {"waits_for_hall": False, "options": (), "missed": (), "had_room": said["has_room"]}
    said |= {name: kept.get(name, usual) for name, usual in later.items()}
    return Receipt(**said, confirm_by=confirm_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsReceived:
    """In words, the same for every address: `had` by group."""

    had: Sequence[tuple[str, str]]
    missed: str
    elsewhere: str
    """Not there where they take part."""
    later: str
    """Groups to choose from once there is a place."""


def options_received(form: RegistrationForm, receipt: Receipt | None) -> OptionsReceived | None:
    if receipt is None or not form.option_groups:
        return None
    asked = [option for option in form.options if option.id in receipt.options]
    wanted = [
        option
        for option in asked
        if is_open_to(option.group, form.event, is_online=receipt.is_online)
    ]
    missed = [option for option in wanted if option.id in receipt.missed]
    if not receipt.has_room:
        later = [
            text.local(group.label)
            for group in groups_for(form)
            if is_open_to(group, form.event, is_online=receipt.is_online)
        ]
        return OptionsReceived(had=(), missed="", elsewhere="", later=", ".join(later))
    had = [option for option in wanted if option not in missed]
    elsewhere = option_names(option for option in asked if option not in wanted)
    return OptionsReceived(
        had=in_words(had), missed=option_names(missed), elsewhere=elsewhere, later=""
    )
