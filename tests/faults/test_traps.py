"""A trap asks; it never says that something was sent which was not."""

from datetime import timedelta

import pytest
from lxml import html

from tests.conftest import NOON
from tests.faults.visiting import every_form, pages

pytestmark = pytest.mark.once

TRAP = "nothing_here"
AUTOFILLED = ("name", "mail", "web", "url", "site", "phone", "tel", "street", "company", "topic")
"""Parts of names that browsers and password managers fill in by themselves."""


def public_pages(house):
    for page in pages(house):
        if not page.door.is_desk:
            yield page.door, html.fromstring(page.text)


def trapped(house):
    """Each form with a trap, with who fills it in and what they type."""
    forms = [
        (visitor, form) for visitor, form in every_form(house)
        if TRAP in {each.name for each in form.fields} and form.action != "/desk/style"
    ]  # fmt: skip
    for visitor, form in forms:
        words = iter(f"Ana Demo {number}" for number in range(99))
        yield visitor, form, form.filled(words) | {TRAP: "https://example.org"}


def asked_again(answer, typed):
    """Whether the page puts the question, and shows what was typed."""
    page = html.fromstring(answer.text)
    shown = {each.strip() for each in page.xpath("//input/@value | //textarea/text()")}
    lost = {value for value in typed.values() if value.startswith("Ana")} - shown
    return "Er is nog niets verstuurd." in answer.text and not lost


def token_of(answer):
    (token,) = html.fromstring(answer.text).xpath("//input[@name='sprung_at']/@value")
    return token


def test_what_people_do_not_see_has_a_name_that_no_browser_fills_in(house):
    found = set()
    for door, page in public_pages(house):
        for field in page.xpath("//*[@aria-hidden='true']//input"):
            name = field.get("name")
            found.add((door.address, name))
            assert not any(part in name for part in AUTOFILLED), door
            assert field.get("autocomplete") == "off"
            assert field.get("tabindex") == "-1"
            assert {"data-1p-ignore", "data-lpignore", "data-bwignore"} <= set(field.keys())
    assert len(found) >= 3
    assert {name for _address, name in found} == {TRAP}


def test_a_filled_trap_asks_keeps_what_was_typed_and_sends_nothing(house):
    tried = 0
    for visitor, form, typed in trapped(house):
        answer = form.send(visitor, house.app, typed)
        assert answer.status_code == 200, form.action
        assert asked_again(answer, typed), form.action
        assert house.kept.changed() == set(), form.action
        assert "Ik ben een mens" in answer.text
        assert "https://example.org" not in html.fromstring(answer.text).xpath("//input/@value")
        tried += 1
    assert tried >= 3


@pytest.mark.parametrize(
    ("seconds", "more", "passes"),
    [
        (3, {"is_person": "y"}, True),
        (3, {"is_person": "y", TRAP: ""}, True),
        (3, {}, False),
        (1, {"is_person": "y"}, False),
        (3601, {"is_person": "y"}, False),
        (3, {"is_person": "y", "sprung_at": "forged"}, False),
        (3, {"is_person": "y", "sprung_at": ""}, False),
    ],
)
def test_who_says_to_be_a_person_is_heard_and_a_hasty_program_is_not(
    house, noon, seconds, more, passes
):
    for visitor, form, typed in trapped(house):
        noon.set(NOON + timedelta(milliseconds=250))
        token = token_of(form.send(visitor, house.app, typed))
        noon.set(noon.moment + timedelta(seconds=seconds))
        answer = form.send(visitor, house.app, {**typed, "sprung_at": token, **more})
        assert (answer.status_code == 303) is passes, form.action
        assert passes or asked_again(answer, typed), form.action
        changed = house.kept.changed()
        assert ("outbox_message" in changed) is passes, form.action
        house.kept.back(changed)
