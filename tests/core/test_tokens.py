"""Personal links, codes, signed values and whole addresses."""

import pytest
from itsdangerous import TimestampSigner

from events_app.core import links, text, tokens
from events_app.core.errors import NotFoundError


def test_a_link_is_the_same_for_its_row_and_differs_by_purpose_and_row(app):
    seed = tokens.new_seed()
    token = tokens.derived("registration", seed)
    assert token == tokens.derived("registration", seed)
    assert token != tokens.derived("invitation", seed)
    assert token != tokens.derived("registration", tokens.new_seed())


def test_a_link_has_128_bits_and_fits_in_an_address(app):
    token = tokens.derived("registration", tokens.new_seed())
    assert len(token) == 22
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_another_secret_key_gives_other_links(app):
    seed = tokens.new_seed()
    before = tokens.derived("registration", seed)
    app.secret_key = "another key, also long enough for it"
    assert tokens.derived("registration", seed) != before


def test_a_digest_does_not_show_its_token():
    token = tokens.new_token()
    assert len(tokens.digest(token)) == 32
    assert token.encode() not in tokens.digest(token)


def test_codes_for_people_have_no_letters_that_look_alike():
    codes = {tokens.new_code("HCT") for _ in range(500)}
    assert len(codes) == 500
    assert all(code.startswith("HCT-") and len(code) == 10 for code in codes)
    assert not set("01IO") & set("".join(code.removeprefix("HCT-") for code in codes))


def test_a_signed_value_comes_back(app):
    assert tokens.signed("mail", tokens.sign("mail", {"a": 1}), max_age=60) == {"a": 1}


def test_an_altered_foreign_or_old_value_is_not_there(app, monkeypatch):
    signed = tokens.sign("mail", "ana")
    for purpose, token in (("mail", signed + "x"), ("mail", "x"), ("other", signed), ("mail", "")):
        with pytest.raises(NotFoundError):
            tokens.signed(purpose, token, max_age=60)
    later = TimestampSigner("x").get_timestamp() + 61
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: later)
    with pytest.raises(NotFoundError):
        tokens.signed("mail", signed, max_age=60)


def test_addresses_in_letters_come_from_the_settings_not_from_the_request(app):
    app.config["BASE_URL"] = "https://events.example.org"
    with app.test_request_context("/", headers={"Host": "evil.example.com"}):
        assert links.to("accounts.sign_in") == "https://events.example.org/sign-in"


def test_addresses_keep_a_path_before_them_and_the_language_that_is_spoken(app):
    app.config["BASE_URL"] = "https://example.org/events"
    with text.speaking("en"):
        assert links.to("accounts.sign_in") == "https://example.org/events/sign-in?lang=en"
    assert links.host() == "example.org"
