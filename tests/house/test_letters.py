"""Every letter with its samples, in both languages, as it is and with hostile values.

How a letter is made and what its sample.json holds: mail/README.md.
"""

import re
from pathlib import Path

import pytest
from lxml import html
from markupsafe import Markup

from events_app.core.letters import Url, samples, write

MAIL = Path(__file__).resolve().parent.parent.parent / "mail"
KINDS = sorted(p.parent.relative_to(MAIL).as_posix() for p in MAIL.rglob("subject.txt"))
HOSTILE = (
    '"><script>alert(1)</script>',
    "Ana\r\nBcc: everyone@example.org\r\n\r\nbody",
    "zqaqz zqnameqz zqlinkqz",
    "javascript:alert(1)",
    "}}{{ 7*7 }}{% x %}<mj-include path='/etc/passwd'/>",
    "x" * 10_000,
    "🎭👩🏽‍🔬 Šárka Żółć 王小明",
    "\u202eעברית مرحبا\u0000\ud800",
    "=?utf-8?q?hidden?= .\r\n.\r\n",
)

UNSEEN = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

every = pytest.mark.parametrize(
    ("kind", "language"), [(kind, language) for kind in KINDS for language in ("nl", "en")]
)


def written(kind, values, language):
    return write(
        kind, to="ana@example.org", to_name="Ana", language=language, values=values,
        unsubscribe="https://example.org/unsubscribe/x",
    )  # fmt: skip


def with_texts(value, text):
    """The same values, every text replaced."""
    if isinstance(value, dict):
        return {name: with_texts(inner, text) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_texts(inner, text) for inner in value]
    return text if type(value) is str and value else value


def texts_of(values):
    """Every text and address in the values."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list):
        for value in values:
            yield from texts_of(value)
    elif isinstance(values, str) and not isinstance(values, Markup):
        yield values


@every
def test_a_letter_is_whole_in_both_languages(app, kind, language):
    for values in samples(kind, language):
        letter = written(kind, values, language)
        page = html.fromstring(letter.html)
        assert page.get("lang") == language
        assert page.findtext(".//title").strip()
        assert letter.subject
        assert letter.text.strip()
        assert preheader(page), "the first words in a list of mails"
        assert len(page.findall(".//h1")) == 1
        assert not re.search(r"zq[a-z0-9]+qz", letter.subject + letter.text + letter.html)
        assert len(letter.html.encode()) <= 100_000
        assert [img.get("src") for img in page.findall(".//img") if img.get("alt") is None] == []


def preheader(page):
    hidden = [d for d in page.iter("div") if "display:none" in (d.get("style") or "")]
    return hidden[0].text_content().strip() if hidden else ""


@every
def test_a_letter_fetches_nothing_from_a_foreign_host(app, kind, language):
    for values in samples(kind, language):
        letter = written(kind, values, language)
        given = {text for text in texts_of(values) if isinstance(text, Url)}
        markup = " ".join(str(text) for text in _markups(values))
        page = html.fromstring(letter.html)
        loaded = {e.get("src") for e in page.iter() if e.get("src")} | set(
            re.findall(r"url\(([^)]*)\)", letter.html)
        )
        linked = {a.get("href") for a in page.iter("a", "link") if a.get("href")}
        assert {address for address in loaded - given if address not in markup} == set()
        assert {address for address in linked - given if address not in markup} == set()
        assert page.findall(".//script") == []


def _markups(values):
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list):
        for value in values:
            yield from _markups(value)
    elif isinstance(values, Markup):
        yield values


@every
def test_the_plain_text_has_the_same_links(app, kind, language):
    for values in samples(kind, language):
        letter = written(kind, values, language)
        page = html.fromstring(letter.html)
        markup = " ".join(str(text) for text in _markups(values))
        linked = {a.get("href") for a in page.iter("a") if a.get("href")}
        missing = {a for a in linked if a not in letter.text and a not in markup}
        assert missing == set()


@every
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_values_break_nothing(app, kind, language, hostile):
    for values in samples(kind, language):
        plain = written(kind, values, language)
        letter = written(kind, with_texts(values, hostile), language)
        assert _shape(letter.html) == _shape(plain.html)
        assert not UNSEEN.search(letter.subject + letter.text.replace("\n", ""))


def _shape(source):
    """All tags and their attributes, addresses included: what a value must never change."""
    kept = ("href", "src", "style", "class")
    page = html.fromstring(source)
    return [
        (e.tag, sorted(e.keys()), *(e.get(name) for name in kept))
        for e in page.iter()
        if isinstance(e.tag, str)
    ]
