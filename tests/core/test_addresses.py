import pytest

from events_app.core.addresses import addresses_in, stands_in

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "words",
    [
        "an@x.nl", "An@X.nl", "<an@x.nl>", "Mail an@x.nl.", "mailto:an@x.nl?subject=x",
        "regel\nan@x.nl\nregel", {"reply": ["text", "(an@x.nl)"]}, {"an@x.nl": 1},
    ],
)  # fmt: skip
def test_an_address_is_found_among_words(words):
    assert stands_in("an@x.nl", words)


@pytest.mark.parametrize(
    "words",
    [
        "jan@x.nl", "j.an@x.nl", "jan-an@x.nl", "an@x.nl.uk", "an@x.nlx", "an@x.nl-y.nl",
        {"reply": ["text", "jan@x.nl"]}, None, 7, "",
    ],
)  # fmt: skip
def test_an_address_inside_a_longer_one_is_somebody_elses(words):
    assert not stands_in("an@x.nl", words)


@pytest.mark.parametrize(
    "words",
    [
        "an@x.nl", "An@X.nl", "<an@x.nl>", "Mail an@x.nl.", "mailto:an@x.nl?subject=x",
        "regel\nan@x.nl\nregel", {"reply": ["text", "(an@x.nl)"]}, {"an@x.nl": 1},
        b"ATTENDEE:mailto:an@x.nl\r\n", "'an@x.nl'", "bo@y.nl,an@x.nl;",
    ],
)  # fmt: skip
def test_the_addresses_among_words_are_found(words):
    assert "an@x.nl" in addresses_in(words)


def test_an_address_with_odd_signs_is_found_whole():
    assert {"o'neil+a_b@x.nl", "jan.ën@straße.nl"} <= addresses_in(
        "o'neil+a_b@x.nl Jan.Ën@straße.nl"
    )
