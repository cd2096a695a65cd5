"""Nothing is forgotten: words in both languages, templates in use."""

from pathlib import Path

import pytest

from events_app.core import catalogues

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted((ROOT / "events_app").rglob("*.py"))


@pytest.mark.parametrize("room", catalogues.rooms())
def test_no_string_is_without_dutch_words(room):
    assert catalogues.untranslated(room) == []


def test_every_template_is_used():
    sources = "\n".join(p.read_text() for p in SOURCES)
    templates = sorted((ROOT / "templates").rglob("*.html"))
    pages = {p: p.relative_to(ROOT / "templates").as_posix() for p in templates}
    written = sources + "\n".join(p.read_text() for p in templates)
    assert [name for name in pages.values() if f'"{name}"' not in written] == []
