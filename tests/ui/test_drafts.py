"""What was typed at the desk and not saved is offered again, to who typed it and to nobody else."""

import time

import pytest
from playwright.sync_api import expect

from events_app.accounts.models import Role
from events_app.core.db import db, saving
from events_app.events.models import Event
from tests.conftest import signed_in
from tests.factories.events import make_event
from tests.factories.newsletters import make_issue
from tests.factories.registrations import registered

pytestmark = pytest.mark.browser
TITLE = "Titel in het Nederlands"
OFFER = "U typte hier iets dat niet is opgeslagen."


@pytest.fixture
def event(app):
    return make_event("Leren in de haven", summary="Kort.")


@pytest.fixture
def page(visit, event):
    return visit(f"/desk/events/{event.id}/edit")


def kept(page):
    deadline = time.monotonic() + 5
    while not drafts(page):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def drafts(page):
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))")


def type_title(page, words):
    page.get_by_role("textbox", name=TITLE, exact=True).fill(words)


def type_and_leave(page, words="Nog niet af"):
    type_title(page, words)
    kept(page)
    page.goto(page.url)


def test_a_closed_page_loses_nothing_and_forces_nothing(page):
    type_and_leave(page)
    expect(page.get_by_text(OFFER)).to_be_visible()
    expect(page.get_by_role("textbox", name=TITLE, exact=True)).to_have_value("Leren in de haven")
    page.get_by_role("button", name="Zet het terug").click()
    expect(page.get_by_role("textbox", name=TITLE, exact=True)).to_have_value("Nog niet af")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nog niet af · ")
    assert drafts(page) == []


def test_what_was_only_looked_at_or_thrown_away_is_not_kept(page):
    page.goto(page.url)
    assert drafts(page) == []
    type_and_leave(page)
    page.get_by_role("button", name="Gooi het weg").click()
    assert drafts(page) == []
    page.goto(page.url)
    expect(page.get_by_text(OFFER)).not_to_be_visible()
    type_and_leave(page)
    page.get_by_role("link", name="Terug zonder op te slaan").click()
    expect(page).not_to_have_url("edit")
    assert drafts(page) == []


def test_after_a_session_that_ended_the_words_are_there_again(page):
    session = page.context.cookies()
    page.get_by_role("textbox", name=TITLE, exact=True).fill("Nog niet af")
    page.context.clear_cookies()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent uitgelogd")
    page.context.add_cookies(session)
    page.goto(page.url.partition("/desk/")[0] + "/desk/")
    event = db.session.scalars(db.select(Event)).one()
    page.goto(page.url + f"events/{event.id}/edit")
    expect(page.get_by_text(OFFER)).to_be_visible()


def test_who_saved_meanwhile_is_mentioned(page, event):
    type_and_leave(page)
    expect(page.get_by_text("Daarna heeft iemand iets opgeslagen")).not_to_be_visible()
    with saving():
        db.session.get(Event, event.id).revision += 1
    page.goto(page.url)
    expect(page.get_by_text("Daarna heeft iemand iets opgeslagen")).to_be_visible()


def test_two_windows_lose_nothing_and_the_clash_is_read_first(page):
    other = page.context.new_page()
    other.goto(page.url)
    type_title(other, "Leren op de kade")
    other.get_by_role("button", name="Opslaan").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Leren op de kade")
    type_title(page, "Leren aan boord")
    page.get_by_role("button", name="Opslaan").click()
    clash = page.get_by_role("alert")
    expect(clash).to_contain_text("Een collega heeft dit gewijzigd")
    expect(clash).to_contain_text("Leren op de kade")
    expect(clash).to_be_focused()
    expect(page.get_by_role("textbox", name=TITLE, exact=True)).to_have_value("Leren aan boord")


def test_what_follows_from_a_change_is_read_before_it_is_saved(visit, app):
    event = make_event("Leren in de haven", summary="Kort.", capacity=5)
    registered(event)
    page = visit(f"/desk/events/{event.id}/edit")
    begin = page.get_by_label("Begin", exact=True)
    begin.fill(begin.input_value().partition("T")[0] + "T08:47")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("alert")).to_contain_text("mensen al weten")
    expect(page.get_by_role("alert")).to_be_focused()


def test_signing_out_takes_everything_along(page):
    type_and_leave(page)
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url("**/sign-in**")
    assert drafts(page) == []


def test_signing_out_forgets_what_was_typed_a_moment_ago_too(page):
    type_title(page, "Nog niet af")
    page.wait_for_timeout(600)
    type_title(page, "Nog steeds niet af")
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url("**/sign-in**")
    assert drafts(page) == []


def test_what_was_undone_by_hand_is_not_offered(page):
    type_title(page, "Nog niet af")
    kept(page)
    type_title(page, "Leren in de haven")
    page.wait_for_timeout(600)
    assert drafts(page) == []


def test_an_offer_outlives_what_is_typed_before_the_answer(page):
    type_and_leave(page)
    type_title(page, "Iets anders")
    page.wait_for_timeout(600)
    page.goto(page.url)
    page.get_by_role("button", name="Zet het terug").click()
    expect(page.get_by_role("textbox", name=TITLE, exact=True)).to_have_value("Nog niet af")
    page.goto(page.url)
    expect(page.get_by_text(OFFER)).to_be_visible()


def test_another_colleague_in_this_browser_never_sees_it(app, page, site):
    type_and_leave(page)
    other = signed_in(app, Role.EDITOR)
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": "session", "value": other.get_cookie("session").value, "url": site}]
    )
    page.goto(page.url)
    expect(page.get_by_text(OFFER)).not_to_be_visible()
    assert drafts(page) == []


def test_a_mistake_keeps_what_was_typed_without_an_offer(page):
    page.get_by_role("textbox", name=TITLE, exact=True).fill("")
    page.get_by_label("Begin").fill("")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_text(OFFER)).not_to_be_visible()
    assert len(drafts(page)) == 1


def test_a_newsletter_has_it_too(visit, app):
    issue = make_issue()
    page = visit(f"/desk/newsletters/{issue.id}")
    page.get_by_label("Onderwerp").fill("Nog niet af")
    kept(page)
    page.goto(page.url)
    page.get_by_role("button", name="Zet het terug").click()
    expect(page.get_by_label("Onderwerp")).to_have_value("Nog niet af")
    page.get_by_role("button", name="Opslaan").last.click()
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    assert drafts(page) == []
