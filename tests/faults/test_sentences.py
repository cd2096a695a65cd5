"""Between two sentences is a space, on every page."""

import re

import pytest
from lxml import html

from tests.faults.doors import DOORS

LEAVES = (
    "//main//*[self::p or self::li or self::dd or self::label or self::legend]"
    "[not(.//p or .//li or .//dl or .//div or .//br)]"
)
ADDRESS = re.compile(r"\S+://\S+")
TOUCH = re.compile(r"\w{2}[.?!:][A-ZÀ-Ý‘]\w")


def touching(house):
    """Sentences without a space between them, with their page, and how many pages were read."""
    found, pages = [], 0
    for door in DOORS:
        if door.method != "GET":
            continue
        visitor = house.holder(door.who) if door.who != "outsiders" else house.visitors[0]
        path = house.path(door.address, visitor)
        answer = visitor.ask(house.app, path)
        if answer.mimetype != "text/html" or not answer.text:
            continue
        pages += 1
        leaves = html.fromstring(answer.text).xpath(LEAVES)
        texts = (leaf.text_content() for leaf in leaves)
        found += [
            f"{path}: {text.strip()}" for text in texts if TOUCH.search(ADDRESS.sub("", text))
        ]
    house.kept.back(house.kept.changed())
    return found, pages


@pytest.mark.once
def test_no_two_sentences_touch(house):
    found, pages = touching(house)
    assert found == []
    assert pages > 90
