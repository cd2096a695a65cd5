"""All rows of a database as they once were: which tables differ now, and the way back."""

import sqlite3

import psycopg
from sqlalchemy.engine import make_url

from events_app.core.db import Base

_COUNTER = """
CREATE SEQUENCE kept.writes;
CREATE FUNCTION kept.count() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM nextval('kept.writes'); RETURN NULL; END $$;
"""
"""PostgreSQL's own count of transactions is that of all databases of the server."""


class Kept:
    """Beside the app, on a connection of its own; a look that finds nothing costs one statement."""

    def __init__(self, url, folder):
        self._names = [table.name for table in Base.metadata.sorted_tables]
        self._is_sqlite = url.startswith("sqlite")
        if self._is_sqlite:
            self._at = sqlite3.connect(make_url(url).database, isolation_level=None)
            self._at.execute("VACUUM INTO ?", [str(folder / "kept.db")])
            self._at.execute("ATTACH ? AS kept", [str(folder / "kept.db")])
        else:
            plain = make_url(url).set(drivername="postgresql")
            self._at = psycopg.connect(
                plain.render_as_string(hide_password=False), autocommit=True, prepare_threshold=1
            )
            self._at.execute("SET session_replication_role = replica")  # no trigger, no cascade
            self._at.execute("CREATE SCHEMA kept")
            for name in self._names:
                self._at.execute(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"')
            self._at.execute(_COUNTER)
            for name in self._names:
                self._at.execute(
                    "CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
                    f' ON public."{name}" EXECUTE FUNCTION kept.count()'
                )
        self._question = " UNION ALL ".join(map(self._differs, self._names))
        self._seen = self._mark()

    def close(self):
        self._at.close()

    def changed(self):
        """The names of the tables that hold something else than they did."""
        mark = self._mark()
        if mark == self._seen:
            return set()
        found = {row[0] for row in self._at.execute(self._question)}
        self._seen = self._seen if found else mark
        return found

    def back(self, names=None):
        """Give the named tables (all) their rows again."""
        self._at.execute("BEGIN")
        for name in self._names if names is None else names:
            self._at.execute(f"DELETE FROM {self._now(name)}")
            self._at.execute(f'INSERT INTO {self._now(name)} SELECT * FROM kept."{name}"')
        self._at.execute("COMMIT")
        self._seen = self._mark()

    def count(self, name):
        return self._at.execute(f"SELECT count(*) FROM {self._now(name)}").fetchone()[0]

    def _now(self, name):
        return f'{"main" if self._is_sqlite else "public"}."{name}"'

    def _mark(self):
        """Differs once somebody wrote. A sequence stands at 1 before its first use and after it."""
        question = (
            "PRAGMA data_version"
            if self._is_sqlite
            else "SELECT last_value, is_called FROM kept.writes"
        )
        return self._at.execute(question).fetchone()

    def _differs(self, name):
        what = "*" if self._is_sqlite else "t::text"  # json knows no equality
        now, then = (f"SELECT {what} FROM {of} t" for of in (self._now(name), f'kept."{name}"'))
        return (
            f"SELECT '{name}' WHERE EXISTS (SELECT * FROM ({now} EXCEPT {then}) a)"
            f" OR EXISTS (SELECT * FROM ({then} EXCEPT {now}) b)"
        )
