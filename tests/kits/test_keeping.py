"""What was drawn is kept while somebody asks for it, and can always be drawn again."""

import os
import shutil
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from events_app.core import clock, files
from events_app.core.db import db, saving
from events_app.core.errors import NotFoundError
from events_app.kits import actions
from events_app.kits.actions import drawn_files
from events_app.kits.models import RenderedFile
from events_app.kits.rules.values import File
from tests.conftest import run_all_now
from tests.factories.events import make_event
from tests.factories.kits import make_kit, make_partner, page_of

WEEK, QUARTER = timedelta(days=8), timedelta(days=91)


@pytest.fixture
def kit(app):
    return make_kit(make_event())


def pack(client, kit, partner):
    answer = client.get(f"{page_of(partner)}/kits/{kit.code}/v1.zip")
    assert answer.status_code == 200
    return answer.data


def rows(*columns):
    db.session.rollback()
    return db.session.execute(select(*columns or [RenderedFile.file_key])).all()


def age(app, by, *which):
    """As if that much time had gone by since."""
    then = clock.now() - by
    with saving():
        db.session.execute(
            update(RenderedFile).where(*which).values(used_at=then),
            execution_options={"synchronize_session": False},
        )
    for path in Path(app.config["INSTANCE"], "drawn").glob("??/*"):
        os.utime(path, (then.timestamp(), then.timestamp()))


def stored(app):
    return {path.name for path in Path(app.config["INSTANCE"], "drawn").glob("??/*")}


def night(app):
    db.session.rollback()
    run_all_now(app)


def test_what_nobody_asked_for_in_a_quarter_of_a_year_goes_with_its_file(app, client, kit):
    partner = make_partner()
    first = pack(client, kit, partner)
    was = {key for (key,) in rows()}
    assert was <= stored(app)
    age(app, QUARTER)
    night(app)
    assert rows() == []
    assert not was & stored(app)
    assert pack(client, kit, partner) == first  # drawn again, to the byte


def test_what_is_asked_for_stays(app, client, kit):
    partner = make_partner()
    pack(client, kit, partner)
    age(app, QUARTER)
    pack(client, kit, partner)
    night(app)
    assert rows()
    assert {key for (key,) in rows()} <= stored(app)


@pytest.mark.once
def test_use_is_noted_once_a_week(app, client, kit, statements):
    partner = make_partner()
    pack(client, kit, partner)
    notes = []
    for by in (timedelta(days=6), WEEK, timedelta()):
        age(app, by)
        statements.clear()
        pack(client, kit, partner)
        notes.append(sum("UPDATE rendered_file" in sent for sent in statements))
    assert notes == [0, 1, 0]


def test_a_file_that_was_also_made_from_something_else_stays(app, client, kit):
    """The calendar file is the same for every partner; one of them may be gone."""
    pack(client, kit, make_partner())
    (shared,) = db.session.scalars(
        select(RenderedFile.input_hash).where(RenderedFile.media_type == "text/calendar").limit(1)
    )
    key = db.session.scalar(select(RenderedFile.file_key).where(RenderedFile.input_hash == shared))
    with saving():
        row = db.session.scalars(
            select(RenderedFile).where(RenderedFile.input_hash == shared)
        ).first()
        values = {c.name: getattr(row, c.name) for c in RenderedFile.__table__.c if c.name != "id"}
        db.session.add(RenderedFile(**values | {"input_hash": "other"}))
    age(app, QUARTER, RenderedFile.input_hash == shared)
    night(app)
    left = {tuple(row) for row in rows(RenderedFile.input_hash, RenderedFile.file_key)}
    assert ("other", key) in left
    assert not {found for found, _key in left} & {shared}
    assert files.drawn.read(key)


def test_some_at_a_time_and_never_a_part_of_a_drawing(app):
    then = clock.now() - QUARTER
    same = {
        "suffix": "", "media_type": "text/plain", "file_key": "0" * 64, "size": 1,
        "alt": "", "credit": "", "created_at": then, "used_at": then,
    }  # fmt: skip
    with saving():
        many = [
            same | {"input_hash": str(n), "role": role}
            for n in range(actions.AT_ONCE + 1)
            for role in ("screen", "print")
        ]
        db.session.execute(insert(RenderedFile), many)
        assert not actions.forget_unused(now=clock.now())
        assert len(db.session.execute(select(RenderedFile.id)).all()) == 2
        assert actions.forget_unused(now=clock.now())


def test_files_whose_night_was_cut_short_go_the_next(app, client, kit):
    pack(client, kit, make_partner())
    age(app, QUARTER)
    with saving():
        actions.forget_unused(now=clock.now())  # and then the power failed
    assert stored(app)
    night(app)
    assert not stored(app)


def test_a_file_of_today_waits_for_its_row(app):
    key = files.drawn.keep(b"laid by, and its row is on the way")
    os.utime(files.drawn.path(key), (clock.now().timestamp(),) * 2)
    night(app)
    assert files.drawn.read(key)


@pytest.mark.once
def test_what_is_lost_from_the_disk_is_drawn_again(app, client, kit):
    """As after putting back the rows alone; the README says that drawings can be left out."""
    partner = make_partner()
    first = pack(client, kit, partner)
    card = client.get("/cards/agenda.png").data
    shutil.rmtree(Path(app.config["INSTANCE"], "drawn"))
    assert pack(client, kit, partner) == first
    assert client.get("/cards/agenda.png").data == card


def test_no_file_is_taken_from_under_a_row_that_is_just_written(app):
    """Made again at the moment when the last drawing that had it is forgotten."""
    drawing = File("social/og", ".png", "image/png", b"the same bytes again")
    files.drawn.keep(drawing.content)
    is_written = threading.Event()

    def draw_again():
        with app.app_context(), saving():
            drawn_files.store([("hash", drawing)], now=clock.now())
            is_written.set()
            time.sleep(0.3)

    drawing_again = threading.Thread(target=draw_again)
    drawing_again.start()
    is_written.wait(5)
    with saving():
        actions.drop_files([drawing.sha256])
    drawing_again.join()
    assert files.drawn.read(drawing.sha256) == drawing.content


def test_what_people_gave_lies_elsewhere(app):
    given = files.keep(b"a cover, byte for byte the same as a drawing")
    drawn = files.drawn.keep(b"a cover, byte for byte the same as a drawing")
    assert given == drawn
    with saving():
        actions.drop_files([drawn])
    assert files.read(given)
    with pytest.raises(NotFoundError):
        files.drawn.read(drawn)
