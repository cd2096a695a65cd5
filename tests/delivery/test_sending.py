"""Letters leave, each once, and what the mail server says about them is heeded."""

import time
from datetime import timedelta

import pytest

from events_app.core import clock
from events_app.core.db import saving
from events_app.core.letters import Stream
from events_app.delivery import actions, queries, rules
from events_app.delivery.draining import drain
from events_app.delivery.models import PauseReason, Reason, Scope, State, SuppressionReason
from events_app.delivery.rules import HIGH_PRIORITY, LOW_PRIORITY
from tests.conftest import NOON, dealt
from tests.delivery.conftest import enqueued, letter, row, rows
from tests.delivery.mail_server import DRIP, DROP, DROP_WITHIN, STALL, MailServer
from tests.machine import for_the_load

READERS = [f"r{n}@example.org" for n in range(40)]


def send(streams=HIGH_PRIORITY):
    return drain(streams, seconds=30, is_over=lambda: False)


def test_a_letter_leaves_and_its_row_says_so(server):
    enqueued("ana@example.org")
    assert send() is False
    [mail] = server.received
    assert mail.recipient == "ana@example.org"
    assert mail.mail["Message-ID"] == row().message_id
    assert (row().state, row().accepted_at) == (State.ACCEPTED, NOON)
    assert row().last_answer == "250 2.0.0 queued as 1234"
    assert (row().owner, row().attempts) == (None, 1)


def test_a_letter_leaves_once(server):
    enqueued("ana@example.org")
    send()
    send()
    assert len(server.received) == 1


def test_a_letter_waits_for_its_time(server, noon):
    with saving():
        later = NOON + timedelta(hours=1)
        actions.enqueue(letter(), dedupe_key="a", now=NOON, not_before=later)
    send()
    assert server.received == []
    noon.set(later)
    send()
    assert len(server.received) == 1


def test_letters_to_many_share_a_few_lines(server):
    enqueued(*READERS, stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert sorted(mail.recipient for mail in server.received) == sorted(READERS)
    assert {message.state for message in rows()} == {State.ACCEPTED}
    assert (server.lines, server.most_open) == (8, 8)


def test_a_server_without_pipelining_is_spoken_to_step_by_step(app):
    server = MailServer("8BITMIME")
    app.config["SMTP_URL"] = server.url()
    enqueued(*READERS, stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert len(server.received) == 40
    server.close()


def test_invitations_go_before_newsletters(server, app):
    app.config["SMTP_URL"] = server.url("&lines=1")
    enqueued(*READERS[:5], stream=Stream.BULK)
    enqueued("guest@example.org", stream=Stream.PERSONAL)
    send(LOW_PRIORITY)
    assert server.received[0].recipient == "guest@example.org"


def test_a_confirmation_overtakes_a_newsletter(server, app):
    app.config["SMTP_URL"] = server.url("&lines=1")
    enqueued(*READERS, stream=Stream.BULK)
    late = []

    def register(_address):
        if len(server.received) == 10 and not late:
            late.append(True)
            with app.app_context():
                enqueued("late@example.org")

    server.when["mail"] = register
    send(LOW_PRIORITY)
    order = [mail.recipient for mail in server.received]
    assert order.index("late@example.org") < 30
    assert len(order) == 41


def test_a_refused_recipient_does_not_stop_the_others(server):
    server.answers["rcpt r3@example.org"] = "550 5.2.2 mailbox full for ever"
    enqueued(*READERS, stream=Stream.BULK)
    send(LOW_PRIORITY)
    refused = next(m for m in rows() if m.to_email == "r3@example.org")
    assert (refused.state, refused.why) == (State.FAILED, Reason.REFUSED)
    assert refused.last_answer == "550 5.2.2 mailbox full for ever"
    assert len(server.received) == 39
    assert not queries.is_suppressed("r3@example.org", Scope.BULK)


@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_an_address_that_does_not_exist_is_not_written_to_again(server, step):
    server.answers[step] = "550 5.1.1 no such user"
    enqueued("nobody@example.org")
    send()
    assert (row().state, row().why) == (State.FAILED, Reason.NO_SUCH_ADDRESS)
    assert queries.is_suppressed("nobody@example.org", Scope.ALL)


@pytest.mark.parametrize("step", ["rcpt", "data", "dot"])
def test_not_now_is_tried_again_later(server, noon, step):
    server.answers[step] = ["450 4.2.0 greylisted"]
    enqueued("ana@example.org")
    send()
    assert (row().state, row().attempts) == (State.DEFERRED, 1)
    assert NOON + timedelta(seconds=54) <= row().not_before <= NOON + timedelta(seconds=66)
    noon.set(NOON + timedelta(minutes=2))
    with saving():
        actions.sweep(now=NOON + timedelta(minutes=2))
    send()
    assert (row().state, row().attempts) == (State.ACCEPTED, 2)
    assert len(server.received) == 1


def resting(server, answer="450 4.7.1 greylisted"):
    """A newsletter is told to come later, and its domain rests."""
    server.answers["rcpt a@busy.example"] = answer
    enqueued("a@busy.example", stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert queries.paused(NOON)["domain:busy.example"].reason is PauseReason.SLOW_DOMAIN


@pytest.mark.parametrize("answer", ["421 4.3.2 shutting down", "450 4.7.1 too fast"])
def test_a_domain_that_is_too_busy_gets_a_rest(server, answer):
    resting(server, answer)
    enqueued("b@busy.example", "c@other.example", stream=Stream.PERSONAL)
    send(LOW_PRIORITY)
    states = {m.to_email: (m.state, m.attempts) for m in rows()}
    assert states == {
        "a@busy.example": (State.DEFERRED, 1),
        "b@busy.example": (State.DEFERRED, 0),
        "c@other.example": (State.ACCEPTED, 1),
    }


@pytest.mark.parametrize("greylisted", ["rcpt", "data", "dot"])
def test_a_letter_that_people_wait_for_is_tried_on_its_own_while_its_domain_rests(
    server, noon, greylisted
):
    resting(server)
    server.answers[greylisted] = ["451 4.7.1 greylisted"]
    enqueued("b@busy.example")
    send()
    assert (rows()[1].state, rows()[1].attempts) == (State.DEFERRED, 1)
    noon.set(NOON + timedelta(minutes=2.02))
    enqueued("c@busy.example", now=clock.now())
    with saving():
        actions.sweep(now=clock.now())
    send()
    assert "domain:busy.example" in queries.paused(clock.now())
    assert [mail.recipient for mail in server.received] == ["b@busy.example", "c@busy.example"]


def test_what_a_rest_put_off_leaves_at_once_when_somebody_lets_it_go_on(server, desk, noon):
    resting(server)
    enqueued("b@busy.example", stream=Stream.BULK)
    enqueued("c@busy.example", stream=Stream.PERSONAL)
    send(LOW_PRIORITY)
    assert [one.state for one in rows()] == [State.DEFERRED] * 3
    enqueued("full@busy.example", "d@other.example", stream=Stream.BULK)
    full, other = rows()[3:]
    with saving():
        for one, wait in ((full, timedelta(hours=4)), (other, timedelta(minutes=9.03))):
            one.state, one.not_before = State.DEFERRED, NOON + wait
    noon.set(NOON + timedelta(minutes=1.02))
    server.answers.clear()
    answer = desk.post("/desk/delivery/resume", data={"subject": "domain:busy.example"})
    assert answer.status_code == 303
    send(LOW_PRIORITY)
    took = sorted(mail.recipient for mail in server.received)
    assert took == ["a@busy.example", "b@busy.example", "c@busy.example"]
    assert [one.state for one in rows()[3:]] == [State.DEFERRED] * 2, (
        "a server that said hours, and another domain, keep their time"
    )


def test_three_refusals_for_policy_stop_the_campaign(server, app):
    app.config["SMTP_URL"] = server.url("&lines=1")
    server.answers["rcpt"] = "550 5.7.1 your domain has a bad reputation"
    enqueued(*READERS, stream=Stream.BULK)
    send(LOW_PRIORITY)
    states = [message.state for message in rows()]
    assert (states.count(State.FAILED), states.count(State.READY)) == (3, 37)
    pause = queries.paused(NOON)["campaign:issue:7"]
    assert (pause.reason, pause.until) == (PauseReason.BLOCKED, None)
    assert "bad reputation" in pause.detail
    assert not queries.is_suppressed("r0@example.org", Scope.BULK)


def test_three_refusals_among_many_readers_stop_nothing(server, app):
    """One in a hundred always refuses: an issue for 10,000 would stand still each time."""
    app.config["SMTP_URL"] = server.url("&lines=1")
    readers = [f"r{n}@example.org" for n in range(150)]
    for number in (40, 80, 120):
        server.answers[f"rcpt r{number}@example.org"] = "554 5.7.1 not from you"
    enqueued(*readers, stream=Stream.BULK)
    send(LOW_PRIORITY)
    states = [message.state for message in rows()]
    assert (states.count(State.FAILED), states.count(State.ACCEPTED)) == (3, 147)
    assert queries.paused(NOON) == {}


def test_the_share_counts_the_last_hour_of_this_campaign_alone(server, app, noon):
    """What was taken yesterday, or of another letter, is no sign that we are welcome now."""
    app.config["SMTP_URL"] = server.url("&lines=1")
    enqueued(*(f"old{n}@example.org" for n in range(100)), stream=Stream.BULK)
    send(LOW_PRIORITY)
    noon.set(NOON + timedelta(hours=1, seconds=0.6))
    enqueued(*(f"other{n}@example.org" for n in range(100)), stream=Stream.PERSONAL)
    send(LOW_PRIORITY)
    server.answers["rcpt"] = "554 5.7.1 not from you"
    enqueued(*(f"new{n}@example.org" for n in range(9)), stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert [m.state for m in rows()].count(State.FAILED) == 3
    assert "campaign:issue:7" in queries.paused(clock.now())


@pytest.mark.parametrize(
    ("refused", "heard", "stops"),
    [
        (2, 2, False), (3, 3, True), (3, 60, True), (3, 61, False), (10, 192, True),
        (2, 192, False), (9, 192, False), (100, 10_000, False), (500, 10_000, True),
    ],
)  # fmt: skip
def test_a_pause_needs_three_refusals_and_one_in_twenty(refused, heard, stops):
    assert rules.is_alarming(refused=refused, heard=heard) is stops


def test_a_refused_sender_stops_everything_and_loses_nothing(server):
    server.answers["mail"] = "553 5.7.1 not your domain"
    enqueued(*READERS, stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert {(m.state, m.attempts) for m in rows()} == {(State.READY, 0)}
    assert queries.paused(NOON)["all"].reason is PauseReason.SENDER_REFUSED
    server.answers.clear()
    with saving():
        actions.resume("all", now=NOON)
    send(LOW_PRIORITY)
    assert len(server.received) == 40


@pytest.mark.parametrize(
    ("base_url", "name", "domain"),
    [
        ("http://bühne.example.org", "xn--bhne-0ra.example.org", "xn--bhne-0ra.example.org"),
        ("http://127.0.0.1:8000", "[127.0.0.1]", "127.0.0.1"),
        ("http://[::1]:8000", "[IPv6:::1]", "::1"),
    ],
)
def test_mail_servers_are_told_our_host_as_they_write_it(server, app, base_url, name, domain):
    app.config["BASE_URL"] = base_url
    enqueued("ana@example.org")
    send()
    assert server.commands[0].lower() == f"ehlo {name}".lower()
    [mail] = server.received
    assert mail.mail["Message-ID"].endswith(f"@{domain}>")


def test_a_letter_that_is_too_large_stops_no_other(server):
    """RFC 1870, as servers without enhanced codes say it."""
    server.answers["mail"] = ["552 Message size exceeds maximum permitted"]
    enqueued("ana@example.org", "bob@example.org")
    send()
    assert {m.state for m in rows()} == {State.FAILED, State.ACCEPTED}
    assert queries.paused(NOON) == {}


def test_a_refused_login_stops_everything_until_someone_sees_to_it(server, app):
    server.extensions = ("AUTH PLAIN",)
    server.answers["auth"] = "535 5.7.8 wrong password"
    app.config["SMTP_URL"] = f"smtp://name:word@127.0.0.1:{server.port}"
    enqueued("ana@example.org")
    send()
    pause = queries.paused(NOON)["all"]
    assert (pause.reason, pause.until) == (PauseReason.LOGIN_REFUSED, None)
    assert "wrong password" in pause.detail
    assert row().state is State.READY


def away(server):
    return "smtp://127.0.0.1:9"


def login_fails_for_a_moment(server):
    server.extensions = ("AUTH PLAIN",)
    server.answers["auth"] = "454 4.7.0 Temporary authentication failure"
    return f"smtp://name:word@127.0.0.1:{server.port}"


def breaks_in_the_handshake(server):
    server.extensions = ("STARTTLS",)
    return server.url()


def begins_no_handshake(server):
    server.extensions = ("STARTTLS",)
    server.answers["starttls"] = "454 4.7.0 TLS not available"
    return server.url()


@pytest.mark.parametrize(
    "how", [away, login_fails_for_a_moment, breaks_in_the_handshake, begins_no_handshake]
)
def test_a_server_that_is_away_for_a_moment_is_tried_again_in_a_minute(server, app, how):
    app.config["SMTP_URL"] = how(server)
    enqueued("ana@example.org")
    send()
    pause = queries.paused(NOON)["all"]
    assert (pause.reason, pause.until) == (PauseReason.UNREACHABLE, NOON + timedelta(minutes=1))
    assert (row().state, row().attempts) == (State.READY, 0)


def test_a_server_that_allows_one_line_is_served_by_one(server):
    server.answers["greeting"] = ["220 hello"] + ["421 4.7.0 too many connections"] * 3
    enqueued(*READERS, stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert len(server.received) == 40
    assert queries.paused(NOON) == {}


def test_a_line_that_broke_before_the_letter_is_opened_again(server):
    server.answers["mail"] = ["250 ok", DROP, "250 ok"]
    enqueued("a@example.org", "b@example.org")
    send()
    assert [mail.recipient for mail in server.received] == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize("how", [DROP, DROP_WITHIN])
def test_a_line_that_broke_within_the_letter_is_tried_again(server, how):
    server.answers["data"] = [how]
    enqueued("ana@example.org", stream=Stream.PERSONAL)
    send(LOW_PRIORITY)
    assert server.received == []
    assert row().state is (State.DEFERRED if how == DROP else State.UNCERTAIN)


@pytest.mark.parametrize("step", dealt(["greeting", "ehlo", "mail", "rcpt", "data", "dot"]))
def test_an_answer_without_an_end_holds_up_nobody(server, app, noon, step):
    app.config["SMTP_URL"] = server.url("&timeout=1")
    server.answers[step] = [DRIP]
    enqueued("ana@example.org", "bob@example.org")
    began = time.monotonic()
    for minutes in (0, 2):
        noon.set(NOON + timedelta(minutes=minutes))
        with saving():
            actions.sweep(now=clock.now())
        send()
    assert time.monotonic() - began < 5 + for_the_load()
    assert {mail.recipient for mail in server.received} == {"ana@example.org", "bob@example.org"}


@pytest.mark.parametrize("how", [DROP, STALL])
def test_silence_after_the_letter_is_uncertain_and_bulk_is_never_sent_again(server, noon, how):
    server.answers["dot"] = [how]
    enqueued("ana@example.org", stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert (row().state, row().why) == (State.UNCERTAIN, Reason.SILENCE)
    noon.set(NOON + timedelta(days=3))
    with saving():
        actions.sweep(now=NOON + timedelta(days=3))
    send(LOW_PRIORITY)
    assert len(server.received) == 1


def test_a_letter_that_people_wait_for_is_sent_again_once_with_the_same_id(server, noon):
    server.answers["dot"] = [DROP, DROP]
    enqueued("ana@example.org")
    for hour in range(4):
        noon.set(NOON + timedelta(hours=hour))
        with saving():
            actions.sweep(now=NOON + timedelta(hours=hour))
        send()
    assert [mail.mail["Message-ID"] for mail in server.received] == [row().message_id] * 2
    assert (row().state, row().is_resend) == (State.UNCERTAIN, True)


def test_who_unsubscribes_between_claim_and_letter_gets_nothing(server, app):
    def unsubscribe(address):
        if address == "r1@example.org":
            with app.app_context(), saving():
                actions.cancel_letters_to(address, [Stream.BULK], now=NOON)

    server.when["rcpt"] = unsubscribe
    enqueued(*READERS[:3], stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert sorted(m.recipient for m in server.received) == ["r0@example.org", "r2@example.org"]
    assert [m.state for m in rows()] == [State.ACCEPTED, State.CANCELLED, State.ACCEPTED]


def test_who_is_suppressed_before_the_claim_gets_nothing(server):
    with saving():
        actions.suppress("ana@example.org", Scope.ALL, SuppressionReason.BOUNCED, now=NOON)
    enqueued("ana@example.org", "rui@example.org")
    send()
    assert [m.recipient for m in server.received] == ["rui@example.org"]
    assert (rows()[0].state, rows()[0].why) == (State.CANCELLED, Reason.SUPPRESSED)


@pytest.mark.parametrize("stopped", ["paused", "cancelled"])
def test_a_pause_or_cancel_takes_effect_before_the_next_letter(server, app, stopped):
    app.config["SMTP_URL"] = server.url("&lines=1")

    def stop(_address):
        if len(server.received) == 9:
            with app.app_context(), saving():
                if stopped == "paused":
                    actions.pause("campaign:issue:7", now=NOON)
                else:
                    actions.cancel_campaign("issue:7", now=NOON)

    server.when["mail"] = stop
    enqueued(*READERS, stream=Stream.BULK)
    send(LOW_PRIORITY)
    assert len(server.received) == 9
    left = State.READY if stopped == "paused" else State.CANCELLED
    assert [m.state for m in rows()].count(left) == 31
    if stopped == "paused":
        server.when.clear()
        with saving():
            actions.resume("campaign:issue:7", now=NOON)
        send(LOW_PRIORITY)
        assert len({mail.recipient for mail in server.received}) == len(server.received) == 40


@pytest.mark.parametrize(
    ("said", "state", "why"),
    [
        ("451 4.2.0 later", State.CANCELLED, Reason.WITHDRAWN),
        ("550 5.2.0 no", State.FAILED, Reason.REFUSED),
        ("250 2.0.0 queued", State.ACCEPTED, None),
        (DROP, State.UNCERTAIN, Reason.UNWANTED),
    ],
)
@pytest.mark.parametrize("stop", ["campaign", "reader", "one"])
def test_a_letter_that_is_stopped_in_the_air_is_not_tried_again(
    server, app, noon, stop, said, state, why
):
    def stopped(address):
        with app.app_context(), saving():
            if stop == "campaign":
                actions.cancel_campaign("issue:7", now=NOON)
            elif stop == "reader":
                actions.suppress(address, Scope.ALL, SuppressionReason.OBJECTED, now=NOON)
                actions.lift(address, Scope.ALL)
            else:
                actions.cancel(f"{address} bulk", now=NOON)

    server.when["dot"], server.answers["dot"] = stopped, [said, said]
    enqueued("ana@example.org", "rui@example.org", stream=Stream.BULK)
    if stop != "campaign":
        server.answers["dot rui@example.org"] = "250 2.0.0 queued"
    send(LOW_PRIORITY)
    ana, rui = rows()
    assert (ana.state, ana.why) == (state, why)
    assert (rui.state, rui.why) in ((state, why), (State.ACCEPTED, None))
    if state is State.UNCERTAIN:
        with pytest.raises(actions.AlreadySettled), saving():
            actions.send_again(ana, now=NOON)


def test_a_letter_that_was_stopped_while_its_worker_died_is_not_tried_again(app):
    from events_app.delivery.actions import send as moves

    enqueued("ana@example.org", "rui@example.org")
    enqueued("mia@example.org", stream=Stream.BULK)
    with saving():
        for streams in (HIGH_PRIORITY, LOW_PRIORITY):
            claimed = moves.claim(streams, owner="dead", now=NOON, limit=2)
            moves.begin(claimed, owner="dead", now=NOON)
        for address in ("ana", "mia"):
            actions.cancel_letters_to(f"{address}@example.org", [*Stream], now=NOON)
    with saving():
        actions.sweep(now=NOON + timedelta(minutes=6))
    assert [(one.state, one.why) for one in rows()] == [
        (State.UNCERTAIN, Reason.UNWANTED),
        (State.READY, Reason.DEAD_WORKER),
        (State.UNCERTAIN, Reason.UNWANTED),
    ]


def test_a_paused_campaign_does_not_hold_up_another(server):
    with saving():
        actions.pause("campaign:issue:7", now=NOON)
    enqueued("a@example.org", stream=Stream.BULK)
    enqueued("b@example.org", stream=Stream.BULK, campaign="issue:8")
    send(LOW_PRIORITY)
    assert [mail.recipient for mail in server.received] == ["b@example.org"]


def test_a_letter_that_cannot_be_made_fails_alone(server):
    enqueued("ana@example.org", slots={})
    enqueued("rui@example.org", "bad address@example.org", "a\r\nDATA@example.org")
    send()
    assert [m.recipient for m in server.received] == ["rui@example.org"]
    assert [m.why for m in rows()] == [Reason.UNBUILT, None, Reason.BAD_ADDRESS, Reason.BAD_ADDRESS]


def test_without_a_mail_server_letters_are_kept_and_never_leave_later(app):
    enqueued("ana@example.org")
    send()
    assert row().state is State.KEPT
    server = MailServer()
    app.config["SMTP_URL"] = server.url()
    send()
    assert server.received == []
    server.close()


def test_a_drain_that_is_told_to_stop_gives_back_what_it_claimed(server):
    enqueued(*READERS, stream=Stream.BULK)
    more = drain(LOW_PRIORITY, seconds=30, is_over=lambda: len(server.received) >= 8)
    assert more is True
    states = [message.state for message in rows()]
    assert states.count(State.ACCEPTED) == len(server.received)
    assert states.count(State.READY) == 40 - len(server.received)
    assert {message.owner for message in rows()} == {None}


def test_what_a_dead_worker_claimed_is_ready_again_and_what_it_began_is_in_doubt(app):
    from events_app.delivery.actions import send as moves

    enqueued("a@example.org", "b@example.org")
    enqueued("c@example.org", stream=Stream.BULK)
    with saving():
        claimed = moves.claim(HIGH_PRIORITY + LOW_PRIORITY, owner="dead", now=NOON, limit=2)
        claimed += moves.claim(LOW_PRIORITY, owner="dead", now=NOON, limit=2)
        moves.begin(claimed[1:], owner="dead", now=NOON)
        actions.sweep(now=NOON + timedelta(minutes=4))
    assert [m.state for m in rows()] == [State.CLAIMED, State.ATTEMPTING, State.ATTEMPTING]
    with saving():
        actions.sweep(now=NOON + timedelta(minutes=6))
    assert [(m.state, m.is_resend) for m in rows()] == [
        (State.READY, False), (State.READY, True), (State.UNCERTAIN, False),
    ]  # fmt: skip


def test_a_worker_whose_lease_ran_out_changes_nothing(app):
    from events_app.delivery.actions import send as moves
    from events_app.delivery.rules import Verdict

    enqueued("a@example.org")
    with saving():
        [message] = moves.claim(HIGH_PRIORITY, owner="slow", now=NOON, limit=1)
    late = NOON + timedelta(minutes=6)
    with saving():
        actions.sweep(now=late)
        moves.claim(HIGH_PRIORITY, owner="other", now=late, limit=1)
        assert moves.begin([message], owner="slow", now=late) == set()
        result = moves.Result(message, State.CLAIMED, Verdict(State.ACCEPTED), "250 ok")
        moves.settle([result], owner="slow", now=late)
    assert (row().state, row().owner) == (State.CLAIMED, "other")


@pytest.mark.parametrize("said", ["250 taken for <r1@example.org>", "450 4.2.1 <r1@example.org>"])
def test_a_letter_that_is_erased_in_the_air_keeps_nothing_and_is_not_tried_again(server, app, said):
    def erase(address):
        if address == "r1@example.org":
            with app.app_context(), saving():
                actions.erase(address, now=NOON)

    server.when["dot"] = erase
    server.answers["dot r1@example.org"] = said
    enqueued(*READERS[:3])
    send()
    with saving():
        actions.sweep(now=NOON + timedelta(minutes=9))
        actions.wipe_old(now=NOON + timedelta(minutes=9))
    erased = rows()[1]
    assert (erased.is_wiped, erased.slots, erased.to_email) == (True, {}, "")
    assert (erased.last_answer, erased.to_digest) == (None, bytes(32))
    assert erased.state in (State.ACCEPTED, State.CANCELLED)
    server.when.clear()
    before = len(server.received)
    with saving():
        actions.sweep(now=NOON + timedelta(hours=9))
    send()
    assert len(server.received) == before


def test_what_could_not_leave_for_a_month_is_given_up(app):
    enqueued(*READERS[:2])
    with saving():
        assert actions.give_up_old(now=NOON + timedelta(days=30)) == 0
        assert actions.give_up_old(now=NOON + timedelta(days=31)) == 2
    assert {(m.state, m.why) for m in rows()} == {(State.CANCELLED, Reason.GAVE_UP)}


def test_an_erased_address_keeps_its_objection_and_loses_its_bounce(app):
    with saving():
        actions.suppress("ana@example.org", Scope.INVITATION, SuppressionReason.OBJECTED, now=NOON)
        actions.suppress("ana@example.org", Scope.ALL, SuppressionReason.BOUNCED, now=NOON)
        actions.erase("ana@example.org", now=NOON)
    assert queries.is_suppressed("ana@example.org", Scope.INVITATION)
    assert not queries.is_suppressed("ana@example.org", Scope.BULK)
