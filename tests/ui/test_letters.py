"""The house of every letter: no stranger is asked for anything, and all can read it."""

import re

import pytest
from bs4 import BeautifulSoup

from events_app.core import render, text

pytestmark = pytest.mark.once
LETTER = """
{% extends "_base/base.mjml" %}
{% import "_base/parts.mjml" as parts %}
{% block title %}{{ _("Sent") }}{% endblock %}
{% block preview %}{{ name }}{% endblock %}
{% block content %}
{{ parts.heading("Kop") }}
{% call parts.text() %}<p>Beste {{ name }},</p>{% endcall %}
{{ parts.text("Een zin.") }}
{{ parts.facts([("Wanneer", name), ("Waar", none)]) }}
{{ parts.button(link, "Bekijk") }}
{{ parts.heading("Onderkop", 2) }}
{{ parts.link(link, "Zeg af") }}
{{ parts.small("Klein.") }}
{% endblock %}
{% block reason %}<p>Omdat.</p>{% endblock %}
"""


@pytest.fixture
def letter(app):
    slots = render.Slots()
    marked = {
        "name": slots.of("name", '<b>"Ana"</b>'),
        "link": slots.of("link", render.Url("https://example.org/x?a=1&b=2")),
    }
    with text.speaking("nl"):
        made = render.compiled(render._mjml.from_string(LETTER).render(marked))
    values = {slot.name: render.escaped(slot.kind, slot.value) for slot in slots.all.values()}
    return render.fill(made, values)


def test_no_foreign_host_is_asked_for_anything(letter):
    hosts = set(re.findall(r"(?:https?:)?//([\w.-]+\.\w+)", letter))
    assert hosts == {"example.org", "www.w3.org"}  # the second only names the XHTML namespace


def test_it_has_a_language_a_title_and_headings_in_order(letter):
    page = BeautifulSoup(letter, "html.parser")
    assert page.html["lang"] == "nl"
    assert page.title.string.strip() == "Verstuurd"
    assert [h.name for h in page.select("h1, h2, h3")] == ["h1", "h2"]


def test_tables_of_layout_are_hidden_from_screen_readers_and_facts_are_not(letter):
    page = BeautifulSoup(letter, "html.parser")
    layout = [t for t in page.select("table") if not t.select("th") or t.select("table")]
    assert {t.get("role") for t in layout} == {"presentation"}
    facts = page.select("th[scope=row]")
    assert [th.get_text() for th in facts] == ["Wanneer"]
    assert facts[0].find_parent("table").get("role") is None


def test_dark_mode_is_announced(letter):
    page = BeautifulSoup(letter, "html.parser")
    assert page.find("meta", {"name": "color-scheme"})["content"] == "light dark"
    assert "prefers-color-scheme: dark" in letter


def test_it_is_light(letter):
    assert len(letter) < 20_000


def test_values_cannot_break_out(letter):
    assert "<b>" not in letter
    assert (
        BeautifulSoup(letter, "html.parser").select("a")[0]["href"]
        == "https://example.org/x?a=1&b=2"
    )
