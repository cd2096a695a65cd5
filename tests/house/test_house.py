"""The house keeps its own rules."""

import ast
import re
from pathlib import Path

import pytest

from events_app.app import COMPONENTS
from events_app.core.db import Base

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted((ROOT / "events_app").rglob("*.py"))
LETTERS = sorted(p.parent for p in (ROOT / "mail").rglob("subject.txt"))


def _named(tree, names):
    for node in ast.walk(tree):
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_method and node.func.attr in names:
            yield node


def test_only_the_database_files_commit():
    guilty = [
        f"{path}:{call.lineno}"
        for path in SOURCES
        if path.name not in ("db.py", "postgres.py") or path.parent.name != "core"
        for call in _named(ast.parse(path.read_text()), {"commit"})
    ]
    assert guilty == []


def test_imports_stand_at_the_top():
    guilty = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inner = [n for n in ast.walk(node) if isinstance(n, (ast.Import, ast.ImportFrom))]
                guilty += [f"{path}:{n.lineno}" for n in inner]
    assert guilty == []


def test_every_import_can_be_seen():
    """Else the contracts of pyproject.toml would not see it either."""
    hidden = re.compile(r"\bimportlib\b|\b__import__\b")
    assert [str(path) for path in SOURCES if hidden.search(path.read_text())] == []


def test_the_purpose_of_a_token_is_written_once():
    """Two who mean the same token say it by one name: a second spelling would open nothing."""
    written = [
        call.args[0].value
        for path in SOURCES
        for call in _named(ast.parse(path.read_text()), {"derived", "sign", "signed"})
        if ast.unparse(call.func.value) == "tokens" and isinstance(call.args[0], ast.Constant)
    ]
    assert "share" in written
    assert sorted(written) == sorted(set(written))


def test_every_door_is_public_or_locked_on_purpose(app):
    offered = {door.name: door for component in COMPONENTS for door in component.doors}
    assert app.blueprints == offered
    assert {name for name, door in offered.items() if door.is_locked} == {
        name for name in offered if name.endswith("_desk")
    }


def test_every_desk_page_says_what_it_asks_of_who_stands_there(app):
    doors = [door for component in COMPONENTS for door in component.doors]
    locked = {door.name for door in doors if door.is_locked}
    open_pages = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in locked
        and not hasattr(app.view_functions[rule.endpoint], "rule")
    ]
    assert open_pages == []


def test_every_model_is_known_to_the_app():
    declared = set()
    for path in SOURCES:
        declared |= set(re.findall(r'__tablename__ = "(\w+)"', path.read_text()))
    assert declared <= set(Base.metadata.tables)


@pytest.mark.parametrize("folder", LETTERS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_letter_is_whole(folder):
    assert {"subject.txt", "body.txt", "body.mjml", "sample.json"} <= {
        p.name for p in folder.iterdir()
    }


INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+="|<script(?![^>]*(?:src=|application/ld))""")


def test_no_template_has_inline_style_or_script():
    guilty = [
        f"{path}: {found[0]}"
        for path in (ROOT / "templates").rglob("*.html")
        for found in INLINE.finditer(path.read_text())
    ]
    assert guilty == []
