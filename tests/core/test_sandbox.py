"""A sandbox that is closed: nobody is begun any more, and who waits hears why."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from events_app.core import pictures
from events_app.core.sandbox import Sandbox, SandboxClosed

pytestmark = pytest.mark.once


def begun():
    """How many processes this one ever began that still stand in the list of processes."""
    found = 0
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
            found += parent == str(os.getpid())
    return found


def test_nobody_is_begun_after_it_was_closed():
    sandbox = Sandbox(f"{pictures.__name__}.decoder", size=1, seconds=10)
    sandbox.close()
    before = begun()
    with pytest.raises(SandboxClosed):
        sandbox.do({})
    assert begun() == before
