from dataclasses import replace

import pytest
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.core.letters import Stream
from events_app.delivery.models import OutboxMessage, Scope
from events_app.delivery.queries import is_suppressed
from events_app.invitations import actions, jobs, queries, rules
from events_app.invitations.models import Status
from events_app.privacy.actions import erase_registration
from events_app.registrations import actions as registrations
from events_app.registrations.models import Registration
from events_app.registrations.queries import form_of
from events_app.registrations.rules import Applicant, Changes
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.registrations import mailed_link, registered


@pytest.fixture
def event(app):
    return make_event(capacity=1)


def letters_to(email):
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == email)
    return db.session.scalars(wanted.order_by(OutboxMessage.id)).all()


def applicant(name="Ben Demo", email="ben@example.org"):
    return Applicant(name=name, email=email, language="nl", source="invitation")


def test_a_guest_gets_one_personal_letter_in_the_ambassadors_name(event):
    make_invitation(event, make_ambassador())
    (letter,) = letters_to("ben@example.org")
    assert letter.stream is Stream.PERSONAL
    assert letter.reply_to == "noor@example.org"
    assert letter.unsubscribe is None


def test_nobody_is_written_to_twice_whoever_asks(event):
    make_invitation(event, make_ambassador())
    other = make_ambassador("Sam Demo", "sam@example.org")
    with pytest.raises(rules.CannotInvite):
        make_invitation(event, other)
    assert len(letters_to("ben@example.org")) == 1


def test_who_has_a_place_already_is_not_invited(event):
    registered(event, applicant(), now=NOON)
    with pytest.raises(rules.CannotInvite):
        make_invitation(event, make_ambassador())


def test_an_objection_is_for_every_ambassador_and_every_event(event):
    invitation = make_invitation(event, make_ambassador())
    with saving():
        actions.object_to(invitation, now=NOON)
    assert invitation.status is Status.DECLINED
    assert is_suppressed("ben@example.org", Scope.INVITATION)
    with pytest.raises(rules.CannotInvite):
        other = make_event("Another one", capacity=3)
        make_invitation(other, make_ambassador("Sam", "sam@example.org"))


def test_the_quota_counts_what_was_not_withdrawn(event):
    ambassador = make_ambassador(quota=1)
    first = make_invitation(event, ambassador)
    with pytest.raises(rules.QuotaUsed):
        make_invitation(event, ambassador, make_guest("Cas", "cas@example.org"))
    with saving():
        actions.withdraw(first, by=None, now=NOON)
    make_invitation(event, ambassador, make_guest("Cas", "cas@example.org"))


def test_accepting_takes_a_place_and_keeps_the_answer(event):
    invitation = make_invitation(event, make_ambassador())
    with saving():
        ended = actions.accept(invitation, applicant(), now=NOON)
    assert invitation.status is Status.ACCEPTED
    assert invitation.registration_id == ended.registration.id
    assert invitation.registration.claim.pool.taken == 1


def leaves_out(host, _client):
    registrations.change(host, Changes(name="Wim Demo", guests=("",)), now=NOON)


def cancels(host, _client):
    registrations.give_up(host, now=NOON)


def is_wiped(host, _client):
    registrations.give_up(host, now=NOON)
    erase_registration(host, now=NOON)


def hands_over(host, client):
    link = mailed_link("wim@example.org")
    client.post(f"{link}/hand-over", data={"email": "sam@example.org", "name": "Sam"})
    client.post(mailed_link("sam@example.org", "transfer"), data={"name": "Sam"})


@pytest.mark.parametrize("ends", [leaves_out, cancels, is_wiped, hands_over])
def test_who_comes_as_a_guest_keeps_an_invitation_of_their_own(client, event, ends):
    """Both were invited; the one brings the other, who says yes too."""
    with saving():
        form = form_of(event.id)
        form.pool.size, form.guests_max = 3, 1
    ambassador = make_ambassador()
    wims = make_invitation(event, ambassador, make_guest("Wim", "wim@example.org"))
    bens = make_invitation(event, ambassador)
    party = applicant("Wim Demo", "wim@example.org")
    party = replace(party, guests=("Ben Demo",), guest_addresses=("ben@example.org",))
    with saving():
        host = actions.accept(wims, party, now=NOON).registration
        actions.accept(bens, applicant(), now=NOON)
    assert (wims.status, bens.status, bens.registration_id) == (
        Status.ACCEPTED, Status.SENT, None
    )  # fmt: skip
    assert queries.figures(event.id)[ambassador.id].coming == 1
    with saving():
        ends(host, client)
    jobs.follow_places()
    db.session.expire_all()
    assert (bens.status, bens.email) == (Status.SENT, "ben@example.org")
    if ends is not hands_over:  # else he still comes with who has the place now
        with saving():
            own = actions.accept(bens, applicant(), now=NOON).registration
        assert (own.status, own.email) == ("confirmed", "ben@example.org")
        assert bens.status is Status.ACCEPTED


def test_who_hands_the_place_over_does_not_come_and_is_welcome_again(client, event):
    invitation = make_invitation(event, make_ambassador())
    with saving():
        taken = actions.accept(invitation, applicant(), now=NOON).registration
    link = mailed_link(applicant().email)
    client.post(f"{link}/hand-over", data={"email": "sam@example.org", "name": "Sam"})
    jobs.follow_places()
    assert rules.answer_of(invitation) is rules.Answer.COMING, "nobody has taken it"
    client.post(mailed_link("sam@example.org", "transfer"), data={"name": "Sam"})
    for _twice in range(2):
        jobs.follow_places()
    db.session.expire_all()
    assert rules.answer_of(invitation) is rules.Answer.DECLINED
    assert db.session.get_one(Registration, taken.id).source == "hand-over"
    figures = queries.figures(event.id)[invitation.ambassador_id]
    assert (figures.coming, figures.declined) == (0, 1)
    assert queries.for_registration(taken.id) == [], "it is not how Sam came"
    with saving():
        anew = actions.accept(invitation, applicant(), now=NOON).registration
    jobs.follow_places()
    assert (invitation.registration_id, anew.id != taken.id) == (anew.id, True)
    assert rules.answer_of(invitation) is rules.Answer.WAITING, "Sam has the place"


def test_a_new_address_of_who_said_yes_changes_nothing(client, event):
    invitation = make_invitation(event, make_ambassador())
    with saving():
        actions.accept(invitation, applicant(), now=NOON)
    client.post(f"{mailed_link(applicant().email)}/address", data={"email": "nieuw@example.org"})
    client.post(mailed_link("nieuw@example.org", "transfer"))
    jobs.follow_places()
    assert rules.answer_of(invitation) is rules.Answer.COMING


def test_accepting_a_withdrawn_invitation_takes_no_place(event):
    invitation = make_invitation(event, make_ambassador())
    with saving():
        actions.withdraw(invitation, by=None, now=NOON)
    with pytest.raises(rules.AnsweredAlready), saving():
        actions.accept(invitation, applicant(), now=NOON)
    assert db.session.scalars(select(Registration)).all() == []


def test_the_figures_count_answers_and_the_share_link(event):
    ambassador = make_ambassador()
    yes = make_invitation(event, ambassador)
    no = make_invitation(event, ambassador, make_guest("Cas", "cas@example.org"))
    make_invitation(event, ambassador, make_guest("Dee", "dee@example.org"))

    with saving():
        actions.accept(yes, applicant(), now=NOON)
        actions.decline(no, now=NOON)
    through = Applicant(name="Eva", email="eva@example.org", source=queries.share_code(ambassador))
    registered(event, through, now=NOON)
    found = queries.figures(event.id)[ambassador.id]
    assert (found.sent, found.coming, found.declined, found.unanswered) == (3, 1, 1, 1)
    assert found.by_link == 1


def test_a_closed_ambassador_page_invites_nobody(event):
    with pytest.raises(rules.NoAmbassador):
        make_invitation(event, make_ambassador(is_active=False))
