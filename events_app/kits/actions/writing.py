"""Write a kit, publish a version, follow the event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update

from events_app.accounts.actions import change, forget_subjects, note
from events_app.accounts.models import StaffMember
from events_app.core import calendars, files, installation, links, queue, text, tokens
from events_app.core.db import db
from events_app.events import rules as event_rules
from events_app.events.models import Event
from events_app.kits import queries
from events_app.kits.models import Kit, KitStatus, KitVersion
from events_app.kits.rules import event_facts, frozen, hashes, lifecycle
from events_app.kits.rules.changes import changes
from events_app.kits.rules.event_facts import Wording
from events_app.kits.rules.frozen import Frozen
from events_app.kits.rules.values import Facts

CODE = 6


def draft(event: Event, *, by: StaffMember | None, now: datetime) -> Kit:
    """The kit of an event: the one it has, or a new one that only the desk sees."""
    known = queries.kit_of(event)
    if known:
        return known
    kit = Kit(
        code=tokens.new_code("", CODE), event=event, status=KitStatus.DRAFT, fields={},
        created_at=now, changed_at=now,
    )  # fmt: skip
    db.session.add(kit)
    db.session.flush()  # the journal needs the id
    note("kits.drafted", kit, _label(kit), by=by, now=now)
    return kit


def edit(kit: Kit, wording: Wording, *, by: StaffMember, now: datetime) -> bool:
    """Write the kit's own words; partners see them with the next version. False: nothing new."""
    before, after = change(
        kit, fields=wording.fields(), embargo_until=wording.embargo_until,
        valid_until=wording.valid_until,
    )  # fmt: skip
    if not after:
        return False
    kit.changed_at = now
    note("kits.edited", kit, _label(kit), by=by, now=now, before=before, after=after)
    return True


def publish(kit: Kit, *, by: StaffMember | None, now: datetime) -> KitVersion:
    """Publish a new version, which never changes, with the kit's own words as they are now.

    Whoever took the one before is told by `jobs.tell`, once it is known which files differ.
    """
    if not event_rules.is_public(kit.event):
        raise lifecycle.EventNotPublic
    return _publish(kit, kit.fields, by=by, now=now)


def _publish(
    kit: Kit, words: dict[str, Any], *, by: StaffMember | None, now: datetime
) -> KitVersion:
    queries.hold(kit)  # two who publish at once: the second finds what the first said
    last = queries.last_version(kit)
    said = said_now(kit, words, now=now)
    fields = _differing(last, said)
    if last and not fields:
        return _again(kit, last, by=by, now=now)
    version = KitVersion(
        kit=kit, number=last.number + 1 if last else 1, facts=said, fields=dict(words),
        event_revision=kit.event.revision, content_hash=hashes.content_hash(said),
        changes=sorted(fields), published_at=now, told_at=None if last else now,
    )  # fmt: skip
    db.session.add(version)
    kit.status, kit.changed_at, kit.differs_since = KitStatus.PUBLISHED, now, None
    db.session.flush()
    note("kits.published", kit, _label(kit), by=by, now=now, after={"version": version.number})
    queue.kick("kits.tell", version.id)
    queue.kick("kits.prepare", version.id)
    return version


def _again(kit: Kit, last: KitVersion, *, by: StaffMember | None, now: datetime) -> KitVersion:
    """Where a version would say nothing new, only a kit that was withdrawn is published again."""
    last.event_revision, kit.differs_since = kit.event.revision, None
    if kit.status is KitStatus.PUBLISHED:
        raise lifecycle.NothingNew
    kit.status, kit.changed_at = KitStatus.PUBLISHED, now
    note("kits.published", kit, _label(kit), by=by, now=now, after={"version": last.number})
    return last


def renew(kit: Kit, *, now: datetime) -> None:
    """Follow the event and its senders: a new version where the kit would say something else.

    The kit's own words stay those of the last version: what was written since waits for who may
    publish it.
    """
    last = queries.last_version(kit)
    if (
        kit.status is not KitStatus.PUBLISHED
        or last is None
        or not event_rules.is_public(kit.event)
    ):
        return
    if _differing(last, said_now(kit, last.fields, now=now)):
        _publish(kit, last.fields, by=None, now=now)
    else:
        last.event_revision, kit.differs_since = kit.event.revision, None


def look_again(kit: Kit, *, now: datetime) -> None:
    """Follow changes that no row notes, such as the name of a theme.

    In a version by an older program those could be changes of the program itself. So it stays until
    the event, its senders or an editor change something.
    """
    last = queries.last_version(kit)
    if last and not any(frozen.is_old(said) for said in last.facts.values()):
        renew(kit, now=now)


def wait(kit_id: int, *, differs: bool, now: datetime) -> None:
    """Note since when the senders differ from those in the kit.

    The kit follows after a quiet period: whoever changes a logo may change the dark one next.
    """
    kits = update(Kit).where(Kit.id == kit_id)
    if differs:
        since = kits.where(Kit.differs_since.is_(None)).values(differs_since=now)
    else:
        since = kits.values(differs_since=None)
    db.session.execute(since)


def withdraw(kit: Kit, *, by: StaffMember, now: datetime) -> None:
    """Partners no longer find it; what they have they keep, and links still lead to the event.
    Twice is once.
    """
    if kit.status is KitStatus.WITHDRAWN:
        return
    if not lifecycle.may_become(kit.status, KitStatus.WITHDRAWN):
        raise lifecycle.NotPossible
    kit.status, kit.changed_at = KitStatus.WITHDRAWN, now
    note("kits.withdrawn", kit, _label(kit), by=by, now=now)


def remove_of(event: Event) -> None:
    """The kit of an event that is removed: nobody outside has seen it either."""
    kit = queries.kit_of(event)
    if kit:
        forget_subjects(Kit.__name__, [kit.id])
        db.session.delete(kit)
        db.session.flush()


def said_now(kit: Kit, words: dict[str, Any], *, now: datetime) -> dict[str, Frozen]:
    """What a version published at this moment, with these words of the kit's own, would say, by
    language. Writes and opens nothing.
    """
    last = queries.last_version(kit)
    said = {}
    for code in text.LANGUAGES:
        with text.speaking(code):
            before = _known(last.facts[code], kit.event) if last else None
            said[code] = frozen.frozen(_facts(kit, words, before, now))
    return said


def news(said: Mapping[str, Frozen]) -> list[dict[str, str]]:
    """What `said_now` found to be new: in the language being spoken, or else in the other one."""
    return next((new for code in _here_first() if (new := said[code]["changes"])), [])


def _here_first() -> list[str]:
    return sorted(text.LANGUAGES, key=lambda code: code != text.language())


def _known(said: Frozen, event: Event) -> Facts:
    known = frozen.of_today(said, text.local(event.description), files.read)
    return frozen.facts(known, frozen.unread)


def said_of(event: Event) -> Frozen:
    """What the event says of itself, in the language being spoken: without a kit of its own."""
    url = links.to("events.show", slug=event.slug)
    return frozen.frozen(event_facts.facts_of(event, {}, url=url, ics=b"", read=frozen.unread))


def _facts(kit: Kit, words: dict[str, Any], before: Facts | None, now: datetime) -> Facts:
    """In the language being spoken, with what differs from the version before."""
    event = kit.event
    url = links.to("events.show", slug=event.slug)
    ics = calendars.published(
        [event_rules.calendar_entry(event, text.language(), url=url, host=installation.name())]
    )
    if before and event_facts.is_same_entry(before.ics, ics):
        ics = before.ics
    facts = replace(
        event_facts.facts_of(event, words, url=url, ics=ics, read=frozen.unread),
        published_at=now, embargo_until=kit.embargo_until, valid_until=kit.valid_until,
    )  # fmt: skip
    if before is None:
        return facts
    fields = hashes.stale(frozen.frozen(before), frozen.frozen(facts))
    return replace(facts, version=before.version + 1, changes=changes(before, facts, fields))


def _differing(last: KitVersion | None, said: dict[str, Any]) -> frozenset[str]:
    if last is None:
        return frozenset()
    differing: set[str] = set()
    for code, new in said.items():
        old = frozen.of_today(last.facts[code], new["description"], files.read)
        differing |= hashes.stale(old, new)
    return frozenset(differing)


def _label(kit: Kit) -> str:
    return event_rules.label(kit.event)
