from datetime import date

import pytest

from events_app.core import weekdays
from events_app.newsletters.models import IssueStatus
from events_app.newsletters.rules import MOVES, addresses, arranged, may_become

pytestmark = pytest.mark.once

TODAY = date(2027, 1, 14)


def test_the_moves_of_an_issue():
    allowed = {f"{was.value} > {new.value}" for was, news in MOVES.items() for new in news}
    assert allowed == {
        "draft > approved",
        "approved > draft", "approved > scheduled", "approved > preparing",
        "scheduled > draft", "scheduled > approved", "scheduled > preparing",
        "preparing > sending", "preparing > cancelled",
        "sending > paused", "sending > cancelled", "sending > done",
        "paused > sending", "paused > cancelled",
    }  # fmt: skip
    assert set(MOVES) == set(IssueStatus)


def test_nothing_goes_back_once_sending_has_begun():
    begun = (IssueStatus.PREPARING, IssueStatus.SENDING, IssueStatus.PAUSED, IssueStatus.DONE)
    early = (IssueStatus.DRAFT, IssueStatus.APPROVED, IssueStatus.SCHEDULED)
    assert not any(may_become(was, new) for was in begun for new in early)


@pytest.mark.parametrize(
    "words",
    [
        "Kom op dinsdag 18 maart 2027.",
        "Tot Woensdag 18 maart",
        "on Friday, 18 March 2027",
        "on Friday the 18th of March",
        "Monday, March 18th, 2027",
        "zondag 31 juni 2027",
        "maandag 18 mrt. 2027",
    ],
)
def test_a_weekday_that_does_not_fit_is_found(words):
    assert len(weekdays.wrong(words, today=TODAY)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "donderdag 18 maart 2027",
        "donderdag 18 maart",
        "Thursday 18 March 2027, Thursday, March 18",
        "vrijdag 18 december",  # the last one: of the months that have just been
        "maandag 3 januari 2028",
        "elke dinsdag in maart, 18 plaatsen",
        "",
    ],
)
def test_a_weekday_that_fits_is_left_alone(words):
    assert weekdays.wrong(words, today=TODAY) == []


def test_a_date_without_a_year_is_the_coming_one():
    assert weekdays.wrong("woensdag 1 september", today=TODAY) == []
    assert weekdays.wrong("dinsdag 1 september", today=TODAY) == ["dinsdag 1 september"]


@pytest.mark.parametrize(
    "link", ["https://example.org", "https://example.org/a?b=c#d", "https://bücher.example/x"]
)
def test_a_whole_link(link):
    assert addresses.is_whole(link)


@pytest.mark.parametrize(
    "link",
    [
        "", "example.org", "http://example.org", "https://", "https://x", "https://a b.nl",
        "https://user@example.org", "https://example.org:8443/", "javascript:alert(1)",
        "https://example.org/\u202egnp", "https://-a.nl", "https://[::1", "ftp://example.org",
        "https://" + "a" * 70 + ".nl", "//example.org", "https://example..org",
    ],
)  # fmt: skip
def test_a_link_that_readers_cannot_follow(link):
    assert not addresses.is_whole(link)


def test_the_steps_of_the_editor():
    def keys(step):
        blocks = [{"kind": "text", "key": key} for key in ("1", "2", "5")]
        after, about = arranged(blocks, step)
        return "".join(block["key"] for block in after), about

    assert keys("up:2") == ("215", "2")
    assert keys("down:2") == ("152", "2")
    assert keys("up:1") == ("125", "1")
    assert keys("down:5") == ("125", "5")
    assert keys("remove:2") == ("15", "1")
    assert keys("remove:1") == ("25", "2")
    assert keys("up:9") == ("125", "")
    assert keys("add:quote") == ("1256", "6")
    assert arranged([], "add:quote") == ([{"kind": "quote", "key": "1"}], "1")
    assert arranged([{"kind": "text", "key": "1"}], "remove:1") == ([], "")
