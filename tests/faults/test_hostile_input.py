"""What readers may type into addresses, headers and forms: a page or a sentence, nothing else."""

import pytest

from tests.factories.events import make_event

ODD = (
    "/events/a%00b", "/series/%00", "/events.ics?sector=%00", "/events.atom?sector=%00",
    "/events/?q=%00&sector=%00", "/newsletter/a%00", "/newsletter/pictures/%00",
    "/assets/x/a%00.css", f"/assets/x/{'a' * 400}.css", f"/assets/x/{'a/' * 3000}.css",
    "/events.atom?endpoint=x", "/events.atom?self=x", "/events.atom?values=x",
)  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_an_address_that_nothing_can_store_is_answered_in_words(client, path):
    make_event()
    assert client.get(path).status_code in {200, 404}


@pytest.mark.once
@pytest.mark.parametrize(
    "typed", ["endpoint=x", "_scheme=javascript&_external=1", "_method=x", "_anchor=x", "self=x"]
)
def test_what_stands_in_the_address_is_no_option_of_the_next_page(client, typed):
    venue = make_event("0").venue
    for number in range(1, 42):
        make_event(str(number), venue=venue)
    page = client.get(f"/events/?{typed}")
    assert page.status_code == 200
    assert "javascript://" not in page.text
    assert f'href="/events/?{typed.replace("&", "&amp;")}&amp;page=2"' in page.text


def test_a_path_that_looks_like_another_site_stays_a_path_in_our_links(client):
    page = client.get("/", environ_overrides={"PATH_INFO": "//evil.example.org/x"})
    assert page.status_code == 404
    assert 'href="//' not in page.text
    assert 'href="/evil.example.org/x?lang=en"' in page.text


def test_a_forged_host_sends_nobody_away(client):
    moved = client.get("/events?q=a%26b", headers={"Host": "evil.example.org"})
    assert (moved.status_code, moved.headers["Location"]) == (308, "/events/?q=a%26b")


def test_a_file_has_one_address(client):
    """Each other way to write it would be kept in memory as a file of its own."""
    for name in ("css/../css/base.css", "./css/base.css", "css//base.css"):
        assert client.get(
            "/", environ_overrides={"PATH_INFO": f"/assets/x/{name}"}
        ).status_code in {
            308,
            404,
        }


def test_one_reader_does_not_write_in_the_feed_of_the_next(client):
    make_event()
    client.get("/events.atom?evil=words")
    assert "evil" not in client.get("/events.atom").text


def test_a_long_way_back_does_not_cost_the_sign_in(client):
    """Browsers drop a cookie of more than 4 KB, and the mailed link would fit no browser."""
    way = "/desk/?" + "".join(f"{number:x}" for number in range(9000))
    asked = client.post("/sign-in", data={"email": "ana@example.org", "next": way})
    assert asked.status_code == 303
    assert len(asked.headers["Set-Cookie"]) < 4000
