import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from events_app.contacts import queries as contacts
from events_app.core import clock, text
from events_app.core.db import let_go, saving
from events_app.core.errors import NotFoundError
from events_app.core.queue import every_minute, every_night, in_spare_time, job, kick_now
from events_app.kits import actions, letters, on_demand, queries
from events_app.kits.letters import Told
from events_app.kits.models import KitVersion
from events_app.kits.rules import event_facts, lifecycle

log = logging.getLogger(__name__)
PATIENCE = timedelta(hours=1)
"""So long partners wait for files that cannot be drawn, before they are told without looking."""


@job
def prepare(version_id: int) -> None:
    """Draw a version for everyone who has kit rights, one job each."""
    for organisation in contacts.partners():
        kick_now("kits.prepare_one", version_id, organisation.id)


@in_spare_time
def prepare_one(version_id: int, organisation_id: int) -> None:
    version = queries.version_by_id(version_id)
    kit, organisation = version.kit, contacts.organisation(organisation_id)
    for code in text.LANGUAGES:
        on_demand.items(on_demand.request_for(kit, version, organisation, code))


@in_spare_time
def tell(version_id: int) -> None:
    """Find out which partners have files that are others now, and write to them.

    Drawing and comparing take about a second for each partner, and the letters are written before
    anybody has to wait for them.
    """
    version, now = queries.version_by_id(version_id), clock.now()
    if not lifecycle.is_told_of(version.kit, now):
        return
    is_late = now > lifecycle.told_from(version) + PATIENCE
    stale = {
        one.organisation.id: _stale(version, one, is_late=is_late)
        for one in queries.holders(version)
    }
    let_go()  # that took long: has the kit changed, and who is there now?
    if not lifecycle.is_told_of(version.kit, now):
        return
    oldest = {min(files.values()) for files in stale.values() if files}
    before = {number: queries.version(version.kit, number) for number in oldest}
    told = [
        Told(one.organisation, person, files, before[min(files.values())])
        for one in queries.holders(version)
        if (files := stale.get(one.organisation.id))
        for person in one.people
    ]
    batches = letters.new_version(version, told)
    with saving():
        is_all = None not in stale.values()
        actions.tell_partners(version, batches, now=clock.now(), is_all=is_all)


def _stale(version: KitVersion, holder: queries.Holder, *, is_late: bool) -> dict[str, int] | None:
    """The roles of the assets of which this partner has files that are others now, each with the
    version they are from. None: something could not be drawn. When it is late that counts as
    another file. What is made from the same things, or not in use, is not drawn to be compared.
    """
    stale: dict[str, int] = {}
    for before, code in _older(version, holder):
        number, taken = before.number, holder.taken
        old, new = (
            on_demand.request_for(version.kit, each, holder.organisation, code)
            for each in (before, version)
        )
        in_use = [role for role in actions.differing(old, new) if taken.uses(role, number)]
        try:
            others = on_demand.outdated(old, new, in_use)
        except (on_demand.NotDrawnError, NotFoundError) as why:
            if not is_late:
                log.warning("the files of partner %d cannot be compared: %s",
                            holder.organisation.id, why)  # fmt: skip
                return None
            stale |= dict.fromkeys(in_use, number)
        else:
            mine = {asset for role, asset in others if taken.number_of(role) == number}
            stale |= dict.fromkeys(mine, number)
    return stale


def _older(version: KitVersion, holder: queries.Holder) -> Iterator[tuple[KitVersion, str]]:
    """The versions that a partner still has files of, in each language."""
    for number in holder.taken.numbers:
        if number < version.number:
            before = queries.version(version.kit, number)
            yield from ((before, code) for code in text.LANGUAGES)


@every_minute
def follow() -> None:
    """Kits whose event or senders have changed, partners who came later or must be told."""
    now = clock.now()
    _look_at_senders(now)
    for kit_id in queries.behind(now):
        _renew(kit_id, now)
    for version_id in queries.untold(now):
        kick_now("kits.tell", version_id)
    for version_id, organisation_id in queries.unprepared(now):
        kick_now("kits.prepare_one", version_id, organisation_id)


def _look_at_senders(now: datetime) -> None:
    """An organisation does not say when its name or logo changed: the rows are compared."""
    for ids in _followed(now):
        for one in queries.with_senders(ids):
            differs = event_facts.senders_of(one.event) != one.said
            if differs != (one.differs_since is not None):
                with saving():
                    actions.wait(one.kit_id, differs=differs, now=now)


@every_night
def look_again() -> None:
    """Whatever else a kit shows, such as the name of a theme: nobody counts its changes."""
    now = clock.now()
    for ids in _followed(now):
        for kit_id in ids:
            with saving():
                actions.look_again(queries.kit(kit_id), now=now)


def _followed(now: datetime) -> Iterator[Sequence[int]]:
    """The ids of all published kits of events to come, some at a time."""
    after = 0
    while ids := queries.followed(now, after=after):
        yield ids
        after = ids[-1]


def _renew(kit_id: int, now: datetime) -> None:
    with saving():
        actions.renew(queries.kit(kit_id), now=now)


@every_minute
def mail_links() -> None:
    with saving():
        actions.mail_links(now=clock.now())


@every_night
def tidy() -> bool:
    """Some at a time; True when there is more."""
    now = clock.now()
    with saving():
        is_done = actions.forget_unused(now=now)
    keys = actions.files_without_row(now=now)
    with saving():
        actions.drop_files(keys)
    return not is_done or len(keys) >= actions.AT_ONCE
