"""A house in which everything is there twice under one name: what tells the two apart is shown."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from events_app.accounts.actions import note
from events_app.core.db import db, saving
from events_app.events.models import Event
from events_app.events.rules import label
from tests.conftest import NOON
from tests.factories.contacts import make_person
from tests.factories.events import SOON, make_event, make_partner, make_series, make_venue
from tests.factories.invitations import make_ambassador, make_guest, make_invitation
from tests.factories.kits import make_kit
from tests.factories.newsletters import event_block, make_issue
from tests.factories.registrations import ANA, make_form, registered
from tests.faults.doors import DOORS
from tests.faults.scene import at_noon
from tests.faults.visiting import walk

pytestmark = pytest.mark.once

TITLE = "Op de Bühne Energie"
DAY = r"(?:18 (?:mrt|maart) 2027|18-03-2027|(?:8|7) (?:apr|april) 2027|0[78]-04-2027)"
HOUR = r"\b[01]\d\.\d\d\b"
NAMELESS = "nameless@example.org"
WHOLE = ("tr", "li", "option", "title", "h1", "h2", "h3", "p", "summary", "caption", "nav")
"""What people read in one look."""


@pytest.fixture(scope="module")
def shown(furnished):
    """Each page, with a second of each kind of thing that has a name; once for all tests here."""
    with at_noon(pytest.MonkeyPatch.context), furnished.app.app_context():
        _double(furnished.at["slug"])
        db.session.remove()
        found = list(pages(furnished))
    furnished.kept.back(furnished.kept.changed())
    return found


def _double(slug):
    first = db.session.scalars(select(Event).where(Event.slug == slug)).one()
    second = make_event(
        TITLE, SOON + timedelta(days=21), slug="energie-2", capacity=3, summary="Anders.",
        series=first.series, edition=2, venue=make_venue(street="Kade 99"),
    )  # fmt: skip
    make_form(second, capacity=3, guests_max=2)
    partner = make_partner(second, "Techniekfonds Zeta", is_partner=True)
    registered(second, ANA)
    make_kit(second)
    noor = make_ambassador("Noor Demo", "noor.twin@example.org")
    make_invitation(second, noor, make_guest("Ben Demo", "ben.twin@example.org"))
    make_series("Op de Bühne", "op-de-buhne-twin")
    make_person("pim.twin@example.org", name="Pim Demo", organisation=partner)
    make_person(NAMELESS, name="", organisation=partner)
    make_issue(subject="")
    for _ in range(2):
        make_issue(subject="Nieuws van de planken", blocks=[event_block(second)])
    with saving():
        for event in (first, second):
            for verb in ("events.changed", "registrations.set", "kits.edited"):
                note(verb, event, label(event), by=None, now=NOON)


OTHERS = r"Op de Bühne (zelf|Energie|Water|\()"
"""Names that the name of the series begins."""


def pages(house):
    """Every page at the desk, and those of ambassadors and partners."""
    for door in DOORS:
        if door.method != "GET" or not (door.is_desk or door.who in ("ambassador", "partner")):
            continue
        visitor = house.holder(door.who)
        answer = visitor.ask(house.app, house.path(door.address, visitor))
        if answer.mimetype == "text/html" and answer.status_code == 200:
            yield door.address, answer.text
    for path, answer in walk(house.visitor("owner"), house.app, ["/desk/"], each=2):
        if answer.mimetype == "text/html" and answer.status_code == 200:
            yield path, answer.text


def is_ours(path):
    """Pages of the desk, of ambassadors and of partners, and not what readers and kits show."""
    is_shown_to_readers = re.search("/preview|/html|/v1/", path)
    return path.startswith(("/desk", "/ambassador", "/partner")) and not is_shown_to_readers


def places(page, name):
    """Each place where the name stands: what is read with it in one look."""
    for each in html.fromstring(page).iter():
        if not isinstance(each.tag, str) or each.tag in ("script", "style", "iframe"):
            continue
        texts = [each.text or "", *(inner.tail or "" for inner in each)]
        if any(name in text for text in texts) and each.tag not in ("textarea", "pre"):
            whole = next((up for up in (each, *each.iterancestors()) if up.tag in WHOLE), each)
            following = whole.getnext() if whole.tag.startswith("h") else None
            more = following.text_content() if following is not None else ""
            yield whole.tag, f"{whole.text_content()} {more}"
        for named in ("aria-label", "alt", "title"):
            if name in each.get(named, ""):
                yield f"@{named}", each.get(named)


def test_an_event_is_nowhere_named_without_its_day_and_hour(shown):
    """Two sittings may be on one day."""
    found, seen = [], 0
    for path, page in shown:
        if not is_ours(path) or "/delivery/" in path:
            continue  # letters stand there as they were sent
        for tag, words in places(page, TITLE):
            seen += 1
            day = DAY.replace(" 2027", "") if tag == "@alt" else DAY  # what the picture shows
            if not re.search(day, words) or (tag != "@alt" and not re.search(HOUR, words)):
                found.append((path, tag, " ".join(words.split())[:90]))
    assert found == []
    assert seen > 60


ROWS = {
    "Pim Demo": "@example.org", "Noor Demo": "@example.org",
    "Nieuws van de planken": r"\d\d-\d\d-\d{4}", "Op de Bühne": "op-de-buhne",
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_in_a_list_two_of_one_name_are_told_apart(shown, name):
    found, seen = [], 0
    for path, page in shown:
        if not is_ours(path) or "journal" in path or "/delivery/" in path:
            continue
        for tag, words in places(page, name):
            if tag in ("tr", "option") and not re.search(OTHERS, words):
                seen += 1
                if not re.search(ROWS[name], words):
                    found.append((path, tag, " ".join(words.split())[:90]))
    assert found == []
    assert seen >= 2


def test_no_choice_of_a_field_stands_there_twice(shown):
    """Two choices with the same words cannot be chosen between."""
    twice, seen = [], 0
    for path, page in shown:
        for field in html.fromstring(page).xpath("//select"):
            words = [" ".join(each.text_content().split()) for each in field.xpath(".//option")]
            seen += len(words)
            twice += [(path, field.get("name"), w) for w in {*words} if words.count(w) > 1]
    assert twice == []
    assert seen > 100


def test_nothing_without_a_name_is_an_empty_heading_or_an_empty_link(shown):
    found, seen = [], 0
    for path, page in shown:
        for each in html.fromstring(page).xpath("//h1|//h2|//h3|//title|//a[@href]|//summary"):
            words = each.text_content().strip() + each.get("aria-label", "")
            words += "".join(each.xpath(".//img/@alt"))
            seen += NAMELESS in words
            if not words.strip(" ·:"):
                found.append((path, each.tag, each.get("href")))
    assert found == []
    assert seen > 3
