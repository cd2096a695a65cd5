"""No rule of the styles is for something that no page has."""

import re
from pathlib import Path

from events_app.themes.models import Theme

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "events_app"
STYLES = sorted((SOURCES / "static/css").glob("*.css"))
SHOWN = ROOT / "templates/site/style.html"
"""Shows every part, and so proves of none that a page has it."""
NOT_RULES = re.compile(r"/\*.*?\*/|url\(.*?\)", re.DOTALL)
CLASS = re.compile(r"\.([a-z][\w-]*)")


def classes(css):
    return set(CLASS.findall(NOT_RULES.sub("", css)))


def unused(named, words):
    """Of the classes; `status--` and `good` in the sources make `status--good`."""

    def is_used(name):
        base, dashes, state = name.rpartition("--")
        return name in words or (dashes and {base + dashes, state} <= words)

    return sorted(name for name in named if not is_used(name))


def words_beside(word, lines):
    """All words of the lines that hold this one: classes stand in no other."""
    return {each for line in lines if word in line for each in re.findall(r"[\w-]+", line)}


def in_the_sources():
    pages = [path for path in (ROOT / "templates").rglob("*.*") if path != SHOWN]
    pages += [path for kind in ("py", "html", "js") for path in SOURCES.rglob(f"*.{kind}")]
    lines = [line for path in pages for line in path.read_text(encoding="utf-8").splitlines()]
    # a macro's argument, and what scripts look for
    quoted = re.findall(r"""["'][. ]?([\w-]+(?: [\w-]+)?)["']""", "\n".join(lines))
    return words_beside("class", lines) | {word for each in quoted for word in each.split()}


def test_every_class_of_the_styles_is_on_some_page(app):
    from events_app.core.db import db

    codes = {f"theme-{code}" for code in db.session.scalars(db.select(Theme.code))}
    words = in_the_sources()
    found = {path.name: unused(classes(path.read_text()) - codes, words) for path in STYLES}
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_a_rule_that_nobody_needs_is_found():
    css = ".is-here, .is-gone:hover, .status--good { color: red } /* .in-words */"
    lines = ['<p class="is-here status--{{ tone }}">', 'tones = {"sent": "good"}  # class']
    assert unused(classes(css), words_beside("class", lines)) == ["is-gone"]
