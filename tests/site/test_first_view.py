"""What a browser needs for the first sight of a public page, and what it is told."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from lxml import html

from tests.factories.events import make_event, make_series, make_venue
from tests.factories.registrations import make_form

MOST = 60 * 1024
"""Bytes before pictures; a browser shows a page before its fonts are there."""
PAGES = [
    "/", "/events/", "/events/energie", "/events/energie/register", "/series/op-de-planken",
    "/about", "/partners", "/privacy", "/security", "/accessibility", "/contact", "/newsletter/",
    "/newsletter/archive", "/partner", "/ambassador",
]  # fmt: skip
LOADED = "//link[@rel='stylesheet' or @rel='icon' or @rel='preload']/@href | //*/@src | //*/@srcset"
FORMS = {"/contact", "/newsletter/", "/partner", "/ambassador", "/events/energie/register"}


@pytest.fixture
def page(app):
    app.config["WTF_CSRF_ENABLED"] = True
    series = make_series(slug="op-de-planken")
    event = make_event("Op de Bühne Energie", slug="energie", series=series, venue=make_venue())
    make_form(event, capacity=30)

    def page(path, **more):
        answer = app.test_client().get(path, **more)
        assert answer.status_code == 200, path
        return answer

    return page


def weight(body):
    return len(gzip.compress(body))


def test_the_first_sight_is_one_page_and_one_style_of_60_kilobytes_at_most(page, client):
    for path in PAGES:
        answer = page(path)
        tree = html.fromstring(answer.text)
        styles = tree.xpath("//link[@rel='stylesheet']/@href")
        scripts = tree.xpath("//script[@src]")
        assert len(styles) == 1
        assert all(script.get("type") == "module" for script in scripts), "none holds up the page"
        bodies = [
            client.get(each).data for each in (*styles, *(each.get("src") for each in scripts))
        ]
        assert b"@import" not in bodies[0]
        assert sum(map(weight, [answer.data, *bodies])) <= MOST


def test_the_fonts_of_a_dutch_page_are_two_files_that_the_page_does_not_wait_for(page, client):
    style = html.fromstring(page("/").text).xpath("//link[@rel='stylesheet']/@href")[0]
    faces = re.findall(r"@font-face \{.*?\}", client.get(style).text, re.DOTALL)
    shipped = [face for face in faces if "url(" in face]
    assert all("font-display: swap" in face for face in shipped)
    common = [face for face in shipped if "U+0000-00FF" in face and "italic" not in face]
    assert len(common) == 2
    fonts = [client.get(re.search(r'url\("(.+?)"\)', face)[1]).data for face in common]
    assert sum(map(len, fonts)) <= MOST


def test_a_page_loads_nothing_from_others_and_no_style_or_script_stands_in_it(page):
    for path in PAGES:
        answer = page(path)
        for address in html.fromstring(answer.text).xpath(LOADED):
            for each in address.split(","):
                parts = urlsplit(each.strip().split()[0])
                assert parts.netloc in ("", "localhost"), address
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")
        hosts = re.findall(r"https?:|\*", policy)
        assert hosts == []


def test_who_only_reads_gets_no_cookie(page):
    for path in PAGES:
        assert ("Set-Cookie" in page(path).headers) == (path in FORMS)


@pytest.mark.parametrize("code", ["nl", "en"])
def test_a_page_says_by_which_whole_address_it_is_found_in_each_language(page, code):
    for path in PAGES:
        answer = page(path, query_string={"lang": "en"} if code == "en" else {})
        check_addresses(html.fromstring(answer.text), path, code)


def check_addresses(tree, path, code):
    if tree.xpath("//meta[@name='robots']"):
        assert not tree.xpath("//link[@rel='canonical' or @hreflang]")
        return
    (own,) = tree.xpath("//link[@rel='canonical']/@href")
    languages = {each.get("hreflang"): each.get("href") for each in tree.xpath("//link[@hreflang]")}
    if path.endswith("/register"):
        assert own.partition("?")[0] == "http://localhost/events/energie"
        assert languages == {}
    else:
        assert own == languages[code]
        assert languages["nl"] == f"http://localhost{path}"
        assert languages["en"] == f"http://localhost{path}?lang=en"
    assert tree.xpath("//meta[@name='description']/@content")[0]


def test_arguments_that_make_no_other_page_are_left_out_of_its_address(page):
    tree = html.fromstring(page("/events/?past=1&q=x&page=1").text)
    assert tree.xpath("//link[@rel='canonical']/@href") == ["http://localhost/events/?past=1"]
