"""How many SQL statements a request sends, counted on the same rows by the same app."""

from contextlib import contextmanager

from sqlalchemy import event

from events_app.core.db import db


@contextmanager
def counted(app):
    """The statements sent inside; BEGIN, COMMIT and PRAGMA left out."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SET lock")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def of_page(app, path):
    client = app.test_client()
    client.get(path)
    with counted(app) as sent:
        assert client.get(path).status_code == 200
    return len(sent)
