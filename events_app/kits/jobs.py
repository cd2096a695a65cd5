from events_app.contacts import queries as contacts
from events_app.core import clock, text
from events_app.core.db import saving
from events_app.core.queue import every_minute, every_night, in_spare_time, job, kick_now
from events_app.kits import actions, queries, studio


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
        studio.items(studio.ordered(kit, version, organisation, code))


@every_minute
def follow() -> None:
    """Kits whose event has changed, and partners who came later."""
    now = clock.now()
    for kit_id in queries.behind(now):
        with saving():
            actions.renew(queries.kit(kit_id), now=now)
    for version_id, organisation_id in queries.unprepared(now):
        kick_now("kits.prepare_one", version_id, organisation_id)


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
