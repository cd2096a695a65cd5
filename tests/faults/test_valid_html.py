"""Every page and letter by the Nu Html Checker, where Java and its jar are at hand.

    VNU_JAR=…/vnu.jar ./test --long tests/faults/test_valid_html.py

The jar comes with https://github.com/validator/validator/releases and with npm's `vnu-jar`.
"""

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from events_app.core import letters, text
from tests.faults.doors import DOORS

JAR = os.environ.get("VNU_JAR", "")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (JAR and shutil.which("java")), reason="no Java, or no VNU_JAR"),
]
MAIL = re.compile(
    r"obsolete|“mso-|“xmlns:|“supported-color-schemes|“type” attribute for the “style”"
    r"|Trailing slash|“auto” for attribute “height”"
)
"""What mail programs need and the standard does not know: tables with widths, words for Outlook."""


def test_every_page_is_valid_html(house, tmp_path):
    for number, door in enumerate(each for each in DOORS if each.method == "GET"):
        visitor = house.holder(door.who) if door.who != "outsiders" else house.visitors[0]
        path = house.path(door.address, visitor)
        for code in text.LANGUAGES:
            answer = visitor.ask(house.app, path, query_string={"lang": code})
            is_letter = door.address.endswith(("/html", "/preview"))
            if answer.mimetype == "text/html" and answer.text and not is_letter:
                name = door.address.strip("/").replace("/", "_") or "home"
                (tmp_path / f"{number:03}-{code}-{name}.html").write_text(answer.text)
    assert len(list(tmp_path.iterdir())) > 150
    assert complaints(tmp_path) == {}


def test_every_letter_is_valid_html_but_for_what_mail_programs_need(app, tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    for kind in letters.kinds():
        for code in text.LANGUAGES:
            for number, values in enumerate(letters.samples(kind, code)):
                letter = letters.write(
                    kind, to="a@example.org", to_name="A", language=code, values=values
                )
                name = f"{kind.replace('/', '-')}-{number}-{code}.html"
                (folder / name).write_text(letter.html)
    found = complaints(folder)
    assert {what: where for what, where in found.items() if not MAIL.search(what)} == {}


def complaints(folder: Path):
    """What the checker says, with the pages it says it of."""
    asked = ["java", "-jar", JAR, "--format", "json", "--stdout", "--exit-zero-always", folder]
    told = subprocess.run(asked, capture_output=True, check=True, timeout=300)
    found = defaultdict(list)
    for each in json.loads(told.stdout)["messages"]:
        page = each["url"].rpartition("/")[2]
        found[each["message"]].append(f"{page}:{each.get('lastLine')}: {each.get('extract')}")
    return dict(found)
