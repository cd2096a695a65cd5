"""A form of all kinds of field, and pages that show every part of the look in every state."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from flask import render_template, request
from flask_wtf.file import FileField
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.serving import make_server
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
    URLField,
)
from wtforms import Form as Inner
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from events_app.core.forms import Form, LocalTimeField

HERE = Path(__file__).parent
STARTS, ENDS = datetime(2027, 3, 18, 12, tzinfo=UTC), datetime(2027, 3, 18, 16, 30, tzinfo=UTC)
SECTORS = [
    ("agri-food", "Agri & Food"), ("chemie", "Chemie"), ("creatief", "Creatieve Industrie"),
    ("energie", "Energie"), ("htsm", "High Tech Systemen en Materialen"), ("ict", "ICT"),
    ("lsh", "Life Sciences & Health"), ("logistiek", "Logistiek"), ("water", "Water & Maritiem"),
    ("tuinbouw", "Tuinbouw & Uitgangsmaterialen"), ("bouw", "Bouw"),
    ("smart-industry", "Smart Industry"),
]  # fmt: skip
STATES = [
    "open", "few", "full", "waiting", "closed", "cancelled", "postponed", "past", "draft",
    "scheduled", "published", "confirmed", "waitlisted", "offered", "sending", "sent", "failed",
]  # fmt: skip


class Guest(Inner):
    name = StringField("Naam van de gast", [DataRequired("Vul een naam in.")])


class Every(Form):
    name = StringField("Naam", [DataRequired("Vul uw naam in.")])
    email = EmailField("E-mailadres", [DataRequired("Vul uw e-mailadres in.")])
    phone = TelField("Telefoon")
    website = URLField("Website")
    words = TextAreaField("Toelichting", description="Hooguit drie zinnen.")
    kind = SelectField("Soort", [Optional()], choices={"a": "Bijeenkomst", "b": "Congres"})
    diet = RadioField(
        "Wat eet u?", [InputRequired("Kies wat u eet.")], choices={"a": "Alles", "b": "Vegan"}
    )
    sessions = SelectMultipleField(
        "Sessies", choices={"a": "Skillslabs", "b": "Pitches"},
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    on = DateField("Datum", [Optional()])
    at = TimeField("Tijd", [Optional()])
    starts = LocalTimeField("Begin", [Optional()])
    places = IntegerField("Plaatsen", [Optional()])
    photo = FileField("Foto")
    news = BooleanField("Stuur mij de nieuwsbrief")
    rules = BooleanField("Ik houd mij aan de huisregels", [DataRequired("Zet een vinkje.")])
    source = HiddenField()
    guests = FieldList(FormField(Guest), min_entries=1)


@pytest.fixture
def app(own_app):
    return own_app


@pytest.fixture
def styled(app):
    """The app with two more pages, /style and /style-desk; ?bad shows the forms with errors."""
    app.jinja_loader = ChoiceLoader([FileSystemLoader(HERE), app.jinja_loader])

    def shown(template):
        form = Every(meta={"csrf": False})
        if "bad" in request.args:
            form.process(None, source="x")
            form.validate()
        return render_template(
            template, form=form, starts=STARTS, ends=ENDS, sectors=SECTORS, states=STATES,
            pages=SimpleNamespace(page=6, pages=12),
        )  # fmt: skip

    app.add_url_rule("/style", "style", lambda: shown("style.html"))
    app.add_url_rule("/style-desk", "style_desk", lambda: shown("style_desk.html"))
    app.add_url_rule("/preview", "preview", _previewed, methods=["POST"])
    return app


def _previewed():
    from events_app.core import web

    web.framed_here()
    return f"<!doctype html><title>Voorbeeld</title><p>{len(request.form['name'])} letters"


@pytest.fixture
def site(styled):
    """Its address, served on a free port."""
    server = make_server("127.0.0.1", 0, styled, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
