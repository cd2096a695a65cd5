from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from events_app.accounts import queries as members
from events_app.accounts.models import JournalEntry, Role
from events_app.contacts import actions as contacts
from events_app.contacts.models import Purpose
from events_app.core import letters as core_letters
from events_app.core.db import db, saving
from events_app.core.letters import Body, Stream
from events_app.delivery import actions as delivery
from events_app.delivery import queries as outbox
from events_app.delivery.models import OutboxMessage, Scope, SendingPause, State, SuppressionReason
from events_app.events.models import AttendanceMode, Event, Ownership, Preset, Status
from events_app.newsletters import blocks, jobs, letters
from events_app.newsletters.actions import sending
from events_app.newsletters.models import Issue, IssueReader, IssueStatus
from tests.conftest import NOON, dealt, run_all_now, signed_in
from tests.factories.accounts import make_staff
from tests.factories.events import SOON, make_event, make_venue, theme
from tests.factories.newsletters import (
    approved_issue,
    event_block,
    letters_to,
    link_of,
    make_issue,
    make_reader,
)

LONG = {"kind": "text", "words": "woord " * 1300}


def path(issue, page=""):
    return f"/desk/newsletters/{issue.id}/{page}"


def again(issue):
    db.session.expire_all()
    return db.session.get(Issue, issue.id)


def seal_on(desk, issue):
    page = html.fromstring(desk.get(path(issue, "check")).text)
    return page.xpath("//input[@name='seal']/@value")[0]


def sent_to():
    rows = db.session.scalars(select(OutboxMessage.to_email).where(OutboxMessage.stream == "bulk"))
    return sorted(rows)


def send(desk, issue):
    assert desk.post(path(issue, "send")).status_code == 303
    jobs.fill(issue.id)
    return again(issue)


def test_the_whole_way_from_draft_to_done(desk):
    make_reader("ana@example.org", name="Ana")
    make_reader("bo@example.org", name="")
    issue = make_issue()
    desk.post(path(issue, "approve"), data={"seal": seal_on(desk, issue)})
    assert "Verstuur naar 2 lezers" in desk.get(path(issue, "check")).text
    issue = send(desk, issue)
    assert issue.status is IssueStatus.SENDING
    assert sent_to() == ["ana@example.org", "bo@example.org"]
    ana, bo = letters_to("ana@example.org")[-1], letters_to("bo@example.org")[-1]
    assert ana.body_id == bo.body_id
    assert (ana.stream, ana.campaign) == (Stream.BULK, f"issue:{issue.id}")
    assert (ana.slots["greeting"][1], bo.slots["greeting"][1]) == ("Beste Ana,", "Beste lezer,")
    assert ana.unsubscribe == ana.slots["unsubscribe"][1] != bo.unsubscribe
    with saving():
        db.session.execute(db.update(OutboxMessage).values(state=State.ACCEPTED))
    jobs.sweep()
    assert again(issue).status is IssueStatus.DONE
    verbs = db.session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)).all()
    assert verbs == ["newsletters.approved", "newsletters.sent"]


def test_the_preview_is_what_is_sent(desk):
    make_reader()
    event = make_event()
    issue = approved_issue(desk.staff, blocks=[event_block(event)])
    seen = desk.get(path(issue, "preview")).text
    issue = send(desk, issue)
    whole = core_letters.Letter(
        to="", to_name="", language="nl", stream=Stream.BULK, body=Body(**issue.letter)
    )
    assert letters.for_example(whole).html == seen
    assert "Op de Bühne Energie" in seen


def test_the_readers_own_link_unsubscribes(desk, client):
    reader = make_reader("ana@example.org")
    send(desk, approved_issue(desk.staff))
    address = letters_to("ana@example.org")[-1].unsubscribe
    assert address == f"http://localhost/unsubscribe/{link_of(reader)}"
    client.post(address.removeprefix("http://localhost"))
    db.session.expire_all()
    assert letters_to("ana@example.org")[-1].state is State.CANCELLED


def test_an_english_issue_speaks_english_to_all(desk):
    make_reader("ana@example.org", name="Ana", language="nl")
    send(desk, approved_issue(desk.staff, language="en"))
    letter = letters_to("ana@example.org")[-1]
    assert letter.slots["greeting"][1] == "Dear Ana,"
    assert "lang=en" in letter.slots["preferences"][1]
    assert 'lang="en"' in letter.body.html


# -- the audience


def test_everyone_selected_is_counted_and_the_counts_add_up(desk, client):
    make_reader("ana@example.org")
    gone, silent = make_reader("gone@example.org"), make_reader("silent@example.org")
    make_reader("bounced@example.org"), make_reader("complained@example.org")
    client.post(f"/unsubscribe/{link_of(gone)}")
    with saving():
        contacts.withdraw_consent(silent.person, Purpose.NEWSLETTER, how="by hand", now=NOON)
        delivery.suppress("Bounced@EXAMPLE.org", Scope.ALL, SuppressionReason.BOUNCED, now=NOON)
        delivery.suppress(
            "complained@example.org", Scope.BULK, SuppressionReason.COMPLAINED, now=NOON
        )
        delivery.suppress("ana@example.org", Scope.INVITATION, SuppressionReason.OBJECTED, now=NOON)
    issue = send(desk, approved_issue(desk.staff))
    assert issue.counts == {
        "selected": 5, "inserted": 1, "unsubscribed": 1, "suppressed": 2, "without_consent": 1,
    }  # fmt: skip
    assert sent_to() == ["ana@example.org"]
    left = ("unsubscribed", "suppressed", "without_consent")
    assert issue.counts["selected"] == issue.counts["inserted"] + sum(issue.counts[w] for w in left)


def test_an_issue_on_a_theme_goes_to_who_chose_it_or_chose_nothing(desk):
    make_reader("energie@example.org", themes=["energie", "ict"])
    make_reader("all@example.org")
    make_reader("water@example.org", themes=["water"])
    send(desk, approved_issue(desk.staff, theme_id=theme("energie").id))
    assert sent_to() == ["all@example.org", "energie@example.org"]


def test_an_issue_for_one_language_goes_to_who_chose_that(desk):
    make_reader("nl@example.org")
    make_reader("en@example.org", language="en")
    send(desk, approved_issue(desk.staff, language="en", is_one_language=True))
    assert sent_to() == ["en@example.org"]


def test_who_subscribes_after_the_freeze_gets_the_next_one(desk):
    make_reader("ana@example.org")
    issue = approved_issue(desk.staff)
    desk.post(path(issue, "send"))
    with saving():
        sending.freeze(again(issue))
    make_reader("late@example.org")
    jobs.fill(issue.id)
    assert sent_to() == ["ana@example.org"]


def test_who_leaves_between_freeze_and_outbox_gets_nothing(desk, client):
    make_reader("ana@example.org")
    reader = make_reader("gone@example.org")
    issue = approved_issue(desk.staff)
    desk.post(path(issue, "send"))
    with saving():
        sending.freeze(again(issue))
    client.post(f"/unsubscribe/{link_of(reader)}")
    jobs.fill(issue.id)
    assert sent_to() == ["ana@example.org"]
    assert db.session.scalar(select(func.count()).where(IssueReader.is_queued.is_(False))) == 0


def test_without_readers_nothing_can_be_approved(desk):
    issue = make_issue()
    assert "Niemand zou deze nieuwsbrief ontvangen" in desk.get(path(issue, "check")).text
    assert desk.post(path(issue, "approve"), data={"seal": "x"}).status_code == 409


# -- approval


def test_what_was_approved_is_what_was_seen(desk):
    make_reader()
    issue = make_issue()
    seal = seal_on(desk, issue)
    with saving():
        again(issue).subject = "Een ander onderwerp"
    assert desk.post(path(issue, "approve"), data={"seal": seal}).status_code == 409
    assert again(issue).status is IssueStatus.DRAFT


def test_an_event_that_changes_after_the_approval_stops_the_sending(desk):
    make_reader()
    event = make_event()
    issue = approved_issue(desk.staff, blocks=[event_block(event)])
    with saving():
        event.starts_at += timedelta(hours=1)
        event.ends_at += timedelta(hours=1)
        event.revision += 1
    assert desk.post(path(issue, "send")).status_code == 409
    assert "anders dan wat is goedgekeurd" in desk.get(path(issue, "check")).text
    assert again(issue).status is IssueStatus.APPROVED
    assert sent_to() == []


def test_a_change_of_audience_or_sender_breaks_the_seal(app, desk):
    make_reader()
    issue = approved_issue(desk.staff)
    app.config["MAIL_FROM"] = "Someone else <else@example.org>"
    assert desk.post(path(issue, "send")).status_code == 409
    app.config["MAIL_FROM"] = "Op de Bühne <post@example.org>"
    with saving():
        again(issue).theme_id = theme("energie").id
    assert desk.post(path(issue, "send")).status_code == 409


@pytest.mark.parametrize(
    ("changes", "sentence"),
    dealt([
        ({"subject": ""}, "geen onderwerp"),
        ({"preheader": ""}, "geen inleiding"),
        ({"preheader": "Kom op dinsdag 18 maart 2027."}, "de weekdag past niet bij de datum"),
        ({"blocks": [{"kind": "quote", "key": "1", "words": "Zeg"}]}, "“Wie het zei” is leeg"),
        ({"blocks": [{"kind": "picture", "key": "1", "picture": "0" * 64}]}, "Zeg wat er te zien"),
        (
            {"blocks": [{"kind": "text", "key": "1", "words": "[a](http://example.org)"}]},
            "Deze link werkt niet: http://example.org",
        ),
        (
            {"blocks": [{"kind": "action", "key": "1", "label": "Lees", "link": "example"}]},
            "Deze link werkt niet: example",
        ),
        ({"blocks": [{"kind": "event", "key": "1", "event": 999, "seen": 1}]}, "bestaat niet meer"),
        ({"blocks": [LONG | {"key": str(n)} for n in range(20)]}, "te groot"),
    ]),
)  # fmt: skip
def test_what_is_wrong_is_said_and_keeps_it_from_being_approved(desk, changes, sentence):
    make_reader()
    issue = make_issue(**changes)
    page = desk.get(path(issue, "check")).text
    assert sentence in page
    assert "Keur deze nieuwsbrief goed" not in page
    with saving():
        letter, *_rest = sending.checked(issue, today=NOON.date())
        seal = sending.seal(issue, letter)
    assert desk.post(path(issue, "approve"), data={"seal": seal}).status_code == 409


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(Status.CANCELLED, "gaat niet door. Haal het blok weg"), (Status.DRAFT, "is niet openbaar")],
)
def test_an_event_that_readers_cannot_visit_keeps_it_from_being_approved(desk, status, sentence):
    make_reader()
    issue = make_issue(blocks=[event_block(make_event(status=status))])
    assert sentence in desk.get(path(issue, "check")).text


# -- twice is once


def test_sending_twice_is_sending_once(desk):
    make_reader("ana@example.org")
    issue = approved_issue(desk.staff)
    send(desk, issue)
    assert desk.post(path(issue, "send")).location == path(issue, "report")
    jobs.fill(issue.id)
    jobs.fill(issue.id)
    assert sent_to() == ["ana@example.org"]


def test_a_job_that_broke_off_goes_on_without_doubles(desk, monkeypatch):
    for number in range(7):
        make_reader(f"reader{number}@example.org")
    monkeypatch.setattr(sending, "ROWS_AT_ONCE", 3)
    issue = approved_issue(desk.staff)
    desk.post(path(issue, "send"))
    with saving():
        sending.freeze(again(issue))
    with saving():
        sending.fill(again(issue), now=NOON)
    assert len(sent_to()) == 3
    with saving():  # as if the mark was lost, and the letters were not
        db.session.execute(db.update(IssueReader).values(is_queued=False))
    jobs.fill(issue.id)
    assert sent_to() == [f"reader{number}@example.org" for number in range(7)]


# -- stop and go


def test_a_paused_issue_stands_still_and_goes_on(desk):
    make_reader("ana@example.org")
    issue = approved_issue(desk.staff)
    desk.post(path(issue, "send"))
    with saving():
        sending.freeze(again(issue))
    desk.post(path(issue, "pause"))
    jobs.fill(issue.id)
    jobs.sweep()
    assert sent_to() == []
    assert f"campaign:issue:{issue.id}" in outbox.paused(NOON)
    assert "Ga door met versturen" in desk.get(path(issue, "report")).text
    desk.post(path(issue, "resume"))
    assert outbox.paused(NOON) == {}
    jobs.fill(issue.id)
    assert sent_to() == ["ana@example.org"]


def test_a_stopped_issue_sends_no_more(desk):
    make_reader("ana@example.org")
    make_reader("bo@example.org")
    issue = send(desk, approved_issue(desk.staff))
    letter = letters_to("ana@example.org")[-1]
    with saving():
        letter.state = State.ACCEPTED
    desk.post(path(issue, "pause"))
    answer = desk.post(path(issue, "cancel"), follow_redirects=True)
    assert "1 wachtende e-mail wordt niet verstuurd" in answer.text
    db.session.expire_all()
    states = {m.to_email: m.state for m in db.session.scalars(select(OutboxMessage))}
    assert states == {"ana@example.org": State.ACCEPTED, "bo@example.org": State.CANCELLED}
    assert db.session.scalars(select(SendingPause)).all() == []
    assert again(issue).status is IssueStatus.CANCELLED
    jobs.sweep()
    assert again(issue).status is IssueStatus.CANCELLED
    for act in ("resume", "approve"):
        assert desk.post(path(issue, act)).status_code == 409
    for act in ("send", "cancel"):  # it was done
        assert desk.post(path(issue, act)).location == path(issue, "report")
    assert again(issue).status is IssueStatus.CANCELLED


def test_an_issue_is_done_only_when_no_letter_is_on_its_way(desk):
    make_reader("ana@example.org")
    issue = send(desk, approved_issue(desk.staff))
    for state in (State.READY, State.CLAIMED, State.ATTEMPTING, State.DEFERRED):
        with saving():
            held = {"owner": None, "lease_until": None}
            db.session.execute(db.update(OutboxMessage).values(state=state, **held))
        jobs.sweep()
        assert again(issue).status is IssueStatus.SENDING
    with saving():
        db.session.execute(db.update(OutboxMessage).values(state=State.UNCERTAIN))
    jobs.sweep()
    assert again(issue).status is IssueStatus.DONE
    page = desk.get(path(issue, "report")).text
    assert "ana@example.org" in page
    assert "Onzeker" in page


# -- by the clock


def scheduled(desk, issue, at="2027-03-28T01:30"):
    answer = desk.post(path(issue, "schedule"), data={"send_at": at})
    assert answer.status_code == 303
    return again(issue)


def form_to(desk, page, action):
    """As a colleague has it open: its address, and what it sends."""
    doc = html.fromstring(desk.get(page).text)
    [form] = doc.xpath(f"//form[@action='{action}']")
    return action, dict(form.form_values())


@pytest.mark.parametrize(
    ("page", "verb", "is_planned"),
    [("", "throw-away", False), ("", "", False), ("check", "take-back", False),
     ("check", "take-back", True), ("check", "unschedule", True)],
)  # fmt: skip
def test_an_older_page_ends_no_plan_that_a_colleague_has_made_since(desk, page, verb, is_planned):
    make_reader("ana@example.org")
    is_draft = page == ""
    issue = make_issue() if is_draft else approved_issue(desk.staff)
    if is_planned:
        scheduled(desk, issue)
    action, old = form_to(desk, path(issue, page).rstrip("/"), path(issue, verb).rstrip("/"))
    if is_draft:
        seal = dict(form_to(desk, path(issue, "check"), path(issue, "approve"))[1])
        assert desk.post(path(issue, "approve"), data=seal).status_code == 303
    if is_planned:
        desk.post(path(issue, "unschedule"))
    issue = scheduled(desk, again(issue), at="2027-03-29T01:30")
    changed = {"subject": "Van mij"} if verb == "" else {}
    answer = desk.post(action, data=old | changed, follow_redirects=True)
    assert "is veranderd terwijl u keek" in answer.text
    assert again(issue).status is IssueStatus.SCHEDULED
    anew = form_to(desk, path(issue, page).rstrip("/"), action)[1]
    assert desk.post(action, data=anew | changed).status_code == 303
    left = again(issue)
    assert left is None or left.status is not IssueStatus.SCHEDULED


def test_a_scheduled_issue_goes_out_when_its_time_has_come(desk, noon):
    make_reader("ana@example.org")
    issue = scheduled(desk, approved_issue(desk.staff), "2027-03-28T07:30")
    # the clock goes forward that night: 7.30 uur is then 5.30 UTC
    assert issue.send_at == datetime(2027, 3, 28, 5, 30, tzinfo=UTC)
    noon.set(issue.send_at - timedelta(seconds=1))
    jobs.sweep()
    assert again(issue).status is IssueStatus.SCHEDULED
    noon.set(issue.send_at)
    jobs.sweep()
    jobs.sweep()
    jobs.fill(issue.id)
    assert again(issue).status is IssueStatus.SENDING
    assert sent_to() == ["ana@example.org"]


def test_a_time_that_has_passed_or_does_not_exist_is_refused(desk):
    make_reader()
    issue = approved_issue(desk.staff)
    answer = desk.post(path(issue, "schedule"), data={"send_at": "2027-01-14T11:59"})
    assert answer.status_code == 409
    assert "Kies een tijd die nog moet komen" in answer.text
    answer = desk.post(path(issue, "schedule"), data={"send_at": "2027-03-28T02:30"})
    assert "bestaat niet" in answer.text
    assert again(issue).status is IssueStatus.APPROVED


def test_a_plan_can_be_called_off(desk, noon):
    make_reader()
    issue = scheduled(desk, approved_issue(desk.staff))
    desk.post(path(issue, "unschedule"))
    issue = again(issue)
    assert (issue.status, issue.send_at) == (IssueStatus.APPROVED, None)
    scheduled(desk, issue)
    desk.post(path(issue, "take-back"))
    assert again(issue).status is IssueStatus.DRAFT


def test_a_plan_whose_event_changed_is_marked_and_its_approver_hears_it_while_there_is_time(desk):
    make_reader()
    event = make_event(summary="Kort.")
    issue = scheduled(desk, approved_issue(desk.staff, blocks=[event_block(event)]))
    with saving():
        event.title, event.revision = {"nl": "Een andere titel"}, 2
    jobs.sweep()
    jobs.sweep()
    issue = again(issue)
    assert (issue.status, issue.held_because) == (IssueStatus.SCHEDULED, "changed")
    assert issue.send_at is not None, "it is planned, as it was"
    (letter,) = letters_to("owner@example.org")
    said = letter.body.subject + letter.body.text
    assert "staat gepland op" in said
    assert "niet verstuurd" not in said, "its time has not come"
    for page in ("/desk/newsletters/", path(issue).rstrip("/"), path(issue, "check"), "/desk/"):
        assert "nders dan" in desk.get(page).text, page
        assert "niet verstuurd" not in desk.get(page).text, page
    with saving():
        event.title, event.revision = {"nl": "Op de Bühne Energie"}, 3
    jobs.sweep()
    assert again(issue).held_because is None, "as approved again"


def test_a_plan_that_is_not_as_approved_when_its_time_comes_is_called_off(desk, noon):
    make_reader()
    event = make_event()
    issue = scheduled(desk, approved_issue(desk.staff, blocks=[event_block(event)]))
    at = again(issue).send_at
    with saving():
        event.status = Status.CANCELLED
        event.revision += 1
    noon.set(at + timedelta(seconds=12.7))
    jobs.sweep()
    jobs.sweep()
    issue = again(issue)
    assert (issue.status, issue.held_because) == (IssueStatus.DRAFT, "changed")
    (letter,) = letters_to("owner@example.org")
    assert letter.kind == "newsletters/held"
    assert letter.slots["link"][1] == f"http://localhost/desk/newsletters/{issue.id}/check"
    assert "Niet verstuurd: kijk ernaar" in desk.get("/desk/newsletters/").text
    assert sent_to() == []


def test_a_plan_without_readers_left_is_held(desk, client, noon):
    reader = make_reader()
    issue = scheduled(desk, approved_issue(desk.staff))
    at = again(issue).send_at
    client.post(f"/unsubscribe/{link_of(reader)}")
    jobs.sweep()
    assert (again(issue).status, again(issue).held_because) == (IssueStatus.SCHEDULED, "problem")
    noon.set(at + timedelta(seconds=12.7))
    jobs.sweep()
    assert (again(issue).status, again(issue).held_because) == (IssueStatus.DRAFT, "problem")


SHOWN = ("title", "starts_at", "ends_at", "venue_id", "status", "summary", "lead_sector_id",
         "attendance_mode")  # fmt: skip
"""Columns of an event that its block draws on."""


@pytest.mark.parametrize(
    "name", dealt([c.name for c in Event.__table__.c if c.name not in ("id", "slug")])
)
def test_only_what_shows_in_the_letter_marks_a_draft_and_breaks_an_approval(desk, name):
    make_reader()
    other = make_venue("Zaal Noord", "Zwolle", "overijssel")
    event = make_event(summary="Kort.", ends_at=SOON + timedelta(hours=2))
    issue = scheduled(desk, approved_issue(desk.staff, blocks=[event_block(event)]))
    draft = make_issue(blocks=[event_block(event)])
    values = {
        "starts_at": event.starts_at + timedelta(hours=1), "venue_id": other.id,
        "ends_at": event.ends_at + timedelta(hours=1), "status": Status.POSTPONED,
        "lead_sector_id": theme("water").id, "series_id": None, "preset": Preset.CONFERENCE,
        "ownership": Ownership.JOINT, "timezone": "Europe/Berlin", "is_listed": False,
        "attendance_mode": AttendanceMode.MIXED,
    }  # fmt: skip
    with saving():
        column = Event.__table__.c[name]
        value = values[name] if name in values else _another(column)
        db.session.execute(db.update(Event).values({name: value}))
        db.session.execute(db.update(Event).values(revision=Event.revision + 1))
    db.session.expire_all()
    jobs.sweep()
    is_marked = again(issue).held_because == "changed"
    assert is_marked is (name in SHOWN)
    assert blocks.is_overtaken(draft.blocks, blocks.facts_of([draft])["nl"]) is is_marked
    assert ("Anders dan goedgekeurd" in desk.get("/desk/newsletters/").text) is is_marked


def _another(column):
    kind = type(column.type).__name__
    return {
        "JSON": {"nl": "Anders."}, "String": "anders", "Integer": 7, "Boolean": False,
        "Moment": NOON + timedelta(days=1, seconds=3.3),
    }[kind]  # fmt: skip


def test_words_of_its_own_stand_in_for_the_summary(desk):
    event = make_event(summary="Kort.")
    issues = [make_issue(blocks=[event_block(event, note=note)]) for note in ("Kom", "")]
    with saving():
        event.summary, event.revision = {"nl": "Anders."}, 2
    found = blocks.facts_of(issues)["nl"]
    assert [blocks.is_overtaken(each.blocks, found) for each in issues] == [False, True]


def test_the_sweep_is_known_to_the_clock(app):
    make_reader("ana@example.org")
    run_all_now(app)
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_a_colleague_who_approved_an_issue_can_be_removed(app):
    """What they approved stays, planned or sent."""
    ed = make_staff("ed@example.org", name="Ed Demo", role=Role.OWNER)
    make_reader()
    planned, sent = (approved_issue(ed) for _ in range(2))
    with saving():
        planned.status, planned.send_at = IssueStatus.SCHEDULED, NOON + timedelta(hours=1)
        sent.status, sent.sent_at = IssueStatus.DONE, NOON
    desk = signed_in(app, Role.OWNER)
    for act in ("close", "remove"):
        assert desk.post(f"/desk/accounts/colleagues/{ed.id}/{act}").status_code == 303
    assert members.member_by_email("ed@example.org") is None
    checked, report = (
        desk.get(f"{path(issue, page)}?lang=nl")
        for issue, page in ((planned, "check"), (sent, "report"))
    )
    assert "Een oud-collega heeft deze e-mail goedgekeurd" in checked.text
    assert (report.status_code, "Ed Demo" in report.text) == (200, False)


def test_what_is_wrong_with_a_block_names_it_and_leads_to_it(desk):
    empty = [{"kind": "heading", "key": "1", "words": "Hier"}, {"kind": "text", "key": "7"}]
    issue = make_issue(blocks=empty)
    page = html.fromstring(desk.get(f"/desk/newsletters/{issue.id}/check").text)
    [line] = page.xpath("//li[a[contains(@href, '#block-7')]]")
    assert line.xpath("string(a)") == "Tekst, blok 2"
    assert line.text_content().startswith("Tekst, blok 2: ")
