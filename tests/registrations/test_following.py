"""When the event changes, those registered are told once, and their calendars follow."""

import re
from datetime import timedelta

import pytest
import vobject
from icalendar import Calendar as ICalendar
from sqlalchemy import select

from events_app.core import clock
from events_app.core.calendars import published
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as acts
from events_app.events import rules
from events_app.events.actions import telling
from events_app.events.models import AttendanceMode, Event
from events_app.events.models import Status as EventStatus
from events_app.registrations import actions, jobs, letters
from events_app.registrations.models import EntryState, RegistrationForm, Transfer
from tests.conftest import NOON
from tests.factories.events import SOON, make_event, make_venue
from tests.factories.registrations import (
    ANA,
    MIA,
    RUI,
    mailed_link,
    make_applicant,
    make_form,
    registered,
    taken,
)
from tests.readers import events

LATER = SOON + timedelta(days=7, hours=1)


def edit(event, **fields):
    """As an organiser does: something readers can see changes now."""
    with saving():
        before, status = rules.announced(event), fields.get("status")
        for name, value in fields.items():
            setattr(event, name, value)
        event.revision += 1
        event.changed_at = clock.now()
        at_once = status is EventStatus.POSTPONED
        telling.follow(event, before, now=clock.now(), at_once=at_once)


def post(kind=None):
    wanted = select(OutboxMessage).order_by(OutboxMessage.id)
    if kind:
        wanted = wanted.where(OutboxMessage.kind == f"registrations/{kind}")
    return db.session.scalars(wanted).all()


def after_quiet(noon, minutes=20):
    noon.set(clock.now() + timedelta(minutes=minutes))
    jobs.find_changes()


def vevent(message):
    """Read by a program that is not ours."""
    calendar = vobject.readOne(message.calendar.decode())
    return calendar.vevent, calendar.method.value


@pytest.fixture
def busy(app):
    event = make_event(capacity=1)
    return event, registered(event, ANA), registered(event, RUI)


def test_five_edits_make_one_letter_after_a_quiet_period(busy, noon):
    event, *_ = busy
    for minute in range(5):
        edit(event, starts_at=SOON + timedelta(minutes=minute), ends_at=LATER)
        noon.set(clock.now() + timedelta(minutes=5))
        jobs.find_changes()
    assert post("changed") == []
    after_quiet(noon)
    jobs.find_changes()
    assert [message.to_email for message in post("changed")] == [ANA.email, RUI.email]


def test_a_new_time_moves_the_entry_and_the_letter_says_what_it_was(busy, noon):
    event, ana, _rui = busy
    edit(event, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
    after_quiet(noon)
    to_ana, to_rui = post("changed")
    (first, _), (second, method) = vevent(post("confirmed")[0]), vevent(to_ana)
    assert method == "REQUEST"
    assert second.uid.value == first.uid.value == ana.contact.entry.uid
    assert (first.sequence.value, second.sequence.value) == ("0", "1")
    assert second.dtstart.value == LATER
    assert to_rui.calendar is None, "who waits has nothing in the calendar"
    values = {name: value for name, (_kind, value) in to_ana.slots.items()}
    assert values["movedxoldwhen"] == "donderdag 18 maart 2027, 13.00–17.30 uur"
    assert values["when"] == "donderdag 25 maart 2027, 14.00–16.00 uur"


def test_a_change_of_wording_is_no_news(busy, noon):
    event, *_ = busy
    edit(event, title={"nl": "Beter gezegd"}, summary={"nl": "Korter"})
    after_quiet(noon)
    assert post("changed") == []
    form = db.session.scalars(select(RegistrationForm)).one()
    assert form.told_revision == event.revision, "and it is not looked at again"


def test_a_new_hall_is_news_and_a_new_stream_only_for_who_has_a_place(busy, noon):
    event, *_ = busy
    edit(event, venue=make_venue("Zaal Noord", "Zwolle", "overijssel"))
    after_quiet(noon)
    assert [message.to_email for message in post("changed")] == [ANA.email, RUI.email]
    link = "https://stream.example.org/live"
    edit(event, stream_url=link, attendance_mode=AttendanceMode.MIXED)
    after_quiet(noon)
    to_ana = post("changed")[2]
    assert to_ana.to_email == ANA.email
    assert "stream.example.org" in to_ana.calendar.decode().replace("\r\n ", "")
    assert "Gebruik het adres in deze e-mail" in to_ana.body.text
    assert len(post("changed")) == 3, "who waits has no link, and hears nothing of another one"


def test_who_registers_after_the_change_gets_no_letter_about_it(busy, noon):
    event, *_ = busy
    edit(event, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
    registered(event, MIA)
    after_quiet(noon)
    assert {message.to_email for message in post("changed")} == {ANA.email, RUI.email}


def test_a_postponed_event_leaves_the_calendar_and_comes_back_under_a_new_name(busy, noon):
    event, ana, _rui = busy
    edit(event, status=EventStatus.POSTPONED)
    after_quiet(noon)
    to_ana, to_rui = post("postponed")
    withdrawn, method = vevent(to_ana)
    assert (method, withdrawn.status.value, withdrawn.sequence.value) == (
        "CANCEL",
        "CANCELLED",
        "1",
    )
    assert to_rui.calendar is None
    assert ana.contact.entry.state is EntryState.WITHDRAWN

    edit(event, status=EventStatus.PUBLISHED, starts_at=LATER, ends_at=LATER + timedelta(hours=1))
    after_quiet(noon)
    again, method = vevent(post("changed")[0])
    assert method == "REQUEST"
    assert again.uid.value != withdrawn.uid.value
    assert again.sequence.value == "0"


def test_a_cancelled_event_frees_every_calendar_with_one_letter_each(busy, noon):
    event, ana, rui = busy
    edit(event, status=EventStatus.CANCELLED, cancel_note={"nl": "De zaal is afgebrand."})
    jobs.find_changes()
    jobs.find_changes()
    to_ana, to_rui = post("event_cancelled")
    entry, method = vevent(to_ana)
    assert (method, entry.status.value, entry.sequence.value) == ("CANCEL", "CANCELLED", "1")
    assert entry.uid.value == vevent(post("confirmed")[0])[0].uid.value
    assert to_rui.calendar is None
    assert "De zaal is afgebrand." in str(to_ana.slots)
    db.session.expire_all()
    assert {ana.status.value, rui.status.value} == {"cancelled"}
    assert taken(event) == 0


def test_a_big_event_is_told_in_batches_and_nobody_twice(app, noon, monkeypatch):
    event = make_event(capacity=70)
    for number in range(70):
        registered(event, make_applicant(number))
    edit(event, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
    noon.set(NOON + timedelta(minutes=20))
    jobs.find_changes()
    assert len(post("changed")) == 50
    jobs.find_changes()
    jobs.find_changes()
    assert len(post("changed")) == 70
    edit(event, status=EventStatus.CANCELLED)
    jobs.find_changes()
    assert len(post("event_cancelled")) == 50
    jobs.find_changes()
    jobs.find_changes()
    assert len(post("event_cancelled")) == 70


def test_an_event_that_is_over_tells_nobody_anything(busy, noon):
    event, *_ = busy
    edit(event, starts_at=SOON - timedelta(hours=1))
    noon.set(SOON + timedelta(days=1))
    jobs.find_changes()
    assert post("changed") == []


def test_foreign_programs_read_the_entry_as_we_mean_it(busy):
    event, ana, _rui = busy
    source = post("confirmed")[0].calendar.decode()
    [found] = events(source)
    assert (found.starts_at, found.ends_at) == (event.starts_at, event.ends_at)
    assert found.name == "Op de Bühne Energie"
    assert found.attendees == (f"mailto:{ANA.email}",)
    assert found.organizer == "mailto:post@example.org"
    attendee = vobject.readOne(source).vevent.attendee
    assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == (["ACCEPTED"], ["FALSE"])
    assert letters.token(ana.contact) not in source, "people share their calendars"


def test_hostile_names_stay_inside_their_field(app):
    nasty = 'Ana";X="\r\nATTENDEE:mailto:all@example.org\r\nBEGIN:VALARM'
    event = make_event("Titel\nBEGIN:VEVENT; \\ , :", capacity=1)
    registered(event, make_applicant(1, name=nasty))
    source = post("confirmed")[0].calendar
    calendar = ICalendar.from_ical(source)
    assert [part.name for part in calendar.walk()].count("VEVENT") == 1
    assert [part.name for part in calendar.walk()].count("VALARM") == 0
    assert b"\r\nATTENDEE:mailto:all" not in source


def test_the_entry_can_be_downloaded_again_under_the_same_name(busy, app):
    _event, ana, rui = busy
    browser = app.test_client()
    answer = browser.get(f"/registration/{letters.token(ana.contact)}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    assert vobject.readOne(answer.text).vevent.uid.value == ana.contact.entry.uid
    assert answer.data == published([letters.entry(ana.contact)], name="Op de Bühne Energie")
    assert (
        browser.get(f"/registration/{letters.token(rui.contact)}/calendar.ics").status_code == 404
    )


def test_a_subscribed_calendar_shows_every_move(busy, app, noon):
    event, ana, _rui = busy
    browser, address = app.test_client(), f"/registration/{letters.token(ana.contact)}/calendar.ics"
    page = browser.get(f"/registration/{letters.token(ana.contact)}").text
    assert f'href="webcal://localhost{address}"' in page

    def seen():
        [read] = events(browser.get(address).text)
        return read

    first = seen()
    edit(event, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
    after_quiet(noon)
    moved = seen()
    assert (moved.uid, moved.starts_at) == (first.uid, LATER)
    assert moved.sequence > first.sequence
    with saving():
        actions.give_up(ana, reason="", now=clock.now())
    gone = seen()
    assert (gone.uid, gone.status) == (first.uid, "CANCELLED")
    assert gone.sequence > moved.sequence


def stop(event, how, noon):
    with saving():
        how(db.session.get(Event, event.id), words={}, by=None, now=clock.now())
    noon.set(clock.now() + timedelta(minutes=1))
    jobs.find_changes()


def test_a_subscribed_calendar_takes_a_postponed_event_out_and_follows_its_new_date(
    busy, app, noon
):
    event, ana, rui = busy
    browser, address = app.test_client(), f"/registration/{letters.token(ana.contact)}/calendar.ics"

    def seen():
        [read] = events(browser.get(address).text)
        return read

    first = seen()
    stop(event, acts.postpone, noon)
    gone = seen()
    assert (gone.uid, gone.status, gone.starts_at) == (first.uid, "CANCELLED", SOON)
    assert gone.sequence > first.sequence
    ends = LATER + timedelta(hours=2)
    edit(event, starts_at=LATER, ends_at=ends, status=EventStatus.PUBLISHED)
    still = seen()
    assert (still.uid, still.status, still.starts_at) == (first.uid, "CANCELLED", SOON)
    after_quiet(noon)
    again = seen()
    assert (again.starts_at, again.status, again.sequence) == (LATER, "CONFIRMED", 0)
    assert again.uid != first.uid, "programs go on showing a withdrawn one as cancelled"
    stop(event, acts.postpone, noon)
    stop(event, acts.cancel, noon)
    assert (seen().uid, seen().status) == (again.uid, "CANCELLED")
    assert browser.get(address.replace(letters.token(ana.contact), letters.token(rui.contact))
                       ).status_code == 404  # fmt: skip


def test_the_own_calendar_says_when_it_changed(busy, app, noon):
    _event, ana, _rui = busy
    noon.set(clock.now() + timedelta(hours=3, seconds=5))
    with saving():
        actions.give_up(ana, reason="", now=clock.now())
    calendar = app.test_client().get(f"/registration/{letters.token(ana.contact)}/calendar.ics")
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    assert f"DTSTAMP:{stamp}" in calendar.text
    assert f"LAST-MODIFIED:{stamp}" in calendar.text


def test_each_message_says_when_it_was_made(busy, noon):
    event, ana, _rui = busy
    begun = clock.now()
    edit(event, starts_at=LATER, ends_at=LATER + timedelta(hours=2))
    after_quiet(noon)
    told = clock.now()
    noon.set(told + timedelta(hours=3, seconds=5, microseconds=77))
    with saving():
        actions.give_up(ana, reason="", now=clock.now())
    stamps = [vevent(each)[0].dtstamp.value for each in post() if each.calendar]
    wanted = [begun, told, clock.now()]
    assert stamps == [moment.replace(microsecond=0) for moment in wanted]


def test_every_letter_is_in_the_language_of_its_reader(app):
    event = make_event({"nl": "Op de Bühne Energie", "en": "On Stage Energy"}, capacity=2)
    for who in (ANA, MIA):
        with saving():
            actions.give_up(registered(event, who), now=NOON)
    subjects = {message.to_email: [] for message in post()}
    for message in post():
        subjects[message.to_email].append((message.language, message.body.subject))
    assert {language for language, _ in subjects[ANA.email]} == {"nl"}
    assert {language for language, _ in subjects[MIA.email]} == {"en"}
    assert subjects[MIA.email][0][1].startswith("You have a place: ")
    assert subjects[ANA.email][0][1].startswith("U hebt een plaats: ")
    assert "On Stage Energy" in str(post()[-1].slots)


def test_a_letter_in_english_has_english_dates(app):
    event = make_event(capacity=1)
    english, dutch = registered(event, MIA), registered(event, ANA)
    for letter in (
        letters.confirmed(english.contact, now=NOON),
        letters.offered(english.contact, old=english.contact.entry.told),
    ):
        assert "Thursday 18 March 2027, 13:00–17:30" in letter.text
        assert not re.search(r"donderdag|maart|uur", letter.text)
    assert "donderdag 18 maart 2027, 13.00–17.30 uur" in letters.waiting(dutch.contact).text


@pytest.mark.parametrize("kind", ["guest_left", "hall_offered", "hand_over_declined", "already"])
def test_a_letter_that_announces_no_other_hour_names_the_one_that_is_known(app, kind):
    """In the quiet period after a move."""
    event = make_event(capacity=5)
    contact = registered(event, ANA).contact
    edit(event, starts_at=event.starts_at + timedelta(minutes=30))
    made = {
        "guest_left": lambda: letters.guest_left(contact, guest=None),
        "hall_offered": lambda: letters.hall_offered(contact),
        "hand_over_declined": lambda: letters.hand_over_declined(
            Transfer(participant=contact, name="Sam", email="sam@example.org")
        ),
        "already": lambda: letters.already(contact),
    }
    body = made[kind]().text
    assert "13.00" in body
    assert "13.30" not in body


@pytest.mark.parametrize("hours", [-2, 2])
def test_the_page_says_until_which_hour_people_can_register_and_never_beyond_the_event(
    client, app, hours
):
    event = make_event(capacity=5)
    closes_at = event.starts_at + timedelta(hours=hours)
    make_form(event, capacity=5, closes_at=closes_at)
    page = " ".join(client.get(f"/events/{event.slug}").text.replace("\u2060", "").split())
    assert ("aanmelden tot donderdag 18 maart 2027, 11.00" in page) is (hours < 0)
    assert ("U kunt zich aanmelden tot" in page) is (hours < 0)


def test_hours_by_another_clock_say_whose_they_are_in_letters_and_on_pages(client, app, noon):
    event = make_event(capacity=5, timezone="Europe/London", summary="Kort.")
    registered(event, ANA)
    for page in (f"/events/{event.slug}/register", "/events/", mailed_link(ANA.email)):
        assert "(Europe/London)" in client.get(page).text, page
    [letter] = post("confirmed")
    assert "(Europe/London)" in str(letter.slots)
    edit(event, timezone="Europe/Amsterdam", starts_at=event.starts_at - timedelta(hours=1))
    after_quiet(noon)
    [letter] = post("changed")
    told = [value for _kind, value in letter.slots.values() if "uur" in str(value)]
    assert len({str(value) for value in told}) == 2, "was and is are not the same words"
    assert "(Europe/London)" in " ".join(map(str, told))


def test_who_had_a_place_reads_that_the_event_is_online_now(app, noon):
    event = make_event(capacity=1, venue=make_venue())
    registered(event, ANA)
    edit(event, attendance_mode=AttendanceMode.ONLINE, venue=None)
    after_quiet(noon)
    [letter] = post("changed")
    for body in (letter.body.text, letter.body.html):
        assert "De bijeenkomst is nu online." in body
        assert "Het is nu:" not in body
