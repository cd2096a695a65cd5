"""Bare Flask with one statement and a template, on the same server: what can be had today."""

import sqlite3
import sys
from functools import partial

from flask import Flask, render_template_string
from granian import Granian
from granian.constants import Interfaces

ROWS = 20
PAGE = """<!doctype html><title>List</title><ul>
{% for id, title, words in rows %}<li><a href="/{{ id }}">{{ title }}</a> {{ words }}</li>
{% endfor %}</ul>"""


def app(path):
    made = Flask(__name__)
    made.config["connection"] = None

    @made.get("/privacy")  # what a machine of ours is asked when it starts
    @made.get("/list")
    def page():
        connection = sqlite3.connect(path)
        rows = connection.execute("SELECT id, title, words FROM item LIMIT 20").fetchall()
        connection.close()
        return render_template_string(PAGE, rows=rows)

    return made


def main(path, port):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, title, words)")
    rows = [(f"Title {n}", "Some words of a list. " * 3) for n in range(ROWS)]
    connection.executemany("INSERT INTO item (title, words) VALUES (?, ?)", rows)
    connection.commit()
    connection.close()
    server = Granian(
        "bench.yardstick:app", address="127.0.0.1", port=int(port), interface=Interfaces.WSGI,
        workers=2, blocking_threads=4, websockets=False,
    )  # fmt: skip
    server.serve(target_loader=partial(app, path), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
