"""What other rooms do by themselves when readers see another event, counted before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from events_app.events.models import Event
from events_app.events.rules import GOES_ON
from events_app.kits import queries as kits
from events_app.newsletters import queries as newsletters
from events_app.registrations import queries as registrations
from events_app.registrations.queries import Letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    letters: Letters
    kits: int
    """Published, that get a new version."""
    partners: int
    """Who have files of them."""
    issues: int


def follows(*events: Event) -> Follows:
    going = [event.id for event in events if event.status in GOES_ON]
    found = kits.kits_of(going)
    published = [kit for kit in found.values() if kit.status == "published"]
    return Follows(
        letters=_sum(list(registrations.letters_to(going).values())),
        kits=len(published),
        partners=len({partner for kit in published for partner in kits.taken(kit)}),
        issues=newsletters.drafts_with(*going),
    )


def _sum(all_letters: Sequence[Letters]) -> Letters:
    return Letters(
        confirmed=sum(each.confirmed for each in all_letters),
        offered=sum(each.offered for each in all_letters),
        waiting=sum(each.waiting for each in all_letters),
        pending=sum(each.pending for each in all_letters),
    )
