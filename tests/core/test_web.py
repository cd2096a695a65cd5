"""What every answer has: headers, a language, and an error page in the house style."""

import io
import secrets
import shutil
import sqlite3
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Response, request
from psycopg.errors import DeadlockDetected, DiskFull, LockNotAvailable
from sqlalchemy.engine import make_url
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from events_app.core import clock, web
from events_app.core.db import db, saving
from events_app.core.errors import Forbidden, NotFoundError, Refusal, TooMany
from events_app.core.idempotency import SpentKey
from tests.conftest import SERVER, made_app, put_away


def odd_app(folder, database):
    """It has a few odd pages besides its own, and asks for CSRF tokens."""
    app = made_app(folder, database, WTF_CSRF_ENABLED=True, MAX_CONTENT_LENGTH=1000)
    app.testing = False

    def fails(why):
        def page():
            raise why

        return page

    for status, why in {
        403: Forbidden("Dit mag u niet."), 404: NotFoundError(), 409: Refusal("Net te laat."),
        429: TooMany("Te vaak.", retry_after=90), 500: ZeroDivisionError("secret words"),
    }.items():  # fmt: skip
        app.add_url_rule(f"/odd/{status}", f"odd_{status}", fails(why))

    def write():
        request.get_data()
        db.session.execute(sa.text("UPDATE rate_count SET count = 0"))
        return "written"

    app.add_url_rule("/odd/write", "odd_write", web.csrf.exempt(write), methods=["POST"])
    app.add_url_rule("/odd/form", "odd_form", lambda: "done", methods=["POST"])
    app.add_url_rule("/odd/same", "odd_same", lambda: web.if_fresh(Response("the same")))

    def mine():
        web.private()
        return "mine"

    app.add_url_rule("/odd/mine", "odd_mine", mine)
    return app


@pytest.fixture(scope="module")
def shared_odd(empty_database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    if not SERVER:
        shutil.copy(make_url(empty_database).database, folder / "app.db")
    app = odd_app(folder, empty_database if SERVER else f"sqlite:///{folder}/app.db")
    yield app
    put_away(app)


@pytest.fixture
def odd(shared_odd):
    """A new browser there."""
    return shared_odd.test_client()


@pytest.fixture
def own_odd(own_database, tmp_path):
    """A browser at an app of this test alone: pages can be added to it."""
    return odd_app(tmp_path, own_database).test_client()


STATUSES = [200, 403, 404, 409, 429, 500]


def get(browser, status):
    return browser.get("/newsletter/" if status == 200 else f"/odd/{status}")


@pytest.mark.parametrize("status", STATUSES)
def test_every_answer_has_the_headers_that_protect(odd, status):
    answer = get(odd, status)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("status", STATUSES[1:])
def test_errors_are_pages_of_the_house_in_the_readers_language(odd, status):
    dutch, english = odd.get(f"/odd/{status}").text, odd.get(f"/odd/{status}?lang=en").text
    assert '<html lang="nl"' in dutch
    assert '<html lang="en"' in english
    for page in (dutch, english):
        assert "<h1" in page
        assert '<main id="main"' in page


def test_a_refusal_says_its_own_sentence(odd):
    assert "Dit mag u niet." in odd.get("/odd/403").text
    assert "Net te laat." in odd.get("/odd/409").text
    too_often = odd.get("/odd/429")
    assert too_often.headers["Retry-After"] == "90"
    assert "Te vaak." in too_often.text


def test_what_went_wrong_inside_is_not_shown(odd):
    page = odd.get("/odd/500").text
    assert "secret words" not in page
    assert "ZeroDivision" not in page
    assert "Traceback" not in page


TYPED = "ana@example.org"


def test_what_somebody_typed_does_not_stand_in_the_log(own_odd, caplog):
    def asks():
        db.session.execute(sa.text("SELECT * FROM nowhere WHERE email = :email"), {"email": TYPED})

    def is_second():
        why = f"duplicate key value\nDETAIL: Key (email)=({TYPED}) already exists."
        raise sa.exc.IntegrityError("INSERT", {"email": TYPED}, Exception(why))

    own_odd.application.add_url_rule("/odd/asks", "odd_asks", asks)
    own_odd.application.add_url_rule("/odd/second", "odd_second", is_second)
    assert own_odd.get("/odd/asks").status_code >= 500
    assert own_odd.get("/odd/second").status_code == 409
    assert "duplicate key value" in caplog.text
    assert "nowhere" in caplog.text
    assert TYPED not in caplog.text


def test_a_fault_of_who_asks_is_not_called_ours(own_odd):
    def beyond():
        raise RequestedRangeNotSatisfiable

    own_odd.application.add_url_rule("/odd/beyond", "odd_beyond", beyond)
    answer = own_odd.get("/odd/beyond")
    assert answer.status_code == 416
    assert "Er ging bij ons iets mis" not in answer.text
    assert "Er ging bij ons iets mis" in own_odd.get("/odd/500").text


@pytest.mark.parametrize("host", ["a b", "[::1", "x:99999999", "é<script>", "evil.example.org"])
def test_whoever_asks_does_not_decide_what_we_are_called(odd, host):
    for path in ("/newsletter/", "/odd/404"):
        answer = odd.get(path, headers={"Host": host})
        assert answer.status_code in (200, 404)
        assert host not in answer.text


def test_a_wrong_method_gets_the_list_of_right_ones(odd):
    answer = odd.post("/robots.txt")
    assert answer.status_code in {400, 405}
    answer = odd.put("/odd/same")
    assert answer.status_code in {400, 405}
    allowed = odd.get("/odd/write")
    assert allowed.status_code == 405
    assert "POST" in allowed.headers["Allow"]
    assert "<h1" in allowed.text


def test_a_change_without_a_token_of_our_form_is_refused(odd):
    answer = odd.post("/odd/form", data={"a": "b"})
    assert answer.status_code == 400
    assert "<h1" in answer.text


def test_too_much_is_refused_in_words(odd):
    answer = odd.post("/odd/write", data=b"x" * 1001)
    assert answer.status_code == 413
    assert "<h1" in answer.text


def test_errors_are_not_kept_by_caches(odd):
    for status in STATUSES[1:]:
        assert get(odd, status).headers["Cache-Control"] == "no-store"


def test_what_a_reader_has_already_is_not_sent_again(odd):
    first = odd.get("/odd/same")
    again = odd.get("/odd/same", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = odd.get("/odd/same", headers={"If-None-Match": '"other"'})
    assert other.data == b"the same"


def test_a_personal_page_is_for_no_cache_and_no_search_engine(odd):
    headers = odd.get("/odd/mine").headers
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_over_https_browsers_are_told_to_stay_there(own_odd):
    assert "Strict-Transport-Security" not in own_odd.get("/odd/same").headers
    own_odd.application.config["SESSION_COOKIE_SECURE"] = True
    assert "max-age=31536000" in own_odd.get("/odd/same").headers["Strict-Transport-Security"]


def test_a_reader_gets_no_cookie_before_a_form(odd):
    for path in ("/odd/same", "/odd/404", "/newsletter/archive"):
        assert "Set-Cookie" not in odd.get(path).headers


@contextmanager
def somebody_writing(app):
    with app.app_context():
        url = db.engine.url
    if SERVER:
        server = sa.create_engine(url)
        with server.connect() as other:
            other.execute(sa.text("LOCK TABLE rate_count IN EXCLUSIVE MODE"))
            yield
            other.rollback()
        server.dispose()
    else:
        other = sqlite3.connect(url.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()


def test_while_somebody_writes_too_long_a_writer_hears_so_and_readers_go_on(odd):
    with somebody_writing(odd.application):
        busy = odd.post("/odd/write")
        assert busy.status_code == 503
        assert busy.headers["Retry-After"] == "5"
        assert "5 seconden" in busy.text
        assert odd.get("/newsletter/archive").status_code == 200
    assert odd.post("/odd/write").text == "written"


@pytest.mark.parametrize("why", [DeadlockDetected, LockNotAvailable])
@pytest.mark.parametrize(("times", "status"), [(0, 200), (1, 200), (2, 503)])
def test_who_was_stopped_by_somebody_else_is_tried_once_more(own_odd, why, times, status):
    """The whole request, with its form and its file; nothing of the first try is stored."""
    read, digest = [], secrets.token_bytes(32)

    def door():
        with saving():
            db.session.add(SpentKey(digest=digest, spent_at=clock.now()))
            db.session.flush()
            read.append((request.form["a"], request.files["b"].read()))
            if len(read) <= times:
                raise sa.exc.OperationalError("UPDATE pool", {}, why())
        return "stored"

    own_odd.application.add_url_rule(
        "/odd/door", "odd_door", web.csrf.exempt(door), methods=["POST"]
    )
    answer = own_odd.post("/odd/door", data={"a": "x", "b": (io.BytesIO(b"file"), "b.txt")})
    assert answer.status_code == status
    assert read == [("x", b"file")] * min(2, times + 1)
    with own_odd.application.app_context():
        assert (db.session.get(SpentKey, digest) is not None) is (status == 200)


def test_what_cannot_be_done_is_not_tried_again(own_odd):
    tried = []

    def door():
        tried.append(1)
        raise sa.exc.OperationalError("UPDATE pool", {}, DiskFull())

    own_odd.application.add_url_rule(
        "/odd/door", "odd_door", web.csrf.exempt(door), methods=["POST"]
    )
    assert own_odd.post("/odd/door").status_code == 503
    assert tried == [1]


def test_a_language_we_do_not_have_is_dutch(odd):
    assert '<html lang="nl"' in odd.get("/newsletter/?lang=fr").text


@pytest.mark.parametrize(
    "path",
    ["//evil.example.org", "/\\evil.example.org", "https://evil.example.org", "", "x", "/a\nb"],
)
def test_nobody_is_sent_elsewhere_by_a_link_of_ours(path):
    assert web.local_path(path) == "/"


def test_a_path_of_ours_is_kept():
    assert web.local_path("/desk/events/?page=2") == "/desk/events/?page=2"


@pytest.mark.parametrize(
    "path",
    [
        "/%00", "/%ff", "/events/%c0%af", "/?lang=%00", "/?lang=nl&lang=en", "/events/?q=%ff%fe",
        "/" + "a" * 5000, "/assets/x/../../config.py", "/assets/x/%2e%2e/%2e%2e/config.py",
        "/robots.txt?%F0%9F", "/sitemap.xml?lang=en",
    ],
)  # fmt: skip
def test_odd_addresses_give_a_page_never_an_error_of_ours(odd, path):
    assert odd.get(path).status_code < 500
