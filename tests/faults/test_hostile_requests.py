"""Requests that no browser of ours would send: each is answered in words, with all headers, and
none ends in an error of ours.
"""

import json
import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import SERVER
from tests.faults.doors import DOORS
from tests.faults.headers import carried
from tests.faults.scene import Visitor
from tests.faults.test_hostile_words import BREAKS
from tests.faults.visiting import every_form

ids = str
few = pytest.mark.parametrize("share", [24, pytest.param(1, marks=pytest.mark.long)])
"""In the short form each door gets a 24th of what is sent, and another one on another database;
the next door gets the next."""
GETS = [door for door in DOORS if door.method == "GET"]
CHANGES = [door for door in DOORS if door.method != "GET"]
MEGABYTE = 1024 * 1024
DIGITS = "9" * 30


def unworded(answer, *, is_private=False):
    """What is wrong with an answer to what makes no sense."""
    said = carried(answer, is_private=is_private)
    if answer.status_code >= 500:
        said.append(f"{answer.status_code}")
    if answer.status_code >= 400 and "<h1" not in answer.text:
        said.append(f"{answer.status_code} without words")
    return said


def asked(house, door, path=None, app=None, never=None, only=(), **more):
    """What is wrong with the answer to who gets the furthest at this door; and all is put back.

    `never`: what it does not say; `only`: the statuses it may have, if not all."""
    visitor = house.holder(door.who)
    path = path or house.path(door.address, visitor)
    try:
        answer = visitor.ask(app or house.app, path, more.pop("method", door.method), **more)
    except Exception as why:  # noqa: BLE001 -- the app under test lets its errors through
        return [f"{door}: {type(why).__name__}: {why}"[:300]]
    finally:
        house.kept.back(house.kept.changed())
    said = unworded(answer) if door.address != "/health" else []
    if only and answer.status_code not in only:
        said.append(f"{answer.status_code}")
    if never and never.encode() in answer.data + str(answer.headers).encode():
        said.append(f"says {never}")
    return [f"{door} {path[:60]}: {each}" for each in said]


def shared(items, number, share):
    return list(items)[(number + (share // 2 if SERVER else 0)) % share :: share]


# -- bodies


def body(data, kind="application/x-www-form-urlencoded", **more):
    return {"data": data, "content_type": kind, **more}


def as_json(value):
    return body(json.dumps(value), "application/json")


NAMES = ("name", "email", "words", "title_nl", "subject", "version", "revision", "block", "do")
PART = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAna\r\n'
BODIES = {
    "a JSON list": as_json(["name", 1]),
    "a JSON text": as_json("name"),
    "JSON numbers": as_json(dict.fromkeys(NAMES, 7)),
    "JSON lists": as_json({name: [[1], {}] for name in NAMES}),
    "JSON with a lone surrogate": body(b'{"name": "\\ud800", "email": "\\udfff@example.org"}',
                                       "application/json"),
    "deep JSON": body("[" * 100_000, "application/json"),
    "broken JSON": body(b'{"name": ', "application/json"),
    "plain text": body(b"name=Ana", "text/plain"),
    "XML with an entity": body(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml"),
    "no boundary": body(PART + b"--x--", "multipart/form-data"),
    "another boundary": body(PART + b"--x--", "multipart/form-data; boundary=y"),
    "an odd boundary": body(PART, 'multipart/form-data; boundary="\xff;"'),
    "cut short": body(PART[:-9], "multipart/form-data; boundary=x"),
    "a file in place of words": {"data": dict.fromkeys((), (b"", "x")) | {}},
    "bad bytes": body(b"name=%ff%fe&email=%c0%af&words=\xff\xfe&title_nl=%ed%a0%80&%00=%00"),
    "NUL": body("&".join(f"{name}=a%00b" for name in NAMES).encode()),
    "another charset": body("name=é".encode("utf-16"),
                            "application/x-www-form-urlencoded; charset=utf-16"),
    "many fields": body(b"&".join(b"name=%d" % number for number in range(20_000))),
    "many parts": body(PART * 1500 + b"--x--", "multipart/form-data; boundary=x"),
    "a long field": body(b"name=" + b"a" * 3 * MEGABYTE),
    "a longer length than came": body(b"name=Ana", headers={"Content-Length": "99"}),
    "a length that is none": body(b"name=Ana", headers={"Content-Length": "x"}),
    "a length below nothing": body(b"name=Ana", headers={"Content-Length": "-1"}),
    "huge numbers": body("&".join(f"{name}={'9' * 5000}" for name in NAMES).encode()),
}  # fmt: skip


@few
@pytest.mark.parametrize("door", CHANGES, ids=ids)
def test_a_body_of_any_kind_is_answered_in_words(house, door, share):
    sent = shared(BODIES, DOORS.index(door), share)
    wrong = {name: asked(house, door, **BODIES[name]) for name in sent}
    assert {name: said for name, said in wrong.items() if said} == {}


@pytest.mark.once
@pytest.mark.parametrize("door", CHANGES[::6], ids=ids)
def test_more_than_twelve_megabytes_are_refused_before_they_are_read(house, door):
    visitor = house.holder(door.who)
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = visitor.ask(house.app, house.path(door.address, visitor), "POST",
                             data=PART + b"a" * (12 * MEGABYTE), content_type=kind)  # fmt: skip
        is_unread = answer.status_code in door.answers | {404, 409}
        assert is_unread or answer.status_code == 413
        assert unworded(answer) == []
    house.kept.back(house.kept.changed())


# -- forms, field by field

WORDS = (
    *BREAKS, DIGITS, "-1", "1e400", "NaN", "٣", "²", "0x10", "9" * 5000, "a" * 60_000, "\ud800",
    "\x00", "\ufffe", "%00", "None", "true", "[]", "2027-13-45T99:99", "0001-01-01T00:00",
    "9999-12-31T23:59", "🎭" * 400, "\u202e", "zqnameqz", "{{7191*7}}", "__class__",
    "../../etc/passwd",
    "add:text", "1:text", "' OR 1=1 --", "#12345g", "https://[", "http://a:99999999/", "//",
    "a@b@c",
)  # fmt: skip


def typed(value):
    return value.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("share", [48, pytest.param(1, marks=pytest.mark.long)])
def test_a_forged_form_is_answered_in_words(house, share):
    wrong = []
    for number, (visitor, form) in enumerate(every_form(house)):
        for word in shared(WORDS, number, share):
            wrong += sent(house, visitor, form, dict.fromkeys(names(form), word))
    assert wrong == []


def names(form):
    return [each.name for each in form.fields] + ["do", "block", "confirmed", "lang"]


def sent(house, visitor, form, data):
    """What is wrong with the answer."""
    raw = b"&".join(name.encode() + b"=" + quoted(value) for name, value in data.items())
    try:
        if form.method == "GET":
            path = form.action.partition("?")[0] + "?" + raw[:8000].decode()
            answer = visitor.ask(house.app, path)
        else:
            answer = visitor.ask(house.app, form.action, "POST", **body(raw))
    except Exception as why:  # noqa: BLE001 -- the app under test lets its errors through
        return [f"{form.action}: {type(why).__name__}: {why}"[:300]]
    finally:
        house.kept.back(house.kept.changed())
    return [f"{form.action}: {each}" for each in unworded(answer)]


def quoted(value):
    return ("%" + typed(value).hex("%")).encode() if value else b""


anything = st.one_of(
    st.text(max_size=300), st.sampled_from(WORDS), st.integers().map(str), st.datetimes().map(str)
)
short = settings(max_examples=40, derandomize=True, deadline=None, database=None,
                 suppress_health_check=list(HealthCheck))  # fmt: skip
longer = settings(short, max_examples=3000)


@pytest.mark.parametrize("much", [short, pytest.param(longer, marks=pytest.mark.long)])
def test_a_form_with_anything_in_its_fields_is_answered_in_words(house, much):
    forms = every_form(house)

    @much
    @given(st.data())
    def fill(draw):
        visitor, form = draw.draw(st.sampled_from(forms))
        data = form.filled(iter(lambda: "Demo", None))
        for name in draw.draw(st.lists(st.sampled_from(names(form)), max_size=4)):
            data[name] = draw.draw(anything)
        assert sent(house, visitor, form, data) == []

    fill()


# -- addresses

PARTS = (
    "%00", "%ff", "%c0%af", "%ed%a0%80", DIGITS, "-1", "0", "٣", "..", "%2e%2e%2f", "%2F%2F", "\\",
    "a" * 3000, "🎭", "'", "%0d%0aX-Qx7: 1", "{{7191*7}}", "%252e", " ", ";a=b",
)  # fmt: skip


@few
@pytest.mark.parametrize("door", [door for door in DOORS if "{" in door.address], ids=ids)
def test_an_address_with_anything_in_it_is_answered_in_words(house, door, share):
    wrong = []
    for part in shared(PARTS, DOORS.index(door), share):
        pieces = re.split(r"\{\w+\}", door.address)
        wrong += asked(house, door, path=part.join(pieces))
    assert wrong == []


ARGUMENTS = (
    *("lang", "page", "q", "words", "sector", "region", "kind", "month", "past", "event", "after"),
    *("before", "subject", "since", "until", "staff", "status", "sort", "state", "address", "view"),
    *("sample", "in", "pass", "source", "next", "accent", "organisation", "partner", "language"),
    *("period", "next", "token", "key", "id", "slug"),
)
VALUES = ("%00", "%ff%fe", "%ed%a0%80", DIGITS, f"-{DIGITS}", "2147483648", "٣", "'", "é")


@few
@pytest.mark.parametrize("door", GETS, ids=ids)
def test_any_argument_in_an_address_is_answered_in_words(house, door, share):
    wrong, number = [], DOORS.index(door)
    address = house.path(door.address, house.holder(door.who))
    for value in shared(VALUES, number, min(share, 6)):  # each in all arguments at once
        questions = "&".join(f"{name}={value}" for name in ARGUMENTS)
        wrong += asked(house, door, path=address, query_string=questions)
    for name in shared(ARGUMENTS, number, share):
        wrong += asked(house, door, path=address, query_string=f"{name}={DIGITS}")
    assert wrong == []


# -- headers and methods

HEADERS = (
    {"Host": "evil.example.org"}, {"Host": "a b"}, {"Host": "[::1"}, {"Host": ""},
    {"Host": "x" * 5000}, {"Host": "evil.example.org:99999999"}, {"Host": "é<script>"},
    {"Cookie": "session=x.y.z; session=; =; \xff"}, {"Cookie": "session=" + "a" * 9000},
    {"If-None-Match": '"', "If-Modified-Since": "x", "Accept-Language": ",;q=", "Accept": ";;",
     "Accept-Encoding": "gzip;q=x", "Content-Type": "\xff;;=", "User-Agent": "\xff" * 500,
     "Referer": "http://[", "Origin": "null", "Authorization": "Bearer é"},
    {"If-Modified-Since": "Mon, 99 Foo 99999 99:99:99 GMT", "If-None-Match": "*",
     "Authorization": "Basic !!", "Accept-Charset": "utf-7", "Expect": "x"},
    {"Range": "bytes=9999999-", "If-Range": '"x"'}, {"Range": "bytes=5-1,-,x"},
    {"Range": "bytes=0-0"},
    {"X-Forwarded-Host": "evil.example.org", "X-Forwarded-For": "1.2.3.4, é", "X-Real-IP": "x",
     "X-Forwarded-Proto": "javascript", "X-Forwarded-Prefix": "//evil.example.org",
     "X-HTTP-Method-Override": "DELETE", "X-Original-URL": "/desk/", "Forwarded": "for=;;"},
)  # fmt: skip


@pytest.mark.once
@few
@pytest.mark.parametrize("door", GETS, ids=ids)
def test_headers_of_any_kind_are_answered_in_words_and_are_not_believed(house, door, share):
    wrong = []
    for headers in shared(HEADERS, DOORS.index(door), share):
        wrong += asked(house, door, headers=headers, never="evil.example.org")
    assert wrong == []


@pytest.mark.once
@pytest.mark.parametrize("address", sorted({door.address for door in DOORS}))
def test_a_method_that_no_door_has_is_refused_in_words(house, address):
    door = next(each for each in DOORS if each.address == address)
    known = {each.method for each in DOORS if each.address == address} | {"GET"}
    for method in ("PUT", "DELETE", "TRACE", "PROPFIND"):
        only = () if method in known else (404, 405)
        assert asked(house, door, method=method, only=only) == [], method


# -- an app that was made to be caught


def test_an_error_and_a_refusal_without_words_are_caught(house):
    app = Flask("bad")
    app.config["SESSION_COOKIE_NAME"] = "session"

    @app.route("/bad", methods=["GET", "POST"])
    def bad():
        raise ValueError

    visitor = Visitor("visitor", "visitor")
    said = unworded(visitor.ask(app, "/bad"))
    assert "500" in said
    assert "Content-Security-Policy: default-src is not 'none'" in said
    app.testing = True
    assert "ValueError" in asked(house, DOORS[0], path="/bad", app=app)[0]
    assert any("404 without words" in each for each in unworded(visitor.ask(app, "/x"))) is False
