"""What the desk asks of long tables goes by an index: a page costs the same however long they are.

Plans are read of the statements that the doors send. PostgreSQL would read such small tables whole
and sort them, so it is told not to: where an index gives the order it then takes it.
"""

import re

import pytest
from sqlalchemy import event as listening

from events_app.core.db import db
from tests.conftest import SERVER
from tests.factories.events import make_event
from tests.factories.registrations import make_applicant, make_form, registered

LISTS = {
    "registrations, the newest": ("/desk/registrations/1", "registration"),
    "registrations, the oldest": ("/desk/registrations/1?sort=old", "registration"),
    "registrations by name": ("/desk/registrations/1?sort=name", "registration"),
    "registrations, the next": ("/desk/registrations/1?after=2", "registration"),
    "registrations by name, the next": ("/desk/registrations/1?sort=name&after=2", "registration"),
    "registrations of a status": ("/desk/registrations/1?status=confirmed", "registration"),
    "events at the desk": ("/desk/events/", "event"),
    "events with a form": ("/desk/registrations/", "event"),
    "events with a form, past": ("/desk/registrations/?past=1", "event"),
    "events that tell a change": ("/desk/", "event JOIN registration_form"),
    "agenda": ("/events/", "event"),
    "contacts": ("/desk/contacts/people/", "person"),
    "letters": ("/desk/delivery/inbox", "outbox_message"),
    "letters in a state": ("/desk/delivery/inbox?state=failed", "outbox_message"),
    "journal": ("/desk/accounts/journal", "journal_entry"),
    "journal of a kind": ("/desk/accounts/journal?kind=Event", "journal_entry"),
}


@pytest.fixture
def house(app, desk):
    event = make_event(capacity=5)
    make_form(event, capacity=5)
    for number in range(3):
        registered(event, make_applicant(number))
    assert event.id == 1
    return desk


def sent(client, path, table):
    """The statements about this table of which a page takes some, with their values."""
    found = []

    def note(_connection, _cursor, statement, values, *_more):
        if re.search(rf"\sFROM {table}\s", statement) and "LIMIT" in statement:
            found.append((statement, values))

    listening.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        listening.remove(db.engine, "before_cursor_execute", note)
    assert found, "no such statement"
    return found


def plan(statement, values):
    with db.engine.connect() as connection:
        if SERVER:
            connection.exec_driver_sql(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"
            )
        word = "EXPLAIN" if SERVER else "EXPLAIN QUERY PLAN"
        lines = connection.exec_driver_sql(f"{word} {statement}", values)
        found = "\n".join(str(line[-1]) for line in lines)
        connection.rollback()
    return found


@pytest.mark.parametrize("what", LISTS)
def test_a_list_is_read_in_its_order(house, what):
    path, table = LISTS[what]
    for statement, values in sent(house, path, table):
        found = plan(statement, values)
        assert not is_sorted(found), found


def is_sorted(found):
    """Whether all that fits is read and sorted before the first can be shown."""
    return re.search(r"(?<!Incremental )Sort +\(|Seq Scan|TEMP B-TREE FOR ORDER BY", found)


def test_a_list_without_an_index_is_found(house):
    assert is_sorted(plan("SELECT id FROM registration ORDER BY cancel_reason LIMIT 50", ()))
