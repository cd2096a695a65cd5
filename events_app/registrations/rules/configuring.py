"""What follows from other settings, before they are saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from events_app.events.models import Event
from events_app.events.models import Status as EventStatus
from events_app.registrations.models import RegistrationForm
from events_app.registrations.rules.asking import NEEDS, Settings
from events_app.registrations.rules.moving import offer_deadline
from events_app.registrations.rules.opening import State, state


def offers(free: int | None, parties: Iterable[int]) -> int:
    """How many of the parties in line, in their order, are offered places when so many are free.

    None: all of them.
    """
    made = 0
    for party in parties:
        if free is None or party <= free:
            free = None if free is None else free - party
            made += 1
    return made


def may_offer(event: Event, *, hours: int, now: datetime) -> bool:
    """Whether there is time for an offer that somebody can answer."""
    deadline = offer_deadline(now, hours=hours, starts_at=event.starts_at, timezone=event.timezone)
    return event.status is EventStatus.PUBLISHED and deadline is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    offers: int = 0
    """Letters with a place for somebody in line."""
    closes: bool = False
    """People can register now, and could not after this."""
    opens: bool = False
    closes_late: bool = False
    """The closing time is after the beginning, when registration ends anyway."""
    closes_past: bool = False
    lost: Mapping[str, int] = field(default_factory=dict)
    """How many people told what is asked no more, by its name in `NEEDS`; none: it is left out."""

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def needs_dropped(form: RegistrationForm, new: Settings) -> list[str]:
    """What is asked until now and not after this, by name."""
    return [
        name for name in NEEDS if getattr(form, f"asks_{name}") and not getattr(new, f"asks_{name}")
    ]


def consequences(
    form: RegistrationForm | None,
    event: Event,
    new: Settings,
    *,
    offers: int,
    told: Mapping[str, int],
    now: datetime,
) -> Consequences:
    """`form`: as it is stored; None: there is none yet. What was so already is not said again.
    `told`: how many people told each need.
    """
    was = _state(event, form, now=now) if form else State.NONE
    becomes = _state(event, new, now=now)
    has_new_end = form is None or form.closes_at != new.closes_at
    end = new.closes_at if has_new_end else None
    return Consequences(
        offers=offers,
        closes=was is State.OPEN and becomes in (State.CLOSED, State.NOT_YET),
        opens=was in (State.CLOSED, State.NOT_YET) and becomes is State.OPEN,
        closes_late=end is not None and end > event.starts_at,
        closes_past=end is not None and end <= now,
        lost={name: told[name] for name in needs_dropped(form, new) if told[name]} if form else {},
    )


def _state(event: Event, said: RegistrationForm | Settings, *, now: datetime) -> State:
    return state(
        event.status, event.starts_at, opens_at=said.opens_at, closes_at=said.closes_at, now=now
    )
