"""Setting words: whole, within their box, in even lines, hyphens where they belong."""

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events_app.kits.render import font_metrics, pdf_writer
from events_app.kits.render.typesetting import (
    DATA,
    FACES,
    HEADING,
    SOFT_HYPHEN,
    TEXT,
    Setting,
    drawable,
    file_of,
    fit,
    undrawable,
    width,
)  # fmt: skip

pytestmark = pytest.mark.once

SETTING = Setting(HEADING, 92, 36, 1.04, -0.012)
LETTERS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")) | st.just(SOFT_HYPHEN),
    max_size=160,
)


@settings(max_examples=60, deadline=None)
@example("000000000000005", 120.0, 60.0)
@given(LETTERS, st.floats(120, 900), st.floats(60, 500))
def test_all_letters_are_set_and_none_leaves_its_box(words, wide, tall):
    done = fit(words, (wide, tall), SETTING)
    plain = drawable(words, HEADING).replace(SOFT_HYPHEN, "")
    assert letters("".join(done.lines)) == letters(plain)
    if done.size > 1.01:
        assert done.height <= tall + 0.01
        assert all(width(line, HEADING, done.size, -0.012) <= wide + 0.01 for line in done.lines)


def letters(words):
    return "".join(words.split()).replace("-", "")


def test_lines_are_even_and_small_words_do_not_dangle():
    lines = fit("Samen leren in de regio en op het werk", (660, 400), SETTING).lines
    assert not any(line.split()[-1] in {"in", "de", "en", "op", "het"} for line in lines[:-1])


def test_a_text_of_many_pages_is_set_soon_and_whole():
    """Even lines of three thousand words took minutes."""
    words = " ".join(f"Dit is zin {n} van een lange alinea." for n in range(400))
    began = time.process_time()
    done = fit(words, (200, 9999), Setting(TEXT, 5.8, 5.8, 1.35))
    assert time.process_time() - began < 5
    assert " ".join(done.lines) == words


def test_an_editors_soft_hyphens_are_used_when_they_buy_size():
    word = "praktijkleer\u00adovereen\u00adkomsten"
    assert fit(word, (500, 300), SETTING).lines == ("praktijkleer-", "overeen-", "komsten")
    assert fit("leer\u00adgemeenschap", (900, 300), SETTING).lines == ("leergemeenschap",)


def test_a_word_too_wide_is_broken_by_rule_and_never_before_a_trema():
    done = fit("Arbeidsongeschiktheidsverzekeringspolis", (400, 400), SETTING)
    assert done.size >= SETTING.smallest
    assert all(len(line.rstrip("-")) >= 4 for line in done.lines)
    assert all("-ë" not in "".join(fit("financiële" * 3, (200, 900), SETTING).lines) for _ in "x")


def test_signs_that_the_fonts_lack_are_left_out_not_drawn_as_boxes():
    assert drawable("Leren 🎉 met Łukasz", TEXT) == "Leren met Łukasz"
    assert fit("🎉", (100, 100), SETTING).lines == ("",)


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("energietransitie 🎉, met voorbeelden", "energietransitie, met voorbeelden"),
        ("Nguyễn, Владимир, 李 en ΑΒΓ ❤️ — ja", "Nguyễn, Владимир, en ΑΒΓ ❤ — ja"),
        ("🎉 , feest", "feest"),
        ("Kom, 🎉", "Kom"),
        ("Kom! 🎉🎈", "Kom!"),
        ("(🎉) leuk", "leuk"),
        ("lees (🎉 dit)", "lees (dit)"),
        ("x 李, 李, y", "x, y"),
        ("👩‍🔬 in het lab", "in het lab"),
        ("a , b  c", "a , b  c"),
        ("van\tn\u200faar", "van naar"),
    ],
)
def test_no_comma_or_double_space_is_left_where_a_sign_was(typed, drawn):
    assert drawable(typed, HEADING) == drawn


GREEK_AND_CYRILLIC = "Van α tot Ω: β-caroteen en γ-straling, 10 \u2126, Владимир Жук"


@pytest.mark.parametrize("face", FACES)
def test_greek_and_cyrillic_are_drawn_whole_in_every_face(face):
    assert drawable(GREEK_AND_CYRILLIC, face) == GREEK_AND_CYRILLIC.replace("\u2126", "Ω")
    assert undrawable(GREEK_AND_CYRILLIC) == ()
    for letter in drawable(GREEK_AND_CYRILLIC, face).replace(" ", ""):
        assert width(letter, face, 1) > 0
        assert pdf_writer._outline(file_of(letter, face), letter)


def test_signs_that_cannot_be_drawn_are_named_once_and_whole():
    words = "\t\u200f🎉 Feest 🎉 van 李 in 🇳🇱 met 👩‍🔬 en ❤️"
    assert undrawable(words) == ("🎉", "李", "🇳🇱", "👩‍🔬")


def test_the_measures_are_those_of_the_fonts_that_are_shipped():
    assert json.loads(DATA.read_text()) == font_metrics.measured()
