"""Nothing is forgotten: words in both languages, templates in use."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from events_app.core import catalogues

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted((ROOT / "events_app").rglob("*.py"))


@pytest.mark.parametrize("room", catalogues.rooms())
def test_no_string_is_without_dutch_words(room):
    assert catalogues.untranslated(room) == []


TRANSLATORS = {"_", "lazy", "plural"}


def in_f_strings(source):
    """Words to be translated within an f-string: until Python 3.12 no catalogue finds them."""
    strings = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.JoinedStr)]
    calls = [each for string in strings for each in ast.walk(string) if isinstance(each, ast.Call)]
    return [ast.unparse(each) for each in calls if getattr(each.func, "id", "") in TRANSLATORS]


def test_no_words_to_be_translated_stand_in_an_f_string():
    assert {str(path): found for path in SOURCES if (found := in_f_strings(path.read_text()))} == {}
    assert in_f_strings("""f"{name}, {_('picture')}\"""") == ["_('picture')"]


def test_one_english_string_has_one_dutch_one():
    """The catalogues are joined: of two Dutch words, a room would show that of another."""
    words = defaultdict(set)
    for path in catalogues.FOLDER.glob("*.po"):
        for message in filter(lambda message: message.id, catalogues.read(path)):
            english, *_plural = [message.id] if isinstance(message.id, str) else message.id
            words[english].add(str(message.string))
    assert {english: dutch for english, dutch in words.items() if len(dutch) > 1} == {}


def test_every_template_is_used():
    sources = "\n".join(p.read_text() for p in SOURCES)
    templates = sorted((ROOT / "templates").rglob("*.html"))
    pages = {p: p.relative_to(ROOT / "templates").as_posix() for p in templates}
    written = sources + "\n".join(p.read_text() for p in templates)
    assert [name for name in pages.values() if f'"{name}"' not in written] == []


IMPORTED = re.compile(r'\{%-? from "[^"]+" import ([^%]*?)(?: with context)? ?-?%\}')


def never_used(template):
    """What a template takes from another one and then leaves."""
    for names in IMPORTED.findall(template):
        for name in (each.split()[-1] for each in names.split(",")):
            if len(re.findall(rf"(?<![\w.]){name}\b", template)) == 1:
                yield name


def test_a_template_uses_what_it_imports():
    paths = [*(ROOT / "templates").rglob("*.*"), *(ROOT / "mail").rglob("*.*")]
    found = {str(path): [*never_used(path.read_text())] for path in paths}
    assert {path: names for path, names in found.items() if names} == {}
    assert [*never_used('{% from "ui/fields.html" import field, button %}{{ field(f) }}')] == [
        "button"
    ]


def test_words_are_marked_by_names_that_the_catalogue_knows():
    """A word marked by another name would be in no catalogue, and stay English."""
    found = re.compile(r"import (?:_|lazy|plural) as (?!_\n)|[(,] (?:_|lazy|plural) as (?!_[,)])")
    assert [str(path) for path in SOURCES if found.search(path.read_text())] == []
