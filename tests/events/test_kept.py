"""Pages are kept, and never show what is no longer so."""

from datetime import timedelta

import pytest
from sqlalchemy import event as listening
from sqlalchemy import select

from events_app.capacity import actions as capacity
from events_app.capacity.models import Claim, Pool
from events_app.contacts.models import Organisation
from events_app.core.db import db, saving
from events_app.core.page_cache import PageCache
from events_app.events.models import Event, EventPartner, EventSeries, PartnerRole, Status, Venue
from events_app.registrations.models import (
    Access,
    RegistrationForm,
)
from tests.conftest import NOON, dealt
from tests.factories.events import SOON, make_event, make_partner, make_series, make_venue, theme
from tests.factories.registrations import make_applicant, make_form, registered


@pytest.fixture
def told(app):
    """An event with all that its page can tell, and a list with it."""
    venue = make_venue(route_note={"nl": "Bus 3."}, access_note={"nl": "Een lift."})
    event = make_event(
        slug="told", summary="Kort.", description="Lang.", audience="Docenten.", venue=venue,
        series=make_series(), edition=2, themes=("energie", "ict"), capacity=2, report="Verslag.",
        contact_email="post@example.org", cancel_note="Helaas.",
    )  # fmt: skip
    make_partner(event, "Fonds", website="https://example.org")
    make_partner(event, "Regio")
    registered(event, make_applicant(1))
    registered(event, make_applicant(2))
    registered(event, make_applicant(3))
    db.session.remove()
    return event.id


def change(kind, **values):
    """Straight in the row: no action counts a revision."""

    def work(noon):
        found = db.session.scalars(select(kind).order_by(kind.id)).first()
        for name, value in values.items():
            setattr(found, name, value)

    return work


def rename_theme(code):
    def work(noon):
        theme(code).name = {"nl": "Een ander woord"}

    return work


def recode_theme(code):
    def work(noon):
        theme(code).code = "anders"

    return work


def untag(noon):
    event = db.session.scalars(select(Event)).one()
    event.themes.pop()


def drop_partner(noon):
    db.session.delete(db.session.scalars(select(EventPartner)).first())


def at(moment):
    def work(noon):
        noon.set(moment)

    return work


def both(*works):
    def work(noon):
        for each in works:
            each(noon)

    return work


CHANGES = {
    "title": change(Event, title={"nl": "Anders"}),
    "summary": change(Event, summary={"nl": "Kort. " * 99 + "Anders"}),
    "description": change(Event, description={"nl": "Anders"}),
    "end of a long description": change(Event, description={"nl": "Lang. " * 900 + "Anders"}),
    "contact": change(Event, contact_email="anders@example.org"),
    "moved": change(Event, starts_at=SOON + timedelta(days=1), ends_at=SOON + timedelta(days=2)),
    "told the old date": change(Event, previous_starts_at=SOON - timedelta(days=7)),
    "into summer": change(
        Event, starts_at=SOON.replace(month=7), ends_at=SOON.replace(month=7, day=19)
    ),
    "cancelled": change(Event, status=Status.CANCELLED),
    "postponed": change(Event, status=Status.POSTPONED),
    "done": change(Event, status=Status.DONE),
    "venue": change(Venue, name="De Andere Hal"),
    "venue without": change(Event, venue_id=None),
    "route": change(Venue, route_note={"nl": "Tram 4."}),
    "region": rename_theme("zuid-holland"),
    "series": change(EventSeries, title={"nl": "Anders"}),
    "sector's name": rename_theme("energie"),
    "sector's colour": recode_theme("energie"),
    "other theme": rename_theme("ict"),
    "fewer themes": untag,
    "partner's name": change(Organisation, name="Anders"),
    "partner's site": change(Organisation, website="https://example.org/anders"),
    "partner's logo": change(Organisation, logo_key="a" * 64),
    "partner's dark logo": change(Organisation, logo_key="a" * 64, logo_dark_key="b" * 64),
    "partner's role": change(EventPartner, role=PartnerRole.FUNDER),
    "partner's place": change(EventPartner, position=9),
    "fewer partners": drop_partner,
    "more places": change(Pool, size=20),
    "one place left": change(Pool, taken=1),
    "no waiting list": change(RegistrationForm, has_waiting_list=False),
    "by invitation": change(RegistrationForm, access=Access.INVITATION),
    "closes": change(RegistrationForm, closes_at=SOON - timedelta(days=1)),
    "closed": change(RegistrationForm, closes_at=NOON - timedelta(days=1)),
    "not yet": change(RegistrationForm, opens_at=NOON + timedelta(days=1)),
    "begun": at(SOON + timedelta(minutes=1)),
    "past": at(SOON + timedelta(days=1)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "address"), dealt(list(CHANGES), ["/events/told", "/events/told?lang=en"])
)
def test_the_page_of_an_event_follows_each_change_at_once(app, client, told, noon, name, address):
    before = client.get(address)
    assert client.get(address).data == before.data
    with saving():
        CHANGES[name](noon)
    db.session.remove()
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.data != before.data
    assert after.data == made_anew(app, address)


LISTED = (
    "title", "summary", "moved", "cancelled", "venue", "sector's name", "past", "more places",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "address"),
    dealt(LISTED, ["/events/", "/events/?lang=en", "/events.ics", "/events.atom"]),
)
def test_lists_follow_each_change_at_once(app, client, told, noon, name, address):
    before = client.get(address)
    assert client.get(address).data == before.data
    with saving():
        CHANGES[name](noon)
    db.session.remove()
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    tells = after.status_code == 200
    is_silent = name in SILENT.get(address[-4:], ("venue",))
    assert tells != is_silent
    assert (after.data if tells else before.data) == made_anew(app, address)


SILENT = {".ics": ("more places", "sector's name", "past"), "atom": ("more places", "past")}
"""What they do not show; the agenda names the town, not the hall. Feeds keep what is over."""


@pytest.mark.parametrize(
    "values",
    [{"is_listed": False}, {"status": Status.ARCHIVED}, {"status": Status.DRAFT}],
)
def test_what_is_taken_from_the_list_is_gone(client, told, values):
    assert "/events/told" in client.get("/events/").text
    with saving():
        change(Event, **values)(None)
    db.session.remove()
    assert "/events/told" not in client.get("/events/").text
    assert "/events/told" not in client.get("/events.ics").text


def test_a_theme_that_is_no_longer_offered_leaves_the_filters(client, told):
    assert 'value="water"' in client.get("/events/").text
    with saving():
        theme("water").is_active = False
    db.session.remove()
    assert 'value="water"' not in client.get("/events/").text


def made_anew(app, address):
    app.extensions["page_cache"] = PageCache()
    return app.test_client().get(address).data


def test_what_is_put_back_is_the_page_of_before(client, told):
    first = client.get("/events/told").data
    for name in ("Anders", "De Machinehal"):
        with saving():
            db.session.scalars(select(Venue)).one().name = name
        db.session.remove()
        last = client.get("/events/told").data
    assert last == first


def test_the_page_opens_when_registration_opens(client, told, noon):
    opens = NOON + timedelta(hours=1)
    with saving():
        change(RegistrationForm, opens_at=opens)(noon)
    db.session.remove()
    closed = client.get("/events/told").text
    noon.set(opens)
    assert client.get("/events/told").text != closed


def test_who_leaves_the_line_shortens_it(app, client, told):
    client.get("/events/told")
    with saving():
        claim = db.session.scalars(select(Claim).where(Claim.status == "waiting")).one()
        capacity.end(claim, now=NOON)
    db.session.remove()
    assert client.get("/events/told").data == made_anew(app, "/events/told")


def test_each_source_keeps_its_own_link(client, told):
    with saving():
        change(Pool, size=20)(None)
    db.session.remove()
    client.get("/events/told?source=abc")
    assert "source=xyz" in client.get("/events/told?source=xyz").text
    assert "source=" not in client.get("/events/told").text.replace("og:", "")


def test_the_archive_is_not_found_however_often_it_was_read(client, told):
    client.get("/events/told")
    with saving():
        change(Event, status=Status.ARCHIVED)(None)
    db.session.remove()
    assert client.get("/events/told").status_code == 410


def test_who_sits_at_the_desk_is_not_given_the_kept_page(client, desk, told):
    client.get("/events/told")
    assert desk.get("/events/told").headers["Cache-Control"] == "no-store"


def test_a_kept_page_takes_two_statements(client, told, statements):
    client.get("/events/told")
    statements.clear()
    client.get("/events/told")
    assert len(statements) == 2


@pytest.mark.parametrize("shows", [True, False])
def test_it_is_kept_while_people_register_until_it_tells_something_else(client, statements, shows):
    event = make_event()
    make_form(event, capacity=80, shows_places_left=shows)
    address, sent, seen = f"/events/{event.slug}", [], []
    for number in range(12):
        client.get(address)
        registered(event, make_applicant(number))
        statements.clear()
        seen.append(client.get(address).text)
        sent.append(len(statements))
    assert len(set(seen)) == (2 if shows else 1)
    assert sent.count(2) == (10 if shows else 12)


def test_a_page_is_of_one_moment(client, told):
    """Somebody saves between the statements of one page: it is kept under what it shows."""
    engine, is_done = db.engine, []

    def save(_connection, _cursor, statement, *_):
        if "registration_form" in statement and "FROM" in statement and not is_done:
            is_done.append(True)
            _save_elsewhere(engine)

    listening.listen(engine, "after_cursor_execute", save)
    try:
        first = client.get("/events/told").text
    finally:
        listening.remove(engine, "after_cursor_execute", save)
    assert is_done
    assert "De Machinehal" in first
    db.session.remove()
    assert "De Andere Hal" in client.get("/events/told").text


def _save_elsewhere(engine):
    with engine.connect() as other:
        other.execute(Venue.__table__.update().values(name="De Andere Hal"))
        other.commit()
