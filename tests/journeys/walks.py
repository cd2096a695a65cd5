"""Ways through the product that several journeys take: by its pages only."""

import re
import time

from playwright.sync_api import expect

from tests.journeys.conftest import links_in

YEAR = time.localtime().tm_year + 1
"""Events of the journeys lie in the next summer, so that Amsterdam is two hours ahead of UTC."""
AROUND = [
    "/about",
    "/privacy",
    "/accessibility",
    "/security",
    "/partners",
    "/contact",
    "/ambassador",
    "/partner",
]
"""Public pages that no step of a journey passes."""


def to(page, name):
    """Through the desk's menu."""
    page.get_by_role("navigation", name="Menu van de werkplek").get_by_role(
        "link", name=name
    ).click()


def field(page, label):
    """By its label, whether or not it need be filled in."""
    return page.get_by_label(re.compile(rf"^\s*{re.escape(label)}( \(|\s*$)"))


def draft(page, title, *, day, english=None, venue=None):
    """An event of one afternoon; a new venue, or the first of the list."""
    to(page, "Bijeenkomsten")
    page.get_by_role("link", name="Nieuwe bijeenkomst").first.click()
    field(page, "Titel in het Nederlands").fill(title)
    field(page, "Samenvatting in het Nederlands").fill("Wat werkt in de praktijk, en waarom.")
    if english:
        field(page, "Titel in het Engels").fill(english)
        field(page, "Samenvatting in het Engels").fill("What works in practice, and why.")
    field(page, "Begin").fill(f"{day}T13:00")
    field(page, "Einde").fill(f"{day}T17:30")
    if venue:
        field(page, "Locatie").select_option(label="Een nieuwe locatie")
        for label, words in venue.items():
            page.get_by_label(label, exact=True).fill(words)
    else:
        field(page, "Locatie").select_option(index=2)
    field(page, "Leidende sector").select_option(label="Energie")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{title} · ")


def publish(page):
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_role("status")).to_contain_text("nu openbaar")


def set_places(page, number):
    """On the page of the form and places."""
    field(page, "Aantal plaatsen").fill(str(number))
    page.get_by_role("button", name=re.compile("Open de aanmelding|Opslaan")).click()
    knows = page.get_by_role("button", name="Sla het zo op").first  # somebody gets an offer
    expect(page.get_by_role("status").or_(knows).first).to_be_visible()
    if knows.is_visible():
        knows.click()
    expect(page.get_by_role("status")).to_contain_text("Opgeslagen")


def register(page, *, name, email):
    """On the form of an event."""
    field(page, "Naam").fill(name)
    field(page, "E-mailadres").fill(email)
    page.get_by_role("main").get_by_role("button", name=re.compile("Aanmelden|wachtlijst")).click()


def own_page(page, mailbox, *, email):
    """After registering: the page says where the letter went, and its link opens the own page."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Dank u wel. Kijk in uw mailbox")
    expect(page.get_by_role("main")).to_contain_text(email)
    letter = mailbox.wait(email)
    page.goto(links_in(letter, "/registration/")[0])
    return letter


def open_registration(page, number):
    """From the event's page at the desk."""
    page.get_by_role("link", name="Open de aanmelding").click()
    set_places(page, number)


def appoint(page, *, name, email):
    """An ambassador, who gets a letter with the link to their page."""
    to(page, "Ambassadeurs")
    page.get_by_role("link", name="Nieuwe ambassadeur").first.click()
    field(page, "Naam").fill(name)
    field(page, "E-mailadres").fill(email)
    page.get_by_role("button", name="Sla op en mail de link").click()
    expect(page.get_by_role("status")).to_contain_text(name)


def invite(page, *, name, email):
    """On an ambassador's page."""
    field(page, "Naam").fill(name)
    field(page, "E-mailadres").fill(email)
    field(page, "Organisatie").fill("Regionaal opleidingscentrum")
    field(page, "Uw eigen woorden aan deze gast").fill("Kom je ook?")
    field(page, "Waar kent u deze persoon van?").fill("collega in de regio")
    page.get_by_role("button", name="Verstuur de uitnodiging").click()
    expect(page.get_by_role("status")).to_contain_text(name)


def subscribe(page, *, name, email):
    """Asks for the newsletter about one sector; it begins with the link in the letter."""
    page.goto("/")
    page.get_by_role("link", name="Ontvang de nieuwsbrief").first.click()
    field(page, "E-mailadres").fill(email)
    field(page, "Uw naam").fill(name)
    field(page, "Energie").check()
    page.get_by_label(re.compile("^Ja")).check()
    page.get_by_role("main").get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw mailbox")


def write_issue(page, subject, *, event):
    """A heading, a text and the event, each with its words."""
    to(page, "Nieuwsbrieven")
    page.get_by_role("button", name="Nieuwe nieuwsbrief").first.click()
    field(page, "Onderwerp").fill(subject)
    field(page, "Inleiding").fill("Vakmensen voor de energietransitie ontmoeten elkaar.")
    for kind in ("Kop", "Tekst", "Bijeenkomst"):
        page.get_by_role("button", name=kind, exact=True).click()
        page.get_by_role("heading", name=kind, level=3).wait_for()
    heading, text, shown = page.locator("li.block").all()
    heading.get_by_role("textbox").first.fill("Wat er komt")
    text.get_by_role("textbox").first.fill("Wij kijken uit naar **een middag vol**.")
    choice = shown.get_by_role("option", name=event).get_attribute("value")
    shown.get_by_role("combobox").select_option(choice)


def save_issue(page):
    page.get_by_role("button", name="Opslaan").last.click()
    expect(page.get_by_role("status")).to_contain_text("Opgeslagen")


def approve(page):
    """On the page where an issue is checked."""
    page.get_by_role("button", name="Keur deze nieuwsbrief goed").click()
    expect(page.get_by_role("status")).to_contain_text("Goedgekeurd")


def send(page, *, readers):
    """Asked once more in a dialog. A reload before the report stands there would cut it off."""
    page.get_by_role("button", name=f"Verstuur naar {readers}").click()
    page.get_by_role("dialog").get_by_role("button", name=f"Verstuur naar {readers}").click()
    page.wait_for_url("**/report")
