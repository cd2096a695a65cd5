"""Wherever the key of a stored file stands in a furnished house, its column owns it."""

from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, String, cast, select

from events_app.core import files
from events_app.core.db import Base, db

SAY = {
    "issue.blocks": "names a picture of issue_picture, which owns the file",
    "rendered_file.input_hash": "of drawings, in a folder of their own",
    "rendered_file.file_key": "of drawings, in a folder of their own",
    "journal_entry.before": "tells what was",
    "journal_entry.after": "tells what became",
}
"""Columns that may hold such a key and own nothing, and why."""


def standing(house):
    """The columns in which a stored file's key stands."""
    instance = Path(house.app.config["INSTANCE"])
    shown, sent = ({p.name for p in (instance / name).glob("??/*")} for name in ("files", "sent"))
    assert len(shown) >= 5
    assert len(sent) == 2
    keys = shown | sent
    found = set()
    with house.app.app_context():
        for table in Base.metadata.sorted_tables:
            columns = [each for each in table.c if not isinstance(each.type, LargeBinary)]
            for row in db.session.execute(select(*(cast(each, String) for each in columns))):
                for column, words in zip(columns, row, strict=True):
                    if any(key in (words or "") for key in keys):
                        found.add(f"{table.name}.{column.name}")
        db.session.remove()
    return found


def owning():
    return {
        f"{column.table.name}.{column.name}"
        for mark in (files.OWNER, files.SENDER)
        for column in files.owners(mark)
    }


def test_every_column_with_keys_says_so(house):
    assert standing(house) - owning() - SAY.keys() == set()


def test_every_owner_is_seen_at_work(house):
    """Otherwise the test above would not see it either."""
    assert owning() - standing(house) == {"organisation.logo_dark_key"}


@pytest.mark.parametrize(
    "name", ["organisation.logo_key", "event.cover_webp", "kit_version.facts", "answer.file"]
)
def test_a_column_that_does_not_say_so_is_found(house, monkeypatch, name):
    table, column = name.split(".")
    monkeypatch.setattr(Base.metadata.tables[table].c[column], "info", {})
    assert standing(house) - owning() - SAY.keys() == {name}
