"""What brought somebody to a registration is said in words, wherever it is shown."""

import pytest
from lxml import html

from events_app.core.db import saving
from events_app.invitations.queries import share_code
from events_app.kits.actions.counting import make_links
from events_app.kits.queries import links
from events_app.newsletters.queries.arriving import came_by
from events_app.registrations.rules import Applicant
from tests.conftest import NOON
from tests.factories.contacts import make_organisation
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador
from tests.factories.kits import make_kit
from tests.factories.newsletters import make_issue
from tests.factories.registrations import registered


def _issue(event):
    return make_issue(subject="Nieuws", sent_at=NOON).source


def _old_issue(event):
    return make_issue(subject="Nieuws", sent_at=NOON, source="newsletter-nieuws").source


def _draft(event):
    return make_issue(subject="Nieuws").source


def _kit(event):
    kit, partner = make_kit(event), make_organisation("Techniekfonds Delta", is_partner=True)
    with saving():
        make_links(kit, partner, now=NOON)
    return links(kit, partner)["link"]


def _own_kit(event):
    kit = make_kit(event)
    with saving():
        make_links(kit, None, now=NOON)
    return links(kit, None)["link"]


def _ambassador(event):
    make_ambassador("Sam Demo", "sam@example.org")
    return share_code(make_ambassador())


WAYS = [
    (_issue, "Nieuwsbrief: Nieuws, 14 jan 2027"),
    (_old_issue, "Nieuwsbrief: Nieuws, 14 jan 2027"),
    (_draft, "Nieuwsbrief: Nieuws"),
    (_kit, "Communicatiekit van Techniekfonds Delta"),
    (_own_kit, "Communicatiekit van het programma"),
    (_ambassador, "Link van ambassadeur Noor Demo · noor@example.org"),
    (lambda _event: "invitation", "Een persoonlijke uitnodiging"),
    (lambda _event: "newsletter-binnenkort-op-de-buhne", "Een nieuwsbrief"),
    (lambda _event: "nl-2222222", ""),
    (lambda _event: "amb-forged", ""),
    (lambda _event: "hand-over", "Overgenomen van iemand anders"),
    (lambda _event: "", ""),
]


@pytest.mark.parametrize(("source_of", "words"), WAYS)
def test_the_desk_reads_what_brought_them_and_no_code(desk, source_of, words):
    event = make_event(capacity=5)
    source = source_of(event)
    made = registered(event, Applicant(name="Ana", email="ana@example.org", source=source))
    assert came_by(source) == words
    page = desk.get(f"/desk/registrations/{event.id}/{made.id}").text
    shown = html.fromstring(page).xpath("//dt[.='Gekomen via']/following-sibling::dd[1]/text()")
    assert shown == ([words] if words else [])
    table = desk.get(f"/desk/registrations/{event.id}/list.csv").text
    assert f'"{words}"' in table or f";{words};" in table
    assert not source or f">{source}<" not in page
