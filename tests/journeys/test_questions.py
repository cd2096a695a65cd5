"""A question of each kind: made at the desk, answered without JavaScript, read by who may."""

import pytest
from playwright.sync_api import expect

from events_app.registrations.questions.file.sample import pdf
from tests.journeys import walks
from tests.journeys.conftest import look
from tests.journeys.walks import YEAR

pytestmark = pytest.mark.browser
TITLE = "Vragenmiddag"
POSTER = {"name": "Poster.pdf", "mimeType": "application/pdf", "buffer": pdf("Poster")}
KINDS = (
    ("Eén regel", "Welke community?", {}),
    ("Een paar regels", "Wat wilt u vragen?", {}),
    ("Eén keuze", "Welke lijn?", {"Keuzes in het Nederlands": "Beginnen\nGroeien"}),
    ("Meer keuzes", "Welke zalen?", {"Keuzes in het Nederlands": "Noord\nZuid"}),
    ("Een getal", "Hoe ver komt u?",
     {"Het grootste getal": "500", "Eenheid in het Nederlands": "km"}),
    ("Een datum", "Sinds wanneer?", {"De eerste dag": "1990-01-01"}),
    ("Een bestand", "Uw poster?", {}),
    ("Toestemming", "Foto’s", {"Tekst om akkoord mee te gaan, in het Nederlands": "Foto’s mogen."}),
)  # fmt: skip


def ask(desk):
    for kind, question, more in KINDS:
        desk.get_by_role("link", name="Voeg een vraag toe").click()
        if kind == KINDS[0][0]:
            look(desk)  # the same page for all of them
        desk.get_by_role("link", name=kind, exact=True).click()
        walks.field(desk, "Vraag in het Nederlands").fill(question)
        walks.field(desk, "Waarom u dit vraagt, in het Nederlands").fill("Daarom.")
        for label, words in more.items():
            desk.get_by_label(label).first.fill(words)
        look(desk)
        desk.get_by_role("button", name="Opslaan").click()
        expect(desk.locator("#questions")).to_be_visible()


def fill_in(page):
    walks.field(page, "Welke community?").fill("Werkplaats Zuid")
    walks.field(page, "Wat wilt u vragen?").fill("Hoe begint u?")
    page.get_by_label("Groeien").check()
    page.get_by_label("Noord").check()
    page.get_by_label("Zuid").check()
    page.get_by_label("Hoe ver komt u?").fill("12")
    walks.field(page, "Sinds wanneer?").fill("2019-09-01")
    walks.field(page, "Uw poster?").set_input_files(POSTER)
    page.get_by_label("Foto’s mogen.").check()


def answers(page):
    for words in ("Werkplaats Zuid", "Hoe begint u?", "Groeien", "Noord, Zuid", "12 km",
                  "zondag 1 september 2019", "Poster.pdf", "“Foto’s mogen.”"):  # fmt: skip
        expect(page.get_by_role("main")).to_contain_text(words)


def test_a_question_of_each_kind_from_the_desk_to_the_person_and_back(desk, mailbox, visit):
    walks.draft(desk, TITLE, day=f"{YEAR}-07-09", venue={"Naam": "Zaal 2", "Plaats": "Ede"})
    walks.publish(desk)
    walks.open_registration(desk, 5)
    ask(desk)
    watched, page = visit(), visit(java_script_enabled=False)
    make_a_mistake(watched)
    find(page)
    fill_in(page)
    walks.register(page, name="Ana Demo", email="ana.vragen@example.org")
    walks.own_page(page, mailbox, email="ana.vragen@example.org")
    answers(page)
    download(page)
    change(page)
    watched.goto(page.url)
    watched.get_by_role("link", name="Wijzigen", exact=True).click()
    look(watched)


def find(page):
    page.goto("/events/")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="Aanmelden", exact=True).click()


def make_a_mistake(page):
    find(page)
    fill_in(page)
    page.get_by_label("Hoe ver komt u?").fill("1200")
    page.get_by_role("main").get_by_role("button", name="Aanmelden").click()
    expect(page.locator(".error-summary")).to_contain_text("hooguit 500")
    expect(page.get_by_role("main")).to_contain_text("Kies het opnieuw.")
    look(page)


def download(page):
    with page.expect_download() as got:
        page.get_by_role("link", name="Poster.pdf").click()
    assert got.value.suggested_filename == "Poster.pdf"
    assert got.value.path().read_bytes() == POSTER["buffer"]


def change(page):
    page.get_by_role("link", name="Wijzigen", exact=True).click()
    expect(walks.field(page, "Sinds wanneer?")).to_have_value("2019-09-01")
    page.get_by_label("Hoe ver komt u?").fill("13")
    page.get_by_label("Verwijder dit antwoord").check()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("main")).to_contain_text("13 km")
    expect(page.get_by_role("main")).not_to_contain_text("Poster.pdf")
