"""The contracts can fail: each catches a breach that was written to be caught."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
pytestmark = pytest.mark.long

IMPORTS = {
    "stairs": ("events/rules/life.py", "from events_app.kits import models\n"),
    "stairs, by a page": ("contacts/desk/people.py", "from events_app.events import queries\n"),
    "components": ("contacts/actions.py", "from events_app.themes import component\n"),
    "inside a room": ("events/queries.py", "from events_app.events import forms\n"),
    "doors": ("newsletters/actions/__init__.py", "from events_app.events import routes\n"),
    "no request below the doors": ("invitations/actions.py", "import flask\n"),
    "heavy packages": ("contacts/actions.py", "import pikepdf\n"),
    "pure rules": ("invitations/rules.py", "import sqlalchemy\n"),
    "a drawer for the rest": ("events/utils.py", ""),
}
LINT = {
    "the environment": ("events/queries.py", "import os\n\nWHERE = os.environ['HOME']\n", "TID251"),
    "the clock": (
        "events/queries.py", "import datetime\n\nNOW = datetime.datetime.now()\n", "TID251",
    ),
    "smtp": ("events/queries.py", "import smtplib\n", "TID251"),
}  # fmt: skip
TYPES = {"types": ("invitations/rules.py", "\n\ndef untyped(x):\n    return x\n")}


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "events_app", tmp_path / "events_app")
    for name in ("pyproject.toml", "config.py"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def breach(copy, place, code):
    path = copy / "events_app" / place
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + code)


def run(copy, *command):
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=copy, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_house_as_it_stands_keeps_its_contracts(copy):
    assert run(copy, "lint-imports", "--no-cache")[0] == 0


@pytest.mark.parametrize("contract", IMPORTS)
def test_an_import_that_breaks_a_contract_is_caught(copy, contract):
    breach(copy, *IMPORTS[contract])
    code, said = run(copy, "lint-imports", "--no-cache")
    assert code != 0
    assert "BROKEN" in said or "Missing" in said or "not" in said


@pytest.mark.parametrize("ban", LINT)
def test_a_banned_name_is_caught(copy, ban):
    place, code, rule = LINT[ban]
    breach(copy, place, code)
    assert rule in run(copy, "ruff", "check", "--output-format", "concise", "events_app")[1]


def test_code_without_types_is_caught(copy):
    breach(copy, *TYPES["types"])
    assert run(copy, "mypy", "--cache-dir", str(copy / "cache"))[0] != 0


def test_a_commit_outside_the_database_file_is_caught(copy, monkeypatch):
    from tests.house import test_house

    breach(copy, "invitations/actions.py", "\n\ndef bad():\n    db.session.commit()\n")
    monkeypatch.setattr(test_house, "SOURCES", sorted((copy / "events_app").rglob("*.py")))
    with pytest.raises(AssertionError):
        test_house.test_only_the_database_files_commit()


def test_an_import_inside_a_function_is_caught(copy, monkeypatch):
    from tests.house import test_house

    breach(copy, "invitations/actions.py", "\n\ndef bad():\n    import os\n")
    monkeypatch.setattr(test_house, "SOURCES", sorted((copy / "events_app").rglob("*.py")))
    with pytest.raises(AssertionError):
        test_house.test_imports_stand_at_the_top()
