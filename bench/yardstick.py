"""A floor: bare Flask on the same server and database, for the least that a reader would accept.

The page of an event by one statement; a form with a token; an entry that takes a place and is on
the disk before it is answered; the page after it. At the addresses of the product, so that the same
browsers can walk through both. Nothing is compiled or connected anew for a request.
"""

import hmac
import secrets
import sqlite3
import sys
import threading
from functools import partial

import psycopg
from flask import Flask, redirect, request, session
from granian import Granian
from granian.constants import Interfaces

SIZE = 1_000_000
WORDS = "Samen leren en werken in de regio begint met een goed gesprek op de vloer. "
PAGE = """<!doctype html><html lang="nl"><title>{{ title }}</title><h1>{{ title }}</h1>
<p>{{ words }}</p><p>{{ words }}</p><p><a href="/events/{{ slug }}/register">Meld je aan</a></p>
{% for line in words.split() %}<li>{{ line }}</li>
{% endfor %}</html>"""
FORM = """<!doctype html><html lang="nl"><title>Aanmelden</title><form method="post">
<input type="hidden" name="csrf_token" value="{{ token }}"><input name="name"><input name="email">
<button>Aanmelden</button></form></html>"""
RECEIVED = "<!doctype html><html lang='nl'><title>Ontvangen</title><p>{{ title }}</p></html>"
TABLES = """
    CREATE TABLE item (slug TEXT PRIMARY KEY, title TEXT, words TEXT, size INTEGER, taken INTEGER);
    CREATE TABLE entry (slug TEXT, name TEXT, email TEXT, PRIMARY KEY (slug, email))
"""
TAKEN = "UPDATE item SET taken = taken + 1 WHERE slug = ? AND taken < size"
ENTERED = "INSERT INTO entry (slug, name, email) VALUES (?, ?, ?)"


class Database:
    """A connection for each thread, kept; each statement is its own transaction but in `enter`."""

    def __init__(self, url):
        self._url, self._kept = url, threading.local()
        self._is_server = url.startswith("postgresql")
        self._begin = "BEGIN" if self._is_server else "BEGIN IMMEDIATE"

    def ask(self, statement, *values):
        if not hasattr(self._kept, "connection"):
            self._kept.connection = self._connected()
        words = statement.replace("?", "%s") if self._is_server else statement
        return self._kept.connection.execute(words, values)

    def enter(self, *entry):
        self.ask(self._begin)
        has_place = self.ask(TAKEN, entry[0]).rowcount == 1
        if has_place:
            self.ask(ENTERED, *entry)
        self.ask("COMMIT")
        return has_place

    def close(self):
        self._kept.connection.close()

    def _connected(self):
        if self._is_server:
            return psycopg.connect(self._url, autocommit=True)
        made = sqlite3.connect(self._url, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            made.execute(f"PRAGMA {pragma}")
        return made


def app(url, key):
    made, database = Flask(__name__), Database(url)
    made.secret_key = key
    page, form, received = map(made.jinja_env.from_string, (PAGE, FORM, RECEIVED))

    @made.get("/privacy")  # what a machine of ours is asked when it starts
    def privacy():
        return "ready"

    @made.get("/events/<slug>")
    def event(slug):
        title, words = database.ask("SELECT title, words FROM item WHERE slug = ?", slug).fetchone()
        return page.render(slug=slug, title=title, words=words)

    @made.route("/events/<slug>/register", methods=["GET", "POST"])
    def register(slug):
        if request.method == "GET":
            session["token"] = secrets.token_urlsafe()
            return form.render(token=session["token"])
        if not hmac.compare_digest(session["token"], request.form["csrf_token"]):
            return "not from a page of ours", 400
        if not database.enter(slug, request.form["name"], request.form["email"]):
            return "full", 409
        return redirect(f"/events/{slug}/register/received", 303)

    @made.get("/events/<slug>/register/received")
    def after(slug):
        [title] = database.ask("SELECT title FROM item WHERE slug = ?", slug).fetchone()
        return received.render(title=title)

    return made


def fill(url):
    """Leaves no connection open: other processes are begun after it."""
    database = Database(url)
    for table in TABLES.split(";"):
        database.ask(table)
    for slug in ("demo-1", "demo-7"):
        database.ask("INSERT INTO item VALUES (?, ?, ?, ?, 0)", slug, slug, WORDS * 2, SIZE)
    database.close()


def main(url, port, processes):
    fill(url)
    server = Granian(
        "bench.yardstick:app", address="127.0.0.1", port=int(port), interface=Interfaces.WSGI,
        workers=int(processes), blocking_threads=4, websockets=False,
    )  # fmt: skip
    server.serve(target_loader=partial(app, url, secrets.token_hex()), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
