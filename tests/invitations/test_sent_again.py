"""An invitation that was taken back can be sent again, and the button says what it does."""

import pytest

from events_app.core import tokens
from events_app.core.db import saving
from events_app.delivery.models import State
from events_app.invitations import actions, queries, rules
from events_app.invitations.models import Status
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.invitations.test_actions import applicant, letters_to


@pytest.fixture
def event(app):
    return make_event(capacity=1)


def taken_back(event, ambassador, guest=None):
    invitation = make_invitation(event, ambassador, guest)
    with saving():
        actions.withdraw(invitation, by=None, now=NOON)
    return invitation


@pytest.mark.parametrize("other", [False, True], ids=["by the same", "by another"])
def test_what_was_taken_back_is_sent_again_with_what_is_said_now(client, event, other):
    noor = make_ambassador()
    first = taken_back(event, noor)
    sender = make_ambassador("Sam", "sam@example.org") if other else noor
    again = make_invitation(event, sender, make_guest("Ben Beter", words="Nu goed."))
    assert (again.id, again.status, again.answered_at) == (first.id, Status.SENT, None)
    assert (again.ambassador, again.name, again.words) == (sender, "Ben Beter", "Nu goed.")
    old, new = letters_to("ben@example.org")
    assert old.state is State.CANCELLED, "it had not left yet"
    assert new.state is State.READY
    page = client.get("/invitation/" + tokens.derived(queries.INVITATION, again.seed)).text
    assert "Nu goed." in page
    assert "Ja, ik kom" in page
    assert queries.used(sender.id, event.id) == 1
    with saving():
        actions.accept(again, applicant(), now=NOON)
    with pytest.raises(rules.CannotInvite):
        make_invitation(event, noor)


def test_one_guest_gets_three_letters_for_an_event_at_most(event):
    noor = make_ambassador()
    for _time in range(3):
        taken_back(event, noor)
    with pytest.raises(rules.CannotInvite):
        make_invitation(event, noor)
    assert len(letters_to("ben@example.org")) == 3


@pytest.mark.parametrize("how", ["wiped", "declined", "objected"])
def test_nothing_else_is_sent_again(event, how):
    noor = make_ambassador()
    invitation = make_invitation(event, noor)
    with saving():
        if how == "wiped":
            actions.erase_guest("ben@example.org", now=NOON)
        elif how == "declined":
            actions.decline(invitation, now=NOON)
        else:
            actions.withdraw(invitation, by=None, now=NOON)
            actions.object_to(invitation, now=NOON)
    with pytest.raises(rules.CannotInvite):
        make_invitation(event, noor)


def test_every_letter_to_a_guest_goes_with_the_ambassador(event):
    noor = make_ambassador()
    taken_back(event, noor, make_guest(words="Geheim een."))
    make_invitation(event, noor, make_guest(words="Geheim twee."))
    with saving():
        actions.erase_ambassador(noor, now=NOON)
    assert all("Geheim" not in str(each.slots) for each in letters_to("ben@example.org"))


@pytest.mark.parametrize("at_the_desk", [False, True])
def test_the_button_says_what_taking_back_does(client, desk, event, at_the_desk):
    noor = make_ambassador()
    invitation = make_invitation(event, noor)
    browser = desk if at_the_desk else client
    own = "/ambassador/" + tokens.derived("ambassador", noor.seed)
    page = f"/desk/invitations/{noor.id}/event/{event.id}" if at_the_desk else own
    back = "/desk/invitations" if at_the_desk else own
    assert "De link in de e-mail geeft dan geen plaats meer." in browser.get(page).text
    answer = browser.post(f"{back}/withdraw/{invitation.id}")
    assert "De uitnodiging is ingetrokken." in browser.get(answer.location).text
