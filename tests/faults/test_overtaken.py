"""A colleague removes or changes a thing of the desk while its page is open somewhere else.

Whoever then presses a button there meets no bare error page: a sentence says what happened, by
whom and when where that is known, what was typed is given back, and there is a way on. Every form
of the desk is pressed, first with its thing gone, then with it in each state that it can have.
"""

import itertools
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import delete, select, update

from events_app.accounts.models import Role, StaffMember
from events_app.app import COMPONENTS
from events_app.core.db import Base, db, saving
from events_app.events.models import Event, Status
from events_app.newsletters.models import Issue, IssueStatus
from events_app.newsletters.rules import OPEN
from events_app.themes.models import Theme
from tests.conftest import NOON, signed_in
from tests.factories.newsletters import make_issue
from tests.faults.visiting import endpoint, forms_sent
from tests.pages import said

pytestmark = pytest.mark.once

TYPED = "Typed with care"
SEEN = {
    "registrations_desk.move_question", "registrations_desk.move_options", "themes_desk.move",
    "newsletters_desk.copy",
}  # fmt: skip
"""What they did is seen where they lead."""


def presses(house):
    """One form of each door of the desk that is about things: who sends it, and the things."""
    things = {a: model for room in house.app.extensions["components"]
              for a, model in room.journal.things.items()}  # fmt: skip
    found, at = {}, house.app.url_map.bind("localhost")
    for visitor, form in forms_sent(house):
        path = form.action.partition("?")[0]
        rule, values = at.match(path, "POST", return_rule=True)
        about = [
            (model, values[address.rpartition(":")[2].rstrip(">")])
            for address, model in things.items() if f"{rule}/".startswith(f"{address}/")
        ]  # fmt: skip
        if about:
            found.setdefault(rule.endpoint, (visitor, form, about))
    return found.values()


def remove(table, condition):
    """These rows, and all that hangs on them."""
    key, *_more = table.primary_key.columns
    keys = db.session.scalars(select(key).where(condition)).all()
    pointing = [
        column for other in Base.metadata.tables.values() for column in other.columns
        if any(each.column is key for each in column.foreign_keys)
    ]  # fmt: skip
    for column in pointing if keys else ():
        if column.nullable:
            change(column.table, column.in_(keys), {column: None})
        else:
            remove(column.table, column.in_(keys))
    db.session.execute(delete(table).where(condition))


def change(table, condition, values):
    db.session.execute(update(table).where(condition).values(values))


def wrong(house, visitor, form):
    """With the answer to who presses it now."""
    data = form.filled(f"{TYPED} {number}" for number in itertools.count())
    browser = visitor.at(house.app)
    answer = browser.post(form.action, data=data)
    if answer.status_code != 303:
        return [*_wrong_page(browser, answer, data)]
    there = browser.get(answer.location, follow_redirects=True)
    if there.status_code != 200:
        return [f"leads to {answer.location}: {there.status_code}"]
    if flashed(there) or endpoint(house, form) in SEEN:
        return []
    return [f"leads to {answer.location} without a sentence"]


def flashed(answer):
    page = html.fromstring(answer.text)
    return page.xpath("string(//*[@class='flashes flow'])").strip()


def _wrong_page(browser, answer, data):
    if answer.status_code not in (200, 404, 409, 422):
        yield f"answered {answer.status_code}"
        return
    page = html.fromstring(answer.text)
    links = page.xpath("//main//a[starts-with(@href, '/desk/')]/@href")
    if answer.status_code in (404, 409) and not links:
        yield "leads nowhere"
    for there in links[:1]:
        status = browser.get(there, follow_redirects=True).status_code
        yield from [f"leads to {there}: {status}"] if status != 200 else []
    shown = [*page.itertext(), *page.xpath("//input/@value")]
    for words in data.values():
        if TYPED in words and not any(words in each for each in shown):
            yield f"lost {words!r}"


def test_who_presses_a_button_of_what_is_gone_reads_so_and_is_led_on(house):
    found = {}
    for visitor, form, about in presses(house):
        for model, key in about:
            with house.app.app_context(), saving():
                remove(model.__table__, model.id == key)
            if wrongs := wrong(house, visitor, form):
                found[f"{form.action} without {model.__name__}"] = wrongs
            house.kept.back()
    assert found == {}


def states(model):
    """Those that stand in columns of its own; that of a registration stands in its claims."""
    if model is Issue:
        return [{"status": each, "sent_at": None if each in OPEN else NOON} for each in IssueStatus]
    if model is Event:
        return [{"status": each} for each in Status]
    return [{"is_active": each} for each in (True, False)] if model in (StaffMember, Theme) else []


def test_who_presses_a_button_of_what_has_another_state_by_now_reads_so_and_is_led_on(house):
    found = {}
    for visitor, form, about in presses(house):
        for model, key in about:
            for values in states(model):
                with house.app.app_context(), saving():
                    change(model.__table__, model.id == key, values)
                if wrongs := wrong(house, visitor, form):
                    found[f"{form.action} {values}"] = wrongs
                house.kept.back(house.kept.changed())
    assert found == {}


# -- by whom, and when


def issue_page(**more):
    return f"/desk/newsletters/{make_issue(subject='Lente', **more).id}"


def test_what_a_colleague_removed_is_said_with_their_name_and_the_moment(app, desk):
    page = issue_page()
    assert signed_in(app, Role.EDITOR).post(f"{page}/throw-away").status_code == 303
    answer = desk.post(page, data={"subject": TYPED})
    assert answer.status_code == 404
    shown = said(answer)
    assert "Dit is er niet meer" in shown
    assert "Demo editor heeft nieuwsbrief Lente weggegooid (" in shown
    assert TYPED in shown


def test_what_a_colleague_did_is_said_with_a_way_to_how_it_is_now(app, desk, noon):
    page = issue_page(status=IssueStatus.APPROVED, approved_at=NOON)
    colleague = signed_in(app, Role.ORGANISER)
    assert colleague.post(f"{page}/take-back").status_code == 303
    did = "Demo organiser heeft de goedkeuring van nieuwsbrief Lente ingetrokken"
    answer = desk.post(f"{page}/send")
    assert answer.status_code == 409
    assert did in said(answer)
    assert f'href="{page}"' in answer.text
    noon.set(NOON + timedelta(days=2))
    assert did not in said(desk.post(f"{page}/send")), "it is long ago"


def test_every_thing_of_the_journal_is_one_of_the_desk(app):
    rules = [f"{rule}/" for rule in app.url_map.iter_rules() if str(rule).startswith("/desk/")]
    for room in COMPONENTS:
        for address in room.journal.things:
            assert [rule for rule in rules if rule.startswith(f"{address}/")], address
