"""A room offers itself: a folder and one line in a list make it part of the house."""

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from events_app import demo
from events_app.accounts.actions import seat_owner
from events_app.accounts.models import Role
from events_app.app import COMPONENTS
from events_app.core import clock, components, queue
from events_app.core.components import Component
from events_app.core.db import saving
from tests.conftest import made_app, signed_in

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSE = ROOT / "events_app"
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
STAIRS = next(each for each in TOOLS["importlinter"]["contracts"] if each["id"] == "stairs")


# -- what a room offers


def test_a_component_has_at_most_twelve_fields():
    assert len(fields(Component)) <= 12


def any_in(kind, seen):
    """Whether a type, or one that it is made of, lets anything pass."""
    if kind is Any:
        return True
    if is_dataclass(kind) and kind not in seen:
        return any(any_in(each, seen | {kind}) for each in get_type_hints(kind).values())
    inner = (part for arg in get_args(kind) for part in (arg if isinstance(arg, list) else [arg]))
    return any(any_in(part, seen) for part in inner)


def test_none_of_them_lets_anything_pass():
    assert not any_in(Component, frozenset())
    assert any_in(dict[str, list[Any]], frozenset()), "or this finds nothing"


def test_the_list_has_every_room_that_offers_something_in_the_order_of_the_stairs():
    there = {path.parent.name for path in HOUSE.glob("*/component.py")}
    names = [component.name for component in COMPONENTS]
    assert set(names) == there
    assert names == [name for name in reversed(STAIRS["layers"]) if name in there]


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda each: each.name)
def test_a_room_offers_all_that_it_has(component):
    folder = HOUSE / component.name
    for word, offered in (("models", component.models), ("jobs", component.jobs)):
        names = [module.__name__ for module in offered]
        expected = [f"events_app.{component.name}.{word}"]
        assert names == (expected if (folder / f"{word}.py").exists() else [])
    assert bool(component.seeds) == any(folder.glob("seeds*"))
    has_sentences = (folder / "journal.py").exists()
    assert bool(component.journal.sentences) == has_sentences
    doors = {door.name for door in component.doors}
    made = re.findall(
        r'= web\.(public|desk)\("(\w+)"', "".join(p.read_text() for p in folder.rglob("*.py"))
    )
    assert doors == {name + ("_desk" if kind == "desk" else "") for kind, name in made}


def test_no_import_runs_up_the_stairs_but_a_few_named_ones():
    up = STAIRS["ignore_imports"]
    assert len(up) <= 10
    assert [each for each in up if "*" in each] == []
    assert "unmatched_ignore_imports_alerting" not in STAIRS, "one that is gone leaves the list"


# -- any first part of the list is a house


@pytest.fixture
def part(own_database, tmp_path):
    def build(number):
        return made_app(tmp_path, own_database, parts=COMPONENTS[:number])

    return build


def without_arguments(app, component, *, is_locked):
    names = {door.name for door in component.doors if door.is_locked is is_locked}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in names and not rule.arguments and "GET" in rule.methods:
            yield str(rule)


def status(browser, path):
    with browser.get(path) as told:
        assert told.get_data() is not None, "read to its end"
    return told.status_code


SEEDED = [
    pytest.param(n, id=room.name, marks=() if room.name == "registrations" else pytest.mark.long)
    for n, room in enumerate(COMPONENTS, 1)
    if room.seeds
]
"""In the short run one part: much of what it tells is also for rooms that are not there."""


@pytest.mark.once
@pytest.mark.parametrize("number", SEEDED)
def test_every_first_part_of_the_list_has_a_demo(part, number):
    app = part(number)
    with app.app_context():
        with saving():
            owner = seat_owner("olga@example.org", name="Olga Demo", now=clock.now())
            demo.load(COMPONENTS[:number], by=owner, now=clock.now())
        pages = [page for _label, page in demo.addresses(COMPONENTS[:number])]
        paths = [page.removeprefix("http://localhost") for page in pages]
        assert {status(app.test_client(), path) for path in paths} <= {200}
        rooms = {room.name for room in COMPONENTS[:number]}
        assert len(pages) == len(rooms & {"invitations", "kits"})


@pytest.mark.parametrize("number", range(len(COMPONENTS) + 1))
def test_every_first_part_of_the_list_is_a_house(part, number):
    app = part(number)
    with app.app_context():
        due = {job.partition(".")[0] for job in queue._due()}
        assert due <= {room.name for room in COMPONENTS[:number]}
        client = app.test_client()
        assert client.get("/nowhere").status_code == 404
        top = COMPONENTS[number - 1] if number else Component(name="nothing")
        desk = signed_in(app, Role.OWNER)
        public = without_arguments(app, top, is_locked=False)
        asked = {path: status(client, path) for path in public}
        locked = without_arguments(app, top, is_locked=True)
        asked |= {path: status(desk, path) for path in locked}
        assert {path: told for path, told in asked.items() if told >= 500} == {}


def test_a_link_to_what_is_nowhere_is_an_error_in_the_whole_house(app):
    from flask import url_for
    from werkzeug.routing import BuildError

    with app.test_request_context(), pytest.raises(BuildError):
        url_for("guestbook.index")


def named(source):
    """Endpoints that are written out."""
    yield from re.findall(r'(?:url_for|links\.to|address_of|webcal_of)\(\s*"(\w+\.\w+)"', source)
    yield from re.findall(r'"(\w+_desk\.\w+)"', source)


def test_every_endpoint_that_is_named_is_there(app):
    sources = [
        *HOUSE.rglob("*.py"),
        *(ROOT / "templates").rglob("*.*"),
        *(ROOT / "mail").rglob("*.*"),
    ]
    found = {name for path in sources for name in named(path.read_text(encoding="utf-8"))}
    items = [item for bar in components.Bar for item in components.menu(COMPONENTS, bar)]
    found |= {item.endpoint for item in items}
    found |= {page for each in COMPONENTS for page in each.sitemap.endpoints}
    assert len(found) > 90
    assert sorted(found - app.view_functions.keys()) == []


# -- a room that a test makes

ROOM = {
    "__init__.py": '"""What visitors write."""\n',
    "models.py": """
from sqlalchemy.orm import Mapped, mapped_column

from events_app.core.db import Base, Keyed


class Guest(Keyed, Base):
    __tablename__ = "guest"
    email: Mapped[str] = mapped_column(index=True)
    is_thanked: Mapped[bool] = mapped_column(default=False)
""",
    "routes.py": """
from sqlalchemy import select

from events_app.core import web
from events_app.core.db import db
from events_app.guestbook.models import Guest

bp = web.public("guestbook", __name__)


@bp.get("/guestbook")
def index():
    return f"{len(db.session.scalars(select(Guest)).all())} guests"
""",
    "desk.py": """
from flask import render_template_string

from events_app.accounts.lock import allowed
from events_app.accounts.rules import may_enter
from events_app.core import web

bp = web.desk("guestbook", __name__)


@bp.get("/")
@allowed(may_enter)
def index():
    page = '{% extends "ui/desk.html" %}{% block title %}Guests{% endblock %}'
    return render_template_string(page)
""",
    "jobs.py": """
from sqlalchemy import update

from events_app.core.db import db, saving
from events_app.core.queue import every_minute
from events_app.guestbook.models import Guest


@every_minute
def thank():
    with saving():
        db.session.execute(update(Guest).values(is_thanked=True))
""",
    "component.py": """
from sqlalchemy import delete, select

from events_app.core.components import (
    Act, Component, Held, Hit, Holding, Journal, MenuItem, Need, Needs, Search, Sitemap,
)
from events_app.accounts.seeds import editor
from events_app.core import links
from events_app.core.db import db
from events_app.core.seeds import Seeds
from events_app.guestbook import desk, jobs, models, routes
from events_app.guestbook.models import Guest


def scenes(stage):
    yield stage.at_desk(3, "09:30"), lambda now: db.session.add(Guest(email=editor(stage).email))


def guests(address):
    return db.session.scalars(select(Guest).where(Guest.email == address)).all()


def shown(address):
    found = [each.email for each in guests(address)]
    return Held({"guestbook": found}, (("In the guest book", str(len(found) or "")),))


def erase(address, now):
    db.session.execute(delete(Guest).where(Guest.email == address))
    return {"guests": 1}


def find(sought):
    wanted = select(Guest).where(Guest.email.icontains(sought.words)).limit(sought.most)
    return [Hit("guestbook_desk.index", {}, each.email) for each in db.session.scalars(wanted)]


def needed(now):
    wanted = select(Guest).where(~Guest.is_thanked)
    for each in db.session.scalars(wanted):
        yield Need("waits for our thanks.", Act("Thank them", "guestbook_desk.index"), each.email)


COMPONENT = Component(
    name="guestbook",
    models=(models,),
    doors=(routes.bp, desk.bp),
    jobs=(jobs,),
    menu=(MenuItem("Guest book", "guestbook_desk.index", 55),),
    search=(Search("Guests of the book", 35, "guestbook_desk.index", find),),
    needs=(Needs(15, "guestbook_desk.index", needed),),
    holding=Holding(
        shown=shown, erase=erase, rows=lambda address: {"Guest": [g.id for g in guests(address)]}
    ),
    sitemap=Sitemap(("guestbook.index",)),
    seeds=Seeds(scenes, pages=lambda: [("The guest book", links.to("guestbook.index"))]),
    journal=Journal({"signed": "%(who)s heard from %(what)s"}, {"Guest": "Guests"}),
)
""",
}
TRIED = """
import json, sys
from pathlib import Path

folder = Path(sys.argv[1])
import events_app
events_app.__path__.append(str(folder))

from events_app import demo
from events_app.accounts import actions as accounts
from events_app.accounts.models import Role
from events_app.app import COMPONENTS
from events_app.core import clock, installation, queue
from events_app.core.db import Base, db, saving
from events_app.guestbook.component import COMPONENT
from events_app.guestbook.models import Guest
from tests.conftest import made_app, signed_in

app = made_app(folder, f"sqlite:///{folder}/app.db", parts=(*COMPONENTS, COMPONENT))
MAIL = "ana@example.org"
with app.app_context():
    Base.metadata.create_all(db.engine)
    with saving():
        db.session.add(installation.Installation(name="localhost"))
        guest = Guest(email=MAIL)
        db.session.add(guest)
        db.session.flush()
        accounts.note("guestbook.signed", guest, "Ana", by=None, now=clock.now())
    desk, privacy = signed_in(app, Role.OWNER), "/desk/contacts/privacy/"
    told = {
        "page": desk.get("/guestbook").text,
        "map": desk.get("/sitemap.xml").text,
        "desk": desk.get("/desk/guestbook/?lang=en").text,
        "today": desk.get("/desk/?lang=en").text,
        "found": desk.post("/desk/search/results?lang=en", data={"q": "ana@"}).text,
        "journal": desk.get("/desk/accounts/journal?lang=en").text,
        "held": desk.post(privacy + "?lang=en", data={"email": MAIL}).text,
        "file": desk.post(privacy + "file", data={"email": MAIL}).json,
    }
    told["due"] = queue._due()
    queue._jobs["guestbook.thank"]()
    told["after the job"] = desk.get("/desk/?lang=en").text
    told["erased"] = desk.post(privacy + "erase", data={"email": MAIL}).status_code
    told["page, erased"] = desk.get("/guestbook").text
    told["held, erased"] = desk.post(privacy + "?lang=en", data={"email": MAIL}).text
    told["journal, erased"] = desk.get("/desk/accounts/journal?lang=en").text
    seeded = (*COMPONENTS[:2], COMPONENT)
    with saving():
        demo.load(seeded, by=desk.staff, now=clock.now())
    told["seeded"] = desk.post("/desk/search/results?lang=en", data={"q": "daniel"}).text
    told["worth a look"] = demo.addresses(seeded)
print(json.dumps(told))
"""


def test_a_new_room_is_a_folder_and_one_line(tmp_path):
    """In a process of its own: the tables of this one stay as they are."""
    room = tmp_path / "guestbook"
    room.mkdir()
    for name, source in ROOM.items():
        (room / name).write_text(source)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TRIED, tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = {
        name: re.sub(r"\s+", " ", words) if isinstance(words, str) else words
        for name, words in json.loads(done.stdout.splitlines()[-1]).items()
    }
    assert told["page"] == "1 guests"
    assert "<loc>http://localhost/guestbook</loc>" in told["map"]
    assert 'href="/desk/guestbook/?lang=en" aria-current="page">Guest book</a>' in told["desk"]
    assert "<b>ana@example.org</b> waits for our thanks." in told["today"]
    assert "Guests of the book" in told["found"]
    assert "<b>ana@example.org</b>" in told["found"]
    assert "The system heard from Ana" in told["journal"]
    assert '<option value="Guest">Guests</option>' in told["journal"]
    assert "<dt>In the guest book</dt><dd>1</dd>" in told["held"]
    assert told["file"]["guestbook"] == ["ana@example.org"]
    assert [line["verb"] for line in told["file"]["journal"]] == ["guestbook.signed"]
    assert "guestbook.thank" in told["due"]
    assert "waits for our thanks" not in told["after the job"]
    assert (told["erased"], told["page, erased"]) == (303, "0 guests")
    assert "In the guest book" not in told["held, erased"]
    assert "heard from Ana" not in told["journal, erased"]
    assert "<b>daniel.okafor@example.org</b>" in told["seeded"]
    assert told["worth a look"] == [["The guest book", "http://localhost/guestbook?lang=en"]]
