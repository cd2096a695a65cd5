"""What a first start finds in the house."""

import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from events_app import demo
from events_app.accounts.models import JournalEntry, Role, StaffMember
from events_app.app import COMPONENTS
from events_app.capacity.models import Claim, Pool
from events_app.capacity.queries import miscounted
from events_app.contacts.models import Consent, Organisation, OrganisationKind, Person, Purpose
from events_app.core import files
from events_app.core.colours import contrast
from events_app.core.db import Base, db
from events_app.core.forms import trimmed
from events_app.core.text import AMSTERDAM, LANGUAGES
from events_app.delivery.models import OutboxMessage, State
from events_app.events.models import AttendanceMode, Event, EventSeries, Status, Venue
from events_app.events.rules import missing, remarks
from events_app.invitations.models import Ambassador, Invitation
from events_app.invitations.models import Status as Invited
from events_app.kits.models import Kit, KitStatus, KitVersion
from events_app.newsletters.actions import sending
from events_app.newsletters.models import Issue, IssueStatus, Subscription
from events_app.registrations import queries as registrations
from events_app.registrations import questions
from events_app.registrations.models import (
    Allotment,
    Answer,
    Option,
    OptionGroup,
    OptionSignup,
    Question,
    Registration,
    RegistrationForm,
)
from events_app.registrations.models import Status as Place
from events_app.registrations.questions import KINDS
from events_app.registrations.rules import SEATED
from events_app.registrations.rules import State as Places
from events_app.themes.models import Theme
from tests.conftest import run_all_now
from tests.demo.conftest import NOW, load

pytestmark = pytest.mark.once
COLUMNS = Path(demo.__file__).parent / "privacy/columns.txt"
DAYS = [
    datetime(2026, 12, 12, 22, 30, tzinfo=UTC),  # a Saturday night before Christmas
    *(
        pytest.param(day, marks=pytest.mark.long)
        for day in (
            datetime(2027, 3, 28, 1, 30, tzinfo=UTC),  # the night the clock goes forward
            datetime(2027, 1, 4, 5, 0, tzinfo=UTC),  # Monday morning, the week after New Year
            datetime(2027, 7, 18, 12, 0, tzinfo=UTC),  # a Sunday in summer
        )
    ),
]


def all_of(model):
    return db.session.scalars(select(model).order_by(model.id)).all()


def by_status(model):
    return Counter(row.status for row in all_of(model))


def test_there_is_enough_of_everything(house):
    assert by_status(Event) == {Status.DONE: 1, Status.PUBLISHED: 4, Status.DRAFT: 1}
    assert {each.kind for each in all_of(Organisation)} > {OrganisationKind.FUND}
    assert len(all_of(Organisation)) == len({each.kind for each in all_of(Organisation)}) == 8
    assert by_status(Registration) == {
        Place.CONFIRMED: 41, Place.OFFERED: 1, Place.WAITLISTED: 3, Place.CANCELLED: 4,
    }  # fmt: skip
    assert by_status(Invitation) == {Invited.ACCEPTED: 3, Invited.SENT: 4, Invited.DECLINED: 2}
    assert by_status(Issue) == {IssueStatus.DONE: 2, IssueStatus.DRAFT: 1}
    assert len(all_of(Subscription)) == 58
    assert {member.role for member in all_of(StaffMember)} == set(Role)


def test_everything_is_said_in_both_languages(house):
    said = (
        (Event, ("title", "summary", "description", "audience")),
        (Venue, ("access_note", "route_note")),
        (EventSeries, ("title", "description")),
        (Question, ("label", "purpose")),
        (OptionGroup, ("label", "help")),
        (Option, ("label",)),
        (Ambassador, ("title",)),
    )
    texts = [
        *(getattr(row, name) for kind, names in said for row in all_of(kind) for name in names),
        *(event.report for event in all_of(Event) if event.status is Status.DONE),
        *(
            choice
            for question in all_of(Question)
            for choice in question.settings.get("choices", ())
        ),
        *(event.cover_alt for event in all_of(Event) if event.cover_key),
    ]
    assert all(text.get(language, "").strip() for text in texts for language in LANGUAGES)
    assert {issue.language for issue in all_of(Issue) if issue.sent_at} == set(LANGUAGES)
    assert {
        remark for event in all_of(Event) for remark in missing(event) + remarks(event)
    } == set()


MADE = {
    ("issue", "letter"),
    ("letter_body", "text"),
    ("letter_body", "html"),
    ("kit_version", "facts"),
}
"""Whole letters and calendar files: nobody typed these."""


def test_every_text_is_stored_as_a_form_would_store_it(house):
    """Else it would differ from itself once somebody saves it unchanged."""
    lines = [line.partition("#")[0].split() for line in COLUMNS.read_text().splitlines()]
    written = [
        (words[0], name) for words in lines if words[1:2] == ["written"] for name in words[2:]
    ]
    untrimmed = [
        (table, name, value)
        for table, name in written
        if (table, name) not in MADE
        for value in db.session.scalars(select(Base.metadata.tables[table].c[name]))
        for text in leaves(value)
        if text != trimmed(text)
    ]
    assert untrimmed == []


def leaves(value):
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [text for each in inner for text in leaves(each)]
    return [value]


@pytest.mark.parametrize("now", DAYS)
def test_on_any_day_the_programme_and_the_past_make_sense(app, noon, now):
    noon.set(now)
    load(now)
    check_programme(now)
    check_past(now)


def test_and_so_they_do_on_an_ordinary_one(house):
    check_programme(NOW)
    check_past(NOW)


def check_programme(now):
    """At good times, in an order, apart from each other, and open where they should be."""
    events = db.session.scalars(select(Event).order_by(Event.starts_at)).all()
    for event in events:
        starts, ends = (each.astimezone(AMSTERDAM) for each in (event.starts_at, event.ends_at))
        assert starts.weekday() < 5
        assert (starts.month, starts.day) not in ((12, 24), (12, 25), (12, 26), (1, 1))
        assert starts.date() == ends.date()
        assert time(9) <= starts.time() < ends.time() <= time(18)
        assert (event.ends_at < now) == (event.status is Status.DONE)
        form = registrations.maybe_form(event.id)
        if form and event.status is Status.PUBLISHED and form.closes_at:
            assert now < form.closes_at < event.starts_at
    assert [event.status for event in events] == [
        Status.DONE, *(Status.PUBLISHED,) * 3, Status.DRAFT, Status.PUBLISHED,
    ]  # fmt: skip
    assert all(b.starts_at - a.ends_at > timedelta(days=5) for a, b in pairwise(events))


def check_past(now):
    """All of it before now, in its own order, over months."""
    past = [
        *(entry.at for entry in all_of(JournalEntry)[1:]),  # after the owner, who comes first
        *(letter.created_at for letter in all_of(OutboxMessage)),
        *(registration.changed_at for registration in all_of(Registration)),
        *(consent.given_at for consent in all_of(Consent)),
    ]
    assert max(past) < now
    letters = [letter.created_at for letter in all_of(OutboxMessage)]
    assert letters == sorted(letters), "the inbox, newest first, is in order of time"
    assert len({moment.date() for moment in letters}) > 60, "not all of one minute"
    for registration in all_of(Registration):
        assert registration.event.published_at < registration.created_at
    offer = db.session.scalars(select(Claim).where(Claim.status == "offered")).one()
    assert offer.offer_expires_at > now + timedelta(days=1)


def test_one_event_is_full_one_nearly_and_one_has_room(house):
    places = registrations.places([event.id for event in all_of(Event)], now=NOW)
    states = Counter(each.state for each in places.values())
    assert states == {Places.PAST: 1, Places.FEW: 1, Places.WAITING: 1, Places.OPEN: 2}
    assert max(each.left for each in places.values()) > 200


def test_no_pool_holds_more_than_it_says_nor_than_fits(house):
    assert miscounted(limit=9) == []
    assert registrations.astray(limit=9) == []
    for pool in all_of(Pool):
        seated = [
            each.party_size for each in all_of(Registration)
            if each.claim.pool is pool and each.status in SEATED
        ]  # fmt: skip
        held = [each.claim.places for each in all_of(Allotment) if each.claim.pool is pool]
        chosen = [each for each in all_of(OptionSignup) if each.claim.pool is pool]
        assert sum(seated + held) + len(chosen) == pool.taken
        assert pool.size is None or pool.taken <= pool.size


def test_the_report_counts_who_came(house):
    event = next(each for each in all_of(Event) if each.status is Status.DONE)
    form = next(each for each in all_of(RegistrationForm) if each.event_id == event.id)
    figures = re.findall(r"\d+", event.report["nl"].splitlines()[0])
    total, *parts = (int(figure) for figure in figures[:5])
    assert total == sum(parts) == form.pool.taken
    assert figures[:5] == re.findall(r"\d+", event.report["en"].splitlines()[0])


def test_events_are_on_site_online_and_both_and_everywhere_else(house):
    coming = [each for each in all_of(Event) if each.status is Status.PUBLISHED]
    assert {event.attendance_mode for event in coming} == set(AttendanceMode)
    assert len({event.lead_sector_id for event in coming}) == len(coming)
    regions = [event.venue.region_id for event in coming if event.venue]
    assert len(set(regions)) == len(regions)


def test_every_question_is_answered_and_an_answer_of_each_kind_stands_there(house):
    answers, asked = all_of(Answer), {question.id: question for question in all_of(Question)}
    assert {answer.question_id for answer in answers} == set(asked)
    assert {question.kind for question in asked.values()} == set(KINDS)
    for answer in answers:
        question = asked[answer.question_id]
        offered = [choice["nl"] for choice in question.settings.get("choices", ())]
        said = answer.value if isinstance(answer.value, list) else [answer.value]
        assert not offered or set(said) <= set(offered)
        assert questions.shown(question, answer.value)
    sent = [answer.file for answer in answers if answer.file]
    assert all(files.sent.read(key).startswith(b"%PDF") for key in sent)
    assert len(sent) == 1
    assert any(question.is_required for question in asked.values())


def test_of_three_workshops_people_have_two_and_one_is_full(house):
    [group] = all_of(OptionGroup)
    assert (len(group.options), group.choose_most) == (3, 2)
    assert [option.pool.free for option in group.options].count(0) == 1
    has = Counter(signup.participant_id for signup in all_of(OptionSignup))
    assert set(has.values()) == {1, 2}
    assert sum(has.values()) == sum(option.pool.taken for option in group.options)
    assert registrations.options_astray(limit=9) == []


def test_every_organisation_has_a_logo_that_is_there_and_partners_differ_in_colour(house):
    for each in all_of(Organisation):
        assert files.path(each.logo_key).stat().st_size > 1000
    dark = [each for each in all_of(Organisation) if each.logo_dark_key]
    assert 3 <= len(dark) < 8
    accents = [each.accent for each in all_of(Organisation) if each.is_partner]
    assert len(accents) == len(set(accents)) == 3
    assert all(contrast(accent, "#ffffff") >= 3 for accent in accents)


def test_readers_gave_consent_that_can_be_shown(house):
    consents = [c for c in all_of(Consent) if c.purpose is Purpose.NEWSLETTER]
    assert {c.person_id for c in consents} == {s.person_id for s in all_of(Subscription)}
    assert all(c.evidence["asked_at"] < c.evidence["confirmed_at"] for c in consents)
    ended = [s.person_id for s in all_of(Subscription) if s.ended_at]
    assert ended == [c.person_id for c in consents if c.withdrawn_at]


def test_the_draft_issue_could_be_sent(house):
    issue = next(each for each in all_of(Issue) if each.status is IssueStatus.DRAFT)
    _letter, audience, problems = sending.checked(issue, today=NOW.date())
    assert problems == []
    assert audience.readers > 50


def test_no_letter_leaves_and_none_follows_by_itself(app, noon):
    noon.set(NOW)
    load()
    letters = len(all_of(OutboxMessage))
    run_all_now(app)
    db.session.expire_all()
    assert {letter.state for letter in all_of(OutboxMessage)} == {State.KEPT}
    assert len(all_of(OutboxMessage)) == letters, "nobody is told of a change that was none"
    assert by_status(Issue)[IssueStatus.DONE] == 2


def test_all_people_live_at_example_org(house):
    addresses = [
        *(person.email for person in all_of(Person)),
        *(registration.email for registration in all_of(Registration)),
        *(member.email for member in all_of(StaffMember)),
        *(invitation.email for invitation in all_of(Invitation)),
    ]
    assert {address.partition("@")[2] for address in addresses} == {"example.org"}


def test_events_carry_only_themes_that_the_desk_can_give_them(house):
    kinds = {theme.kind for event in all_of(Event) for theme in event.themes}
    assert kinds <= {"sector", "challenge", "programme_line", "action_line"}
    assert all_of(Theme)


def test_the_pages_open_in_both_languages(house, visitor):
    for event in all_of(Event):
        is_public = event.status is not Status.DRAFT
        for query in ("", "?lang=en"):
            answer = visitor.get(f"/events/{event.slug}{query}")
            assert answer.status_code == (200 if is_public else 404)
    for issue in all_of(Issue):
        assert visitor.get(f"/newsletter/{issue.slug}").status_code == (
            200 if issue.sent_at else 404
        )
    assert visitor.get("/").status_code == visitor.get("/series/op-de-buhne").status_code == 200


def test_a_later_start_finds_the_pages_of_a_partner_and_an_ambassador_again(house, visitor):
    found = demo.addresses(COMPONENTS)
    assert [label for label, _address in found] == [
        "Kits of partner Techniekfonds Delta", "Page of ambassador Noor Vermeulen",
    ]  # fmt: skip
    for (_label, address), words in zip(
        found, ("Techniekfonds Delta", "Noor Vermeulen"), strict=True
    ):
        assert words in visitor.get(address.removeprefix("http://localhost")).text


def test_two_events_have_a_kit_and_one_partner_has_files_that_are_out_of_date(house):
    assert by_status(Kit) == {KitStatus.PUBLISHED: 2}
    assert [(v.kit_id, v.number) for v in all_of(KitVersion)] == [(1, 1), (2, 1), (1, 2)]
    told = [letter.to_name for letter in all_of(OutboxMessage) if letter.kind == "kits/new_version"]
    assert told == ["Ilse Verbeek"]


def test_without_the_demo_there_are_no_addresses(app):
    assert demo.addresses(COMPONENTS) == []


def test_a_page_that_was_closed_is_not_named(house):
    for ambassador in all_of(Ambassador):
        ambassador.is_active = False  # and never committed: others look at this house too
    assert not any("ambassador" in label for label, _address in demo.addresses(COMPONENTS))
