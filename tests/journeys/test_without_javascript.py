"""Everything public works in a browser without JavaScript; only the desk has it here."""

import pytest
from playwright.sync_api import expect

from tests.journeys import walks
from tests.journeys.conftest import links_in
from tests.journeys.walks import YEAR

pytestmark = pytest.mark.browser
TITLE = "Techniek zonder drempels"
SUBJECT = "Een nieuwe bijeenkomst"


@pytest.fixture
def plain(visit):
    """`plain()` opens a browser without JavaScript."""
    return lambda: visit(java_script_enabled=False)


def test_the_public_side_needs_no_javascript(desk, mailbox, plain):
    walks.draft(desk, TITLE, day=f"{YEAR}-07-02", venue={"Naam": "Zaal 1", "Plaats": "Ede"})
    walks.publish(desk)
    walks.open_registration(desk, 1)
    visitor = plain()
    find_the_event(visitor)
    register_change_and_cancel(visitor, mailbox, plain)
    answer_an_invitation(desk, mailbox, plain)
    subscribe_read_and_leave(desk, mailbox, plain)
    ask_a_question(visitor, mailbox)


def find_the_event(page):
    """By the search of the agenda."""
    page.goto("/")
    for path in walks.AROUND:
        assert page.goto(path).ok
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Agenda").click()
    walks.field(page, "Zoeken").fill("drempels")
    page.get_by_role("button", name="Toon", exact=True).click()
    page.get_by_role("link", name=TITLE).click()


def register_change_and_cancel(page, mailbox, plain):
    """The one who waits is offered the place, and accepts it."""
    event = page.url
    page.get_by_role("link", name="Aanmelden", exact=True).click()
    walks.register(page, name="", email="ana@example.org")
    expect(page.locator(".error-summary")).to_contain_text("Vul uw naam in.")
    walks.register(page, name="Ana Demo", email="ana@example.org")
    walks.own_page(page, mailbox, email="ana@example.org")
    expect(page.get_by_role("main")).to_contain_text("U hebt een plaats")
    page.get_by_role("link", name="Wijzigen", exact=True).click()
    walks.field(page, "Organisatie").fill("ROC van de Buurt")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("main")).to_contain_text("ROC van de Buurt")

    other = plain()
    other.goto(event)
    other.get_by_role("link", name="Zet mij op de wachtlijst").click()
    walks.register(other, name="Ben Demo", email="ben@example.org")
    walks.own_page(other, mailbox, email="ben@example.org")
    expect(other.get_by_role("main")).to_contain_text("U bent nummer 1 op de wachtlijst")

    page.get_by_text("Uw aanmelding annuleren").click()
    page.get_by_role("button", name="Annuleer mijn aanmelding").click()
    expect(page.get_by_role("main")).to_contain_text("Uw aanmelding is geannuleerd")
    other.goto(links_in(mailbox.wait("ben@example.org", 2), "/registration/")[0])
    other.get_by_role("button", name="Neem de plaats aan").click()
    expect(other.get_by_role("main")).to_contain_text("U hebt een plaats")


def answer_an_invitation(desk, mailbox, plain):
    """The ambassador's own page works so too."""
    walks.set_places(desk, 2)
    walks.appoint(desk, name="Vera Voorbeeld", email="vera@example.org")
    vera = plain()
    vera.goto(links_in(mailbox.wait("vera@example.org"), "/ambassador/")[0])
    for name in ("Gijs", "Nel"):
        walks.invite(vera, name=f"{name} Gast", email=f"{name.lower()}@example.org")
    guest = plain()
    guest.goto(links_in(mailbox.wait("nel@example.org"), "/invitation/")[0])
    guest.get_by_role("button", name="Nee, ik kom niet").click()
    expect(guest.get_by_role("main")).to_contain_text("U komt niet")
    guest.get_by_role("button", name="Stuur mij geen uitnodigingen meer").click()
    expect(guest.get_by_role("status")).to_contain_text("geen uitnodigingen meer")
    guest.goto(links_in(mailbox.wait("gijs@example.org"), "/invitation/")[0])
    guest.get_by_role("link", name="Ja, ik kom").click()
    guest.get_by_role("main").get_by_role("button", name="Aanmelden").click()
    expect(guest.get_by_role("main")).to_contain_text("Er is plaats voor u")


def subscribe_read_and_leave(desk, mailbox, plain):
    reader = plain()
    walks.subscribe(reader, name="Lena Lezer", email="lena@example.org")
    reader.goto(links_in(mailbox.wait("lena@example.org"), "/newsletter/confirm/")[0])
    reader.get_by_role("button", name="Ja, meld mij aan").click()
    walks.field(reader, "Logistiek").check()
    reader.get_by_role("button", name="Sla mijn keuzes op").click()
    expect(reader.get_by_role("status")).to_contain_text("Uw keuzes zijn opgeslagen")

    walks.write_issue(desk, SUBJECT, event=TITLE)
    walks.save_issue(desk)
    desk.get_by_role("link", name="Controleren en versturen").click()
    walks.approve(desk)
    walks.send(desk, readers="1 lezer")
    letter = mailbox.wait("lena@example.org", 3)
    (web,) = [url for url in links_in(letter, "/newsletter/") if "preferences" not in url]
    reader.goto(web)
    expect(reader.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    reader.get_by_role("link", name="Lees eerdere nieuwsbrieven").click()
    expect(reader.get_by_role("link", name=SUBJECT)).to_be_visible()
    reader.goto(links_in(letter, "/unsubscribe/")[0])
    reader.get_by_role("button", name="Afmelden").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("U bent afgemeld")


def ask_a_question(page, mailbox):
    page.goto("/contact")
    walks.field(page, "Naam").fill("Ana Demo")
    walks.field(page, "E-mailadres").fill("ana@example.org")
    walks.field(page, "Uw vraag").fill("Is er een ringleiding?")
    page.get_by_role("button", name="Verstuur de vraag").click()
    expect(page.get_by_role("status")).to_contain_text("Uw vraag is onderweg")
    letter = mailbox.wait("post@example.org")
    assert letter["Reply-To"].addresses[0].addr_spec == "ana@example.org"
