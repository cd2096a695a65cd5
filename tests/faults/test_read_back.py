"""What a form shows comes back: sent as it stands, it loses nothing, whatever its rows are."""

import re

import pytest

from tests.faults.visiting import every_form, forms_on

pytestmark = pytest.mark.once

OWN = {"csrf_token", "opened", "once", "confirmed", "sprung_at"}
"""What a form carries for itself."""
ROW = re.compile(r"senders-\d+-|b\d+-|guest_\d|choices_|block$|themes$|sectors$")
"""Of what a form has several of: senders, blocks, guests, choices, topics."""
ENDED = ("/erase", "/cancel", "/unsubscribe/", "/invitation/", "/registration/", "/link", "/copy")
"""Sending these is no saving of what stands there."""


def standing(form):
    """Its fields as they are, row by row."""
    data = {}
    for each in form.fields:
        if each.kind != "file" and each.name not in OWN:
            data.setdefault(each.name, []).append(each.value.strip().replace("\r\n", "\n"))
    return data


def own(form):
    return {each.name: each.value for each in form.fields if each.name in OWN - {"sprung_at"}}


def again(house, visitor, form):
    """The same form, on the page as it is now; None where there is none any more."""
    answer = visitor.ask(house.app, form.page)
    if answer.status_code != 200:
        return None
    same = (each for each in forms_on(answer.text, form.page) if each.action == form.action)
    return next(same, None)


def test_a_form_that_is_sent_as_it_stands_stands_there_as_it_was(house):
    forms, lost, tried, rows = every_form(house), [], 0, 0
    house.kept.back(house.kept.changed())
    for visitor, form in forms:
        if form.method == "GET" or any(part in form.action for part in ENDED):
            continue
        before = standing(form)
        form.send(visitor, house.app, before | own(form))
        after = again(house, visitor, form)
        if after:
            tried += 1
            rows += sum(bool(ROW.match(name)) for name in before)
            now = standing(after)
            lost += [(form.action, name) for name in before if now.get(name) != before[name]]
        house.kept.back(house.kept.changed())
    assert lost == []
    assert tried > 25
    assert rows > 20
