"""An address is one person's however it is typed: every form of the house stores it in one way."""

import itertools

import pytest
from sqlalchemy import select

from events_app.core.db import Base, db
from tests.faults.visiting import every_form

pytestmark = pytest.mark.once

AS_TYPED = {"letter_body", "outbox_message", "journal_entry"}
"""Of letters that were written, and of what was said."""


def stored(house):
    with house.app.app_context():
        found = {
            (table.name, address)
            for table in Base.metadata.sorted_tables
            for column in table.c
            if column.name == "email" and table.name not in AS_TYPED
            for address in db.session.scalars(select(column))
        }
        db.session.remove()
    return found


def test_every_form_stores_an_address_in_lower_case(house):
    before, numbers = stored(house), itertools.count(1)
    for visitor, form in every_form(house):
        typed = [each for each in form.fields if each.kind == "email"]
        if typed:
            data = form.filled(itertools.repeat("Demo"))
            data |= {each.name: f"Typed.{next(numbers)}@Example.ORG" for each in typed}
            form.send(visitor, house.app, data)
    new = stored(house) - before
    assert [each for each in new if each[1] != each[1].lower()] == []
    tables = {table for table, address in new if address.startswith("typed.")}
    assert tables >= {"person", "participant", "invitation", "staff_member"}
