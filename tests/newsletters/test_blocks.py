import re
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from events_app.core import prose, text
from events_app.newsletters import blocks, letters
from events_app.newsletters.blocks import BLOCKS, Scene
from events_app.newsletters.rules import Draft
from events_app.newsletters.rules.facts import EventFacts, PictureFacts

FOLDER = Path(blocks.__file__).parent
EVENT = EventFacts(
    id=1, revision=1, status="published", slug="energie", title="Op de Bühne Energie",
    summary="Een middag over leren op de werkvloer.", weekday="donderdag", day="18",
    month="maart", when="donderdag 18 maart 2027, 13.00–17.30 uur",
    place="De Machinehal, Dordrecht", sector="energie", sector_name="Energie", colour=0xC47D08,
)  # fmt: skip
SCENE = Scene(
    events={1: EVENT},
    pictures={"0" * 64: PictureFacts("0" * 64, 1200, 800)},
    source="newsletter-spring",
)
TODAY = date(2027, 1, 14)
HOSTILE = (
    '"><script>alert(1)</script>',
    "javascript:alert(1)",
    "zqgreetingqz zqunsubscribeqz",
    "}}{{ 7*7 }}{% x %}<mj-include path='/etc/passwd'/>",
    '" onload="x" style=\'background:url(//evil.example)\'',
    "x" * 9000,
)


def sample(kind, language="nl"):
    with text.speaking(language):
        return {name: _plain(value) for name, value in BLOCKS[kind].sample().items()}


def _plain(value):
    return value if isinstance(value, int) else str(value)


def whole_draft(language="nl", **changes):
    made = {
        "language": language, "subject": "Nieuws van de planken", "preheader": "Dit voorjaar.",
        "blocks": [sample(kind, language) for kind in BLOCKS],
        "theme_id": None, "is_one_language": False,
    }  # fmt: skip
    return Draft(**(made | changes))


def letter_of(draft, scene=SCENE):
    return letters.for_example(letters.issue(draft, scene, slug="nieuws"))


def test_every_folder_is_a_block_and_every_block_has_all_that_draws_it():
    folders = {p.parent.name for p in FOLDER.rglob("block.mjml")}
    assert folders == set(BLOCKS)
    for kind in BLOCKS:
        drawn = {p.name for p in (FOLDER / kind).iterdir()}
        assert {"block.mjml", "block.txt", "block.html"} <= drawn


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_is_drawn_from_its_own_sample_without_a_problem(app, kind, language):
    data = sample(kind, language)
    letter = letter_of(whole_draft(language, blocks=[data]))
    assert not list(blocks.problems([data], SCENE, today=TODAY))
    words = [data[f.name] for f in BLOCKS[kind].fields if f.kind in ("line", "lines")]
    page = html.fromstring(letter.html).text_content() + letter.html
    assert all(said in page for said in words)
    assert not re.search("zq[a-z0-9]+qz", letter.subject + letter.text + letter.html)


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_change_no_tag_no_address_and_no_style(app, hostile):
    def shape(draft):
        page = html.fromstring(letter_of(draft).html)
        return [
            (e.tag, sorted(e.keys()), e.get("href"), e.get("src"), e.get("style"))
            for e in page.iter()
            if isinstance(e.tag, str) and not _is_markdown(e)
        ]

    def spoiled(block):
        fields = BLOCKS[block["kind"]].fields
        return block | {
            f.name: hostile for f in fields if f.kind in ("line", "lines") and block.get(f.name)
        }

    whole = whole_draft()
    draft = whole_draft(
        subject=hostile, preheader=hostile, blocks=[spoiled(block) for block in whole.blocks]
    )
    assert shape(draft) == shape(whole)
    assert "\n" not in letter_of(draft).subject


def _is_markdown(element):
    return any("prose" in (a.get("class") or "") for a in element.iterancestors())


def test_markdown_brings_no_script_and_no_address_to_run(app):
    words = "<script>x</script> [a](javascript:alert(1)) ![b](https://evil.example/x.png) <b>c</b>"
    letter = letter_of(whole_draft(blocks=[{"kind": "text", "words": words}]))
    page = html.fromstring(letter.html)
    assert page.findall(".//script") == page.findall(".//img") == []
    assert "javascript:" not in [a.get("href", "")[:11] for a in page.iter("a")]


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "http://example.org", "https://x", "x y"]
)
def test_a_link_that_does_not_work_is_not_drawn_and_is_a_problem(app, link):
    data = sample("action") | {"link": link}
    letter = letter_of(whole_draft(blocks=[data]))
    assert data["label"] not in letter.text
    assert len(list(blocks.problems([data], SCENE, today=TODAY))) == 1


@pytest.mark.parametrize("kind", BLOCKS)
def test_an_empty_block_is_drawn_without_fail_and_has_a_problem(app, kind):
    letter_of(whole_draft(blocks=[{"kind": kind}]))
    assert list(blocks.problems([{"kind": kind}], SCENE, today=TODAY))


def test_headings_go_down_in_order(app):
    event, heading = sample("event"), sample("heading")

    def levels(*chosen):
        page = html.fromstring(letter_of(whole_draft(blocks=list(chosen))).html)
        return [e.tag for e in page.iter("h1", "h2", "h3")]

    assert levels(event) == ["h1", "h2"]
    assert levels(heading, event) == ["h1", "h2", "h3"]


def test_the_letter_is_light_dark_and_not_too_large(app):
    whole = whole_draft()
    letter = letter_of(whole_draft(blocks=whole.blocks * 3))
    assert "prefers-color-scheme: dark" in letter.html
    page = html.fromstring(letter.html)
    assert page.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert len(letter.html.encode()) < 100_000


def test_nothing_is_fetched_from_a_foreign_host(app):
    page = html.fromstring(letter_of(whole_draft()).html)
    fetched = [e.get("src") or e.get("background") for e in page.iter("img", "td", "link")]
    assert {f for f in fetched if f and not f.startswith("http://localhost/")} == set()
    assert page.findall(".//link") == []


def test_a_registration_from_the_newsletter_says_where_it_came_from(app):
    letter = letter_of(whole_draft(blocks=[sample("event")]))
    assert "http://localhost/events/energie?source=newsletter-spring" in letter.text
    assert "lang=en" not in letter.text
    english = letter_of(whole_draft("en", blocks=[sample("event")]))
    assert "lang=en" in english.text


def test_markdown_reads_well_as_plain_text():
    source = (
        "# Kop\n\nEen **vet** woord en [een link](https://example.org/a).\n\n- een\n- twee\n"
        "  1. binnen\n\n> gezegd\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\n`code`"
    )
    assert prose.plain(source) == (
        "Kop\n\nEen vet woord en een link <https://example.org/a>.\n\n- een\n- twee\n  1. binnen"
        "\n\n> gezegd\n\n- 1: 2\n\n- - -\n\ncode"
    )
