"""Words, dates and Markdown."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from flask import render_template_string
from markupsafe import Markup

from events_app.core import text

pytestmark = pytest.mark.once

AFTERNOON = datetime(2027, 3, 18, 12, 0, tzinfo=UTC), datetime(2027, 3, 18, 16, 30, tzinfo=UTC)


def test_dates_are_written_as_people_write_them(app):
    starts, ends = AFTERNOON
    with text.speaking("nl"):
        assert text.day(starts) == "donderdag 18 maart 2027"
        assert text.short_day(starts) == "18 mrt"
        assert text.clock_time(starts) == "13.00 uur"
        assert text.span(starts, ends) == "donderdag 18 maart 2027, 13.00–17.30 uur"
        assert text.stamp(starts) == "18-03-2027 13.00"
    with text.speaking("en"):
        assert text.day(starts) == "Thursday 18 March 2027"
        assert text.short_day(starts) == "18 Mar"
        assert text.clock_time(starts) == "13:00"
        assert text.span(starts, ends) == "Thursday 18 March 2027, 13:00–17:30"
        assert text.stamp(starts) == "2027-03-18 13:00"


def test_words_of_somebody_in_a_sentence_that_is_read_later_are_no_html(app):
    """Flask-Babel says of such a sentence that it is HTML already."""
    with app.test_request_context():
        late = text.lazy("%(option)s (full)", option="<script>")
        shown = render_template_string("{{ late }} {{ [late] | join(' ') }}", late=late)
        assert "<" not in shown
        assert shown.count("&lt;script&gt;") == 2
        assert "<b>&lt;script&gt;" in Markup("<b>%s</b>") % late


def test_a_span_over_two_days_names_both(app):
    starts, ends = datetime(2027, 3, 18, 12, tzinfo=UTC), datetime(2027, 3, 19, 11, tzinfo=UTC)
    with text.speaking("nl"):
        assert text.span(starts, ends) == (
            "donderdag 18 maart 2027, 13.00 uur – vrijdag 19 maart 2027, 12.00 uur"
        )


def test_times_follow_summer_and_winter_and_another_zone(app):
    with text.speaking("nl"):
        assert text.clock_time(datetime(2027, 7, 1, 8, tzinfo=UTC)) == "10.00 uur"
        assert text.clock_time(datetime(2027, 12, 1, 8, tzinfo=UTC)) == "09.00 uur"
        assert text.clock_time(datetime(2027, 7, 1, 8, tzinfo=UTC), "Europe/London") == "09.00 uur"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("13.00–17.30 uur", "13.00\u2060–\u206017.30\u00a0uur"),
        ("13.00 uur – vrijdag, 12.00 uur", "13.00\u00a0uur – vrijdag, 12.00\u00a0uur"),
        ("13:00–17:30", "13:00\u2060–\u206017:30"),
        ("een uur later", "een uur later"),
    ],
)
def test_on_a_page_no_line_ends_within_a_time(words, shown):
    assert text.unbroken(words) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Spoorkade 12, 3089 AA Rotterdam", "Spoorkade\u00a012, 3089\u00a0AA Rotterdam"),
        ("Plein 1944 7a", "Plein 1944\u00a07a"),
        ("Hal 3, Dok 12", "Hal\u00a03, Dok\u00a012"),
        ("Online", "Online"),
    ],
)
def test_on_a_page_no_line_ends_within_a_postcode_or_before_the_number(words, shown):
    assert text.address(words) == shown


def test_a_day_is_the_day_there_also_around_midnight(app):
    with text.speaking("nl"):
        assert text.day(datetime(2027, 3, 17, 23, 30, tzinfo=UTC)) == "donderdag 18 maart 2027"


@pytest.mark.parametrize(
    ("content", "code", "shown"),
    [
        ({"nl": "Zaal", "en": "Room"}, "en", "Room"),
        ({"nl": "Zaal"}, "en", "Zaal"),
        ({"nl": "", "en": "Room"}, "nl", "Room"),
        ({"nl": "Zaal", "en": ""}, "en", "Zaal"),
        ({}, "nl", ""),
        (None, "nl", ""),
    ],
)
def test_content_falls_back_to_the_other_language(app, content, code, shown):
    assert text.local(content, code) == shown


def test_a_language_we_do_not_speak_becomes_dutch(app):
    with text.speaking("fr"):
        assert text.language() == "nl"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[link](javascript:alert(1))",
        "[link](JaVaScRiPt:alert(1))",
        "[link](data:text/html;base64,PHNjcmlwdD4=)",
        '[link](//example.org" onmouseover="alert(1))',
        '<a href="javascript:alert(1)">x</a>',
        "![x](https://example.org/pixel.png)",
        "<iframe src=https://example.org></iframe>",
        "<style>body{display:none}</style>",
        "[x]: javascript:alert(1)\n\n[x]",
        "<svg><script>1</script></svg>",
    ],
)
def test_markdown_gives_nothing_that_runs_or_loads(source):
    seen = Tags()
    seen.feed(text.markdown(source))
    assert {tag for tag, _ in seen.all} <= {"p", "a", "h2"}
    for _tag, attributes in seen.all:
        assert set(attributes) <= {"href", "rel"}
        assert attributes.get("href", "//").startswith(("https:", "//"))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.all = []

    def handle_starttag(self, tag, attributes):
        self.all.append((tag, dict(attributes)))


def test_markdown_keeps_what_an_editor_means():
    made = text.markdown("Wij *komen* **samen**.\n\n- een\n- twee\n\n[site](https://example.org)")
    assert "<em>komen</em> <strong>samen</strong>" in made
    assert "<li>een</li>" in made
    assert "om 9.30\u00a0uur" in text.markdown("Wij beginnen om 9.30 uur.")
    assert '<a href="https://example.org" rel="noopener noreferrer">site</a>' in made


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("# Kop", "<h2>Kop</h2>"),
        ("Kop\n===", "<h2>Kop</h2>"),
        ("## Kop", "<h2>Kop</h2>"),
        ("### Kop", "<h3>Kop</h3>"),
        ("###### Kop", "<h4>Kop</h4>"),
    ],
)
def test_headings_in_markdown_never_compete_with_the_page(source, made):
    assert (
        text.markdown(f"tekst\n\n{source}\n\ntekst").strip()
        == f"<p>tekst</p>\n{made}\n<p>tekst</p>"
    )
    assert text.markdown(source).strip() == made


@pytest.mark.parametrize(
    ("code", "words", "softened"),
    [
        ("nl", "Kom naar Utrecht", "Kom naar Utrecht"),
        ("nl", "arbeidsmarktvraagstukken", "arbeids|markt|vraag|stukken"),
        ("nl", "Zaal A, Meerjarenprogrammering!", "Zaal A, Meer|ja|ren|pro|gram|me|ring!"),
        ("en", "institutionalisation", "insti|tu|tion|al|isa|tion"),
        ("nl", "<b>", "<b>"),
    ],
)
def test_long_words_may_be_broken_where_their_language_does(app, code, words, softened):
    with text.speaking(code):
        assert text.soft(words).replace(text.SOFT_HYPHEN, "|") == softened


@pytest.mark.parametrize("reader", ["nl", "en"])
def test_a_date_in_a_named_language_does_not_ask_for_the_readers(app, reader):
    starts = datetime(2027, 3, 18, 12, 0, 30, 5, tzinfo=UTC)
    ends, last, zone = starts + timedelta(hours=4), starts + timedelta(days=1), "Europe/Amsterdam"
    with app.test_request_context(), text.speaking(reader):
        said = {
            code: (
                text.day(starts, zone, code),
                text.times(starts, ends, zone, code),
                text.times(starts, last, zone, code),
                text.hours(starts, zone, code),
                text.worded(starts, "EEEEEE MMMM", zone, code),
                text.translator(code)("Read more"),
            )
            for code in ("nl", "en")
        }
    assert said == {
        "nl": ("donderdag 18 maart 2027", "13.00–17.00 uur",
               "18 mrt, 13.00 uur – 19 mrt, 13.00 uur", "13.00", "do maart", "Lees meer"),
        "en": ("Thursday 18 March 2027", "13:00–17:00",
               "18 Mar, 13:00 – 19 Mar, 13:00", "13:00", "Th March", "Read more"),
    }  # fmt: skip
