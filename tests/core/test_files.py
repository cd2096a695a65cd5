"""Files that people gave stay as long as a row says so, and no longer."""

import os
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import JSON

from events_app.contacts import actions as contacts
from events_app.core import clock, files
from events_app.core.db import db, saving
from events_app.core.files import Store
from events_app.events import actions as events
from events_app.events.models import EventPartner, PartnerRole, Status
from events_app.events.rules import PLAIN, Content, Part, cover_files
from events_app.newsletters import jobs as newsletters
from events_app.newsletters.actions import writing
from events_app.newsletters.models import Picture
from events_app.privacy import jobs
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.contacts import make_organisation
from tests.factories.events import SOON, make_event
from tests.factories.kits import make_kit
from tests.factories.newsletters import make_issue
from tests.faults.scene import picture


def stored():
    """Every file in the store, by name."""
    return {path.name for path in files._given._root.glob("??/*")}


def nights_pass(noon, days):
    noon.set(clock.now() + timedelta(days=days))
    newsletters.tidy()
    jobs.drop_files()


def covered(event, png):
    cover = events.keep_cover(png)
    with saving():
        event.cover_key, event.cover_webp = cover.key, cover.webp
        event.cover_width, event.cover_height = cover.width, cover.height
    return cover_files(event)


def written(event, **changed):
    """The event as the form sends it, changed."""
    kept = {name: getattr(event, name) for name in PLAIN}
    other = {
        "venue": event.venue_id, "series": event.series_id, "lead_sector_id": event.lead_sector_id,
        "theme_ids": {theme.id for theme in event.themes}, "senders": (), "cover": None,
        "drops_cover": False,
    }  # fmt: skip
    return Content(**kept | other | changed)


@pytest.fixture
def by(app):
    return make_staff()


def block(key):
    return [{"kind": "picture", "key": "1", "picture": key, "alt": "Een zaal"}]


def shown(png=None):
    made = writing.developed(png or picture())
    with saving():
        writing.show_to_all(made, now=NOON)
    return made.key


# -- given up


@pytest.mark.parametrize("how", ["another", "none"])
def test_a_cover_goes_a_day_after_no_event_shows_it_any_more(app, by, noon, how):
    event = make_event(status=Status.DRAFT)
    old = covered(event, picture(640, 400))
    assert old <= stored()
    said = {"cover": events.keep_cover(picture(300, 200))} if how == "another" else {}
    with saving():
        events.change(event, written(event, drops_cover=not said, **said), by=by, now=NOON)
    nights_pass(noon, 0.9)
    assert old <= stored(), "who read its key a moment ago still finds it"
    nights_pass(noon, 0.2)
    assert stored() == cover_files(event)


def test_a_cover_that_a_copy_shows_too_stays(app, by, noon):
    event = make_event(status=Status.DRAFT)
    old = covered(event, picture(640, 400))
    with saving():
        events.copy(event, list(Part), starts_at=SOON, by=by, now=NOON)
    with saving():
        events.change(event, written(event, drops_cover=True), by=by, now=NOON)
    nights_pass(noon, 3)
    assert stored() == old


def test_a_logo_goes_when_it_is_replaced_and_stays_when_it_changes_sides(app, by, noon):
    light, dark = (contacts.keep_logo(picture(240, height))[0] for height in (120, 160))
    organisation = make_organisation(logo_key=light, logo_dark_key=dark)
    with saving():
        contacts.set_logos(organisation, light=dark, dark=light, by=by, now=NOON)
    nights_pass(noon, 3)
    assert stored() == {light, dark}
    with saving():
        contacts.set_logos(organisation, light=dark, dark=None, by=by, now=clock.now())
    nights_pass(noon, 3)
    assert stored() == {dark}


def test_a_logo_in_a_published_kit_stays_with_the_kit(app, by, noon):
    logo, _colour = contacts.keep_logo(picture(240, 120))
    organisation = make_organisation(logo_key=logo)
    event = make_event()
    with saving():
        event.partners.append(EventPartner(organisation=organisation, role=PartnerRole.CO_HOST))
    make_kit(event)
    with saving():
        contacts.set_logos(organisation, light=None, dark=None, by=by, now=NOON)
    nights_pass(noon, 3)
    assert logo in stored()


def test_the_picture_of_a_draft_that_is_thrown_away_is_public_no_more(app, by, client, noon):
    key = shown()
    issue = make_issue(blocks=block(key))
    assert client.get(f"/newsletter/pictures/{key}").status_code == 200
    with saving():
        writing.throw_away(issue, by=by, now=NOON)
    assert client.get(f"/newsletter/pictures/{key}").status_code == 404
    nights_pass(noon, 1.1)
    assert stored() == set()


def test_a_picture_that_a_copy_shows_stays_when_the_first_is_thrown_away(app, by, client):
    key = shown()
    issue = make_issue(blocks=block(key))
    with saving():
        writing.copy(issue, by=by, now=NOON)
    with saving():
        writing.throw_away(issue, by=by, now=NOON)
    assert client.get(f"/newsletter/pictures/{key}").status_code == 200


def test_a_picture_taken_out_of_a_draft_is_forgotten_at_night_and_not_before(app, by, noon):
    key = shown()
    issue = make_issue(blocks=block(key))
    with saving():
        issue.blocks = []
    newsletters.tidy()
    assert db.session.query(Picture).count() == 1, "somebody may still be saving it"
    nights_pass(noon, 1.1)
    assert db.session.query(Picture).count() == 0
    nights_pass(noon, 1.1)
    assert stored() == set()


def test_what_an_issue_shows_is_kept_at_night(app, by, noon, client):
    key = shown()
    make_issue(blocks=block(key))
    nights_pass(noon, 3)
    assert client.get(f"/newsletter/pictures/{key}").status_code == 200


def test_a_picture_that_is_gone_is_missed_before_sending(app, desk):
    issue = make_issue(blocks=block("0" * 64))
    page = desk.get(f"/desk/newsletters/{issue.id}/check")
    assert "Deze afbeelding is er niet meer. Kies haar opnieuw." in page.text


# -- found at night


def aged(key, days):
    moment = (clock.now() - timedelta(days=days)).timestamp()
    os.utime(files.path(key), (moment, moment))


def test_the_night_drops_what_no_row_owns_and_what_a_killed_process_left(app):
    event = make_event()
    cover = covered(event, picture(640, 400))
    old, fresh = files.keep(b"old"), files.keep(b"fresh")
    aged(old, 2)
    aged(fresh, 0.5)
    for key in cover:
        aged(key, 400)
    folder = files.path(old).parent
    for name in ("tmpabc", f"{old}.gone"):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (0, 0))
    young = folder / "tmpxyz"
    young.write_bytes(b"half")
    os.utime(young, (NOON.timestamp(), NOON.timestamp()))
    jobs.drop_files()
    assert stored() == {*cover, fresh, young.name}


def test_every_kind_of_owner_keeps_its_files(app):
    """The control: without its declaration each would lose them."""
    named = {f"{column.table.name}.{column.name}" for column in files.owners()}
    assert named == {
        "organisation.logo_key", "organisation.logo_dark_key", "event.cover_key",
        "event.cover_webp", "issue_picture.key", "kit_version.facts",
    }  # fmt: skip
    sent = [f"{column.table.name}.{column.name}" for column in files.owners(files.SENDER)]
    assert sent == ["answer.file"]
    assert all(isinstance(column.type, JSON) == (column.name in ("cover_webp", "facts"))
               for column in files.owners())  # fmt: skip


# -- at the same moment


def is_there(store, key):
    """It may be aside for a moment."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        if store.has(key):
            return True
        time.sleep(0)
    return False


def test_a_file_stored_again_while_it_is_dropped_is_never_lost(app):
    """Somebody gives the same picture at the moment when its last owner goes."""
    store, data = Store("races"), b"the same picture"
    key, is_over, dropped = store.keep(data), threading.Event(), []

    def dropping():
        while not is_over.is_set():
            with app.app_context():
                store.drop_older(key, datetime.now(UTC) - timedelta(hours=1))
            dropped.append(store)
            time.sleep(0.0003)  # or it is aside at each moment when the other thread looks

    thread = threading.Thread(target=dropping)
    thread.start()
    try:
        rounds = 0
        while rounds < 300 or (len(dropped) <= 10 and thread.is_alive()):
            rounds += 1  # more where a busy machine lets one of the two go first
            with suppress(FileNotFoundError):
                os.utime(store._path(key), (0, 0))
            assert store.keep(data) == key
            assert is_there(store, key)
    finally:
        is_over.set()
        thread.join()
    assert store.read(key) == data
    assert len(dropped) > 10
