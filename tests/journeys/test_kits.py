"""A partner's way: a kit in one click, taken in the partner's own name; and readers follow."""

import hashlib
import io
import json
import zipfile

import pikepdf
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.journeys import walks
from tests.journeys.conftest import links_in, look
from tests.journeys.walks import YEAR, field, to

pytestmark = pytest.mark.browser
TITLE = "Techniek in de wijk"
PARTNER = "Regionaal Netwerk Techniek"
SLOW = 60_000
"""Milliseconds for a page on a busy machine: a first kit is drawn while it is waited for."""
TO_READ = {"print/poster-a3", "print/flyer-a4", "print/flyer-a5"}
"""PDFs that people read on a screen, tagged for screen readers; the others go to a printer."""


def test_a_partner_takes_a_kit_in_its_own_name(desk, mailbox, visit, tmp_path):
    a_partner_is_known(desk, tmp_path)
    walks.draft(desk, TITLE, day=f"{YEAR}-05-20", venue={"Naam": "Zaal 1", "Plaats": "Ede"})
    walks.publish(desk)
    walks.open_registration(desk, 40)
    a_kit_is_made(desk)
    partner = the_partner_opens_its_page(desk, mailbox, visit)
    with partner.expect_download() as download:
        partner.get_by_role("link", name="Alles downloaden").click()
    holds_what_it_says(download.value.path())
    readers_count_for_the_partner(partner, visit)


def a_partner_is_known(desk, folder):
    logo = folder / "logo.png"
    drawn = Image.new("RGBA", (600, 240))
    ImageDraw.Draw(drawn).rectangle((20, 20, 580, 220), fill="#7a1f5c")
    drawn.save(logo)
    to(desk, "Contacten")
    desk.get_by_role("link", name="Toevoegen").first.click()
    look(desk)
    field(desk, "Naam").fill(PARTNER)
    field(desk, "Accentkleur").fill("#7a1f5c")
    desk.get_by_label("Partner: maakt eigen communicatiekits").check()
    desk.get_by_role("button", name="Toevoegen").click()
    desk.get_by_role("link", name="Logo").click()
    desk.locator("input[type=file]").first.set_input_files(logo)
    desk.get_by_role("button", name="Opslaan").click()
    expect(desk.get_by_role("img", name=f"Logo van {PARTNER}")).to_be_visible()
    look(desk)
    to(desk, "Contacten")
    desk.get_by_role("link", name="Personen").click()
    desk.get_by_role("link", name="Toevoegen").first.click()
    field(desk, "Naam").fill("Pim Partner")
    field(desk, "E-mailadres").fill("pim@example.org")
    desk.get_by_role("button", name="Toevoegen").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Pim Partner")
    desk.get_by_role("combobox", name="Organisatie").select_option(label=PARTNER)
    desk.get_by_role("button", name="Toevoegen").click()
    expect(desk.get_by_role("row", name=PARTNER)).to_be_visible()
    look(desk)


def a_kit_is_made(desk):
    to(desk, "Bijeenkomsten")
    desk.get_by_role("link", name=TITLE).first.click()
    desk.get_by_role("button", name="Communicatiekit").click(timeout=SLOW)
    desk.get_by_role("button", name="Publiceer versie 1").click()
    expect(desk.get_by_role("status")).to_contain_text("Versie 1 staat nu bij de partners")
    look(desk)


def the_partner_opens_its_page(desk, mailbox, visit):
    """Gives a browser at the page of the kit."""
    to(desk, "Communicatiekits")
    look(desk)
    desk.get_by_role("button", name="Mail de link").click()
    expect(desk.get_by_role("status")).to_contain_text("1 persoon")
    partner = visit()
    partner.goto(links_in(mailbox.wait("pim@example.org"), "/partner/")[0])
    expect(partner.get_by_role("heading", level=1)).to_have_text(PARTNER)
    look(partner)
    partner.get_by_role("link", name="Open de kit").click()
    expect(partner.get_by_role("heading", level=1)).to_have_text(TITLE)
    partner.get_by_role("img").first.scroll_into_view_if_needed()
    look(partner)
    return partner


def holds_what_it_says(path):
    """Each file as the manifest tells: hash, pixels, tags for screen readers."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        (manifest,) = [name for name in archive.namelist() if "ro-crate" in name]
        folder = manifest.rpartition("/")[0]
        graph = json.loads(archive.read(manifest))["@graph"]
        files = [one for one in graph if one["@type"] == "File" and "sha256" in one]
        contents = {one["@id"]: archive.read(f"{folder}/{one['@id']}".lstrip("/")) for one in files}
    assert len(files) >= 25
    assert any(one.get("kit:partner") == PARTNER for one in graph)
    pictures, documents = 0, 0
    for one in files:
        content = contents[one["@id"]]
        assert hashlib.sha256(content).hexdigest() == one["sha256"], one["@id"]
        if one["encodingFormat"] == "image/png":
            pictures += 1
            with Image.open(io.BytesIO(content)) as picture:
                assert picture.size == (one["width"], one["height"]), one["@id"]
        if one.get("kit:role") in TO_READ:
            documents += 1
            with pikepdf.open(io.BytesIO(content)) as document:
                assert document.Root.MarkInfo.Marked, one["@id"]
                assert document.Root.StructTreeRoot is not None, one["@id"]
                assert str(document.Root.Lang).startswith("nl"), one["@id"]
    assert pictures >= 8
    assert documents == len(TO_READ)


def readers_count_for_the_partner(partner, visit):
    reader = visit()
    reader.goto(partner.locator("#share-link").inner_text())
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE)
    reader.get_by_role("link", name="Aanmelden", exact=True).click()
    walks.register(reader, name="Ria Demo", email="ria@example.org")
    expect(reader.get_by_role("main")).to_contain_text("Er is plaats voor u")
    partner.reload()
    expect(partner.get_by_role("main")).to_contain_text("Kliks op uw links")
    for term, figure in (("Kliks op uw links", "1"), ("Aanmeldingen via u", "minder dan 5")):
        stat = partner.locator(".stat", has_text=term)
        expect(stat.get_by_role("definition")).to_have_text(figure)
