"""A kind of question is a folder and a line: nothing else in the house knows one from another."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from events_app.registrations.questions import KINDS

ROOT = Path(__file__).resolve().parent.parent.parent
QUESTIONS = ROOT / "events_app" / "registrations" / "questions"


def test_the_list_has_every_folder():
    assert set(KINDS) == {path.parent.name for path in QUESTIONS.glob("*/__init__.py")}
    assert all(name == kind.name for name, kind in KINDS.items())


NAMES = "|".join(KINDS)
TOLD_APART = re.compile(
    rf"""(?:kind|\.name)\s*(?:==|!=|is|in)\s*[(\[{{]*["'](?:{NAMES})["']"""
    rf"""|KINDS\[["']|questions\.(?:{NAMES})\b|questions import .*\b(?:{NAMES})\b"""
)
FOLDERS = (
    "events_app/registrations", "events_app/site", "templates/registrations", "templates/site",
)  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_outside_of_the_folders_knows_one_kind_from_another(folder):
    """Demo data names kinds, as an organiser does; no code and no page does."""
    guilty = {
        str(path): found
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".py", ".html") and QUESTIONS not in path.parents
        if (found := TOLD_APART.findall(path.read_text(encoding="utf-8")))
    }
    assert guilty == {}


@pytest.mark.parametrize(
    "line", ['if question.kind == "file":', "{% if kind.name in ('date', 'number') %}",
             'KINDS["file"]', "from events_app.registrations.questions import consent"],
)  # fmt: skip
def test_code_that_did_would_be_found(line):
    assert TOLD_APART.search(line)


COLOUR = """
import re

from wtforms import StringField
from wtforms.validators import ValidationError

from events_app.core import text
from events_app.registrations.questions.shape import Kind, KindSettings, Sample, needed


class ColourSettings(KindSettings):
    rows = (("shade",),)
    shade = StringField("Shade")

    def settings(self, before):
        return {"shade": self.shade.data}

    def show_settings(self, settings):
        self.shade.data = settings["shade"]


def is_colour(_form, field):
    if field.data and not re.fullmatch("#[0-9a-f]{6}", field.data):
        raise ValidationError("Give a colour, such as #0b1b3b.")


KIND = Kind(
    name="colour",
    label="A colour",
    help="In six digits.",
    settings=ColourSettings,
    field=lambda question: StringField(
        text.local(question.label), [needed(question), is_colour],
        description=question.settings["shade"],
    ),
    store=lambda question, data, now: {"red": data[1:3], "rest": data[3:]} if data else None,
    show=lambda question, value: "#" + value["red"] + value["rest"],
    export=lambda question, value: "=" + value["red"],
    sample=lambda: Sample(["#0b1b3b"], {"shade": "dark"}),
)
"""
TRIED = """
import json, sys
from pathlib import Path

folder = Path(sys.argv[1])
import events_app.registrations.questions as questions
questions.__path__.append(str(folder))

from events_app.registrations.questions import colour
questions.KINDS[colour.KIND.name] = colour.KIND

from events_app.accounts.models import Role
from events_app.core.db import db
from tests.conftest import made_app, make_tables, signed_in
from tests.factories.events import make_event
from tests.factories.registrations import mailed_link, make_form

app = made_app(folder, f"sqlite:///{folder}/app.db")
with app.app_context():
    make_tables()
    event = make_event(slug="avond", capacity=9)
    make_form(event, capacity=9)
    desk, client = signed_in(app, Role.OWNER), app.test_client()
    settings = f"/desk/registrations/{event.id}/questions"
    asked = {"label_nl": "Uw kleur?", "purpose_nl": "Daarom.", "visible_to": "organisers",
             "wipe_after_days": "30", "shade": "deep"}
    typed = {"name": "Ana", "email": "ana@example.org", "question_1": "blue"}
    told = {
        "offered": desk.get(settings + "/new").text,
        "new": desk.post(settings + "/new/colour", data=asked).status_code,
        "form": client.get("/events/avond/register").text,
        "refused": client.post("/events/avond/register", data=typed).text,
        "taken": client.post(
            "/events/avond/register", data=typed | {"question_1": "#0b1b3b"}
        ).status_code,
        "kept": db.session.execute(db.text("SELECT value FROM answer")).scalar(),
        "page": client.get(mailed_link("ana@example.org")).text,
        "person": desk.get(f"/desk/registrations/{event.id}/1").text,
        "list": desk.get(f"/desk/registrations/{event.id}/list.csv").text,
        "file": desk.post("/desk/contacts/privacy/file", data={"email": "ana@example.org"}).text,
        "removed": desk.post(f"{settings}/1/remove").status_code,
    }
    told["left"] = db.session.execute(db.text("SELECT count(*) FROM answer")).scalar()
print(json.dumps(told))
"""


def test_a_new_kind_is_a_folder_and_one_line(tmp_path):
    """In a process of its own: the list of this one stays as it is."""
    (tmp_path / "colour").mkdir()
    (tmp_path / "colour" / "__init__.py").write_text(COLOUR)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TRIED, tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert "A colour" in told["offered"]
    assert told["new"] == 303
    assert "deep" in told["form"]
    assert "Give a colour, such as #0b1b3b." in told["refused"]
    assert 'value="blue"' in told["refused"]
    assert (told["taken"], json.loads(told["kept"])) == (303, {"red": "0b", "rest": "1b3b"})
    assert all("#0b1b3b" in told[name] for name in ("page", "person", "file"))
    assert ";'=0b" in told["list"]
    assert (told["removed"], told["left"]) == (303, 0)
