"""Options: each is taken for itself, and only with a seat. They end with it.

Whoever does it has locked the pools of the event, those of its options too.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from events_app.capacity import actions as capacity
from events_app.capacity.rules import NoRoom, Want
from events_app.registrations import rules
from events_app.registrations.models import Option, OptionSignup, Participant


def choose(person: Participant, wanted: Collection[int], *, now: datetime) -> list[Option]:
    """Drop what they want no more, then take what they want. Gives those that are full by now.

    `wanted`: ids; what nobody may have where they take part is left out, and what they have of that
    goes with a letter. Raises TooManyOptions.
    """
    options, party = rules.chosen(person.registration, wanted), person.registration
    unwanted = [each for each in person.signups if each.option not in options]
    _drop(person, (each for each in unwanted if rules.may_have(party, each.option.group)), now=now)
    known = rules.options_of(person)
    return [
        option for option in options if option not in known and not _take(person, option, now=now)
    ]


def drop_options(person: Participant, *, now: datetime, leaves: bool = False) -> list[Option]:
    """Those that they may have no more where they take part, and which these were: a letter says
    so. `leaves`: all, for they do not come, or have no seat.
    """
    party = person.registration
    gone = [
        each for each in person.signups if leaves or not rules.may_have(party, each.option.group)
    ]
    _drop(person, gone, now=now)
    return [each.option for each in gone]


def _take(person: Participant, option: Option, *, now: datetime) -> bool:
    """False: it is full."""
    try:
        [claim] = capacity.take([Want(pool_id=option.pool_id, places=1)], now=now)
    except NoRoom:
        return False
    person.signups.append(OptionSignup(option=option, claim=claim))
    return True


def _drop(person: Participant, signups: Iterable[OptionSignup], *, now: datetime) -> None:
    for signup in list(signups):
        capacity.end(signup.claim, now=now)
        person.signups.remove(signup)
