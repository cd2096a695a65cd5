"""Letters become rows."""

import pytest
from sqlalchemy import select

from events_app.core.db import db, saving
from events_app.core.letters import Body, Calendar, Letter, Stream
from events_app.delivery import actions, queries
from events_app.delivery.models import LetterBody, OutboxMessage, Scope, State, SuppressionReason
from events_app.delivery.rules import Reader
from tests.conftest import NOON

BODY = Body("Dag zqnameqz", "Dag zqnameqz\n", "<p>Dag zqnameqz</p>")


def letter(**more):
    given = {"to": "Ana@Example.org", "to_name": "Ana", "language": "nl", "body": BODY,
             "stream": Stream.TRANSACTIONAL, "slots": {"name": ("text", "Ana")}}  # fmt: skip
    return Letter(**(given | more))


def rows():
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_letter_becomes_a_row_that_is_ready(app):
    with saving():
        assert actions.enqueue(
            letter(calendar=Calendar("REQUEST", b"BEGIN")), dedupe_key="a", now=NOON
        )
    [row] = rows()
    assert (row.state, row.to_email, row.slots) == (
        State.READY, "Ana@Example.org", {"name": ["text", "Ana"]}
    )  # fmt: skip
    assert (row.calendar_method, row.calendar, row.domain) == ("REQUEST", b"BEGIN", "example.org")
    assert row.message_id.startswith("<")


def test_the_same_key_is_written_once(app):
    with saving():
        assert actions.enqueue(letter(), dedupe_key="a", now=NOON) is True
    with saving():
        assert actions.enqueue(letter(to="other@example.org"), dedupe_key="a", now=NOON) is False
    assert [row.to_email for row in rows()] == ["Ana@Example.org"]


def test_a_letter_to_many_is_one_body(app):
    readers = [
        Reader(to=f"r{n}@example.org", to_name=f"R{n}", dedupe_key=f"issue:7:{n}",
               slots={"name": f"R{n}"}, unsubscribe=f"https://example.org/unsubscribe/{n}")
        for n in range(1200)
    ]  # fmt: skip
    newsletter = letter(stream=Stream.BULK, campaign="issue:7", slots={})
    with saving():
        assert actions.enqueue_many(newsletter, readers[:700], now=NOON) == 700
    with saving():
        assert actions.enqueue_many(newsletter, readers, now=NOON) == 500
    assert len(rows()) == 1200
    assert rows()[-1].slots == {"name": ["text", "R1199"]}
    assert len(db.session.scalars(select(LetterBody)).all()) == 1
    assert queries.progress("issue:7") == {State.READY: 1200}


def test_a_letter_to_many_fills_every_mark(app):
    reader = Reader(to="r@example.org", to_name="", dedupe_key="x", unsubscribe="https://e.org/u")
    with pytest.raises(ValueError, match="no value for name"), saving():
        actions.enqueue_many(letter(stream=Stream.BULK, slots={}), [reader], now=NOON)


def test_a_letter_to_many_has_an_unsubscribe_address(app):
    reader = Reader(to="r@example.org", to_name="", dedupe_key="x")
    with pytest.raises(ValueError, match="unsubscribe"), saving():
        actions.enqueue_many(letter(stream=Stream.BULK), [reader], now=NOON)


def test_who_is_suppressed_gets_no_more_of_that_scope_and_what_waits_is_stopped(app):
    with saving():
        actions.enqueue(letter(), dedupe_key="ticket", now=NOON)
        actions.enqueue(
            letter(stream=Stream.BULK, unsubscribe="https://example.org/u"),
            dedupe_key="issue", now=NOON,
        )  # fmt: skip
        actions.suppress("ana@EXAMPLE.org", Scope.BULK, SuppressionReason.COMPLAINED, now=NOON)
    assert [row.state for row in rows()] == [State.READY, State.CANCELLED]
    assert queries.is_suppressed("ANA@example.org", Scope.BULK)
    assert not queries.is_suppressed("ana@example.org", Scope.INVITATION)
    with saving():
        actions.lift("ana@example.org", Scope.BULK)
    assert not queries.is_suppressed("ana@example.org", Scope.BULK)


def test_an_objection_is_for_ever(app):
    with saving():
        actions.suppress("ana@example.org", Scope.INVITATION, SuppressionReason.OBJECTED, now=NOON)
        actions.lift("ana@example.org", Scope.INVITATION)
    assert queries.is_suppressed("ana@example.org", Scope.INVITATION)


def test_a_campaign_can_be_stopped(app):
    newsletter = letter(stream=Stream.BULK, campaign="issue:7", unsubscribe="https://e.org/u")
    with saving():
        actions.enqueue(newsletter, dedupe_key="1", now=NOON)
        assert actions.cancel_campaign("issue:7", now=NOON) == 1
        assert actions.cancel("1", now=NOON) is False
    assert rows()[0].state is State.CANCELLED
