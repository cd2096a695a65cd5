"""A draft that nobody saw can be removed, with all that hangs on it."""

import pytest
import sqlalchemy as sa

from events_app.accounts.models import JournalEntry, Role
from events_app.core.db import Base, db, saving
from events_app.events.models import Event, Status
from events_app.kits import actions as kits
from events_app.newsletters.models import Issue
from tests.conftest import NOON, signed_in
from tests.factories.events import make_event, make_partner, make_series
from tests.factories.newsletters import event_block, make_issue
from tests.factories.registrations import make_form, make_question


@pytest.fixture
def draft(app):
    """With a form, places, questions, organisations, a kit, and a newsletter that tells of it."""
    event = make_event("Nog niet klaar", status=Status.DRAFT, series=make_series(), capacity=7,
                       themes=("energie",))  # fmt: skip
    make_partner(event, "Fonds Zuid")
    make_question(make_form(event, capacity=7), "Wat eet u?")
    with saving():
        kit = kits.draft(event, by=None, now=NOON)
        kits.make_links(kit, None, now=NOON)
    make_issue(blocks=[event_block(event, key="1"), {"kind": "text", "key": "2", "words": "x"}])
    return event


def counts():
    return {
        name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for name, table in Base.metadata.tables.items()
    }


def remove(browser, event):
    return browser.post(f"/desk/events/{event.id}/remove")


def test_the_page_says_first_what_goes_and_then_all_of_it_goes(app, draft):
    editor = signed_in(app, Role.EDITOR)
    page = " ".join(editor.get(f"/desk/events/{draft.id}").text.split())
    for words in ("het formulier met 7 plaatsen", "en 1 eigen vraag", "de communicatiekit",
                  "1 nieuwsbrief in de maak noemt deze bijeenkomst"):  # fmt: skip
        assert words in page, words
    answer = remove(editor, draft)
    assert (answer.status_code, answer.location) == (303, "/desk/events/")
    assert "Het concept is weg." in editor.get(answer.location).text
    kept = {name: count for name, count in counts().items() if count}
    assert kept.keys() <= {
        "alembic_version", "desk_session", "event_series", "installation", "issue",
        "journal_entry", "organisation", "staff_member", "theme", "venue",
    }  # fmt: skip


def test_the_journal_keeps_a_line_that_leads_to_nothing(desk, draft):
    draft_id = draft.id
    remove(desk, draft)
    line = db.session.scalars(
        sa.select(JournalEntry).where(JournalEntry.verb == "events.removed")
    ).one()
    assert (line.subject_label, line.subject_id) == ("Nog niet klaar · 18 mrt 2027, 13.00", None)
    assert "verwijderde het concept van bijeenkomst Nog niet klaar" in (
        desk.get("/desk/accounts/journal").text
    )
    after = make_event("Een ander")
    assert after.id != draft_id
    told = desk.get(f"/desk/accounts/journal?kind=Event&subject={after.id}").text
    assert "Nog niet klaar" not in told


def test_a_newsletter_tells_of_no_other_event_under_the_same_number(desk, draft):
    remove(desk, draft)
    make_event("Een ander")
    issue = db.session.scalars(sa.select(Issue)).one()
    assert issue.blocks[0] == {"kind": "event", "key": "1"}
    assert issue.blocks[1]["words"] == "x"
    assert "Kies een bijeenkomst." in desk.get(f"/desk/newsletters/{issue.id}/check").text


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.DRAFT])
def test_what_readers_have_seen_stays(desk, status):
    event = make_event("Gezien", status=status)
    assert "Dit concept verwijderen" not in desk.get(f"/desk/events/{event.id}").text
    assert remove(desk, event).status_code == 303
    assert counts()["event"] == 1


def test_a_draft_that_was_put_in_the_archive_can_go_too(desk):
    event = make_event("Oud", status=Status.DRAFT)
    desk.post(f"/desk/events/{event.id}/archive")
    assert remove(desk, event).status_code == 303
    assert db.session.scalars(sa.select(Event)).all() == []


def test_what_is_gone_is_not_there_the_second_time(desk, draft):
    assert [remove(desk, draft).status_code for _ in range(2)] == [303, 404]
