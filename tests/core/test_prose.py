"""One reader of Markdown for every medium: whole blocks, and plain words without its signs."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events_app.core import prose
from events_app.core.prose import Kind

pytestmark = pytest.mark.once

WORDS = st.lists(
    st.sampled_from(["leren", "werk", "regio", "13.00", "uur", "wie", "samen", "U", "en"]),
    min_size=1, max_size=12,
).map(" ".join)  # fmt: skip
SENTENCE = WORDS.map(lambda words: f"{words}.")
HEADING = st.builds(lambda level, words: f"{'#' * level} {words}", st.integers(1, 4), WORDS)
PARAGRAPH = st.lists(SENTENCE | WORDS.map(lambda words: f"**{words}**."), min_size=1, max_size=4)
LIST = st.lists(WORDS, min_size=1, max_size=4).map(lambda all_: "\n".join(f"- {w}" for w in all_))
NUMBERED = st.lists(WORDS, min_size=1, max_size=4).map(
    lambda all_: "\n".join(f"{n}. {words}" for n, words in enumerate(all_, 1))
)
TABLE = st.integers(1, 3).flatmap(
    lambda wide: st.lists(st.lists(WORDS, min_size=wide, max_size=wide), min_size=2, max_size=4)
).map(lambda rows: "\n".join(
    f"| {' | '.join(row)} |" + ("\n" + "|---" * len(row) + "|" if number == 0 else "")
    for number, row in enumerate(rows)
))  # fmt: skip
SOURCES = st.lists(
    HEADING | PARAGRAPH.map(" ".join) | LIST | NUMBERED | TABLE | WORDS.map(lambda w: f"{w}:"),
    max_size=8,
).map("\n\n".join)


@settings(max_examples=150, deadline=None)
@given(SOURCES)
def test_no_sign_of_markdown_is_left_in_plain_words(source):
    words = prose.plain(source)
    assert "|" not in words
    assert "**" not in words
    assert not re.search(r"(?m)^#", words)
    assert not re.search(r"\S - ", words), "an item of a list begins a line"


@settings(max_examples=150, deadline=None)
@given(SOURCES, st.integers(0, 80))
@example("Wij leren:\n\n# Alles", 9)
def test_a_cut_takes_whole_blocks_and_never_ends_with_a_heading(source, most):
    whole = prose.blocks(source)
    taken = prose.cut(whole, most)
    assert taken == list(whole[: len(taken)])
    assert sum(len(block.words.split()) for block in taken) <= most
    if taken:
        assert taken[-1].kind is not Kind.HEADING
        assert len(taken) == len(whole) or not taken[-1].words.endswith(":")


@settings(max_examples=150, deadline=None)
@given(SOURCES)
def test_without_tables_no_heading_stands_over_nothing(source):
    left = prose.without_tables(prose.blocks(source))
    assert all(block.kind is not Kind.TABLE for block in left)
    if left:
        assert left[-1].kind is not Kind.HEADING
    for one, next_ in pairwise(left):
        if one.kind is next_.kind is Kind.HEADING:
            assert next_.level > one.level


def test_what_leads_to_a_table_goes_with_it():
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    source = f"Kom.\n\n## Programma\n\nZo gaat het:\n\n{table}\n\n## Daarna\n\nDag."
    words = [block.words for block in prose.without_tables(prose.blocks(source))]
    assert words == ["Kom.", "Daarna", "Dag."]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("| Tijd | Wat |\n|---|---|\n| 13.00 uur | Inloop |\n| | Soep |",
         "- 13.00 uur: Inloop\n- Soep"),
        ("| Lijn | Voor wie | Vraag |\n|---|---|---|\n| Een | U | Wie? |",
         "- Een\n  Voor wie: U\n  Vraag: Wie?"),
        ("| Alleen |\n|---|\n| a |", "- a"),
        ("| Kop | staart |\n|---|---|", "- Kop: staart"),
    ],
)  # fmt: skip
def test_a_table_is_a_list_in_plain_words(rows, words):
    assert prose.plain(rows) == words


@pytest.mark.parametrize("line", ["|---|---|", "|:--|--:|"])
def test_a_corner_of_a_table_is_no_empty_heading(line):
    made = prose.html(f"| | Nu |\n{line}\n| Groep | 6 |")
    assert "<tr> <td></td> <th>Nu</th> </tr>" in " ".join(made.split())
    assert "<th></th>" not in made


def test_the_highest_heading_of_a_text_stands_right_below_the_title():
    made = [block.html for block in prose.blocks("### Een\n\na\n\n#### Twee\n\nb")]
    assert made == ["<h2>Een</h2>", "<p>a</p>", "<h3>Twee</h3>", "<p>b</p>"]
    assert prose.html("### Een").strip() == "<h3>Een</h3>", "on a page they keep their rank"


def test_a_first_paragraph_that_is_too_long_gives_whole_sentences_if_there_is_nothing_else():
    whole = prose.blocks("Een twee drie. Vier vijf <b>zes. Zeven acht.")
    assert prose.cut(whole, 6) == []
    (only,) = prose.cut(whole, 6, least_one=True)
    assert only.words == "Een twee drie. Vier vijf <b>zes."
    assert only.html == "<p>Een twee drie. Vier vijf &lt;b&gt;zes.</p>"


def test_items_within_items_stand_by_themselves():
    (block,) = prose.blocks("- een\n  1. binnen\n- twee **vet**\n  vervolg")
    assert block.items == (("-", "een", 0), ("1.", "binnen", 1), ("-", "twee vet\nvervolg", 0))
    assert block.lines == ("een", "binnen", "twee vet vervolg")


LONG = (
    "Dit is [een link](https://example.org/a) en **vet**. Vraag bijv. dr. J. de Vries (o.a. om"
    " 9 uur). *Kom ook!* Neem nr. 5 mee. Dag."
)


@pytest.mark.parametrize(
    ("most", "ends", "marks"),
    [
        (7, "en vet.", 2),
        (12, "en vet.", 2),
        (18, "om 9 uur).", 2),
        (20, "Kom ook!", 3),
        (23, "nr. 5 mee.", 3),
    ],
)
def test_a_shortened_paragraph_keeps_its_links_and_ends_where_a_sentence_does(most, ends, marks):
    (only,) = prose.cut(prose.blocks(LONG), most, least_one=True)
    assert only.words.endswith(ends)
    assert len(re.findall("<(?:a|strong|em)[ >]", only.html)) == marks
    assert "&lt;" not in only.html


def test_a_sentence_that_ends_within_stress_is_whole_without_it():
    (only,) = prose.cut(prose.blocks("**Een twee. Drie** vier."), 2, least_one=True)
    assert (only.words, only.html) == ("Een twee.", "<p>Een twee.</p>")


def test_a_picture_from_elsewhere_is_what_it_shows_in_every_medium():
    (block,) = prose.blocks("Kijk: ![een <lift>](https://example.org/lift.png) hier")
    assert block.words == "Kijk: een <lift> hier"
    assert block.html == "<p>Kijk: een &lt;lift&gt; hier</p>"


def test_a_list_begins_with_its_own_number_in_every_medium():
    (block,) = prose.blocks("4. vier\n5. vijf")
    assert block.html.startswith('<ol start="4">')
    assert block.words == "4. vier\n5. vijf"


def test_a_page_of_ours_has_its_whole_address_where_the_text_is_read_elsewhere():
    source = "Zie [de agenda](/agenda) of [een ander](//example.org/x)."
    assert prose.plain(source) == "Zie de agenda of een ander <//example.org/x>."
    assert "de agenda <https://example.org/agenda>" in prose.plain(
        source, base="https://example.org"
    )
    assert 'href="https://example.org/agenda"' in prose.html(source, base="https://example.org")
    assert 'href="/agenda"' in prose.html(source)
