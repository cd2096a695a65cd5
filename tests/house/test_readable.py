"""All Dutch words of the house: easy to read, and one word for one thing."""

import re

import pytest
from lxml import html

from events_app.core import catalogues, letters
from tests.factories.events import make_event, make_series, make_venue
from tests.factories.registrations import make_form
from tests.house.reading import ease, sentences, syllables

PLAIN = 60
ENOUGH = 40
"""Words below which the measure says more of a name in them than of the sentences."""
PAGES = [
    "/", "/events/", "/events/energie", "/events/energie/register",
    "/events/energie/register/received", "/series/op-de-planken", "/about", "/partners",
    "/privacy", "/accessibility", "/security", "/contact", "/newsletter/", "/newsletter/asked",
    "/newsletter/archive", "/partner", "/ambassador", "/sign-in", "/sign-in/sent", "/nowhere",
]  # fmt: skip
HARD = {
    "newsletters/issue": "its sample is an editor's own words and a title",
    "ui": "what stands in every foot names the programme and the top sectors",
}
"""Letters and rooms that may be harder, and why."""
ROOMS = [room for room in catalogues.rooms() if (catalogues.FOLDER / f"{room}.po").exists()]
ELSEWHERE = {
    r"\b[Hh]oogstens\b": "hooguit",
    r"(?<=\w)'(?=\w)": "’",
    r"\b[Bb]eeld(en)?\b(?!: %)": "afbeelding; Beeld: stands before who made it",
    r"\bbrief\b|\b[Bb]ericht\b": "e-mail",
}
"""Words that we say in another way."""


def dutch(room):
    for message in catalogues.read(catalogues.FOLDER / f"{room}.po"):
        if message.id:
            said = message.string
            yield from [said] if isinstance(said, str) else said


def whole(texts):
    """Sentences, not labels: they end as one."""
    joined = (" ".join(text.split()) for text in texts)
    return [text for text in joined if text.endswith((".", "?", "!", ":"))]


@pytest.mark.parametrize(
    ("word", "breaths"),
    [("u", 1), ("leeuw", 1), ("nieuwsbrief", 2), ("beveiliging", 4), ("ideeën", 3),
     ("community", 4), ("organisatie", 5), ("materiaal", 4), ("toegankelijkheid", 5)],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_said(word, breaths):
    assert syllables(word) == breaths


def test_a_sentence_ends_where_the_next_begins_and_not_in_a_time():
    said = "Om 13.00 uur begint het programma. Tot dan is er koffie! Welkom."
    assert [len(words) for words in sentences(said)] == [5, 5]


def test_the_measure_tells_hard_words_from_plain_ones():
    hard = (
        "De implementatie van organisatieoverstijgende arbeidsmarktinstrumenten vereist afstemming."
    )
    plain = "Wij werken samen. Zo komt er werk voor wie dat zoekt."
    assert ease([hard])[0] < 0 < PLAIN < ease([plain])[0]


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in HARD])
def test_the_sentences_of_a_room_are_plain(room):
    said = [re.sub(r"%\(\w+\)[sd]|%s", "dit", text) for text in dutch(room)]
    assert ease(whole(said))[0] >= PLAIN


def test_every_page_is_plain(client):
    series = make_series(slug="op-de-planken")
    event = make_event("Op de Bühne Energie", slug="energie", series=series, venue=make_venue())
    make_form(event, capacity=30)
    hard = {}
    for path in PAGES:
        tree = html.fromstring(client.get(path).text)
        parts = tree.xpath(
            "//main//*[self::p or self::li or self::td or self::dd][not(.//p|.//li)]"
        )
        score, words = ease(whole(part.text_content() for part in parts))
        if words >= ENOUGH and score < PLAIN:
            hard[path] = round(score)
    assert hard == {}


def test_every_letter_is_plain(app):
    hard = {}
    for kind in set(letters.kinds()) - set(HARD):
        for values in letters.samples(kind):
            letter = letters.write(
                kind, to="a@example.org", to_name="A", language="nl", values=values
            )
            said = re.sub(r"https?://\S+", "", letter.text).split("\n\n")
            score, words = ease(whole(said))
            if words >= ENOUGH and score < PLAIN:
                hard[kind] = round(score), said
    assert hard == {}


@pytest.mark.parametrize("room", ROOMS)
def test_one_thing_has_one_word(room):
    found = [
        (text, better)
        for text in dutch(room)
        for pattern, better in ELSEWHERE.items()
        if re.search(pattern, text)
    ]
    assert found == []
