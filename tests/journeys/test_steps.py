"""How much work the house asks of people: keys and clicks are counted, nobody waits for a clock."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import walks
from tests.journeys.conftest import links_in
from tests.journeys.walks import YEAR, field

pytestmark = pytest.mark.browser
KEYS_PER_SECOND = 5
SECONDS_PER_AIM = 1
"""To find a field or a button, and go there."""
SLOW = 60_000
"""Milliseconds for a page on a busy machine: a first kit is drawn while it is waited for."""
TITLE = "Op de Bühne: leren in de haven"


class Hand:
    """Types and clicks as a person does, and keeps count."""

    def __init__(self, page):
        self.page = page
        self.keys = self.fields = self.clicks = 0

    @property
    def seconds(self):
        return self.keys / KEYS_PER_SECOND + (self.fields + self.clicks) * SECONDS_PER_AIM

    def type(self, label, words):
        field(self.page, label).press_sequentially(words)
        self.keys, self.fields = self.keys + len(words), self.fields + 1

    def date(self, label, moment):
        """A browser's field for a moment takes its digits one by one."""
        field(self.page, label).fill(moment)
        self.keys, self.fields = self.keys + len(re.sub(r"\D", "", moment)), self.fields + 1

    def choose(self, label, option):
        """One aim for the list, one for the choice in it."""
        field(self.page, label).select_option(label=option)
        self.fields, self.clicks = self.fields + 1, self.clicks + 1

    def click(self, target):
        target.click(timeout=SLOW)
        self.clicks += 1

    def button(self, name):
        self.click(self.page.get_by_role("button", name=name).first)

    def link(self, name):
        self.click(self.page.get_by_role("link", name=name).first)


def test_the_work_is_little(desk, mailbox, visit):
    an_event_is_made_and_public_within_two_minutes(desk)
    its_kit_takes_three_clicks_at_most(desk)
    somebody_registers_within_twenty_seconds(visit)
    a_newsletter_is_sent_within_five_minutes(desk, mailbox, visit)


def an_event_is_made_and_public_within_two_minutes(desk):
    """From the first page of the desk: a new venue too, and the registration open."""
    hand = Hand(desk)
    hand.click(desk.get_by_role("navigation", name="Menu van").get_by_role("link", name="Bijeenk"))
    hand.link("Nieuwe bijeenkomst")
    hand.type("Titel in het Nederlands", TITLE)
    hand.type("Samenvatting in het Nederlands", "Vier bedrijven en twee scholen laten zien hoe"
              " zij samen opleiden in de haven.")  # fmt: skip
    hand.date("Begin", f"{YEAR}-06-18T13:00")
    hand.date("Einde", f"{YEAR}-06-18T17:30")
    hand.choose("Locatie", "Een nieuwe locatie")
    hand.type("Naam", "De Loods")
    hand.type("Plaats", "Vlissingen")
    hand.choose("Leidende sector", "Logistiek")
    hand.button("Opslaan")
    expect(desk.get_by_role("heading", level=1)).to_contain_text(f"{TITLE} · ")
    hand.button("Publiceren")
    expect(desk.get_by_role("status")).to_contain_text("nu openbaar")
    hand.link("Open de aanmelding")
    hand.type("Aantal plaatsen", "60")
    hand.button("Open de aanmelding")
    expect(desk.get_by_role("status")).to_contain_text("Opgeslagen")
    assert hand.seconds <= 120, vars(hand)


def its_kit_takes_three_clicks_at_most(desk):
    """From the event to what partners can take."""
    walks.to(desk, "Bijeenkomsten")
    desk.get_by_role("link", name=TITLE).first.click()
    hand = Hand(desk)
    hand.button("Communicatiekit")
    hand.button("Publiceer versie 1")
    expect(desk.get_by_role("status")).to_contain_text("Versie 1 staat nu bij de partners")
    assert hand.clicks <= 3


def somebody_registers_within_twenty_seconds(visit):
    """From the event's page: one page with three fields to fill in at most."""
    page = visit()
    page.goto("/events/")
    page.get_by_role("link", name=TITLE).click()
    hand, pages = Hand(page), []
    page.on("framenavigated", lambda frame: pages.append(frame.url))
    hand.click(page.get_by_role("link", name="Aanmelden", exact=True))
    needed = page.get_by_role("main").locator(":is(input, select, textarea):required")
    assert needed.count() <= 3
    hand.type("Naam", "Marianne van den Heuvel")
    hand.type("E-mailadres", "marianne.vandenheuvel@example.org")
    hand.click(page.get_by_role("main").get_by_role("button", name="Aanmelden"))
    expect(page.get_by_role("main")).to_contain_text("Er is plaats voor u")
    assert len(pages) == 2, "the form, and what came of it"
    assert hand.seconds <= 20, vars(hand)


def a_newsletter_is_sent_within_five_minutes(desk, mailbox, visit):
    """From what is coming up, with a word of one's own, and a test letter first."""
    walks.subscribe(reader := visit(), name="Lena Lezer", email="lena@example.org")
    reader.goto(links_in(mailbox.wait("lena@example.org"), "/newsletter/confirm/")[0])
    reader.get_by_role("button", name="Ja, meld mij aan").click()
    expect(reader.get_by_role("status")).to_contain_text("U bent aangemeld")
    hand = Hand(desk)
    hand.click(desk.get_by_role("navigation", name="Menu van").get_by_role("link", name="Nieuwsb"))
    hand.button("Nieuwsbrief over wat er komt")
    expect(field(desk, "Onderwerp")).to_have_value(f"Binnenkort: {TITLE}")
    hand.click(desk.get_by_role("button", name="Tekst", exact=True))
    desk.get_by_role("heading", name="Tekst", level=3).wait_for()
    words = "In juni staan wij in de haven. Wij laten zien wat leren op de kade oplevert. "
    box = desk.locator("li.block").last.get_by_role("textbox").first
    box.press_sequentially(words * 3)
    hand.keys, hand.fields = hand.keys + 3 * len(words), hand.fields + 1
    hand.click(desk.get_by_role("button", name="Opslaan").last)
    expect(desk.get_by_role("status")).to_contain_text("Opgeslagen")
    hand.link("Controleren en versturen")
    hand.button("Stuur mij een proefmail")
    mailbox.wait("owner@example.org")
    hand.button("Keur deze nieuwsbrief goed")
    hand.button("Verstuur naar 1 lezer")
    hand.click(desk.get_by_role("dialog").get_by_role("button", name="Verstuur naar 1 lezer"))
    mailbox.wait("lena@example.org", 3)
    assert hand.seconds <= 300, vars(hand)
