"""A disk without room: reading goes on, writing is refused in words, and when there is room again
all is as before. On a small disk of its own, which takes the rights of root.
"""

import os
import subprocess
import time
from contextlib import contextmanager, suppress

import pytest

from events_app.accounts.models import Role
from events_app.core.db import db
from tests.conftest import SERVER, made_app, run_all_now, signed_in
from tests.factories.events import theme as theme_of
from tests.machine import PATIENCE, Machine, Visitor, for_the_load, running

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a disk"),
]
WORDS = "Nothing was stored"
TOKEN = {"METRICS_TOKEN": "sesame"}


@pytest.fixture
def disk(tmp_path):
    """A folder of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=False, timeout=20
    )
    if made.returncode:
        pytest.skip("no disk can be made here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True, timeout=20)


@contextmanager
def full(disk):
    """To the last byte, whatever is written meanwhile."""
    file = os.open(disk / "fill", os.O_WRONLY | os.O_CREAT)
    for size in (1 << 20, 4096, 1):
        try:
            while True:
                os.write(file, b"x" * size)
        except OSError:
            pass
    yield
    os.close(file)
    (disk / "fill").unlink()


@pytest.fixture
def machine(disk, tmp_path):
    assert not SERVER
    with running(Machine(tmp_path, None)) as made:
        made.environ |= {"INSTANCE_DIR": str(disk / "instance"), "THREADS": "4"}
        yield made


def visit(machine, number):
    """Look at many pages, old and new to the figures, and write: each status and text."""
    visitor, found = Visitor(machine.port, number), []
    for path in ("/", "/events/", "/newsletter/", "/about", f"/nowhere/{number}", "/robots.txt"):
        found.append(visitor.get(f"{path}?lang=en"))
    visitor.get("/newsletter/?lang=en")
    wish = {"email": f"v{number}@example.org", "name": "Demo", "language": "nl", "themes": "water",
            "agreed": "y"}  # fmt: skip
    found.append(visitor.post("/newsletter/?lang=en", **wish))
    visitor.close()
    return [(status, text) for status, _, text in found]


@pytest.mark.parametrize("start", [Machine.start, Machine.start_two_units])
def test_reading_goes_on_writing_is_refused_and_it_heals_by_itself(machine, disk, start):
    machine.environ |= TOKEN
    start(machine, "--empty")
    machine.wait_until()
    with full(disk):
        refused = 0
        for number in range(40):
            *read, (status, text) = visit(machine, number)
            assert [status for status, _ in read] == [200, 200, 200, 200, 404, 200]
            assert status in {303, 503}, text  # the log of SQLite has a little room left
            assert status == 303 or WORDS in text
            refused += status == 503
        assert refused > 9
        assert all(process.poll() is None for process in machine.running)
    began = time.monotonic()
    while visit(machine, 50)[-1][0] != 303:
        assert time.monotonic() - began < 5 + for_the_load(), "it does not heal"
        time.sleep(0.2)
    machine.wait_until()
    for number, process in enumerate(machine.running):
        assert process.poll() is None
        said = machine.said(number)
        assert "Traceback" not in said, said
        assert len(said.splitlines()) < 60, said


def test_a_colour_is_stored_though_there_is_no_room_for_its_styles(disk, own_database):
    """They are written after the commit, and made again when there is room."""
    house = made_app(disk, own_database)
    with house.app_context():
        browser, water = signed_in(house, Role.OWNER), theme_of("water")
        words = {"name_nl": "Water", "name_en": "Water", "colour": "#0f80a8"}
        with full(disk):
            assert browser.post(f"/desk/themes/{water.id}", data=words).status_code == 303
            assert not list(disk.glob("tmp*"))
        db.session.expire_all()
        assert theme_of("water").colour == "#0f80a8"
        run_all_now(house)
        assert "#0f80a8" in (disk / "added.css").read_text()


def test_a_start_without_room_is_said_in_a_sentence(machine, disk):
    first = machine.start("--empty")
    machine.wait_until()
    machine.stop(first)
    with full(disk):
        serves = is_serving(machine, machine.start("--empty"))
    assert "Traceback" not in machine.said(1), machine.said(1)
    if serves:  # SQLite's log had room
        return
    assert "disk" in machine.said(1)
    again = machine.start("--empty")
    machine.wait_until()
    machine.stop(again)


def is_serving(machine, process):
    """Whether it came so far; else it has ended."""
    while process.poll() is None:
        with suppress(OSError):
            return machine.get("/")[0] == 200
        time.sleep(0.1)
    assert process.returncode == 1
    return False


def test_a_first_start_without_room_is_said_in_a_sentence(machine, disk):
    with full(disk):
        assert machine.start("--empty").wait(PATIENCE) == 1
    assert "Traceback" not in machine.said(), machine.said()
    assert "disk" in machine.said()
    assert len(machine.said().splitlines()) <= 3
