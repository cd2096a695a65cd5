"""Versions of a kit: what they say, how they follow their event, and who is told."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from events_app.contacts.models import Membership, Organisation, OrganisationKind, Person
from events_app.core import clock, files, prose
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import EventPartner, PartnerRole, Status
from events_app.events.rules import follow_at
from events_app.kits import actions, jobs, queries
from events_app.kits.assets import ASSETS
from events_app.kits.assets.drawing.sample import sample
from events_app.kits.letters import Told, new_version
from events_app.kits.models import KitStatus, KitVersion
from events_app.kits.rules import hashes, lifecycle, requested
from events_app.kits.rules.changes import changes
from events_app.registrations import actions as registering
from events_app.registrations.rules import QUIET
from tests.conftest import NOON, dealt
from tests.factories.accounts import make_staff
from tests.factories.events import make_event, make_venue
from tests.factories.kits import make_kit, make_partner, publish, tell
from tests.kits import samples
from tests.kits.test_assets import CHANGED


def letters(kind):
    wanted = select(OutboxMessage).where(OutboxMessage.kind == kind)
    return db.session.scalars(wanted.order_by(OutboxMessage.id)).all()


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
    with pytest.raises(lifecycle.EventNotPublic):
        publish(kit)


def test_publishing_what_has_not_changed_is_refused_and_makes_no_version(event):
    kit = make_kit(event)
    with pytest.raises(lifecycle.NothingNew):
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


def moved(event, **facts):
    with saving():
        told = events.telling.rules.announced(event)
        for name, value in facts.items():
            setattr(event, name, value)
        event.revision, event.changed_at = event.revision + 1, clock.now()
        events.telling.follow(event, told, now=clock.now())


def followed(kit, event):
    """As the page says when it is, so the job does."""
    is_said = follow_at(event, now=clock.now()) <= clock.now()
    assert (queries.behind(clock.now()) == [kit.id]) == is_said
    return is_said


def test_partners_hear_of_a_change_no_later_than_who_registered(event, noon):
    kit = make_kit(event)
    moved(event, ends_at=event.ends_at + timedelta(hours=1))
    noon.set(NOON + timedelta(minutes=1))
    assert not followed(kit, event)
    with saving():
        registering.tell_now(event, by=make_staff(), now=clock.now())
    assert followed(kit, event)
    noon.set(NOON + timedelta(minutes=2))
    touch(event, title={"nl": "Een nieuwe titel"})
    assert not followed(kit, event)


def test_a_kit_follows_before_the_event_begins(event, noon):
    kit = make_kit(event)
    noon.set(event.starts_at - timedelta(hours=2, minutes=3))
    touch(event, title={"nl": "Een nieuwe titel"})
    assert not followed(kit, event)
    noon.set(event.starts_at - timedelta(hours=2))
    assert followed(kit, event)


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
    tell()
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
    version = publish(kit)
    for minutes in (30, 60):
        noon.set(NOON + timedelta(minutes=minutes))
        jobs.follow()
        jobs.tell(version.id)
    assert queries.untold(clock.now()) == []
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


@pytest.mark.once
def test_a_partner_who_comes_later_gets_links_and_files_by_the_clock(event):
    kit = make_kit(event)
    assert queries.unprepared(clock.now()) == []
    partner = make_partner()
    version = queries.last_version(kit)
    assert queries.unprepared(clock.now()) == [(version.id, partner.id)]
    jobs.prepare_one(version.id, partner.id)
    assert queries.unprepared(clock.now()) == []
    assert "print/poster-a3" in queries.links(kit, partner)


# -- who is told of what


@pytest.mark.once
def test_who_took_one_file_has_that_file_and_no_other(app):
    """Over all files of a kit: the name of one is often the beginning of another's."""
    files = [file.role for asset in ASSETS.values() for file in asset.build(*sample(), "nl")]
    assert len(files) == len(set(files)) >= 30
    for role in files:
        assert {each for each in files if requested.has(frozenset({role}), each)} == {role}
    for group in requested.GROUPS:
        had = {each for each in files if requested.has(frozenset({requested.part(group)}), each)}
        assert had == {each for each in files if each.startswith(f"{group}/")}
    assert all(requested.has(frozenset({requested.ALL}), each) for each in files)


@pytest.mark.once
@pytest.mark.parametrize("role", ASSETS)
def test_a_link_of_one_asset_makes_no_file_of_another_anew(role):
    """As if each carried one: the name of one begins with that of another (linkedin-square)."""
    facts, brand = (samples.frozen(value) for value in sample())
    other = facts | {"links": facts["links"] | {role: "https://example.org/r/other"}}

    def made_from(facts):
        return {
            each: hashes.input_hash(each, {"links"}, facts, brand, "nl", "1") for each in ASSETS
        }

    before, after = made_from(facts), made_from(other)
    assert {each for each in ASSETS if before[each] != after[each]} == {role}


@pytest.mark.once
def test_a_file_that_looks_the_same_is_not_called_out_of_date(event, noon):
    """A background for video calls shows no hour, and nobody has to hang it anew for one."""
    kit, partner = make_kit(event), make_partner()
    background, story = (
        make_partner("Achtergrond", people=["Ans"]),
        make_partner("Verhaal", people=["Bo"]),
    )
    took(kit, partner)
    took(kit, background, "social/teams")
    took(kit, story, "social/story")
    touch(event, starts_at=event.starts_at + timedelta(minutes=30))
    publish(kit)
    tell()
    told = {letter.to_name: letter for letter in letters("kits/new_version")}
    assert set(told) == {"Noor Demo", "Bo"}
    named = [v for name, (_kind, v) in told["Noor Demo"].slots.items() if name.startswith("filesx")]
    assert "Poster A3" in named
    assert "Achtergrond voor videovergaderingen" not in named
    assert "QR-code" not in named


@pytest.mark.once
def test_of_a_kit_under_embargo_partners_are_told_when_they_may_see_it(event, noon):
    kit, partner = make_kit(event), make_partner()
    took(kit, partner)
    with saving():
        kit.embargo_until = NOON + timedelta(hours=3)
    touch(event, title={"nl": "Een nieuwe titel"})
    jobs.tell(publish(kit).id)
    assert letters("kits/new_version") == []
    noon.set(NOON + timedelta(hours=3))
    tell()
    assert len(letters("kits/new_version")) == 1


# -- how much publishing asks of the database


def many_partners(kit, count):
    with saving():
        people = [
            Person(name=f"{n} {m}", email=f"p{n}.{m}@example.org", language="en" if m else "nl",
                   phone="", created_at=clock.now())
            for n in range(count) for m in range(3)
        ]  # fmt: skip
        partners = [
            Organisation(name=f"P {n}", kind=OrganisationKind.SCHOOL, is_partner=True, website="",
                         accent="#00695c", seed=n.to_bytes(16), link_digest=n.to_bytes(32),
                         created_at=clock.now())
            for n in range(count)
        ]  # fmt: skip
        db.session.add_all([*people, *partners])
        db.session.flush()
        version = queries.last_version(kit)
        for n, person in enumerate(people):
            at = partners[n // 3]
            db.session.add(Membership(person=person, organisation=at, title=""))
        for at in partners:
            actions.count_download(version, at, "more/calendar", now=clock.now())


@pytest.mark.parametrize("count", [3, 50, 200])
def test_publishing_asks_the_same_of_the_database_for_one_partner_and_for_many(
    event, statements, count
):
    kit = make_kit(event)
    many_partners(kit, count)
    touch(event, starts_at=event.starts_at + timedelta(minutes=30))
    db.session.expire_all()
    kit = queries.kit(kit.id)
    statements.clear()
    version = publish(kit)
    assert len(statements) <= 11, statements
    holders, first = queries.holders(version), queries.version(kit, 1)
    told = [
        Told(one.organisation, who, {"more/calendar"}, first)
        for one in holders
        for who in one.people
    ]
    statements.clear()
    written = new_version(version, told)
    assert len(statements) == 0
    with saving():
        actions.tell_partners(version, written, now=clock.now())
    assert len(statements) <= 12, statements
    assert len(letters("kits/new_version")) == count * 3


# -- senders


def with_host(event, **more):
    host = make_partner("Mede-organisator", accent="#7a1fa2", **more)
    with saving():
        event.partners.append(EventPartner(organisation=host, role=PartnerRole.CO_HOST, position=1))
    return host


def hang(organisation, colour):
    picture = io.BytesIO()
    Image.new("RGBA", (240, 80), colour).save(picture, "PNG")
    with saving():
        organisation.logo_key = files.keep(picture.getvalue())


def test_a_kit_follows_the_logo_of_a_sender_and_says_so(event, noon):
    host = with_host(event)
    kit, partner = make_kit(event), make_partner()
    took(kit, partner)
    hang(host, "#ff0000")
    jobs.follow()
    assert len(queries.versions(kit)) == 1, "the dark logo may follow"
    noon.set(NOON + QUIET + timedelta(seconds=0.5))
    jobs.follow()
    tell()
    jobs.follow()
    newest, _first = queries.versions(kit)
    said = newest.facts["nl"]["changes"]
    assert [(one["field"], one["after"]) for one in said] == [("Logo’s", "Mede-organisator")]
    assert len(letters("kits/new_version")) == 1


@pytest.mark.parametrize(
    "change", dealt(["name", "kind", "logo_key", "logo_dark_key", "role", "position", "gone"])
)
def test_whatever_differs_at_a_sender_is_followed(event, noon, change):
    host, other = with_host(event), make_partner("Ander")
    with saving():
        event.partners.append(
            EventPartner(organisation=other, role=PartnerRole.CO_HOST, position=2)
        )
    kit = make_kit(event)
    db.session.expire_all()
    with saving():
        row = next(each for each in event.partners if each.organisation is host)
        match change:
            case "name":
                host.name = "Anders"
            case "kind":
                host.kind = OrganisationKind.MINISTRY
            case "logo_key" | "logo_dark_key":
                setattr(host, change, files.keep(b"other"))
            case "role":
                row.role = PartnerRole.FUNDER
            case "position":
                row.position = 9
            case "gone":
                event.partners.remove(row)
    db.session.expire_all()
    jobs.follow()
    noon.set(NOON + QUIET)
    jobs.follow()
    assert len(queries.versions(kit)) == 2
    assert queries.last_version(kit).facts["nl"]["changes"]


def test_what_came_back_within_the_quiet_period_makes_no_version(event, noon):
    host = with_host(event)
    kit, before = make_kit(event), host.logo_key
    hang(host, "#ff0000")
    jobs.follow()
    with saving():
        host.logo_key = before
    for minutes in (5, 30):
        noon.set(NOON + timedelta(minutes=minutes))
        jobs.follow()
    assert len(queries.versions(kit)) == 1


def test_what_nobody_counts_is_seen_at_night(event, noon):
    kit = make_kit(event)
    with saving():
        event.lead_sector.colour = "#123456"
    jobs.look_again()
    assert [one["field"] for one in queries.last_version(kit).facts["nl"]["changes"]] == [
        "Sectoren"
    ]


def test_words_that_were_not_published_wait_for_who_may_publish_them(event, noon):
    """Whatever makes the kit follow: the event, a sender or the night."""
    host = with_host(event)
    kit = make_kit(event)
    with saving():
        kit.fields = {"lead": {"nl": "Nog niet nagekeken.", "en": "Not checked yet."}}
        kit.changed_at = clock.now()
    touch(event, title={"nl": "Anders", "en": "Other"})
    noon.set(NOON + QUIET)
    jobs.follow()
    hang(host, "#ff0000")
    jobs.follow()
    noon.set(NOON + 3 * QUIET)
    jobs.follow()
    with saving():
        event.lead_sector.colour = "#123456"
    jobs.look_again()
    followed = queries.versions(kit)
    assert [one.number for one in followed] == [4, 3, 2, 1]
    assert "nagekeken" not in str([one.facts for one in followed])
    assert "lead" in publish(kit).changes
    assert "Nog niet nagekeken." in queries.last_version(kit).facts["nl"]["lead"]


LISTS = {"nl": "Om 9.30 uur:\n\n- **Een**\n- Twee", "en": "At 9:30:\n\n- **One**\n- Two"}


@pytest.fixture
def old(app):
    """A kit whose version was written by an older program: it held the description in plain words
    and as HTML, and the calendar file by its key.
    """
    event = make_event(description=LISTS)
    kit = make_kit(event)
    with saving():
        version = queries.last_version(kit)
        version.facts = {
            code: said
            | {
                "description": prose.plain(LISTS[code]).replace("- ", ""),
                "description_html": prose.html(LISTS[code]).replace("9.30 ", "9.30\u00a0"),
                "hashtags": ["Otherwise"],
                "ics": files.keep(said["ics"].encode()),
            }
            for code, said in version.facts.items()
        }
    return kit


def test_a_newer_program_alone_makes_no_version(old):
    jobs.look_again()
    jobs.follow()
    assert len(queries.versions(old)) == 1


def test_beside_an_old_version_only_what_really_differs_is_news(old, noon):
    touch(old.event, title={"nl": "Anders", "en": "Other"})
    noon.set(NOON + QUIET)
    jobs.follow()
    assert set(queries.last_version(old).changes) == {"title", "hashtags", "ics"}
    jobs.look_again()
    assert len(queries.versions(old)) == 2


@pytest.mark.once
def test_the_desk_offers_to_publish_a_new_logo_at_once(event, desk):
    host = with_host(event)
    kit = make_kit(event)
    hang(host, "#ff0000")
    page = desk.get(f"/desk/kits/{kit.id}").text
    assert "Publiceer versie 2" in page
    assert "Logo’s: Mede-organisator" in page


@pytest.mark.once
def test_a_change_in_the_other_language_alone_is_shown_and_can_be_published(event, desk):
    kit = make_kit(event)
    with saving():
        event.summary = event.summary | {"en": "Seven examples."}
    assert "Publiceer versie 2" in desk.get(f"/desk/kits/{kit.id}").text


@pytest.mark.once
@pytest.mark.parametrize("field", CHANGED)
def test_every_difference_has_a_line_in_the_list_of_changes(field):
    before = sample()[0]
    after = replace(before, **{field: CHANGED[field]})
    fields = hashes.stale(samples.frozen(before), samples.frozen(after))
    assert bool(changes(before, after, fields)) == bool(fields)


# -- looking


@pytest.mark.once
def test_looking_at_a_kit_keeps_no_file_of_what_people_gave(event, desk, app):
    kit = make_kit(event)
    given = Path(app.config["INSTANCE"]) / "files"
    for minutes in range(3):
        touch(event, starts_at=event.starts_at + timedelta(minutes=minutes))
        before = sorted(given.rglob("*"))
        assert desk.get(f"/desk/kits/{kit.id}").status_code == 200
        assert sorted(given.rglob("*")) == before
    publish(kit)
    assert sorted(given.rglob("*")) == before
