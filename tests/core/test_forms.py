"""What forms make of what people type."""

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from events_app.core.forms import Filled, Form, LocalTimeField


class Sample(Form):
    title_nl = StringField(validators=[Filled("Vul dit in.")])
    title_en = StringField()
    starts_at = LocalTimeField()


@pytest.fixture
def filled(app):
    def fill(**typed):
        with app.test_request_context("/", method="POST"):
            form = Sample(MultiDict({"title_nl": "Zaal", "starts_at": "2027-03-18T13:00", **typed}))
            form.validate()
            return form

    return fill


def test_input_is_trimmed_and_lines_end_one_way(filled):
    assert filled(title_nl="  Zaal \r\n één \x00 ").title_nl.data == "Zaal \n één"


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "\ufffe \u2028"])
def test_what_nobody_can_see_fills_in_nothing(filled, typed):
    assert filled(title_nl=typed).title_nl.errors


@pytest.mark.parametrize("line", ["\x85", "\u2028", "\u2029"])
def test_a_line_break_in_other_dress_is_a_line_break(filled, line):
    assert filled(title_nl=f"Zaal{line}een\x9f").title_nl.data == "Zaal\neen"


@pytest.mark.parametrize("sent", [["title_nl"], {"title_nl": 7}, {"title_nl": ["a"]}, "x", None])
def test_what_no_form_sends_fills_in_nothing(app, sent):
    with app.test_request_context("/", method="POST", json=sent):
        form = Sample()
        assert not form.validate()
        assert form.title_nl.data is None


def test_two_fields_make_content_in_two_languages(filled):
    assert filled(title_en="Room").local("title") == {"nl": "Zaal", "en": "Room"}
    assert filled(title_en="  ").local("title") == {"nl": "Zaal"}


def test_content_goes_back_into_its_fields(filled):
    form = filled()
    form.show_local("title", {"en": "Room"})
    assert (form.title_nl.data, form.title_en.data) == ("", "Room")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2027-03-18T13:00", datetime(2027, 3, 18, 12, tzinfo=UTC)),
        ("2027-07-01T13:00", datetime(2027, 7, 1, 11, tzinfo=UTC)),
        ("2027-03-18T13:00:00", datetime(2027, 3, 18, 12, tzinfo=UTC)),
        ("2027-10-31T02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_meant_in_the_netherlands(filled, typed, meant):
    form = filled(starts_at=typed)
    assert form.errors == {}
    assert form.starts_at.data == meant


@pytest.mark.parametrize(
    "typed",
    [
        "2027-03-28T02:30", "2027-13-01T10:00", "morgen", "2027-03-18", "0001-01-01T00:00",
        "1999-12-31T23:59", "2101-01-01T00:00", "9999-12-31T23:59:59", "99999-01-01T10:00",
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused_in_words_and_kept(filled, typed):
    form = filled(starts_at=typed)
    assert [len(sentences) for sentences in form.errors.values()] == [1]
    assert form.starts_at.data is None
    assert typed in form.starts_at()
