"""A machine without the system libraries of WeasyPrint, as a new Debian is."""

import ctypes
import os
import re
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from events_app.core import pdf_libraries
from tests.machine import Machine, running

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can hide a library"),
]


def files_of_libraries():
    for name in pdf_libraries._NEEDED:
        with suppress(OSError):
            ctypes.CDLL(name)
    loaded = re.findall(r"/\S+\.so\S*", Path("/proc/self/maps").read_text())
    return {path for path in loaded if Path(path).name.startswith("libpangoft2")}


def test_it_serves_without_a_word_too_much_and_draws_nothing(tmp_path, migrated_database):
    hide = "; ".join(f"mount --bind /dev/null {path}" for path in files_of_libraries())
    machine = Machine(tmp_path, None)
    machine.begin_with(make_url(migrated_database).database)
    with running(machine):
        machine.start(
            before=[
                "unshare",
                "--mount",
                "--propagation",
                "unchanged",
                "sh",
                "-ec",
                f'{hide}; exec "$@"',
                "sh",
            ]
        )
        machine.wait_until()
        partner = re.search(r"(/partner/\S+)", machine.said())[1]
        kit = re.search(r'href="(/partner/[^"]+/kits/\w+)"', machine.get(partner)[1])[1]
        status, page = machine.get(kit)
        assert status == 200
        assert "whatsapp" in page.lower()  # texts need no library
        assert machine.get("/cards/home.png")[0] == 404
        assert "Traceback" not in machine.said()
