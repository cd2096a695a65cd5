"""Letters: values stand only where they are safe, and can break nothing."""

import pytest
from markupsafe import Markup

from events_app.core import render
from events_app.core.letters import Body, Letter, Stream, Url, bound, write

TRIAL = {"name": "Ana", "moment": "nu", "link": Url("https://example.org/x")}


def letter_of(body, **slots):
    return Letter(
        to="a@example.org", to_name="", language="nl", stream=Stream.BULK, body=body,
        slots=render.slotted(slots),
    )  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//example.org", "https://a b", "https://a\nb", ""],
)
def test_only_addresses_become_links(address):
    with pytest.raises(ValueError, match="not an address"):
        Url(address)


def test_a_text_cannot_be_used_as_an_address(app):
    with pytest.raises(ValueError, match="give it as Url"):
        write(
            "delivery/trial", to="a@example.org", to_name="", language="nl",
            values=TRIAL | {"link": "https://example.org/x"},
        )  # fmt: skip


def test_html_cannot_stand_in_the_plain_text(app):
    with pytest.raises(ValueError, match="plain text"):
        write(
            "delivery/trial", to="a@example.org", to_name="", language="nl",
            values=TRIAL | {"moment": Markup("<p>nu</p>")},
        )  # fmt: skip


def test_an_address_stands_alone_in_its_attribute():
    with pytest.raises(ValueError, match="glued"):
        render.address_marks('<a href="https://example.org/?q=zqnameqz">')


def test_a_value_that_looks_like_a_mark_is_not_filled(app):
    letter = letter_of(
        Body("zqnameqz", "zqnameqz", "<p>zqnameqz</p>"), name="zqsecretqz", secret="s"
    )
    assert (letter.subject, letter.html) == ("zqsecretqz", "<p>zqsecretqz</p>")
    fixed = bound(letter, ["name"])
    assert "s" not in {fixed.subject, fixed.text}
    assert render.marks(fixed.subject, fixed.text, fixed.html) == frozenset()


def test_an_address_that_looks_like_a_mark_still_leads_there_when_bound(app):
    letter = letter_of(Body("", "", '<a href="zqlinkqz">'), link=Url("https://example.org/zqzqaqz"))
    assert bound(letter, ["link"]).html == '<a href="https://example.org/z%71z%71aqz">'


def test_a_bound_value_is_escaped_and_the_readers_own_is_left(app):
    letter = letter_of(
        Body("s", "zqtitleqz zqnameqz", "<b>zqtitleqz zqnameqz"), title="<i>", name="A"
    )
    fixed = bound(letter, ["title"])
    assert (fixed.body.text, fixed.body.html) == ("<i> zqnameqz", "<b>&lt;i&gt; zqnameqz")
    assert set(fixed.slots) == {"name"}


def test_two_values_may_not_share_a_mark():
    with pytest.raises(ValueError, match="share the mark"):
        render.slotted({"first_name": "Ana", "firstname": "Rui"})
