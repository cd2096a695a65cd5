"""The journal tells every act in a sentence."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from events_app.accounts.actions import note
from events_app.accounts.journal import Told
from events_app.accounts.models import JournalEntry
from events_app.accounts.rules import Colleague
from events_app.app import COMPONENTS
from events_app.contacts import rules as contacts
from events_app.contacts.rules import Card
from events_app.core.db import saving
from events_app.events.models import Status
from events_app.events.rules.content import PLAIN, NewVenue
from events_app.invitations import actions as invitations
from events_app.registrations.rules import Settings
from tests.conftest import NOON
from tests.factories.events import make_event

ROOT = Path(__file__).resolve().parent.parent.parent


def noted(tree):
    """The verbs written out in what is given to `note`."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("note") and call.args:
            for part in ast.walk(call.args[0]):
                if isinstance(part, ast.Constant) and re.fullmatch(r"\w+\.\w+", str(part.value)):
                    yield part.value


def named(tree):
    """Verbs that have a name before they are noted."""
    for line in ast.walk(tree):
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "verb":
            yield from (part.value for part in ast.walk(line) if isinstance(part, ast.Constant))


def every_verb():
    trees = [ast.parse(path.read_text()) for path in (ROOT / "events_app").rglob("*.py")]
    verbs = {verb for tree in trees for verb in (*noted(tree), *named(tree))}
    return verbs | {f"events.{status}" for status in Status if status is not Status.DRAFT}


@pytest.mark.once
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_verb_has_its_sentence(app, language):
    verbs, told = every_verb(), Told(COMPONENTS)
    assert len(verbs) > 60
    with app.test_request_context(f"/?lang={language}"):
        sentences = {verb: told.sentence(line(verb)) for verb in verbs}
    assert [verb for verb, words in sentences.items() if verb in words] == []
    assert all(words.startswith(("Ana ", "De ", "The ")) for words in sentences.values())


def line(verb, after=None):
    return JournalEntry(actor="Ana", subject_label="Iets", verb=verb, after=after)


def test_a_verb_without_a_sentence_would_be_found(app):
    with app.test_request_context():
        assert "kits.burnt" in Told(COMPONENTS).sentence(line("kits.burnt"))


def test_a_sentence_counts_what_was_noted(app):
    told, verb = Told(COMPONENTS), "delivery.all_arrived"
    with app.test_request_context():
        assert "bezorgd staan: 12" in told.sentence(line(verb, {"count": 12}))
        assert told.sentence(line(verb))


def noted_fields():
    """Of all that is compared before and after a change."""
    shapes = (Colleague, Card, contacts.Profile, NewVenue, Settings, invitations.Profile)
    of_shapes = {field.name for shape in shapes for field in fields(shape)}
    others = {"size", "taken", "counted", "version", "seal", "send_at", "why", "fields", "status"}
    linked = {"venue", "series", "lead_sector", "themes", "senders", "cover"}
    return of_shapes | others | linked | set(PLAIN)


def test_every_field_has_its_word():
    known = {name for room in COMPONENTS for name in room.journal.fields}
    assert noted_fields() - known == set()


def test_two_rooms_have_no_other_words_for_one_field_or_state():
    for part in ("kinds", "fields", "values"):
        names = [name for room in COMPONENTS for name in getattr(room.journal, part)]
        assert len(names) == len(set(names)), part


def test_before_and_after_are_told_in_words(desk):
    event = make_event("Iets")
    with saving():
        note("events.published", event, "Iets", by=desk.staff, now=NOON,
             before={"status": "draft", "starts_at": "2027-03-18T12:00:00+00:00", "title": {}},
             after={"status": "published", "starts_at": None, "title": {"nl": "Iets"},
                    "is_listed": True, "cover": "0" * 64, "themes": ["ict", "water"]})  # fmt: skip
    page = " ".join(
        BeautifulSoup(desk.get("/desk/accounts/journal").text, "html.parser").text.split()
    )
    for words in ("Concept Gepubliceerd", "18-03-2027 13.00 –", "– Nederlands: Iets", "ja",
                  "(een bestand)", "ict, water"):  # fmt: skip
        assert words in page
