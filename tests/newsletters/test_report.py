"""The numbers of a report are numbers of letters: each reader is counted once, in every state."""

import re
from collections import Counter

import pytest
from lxml import html

from events_app.core.db import db, saving
from events_app.core.letters import Stream
from events_app.delivery.models import OutboxMessage, Reason, State
from events_app.newsletters import jobs
from events_app.newsletters.actions import sending
from events_app.newsletters.models import Issue, IssueStatus
from tests.conftest import NOON
from tests.delivery.conftest import enqueued
from tests.factories.newsletters import approved_issue, link_of, make_reader

STATS = {
    State.READY: "Waiting",
    State.CLAIMED: "Waiting",
    State.ATTEMPTING: "Waiting",
    State.DEFERRED: "Tried again later",
    State.ACCEPTED: "Accepted by the mail server",
    State.FAILED: "Failed",
    State.UNCERTAIN: "Uncertain",
    State.CANCELLED: "Not sent",
    State.KEPT: "Kept in the inbox of the desk",
}
STOPPED = {State.READY, State.CLAIMED, State.DEFERRED}


def path(issue, page=""):
    return f"/desk/newsletters/{issue.id}/{page}"


def standing(letter, state):
    """A letter that came to stand so."""
    is_leased = state in (State.CLAIMED, State.ATTEMPTING)
    letter.state = state
    letter.owner, letter.lease_until = ("w", NOON) if is_leased else (None, None)


def under_way(desk, count):
    """An issue whose letters wait to be sent."""
    for number in range(count):
        make_reader(f"r{number}@example.org")
    issue = approved_issue(desk.staff)
    desk.post(path(issue, "send"))
    jobs.fill(issue.id)
    return issue


def letters():
    db.session.expire_all()
    return db.session.scalars(db.select(OutboxMessage).order_by(OutboxMessage.id)).all()


def stats(page):
    """Every number of a page's lists of figures, by what stands with it."""
    found = {}
    for each in html.fromstring(page).xpath("//dl[contains(@class, 'stats')]/div"):
        words = [" ".join(part.text_content().split()) for part in each]
        found[words[0]] = int(re.match(r"\d+", words[1])[0])
    return found


def test_every_letter_is_counted_once_in_the_report_and_in_the_words_of_stop(desk):
    issue = under_way(desk, len(State))
    with saving():
        for letter, state in zip(letters(), State, strict=True):
            standing(letter, state)
    page = desk.get(path(issue, "report?lang=en")).text
    counted = stats(page)
    assert counted == Counter(STATS.values()) | {"Readers": len(State), "Registrations": 0}
    assert "5 / 9" in page, "dealt with: neither waiting nor to be tried again"
    assert "Stop: do not send 3 e-mails" in page
    answer = desk.post(path(issue, "cancel?lang=en"), follow_redirects=True).text
    assert "3 e-mails that waited are not sent" in answer
    assert [letter.state for letter in letters()] == [
        State.CANCELLED if state in STOPPED else state for state in State
    ]
    assert stats(answer) == counted | {"Waiting": 1, "Tried again later": 0, "Not sent": 4}


def test_one_letter_that_is_stopped_is_spoken_of_as_one(desk):
    issue = under_way(desk, 1)
    with saving():
        standing(letters()[0], State.DEFERRED)
    assert "Stop: do not send 1 e-mail<" in desk.get(path(issue, "report?lang=en")).text
    answer = desk.post(path(issue, "cancel?lang=nl"), follow_redirects=True).text
    assert "1 wachtende e-mail wordt niet verstuurd" in answer


def test_readers_whose_letter_is_not_written_yet_wait_too_unless_they_left(desk, client):
    readers = [make_reader(f"r{number}@example.org") for number in range(3)]
    issue = approved_issue(desk.staff)
    desk.post(path(issue, "send"))
    with saving():
        sending.freeze(db.session.get(Issue, issue.id))
    client.post(f"/unsubscribe/{link_of(readers[0])}")
    page = desk.get(path(issue, "report?lang=en")).text
    counted = stats(page)
    assert (counted["Readers"], counted["Waiting"], counted["Not sent"]) == (3, 2, 1)
    assert "Stop: do not send 2 e-mails" in page
    answer = desk.post(path(issue, "cancel?lang=en"), follow_redirects=True).text
    assert "2 e-mails that waited are not sent" in answer
    counted = stats(answer)
    assert (counted["Waiting"], counted["Not sent"]) == (0, 3)


def test_while_readers_are_being_chosen_stop_names_no_number(desk):
    make_reader()
    issue = approved_issue(desk.staff)
    desk.post(path(issue, "send"))
    assert db.session.get(Issue, issue.id).status is IssueStatus.PREPARING
    page = desk.get(path(issue, "report?lang=en")).text
    assert "Stop: send none of it" in page
    assert "do not send 0" not in page


@pytest.mark.parametrize("has_server", [False, True])
def test_every_letter_is_counted_once_in_the_overview(app, desk, has_server):
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1" if has_server else None
    enqueued(*(f"{state}@example.org" for state in State), stream=Stream.BULK)
    with saving():
        for letter, state in zip(letters(), State, strict=True):
            standing(letter, state)
    page = desk.get("/desk/delivery/?lang=en").text
    lines = html.fromstring(page).xpath("//section[@aria-labelledby='streams']//tbody/tr")
    assert [[int(cell.text) for cell in line.xpath("td")] for line in lines] == [
        [0, 0, 1] for _state in State
    ]
    went = "Taken by the mail server" if has_server else "Kept here, not sent"
    assert stats(page) == {"Waiting to be sent": 4, "Uncertain": 1, went: 1, "Refused": 1}


def test_a_stopped_issue_keeps_its_letters_in_doubt_and_sends_none_of_them_again(desk):
    issue = under_way(desk, 2)
    with saving():
        for letter in letters():
            standing(letter, State.UNCERTAIN)
            letter.why = Reason.SILENCE
    assert "/desk/delivery/uncertain" in desk.get(path(issue, "report")).text
    desk.post(path(issue, "cancel"))
    assert {(one.state, one.why) for one in letters()} == {(State.UNCERTAIN, Reason.UNWANTED)}
    page = desk.get(path(issue, "report?lang=en")).text
    assert (stats(page)["Uncertain"], "Not sent" in stats(page)) == (2, False)
    assert "/desk/delivery/uncertain" not in page, "nothing is left to decide"


def test_sending_a_stopped_issue_once_more_says_that_it_was_stopped(desk):
    issue = under_way(desk, 2)
    again = desk.post(path(issue, "send?lang=en"), follow_redirects=True).text
    assert "The sending had begun already." in again
    desk.post(path(issue, "cancel"))
    again = desk.post(path(issue, "send?lang=en"), follow_redirects=True).text
    assert "The sending was stopped. To send the newsletter after all, make a copy of it." in again
    assert "had begun" not in again


def test_who_unsubscribes_leaves_what_may_have_arrived_in_doubt(desk, client):
    reader = make_reader("ana@example.org")
    issue = approved_issue(desk.staff)
    desk.post(path(issue, "send"))
    jobs.fill(issue.id)
    with saving():
        standing(letters()[0], State.UNCERTAIN)
    client.post(f"/unsubscribe/{link_of(reader)}")
    assert (letters()[0].state, letters()[0].why) == (State.UNCERTAIN, Reason.UNWANTED)
    assert stats(desk.get(path(issue, "report?lang=en")).text)["Uncertain"] == 1
