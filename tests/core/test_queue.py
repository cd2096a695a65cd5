"""Who is served first, and what keeps a job from its work."""

import logging
from pathlib import Path

import pytest

from events_app.core import files, queue
from events_app.core.queue import Queue


def test_what_people_wait_for_does_not_stand_behind_the_kits_of_a_hundred_partners(app):
    lines = app.extensions["queue"]
    for partner in (1, 2, 3):
        queue.kick_now("kits.prepare_one", 1, partner)
    queue.kick_now("accounts.mail_links")
    assert queue.waiting() == 4
    assert lines.huey.dequeue().args == ("accounts.mail_links", [])
    assert lines.huey.dequeue() is None
    assert [lines.spare.dequeue().args for _ in range(3)] == [
        ("kits.prepare_one", [1, 1]),
        ("kits.prepare_one", [1, 2]),
        ("kits.prepare_one", [1, 3]),
    ]


@pytest.fixture
def meets_full_disk(monkeypatch):
    def fill():
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")

    monkeypatch.setitem(queue._jobs, "core.fill", fill)


def test_a_full_disk_is_one_line_in_the_log_whatever_meets_it(app, meets_full_disk, caplog):
    """Jobs and requests, some of each; and one more line when something is stored again."""
    app.config["TESTING"] = False
    lines: Queue = app.extensions["queue"]
    for _ in range(3):
        lines.tell("core.fill", ())
        lines.huey.dequeue().execute()
        with app.test_request_context():
            with pytest.raises(OSError) as met:
                queue._jobs["core.fill"]()
            assert app.make_response(app.handle_user_exception(met.value)).status_code == 503
    assert [(line.levelno, line.message) for line in caplog.records] == [
        (logging.ERROR, "the disk has no room ([Errno 28] No space left on device)")
    ]
    files.keep(b"there is room again")
    assert caplog.records[-1].message == "the disk has room again"


def test_a_fault_of_ours_in_a_job_is_not_hushed_up(app, monkeypatch):
    def fail():
        raise FileNotFoundError

    monkeypatch.setitem(queue._jobs, "core.fail", fail)
    lines: Queue = app.extensions["queue"]
    lines.tell("core.fail", ())
    with pytest.raises(FileNotFoundError):
        lines.huey.dequeue().execute()
