"""Ways through the product that several journeys take: by its pages only."""

import re
import time

from playwright.sync_api import expect

YEAR = time.localtime().tm_year + 1
"""Events of the journeys lie in the next summer, so that Amsterdam is two hours ahead of UTC."""


def sign_in(page, site):
    """The owner, by the link that the start printed. It works once."""
    page.goto(site.link("/sign-in/"))
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fijn dat u er bent")


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
        field(page, "Locatie").select_option(label="Nieuw")
        page.get_by_text("Een locatie die niet in de lijst staat").click()
        for label, words in venue.items():
            page.get_by_label(label, exact=True).fill(words)
    else:
        field(page, "Locatie").select_option(index=2)
    field(page, "Sector in de leiding").select_option(label="Energie")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def publish(page):
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_role("status")).to_contain_text("nu openbaar")


def set_places(page, number):
    """On the page of the form and places."""
    field(page, "Plaatsen").fill(str(number))
    page.get_by_role("button", name=re.compile("Open de aanmelding|Opslaan")).click()
    expect(page.get_by_role("status")).to_contain_text("Opgeslagen")


def register(page, *, name, email):
    """On the form of an event."""
    field(page, "Naam").fill(name)
    field(page, "E-mailadres").fill(email)
    page.get_by_role("main").get_by_role("button", name=re.compile("Aanmelden|wachtlijst")).click()
