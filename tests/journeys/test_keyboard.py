"""A registration with Tab and Enter alone: the focus is always seen, and mistakes lead to it."""

import pytest
from playwright.sync_api import expect

from tests.journeys import walks
from tests.journeys.walks import YEAR

pytestmark = pytest.mark.browser
TITLE = "Met de vingers aan de toetsen"
MOST = 60
"""Tabs to any place of a page."""
SEEN = """() => {
  const e = document.activeElement;
  if (e == document.body) return null;  // past the last
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  return {
    words: (e.labels?.[0] ?? e).innerText?.trim() ?? '',
    isRinged: style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2,
    isUncovered: !!at && (e.contains(at) || at.contains(e)),
  };
}"""


def tab_to(page, words):
    """Press Tab until the focus is on it; all that has the focus on the way can be seen."""
    passed = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        seen = page.evaluate(SEEN)
        if not seen:
            break
        assert seen["isRinged"], f"no visible focus on {seen['words']!r}"
        assert seen["isUncovered"], f"the focus on {seen['words']!r} is out of sight"
        passed.append(seen["words"])
        if seen["words"].startswith(words):
            return
    pytest.fail(f"{words!r} cannot be reached, only {passed}")


def enter(page, words):
    tab_to(page, words)
    page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def event(desk):
    """One that is public and open."""
    walks.draft(desk, TITLE, day=f"{YEAR}-09-10", venue={"Naam": "Zaal 1", "Plaats": "Ede"})
    walks.publish(desk)
    walks.open_registration(desk, 5)


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
@pytest.mark.usefixtures("event")
def test_registering_and_cancelling_need_no_mouse(visit, mailbox, width):
    page = visit(viewport={"width": width, "height": 740})
    page.goto("/")
    enter(page, "Naar de inhoud")
    expect(page.locator("main")).to_be_focused()
    enter(page, "Bekijk de bijeenkomst")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    enter(page, "Aanmelden")
    page.wait_for_url("**/register")

    tab_to(page, "E-mailadres")
    page.keyboard.type("toetsen")
    enter(page, "Aanmelden")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert page.title().startswith("Fout: ")
    enter(page, "Naam: Vul uw naam in.")
    expect(walks.field(page, "Naam")).to_be_focused()
    page.keyboard.type("Toos Demo")
    tab_to(page, "E-mailadres")
    expect(walks.field(page, "E-mailadres")).to_have_attribute("aria-invalid", "true")
    page.keyboard.type(f"toos-{width}@example.org")
    page.keyboard.press("Enter")
    walks.own_page(page, mailbox, email=f"toos-{width}@example.org")
    expect(page.get_by_role("main")).to_contain_text("U hebt een plaats")

    enter(page, "Uw aanmelding annuleren")
    enter(page, "Annuleer mijn aanmelding")
    expect(page.get_by_role("main")).to_contain_text("Uw aanmelding is geannuleerd")
