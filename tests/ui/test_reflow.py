"""Large text, wider spacing, forced colours and paper: nothing is cut, hidden or lost."""

from urllib.parse import urlsplit

import pytest

from tests.factories.events import make_event, make_venue
from tests.factories.registrations import make_form, make_question

pytestmark = pytest.mark.browser
LONG = "Arbeidsongeschiktheidsverzekeringsmaatschappijen en hottentottententententoonstellingen"
ZOOMED = {"width": 320, "height": 256}
"""A window of 1280 by 1024 at 400 % (WCAG 1.4.10)."""
SPACED = """*, ::before, ::after {
  line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
"""WCAG 1.4.12."""
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(part => {
  const isHidden = part.closest('.hidden-text, .table--stack thead, [hidden], svg, option');
  if (isHidden || !part.checkVisibility()) return false;
  const style = getComputedStyle(part);
  const isShortened = !['', 'none'].includes(style.webkitLineClamp);
  const hides = way => ['hidden', 'clip'].includes(way);
  return part.innerText?.trim() && !isShortened && (
    hides(style.overflowX) && part.scrollWidth > part.clientWidth + 1 ||
    hides(style.overflowY) && part.scrollHeight > part.clientHeight + 1);
}).map(part => part.outerHTML.slice(0, 90))"""


@pytest.fixture
def event(app):
    """Everything in it is one long word."""
    told = {"summary": LONG, "description": f"## {LONG}\n\n| {LONG} | b |\n|---|---|\n| a | b |"}
    venue = make_venue(LONG, LONG, street=LONG, route_note={"nl": LONG})
    event = make_event(LONG, venue=venue, slug="lang", audience=LONG, **told)
    make_question(make_form(event, 20, guests_max=1), label=LONG)
    return event


@pytest.fixture
def open_page(chromium, site, event):
    contexts = []

    def opened(path, **options):
        contexts.append(chromium.new_context(bypass_csp=True, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.goto(site + path)
        return page

    yield opened
    for context in contexts:
        context.close()


WIDTH = "document.documentElement.scrollWidth"
PAGES = ("/", "/events/", "/events/lang", "/events/lang/register", "/newsletter/", "/privacy")


def visited(open_page, paths, **options):
    page = open_page(paths[0], **options)
    for path in paths:
        page.goto(f"{urlsplit(page.url).scheme}://{urlsplit(page.url).netloc}{path}")
        yield page, path


def test_the_longest_words_fit_at_four_hundred_percent(open_page):
    for page, path in visited(open_page, PAGES, viewport=ZOOMED):
        assert (path, page.evaluate(WIDTH), page.evaluate(CLIPPED)) == (path, 320, [])


def test_wider_spacing_of_text_clips_nothing(open_page):
    for page, path in visited(open_page, PAGES, viewport={"width": 360, "height": 800}):
        page.add_style_tag(content=SPACED)
        assert (path, page.evaluate(WIDTH), page.evaluate(CLIPPED)) == (path, 360, [])


def test_the_check_sees_what_is_clipped(open_page):
    page = open_page("/privacy")
    page.add_style_tag(content="h1 { block-size: 10px; overflow: hidden }")
    assert len(page.evaluate(CLIPPED)) == 1


def test_forced_colours_show_every_button_field_and_stripe(open_page):
    page = open_page("/events/lang/register", forced_colors="active")
    bare = """() => [...document.querySelectorAll('main .button, main .input')].filter(part =>
      parseFloat(getComputedStyle(part).borderTopWidth) < 1).map(part => part.outerHTML)"""
    assert page.evaluate(bare) == []
    page.goto(page.url.replace("/lang/register", "/"))
    stripe = "getComputedStyle(document.querySelector('.show'), '::before')"
    assert page.evaluate(f"{stripe}.forcedColorAdjust") == "none"


def test_on_paper_stand_the_words_and_not_the_ways_around(open_page):
    page = open_page("/events/lang", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for part in (".site-nav", ".site-foot", ".register-bar", "main .button"):
        assert [each for each in page.locator(part).all() if each.is_visible()] == []
    assert page.get_by_role("heading", level=1).is_visible()
    style = "getComputedStyle(document.querySelector('{}')).{}"
    assert page.evaluate(style.format("body", "backgroundColor")) == "rgb(255, 255, 255)"
    assert page.evaluate(style.format("h1", "color")) == "rgb(11, 27, 59)"
