"""The desk shows how sending stands, lets people settle what is uncertain, and every letter."""

import re
from datetime import timedelta

import pytest

from events_app.accounts.models import Role
from events_app.core import heartbeat
from events_app.core.db import db, saving
from events_app.core.letters import Calendar, Stream, kinds
from events_app.delivery import actions, queries, rules
from events_app.delivery.models import PauseReason, Reason, Scope, State, SuppressionReason
from tests.conftest import NOON, signed_in
from tests.delivery.conftest import enqueued, row, rows
from tests.delivery.mail_server import DROP, MailServer
from tests.delivery.test_sending import HIGH_PRIORITY, LOW_PRIORITY, send


def test_without_a_mail_server_the_letters_are_read_here(app, desk):
    enqueued("ana@example.org", calendar=Calendar("REQUEST", b"BEGIN:VCALENDAR\r\n"))
    send()
    assert "Er is geen mailserver ingesteld" in desk.get("/desk/delivery/").text
    page = desk.get("/desk/delivery/inbox").text
    assert "Welkom, Ana" in page
    assert "Hier bewaard, niet verstuurd" in page
    assert "Aangenomen" not in desk.get(f"/desk/delivery/inbox/{row().id}").text


def test_a_letter_is_shown_as_the_bytes_that_would_be_sent(app, desk):
    content = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    enqueued("ana@example.org", calendar=Calendar("REQUEST", content))
    send()
    at = f"/desk/delivery/inbox/{row().id}"
    page = desk.get(at).text
    assert "Dag Ana," in page
    assert "X-Auto-Response-Suppress" in page
    raw = desk.get(f"{at}/raw")
    assert raw.mimetype == "message/rfc822"
    assert row().message_id.encode() in raw.data
    assert desk.get(f"{at}/attachment/0").data == content
    assert desk.get(f"{at}/attachment/0").headers["Content-Disposition"].startswith("attachment")
    assert desk.get(f"{at}/attachment/1").status_code == 404


def test_the_html_of_a_letter_is_shown_in_a_frame_where_nothing_can_act(app, desk):
    enqueued("ana@example.org")
    answer = desk.get(f"/desk/delivery/inbox/{row().id}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "allow-scripts" not in policy
    assert "sandbox" in policy
    assert "unsafe-inline" not in desk.get("/desk/delivery/").headers["Content-Security-Policy"]


def test_an_uncertain_letter_is_named_and_can_be_settled(app, desk, server):
    server.answers["dot"] = [DROP, DROP]
    enqueued("ana@example.org", "rui@example.org", stream=Stream.PERSONAL)
    app.config["SMTP_URL"] = server.url("&lines=1")
    send(LOW_PRIORITY)
    page = desk.get("/desk/delivery/").text
    assert "ana@example.org" in page
    assert "rui@example.org" in page
    ana, rui = rows()
    desk.post(f"/desk/delivery/inbox/{ana.id}/arrived")
    desk.post(f"/desk/delivery/inbox/{rui.id}/again")
    send(LOW_PRIORITY)
    ana, rui = rows()
    assert (ana.state, ana.why) == (State.ACCEPTED, Reason.SETTLED)
    assert (rui.state, rui.is_resend) == (State.ACCEPTED, True)
    assert [mail.recipient for mail in server.received].count("ana@example.org") == 1
    assert desk.post(f"/desk/delivery/inbox/{ana.id}/arrived").status_code == 409


def in_doubt(app, server, *readers):
    """Letters of an issue whose last answer was never heard."""
    server.answers["dot"] = [DROP] * len(readers)
    enqueued(*readers, stream=Stream.BULK)
    app.config["SMTP_URL"] = server.url("&lines=1")
    send(LOW_PRIORITY)
    assert {one.state for one in rows()} == {State.UNCERTAIN}
    server.received.clear()


READERS = ["ana@example.org", "mia@example.org", "rui@example.org"]
PAGE = "/desk/delivery/uncertain?campaign=issue:7&lang=en"


def settle(desk, how, page):
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    data = {"campaign": "issue:7", "seen": seen}
    return desk.post(f"/desk/delivery/uncertain/{how}", data=data)


def test_a_whole_issue_in_doubt_is_sent_again_in_one_act(app, desk, server, noon):
    in_doubt(app, server, *READERS)
    marks = [one.message_id for one in rows()]
    link = re.search(r'href="(/desk/delivery/uncertain[^"]+)"', desk.get("/desk/delivery/").text)[1]
    page = desk.get(f"{link}&lang=en").text
    assert "of 3 e-mails we do not know whether they arrived" in page
    assert all(reader in page for reader in READERS)
    assert "gets it twice" in page
    noon.set(NOON + timedelta(minutes=2.02))
    assert settle(desk, "again", page).status_code == 303
    send(LOW_PRIORITY)
    assert sorted(mail.recipient for mail in server.received) == READERS
    assert {(one.state, one.is_resend) for one in rows()} == {(State.ACCEPTED, True)}
    assert [one.message_id for one in rows()] == marks
    send(LOW_PRIORITY)
    assert len(server.received) == 3
    assert settle(desk, "again", page).status_code == 409


def test_a_whole_issue_in_doubt_is_left_as_delivered_in_one_act(app, desk, server):
    in_doubt(app, server, *READERS)
    assert settle(desk, "arrived", desk.get(PAGE).text).status_code == 303
    send(LOW_PRIORITY)
    assert server.received == []
    assert {(one.state, one.why) for one in rows()} == {(State.ACCEPTED, Reason.SETTLED)}
    assert desk.get(PAGE).location == "/desk/delivery/?lang=en"
    said = desk.get("/desk/accounts/journal?lang=en").text
    assert "left uncertain e-mails as delivered: 3" in said


def test_only_what_stood_on_the_page_is_settled(app, desk, server, noon):
    in_doubt(app, server, *READERS[:2])
    page = desk.get(PAGE).text
    noon.set(NOON + timedelta(minutes=1.01))
    server.answers["dot"] = [DROP]
    enqueued(READERS[2], stream=Stream.BULK)
    send(LOW_PRIORITY)
    settle(desk, "again", page)
    assert [one.state for one in rows()] == [State.READY, State.READY, State.UNCERTAIN]


def test_another_issue_and_letters_to_one_person_are_left_alone(app, desk, server):
    in_doubt(app, server, *READERS[:1])
    page = desk.get(PAGE).text
    server.answers["dot"] = [DROP, DROP]
    enqueued(READERS[1], stream=Stream.BULK, campaign="issue:8")
    enqueued(READERS[2], stream=Stream.PERSONAL)
    send(LOW_PRIORITY)
    settle(desk, "arrived", page)
    assert [one.state for one in rows()].count(State.UNCERTAIN) == 2
    assert "E-mails to one person each" in desk.get("/desk/delivery/?lang=en").text


def test_who_unsubscribed_meanwhile_is_not_sent_it_again(app, desk, server):
    in_doubt(app, server, *READERS)
    with saving():
        actions.cancel_letters_to(READERS[0], [Stream.BULK], now=NOON)
        actions.suppress(READERS[1], Scope.BULK, SuppressionReason.OBJECTED, now=NOON)
    assert {one.state for one in rows()} == {State.UNCERTAIN}, "nobody knows more than before"
    settle(desk, "again", desk.get(PAGE).text)
    for one in rows()[:2]:
        again = desk.post(f"/desk/delivery/inbox/{one.id}/again")
        assert again.status_code == 409
    send(LOW_PRIORITY)
    assert [mail.recipient for mail in server.received] == [READERS[2]]
    page = desk.get("/desk/delivery/?lang=en").text
    assert page.count("the reader wants no more of these e-mails") == 2
    assert "Send this e-mail again?" not in page
    desk.post(f"/desk/delivery/inbox/{rows()[0].id}/arrived")
    db.session.expire_all()
    assert rows()[0].state is State.ACCEPTED


def test_what_is_settled_by_leaving_asks_nobody_to_decide(app, desk, server):
    in_doubt(app, server, READERS[0])
    assert "One e-mail may not have arrived." in desk.get("/desk/?lang=en").text
    with saving():
        actions.cancel_letters_to(READERS[0], [Stream.BULK], now=NOON)
    assert "may not have arrived" not in desk.get("/desk/?lang=en").text
    assert "settle 1 e-mail" not in desk.get("/desk/delivery/?lang=en").text


@pytest.mark.parametrize("seen", ["", "yesterday", "2027-01-14", "0001-01-01T00:00:00-12:00"])
def test_a_form_that_does_not_say_what_was_seen_settles_nothing(app, desk, server, seen):
    in_doubt(app, server, *READERS)
    data = {"campaign": "issue:7", "seen": seen}
    assert desk.post("/desk/delivery/uncertain/again", data=data).status_code == 409
    assert {one.state for one in rows()} == {State.UNCERTAIN}


def test_the_pause_for_refusals_says_when_it_comes(desk):
    with saving():
        actions.pause("campaign:issue:7", PauseReason.BLOCKED, now=NOON)
    assert (rules.ALARM_AT, rules.ALARM_ONE_IN) == (3, 20)
    said = desk.get("/desk/delivery/?lang=en").text
    assert "at least three readers" in said
    assert "at least one in twenty" in said


def test_a_refused_letter_shows_the_servers_words_and_can_be_tried_again(app, desk, server):
    server.answers["rcpt"] = ["550 5.1.1 no such user here"]
    enqueued("ana@example.org")
    send()
    assert "550 5.1.1 no such user here" in desk.get("/desk/delivery/").text
    desk.post(f"/desk/delivery/inbox/{row().id}/again")
    send()
    assert row().state is State.ACCEPTED
    assert not queries.is_suppressed("ana@example.org", Scope.ALL)


def test_who_objected_is_not_written_to_even_when_someone_tries_again(app, desk, server):
    server.answers["rcpt"] = ["550 5.2.0 no"]
    enqueued("ana@example.org", stream=Stream.PERSONAL)
    send(LOW_PRIORITY)
    with saving():
        actions.suppress("ana@example.org", Scope.INVITATION, SuppressionReason.OBJECTED, now=NOON)
    desk.post(f"/desk/delivery/inbox/{row().id}/again")
    send(LOW_PRIORITY)
    assert (row().state, server.received) == (State.CANCELLED, [])


def test_what_stands_still_says_why_and_goes_on_by_a_button(app, desk, server):
    with saving():
        actions.pause("all", PauseReason.LOGIN_REFUSED, now=NOON, detail="535 wrong password")
    page = desk.get("/desk/delivery/").text
    assert "Controleer de instelling SMTP_URL" in page
    assert "535 wrong password" in page
    enqueued("ana@example.org")
    send()
    assert server.received == []
    desk.post("/desk/delivery/resume", data={"subject": "all"})
    send()
    assert len(server.received) == 1
    assert desk.post("/desk/delivery/resume", data={"subject": "all"}).status_code == 409


def test_all_sending_can_be_stopped(app, desk, server):
    desk.post("/desk/delivery/pause")
    enqueued("ana@example.org")
    send()
    assert server.received == []
    assert "Een collega heeft het stilgezet" in desk.get("/desk/delivery/").text


def test_the_desk_says_when_no_worker_runs(app, desk, noon):
    assert "werk op de achtergrond staat stil" in desk.get("/desk/delivery/").text
    with saving():
        heartbeat.take_minute(NOON)
    assert "werk op de achtergrond staat stil" not in desk.get("/desk/delivery/").text
    noon.set(NOON + timedelta(minutes=5))
    assert "werk op de achtergrond staat stil" in desk.get("/desk/delivery/").text


def test_the_desk_says_for_which_domain_the_mail_server_must_sign(app, desk, server):
    app.config["MAIL_FROM"] = "Op de Bühne <post@bühne.example>"
    assert "ondertekenen (DKIM) voor xn--bhne-0ra.example" in desk.get("/desk/delivery/").text
    page = desk.get("/desk/delivery/signature").text
    assert page.count("xn--bhne-0ra.example") == 4
    assert "List-Unsubscribe-Post" in page


def test_letters_are_found_by_address_and_state(app, desk):
    enqueued("ana@example.org", "rui@example.org")
    enqueued("ana@example.org", stream=Stream.PERSONAL)
    send(HIGH_PRIORITY)
    page = desk.get("/desk/delivery/inbox?address=ANA@example.org").text
    assert ("rui@example.org" in page, page.count('data-label="Status"')) == (False, 2)
    page = desk.get("/desk/delivery/inbox?address=ana@example.org&state=ready").text
    assert page.count('data-label="Status"') == 1
    assert "Geen e-mails gevonden" in desk.get("/desk/delivery/inbox?address=x@example.org").text


@pytest.mark.parametrize("query", ["state=nonsense", "before=99999999999", "address=" + "x" * 999])
def test_a_search_that_makes_no_sense_is_answered_with_words(app, desk, query):
    answer = desk.get(f"/desk/delivery/inbox?{query}")
    assert answer.status_code == 200
    assert "Controleer uw antwoorden" in answer.text


@pytest.mark.parametrize("filters", ["", "&state=ready"])
def test_older_letters_are_a_page_away(app, desk, filters):
    enqueued(*(f"r{n}@example.org" for n in range(55)))
    first = desk.get(f"/desk/delivery/inbox?lang=nl{filters}").text
    assert first.count('data-label="Status"') == 50
    older = rows()[5].id
    assert f"before={older}" in first
    second = desk.get(f"/desk/delivery/inbox?before={older}{filters}").text
    assert second.count('data-label="Status"') == 5


def test_a_letter_that_lets_someone_into_the_desk_is_for_owners(app, desk):
    enqueued("owner@example.org", kind="accounts/sign_in")
    organiser = signed_in(app, Role.ORGANISER)
    for page in ("", "/html", "/raw", "/attachment/0"):
        answer = organiser.get(f"/desk/delivery/inbox/{row().id}{page}")
        assert answer.status_code == 403, page
    assert desk.get(f"/desk/delivery/inbox/{row().id}").status_code == 200


@pytest.mark.parametrize("page", ["/", "/inbox", "/inbox/1", "/inbox/1/html", "/inbox/1/raw"])
def test_an_editor_does_not_read_other_peoples_letters(app, page):
    enqueued("ana@example.org")
    assert signed_in(app, Role.EDITOR).get(f"/desk/delivery{page}").status_code == 403


def test_after_thirty_days_only_the_fact_is_left(app, desk, noon):
    enqueued("ana@example.org", calendar=Calendar("REQUEST", b"BEGIN"))
    send()
    with saving():
        assert actions.wipe_old(now=NOON + timedelta(days=29)) == 0
        assert actions.wipe_old(now=NOON + timedelta(days=31)) == 1
        assert actions.wipe_old(now=NOON + timedelta(days=31)) == 0
    left = row()
    assert (left.slots, left.to_email, left.to_name, left.calendar) == ({}, "", "", None)
    assert "gewist" in desk.get(f"/desk/delivery/inbox/{left.id}").text
    assert desk.get(f"/desk/delivery/inbox/{left.id}/raw").status_code == 404
    assert left.to_digest == bytes(32)
    for page in ("/desk/delivery/inbox", f"/desk/delivery/inbox/{left.id}"):
        assert "E-mail, inhoud gewist" in desk.get(page).text
    assert "test/letter" not in desk.get("/desk/delivery/inbox?address=ana@example.org").text
    assert desk.post(f"/desk/delivery/inbox/{left.id}/again").status_code == 409


def test_a_letter_that_still_waits_is_not_wiped(app):
    enqueued("ana@example.org")
    with saving():
        assert actions.wipe_old(now=NOON + timedelta(days=99)) == 0


def test_a_trial_letter_shows_that_the_mail_works(app, desk, server):
    desk.post("/desk/delivery/trial")
    send()
    [received] = server.received
    assert received.recipient == "owner@example.org"
    assert "Proefmail" in received.mail["Subject"]


@pytest.mark.once
@pytest.mark.parametrize("kind", kinds())
def test_every_letter_is_shown_with_its_samples(app, desk, kind):
    for language in ("nl", "en"):
        page = desk.get(f"/desk/delivery/letters/{kind}?in={language}")
        assert page.status_code == 200
        assert f"letters/{kind}/html" in page.text
        assert (
            f'lang="{language}"'
            in desk.get(f"/desk/delivery/letters/{kind}/html?in={language}").text
        )
    assert kind in desk.get("/desk/delivery/letters").text


@pytest.mark.parametrize(
    "path", ["letters/no/such", "letters/_base/base", "letters/delivery/trial?sample=9",
             "letters/delivery/trial?in=fr", "inbox/999", "inbox/2147483648"]
)  # fmt: skip
def test_what_is_not_there_is_not_found(app, desk, path):
    assert desk.get(f"/desk/delivery/{path}").status_code == 404


def test_a_list_of_letters_costs_the_same_however_long(app, desk, statements):
    enqueued(*(f"r{n}@example.org" for n in range(3)))
    needed = []
    for n in range(3):
        enqueued(f"t{n}@example.org", *(f"s{n}{m}@example.org" for m in range(n * 20)))
        del statements[:]
        desk.get("/desk/delivery/inbox")
        needed.append(len(statements))
    assert needed[1] == needed[2] <= 3


def test_an_old_kept_letter_does_not_leave_when_a_server_is_set(app, desk):
    enqueued("ana@example.org")
    send()
    server = MailServer()
    app.config["SMTP_URL"] = server.url()
    assert desk.post(f"/desk/delivery/inbox/{row().id}/again").status_code == 409
    send()
    assert server.received == []
    server.close()


def test_a_newsletter_that_stands_still_is_called_by_its_subject(app, desk):
    enqueued("ana@example.org", stream=Stream.BULK)
    with saving():
        actions.pause(rules.campaign_subject("issue:7"), PauseReason.BLOCKED, now=NOON)
    page = desk.get("/desk/delivery/").text
    assert "issue:7" not in page.replace('value="campaign:issue:7"', "")
    assert "<strong>‘Welkom, Ana’</strong>" in page
