"""An address whose e-mails are held back: colleagues read so, and visitors learn nothing by it."""

from events_app.accounts.models import Role
from events_app.core.db import saving
from events_app.delivery.actions import suppress
from events_app.delivery.models import Scope, SuppressionReason
from tests.conftest import NOON, signed_in
from tests.factories.events import make_event
from tests.factories.registrations import ANA, RUI, registered

SAID = "E-mails to this address do not leave"


def bar(scope):
    with saving():
        suppress(ANA.email, scope, SuppressionReason.BOUNCED, now=NOON)


def test_colleagues_who_may_see_addresses_read_whose_letters_are_held_back(app, desk):
    event = make_event(capacity=9)
    ana, rui = (f"/desk/registrations/{event.id}/{registered(event, who).id}?lang=en"
                for who in (ANA, RUI))  # fmt: skip
    bar(Scope.INVITATION)
    assert SAID not in desk.get(ana).text
    bar(Scope.ALL)
    page = desk.get(ana).text
    assert SAID in page
    assert f"/desk/delivery/inbox?address={ANA.email.replace('@', '%40')}" in page.replace(
        "@", "%40"
    )
    assert SAID not in desk.get(rui).text
    assert SAID not in signed_in(app, Role.DOOR).get(ana).text


def test_the_page_after_registering_is_the_same_for_a_barred_address(app):
    make_event(capacity=9, slug="energie")
    bar(Scope.ALL)
    pages = []
    for who in (ANA, RUI):
        browser = app.test_client()
        sent = {"name": "Demo", "email": who.email}
        answer = browser.post("/events/energie/register", data=sent, follow_redirects=True)
        pages.append(answer.text.replace(who.email, "ADDRESS"))
    assert SAID not in pages[0]
    assert "ADDRESS" in pages[0]
