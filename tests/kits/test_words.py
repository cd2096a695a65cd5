"""Texts to paste: from one reader of Markdown, true for as long as they stand, and good Dutch."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from events_app.core import catalogues
from events_app.kits.assets import ASSETS
from events_app.kits.assets.drawing import post, signs, words
from events_app.kits.rules.event_facts import hashtag
from events_app.kits.rules.values import (
    Attendance,
    Cover,
    KitEventStatus,
    Quote,
    Sector,
    Sender,
    SenderKind,
    Venue,
)
from tests.core.test_prose import SOURCES
from tests.kits import samples

pytestmark = pytest.mark.once
TEXTS = [role for role in ASSETS if role.startswith("text/")]
SPIEGEL = Venue("Theater De Spiegel", "Theater De Spiegel, Spinhuisplein 14, Zwolle", "Zwolle",
                "- Geen drempel\n- Een **lift**")  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _words():
    catalogues.join()


def texts(role, locale="nl", **changes):
    made = ASSETS[role].build(samples.facts(**changes), samples.brand(), locale)
    return {file.suffix: file.content.decode() for file in made}


class Paragraphs(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found, self.tags, self._open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, _attrs):
        self.tags.append(tag)
        self._open.append(tag)

    def handle_endtag(self, _tag):
        self._open.pop()

    def handle_data(self, data):
        if self._open and self._open[-1] == "p":
            self.found.append(data)


@settings(max_examples=40, deadline=None)
@given(SOURCES)
def test_a_description_is_not_flattened_in_any_text(source):
    for role in ("text/article", "text/newsletter"):
        for name, text in texts(role, description=source).items():
            assert "|" not in text
            assert "**" not in text
            if name.endswith(".txt"):
                assert not re.search(r"\S - ", text)
                assert not re.search(r"(?m)^#+ ", text)
            else:
                assert not any(re.search(r"(^| )- ", each) for each in Paragraphs(text).found)


def test_the_article_has_real_headings_lists_and_tables():
    description = "Kom.\n\n### Programma\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- een\n- twee"
    html = texts("text/article", description=description)["artikel.html"]
    assert {"h1", "h2", "table", "ul", "li"} <= set(Paragraphs(html).tags)
    assert "h3" not in Paragraphs(html).tags


def test_pages_of_ours_can_be_found_from_any_text():
    description = "Zie [de agenda](/agenda).\n\n- [een lijst](/events)"
    for role in ("text/article", "text/newsletter"):
        for text in texts(role, description=description).values():
            assert not re.search(r"""[<"]/(?:agenda|events)""", text)
    whole = texts("text/article", description=description)
    assert all("https://example.org/agenda" in text for text in whole.values())


def test_the_place_is_named_once():
    text = texts("text/article", venue=SPIEGEL)["artikel.txt"]
    long = text.partition("LANG")[2]
    assert long.count("Theater De Spiegel") == 1
    assert "Waar: Theater De Spiegel, Spinhuisplein 14, Zwolle. Geen drempel. Een lift.\n" in long
    mixed = texts("text/article", venue=SPIEGEL, attendance=Attendance.MIXED)["artikel.txt"]
    assert "Zwolle en online. Geen drempel." in mixed


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("status", KitEventStatus)
@pytest.mark.parametrize("role", TEXTS)
def test_no_text_asks_for_what_may_not_be_possible_any_more(role, locale, status):
    for text in texts(role, locale, status=status).values():
        assert "Meld u aan" not in text
        assert "Sign up" not in text
        assert words.call(samples.facts(status=status), locale) in text


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("role", TEXTS)
def test_every_line_of_a_text_begins_as_a_sentence_does(role, locale):
    for name, text in texts(role, locale).items():
        if name.endswith(".txt"):
            assert [line for line in text.splitlines() if line[:1].islower()] == []


@pytest.mark.parametrize("title", ["Wie legt het net van morgen aan?", "Kom!", "Samen.", "Samen"])
def test_a_picture_in_words_has_one_sign_at_the_end_of_a_sentence(title):
    facts = samples.facts(title=title)
    for alt in (words.alt(facts, samples.brand(), "nl"), words.what(facts, "nl")):
        assert not re.search(r"[.!?][.,]", alt)
    assert re.match(r".*[.!?] Donderdag 18 maart", words.alt(facts, samples.brand(), "nl"))


def test_a_subject_is_cut_where_a_title_could_end():
    title = "Leren doe je samen: de conferentie over learning communities"
    assert post.cut(title, 50) == "Leren doe je samen"
    assert post.cut("Een lange titel zonder enige plek om hem te breken", 30) == (
        "Een lange titel zonder enige…"
    )
    assert post.cut("Ja: " + "woord " * 20, 50).startswith("Ja: woord")


@pytest.mark.parametrize(
    ("name", "tag"),
    [("ICT (Dutch Digital Delta)", "ICT"), ("Agri & Food", "AgriFood"), ("(alles)", "Alles")],
)
def test_a_hashtag_is_one_word_without_what_stands_in_brackets(name, tag):
    assert hashtag(name) == tag


SIGN = "\u6280"
"""A letter that no font of ours has."""


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize(
    "change",
    [
        {"title": SIGN}, {"short_title": SIGN}, {"lead": SIGN}, {"description": f"- {SIGN}"},
        {"venue": replace(SPIEGEL, address=SIGN)}, {"venue": replace(SPIEGEL, city=SIGN)},
        {"venue": replace(SPIEGEL, access=SIGN)}, {"sectors": (Sector("x", SIGN, "#000000"),)},
        {"senders": (Sender(SIGN, SenderKind.HOST),)}, {"quote": Quote(SIGN, "Ana")},
        {"quote": Quote("Ja", SIGN)}, {"quote": Quote("Ja", "Ana", SIGN)},
        {"cover": Cover(b"", "Foto", SIGN)}, {},
    ],
)  # fmt: skip
def test_a_sign_that_cannot_be_drawn_is_named_wherever_it_stands(change, locale):
    both = {"nl": samples.facts(), "en": samples.facts()}
    brand = samples.brand() if change else samples.brand(name=SIGN)
    assert signs.lacking(both, samples.brand()) == []
    both[locale] = replace(both[locale], **change)
    [(_where, named)] = signs.lacking(both, brand)
    assert named == SIGN
