"""The verbs: what they change, what they write down, and what they refuse."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events_app.accounts.models import JournalEntry, Role
from events_app.core.db import db, saving
from events_app.core.errors import Forbidden, Refusal
from events_app.events import actions, queries, rules
from events_app.events.actions import editing
from events_app.events.models import (
    AttendanceMode,
    Event,
    Ownership,
    PartnerRole,
    Preset,
    Status,
)
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.contacts import make_organisation
from tests.factories.events import SOON, make_event, make_partner, make_series, make_venue, theme

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def content(event=None, **said):
    """What a form would say: of the event as it stands, or of a plain new one."""
    blank = rules.Content(
        title={"nl": "Nieuw"}, summary={"nl": "Kort."}, description={}, audience={}, report={},
        preset=Preset.MEETING, ownership=Ownership.OWN, starts_at=SOON,
        ends_at=SOON + timedelta(hours=2), timezone="Europe/Amsterdam",
        attendance_mode=AttendanceMode.OFFLINE, venue=None, stream_url="", external_url="",
        series=None, edition=None, lead_sector_id=None, theme_ids=frozenset(), senders=(),
        cover=None, drops_cover=False, cover_alt={}, cover_credit="", contact_email="",
        is_listed=True,
    )  # fmt: skip
    if event:
        blank = replace(
            blank,
            **{name: getattr(event, name) for name in rules.PLAIN},
            venue=event.venue_id, series=event.series_id, lead_sector_id=event.lead_sector_id,
            theme_ids=frozenset(t.id for t in event.themes),
            senders=tuple(rules.Sender(p.organisation_id, p.role) for p in event.partners),
        )  # fmt: skip
    return replace(blank, **said)


def journal():
    return [(e.verb, e.before, e.after) for e in db.session.query(JournalEntry)]


def do(verb, *args, **more):
    with saving():
        return verb(*args, now=NOON, **{"by": None, **more})


def test_a_new_event_is_a_draft_with_an_address_from_its_title(app):
    one = do(actions.draft, content(title={"nl": "Één Ståle & Bühne: leren!"}))
    two = do(actions.draft, content(title={"nl": "Een stale en buhne leren"}))
    assert (one.slug, two.slug) == ("een-stale-en-buhne-leren", "een-stale-en-buhne-leren-2")
    assert (one.status, one.revision) == (Status.DRAFT, 1)
    assert [verb for verb, *_ in journal()] == ["events.drafted"] * 2


@pytest.mark.parametrize(
    ("title", "slug"), [("???", "bijeenkomst"), ("日本", "bijeenkomst"), ("x" * 90, "x" * 60),
                        ("woord " * 20, "-".join(["woord"] * 10))],
)  # fmt: skip
def test_every_title_gives_an_address(app, title, slug):
    assert do(actions.draft, content(title={"nl": title})).slug == slug


def test_a_venue_and_a_series_can_be_added_on_the_way(app):
    venue = rules.NewVenue(
        name="Hal", street="", postcode="", city="Ede", region_id=None,
        access_note={"nl": "Lift"}, route_note={},
    )  # fmt: skip
    series = rules.NewSeries({"nl": "Op de Bühne"})
    event = do(actions.draft, content(venue=venue, series=series, edition=1))
    assert (event.venue.city, event.series.slug) == ("Ede", "op-de-buhne")


def test_nothing_changes_when_nothing_differs(app):
    event = make_event(series=make_series(), edition=2)
    make_partner(event)
    assert do(actions.change, event, content(event)) is False
    assert (event.revision, journal()) == (1, [])


def test_a_change_counts_and_is_written_down_with_before_and_after(app):
    event = make_event("Oud", summary="Kort.")
    slug = event.slug
    assert do(actions.change, event, content(event, title={"nl": "Nieuw"}))
    assert (event.revision, event.changed_at, event.slug) == (2, NOON, slug)
    assert journal() == [("events.changed", {"title": {"nl": "Oud"}}, {"title": {"nl": "Nieuw"}})]


def test_a_drafts_address_follows_its_title(app):
    event = do(actions.draft, content())
    do(actions.change, event, content(event, title={"nl": "Heel anders"}))
    assert event.slug == "heel-anders"


def test_a_new_date_keeps_the_date_that_readers_know(app):
    event = make_event(summary="Kort.")
    later = SOON + timedelta(days=7)
    do(actions.change, event, content(event, starts_at=later, ends_at=later + timedelta(hours=1)))
    assert event.previous_starts_at == SOON
    assert rules.is_rescheduled(event)


def test_a_new_date_ends_a_postponement(app):
    event = make_event(summary="Kort.")
    do(actions.postpone, event, words={"nl": "De zaal is dicht."})
    assert (event.status, event.previous_starts_at) == (Status.POSTPONED, None)
    later = SOON + timedelta(days=30)
    do(actions.change, event, content(event, starts_at=later, ends_at=later + timedelta(hours=1)))
    assert (event.status, event.cancel_note) == (Status.PUBLISHED, {})
    assert event.previous_starts_at == SOON


def test_an_editor_does_not_move_what_readers_have_seen(app):
    event, editor = make_event(summary="Kort."), make_staff(role=Role.EDITOR)
    do(actions.change, event, content(event, audience={"nl": "Docenten"}), by=editor)
    with pytest.raises(Forbidden):
        do(actions.change, event, content(event, venue=make_venue().id), by=editor)
    assert queries.by_id(event.id).venue.city == "Dordrecht"


def test_a_public_event_stays_whole(app):
    event = make_event(summary="Kort.")
    with pytest.raises(rules.NotReady):
        do(actions.change, event, content(event, venue=None, summary={}))
    assert len(rules.missing(queries.by_id(event.id))) == 0


def test_senders_keep_their_order(app):
    event = make_event(summary="Kort.")
    one, two = make_organisation("Een"), make_organisation("Twee")
    rows = (rules.Sender(two.id, PartnerRole.FUNDER), rules.Sender(one.id, PartnerRole.CO_HOST))
    do(actions.change, event, content(event, senders=rows))
    db.session.remove()
    assert [p.organisation.name for p in queries.by_id(event.id).partners] == ["Twee", "Een"]


def test_publishing_asks_for_what_is_missing_all_at_once(app):
    event = do(actions.draft, content(summary={}, attendance_mode=AttendanceMode.MIXED))
    with pytest.raises(rules.NotReady) as refused:
        do(actions.publish, event)
    assert len(refused.value.sentences) == 3
    assert queries.by_id(event.id).status == Status.DRAFT


def test_publishing_asks_for_a_date_to_come(app):
    event = make_event(status=Status.DRAFT, summary="Kort.", starts_at=NOON - timedelta(days=1))
    with pytest.raises(rules.NotReady):
        do(actions.publish, event)


def test_a_published_event_is_found_and_written_down(app):
    event = make_event(status=Status.DRAFT, summary="Kort.")
    do(actions.publish, event)
    assert queries.by_slug(event.slug).published_at == NOON
    assert journal() == [("events.published", {"status": "draft"}, {"status": "published"})]


def test_calling_off_keeps_the_words_for_readers_and_cannot_be_undone(app):
    event = make_event()
    do(actions.cancel, event, words={"nl": "Te weinig plaats."})
    assert (event.status, event.cancel_note) == (Status.CANCELLED, {"nl": "Te weinig plaats."})
    for verb in (actions.publish, actions.finish):
        with pytest.raises(rules.NotPossible):
            do(verb, event)


def test_an_event_is_closed_only_when_it_is_over(app):
    with pytest.raises(rules.NotPossible):
        do(actions.finish, make_event())
    event = make_event(starts_at=NOON - timedelta(days=1))
    do(actions.finish, event)
    do(actions.archive, event)
    assert event.status == Status.ARCHIVED


def test_a_copy_takes_along_what_was_chosen_and_keeps_its_hours_over_the_clock_change(app):
    winter = datetime(2027, 3, 27, 22, 0, tzinfo=AMSTERDAM)
    event = make_event(
        starts_at=winter, ends_at=winter + timedelta(hours=2), summary="Kort.", audience="Docenten",
        series=make_series(), edition=3, cover_key="0" * 64, report="Mooi.",
    )  # fmt: skip
    make_partner(event, "Fonds")
    summer = datetime(2027, 3, 27, 23, 0, tzinfo=AMSTERDAM)
    made = do(actions.copy, event, {rules.Part.TEXTS, rules.Part.SERIES}, starts_at=summer)
    assert (made.status, made.title, made.summary) == (Status.DRAFT, event.title, {"nl": "Kort."})
    assert (made.series, made.edition) == (event.series, 4)
    assert (made.venue, made.partners, made.cover_key, made.report) == (None, [], None, {})
    assert made.ends_at == datetime(2027, 3, 28, 1, 0, tzinfo=AMSTERDAM)
    whole = do(actions.copy, event, set(rules.Part), starts_at=SOON)
    assert [p.organisation.name for p in whole.partners] == ["Fonds"]
    assert (whole.venue, whole.lead_sector.code) == (event.venue, "energie")
    assert whole.slug != made.slug != event.slug


def test_a_new_address_of_a_venue_changes_the_events_to_come_there(app):
    venue = make_venue()
    coming = make_event(venue=venue)
    past = make_event(venue=venue, starts_at=NOON - timedelta(days=9))
    draft = make_event(venue=venue, status=Status.DRAFT)
    said = rules.NewVenue(
        name="Hal 2", street="Kade 1", postcode="3311 AA", city="Dordrecht",
        region_id=theme("zuid-holland").id, access_note={}, route_note={},
    )  # fmt: skip
    do(actions.change_venue, venue, said)
    assert [e.revision for e in (coming, past, draft)] == [2, 1, 1]
    assert journal()[0][1:] == ({"name": "De Machinehal"}, {"name": "Hal 2"})
    do(actions.change_venue, venue, said)
    assert coming.revision == 2


def test_an_edition_number_stands_once_in_its_series_and_a_copy_gets_the_next_that_is_free(app):
    series, other = make_series(), make_series("Andere reeks", "andere")
    seventh = make_event("Op de Bühne Water", series=series, edition=7)
    ninth = make_event("Op de Bühne Bouw", series=series, edition=9, summary="Kort.")
    made = [do(actions.copy, seventh, {rules.Part.SERIES}, starts_at=SOON) for _ in range(2)]
    assert [each.edition for each in made] == [10, 11]
    with pytest.raises(rules.EditionTaken) as refused:
        do(actions.draft, content(series=series.id, edition=7))
    assert str(refused.value.sentence) == (
        "Dit nummer is al van Op de Bühne Water · 18 mrt 2027, 13.00 · editie 7."
        " Het eerstvolgende vrije nummer is 12."
    )
    with pytest.raises(rules.EditionTaken):
        do(actions.change, ninth, content(ninth, edition=7))
    assert queries.by_id(ninth.id).edition == 9
    do(actions.change, ninth, content(ninth, edition=8))
    do(actions.change, ninth, content(ninth, summary={"nl": "Anders."}))
    do(actions.draft, content(series=other.id, edition=7))
    for _ in range(2):
        do(actions.draft, content(series=series.id, edition=None))
        do(actions.draft, content(series=None, edition=7))


def test_a_number_that_a_colleague_takes_meanwhile_is_refused_in_words(app):
    """Beside the look: what the database says when two look at the same moment."""
    series = make_series()
    make_event("Eerste", series=series, edition=7)
    second = make_event("Tweede", series=series, edition=8)
    with pytest.raises(rules.EditionTaken) as refused, saving(), editing._one_alone():
        second.edition = 7
    assert "Een collega heeft dit editienummer net gebruikt." in str(refused.value.sentence)
    with pytest.raises(Refusal) as refused, saving(), editing._one_alone():
        second.slug = "op-de-buhne-1"
    assert "dezelfde bijeenkomst" in str(refused.value.sentence)


@pytest.mark.parametrize("seconds", [-86400 * 365, -0.25, 0])
def test_a_copy_in_the_past_is_refused(app, seconds):
    event = make_event()
    with pytest.raises(rules.InThePast):
        do(actions.copy, event, set(rules.Part), starts_at=NOON + timedelta(seconds=seconds))
    assert db.session.query(Event).count() == 1
