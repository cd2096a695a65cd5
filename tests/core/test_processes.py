"""A child of the server that is told to stop."""

import subprocess
import sys

from tests.machine import ROOT

STOPPED_TWICE = """
import os, signal, threading
from events_app.core.processes import STOPS, at_stop

is_told = threading.Event()
for number in STOPS:
    signal.signal(number, lambda *_: None)
at_stop(is_told.set)
os.kill(os.getpid(), signal.SIGINT)
is_told.wait(10)
for thread in threading.enumerate()[1:]:
    thread.join(1)
os.kill(os.getpid(), signal.SIGINT)
print("told" if is_told.is_set() else "not told")
"""


def test_who_is_told_to_stop_twice_says_nothing_about_it():
    """Ctrl-C goes to all processes, and people press it again while they wait for the end."""
    done = subprocess.run(
        [sys.executable, "-c", STOPPED_TWICE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "told\n", "")
