"""The page of the look shows every part that pages are made of."""

from pathlib import Path

import pytest
from jinja2 import nodes

pytestmark = pytest.mark.once
UI = Path(__file__).resolve().parent.parent.parent / "templates/ui"
SHEETS = sorted(path for path in UI.glob("*.html") if path.stem != "share")
"""What stands in the head of a page cannot be seen."""


def macros(app, source):
    """Those that a page may use: the others begin with a low line."""
    found = app.jinja_env.parse(source).find_all(nodes.Macro)
    return {macro.name for macro in found if not macro.name.startswith("_")}


def called(app, source):
    calls = app.jinja_env.parse(source).find_all(nodes.Call)
    return {call.node.name for call in calls if isinstance(call.node, nodes.Name)}


def shown(app):
    return called(app, (UI.parent / "site/style.html").read_text())


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.stem)
def test_every_macro_is_shown(app, sheet):
    missing = macros(app, sheet.read_text()) - shown(app)
    assert missing == set(), f"show these in templates/site/style.html: {missing}"


def test_a_macro_that_is_not_shown_is_found(app):
    source = "{% macro new() %}{% endmacro %}{% macro _part() %}{% endmacro %}"
    assert macros(app, source) - shown(app) == {"new"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_is_there_for_both_looks_and_languages(desk, language):
    for look in ("", "&look=site"):
        for mistakes in ("", "&mistakes=1"):
            page = desk.get(f"/desk/style?lang={language}{look}{mistakes}")
            assert page.status_code == 200
            assert ("error-summary" in page.text) == bool(mistakes)


def test_every_state_has_its_word(desk):
    from bs4 import BeautifulSoup

    page = BeautifulSoup(desk.get("/desk/style").text, "html.parser")
    words = [each.get_text() for each in page.select("#part-marks ~ p .status")]
    assert len(words) > 25
    assert [word for word in words if word.islower()] == []


def test_its_buttons_lead_back_to_it_and_change_nothing(desk):
    told = desk.post("/desk/style", follow_redirects=True)
    assert "Er is niets veranderd" in told.text
