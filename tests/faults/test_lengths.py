"""What is too long is refused in words and stays in its field, whole: no field cuts."""

import re

import pytest
from flask import render_template_string
from lxml import html
from wtforms import StringField, TextAreaField

from events_app.core.forms import Form, Length
from tests.faults.visiting import every_form, forms_on, pages

pytestmark = pytest.mark.once


def limited(form):
    return [each for each in form.texts if each.most < 10**6]


def too_long(form):
    """As it stands, with one character too many in each field that has a limit."""
    data = {}
    for each in form.fields:
        if each.kind != "file":
            data.setdefault(each.name, []).append(each.as_it_stands())
    return data | {each.name: ("woord " * each.most)[: each.most] + "!" for each in limited(form)}


def lost(answer, form, data):
    """The fields whose words did not come back, or without the sentence."""
    page = html.fromstring(answer.text)
    shown = {
        field.name: field for each in forms_on(answer.text, form.page) for field in each.fields
    }
    said = page.xpath("//*[contains(@class, 'field--error')]//*[@name]/@name")
    return [
        each.name for each in limited(form)
        if each.name not in said or each.name not in shown
        or shown[each.name].value.strip() != data[each.name]
    ]  # fmt: skip


def test_a_text_of_one_character_too_many_is_refused_and_comes_back_whole(house):
    forms, tried = every_form(house), 0
    house.kept.back(house.kept.changed())
    for visitor, form in forms:
        if form.method == "GET" or not limited(form):
            continue
        data = too_long(form)
        answer = form.send(visitor, house.app, data)
        assert answer.status_code in {200, 422}, (form.action, answer.status_code)
        assert lost(answer, form, data) == [], form.action
        most = limited(form)[0].most
        count = f"{most + 1:,}".replace(",", ".")
        assert f"Dit zijn {count} tekens; er passen er" in answer.text, form.action
        assert house.kept.changed() == set(), form.action
        tried += len(limited(form))
    assert tried > 90


def test_no_field_is_cut_by_the_browser(house):
    """Chromium and Firefox cut what is pasted at `maxlength`, without a word."""
    for page in pages(house):
        assert "maxlength" not in page.text, page.path


class Sample(Form):
    line = StringField("Regel", [Length(max=1200)], render_kw={"maxlength": 3})
    story = TextAreaField("Verhaal", [Length(max=1200)])


@pytest.mark.parametrize(("typed", "is_good"), [("a" * 1200, True), ("a" * 1201, False)])
def test_the_limit_is_the_last_that_fits(app, typed, is_good):
    with app.test_request_context("/", method="POST", data={"line": typed}):
        form = Sample()
        assert form.validate() is is_good
        assert form.line.data == typed
        said = "" if is_good else "Dit zijn 1.201 tekens; er passen er 1.200."
        assert " ".join(map(str, form.line.errors)) == said


def test_the_limit_is_named_under_a_text_before_it_bites(app):
    with app.test_request_context("/"):
        page = render_template_string(
            '{% from "ui/fields.html" import field %}{{ field(f.line) }}{{ field(f.story) }}',
            f=Sample(),
        )
    assert re.findall(r'data-most="(\d+)"', page) == ["1200", "1200"]
    assert "maxlength" not in page
    assert page.count("Ruimte voor 1.200 tekens.") == 1
    assert 'aria-describedby="story-room"' in page
