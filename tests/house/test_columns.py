"""Of every column that can hold words it is written down what it can say of people."""

import sqlalchemy as sa

from events_app.core.db import Base
from events_app.privacy import rules

WORDS = (sa.String, sa.JSON, sa.LargeBinary)


def undecided(metadata):
    listed = [column for columns in rules.columns().values() for column in columns]
    there = [
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, WORDS) and not isinstance(column.type, sa.Enum)
    ]
    return sorted({each for each in there if listed.count(each) != 1} | {*listed} - {*there})


def test_every_column_is_listed_once(app):
    assert undecided(Base.metadata) == [], (
        "Say in events_app/privacy/columns.txt what these columns can say of people. If somebody:"
        " wipe and show it in the Holding of the room's component, and let the night forget it."
    )


def test_a_new_column_is_noticed(app):
    known = sa.MetaData()
    for table in Base.metadata.tables.values():
        table.to_metadata(known)
    known.tables["participant"].append_column(sa.Column("nickname", sa.String()))
    assert undecided(known) == [("participant", "nickname")]


def test_a_column_that_is_gone_is_noticed(app):
    known = sa.MetaData()
    for table in Base.metadata.tables.values():
        if table.name != "answer":
            table.to_metadata(known)
    assert undecided(known) == [("answer", "file"), ("answer", "value")]


GO = {"staff_member", "person", "ambassador", "subscription", "outbox_message"}
"""Whose rows go when a colleague is removed or somebody is wiped."""


def test_what_refers_to_who_goes_says_what_becomes_of_it(app):
    """Else nobody could be removed to whom something refers."""
    keys = [key for table in Base.metadata.tables.values() for key in table.foreign_keys]
    to_them = [key for key in keys if key.column.table.name in GO]
    assert {key.column.table.name for key in to_them} == GO
    assert [str(key.parent) for key in to_them if key.ondelete is None] == []
