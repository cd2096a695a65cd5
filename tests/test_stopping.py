"""Ctrl-C and TERM at any moment: all processes end soon, in silence, and nothing is lost."""

import os
import random
import re
import shutil
import signal
import time

import pytest

from tests.conftest import SERVER
from tests.machine import Machine, family, for_the_load, is_alive, running

SOON = 3
"""Seconds until the last process has ended."""
BY = {"Ctrl-C": signal.SIGINT, "TERM": signal.SIGTERM}
pytestmark = pytest.mark.once
LONG = pytest.mark.long


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A house after its first start, some of the demo's kits not drawn yet."""
    folder = tmp_path_factory.mktemp("filled")
    assert not SERVER
    with running(Machine(folder, None)) as made:
        made.start()
        made.wait_until(path="/")
        made.kill(made.running[0])
    return folder / "instance"


@pytest.fixture
def machine(tmp_path):
    with running(Machine(tmp_path, None, afresh=True)) as made:
        yield made


def stopped(machine, process, by):
    """Seconds until nobody of the family is left."""
    began = time.monotonic()
    if by == "Ctrl-C":
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all of them
    else:
        process.terminate()
    process.wait(30)
    while is_alive(process):
        assert time.monotonic() < began + 30
        time.sleep(0.02)
    machine.running.remove(process)
    return time.monotonic() - began


def check(machine, process, by):
    seconds = stopped(machine, process, by)
    said = machine.said(machine.count - 1)
    assert "Traceback" not in said, said
    assert "Exception" not in said, said
    assert seconds < SOON + for_the_load(), said


@pytest.mark.parametrize(
    ("after", "by"),
    [
        (0.3, "Ctrl-C"),
        (1.5, "TERM"),
        (5, "Ctrl-C"),
        *(pytest.param(after, by, marks=LONG) for after in (0.6, 1.5, 3, 5) for by in BY),
    ],
)
def test_during_the_first_start(machine, by, after):
    """While it loads, makes its tables, plays the demo; then a start goes on from there."""
    process = machine.start()
    time.sleep(after * random.uniform(0.8, 1.2))
    check(machine, process, by)


@LONG  # in the short run the next test does the first of these, and goes on from there
@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("part", [[], ["worker"]])
def test_while_kits_are_drawn(machine, filled, by, part):
    drawing(machine, filled, *part)
    check(machine, machine.running[0], by)


def drawing(machine, filled, *part):
    """The house has been started, and somebody draws in it."""
    shutil.copytree(filled, machine.environ["INSTANCE_DIR"], dirs_exist_ok=True)
    process = machine.start(*part)
    wait_for_drawing(process)
    time.sleep(random.uniform(0, 2))


def test_what_was_being_drawn_is_drawn_later(machine, filled):
    drawing(machine, filled)
    check(machine, machine.running[0], "Ctrl-C")
    before = drawn(machine)
    machine.start()
    machine.wait_until(path="/")
    ends = time.monotonic() + 120  # a minute until the clock finds it, and the drawing
    while drawn(machine) <= before:
        assert time.monotonic() < ends, "nothing is drawn"
        time.sleep(0.5)


def wait_for_drawing(process):
    ends = time.monotonic() + 90
    while not any("kits.render.engine" in line for line in family(process)):
        assert time.monotonic() < ends, "nobody draws"
        time.sleep(0.05)


def drawn(machine):
    folder = machine.folder / "instance" / "drawn"
    return len([path for path in folder.glob("??/*") if re.fullmatch("[0-9a-f]{64}", path.name)])
