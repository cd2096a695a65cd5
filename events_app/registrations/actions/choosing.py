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
    """Take what they want, then drop what they want no more; nobody gives one away for one that is
    full. Gives those that they do not get: full by now, or not there where they take part.

    `wanted`: ids; what they have and may have no more goes with a letter. Raises TooManyOptions
    or NotAsked.
    """
    options, party = rules.chosen(person.registration, wanted), person.registration
    known = rules.options_of(person)
    full = [
        option for option in options if option not in known and not _take(person, option, now=now)
    ]
    unwanted = [option for option in known if option not in options]
    stays = rules.kept_for(full, unwanted, has=rules.options_of(person))
    goes = (each for each in person.signups if each.option in unwanted and each.option not in stays)
    _drop(person, (each for each in goes if rules.may_have(party, each.option.group)), now=now)
    not_there = rules.elsewhere(party, wanted)
    return [*full, *(option for option in not_there if option not in known)]


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
