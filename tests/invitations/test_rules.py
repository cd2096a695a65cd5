import pytest

from events_app.invitations.models import Status
from events_app.invitations.rules import Answer, Figures, has_room, lines, may_become

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("Ana Demo; ana@example.org; ROC", [("Ana Demo", "ana@example.org", "ROC")]),
        ("Ana Demo <ana@example.org>", [("Ana Demo", "ana@example.org", "")]),
        ("ana@example.org", [("", "ana@example.org", "")]),
        ("Ana Demo, ANA@example.org", [("Ana Demo", "ana@example.org", "")]),
        ("Ana\tana@example.org\tROC", [("Ana", "ana@example.org", "ROC")]),
        ("\n  \n;;\n", []),
        ("no address here", [("no address here", "", "")]),
    ],
)
def test_a_pasted_line_is_read_as_people_write_it(pasted, found):
    assert [(it.name, it.email, it.organisation) for it in lines(pasted)] == found


def test_a_declined_guest_may_still_come_and_an_accepted_one_stays():
    assert may_become(Status.DECLINED, Status.ACCEPTED)
    assert not may_become(Status.ACCEPTED, Status.DECLINED)
    assert not may_become(Status.WITHDRAWN, Status.ACCEPTED)


def test_the_quota_is_a_limit_not_a_goal():
    assert has_room(quota=2, used=1)
    assert not has_room(quota=2, used=2)
    assert not has_room(quota=0, used=0)


def test_who_has_not_answered_is_what_is_left():
    counts = {Answer.OPEN: 3, Answer.COMING: 4, Answer.DECLINED: 3}
    assert (Figures(counts).sent, Figures(counts).unanswered) == (10, 3)
