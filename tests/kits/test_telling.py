"""Who is told of a version: of files they still use, in true words, while it is of use."""

from datetime import timedelta
from pathlib import Path

import pytest

from events_app.core import clock, files
from events_app.core.db import saving
from events_app.events.models import Status
from events_app.kits import jobs, queries
from events_app.kits.assets import ASSETS
from events_app.kits.rules.holdings import Taken
from tests.conftest import NOON, dealt
from tests.factories.contacts import make_person
from tests.factories.events import make_event
from tests.factories.kits import make_kit, make_partner, page_of, publish, tell
from tests.kits.test_life import letters, took, touch

SECOND = timedelta(seconds=0.7)


@pytest.fixture
def event(app):
    return make_event(summary={"nl": "Zes voorbeelden.", "en": "Six examples."})


@pytest.fixture
def partner(app):
    return make_partner()


@pytest.fixture
def kit(event, partner):
    kit = make_kit(event)
    took(kit, partner, "text/")
    took(kit, partner, "social/og")
    return kit


def said(letter, part):
    """What stands in a letter under a name, in its order."""
    return [value for name, (_kind, value) in letter.slots.items() if name.startswith(f"{part}x")]


# -- what they still use


@pytest.mark.once
@pytest.mark.parametrize("later", ["text/linkedin", "text/x", "print/poster-a3/marks"])
def test_one_file_taken_anew_leaves_all_others_of_the_older_version(kit, partner, event, later):
    touch(event, summary={"nl": "Zeven voorbeelden.", "en": "Seven examples."})
    publish(kit)
    took(kit, partner, later)
    touch(event, title={"nl": "Een andere titel", "en": "Another title"})
    publish(kit)
    tell()
    named = set(said(letters("kits/new_version")[-1], "files"))
    assert {"Tekst voor WhatsApp", "Tekst voor LinkedIn", "Afbeelding voor WhatsApp en links"} <= (
        named
    )


def test_who_took_a_file_anew_does_not_hear_of_the_one_before(kit, partner, event):
    touch(event, title={"nl": "Een andere titel", "en": "Another title"})
    version = publish(kit)
    took(kit, partner, "text/linkedin")
    jobs.tell(version.id)
    [letter] = letters("kits/new_version")
    assert "Tekst voor WhatsApp" in said(letter, "files")
    assert "Tekst voor LinkedIn" not in said(letter, "files")


@pytest.mark.once
def test_the_page_offers_what_is_new_since_the_oldest_files_that_are_in_use(
    client, kit, partner, event
):
    touch(event, title={"nl": "Een andere titel", "en": "Another title"})
    publish(kit)
    took(kit, partner, "text/linkedin")
    page = client.get(f"{page_of(partner)}/kits/{kit.code}").text
    assert "U hebt versie 1" in page
    assert "v2.zip?since=1" in page


@pytest.mark.parametrize("role", ASSETS)
def test_every_file_has_the_version_that_it_was_last_taken_of(role):
    group = role.partition("/")[0] + "/"
    taken = Taken({1: frozenset({"zip"}), 2: frozenset({role}), 4: frozenset({group})})
    assert taken.number_of(role) == 4
    assert (taken.numbers, taken.oldest) == ([1, 4], 1)
    assert Taken({1: frozenset({role}), 2: frozenset({"zip"})}).numbers == [2]
    assert Taken({3: frozenset({f"{role}/print"})}).uses(role, 3)
    assert not Taken({3: frozenset({f"{role}-other/print"})}).uses(role, 3)


# -- in true words


@pytest.mark.once
def test_what_changed_is_told_from_the_version_that_they_have(kit, partner, event, client):
    touch(event, title={"nl": "Een andere titel", "en": "Another title"})
    publish(kit)
    tell()
    touch(event, starts_at=event.starts_at + timedelta(minutes=30))
    publish(kit)
    tell()
    assert len(said(letters("kits/new_version")[-1], "changes")) == 4, "title and hour, each named"
    page = client.get(f"{page_of(partner)}/kits/{kit.code}").text
    assert "Titel" in page
    touch(event, title={"nl": "Op de Bühne Energie"})
    publish(kit)
    assert "Titel:" not in client.get(f"{page_of(partner)}/kits/{kit.code}").text


def test_who_has_what_the_newest_version_says_again_is_not_called_behind(kit, partner, client):
    for tags in (["Anders"], []):
        with saving():
            kit.fields = {"hashtags": tags}
        publish(kit)
        tell()
    [letter] = letters("kits/new_version")
    assert said(letter, "changes") == ["Hashtags", "Anders"]
    there = f"{page_of(partner)}/kits/{kit.code}"
    assert "U hebt versie" not in client.get(there).text
    assert client.get(f"{there}/v3.zip?since=1").status_code == 200


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("changed", ["nl", "en"])
def test_a_letter_names_what_changed_in_either_language(event, language, changed):
    kit, partner = make_kit(event), make_partner(people=())
    make_person(organisation=partner, language=language)
    took(kit, partner, "text/x")
    took(kit, partner, "text/linkedin")
    touch(event, summary=event.summary | {changed: "Zeven."})
    publish(kit)
    tell()
    [letter] = letters("kits/new_version")
    assert said(letter, "changes") == [
        {"nl": "Inleiding", "en": "Introduction"}[language], "Zeven."
    ]  # fmt: skip


# -- while they have a use for it


@pytest.mark.parametrize("end", ["event", "kit"])
def test_of_what_is_over_nobody_is_told_and_no_version_is_made(kit, partner, event, noon, end):
    over = event.ends_at if end == "event" else NOON + timedelta(minutes=10)
    with saving():
        kit.valid_until = None if end == "event" else over
    noon.set(over + SECOND)
    touch(event, title={"nl": "Zo was het", "en": "How it was"})
    noon.set(over + timedelta(hours=1) + SECOND)
    jobs.follow()
    assert len(queries.versions(kit)) == 1
    jobs.tell(publish(kit).id)
    assert queries.untold(clock.now()) == []
    assert letters("kits/new_version") == []


def test_a_postponed_event_is_told_though_the_day_that_it_had_has_passed(kit, partner, event, noon):
    noon.set(event.ends_at + SECOND)
    touch(event, status=Status.POSTPONED)
    publish(kit)
    tell()
    assert len(letters("kits/new_version")) == 1
    later = timedelta(days=90)
    touch(event, status=Status.PUBLISHED, starts_at=event.starts_at + later,
          ends_at=event.ends_at + later)  # fmt: skip
    publish(kit)
    tell()
    assert len(letters("kits/new_version")) == 2


@pytest.mark.parametrize("is_put_off", [True, False])
def test_a_letter_names_the_day_that_they_know_and_no_other_in_between(
    kit, partner, event, is_put_off
):
    touch(
        event,
        starts_at=event.starts_at + timedelta(days=2),
        ends_at=event.ends_at + timedelta(days=2),
    )
    touch(event, **({"status": Status.POSTPONED} if is_put_off else {}))
    publish(kit)
    tell()
    [letter] = letters("kits/new_version")
    title = letter.slots["title"][1]
    was = "uitgesteld, was 18 mrt 2027, 13.00"
    assert (was if is_put_off else "20 mrt 2027, 13.00") in title


# -- also where something cannot be drawn


@pytest.mark.parametrize(
    ("fault", "role"), dealt(["gone", "broken"], ["print/poster-a3", "print/poster-a3/marks"])
)
def test_files_that_cannot_be_drawn_hold_the_letter_up_for_an_hour_at_most(
    event, noon, app, fault, role
):
    kit, partner = make_kit(event), make_partner()
    took(kit, partner, "social/x")
    other = make_partner("Ander", people=["Bo"])
    took(kit, other, role)
    with saving():
        other.logo_key = files.keep(b"no picture at all")
    if fault == "gone":
        next(Path(app.config["INSTANCE"], "files").rglob(other.logo_key)).unlink()
    touch(event, title={"nl": "Een andere titel", "en": "Another title"})
    version = publish(kit)
    for _again in range(2):
        jobs.tell(version.id)
        assert [letter.to_name for letter in letters("kits/new_version")] == ["Noor Demo"]
        assert queries.untold(clock.now()) == [version.id]
    noon.set(NOON + jobs.PATIENCE + SECOND)
    jobs.tell(version.id)
    assert {letter.to_name for letter in letters("kits/new_version")} == {"Noor Demo", "Bo"}
    assert "Poster A3" in said(letters("kits/new_version")[-1], "files")
    assert queries.untold(clock.now()) == []
