"""Who may open which door, what stays as it was, and what every answer carries.

The table is doors.txt, the people are in scene.py. Each check has a door beside it that was made to
be caught.
"""

import re

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from events_app.core import web
from events_app.core.db import db, saving
from events_app.core.errors import Forbidden, Refusal, TooMany
from events_app.core.rate_limits import RateCount
from tests.conftest import NOON, QUEUE, made_app, put_away
from tests.faults.doors import DOORS, WHERE, read
from tests.faults.headers import carried
from tests.faults.scene import Visitor

SAFE = {"HEAD", "OPTIONS"}
ids = str
every = pytest.mark.parametrize("door", DOORS, ids=ids)


# -- the table is whole


def rule_of(app, house, door):
    """The rule that answers at the door's address."""
    try:
        at = app.url_map.bind("localhost")
        path = house.path(door.address).partition("?")[0]
        return at.match(path, door.method, return_rule=True)[0].rule
    except HTTPException as why:
        pytest.fail(f"{WHERE.name}: no door answers {door} ({why}). Take the line out, or mend it.")


def left_out(app, house, doors):
    known = {(rule_of(app, house, door), door.method) for door in doors}
    return [
        f"{method} {rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - SAFE)
        if (rule.rule, method) not in known
    ]


def test_every_door_stands_in_the_table_and_every_line_is_a_door(house):
    missing = left_out(house.app, house, DOORS)
    assert not missing, (
        f"{len(missing)} doors are not in tests/faults/{WHERE.name}: {', '.join(missing)}. Add a"
        " line for each: method, an address, who may open it (the head of the file says how); for"
        " a new kind of row or link, put it in tests/faults/scene.py."
    )


def test_a_door_that_is_left_out_is_found(house, bad):
    assert left_out(bad, house, DOORS) == [
        "GET /desk/bad/open (bad_open)", "GET /bad/writes (bad_writes)", "GET /bad/bare (bad_bare)",
        "POST /bad/unguarded (bad_unguarded)", "GET /bad/mine/<token> (bad_mine)",
    ]  # fmt: skip


def test_a_line_without_a_door_is_found(house):
    with pytest.raises(pytest.fail.Exception, match="no door answers GET /nowhere"):
        left_out(house.app, house, read("GET /nowhere everyone"))


# -- who may open it


def wrongs(house, door, visitor, app=None):
    """What is wrong with how the door answers the visitor; what it changed is put back."""
    answer = visitor.ask(app or house.app, house.path(door.address, visitor), door.method)
    changed = house.kept.changed()
    if changed:
        house.kept.back(changed)
    is_open, status = door.is_open_to(visitor), answer.status_code
    wanted = door.answers if is_open else {door.closed_with(visitor)}
    said = []
    if status not in wanted:
        said.append(f"{status}, not {' or '.join(map(str, sorted(wanted)))}")
    if is_open and "/sign-in" in answer.headers.get("Location", "").partition("?")[0]:
        said += [] if door.address.startswith(("/sign-", "/desk/accounts/me/")) else ["sent away"]
    if not is_open and changed:
        said.append(f"was closed and yet changed {changed}")
    if door.method == "GET" and changed - door.may_write:
        said.append(f"only looking changed {changed}")
    is_private = door.is_private or (not is_open and door.is_desk)
    said += carried(answer, is_private=is_private, may_be_kept=door.may_be_kept)
    return [f"{door}, {visitor.name}: {each}" for each in said]


def all_wrongs(house, door, app=None):
    return [wrong for visitor in house.visitors for wrong in wrongs(house, door, visitor, app)]


@pytest.mark.once
@every
def test_a_door_opens_to_whom_it_may_and_looking_changes_nothing(house, door):
    assert all_wrongs(house, door) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("GET /desk/bad/open owner", "200, not 403"),
        ("GET /desk/bad/open organiser", "visitor: 200, not"),
        ("GET /bad/writes everyone", "only looking changed {'rate_count'}"),
        ("GET /bad/writes nobody", "was closed and yet changed"),
        ("POST /bad/unguarded editor", "200, not"),
        ("GET /bad/bare everyone", "Content-Security-Policy"),
        ("GET /bad/mine/{token} attendee", "no-store"),
        ("GET /bad/mine/{token} attendee", "ambassador: 200, not 404"),
        ("GET /desk/ owner", "door: 200, not 403"),
        ("GET /desk/events/ everyone", "visitor: 303, not 200"),
    ],
)
def test_a_wrong_door_is_caught(house, bad, line, found):
    (door,) = read(line)
    assert found in " ".join(all_wrongs(house, door, bad))


@pytest.mark.once
@every
def test_head_opens_no_more_than_get(house, door):
    visitor = house.visitor("visitor")
    if door.method == "GET":
        path = house.path(door.address)
        seen = {visitor.ask(house.app, path, method).status_code for method in ("HEAD", "GET")}
        assert len(seen) == 1


def test_a_personal_link_shows_its_own_person_alone(house):
    for name, own, other in (("attendee", "Ana Vermeulen", "Rui de Boer"),
                             ("other attendee", "Rui de Boer", "Ana Vermeulen")):  # fmt: skip
        visitor = house.visitor(name)
        page = visitor.ask(house.app, f"/registration/{visitor.token}").text
        assert own in page
        assert other not in page


def test_an_ambassador_sees_and_withdraws_their_own_invitations_alone(house):
    other = house.visitor("other ambassador")
    page = other.ask(house.app, f"/ambassador/{other.token}").text
    assert "cas@example.org" in page
    assert "ben@example.org" not in page
    path = house.path("/ambassador/{token}/withdraw/{invitation}", other)
    assert other.ask(house.app, path, "POST").status_code == 404
    assert house.kept.changed() == set()


@pytest.mark.once
@every
def test_an_altered_link_opens_nothing(house, door):
    if "{token}" not in door.address:
        return
    holder = house.holder(door.who)
    for token in (
        holder.token[::-1], holder.token + "A", holder.token[1:], holder.token.swapcase(),
        holder.token + "%00", holder.token + "%20", "A" * 3000, "%ff", "..", "'--",
    ):  # fmt: skip
        path = house.path(door.address, Visitor("", door.who, token))
        answer = holder.ask(house.app, path, door.method)
        assert answer.status_code in (404, 405, 410, 308), (door, token, answer.status_code)
    assert house.kept.changed() == set()


# -- a change asks for a token of our own form


@pytest.fixture(scope="module")
def strict(furnished):
    """The same house, asking for CSRF tokens."""
    app = made_app(furnished.folder, url_of(furnished), WTF_CSRF_ENABLED=True)
    yield app
    closed(app)


def url_of(house):
    return house.app.config["SQLALCHEMY_DATABASE_URI"]


def closed(app):
    if QUEUE:
        for line in app.extensions["queue"].lines:
            line.flush()
    put_away(app)


FORM = "/newsletter/"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def unguarded(house, door, browser):
    """What is wrong with how the door refuses who brings no token of an own form, and opens to who
    does."""
    path = house.path(door.address, house.holder(door.who))
    own = TOKEN.search(browser.get(FORM).text)[1]
    other = TOKEN.search(browser.application.test_client().get(FORM).text)[1]
    said = []
    for token in (None, "", other, own[:-20] + own[-20:][::-1], "é\0"):
        status = browser.post(path, data={} if token is None else {"csrf_token": token}).status_code
        said += [] if status == 400 else [f"{status} with the token {token!r}"]
    said += [f"{name} changed" for name in sorted(house.kept.changed())]
    status = browser.post(path, data={"csrf_token": own}).status_code
    return said + ([] if status in door.answers else [f"{status} with the right token"])


ONE_CLICK = "/unsubscribe/{token}"
"""RFC 8058: a mail program posts, without cookie and without our form."""


@pytest.mark.once
@pytest.mark.parametrize("door", [door for door in DOORS if door.method != "GET"], ids=ids)
def test_a_change_without_a_token_of_our_own_form_is_refused(house, strict, door):
    browser = house.holder(door.who).at(strict)
    said = unguarded(house, door, browser)
    assert bool(said) is (door.address == ONE_CLICK), said


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {
            "data": b"List-Unsubscribe=One-Click",
            "content_type": "application/x-www-form-urlencoded",
        },
        {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"},
    ],
)
def test_one_click_unsubscribes_without_cookie_and_without_redirect(house, strict, body):
    path = house.path(ONE_CLICK, house.visitor("reader"))
    assert strict.test_client().post(path, **body).status_code == 200
    assert "subscription" in house.kept.changed()


def test_a_door_that_asks_for_no_token_is_caught(house, bad):
    (door,) = read("POST /bad/unguarded everyone 200")
    assert "200 with the token None" in unguarded(house, door, bad.test_client())


# -- what every answer carries


@pytest.fixture(scope="module")
def https(furnished):
    """The same house behind TLS, asking for CSRF tokens, with doors that end in each error."""
    app = made_app(
        furnished.folder, url_of(furnished), BASE_URL="https://localhost", WTF_CSRF_ENABLED=True,
        SESSION_COOKIE_NAME="__Host-session", SESSION_COOKIE_SECURE=True,
    )  # fmt: skip
    app.testing = False
    for status, why in {
        403: Forbidden("Dit mag u niet."), 409: Refusal("Net te laat."),
        413: RequestEntityTooLarge(),
        429: TooMany("Te vaak.", retry_after=90), 500: ZeroDivisionError("secret words"),
        503: OperationalError("", {}, Exception("locked")),
    }.items():  # fmt: skip
        app.add_url_rule(f"/ends/{status}", f"ends_{status}", ending(why))
    yield app
    closed(app)


def ending(why):
    def page():
        raise why

    return page


@pytest.mark.once
@every
def test_over_https_every_door_answers_with_all_headers(house, https, door):
    visitor = house.holder(door.who)
    answer = visitor.ask(
        https, house.path(door.address, visitor), door.method, base_url="https://localhost"
    )
    is_private = door.is_private and door.method == "GET"
    assert carried(answer, is_private=is_private, is_https=True, may_be_kept=door.may_be_kept) == []


@pytest.mark.once
@pytest.mark.parametrize("status", [403, 404, 405, 409, 413, 429, 500, 503])
@pytest.mark.parametrize("name", ["visitor", "attendee", "owner"])
def test_an_error_carries_all_headers_too(house, https, status, name):
    path, method = {404: ("/nowhere", "GET"), 405: ("/about", "DELETE")}.get(
        status, (f"/ends/{status}", "GET")
    )
    answer = house.visitor(name).ask(https, path, method, base_url="https://localhost")
    if status == 405:  # without a token even a method that we do not know is refused first
        assert answer.status_code in (400, 405)
    else:
        assert answer.status_code == status
    assert carried(answer, is_https=True) == []
    assert '<main id="main"' in answer.text


def test_what_is_the_same_for_everyone_is_kept_by_the_browser_of_who_is_signed_in(house):
    """Otherwise each page brings its styles and fonts again; and no cookie goes into a cache."""
    browser = house.app.test_client()
    colleague = house.visitor("colleague")
    assert browser.post(f"/sign-in/{colleague.token}").status_code == 303
    page = browser.get("/desk/").text
    files = re.findall(r'="(/assets/[^"]+)', page)
    assert len(files) > 2
    for path in (*files, house.path("/events/{slug}/picture/{cover}-480.webp")):
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
    assert browser.get("/").headers["Cache-Control"] == "no-store"
    assert browser.get(house.path("/events/{draft_slug}/cover.svg")).headers["Cache-Control"] == (
        "no-store"
    )


def test_a_form_can_be_sent_over_https_from_a_page_that_tells_no_referrer(house, https):
    """As browsers do from every private page: its Referrer-Policy is no-referrer."""
    browser = house.visitor("owner").at(https)
    page = browser.get("/desk/accounts/me", base_url="https://localhost")
    data = {"csrf_token": TOKEN.search(page.text)[1], "name": "Demo owner", "language": "en"}
    done = browser.post("/desk/accounts/me", data=data, base_url="https://localhost")
    assert done.status_code == 303


# -- doors that were made to be caught


@pytest.fixture(scope="module")
def bad(furnished):
    app = made_app(furnished.folder, url_of(furnished), WTF_CSRF_ENABLED=True)

    def writes():
        with saving():
            db.session.add(RateCount(key="bad", count=1, expires_at=NOON))
        return "written"

    app.add_url_rule("/desk/bad/open", "bad_open", lambda: "no lock on it")
    app.add_url_rule("/bad/writes", "bad_writes", writes)
    app.add_url_rule("/bad/bare", "bad_bare", lambda: "bare")
    app.add_url_rule(
        "/bad/unguarded", "bad_unguarded", web.csrf.exempt(lambda: "done"), methods=["POST"]
    )
    app.add_url_rule("/bad/mine/<token>", "bad_mine", lambda token: f"mine {token}")

    def bared(answer):
        if answer.get_data() == b"bare":
            del answer.headers["Content-Security-Policy"]
        return answer

    app.after_request_funcs[None].insert(0, bared)  # the first named is the last to run
    yield app
    closed(app)
