"""Signing in by a mailed link."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.accounts import actions, jobs, lock, queries
from events_app.accounts.models import DeskSession, JournalEntry, Role, SignInLink, StaffMember
from events_app.accounts.rules import Colleague
from events_app.core.db import db, saving
from events_app.core.rate_limits import RateCount
from events_app.delivery.models import OutboxMessage
from tests.conftest import NOON, dealt, made_app, run_all_now
from tests.factories.accounts import make_staff

ANA = "ana@example.org"


def ask(browser, email=ANA, **more):
    return browser.post("/sign-in", data={"email": email, **more})


def letters():
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def mailed_path(app):
    """The path of the link in the last letter, after the jobs have run."""
    run_all_now(app, "accounts")
    address = letters()[-1].slots["link"][1]
    return address.removeprefix("http://localhost")


def signed_in(browser):
    return browser.get("/desk/").status_code == 200


def test_the_mailed_link_opens_a_page_and_its_button_signs_in(app, client):
    member = make_staff(ANA, name="Ana Demo")
    assert ask(client).location == "/sign-in/sent"
    path = mailed_path(app)
    page = client.get(path)
    assert "Ana Demo" in page.text
    assert not signed_in(client)
    answer = client.post(path)
    assert (answer.status_code, answer.location) == (303, "/desk/")
    assert signed_in(client)
    db.session.refresh(member)
    assert member.last_seen_at == NOON
    assert db.session.scalars(select(JournalEntry.verb)).all() == ["accounts.signed_in"]


def test_the_address_may_be_typed_in_capitals(app, client):
    make_staff(ANA)
    ask(client, " Ana@Example.ORG ")
    assert client.post(mailed_path(app)).location == "/desk/"


def test_each_link_that_is_asked_for_is_mailed_however_long_nobody_came(app, client, noon):
    make_staff(ANA)
    for days in (0, 3, 6):  # in between all links are forgotten, and SQLite begins again at 1
        noon.set(NOON + timedelta(days=days))
        jobs.mail_links()
        ask(client)
        run_all_now(app, "accounts")
    assert len(letters()) == 3


def test_the_letter_speaks_the_colleagues_language(app, client):
    make_staff(ANA, language="en")
    ask(client)
    run_all_now(app, "accounts")
    letter = letters()[0]
    assert letter.body.subject == "Sign in to the desk of Op de Bühne"
    assert letter.slots["link"][1].endswith("?lang=en")


def test_the_link_is_asked_for_in_words_and_statements_that_tell_nothing(app, statements):
    make_staff(ANA)
    make_staff("closed@example.org", is_active=False)
    seen = set()
    for email in (ANA, "nobody@example.org", "closed@example.org"):
        browser = app.test_client()
        del statements[:]
        answer = ask(browser, email)
        seen.add((answer.status_code, answer.location, tuple(statements)))
        seen.add(browser.get(answer.location).text)
    assert len(seen) == 2


def test_no_letter_goes_to_who_has_no_seat(app, client):
    make_staff("closed@example.org", is_active=False)
    ask(client, "nobody@example.org")
    ask(client, "closed@example.org")
    run_all_now(app, "accounts")
    assert letters() == []


def test_a_link_is_mailed_once_however_often_the_job_runs(app, client):
    make_staff(ANA)
    ask(client)
    run_all_now(app, "accounts")
    run_all_now(app, "accounts")
    assert len(letters()) == 1


def test_a_link_works_once(app, client):
    make_staff(ANA)
    ask(client)
    path = mailed_path(app)
    client.post(path)
    client.post("/sign-out")
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410
        assert "al gebruikt" in answer.text
    assert not signed_in(client)


def test_looking_at_the_link_does_not_use_it_up(app, client):
    """Mail scanners follow links."""
    make_staff(ANA)
    ask(client)
    path = mailed_path(app)
    for _ in range(3):
        assert app.test_client().get(path).status_code == 409
        client.get(path)
        client.head(path)
    assert client.post(path).location == "/desk/"


def test_a_link_lives_fifteen_minutes(app, client, noon):
    make_staff(ANA)
    ask(client)
    path = mailed_path(app)
    noon.set(NOON + timedelta(minutes=15))
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    noon.set(NOON + timedelta(minutes=14, seconds=59))
    assert client.post(path).location == "/desk/"


def test_a_link_that_was_asked_for_in_another_browser_is_refused(app, client):
    make_staff(ANA)
    ask(client)
    path = mailed_path(app)
    other = app.test_client()
    ask(other, "rui@example.org")
    for browser in (app.test_client(), other):
        answer = browser.post(path)
        assert answer.status_code == 409
        assert "alleen in de browser" in answer.text
        assert not signed_in(browser)
    assert client.post(path).location == "/desk/"


@pytest.mark.parametrize("token", ["x", "A" * 22, "%F0%9F%8E%AD", "a" * 4000])
def test_a_made_up_link_is_refused(client, token):
    assert client.get(f"/sign-in/{token}").status_code == 410
    assert client.post(f"/sign-in/{token}").status_code == 410


def test_an_altered_link_is_refused(app, client):
    make_staff(ANA)
    ask(client)
    path = mailed_path(app)
    altered = path[:-1] + ("A" if path[-1] != "A" else "B")
    assert client.post(altered).status_code == 410


def test_a_link_is_worth_nothing_once_the_access_is_closed(app, client):
    member = make_staff(ANA)
    ask(client)
    path = mailed_path(app)
    with saving():
        db.session.get(StaffMember, member.id).is_active = False
    assert client.post(path).status_code == 410


def test_the_table_holds_nothing_that_opens_the_door(app, client):
    make_staff(ANA)
    ask(client)
    token = mailed_path(app).rpartition("/")[2]
    row = db.session.scalars(select(SignInLink)).one()
    assert token.encode() not in (row.seed, row.token_digest, row.browser_digest)


def test_old_links_are_forgotten(app, client, noon):
    make_staff(ANA)
    ask(client)
    noon.set(NOON + timedelta(days=2))
    run_all_now(app, "accounts")
    assert db.session.scalars(select(SignInLink)).all() == []


# -- trying too often


def from_elsewhere(app, number):
    """A browser that was never here, at a network address of its own."""
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = f"10.0.{number // 250}.{number % 250}"
    return browser


def times(app, minutes, noon, seconds=7.3):
    """Strangers ask for Ana's link all the time, each from another network."""
    number = 0
    for minute in range(0, minutes, 3):
        noon.set(NOON + timedelta(minutes=minute, seconds=seconds))
        for _ in range(4):
            number += 1
            assert ask(from_elsewhere(app, number)).status_code == 303
        jobs.mail_links()


@pytest.mark.parametrize("minutes", dealt([1, 14, 29, 44]))
def test_whoever_uses_up_the_tries_the_person_gets_in_from_a_new_browser(
    app, client, noon, minutes
):
    make_staff(ANA)
    times(app, minutes, noon)
    assert ask(client).location == "/sign-in/sent"
    path = mailed_path(app)
    assert client.get(path).status_code == 200
    assert client.post(path).location == "/desk/"
    assert signed_in(client)


def test_a_mailbox_gets_at_most_twelve_links_an_hour_whoever_asks(app, noon):
    make_staff(ANA)
    times(app, 120, noon)
    sent = [letter.created_at for letter in letters()]
    most = max(sum(at <= each < at + timedelta(hours=1) for each in sent) for at in sent)
    assert (len(sent), most) == (24, 12)


def test_a_link_that_was_used_makes_room_for_another_letter(app, client):
    make_staff(ANA)
    for number in range(4):
        ask(from_elsewhere(app, number))
    ask(client)
    client.post(mailed_path(app))
    assert len(letters()) == 3
    ask(from_elsewhere(app, 9))
    run_all_now(app, "accounts")
    assert len(letters()) == 4


def test_only_a_browser_that_asked_in_vain_may_use_a_link_of_another(app, client, noon):
    make_staff(ANA)
    make_staff("rui@example.org")
    asked, of_another, late = (from_elsewhere(app, number) for number in range(3))
    ask(asked)
    ask(of_another, "rui@example.org")
    run_all_now(app, "accounts")
    for number in range(3, 6):
        ask(from_elsewhere(app, number))
    path = f"/sign-in/{letters()[0].slots['link'][1].rpartition('/')[2]}"
    run_all_now(app, "accounts")
    for browser in (client, of_another):
        assert browser.get(path).status_code == 409
        assert browser.post(path).status_code == 409
    ask(late)
    run_all_now(app, "accounts")
    noon.set(NOON + timedelta(minutes=14, seconds=59.5))
    assert late.post(path).location == "/desk/"
    assert late.post(path).location == "/desk/", "who presses twice is in"
    assert of_another.post(path).status_code == 410


def test_asking_in_vain_opens_nothing_after_fifteen_minutes(app, client, noon):
    make_staff(ANA)
    for number in range(4):
        ask(from_elsewhere(app, number))
        run_all_now(app, "accounts")
    late = from_elsewhere(app, 5)
    ask(late)
    run_all_now(app, "accounts")
    noon.set(NOON + timedelta(minutes=10))
    ask(client)
    run_all_now(app, "accounts")
    noon.set(NOON + timedelta(minutes=16))
    ask(from_elsewhere(app, 6))
    assert late.post(mailed_path(app)).status_code == 409
    assert client.post(mailed_path(app)).location == "/desk/"


def test_an_unknown_address_gets_the_same_words_however_often(app, client):
    make_staff(ANA)
    for address in (ANA, "no@example.org"):
        answers = [ask(from_elsewhere(app, n), address) for n in range(9)]
        assert {answer.location for answer in answers} == {"/sign-in/sent"}
    run_all_now(app, "accounts")
    assert len(letters()) == 3


def test_one_client_cannot_try_many_addresses(client):
    answers = [ask(client, f"p{n}@example.org") for n in range(21)]
    assert [answer.status_code for answer in answers] == [303] * 20 + [429]
    assert "p20@example.org" in answers[-1].text
    assert "Over 10 minuten" in answers[-1].text
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 600


def test_others_cannot_use_up_the_tries_of_a_browser_that_signed_in_before(app, client):
    make_staff(ANA)
    ask(client)
    client.post(mailed_path(app))
    client.post("/sign-out")
    while ask(app.test_client()).status_code == 303:  # in the same network
        pass
    assert ask(client).status_code == 303
    assert client.post(mailed_path(app)).location == "/desk/"


def test_the_counters_hold_no_address(app, client):
    ask(client)
    keys = " ".join(db.session.scalars(select(RateCount.key)))
    assert "ana" not in keys
    assert "127.0.0.1" not in keys


# -- where to go, and what is typed


def test_after_signing_in_the_page_that_was_wanted_opens(app, client):
    make_staff(ANA, role=Role.OWNER)
    wanted = client.get("/desk/accounts/colleagues").location
    page = client.get(wanted)
    hidden = re.search(r'name="next"[^>]*value="([^"]+)"', page.text)[1]
    ask(client, next=hidden)
    assert client.post(mailed_path(app)).location == "/desk/accounts/colleagues"


@pytest.mark.once
@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example.org/", "//evil.example.org", "/\\evil.example.org",
        "javascript:alert(1)", "\t//evil.example.org", "/\n/evil.example.org",
        "evil.example.org", "\\\\evil.example.org",
        "/\t/evil.example.org", "http:evil.example.org",
    ],
)  # fmt: skip
def test_no_one_is_sent_to_another_site(app, client, elsewhere):
    make_staff(ANA)
    ask(client, next=elsewhere)
    assert client.post(mailed_path(app)).location in ("/", "/desk/")


@pytest.mark.parametrize(
    "typed", ["", "ana", "ana@", "@example.org", "ana@example.org\r\nBcc: x@example.org", "a" * 400]
)
def test_what_is_no_address_gets_a_sentence_and_keeps_what_was_typed(client, typed):
    answer = ask(client, typed)
    assert answer.status_code == 200
    assert "error-summary" in answer.text
    assert db.session.scalars(select(SignInLink)).all() == []


def test_hostile_words_are_shown_as_words(client):
    answer = ask(client, '"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_who_is_signed_in_need_not_ask(desk):
    assert desk.get("/sign-in?next=/desk/accounts/journal").location == "/desk/accounts/journal"


def test_sign_in_pages_are_kept_by_nobody(client):
    for path in ("/sign-in", "/sign-in/sent", "/sign-in/abc"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]


# -- sessions


def test_signing_in_begins_a_new_session(app, client):
    make_staff(ANA)
    ask(client)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    client.post(mailed_path(app))
    with client.session_transaction() as session:
        assert "planted" not in session
        assert "browser" not in session


def test_signing_out_ends_it_here(app, client):
    make_staff(ANA)
    ask(client)
    client.post(mailed_path(app))
    assert client.get("/sign-out").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out").location == "/sign-in"
    assert not signed_in(client)


def copied(app, browser):
    """Somebody who holds a copy of this browser's cookie."""
    thief = app.test_client()
    thief.set_cookie("session", browser.get_cookie("session").value)
    return thief


def leave(_app, browser, _member):
    assert browser.post("/sign-out").location == "/sign-in"


def leave_everywhere(_app, browser, _member):
    browser.post("/desk/accounts/me/sign-out-everywhere")


def sign_in_anew(app, browser, _member):
    with saving():
        token = actions.link_for_owner(ANA, now=NOON)
    assert browser.post(f"/sign-in/{token}").location == "/desk/"


def lose_access(_app, _browser, member):
    with saving():
        actions.close_access(member, by=member, now=NOON)
        actions.give_access_again(member, by=member, now=NOON)


@pytest.mark.parametrize("end", [leave, leave_everywhere, sign_in_anew, lose_access])
def test_a_copy_of_the_cookie_is_worth_nothing_once_the_session_is_over(app, client, end):
    member = make_staff(ANA)
    ask(client)
    client.post(mailed_path(app))
    thief = copied(app, client)
    assert signed_in(thief)
    end(app, client, member)
    assert not signed_in(thief)
    assert thief.post("/desk/accounts/me", data={"name": "Thief"}).location.startswith("/sign-in")


def test_signing_out_in_one_browser_leaves_the_others_signed_in(app):
    make_staff(ANA)
    one, other = app.test_client(), app.test_client()
    for browser in (one, other):
        ask(browser)
        browser.post(mailed_path(app))
    one.post("/sign-out")
    assert signed_in(other)
    assert not signed_in(one)


def test_signing_out_without_a_session_does_no_harm(app, client, desk):
    client.post("/sign-out")
    assert signed_in(desk)


def test_the_table_of_sessions_holds_nothing_that_opens_the_door(desk):
    with desk.session_transaction() as session:
        key = session["desk"]
    row = db.session.scalars(select(DeskSession)).one()
    assert row.token_digest != key.encode()
    with desk.session_transaction() as session:
        session["desk"] = row.token_digest.hex()
    assert not signed_in(desk)


def test_who_stands_at_the_desk_is_found_in_one_statement(app, desk, statements):
    with app.test_request_context("/", headers={"Cookie": desk_cookie(desk)}):
        assert lock.current_staff().id == desk.staff.id
    assert len(statements) == 1


def desk_cookie(browser):
    return f"session={browser.get_cookie('session').value}"


def test_old_sessions_are_forgotten_at_night(app, client, noon):
    make_staff(ANA)
    ask(client)
    client.post(mailed_path(app))
    noon.set(NOON + timedelta(days=13, hours=23))
    jobs.tidy()
    assert db.session.scalars(select(DeskSession)).all() != []
    noon.set(NOON + timedelta(days=14))
    jobs.tidy()
    assert db.session.scalars(select(DeskSession)).all() == []


def test_signing_out_everywhere_ends_it_in_every_browser(app):
    make_staff(ANA)
    browsers = [app.test_client(), app.test_client()]
    for browser in browsers:
        ask(browser)
        browser.post(mailed_path(app))
    assert all(signed_in(browser) for browser in browsers)
    browsers[0].post("/desk/accounts/me/sign-out-everywhere")
    assert not any(signed_in(browser) for browser in browsers)


def test_a_session_ends_after_two_weeks(app, client, noon):
    make_staff(ANA)
    ask(client)
    client.post(mailed_path(app))
    noon.set(NOON + timedelta(days=13, hours=23))
    assert signed_in(client)
    noon.set(NOON + timedelta(days=14))
    assert not signed_in(client)


def test_cookies_are_for_this_host_alone_where_the_connection_is_safe(tmp_path, app):
    database = app.config["SQLALCHEMY_DATABASE_URI"]
    safe = made_app(tmp_path, database, "https://events.example.org", WTF_CSRF_ENABLED=True)
    browser = safe.test_client()
    answer = browser.get("/sign-in", base_url="https://events.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))


def test_changes_ask_for_the_forms_own_token(tmp_path, app):
    make_staff(ANA)
    strict = made_app(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"], WTF_CSRF_ENABLED=True)
    browser = strict.test_client()
    for path in ("/sign-in", "/sign-in/abc", "/sign-out"):
        assert browser.post(path, data={"email": ANA}).status_code == 400
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/sign-in").text)[1]
    assert browser.post("/sign-in", data={"email": ANA, "csrf_token": token}).status_code == 303


# -- the link that is made on the server


def test_the_first_start_seats_an_owner_and_prints_a_link_for_any_browser(app, client):
    with saving():
        owner = actions.seat_owner("Owner@example.org", name="Demo Owner", now=NOON)
        token = actions.link_for_owner("owner@example.org", now=NOON)
    assert owner.role is Role.OWNER
    assert client.post(f"/sign-in/{token}").location == "/desk/"
    assert app.test_client().post(f"/sign-in/{token}").status_code == 410


def test_a_second_start_leaves_the_owner_as_they_are(app):
    with saving():
        actions.seat_owner("owner@example.org", name="Demo Owner", now=NOON)
    with saving():
        again = actions.seat_owner("owner@example.org", name="Somebody Else", now=NOON)
    assert again.name == "Demo Owner"
    assert len(queries.members()) == 1


def test_a_printed_link_is_not_mailed(app):
    make_staff(ANA)
    with saving():
        actions.link_for_owner(ANA, now=NOON)
    run_all_now(app, "accounts")
    assert letters() == []


def test_the_command_prints_a_link(app):
    make_staff(ANA)
    runner = app.test_cli_runner()
    printed = runner.invoke(args=["sign-in-link", ANA]).output.strip()
    path = printed.removeprefix("http://localhost")
    assert app.test_client().post(path).location == "/desk/"
    assert "Nobody" in runner.invoke(args=["sign-in-link", "no@example.org"]).output


def test_who_was_removed_does_not_come_back_as_the_next_colleague(app, client, desk):
    """SQLite gives a number again: neither a session nor a line of the journal may follow it."""
    with saving():
        left = actions.invite(colleague(ANA), by=desk.staff, now=NOON)
    ask(client)
    client.post(mailed_path(app))
    assert signed_in(client)
    with saving():
        actions.close_access(left, by=desk.staff, now=NOON)
        actions.remove(left, by=desk.staff, now=NOON)
    with saving():
        actions.invite(colleague("next@example.org"), by=desk.staff, now=NOON)
    assert not signed_in(client)
    of_left = select(JournalEntry).where(JournalEntry.subject_label == left.name)
    assert {line.subject_id for line in db.session.scalars(of_left)} == {None}


def colleague(email):
    return Colleague(name=email.split("@")[0].title(), email=email, role=Role.EDITOR, language="nl")
