"""Demo content for a first start: made-up people and organisations, by the rooms' own actions.

What is told stands in the .toml and .csv files and in `events/`; the modules tell when and how.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from operator import itemgetter

from events_app.accounts.models import StaffMember
from events_app.contacts import queries as contacts
from events_app.contacts.models import OwnPage
from events_app.core import links, tokens
from events_app.demo import (
    ambassadors,
    colleagues,
    issues,
    kits,
    letters,
    organisations,
    programme,
    readers,
    registrations,
)
from events_app.demo.prints import Prints
from events_app.demo.stage import Stage, address
from events_app.invitations import queries as invitations

ACTS = (
    colleagues,
    organisations,
    programme,
    ambassadors,
    registrations,
    readers,
    issues,
    kits,
)


def load(*, by: StaffMember, now: datetime) -> None:
    """Fill an empty house. Dates are counted from `now`, and all happens in order of time.

    Letters are written and stay: none of them leaves, whatever the settings.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        stage = Stage(now=now, owner=by, prints=Prints(beside))
        scenes = chain.from_iterable(act.scenes(stage) for act in ACTS)
        for moment, happen in sorted(scenes, key=itemgetter(0)):
            happen(moment)
    letters.keep(now=now)


def addresses() -> list[tuple[str, str]]:
    """Pages worth a look that need a personal link: label and address; empty without the demo."""
    return [*_partner(), *_ambassador()]


def _partner() -> list[tuple[str, str]]:
    known = next((each for each in contacts.partners() if each.name == kits.first()), None)
    if known is None:
        return []
    page = links.to("kits.partner", token=tokens.derived(OwnPage.PARTNER, known.seed))
    return [(f"Kits of partner {known.name}", page)]


def _ambassador() -> list[tuple[str, str]]:
    person = contacts.person_by_email(address(ambassadors.first()))
    known = invitations.ambassador_of(person.id) if person else None
    if known is None or not known.is_active:
        return []
    token = tokens.derived(OwnPage.AMBASSADOR, known.seed)
    page = links.to("invitations.ambassador", token=token)
    return [(f"Page of ambassador {known.person.name}", page)]
