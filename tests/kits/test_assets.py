"""Every asset in every case that comes: right sizes, nothing cut off, nothing untrue."""

import ctypes
import io
import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageOps

from events_app.core import catalogues, prose
from events_app.kits.assets import ASSETS
from events_app.kits.assets.drawing.bar import sender_bar
from events_app.kits.assets.drawing.sample import sample
from events_app.kits.render import Caption, Format, Sheet, render
from events_app.kits.render.elements import Picture
from events_app.kits.rules.channels import channel, length
from events_app.kits.rules.values import (
    Attendance,
    Brand,
    Change,
    Cover,
    KitEventStatus,
    Licence,
    Quote,
    Sector,
    Sender,
    SenderKind,
    Venue,
)  # fmt: skip
from tests.conftest import dealt
from tests.kits import samples

pytestmark = pytest.mark.once

MILLIMETRE = 72 / 25.4
FAMILY = re.compile(r"/[A-Z]{6}\+(Bricolage-Grotesque|Source-Sans-3|.*)")
PAPER = {"print/poster-a3": (297, 420), "print/flyer-a4": (210, 297), "print/flyer-a5": (148, 210)}


@pytest.fixture(scope="module", autouse=True)
def words():
    catalogues.join()


def build(role, facts=None, brand=None, locale="nl"):
    made = ASSETS[role].build(facts or samples.facts(), brand or samples.brand(), locale)
    return {file.role: file for file in made}


@pytest.mark.parametrize("role", ASSETS)
def test_each_asset_builds_from_the_sample_and_again_to_the_same_bytes(role):
    first, second = (ASSETS[role].build(*sample(), "nl") for _ in range(2))
    assert first
    assert first == second
    assert all(file.role.startswith(role) and file.content for file in first)


SHAPES = {
    "social/linkedin": ("linkedin", 0),
    "social/linkedin-square": ("linkedin", 1),
    "social/square": ("instagram", 0),
    "social/portrait": ("instagram", 1),
    "social/story": ("story", 0),
    "social/x": ("x", 0),
    "social/og": ("whatsapp", 0),
    "social/teams": ("teams", 0),
    "more/signature": ("signature", 0),
}


@pytest.mark.parametrize("role", SHAPES)
def test_a_picture_has_exactly_the_pixels_its_channel_asks_for(role):
    name, number = SHAPES[role]
    facts = samples.facts(title=samples.LONG, cover=Cover(samples.photo(), "Twee monteurs"))
    file = build(role, facts)[role]
    with Image.open(io.BytesIO(file.content)) as image:
        image.load()
        assert list(image.size) == channel(name)["pictures"][number] == [file.width, file.height]
        assert "Twee monteurs" in image.info["XML:com.adobe.xmp"]
        assert "creativecommons.org" in image.info["XML:com.adobe.xmp"]
    assert len(file.content) <= channel(name).get("most_bytes", 5_000_000)


def test_the_picture_for_chats_stays_light_even_with_a_noisy_photo():
    noise = Image.effect_noise((1400, 1000), 120).convert("RGB")
    facts = samples.facts(cover=Cover(samples.png(noise), "Ruis"))
    content = build("social/og", facts)["social/og"].content
    assert len(content) < 300_000
    assert Image.open(io.BytesIO(content)).size == (1200, 630)


@pytest.mark.parametrize("role", PAPER)
def test_a_screen_document_is_tagged_titled_and_in_our_own_fonts(role):
    with pikepdf.open(io.BytesIO(build(role)[role].content)) as pdf:
        assert pdf.Root.MarkInfo.Marked is True
        assert pdf.Root.Lang == "nl"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
        assert pdf.docinfo["/Title"] == samples.facts().title
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
        assert len(pdf.pages) == 1
        assert fonts(pdf) <= {"Bricolage-Grotesque", "Source-Sans-3"}
        width, height = (float(n) / MILLIMETRE for n in pdf.pages[0].MediaBox[2:])
    assert (round(width), round(height)) == PAPER[role]


@pytest.mark.parametrize("role", PAPER)
def test_a_screen_document_can_be_read_in_greek_and_cyrillic(role):
    title = "Van α tot Ω: β-caroteen, Владимир"
    facts = samples.facts(title=title, short_title="", lead="Met γ-straling en Жук.")
    document = pypdfium2.PdfDocument(build(role, facts)[role].content)
    read = " ".join(document[0].get_textpage().get_text_bounded().split())
    document.close()
    for word in ("α", "Ω:", "β-", "caroteen", "Владимир", "γ-", "Жук"):
        assert word in read


def fonts(pdf):
    """Families of the embedded fonts; weight names left off."""
    names = set()
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            assert "/FontFile2" in thing
            names.add(
                re.match(r"/[A-Z]{6}\+(Bricolage-Grotesque|Source-Sans-3|.*)", str(thing.FontName))[
                    1
                ]
            )
    return names


@pytest.mark.parametrize("role", PAPER)
def test_print_documents_have_trim_bleed_and_marks_where_a_printer_looks(role):
    files = build(role)
    width, height = PAPER[role]
    for variant, frame in (("print", 3), ("marks", 10)):
        with pikepdf.open(io.BytesIO(files[f"{role}/{variant}"].content)) as pdf:
            page = pdf.pages[0]
            for name, out in (("MediaBox", frame), ("BleedBox", 3), ("TrimBox", 0)):
                box = [round(float(n) / MILLIMETRE, 1) for n in page[f"/{name}"]]
                assert box == [-out, -out, width + out, height + out]
            assert fonts(pdf) == set(), "words are outlines: nothing to substitute"


def test_colour_runs_into_the_bleed_on_the_stage_and_marks_stay_outside_it():
    content = build("print/poster-a3")["print/poster-a3/marks"].content
    with pypdfium2.PdfDocument(content) as document:
        image = document[0].render(scale=1).to_pil().convert("RGB")
    unit = MILLIMETRE
    left, top = round((10 - 2.5) * unit), round((10 - 2.5) * unit)
    assert image.getpixel((left, 300)) != (255, 255, 255)
    assert image.getpixel((400, top)) != (255, 255, 255)
    assert image.getpixel((round(8.5 * unit), 300)) != (255, 255, 255)
    assert image.getpixel((round(6.5 * unit), 300)) == (255, 255, 255)
    mark = [
        image.getpixel((round(10 * unit), y)) for y in range(round(1.5 * unit), round(5.5 * unit))
    ]
    assert min(sum(pixel) for pixel in mark) < 600


@pytest.mark.parametrize("title", [samples.LONG, samples.WORD, "Kort", "Łódź, Čapek en İnan 🎉"])
@pytest.mark.parametrize("locale", ["nl", "en"])
def test_a_title_is_never_cut_off(title, locale):
    facts = samples.facts(title=title)
    document = pypdfium2.PdfDocument(
        build("print/poster-a3", facts, locale=locale)["print/poster-a3"].content
    )
    leaf = document[0]
    page = leaf.get_textpage()
    read = re.sub(r"[\s\-\x02]", "", page.get_text_bounded())
    wanted = re.sub(r"[\s\-🎉]", "", title)
    assert wanted in read
    width, height = leaf.get_size()
    for number in range(page.count_chars()):
        left, bottom, right, top = page.get_charbox(number)
        assert 0 <= left <= right <= width
        assert 0 <= bottom <= top <= height
    for thing in (page, leaf, document):
        thing.close()


def test_each_item_of_a_list_stands_on_a_line_of_its_own():
    venue = Venue(
        "De Transformator", "Schakelweg 4", "Arnhem", "- Geen drempel.\n- Een ringleiding"
    )
    facts = samples.facts(description="U ziet:\n\n- Fenna.\n- De school.", venue=venue)
    document = pypdfium2.PdfDocument(build("print/flyer-a4", facts)["print/flyer-a4"].content)
    leaf = document[0]
    page = leaf.get_textpage()
    lines = page.get_text_bounded().split("\r\n")
    assert {"• Fenna.", "• De school."} <= set(lines)
    assert "Schakelweg 4. Geen drempel. Een ringleiding." in lines
    for thing in (page, leaf, document):
        thing.close()


def read(pdf):
    """The words of its first page."""
    document = pypdfium2.PdfDocument(pdf)
    leaf = document[0]
    page = leaf.get_textpage()
    words = " ".join(page.get_text_bounded().split())
    for thing in (page, leaf, document):
        thing.close()
    return words


def test_of_a_paragraph_too_long_for_a_flyer_the_first_sentences_stand_there():
    role = "print/flyer-a4"
    description = " ".join(f"Dit is zin {n} van een heel lange alinea." for n in range(400))
    written = read(build(role, samples.facts(description=description))[role].content)
    assert "Dit is zin 0 van een heel lange alinea." in written
    told = re.findall(r"Dit is zin (\d+) van een heel lange alinea\.", written)
    assert len(told) > 5
    assert written.count("Dit is zin") == len(told), "the last one is whole"


def test_a_heading_on_a_flyer_is_bold_and_never_the_last_line():
    words = "Zij leren samen.\n\n### Wat u ziet\n\n- Lunch\n- De school.\n\n1. Eerst\n\nTot dan"
    assert bold(words) == {"Zij leren samen.": False, "Wat u ziet": True, "• Lunch": False,
                           "• De school.": False, "1. Eerst": False, "Tot dan": False}  # fmt: skip
    assert bold("Zij leren samen.\n\n### Wat u ziet") == {"Zij leren samen.": False}
    table = "| Lijn | Wie |\n|---|---|\n| Een | Twee |"
    assert bold(table) == {}, "a table cannot be read on a flyer"
    assert bold(f"Zo gaat het:\n\n{table}\n\nTot dan") == {"Tot dan": False}
    assert bold(f"### Het rooster\n\n{table}\n\n### Daarna\n\nTot dan") == {
        "Daarna": True,
        "Tot dan": False,
    }
    assert bold("### Jong & oud\n\nZij *leren*.") == {"Jong & oud": True, "Zij leren.": False}


def test_a_heading_on_a_flyer_takes_no_line_from_the_words_below_it():
    told = tomllib.loads(Path("events_app/events/seeds/programme/energie.toml").read_text())
    words = told["description"]["nl"]
    assert bold(words).keys() == bold(words.replace("### ", "")).keys()


def bold(markdown):
    """Whether each line of the description that stands on the flyer is bold."""
    facts = samples.facts(description=markdown)
    document = pypdfium2.PdfDocument(build("print/flyer-a4", facts)["print/flyer-a4"].content)
    leaf = document[0]
    page = leaf.get_textpage()
    shown, found = page.get_text_range(), {}
    for line in (part.replace("- ", "• ") for part in prose.plain(markdown).split("\n") if part):
        start = line[:24]  # the rest may stand on the next line
        if start in shown:
            name = ctypes.create_string_buffer(80)
            at, flags = shown.index(start), ctypes.c_int()
            pypdfium2.raw.FPDFText_GetFontInfo(page, at, name, 80, ctypes.byref(flags))
            found[line] = name.value.endswith(b"Bold")
    for thing in (page, leaf, document):
        thing.close()
    return found


@pytest.mark.parametrize("bar", [88, 92, 96, 100])
def test_the_last_column_of_a_logo_is_drawn(bar):
    """PDFium loses it when the logo ends between two pixels."""
    dark = Image.new("RGBA", (501, 132), "#14213d")
    sender = Sender("Fonds", SenderKind.HOST, samples.png(dark))
    things = sender_bar((10, 0, 700.4, bar), samples.facts(senders=(sender,)), samples.brand())
    logo = next(thing for thing in things if isinstance(thing, Picture) and thing.alt == "Fonds")
    sheet = Sheet((logo,), 720, bar, Format.PNG, Caption("Fonds", "nl"))
    with Image.open(io.BytesIO(render(sheet))) as image:
        left, top, right, bottom = ImageOps.invert(image.convert("L")).getbbox()
    ends = (logo.x, logo.y, logo.x + logo.width, logo.y + logo.height)
    assert [left, top, right, bottom] == [round(end) for end in ends]


def test_below_the_bar_of_a_story_is_paper():
    with Image.open(io.BytesIO(build("social/story")["social/story"].content)) as image:
        assert image.getpixel((540, 1900)) == (255, 255, 255)


TEXTS = ["text/linkedin", "text/x", "text/instagram", "text/bluesky", "text/whatsapp"]


@pytest.mark.parametrize("role", TEXTS)
@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("status", KitEventStatus)
def test_a_text_fits_its_channel_however_long_the_title(role, locale, status):
    name = role.rpartition("/")[2]
    for title in ("Kort", samples.LONG, "woord " * 60):
        facts = samples.facts(title=title.strip(), status=status, lead=samples.LONG * 30)
        text = build(role, facts, locale=locale)[role].content.decode()
        assert length(text, name) <= channel(name)["text"]
        assert title[:4] in text
        if role != "text/instagram":
            assert facts.url in text


def test_instagram_gets_five_hashtags_at_most_and_no_dead_link():
    facts = samples.facts(hashtags=tuple(f"woord{n}" for n in range(9)))
    text = build("text/instagram", facts)["text/instagram"].content.decode()
    assert text.count("#") == 5
    assert "http" not in text


def test_a_link_counts_as_23_on_x_and_emoji_as_one_on_bluesky():
    assert length("https://example.org/" + "x" * 90, "x") == 23
    assert length("👩‍🔬🇳🇱é", "bluesky") == 3
    assert length("👍", "x") == 2


def test_what_is_called_off_says_so_and_the_light_is_off():
    on, off = (
        build("social/square", samples.facts(status=s))["social/square"]
        for s in (KitEventStatus.SCHEDULED, KitEventStatus.CANCELLED)
    )
    amber = (0xFF, 0xB8, 0x1C)
    assert amber in colours(on)
    assert amber not in colours(off)
    assert off.alt.startswith("Gaat niet door")
    assert build("more/calendar", samples.facts(ics=b"")) == {}


def colours(file):
    with Image.open(io.BytesIO(file.content)) as image:
        return {rgb for count, rgb in image.convert("RGB").getcolors(1 << 22) if count > 900}


def test_the_qr_code_reads_the_short_link():
    facts = samples.facts(links={"more/qr": "https://example.org/r/Ab3xK9"})
    files = build("more/qr", facts)
    longer = build("more/qr", samples.facts())
    with Image.open(io.BytesIO(files["more/qr"].content)) as image:
        assert image.size[0] >= 1000
        quiet = image.size[0] * 4 // 37
        assert image.convert("L").crop((0, 0, image.size[0], quiet - 1)).getextrema() == (255, 255)
    assert files["more/qr/svg"].content != longer["more/qr/svg"].content


@pytest.mark.parametrize("hue", range(0, 360, 45))
@pytest.mark.parametrize("light", [20, 50, 85])
def test_words_in_the_partners_band_can_be_read_in_any_accent(hue, light):
    from colorsys import hls_to_rgb

    from events_app.core.colours import contrast, ink_on

    rgb = hls_to_rgb(hue / 360, light / 100, 0.9)
    accent = "#" + "".join(f"{round(part * 255):02x}" for part in rgb)
    assert contrast(accent, ink_on(accent)) >= 4.58


CHANGED = {
    "title": "Een andere titel",
    "short_title": "Kort",
    "url": "https://example.org/anders",
    "lead": "Een andere inleiding.",
    "description": "Een andere beschrijving.",
    "starts_at": sample()[0].starts_at + timedelta(days=1),
    "ends_at": sample()[0].ends_at + timedelta(hours=1),
    "timezone": "America/New_York",
    "status": KitEventStatus.CANCELLED,
    "attendance": Attendance.MIXED,
    "venue": Venue("Elders", "Straat 1", "Delft", "Lift aanwezig."),
    "sectors": (Sector("water", "Water & Maritiem", "#0f96a8"),),
    "challenges": ("Veiligheid",),
    "cover": Cover(samples.photo(), "Foto", "J. Voorbeeld"),
    "senders": (Sender("Iemand anders", SenderKind.FUNDER),),
    "quote": Quote("Anders.", "Iemand"),
    "hashtags": ("anders",),
    "ics": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "links": dict.fromkeys(ASSETS, "https://example.org/r/ander"),
    "source_line": "Bron: iets anders",
    "licence": Licence("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "version": 2,
    "changes": (Change("title", "a", "b"),),
    "published_at": sample()[0].starts_at,
    "embargo_until": sample()[0].starts_at,
    "valid_until": sample()[0].starts_at,
}


def shown(role):
    """The fields whose other value must be seen in it."""
    fields = ASSETS[role].AFFECTED_BY & CHANGED.keys()
    if role == "social/teams":
        fields -= {"ends_at", "timezone"}  # of another day alone
    if sample()[0].links.get(role):
        fields -= {"url"}  # shown only where there is no short link
    return fields


def made_with(role, **changed):
    return ASSETS[role].build(replace(sample()[0], **changed), Brand("Techniekhuis Noord"), "nl")


@cache
def unchanged(role):
    return made_with(role)


@pytest.mark.parametrize("role", ASSETS)
def test_an_asset_stays_the_same_when_all_changes_that_it_does_not_show(role):
    others = {field: CHANGED[field] for field in CHANGED.keys() - shown(role)}
    assert made_with(role, **others) == unchanged(role)


SHOWN = [each for each in dealt(ASSETS, CHANGED) if each.values[1] in shown(each.values[0])]


@pytest.mark.parametrize(("role", "field"), SHOWN)
def test_an_asset_follows_each_field_that_it_shows(role, field):
    assert made_with(role, **{field: CHANGED[field]}) != unchanged(role)


def test_a_list_in_a_list_and_a_quote_stand_further_in_on_a_flyer_and_without_their_signs():
    told = "Vooraf.\n\n- Buiten\n  - Binnen\n\n> Gezegd\n> is gezegd."
    facts = samples.facts(description=told)
    document = pypdfium2.PdfDocument(build("print/flyer-a4", facts)["print/flyer-a4"].content)
    leaf = document[0]
    page = leaf.get_textpage()
    shown = page.get_text_range()
    left = {
        word: page.get_charbox(shown.index(word))[0]
        for word in ("Vooraf", "• Buiten", "• Binnen", "Gezegd")
    }
    for thing in (page, leaf, document):
        thing.close()
    assert left["Vooraf"] == pytest.approx(left["• Buiten"], abs=2)
    assert left["• Buiten"] + 4 < left["• Binnen"]
    assert left["Vooraf"] + 4 < left["Gezegd"]
    assert ">" not in shown
