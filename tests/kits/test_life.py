"""Versions of a kit: what they say, how they follow their event, and who is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import Status
from events_app.kits import actions, jobs, queries
from events_app.kits.models import KitStatus, KitVersion
from events_app.kits.rules import life
from events_app.registrations.rules import QUIET
from tests.conftest import NOON
from tests.factories.events import make_event, make_venue
from tests.factories.kits import make_kit, make_partner, publish


def letters(kind):
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)).all()


def touch(event, **fields):
    """A change at the desk, as far as this room can see one."""
    with saving():
        for name, value in fields.items():
            setattr(event, name, value)
        event.revision += 1
        event.changed_at = clock.now()


def took(kit, partner, role="zip"):
    with saving():
        actions.count_download(queries.last_version(kit), partner, role, now=clock.now())


@pytest.fixture
def event(app):
    return make_event(summary={"nl": "Zes voorbeelden.", "en": "Six examples."})


def test_an_event_has_one_kit_however_often_it_is_asked_for(event):
    assert make_kit(event, is_published=False) is make_kit(event, is_published=False)


def test_a_version_says_what_the_event_says_in_both_languages(event):
    kit = make_kit(event)
    said = queries.last_version(kit).facts
    assert said["nl"]["lead"] == "Zes voorbeelden."
    assert said["en"]["lead"] == "Six examples."
    assert said["nl"]["venue"]["city"] == "Dordrecht"
    assert said["nl"]["sectors"][0]["name"] == "Energie"
    assert said["en"]["url"].endswith(f"/events/{event.slug}?lang=en")


def test_a_kit_of_an_event_that_is_not_public_cannot_be_published(app):
    kit = make_kit(make_event(status=Status.DRAFT), is_published=False)
    with pytest.raises(life.EventNotPublic):
        publish(kit)


def test_publishing_what_has_not_changed_is_refused_and_makes_no_version(event):
    kit = make_kit(event)
    with pytest.raises(life.NothingNew):
        publish(kit)
    assert len(queries.versions(kit)) == 1


def test_a_kit_follows_its_event_after_the_quiet_period(event, noon):
    kit = make_kit(event)
    noon.set(NOON + timedelta(hours=1))
    touch(event, venue=make_venue("De Werkplaats", city="Delft"))
    jobs.follow()
    assert [version.number for version in queries.versions(kit)] == [1]
    noon.set(NOON + timedelta(hours=1) + QUIET)
    jobs.follow()
    jobs.follow()
    newest, first = queries.versions(kit)
    assert (newest.number, first.number) == (2, 1)
    assert "venue" in newest.changes
    shown = newest.facts["nl"]["changes"][0]
    assert shown["field"] == "Waar"
    assert "Dordrecht" in shown["before"]
    assert "Delft" in shown["after"]


def test_a_change_that_no_file_shows_makes_no_version(event, noon):
    kit = make_kit(event)
    touch(event, audience={"nl": "Voor docenten"})
    noon.set(NOON + QUIET)
    assert queries.behind(clock.now()) == [kit.id]
    jobs.follow()
    assert len(queries.versions(kit)) == 1
    assert queries.behind(clock.now()) == []


def test_only_partners_with_files_that_are_out_of_date_get_a_letter(event, noon):
    kit = make_kit(event)
    all_of_it, text_only, qr_only, nothing = (
        make_partner(f"Partner {n}", people=[f"Persoon {n}"]) for n in range(4)
    )
    took(kit, all_of_it)
    took(kit, text_only, "text/linkedin")
    took(kit, qr_only, "more/qr")
    touch(event, title={"nl": "Een nieuwe titel"})
    noon.set(NOON + QUIET)
    jobs.follow()
    told = letters("kits/new_version")
    assert sorted(letter.to_name for letter in told) == ["Persoon 0", "Persoon 1"]
    by_name = {letter.to_name: letter for letter in told}
    files = [v for k, (_kind, v) in by_name["Persoon 1"].slots.items() if k.startswith("filesx")]
    assert files == ["Tekst voor LinkedIn"]
    assert nothing.name not in [letter.to_name for letter in told]


def test_the_letter_for_a_version_is_written_once(event, noon):
    kit, partner = make_kit(event), make_partner()
    took(kit, partner)
    touch(event, title={"nl": "Een nieuwe titel"})
    publish(kit)
    for minutes in (30, 60):
        noon.set(NOON + timedelta(minutes=minutes))
        jobs.follow()
    assert len(letters("kits/new_version")) == 1


def test_a_kit_of_a_cancelled_event_says_so(event, noon):
    kit = make_kit(event)
    with saving():
        events.cancel(event, words={}, by=None, now=clock.now())
    noon.set(NOON + QUIET)
    jobs.follow()
    newest = queries.versions(kit)[0]
    assert newest.facts["nl"]["status"] == "cancelled"
    assert "status" in newest.changes


def test_a_withdrawn_kit_does_not_follow_and_comes_back_as_it_was(event, desk, noon):
    kit = make_kit(event)
    with saving():
        actions.withdraw(kit, by=desk.staff, now=clock.now())
    touch(event, title={"nl": "Anders"})
    noon.set(NOON + QUIET)
    jobs.follow()
    assert len(queries.versions(kit)) == 1
    touch(event, title={"nl": "Op de Bühne Energie"})
    publish(kit)
    assert kit.status is KitStatus.PUBLISHED
    assert db.session.scalars(select(KitVersion.number)).all() == [1]


def test_a_partner_who_comes_later_gets_links_and_files_by_the_clock(event):
    kit = make_kit(event)
    assert queries.unprepared(clock.now()) == []
    partner = make_partner()
    version = queries.last_version(kit)
    assert queries.unprepared(clock.now()) == [(version.id, partner.id)]
    jobs.prepare_one(version.id, partner.id)
    assert queries.unprepared(clock.now()) == []
    assert "print/poster-a3" in queries.links(kit, partner)
