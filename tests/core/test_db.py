"""One transaction a door: all or nothing, and followers only after the commit."""

import sqlite3
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import InternalError, OperationalError, StatementError

from events_app.accounts.models import Role, StaffMember
from events_app.core import db as database
from events_app.core import rate_limits, write_queue
from events_app.core.db import Base, after_commit, db, reading, rows, saving, writing
from events_app.core.errors import TooMany
from tests.conftest import NOON, SERVER, run_all_now
from tests.factories.accounts import make_staff

on_sqlite = pytest.mark.skipif(bool(SERVER), reason="about SQLite's one lock for writers")
on_postgresql = pytest.mark.skipif(not SERVER, reason="about PostgreSQL's readers")


def staff(email):
    return StaffMember(
        email=email, name="Demo", role=Role.EDITOR, language="nl", is_active=True,
        created_at=NOON,
    )  # fmt: skip


def how_many():
    return db.session.scalar(select(func.count()).select_from(StaffMember))


def test_what_is_changed_inside_is_kept_together(app):
    with saving():
        db.session.add_all([staff("a@example.org"), staff("b@example.org")])
    db.session.rollback()
    assert how_many() == 2


def test_an_error_inside_keeps_nothing_and_drops_the_followers(app):
    told = []
    with pytest.raises(ZeroDivisionError), saving():
        db.session.add(staff("a@example.org"))
        db.session.flush()
        after_commit(lambda: told.append("a"))
        _ = 1 / 0
    assert how_many() == 0
    assert told == []


def test_followers_run_after_the_commit_in_order_and_see_its_work(app):
    seen = []
    with saving():
        db.session.add(staff("a@example.org"))
        after_commit(lambda: seen.append(("first", how_many())))
        after_commit(lambda: seen.append(("second", how_many())))
        assert seen == []
    assert seen == [("first", 1), ("second", 1)]


def test_a_follower_outside_saving_is_a_mistake(app):
    with pytest.raises(RuntimeError, match="inside saving"):
        after_commit(lambda: None)


def test_a_reader_who_starts_saving_sees_what_others_wrote_meanwhile(app):
    assert how_many() == 0

    def other():
        with app.app_context(), saving():
            db.session.add(staff("b@example.org"))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    with saving():
        assert how_many() == 1


def test_times_come_back_aware_in_utc_and_naive_ones_never_go_in(app):
    member = make_staff(last_seen_at=NOON.astimezone(timezone(timedelta(hours=1))))
    db.session.expire_all()
    kept = db.session.get(StaffMember, member.id).last_seen_at
    assert kept == NOON
    assert kept.tzinfo == UTC
    with pytest.raises(StatementError, match="naive"), saving():
        make_staff("c@example.org", last_seen_at=datetime(2027, 1, 14, 12))  # noqa: DTZ001


@on_sqlite
def test_sqlite_keeps_what_it_promised_through_a_crash(app):
    pragmas = {
        name: db.session.scalar(text(f"PRAGMA {name}"))
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 2000,
    }  # fmt: skip


@pytest.fixture
def held(app):
    """Somebody else is writing, and does not stop."""
    with saving_elsewhere() as other:
        yield other


@contextmanager
def saving_elsewhere():
    other = sqlite3.connect(db.engine.url.database, isolation_level=None, timeout=0)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


@on_sqlite
def test_a_writer_waits_two_seconds_and_is_then_refused(held, monkeypatch):
    assert database.BUSY_SECONDS == 2
    with pytest.raises(OperationalError, match="locked"), saving():
        db.session.add(staff("a@example.org"))


@on_sqlite
def test_readers_go_on_while_somebody_writes(held):
    assert how_many() == 0


@on_sqlite
def test_writers_take_turns_when_each_is_quick(app):
    def write(number):
        with app.app_context():
            for turn in range(5):
                with saving():
                    count = how_many()
                    db.session.add(staff(f"{number}-{turn}-{count}@example.org"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert how_many() == 20


@on_sqlite
def test_jobs_wait_two_seconds_too_however_many_there_are(app):
    """They keep no reader from a thread."""
    holder = sqlite3.connect(db.engine.url.database, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    release = threading.Timer(write_queue.STUCK_SECONDS + 0.2, holder.rollback)
    refused = []

    def work():
        with app.app_context():
            try:
                with saving():
                    db.session.scalar(text("SELECT 1"))
            except OperationalError as why:
                refused.append(why)

    crew = [threading.Thread(target=work) for _ in range(app.config["WRITERS"] + 2)]
    for each in (*crew, release):
        each.start()
    for each in (*crew, release):
        each.join()
    holder.close()
    assert refused == []


@on_sqlite
def test_a_line_that_moves_refuses_nobody_however_long_it_is(app):
    app.config["WRITERS"] = 2
    ends, refused = time.monotonic() + 3 * write_queue.STUCK_SECONDS, []

    def write():
        with app.test_request_context():
            while time.monotonic() < ends and not refused:
                try:
                    with saving():
                        db.session.add(staff(f"{how_many()}@example.org"))
                        time.sleep(0.02)
                except OperationalError as why:
                    refused.append(why)

    threads = [threading.Thread(target=write) for _ in range(7)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert refused == []


# -- limits


def test_a_limit_holds_over_threads_at_the_same_time(app):
    answers = []

    def ask():
        with app.app_context():
            try:
                with saving():
                    rate_limits.hit("sign-in:x", limit=3, per=timedelta(hours=1), now=NOON)
                answers.append("yes")
            except TooMany:
                answers.append("no")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == ["no"] * 5 + ["yes"] * 3


def test_a_refused_try_says_how_long_to_wait(app):
    """Until the quarter is over, and not a part of a second less."""
    quarter = NOON.replace(minute=0, second=0, microsecond=0)
    with saving():
        rate_limits.hit("x", limit=1, per=timedelta(minutes=15), now=quarter)
    for gone, wait in ((300, 600), (300.4, 600), (899.7, 1)):
        with pytest.raises(TooMany) as why, saving():
            now = quarter + timedelta(seconds=gone)
            rate_limits.hit("x", limit=1, per=timedelta(minutes=15), now=now)
        assert why.value.retry_after == wait


def test_a_limit_begins_anew_and_keys_do_not_meet(app):
    hour = timedelta(hours=1)
    with saving():
        rate_limits.hit("x", limit=1, per=hour, now=NOON)
        rate_limits.hit("y", limit=1, per=hour, now=NOON)
        rate_limits.hit("x", limit=1, per=hour, now=NOON + hour)


def test_of_several_limits_each_holds(app):
    hour = timedelta(hours=1)
    with saving():
        rate_limits.hit_each({"client": 3, "address": 1}, per=hour, now=NOON)
        rate_limits.hit_each({"client": 3, "another address": 1}, per=hour, now=NOON)
    with pytest.raises(TooMany), saving():
        rate_limits.hit_each({"client": 3, "address": 1}, per=hour, now=NOON)
    with saving():
        rate_limits.hit_each({"client": 3, "third address": 1}, per=hour, now=NOON)
    with pytest.raises(TooMany), saving():
        rate_limits.hit_each({"client": 3, "fourth address": 1}, per=hour, now=NOON)
    assert rate_limits.used("client", per=hour, now=NOON) == 3
    assert rate_limits.used("fourth address", per=hour, now=NOON) == 0


def test_old_counters_are_forgotten(app):
    with saving():
        rate_limits.hit("x", limit=1, per=timedelta(hours=1), now=NOON - timedelta(hours=2))
    run_all_now(app)
    left = db.session.scalars(select(rate_limits.RateCount.key)).all()
    assert "x" not in left


def test_what_is_read_first_keeps_no_writer_waiting_and_stays_at_hand(app):
    with saving():
        db.session.add(staff("a@example.org"))
    db.session.remove()
    with writing():
        with reading():
            member = db.session.scalars(select(StaffMember)).one()
            with db.engine.begin() as other:
                other.execute(update(StaffMember).values(name="Bea"))
        assert member.name == "Demo"
        with saving():
            member.language = "en"
    db.session.remove()
    found = db.session.scalars(select(StaffMember)).one()
    assert (found.name, found.language) == ("Bea", "en")


@on_sqlite
def test_who_began_as_a_writer_gives_the_lock_back_to_read(app):
    with writing():
        how_many()
        with reading(), saving_elsewhere() as other:
            other.execute("UPDATE staff_member SET name = 'Bea'")
            assert how_many() == 0


def test_nothing_is_read_aside_from_what_is_being_saved(app):
    with pytest.raises(RuntimeError), saving():
        db.session.add(staff("a@example.org"))
        db.session.flush()
        with reading():
            pass
    assert how_many() == 0


def test_nothing_is_changed_while_reading(app):
    with pytest.raises(RuntimeError), reading():
        db.session.add(staff("a@example.org"))
    assert how_many() == 0


def test_plain_rows_are_read_after_what_was_changed_before(app):
    with saving():
        db.session.add(staff("a@example.org"))
        assert [row.email for row in rows(select(StaffMember.email), {})] == ["a@example.org"]


@on_postgresql
def test_what_readers_ask_again_is_planned_once(app):
    """At a ROLLBACK psycopg forgets what it has prepared."""
    kept = text(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM staff_member%'"
    )
    db.engine.dispose()  # the next line is the only one
    for _ in range(8):
        db.session.scalars(select(StaffMember)).all()
        db.session.remove()
    assert db.session.execute(kept).scalar() == 1


@on_postgresql
def test_who_only_reads_cannot_write(app):
    db.session.scalars(select(StaffMember)).all()
    with pytest.raises(InternalError, match="read-only"):
        db.session.execute(update(StaffMember).values(name="Ana"))
    db.session.rollback()
    with saving():
        db.session.execute(update(StaffMember).values(name="Ana"))


def test_no_id_is_given_twice(app):
    """A page that was open meanwhile would act on somebody else's row."""
    first = make_staff("one@example.org").id
    with saving():
        db.session.delete(db.session.get(StaffMember, first))
    db.session.expunge_all()
    assert make_staff("two@example.org").id > first


@pytest.mark.skipif(bool(SERVER), reason="a sequence of PostgreSQL gives no number twice")
def test_no_table_gives_an_id_twice_however_old_the_house_is(app):
    tables = [table for table in Base.metadata.sorted_tables if "id" in table.columns]
    made = dict(
        db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    )
    assert [each.name for each in tables if "AUTOINCREMENT" not in made[each.name]] == []
