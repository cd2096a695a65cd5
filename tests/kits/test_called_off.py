"""An event is put off or called off: from that moment on nothing that is there to be shared invites
to it, also while the kit has no new version yet.
"""

import pytest

from events_app.core import clock, tokens
from events_app.core.db import saving
from events_app.events import actions as events
from events_app.kits import jobs, on_demand, queries
from events_app.kits.assets import email_signature
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_invitation
from tests.factories.kits import make_kit, make_partner, page_of
from tests.kits.test_doors import files_on, kit_page
from tests.pages import said

pytestmark = pytest.mark.once

OUTCOMES = {
    events.cancel: ("Gaat niet door", "Deze bijeenkomst gaat niet door."),
    events.postpone: ("Uitgesteld", "Deze bijeenkomst is uitgesteld."),
}
DAY = "18 maart 2027"


@pytest.fixture(params=OUTCOMES, ids=lambda outcome: outcome.__name__)
def outcome(request):
    return request.param


@pytest.fixture
def event(app):
    return make_event(capacity=20, summary={"nl": "Kom kijken.", "en": "Come and see."})


@pytest.fixture
def kit(event):
    return make_kit(event)


@pytest.fixture
def partner(app):
    return make_partner()


def stop(event, outcome):
    with saving():
        outcome(event, words={"nl": "De zaal lekt."}, by=None, now=clock.now())


def test_the_kit_of_a_partner_says_so_at_once_and_gives_nothing_that_invites(
    client, kit, partner, outcome
):
    there = kit_page(partner, kit)
    stop(kit.event, outcome)
    page = client.get(there)
    state, notice = OUTCOMES[outcome]
    assert notice in said(page)
    assert "De zaal lekt." in said(page)
    assert DAY not in page.text
    assert files_on(page.text) == []
    assert "share-link" not in page.text
    for name in (
        "v1.zip",
        "v1.zip?only=print",
        "v1/social/any.png",
        "v1/social/any.png?download=1",
    ):
        answer = client.get(f"{there}/{name}")
        assert (answer.status_code, answer.location) == (303, there), name
    listed = client.get(page_of(partner))
    assert state in said(listed)
    assert files_on(listed.text) == []


def test_the_kit_has_its_new_version_at_once_and_the_old_one_is_given_no_more(
    client, desk, kit, partner, outcome
):
    stop(kit.event, outcome)
    promise = "De communicatiekit krijgt om 12.00 uur een nieuwe versie"
    assert promise in said(desk.get(f"/desk/events/{kit.event_id}"))
    jobs.follow()
    jobs.follow()
    newest, _first = queries.versions(kit)
    assert newest.facts["en"]["status"] == kit.event.status
    assert client.get(f"{kit_page(partner, kit)}/v1.zip").status_code == 303


def test_a_kit_that_was_put_off_and_then_called_off_says_the_latter(client, kit, partner):
    stop(kit.event, events.postpone)
    jobs.follow()
    stop(kit.event, events.cancel)
    assert client.get(f"{kit_page(partner, kit)}/v2.zip").status_code == 303
    jobs.follow()
    assert [version.number for version in queries.versions(kit)] == [3, 2, 1]


def banner_of(kit, partner):
    on_demand.request_for(kit, queries.last_version(kit), partner, "nl")  # makes its links
    return f"/r/{queries.links(kit, partner)[email_signature.ROLE]}/banner.png"


def shared(client, kit, partner):
    """What others show of an event, by where it is; each is another thing when it is off."""
    event, ambassador = kit.event, make_ambassador()
    make_invitation(event, ambassador)
    page = "/ambassador/" + tokens.derived("ambassador", ambassador.seed)
    banner = banner_of(kit, partner)
    return {
        "card": lambda: client.get(f"/events/{event.slug}/card.png").data,
        "banner": lambda: client.get(banner).data,
        "ambassador": lambda: said(client.get(f"{page}?event={event.id}")).count("Deel uw link"),
        "link": lambda: said(client.get(f"/events/{event.slug}?source=x")).count("Aanmelden"),
    }


def test_whatever_shows_an_event_to_others_asks_how_it_stands(client, kit, partner):
    places = shared(client, kit, partner)
    before = {name: seen() for name, seen in places.items()}
    stop(kit.event, events.postpone)
    assert [name for name, seen in places.items() if seen() == before[name]] == []


def test_what_goes_on_again_says_so_before_its_files_do(client, kit, partner):
    stop(kit.event, events.postpone)
    jobs.follow()
    with saving():
        events.go_on(kit.event, by=None, now=NOON)
    page = said(client.get(kit_page(partner, kit)))
    assert "Deze bijeenkomst gaat door" in page
    assert DAY in page
