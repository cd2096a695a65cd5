"""A block that is taken out of a newsletter can come back until it is saved."""

import pytest
from playwright.sync_api import expect

from tests.factories.newsletters import make_issue

pytestmark = pytest.mark.browser


@pytest.fixture
def issue(app):
    words = ("Eerste tekst.", "Tweede tekst.")
    blocks = [{"kind": "text", "key": str(at), "words": text} for at, text in enumerate(words, 1)]
    return make_issue(blocks=blocks)


@pytest.fixture
def page(visit, issue):
    return visit(f"/desk/newsletters/{issue.id}")


def kept(page):
    page.get_by_role("button", name="Opslaan").last.click()
    expect(page.locator(".flashes")).to_contain_text("Opgeslagen.")
    return page.locator(".blocks textarea").evaluate_all("all => all.map(each => each.value)")


def take_out_the_first(page):
    page.get_by_role("button", name="blok 1").last.click()
    expect(page.get_by_text("Dit blok verdwijnt als u opslaat.")).to_be_visible()
    expect(page.get_by_role("button", name="Zet het terug")).to_be_focused()


def test_it_goes_when_the_newsletter_is_saved(page):
    take_out_the_first(page)
    assert kept(page) == ["Tweede tekst."]


def test_it_comes_back_as_it_was(page):
    take_out_the_first(page)
    page.keyboard.press("Enter")
    assert kept(page) == ["Eerste tekst.", "Tweede tekst."]
