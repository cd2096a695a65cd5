"""What the page after a registration tells: what was typed, and whether there was room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from events_app.events.models import Event
from events_app.registrations.rules.asking import Applicant

RECEIVED = "received"
"""Its name in the reader's own session: nothing of it stands in an address."""
SHOWN_FOR = timedelta(hours=1)
"""Somebody else may use the browser after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    name: str
    email: str
    party_size: int
    has_room: bool
    is_online: bool
    waits_for_hall: bool
    confirm_by: datetime | None


def receipt(
    event: Event,
    applicant: Applicant,
    *,
    has_room: bool,
    is_online: bool,
    waits_for_hall: bool,
    confirm_by: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    """As the session keeps it."""
    return {
        "event": event.id,
        "name": applicant.name,
        "email": applicant.email,
        "party_size": applicant.party_size,
        "has_room": has_room,
        "is_online": is_online,
        "waits_for_hall": waits_for_hall,
        "confirm_by": confirm_by.isoformat() if confirm_by else "",
        "at": now.isoformat(),
    }


def received(kept: Mapping[str, Any] | None, event: Event, *, now: datetime) -> Receipt | None:
    """None: nothing was registered for this event in this browser lately."""
    if not kept or kept["event"] != event.id:
        return None
    if datetime.fromisoformat(kept["at"]) + SHOWN_FOR <= now:
        return None
    confirm_by = datetime.fromisoformat(kept["confirm_by"]) if kept["confirm_by"] else None
    said = {name: kept[name] for name in ("name", "email", "party_size", "has_room", "is_online")}
    waits_for_hall = kept.get("waits_for_hall", False)  # a session of before knows no such word
    return Receipt(**said, waits_for_hall=waits_for_hall, confirm_by=confirm_by)
