"""What is told is what holds, in time, and with what the reader knew before."""

import itertools
import re
from datetime import timedelta

import pytest
import vobject
from sqlalchemy import select

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.core.letters import Body
from events_app.delivery.models import OutboxMessage
from events_app.events import actions as events
from events_app.events.models import AttendanceMode, Event, Status
from events_app.registrations import actions, jobs, queries, rules
from events_app.registrations.rules import Changes
from tests.confirming import confirm
from tests.conftest import NOON, dealt
from tests.events.test_actions import content
from tests.events.test_desk import as_shown
from tests.factories.accounts import make_staff
from tests.factories.events import SOON, make_event, make_venue
from tests.factories.registrations import ANA, MIA, RUI, make_applicant, make_form, registered

ODD = timedelta(seconds=7, microseconds=310_000)
"""No clock stands on a whole second when somebody presses a button."""
STREAM = "https://example.org/stream"
DATES = re.compile(r"\d{1,2} (?:januari|februari|maart|april|mei|juni) 2027")


def fresh(event):
    return db.session.get(Event, event.id, populate_existing=True)


def change(event, **said):
    with saving():
        event = fresh(event)
        events.change(event, content(event, **said), by=None, now=clock.now())


def move(event, days=7, hours=0):
    by = timedelta(days=days, hours=hours)
    event = fresh(event)
    change(event, starts_at=event.starts_at + by, ends_at=event.ends_at + by)


def postpone(event):
    with saving():
        events.postpone(fresh(event), words={}, by=None, now=clock.now())


def archive(event):
    with saving():
        events.archive(fresh(event), by=None, now=clock.now())


def undo(event):
    with saving():
        events.go_on(fresh(event), by=None, now=clock.now())


def cancel(event):
    with saving():
        events.cancel(fresh(event), words={}, by=None, now=clock.now())


def tell(noon, minutes=0, seconds=40):
    """The minute's job, so much later."""
    noon.set(clock.now() + timedelta(minutes=minutes, seconds=seconds) + ODD)
    jobs.find_changes()


def letters(email=None, event=None):
    wanted = select(OutboxMessage).order_by(OutboxMessage.id)
    if email:
        wanted = wanted.where(OutboxMessage.to_email == email)
    found = db.session.scalars(wanted).all()
    return [each for each in found if event is None or f"/{event.slug}" in str(each.slots)]


def kinds(email=None):
    return [each.kind.rpartition("/")[2] for each in letters(email)]


def words(message):
    text = Body(message.body.subject, message.body.text, message.body.html).text
    for name, (_kind, value) in message.slots.items():
        text = re.sub(rf"\b\w*{name}\w*\b", value, text) if name in text else text
    return text + " " + " ".join(value for _kind, value in message.slots.values())


@pytest.fixture
def event(app):
    event = make_event(capacity=1, summary="Kort.")
    registered(event, ANA)
    registered(event, RUI)
    return event


# -- in time


def test_what_was_called_off_stays_until_everybody_has_heard(event, desk, noon):
    cancel(event)
    address = f"/desk/events/{event.id}"
    assert "Naar het archief" not in desk.get(address).text
    page = desk.get(desk.post(f"{address}/archive").location).text
    assert "Mensen horen nu nog dat deze bijeenkomst niet doorgaat" in page
    assert fresh(event).status is Status.CANCELLED
    tell(noon, seconds=59)
    assert kinds(ANA.email)[-1] == kinds(RUI.email)[-1] == "event_cancelled"
    noon.set(clock.now() + timedelta(days=1))
    assert "Naar het archief" in desk.get(address).text
    archive(event)
    assert fresh(event).status is Status.ARCHIVED


@pytest.mark.parametrize("stop", [postpone, cancel])
def test_what_is_off_is_told_by_the_next_minute(event, noon, stop):
    stop(event)
    tell(noon, seconds=59)
    assert len(kinds(ANA.email)) == 2


def test_edits_make_one_letter_and_nobody_waits_longer_than_an_hour(event, noon):
    for _edit in range(12):
        move(event, days=0, hours=1)
        tell(noon, minutes=9)
    begun = NOON + timedelta(hours=1)
    told = [each for each in letters(ANA.email) if each.kind.endswith("changed")]
    assert len(told) == 1, "twelve edits, nine minutes apart"
    assert begun <= told[0].created_at <= begun + timedelta(minutes=10)


def test_a_typing_error_keeps_nobody_waiting_and_sets_no_letter_going(event, noon):
    move(event)
    for minute in range(4):
        tell(noon, minutes=6)
        change(event, audience={"nl": f"Docenten {minute}"})
    assert kinds(ANA.email) == ["confirmed", "changed"]
    change(event, summary={"nl": "Korter."})
    tell(noon, minutes=30)
    assert kinds(ANA.email) == ["confirmed", "changed"]
    assert queries.waiting_letters(clock.now(), limit=9) == []


def test_what_changes_back_before_it_is_told_is_no_letter(event, noon):
    move(event, days=0, hours=1)
    tell(noon, minutes=5)
    move(event, days=0, hours=-1)
    tell(noon, minutes=30)
    assert kinds() == ["confirmed", "waiting"]
    assert fresh(event).previous_starts_at is None


def test_send_now_ends_the_quiet_period_and_is_written_down(event, noon):
    move(event)
    [(found, waiting)] = queries.waiting_letters(clock.now(), limit=9)
    assert (found.id, waiting.confirmed, waiting.waiting, waiting.all) == (event.id, 1, 1, 2)
    with saving():
        actions.tell_now(fresh(event), by=make_staff(), now=clock.now())
    tell(noon, seconds=1)
    assert kinds(ANA.email) == ["confirmed", "changed"]
    assert queries.waiting_letters(clock.now(), limit=9) == []


def test_a_batch_that_comes_back_tells_nothing_of_a_change_that_is_still_being_made(event, noon):
    move(event)
    jobs.follow(event.id)
    assert kinds() == ["confirmed", "waiting"]


# -- undone


def test_a_mistaken_postponement_that_nobody_heard_of_is_as_if_it_never_was(event, noon):
    postpone(event)
    undo(event)
    tell(noon, minutes=30)
    assert kinds() == ["confirmed", "waiting"]
    assert fresh(event).status is Status.PUBLISHED


def test_who_heard_of_the_postponement_hears_that_it_goes_on_at_the_time_they_knew(event, noon):
    postpone(event)
    tell(noon)
    undo(event)
    tell(noon)
    assert kinds(ANA.email) == ["confirmed", "postponed", "changed"]
    letter = letters(ANA.email)[-1]
    assert "gaat toch door op de tijd die u al kende" in letter.body.text
    assert "Het was:" not in letter.body.text
    entry = vobject.readOne(letter.calendar.decode())
    assert entry.method.value == "REQUEST"
    assert (entry.vevent.dtstart.value, entry.vevent.sequence.value) == (SOON, "0")
    assert letters(RUI.email)[-1].calendar is None


def test_the_postponed_are_not_told_again_when_the_hall_moves_meanwhile(event, noon):
    postpone(event)
    tell(noon)
    change(event, venue=make_venue("Zaal Noord", "Zwolle", "overijssel").id)
    tell(noon, minutes=70)
    assert kinds(ANA.email) == ["confirmed", "postponed"]
    move(event)
    tell(noon, minutes=21)
    letter = letters(ANA.email)[-1]
    assert letter.kind == "registrations/changed"
    assert "De Machinehal" in words(letter)
    assert "Zaal Noord" in words(letter)


# -- no letter names a date that its reader does not know

ACTS = {"move": move, "postpone": postpone, "undo": undo, "new date": move, "cancel": cancel}
AFTER = {"published": ("move", "postpone", "cancel"), "postponed": ("undo", "new date", "cancel")}
LEADS_TO = {"move": "published", "undo": "published", "new date": "published",
            "postpone": "postponed", "cancel": ""}  # fmt: skip


def sequences(length, state="published"):
    """All that can happen to an event in so many acts, or fewer when it is called off."""
    if not length or not state:
        yield ()
        return
    for act in AFTER[state]:
        for rest in sequences(length - 1, LEADS_TO[act]):
            yield (act, *rest)


def test_the_sequences_are_all_there():
    assert len(set(sequences(4))) == 31


SHORT = set(sequences(3))
"""Nearly all that four acts lead to, three lead to; the others are told with what takes long."""


def dates(message):
    return set(DATES.findall(words(message)))


def day(moment):
    months = ("", "januari", "februari", "maart", "april", "mei", "juni")
    return f"{moment.day} {months[moment.month]} {moment.year}"


@pytest.mark.parametrize(
    "acts",
    [
        *dealt([(acts,) for acts in sorted(SHORT)]),
        *(pytest.param(acts, marks=pytest.mark.long) for acts in sorted({*sequences(4)} - SHORT)),
    ],
    ids=" ".join,
)
def test_a_letter_names_only_dates_that_its_reader_knows_or_the_one_it_announces(app, noon, acts):
    for pauses in itertools.product((False, True), repeat=len(acts) - 1):
        noon.set(NOON + ODD)
        event = make_event(capacity=1, summary="Kort.")
        for who in (ANA, RUI):
            registered(event, who)
        known = {who.email: {day(SOON)} for who in (ANA, RUI)}
        last = max((each.id for each in letters()), default=0)
        for act, is_told in zip(acts, (*pauses, True), strict=True):
            ACTS[act](event)
            if not is_told:
                noon.set(clock.now() + timedelta(minutes=2) + ODD)
                continue
            tell(noon, minutes=21)
            for letter in [each for each in letters() if each.id > last]:
                last = letter.id
                announced = {day(fresh(event).starts_at)} if "changed" in letter.kind else set()
                named = dates(letter)
                assert named, "each says which event it is about"
                assert named <= known[letter.to_email] | announced, (acts, pauses, letter.kind)
                assert _in_calendar(letter) <= known[letter.to_email] | announced
                known[letter.to_email] |= named
        with saving():  # the next begins with nobody registered elsewhere
            if fresh(event).status in (Status.PUBLISHED, Status.POSTPONED):
                events.cancel(fresh(event), words={}, by=None, now=clock.now())
        jobs.find_changes()


def _in_calendar(letter):
    if letter.calendar is None:
        return set()
    return {day(vobject.readOne(letter.calendar.decode()).vevent.dtstart.value)}


def test_a_place_that_comes_free_meanwhile_is_offered_with_what_changed(event, noon):
    move(event)
    ana, rui = (expected(event, who) for who in (ANA, RUI))
    with saving():
        actions.give_up(ana, now=clock.now())
    [*_, gone] = letters(ANA.email)
    assert dates(gone) == {day(SOON)}, "the date that she knew"
    [*_, offer] = letters(RUI.email)
    assert dates(offer) >= {day(SOON), day(SOON + timedelta(days=7))}
    assert "Het was:" in offer.body.text
    with saving():
        actions.accept(queries.reloaded(rui.id), now=clock.now())
    [*_, confirmed] = letters(RUI.email)
    assert "Het was:" not in confirmed.body.text, "he was told with the offer"
    tell(noon, minutes=30)
    assert kinds(RUI.email)[-1] == "confirmed"


def test_who_is_given_a_place_out_of_turn_reads_what_changed(event, noon):
    move(event, days=0, hours=1)
    make_form(event, capacity=2)
    with saving():
        rui = expected(event, RUI)
        actions.promote(rui, by=make_staff(), now=clock.now())
    [*_, letter] = letters(RUI.email)
    assert letter.kind == "registrations/confirmed"
    assert "13.00–17.30 uur" in words(letter)
    assert "14.00–18.30 uur" in words(letter)


def test_each_letter_of_a_change_is_in_the_language_of_its_reader(app, noon):
    event = make_event(capacity=2, summary="Kort.")
    registered(event, MIA)
    for act in (move, postpone, undo, cancel):
        act(event)
        tell(noon, minutes=21)
    for letter in letters(MIA.email):
        assert not re.search(r"donderdag|maart|uitgesteld|bijeenkomst", words(letter)), letter.kind


# -- as many as was said


def expected(event, who):
    return queries.reloaded(queries.expected(event.id, who.email).registration_id)


def mixed_house():
    """One in the hall, one in line, two online, and one who has yet to confirm."""
    event = make_event(
        capacity=1, summary="Kort.", attendance_mode=AttendanceMode.MIXED, stream_url=STREAM
    )
    for who in (ANA, RUI, make_applicant(5, is_online=True), make_applicant(6, is_online=True)):
        registered(event, who)
    registered(event, make_applicant(7, is_online=True), must_confirm=True)
    return event


def other_hall(event):
    change(event, venue=make_venue("Zaal Noord", "Zwolle", "overijssel").id)


def other_stream(event):
    change(event, stream_url=f"{STREAM}/2")


def both(event):
    change(event, stream_url=f"{STREAM}/2", venue=make_venue("Zaal Noord").id)


def online_alone(event):
    change(event, attendance_mode=AttendanceMode.ONLINE)


def hall_alone(event):
    change(event, attendance_mode=AttendanceMode.OFFLINE)


@pytest.mark.parametrize(
    ("act", "expected"),
    dealt(
        [
            *((other_hall, 2), (other_stream, 3), (both, 4), (online_alone, 2), (hall_alone, 3)),
            *((move, 5), (postpone, 5)),
        ]
    ),
)
def test_as_many_letters_wait_as_are_written(app, noon, act, expected):
    event = mixed_house()
    act(event)
    [(_event, waiting)] = queries.waiting_letters(clock.now(), limit=9)
    before = len(letters())
    tell(noon, minutes=21)
    assert (waiting.all, len(letters()) - before) == (expected, expected)
    assert queries.waiting_letters(clock.now(), limit=9) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    dealt(
        [
            ({"starts_at": "2027-03-18T13:30"}, 5),
            ({"stream_url": f"{STREAM}/2"}, 3),
            ({"attendance_mode": "online"}, 2),
            ({"attendance_mode": "offline"}, 3),
            ({"attendance_mode": "offline", "starts_at": "2027-03-18T13:30"}, 5),
        ]
    ),
)
def test_before_it_is_saved_the_desk_counts_the_same(desk, noon, said, expected):
    event = mixed_house()
    typed = as_shown(event, attendance_mode="mixed", stream_url=STREAM) | said
    assert counted(desk.post(f"/desk/events/{event.id}/edit", data=typed)) == expected
    before = len(letters())
    confirm(desk, f"/desk/events/{event.id}/edit", typed)
    tell(noon, minutes=21)
    assert len(letters()) - before == expected


@pytest.mark.parametrize(("outcome", "expected"), [("postpone", 5), ("cancel", 5)])
def test_before_it_is_stopped_the_desk_counts_the_same(desk, noon, outcome, expected):
    event = mixed_house()
    assert counted(desk.get(f"/desk/events/{event.id}/{outcome}")) == expected
    before = len(letters())
    desk.post(f"/desk/events/{event.id}/{outcome}", data={"words_nl": "De zaal is dicht."})
    tell(noon)
    assert len(letters()) - before == expected


def counted(page):
    return sum(int(number) for number in re.findall(r"<li>(\d+) e-mails? aan", page.text))


# -- a place at what does not take place


def offered(event):
    """Rui has an offer, Mia waits for it."""
    rui, mia = (registered(event, who) for who in (RUI, MIA))
    with saving():
        ana = expected(event, ANA)
        actions.give_up(ana, now=clock.now())
    return rui, mia


def accept(event):
    rui, _mia = offered(event)
    return RUI.email, lambda: actions.accept(queries.reloaded(rui.id), now=clock.now())


def promote(event):
    _rui, mia = offered(event)
    make_form(event, capacity=2)
    by = make_staff()
    return MIA.email, lambda: actions.promote(queries.reloaded(mia.id), by=by, now=clock.now())


def go_online(event):
    _rui, mia = offered(event)
    changes = Changes(
        name="Gast 1", organisation="", guests=(), diet="", access_needs="", is_online=True
    )
    return MIA.email, lambda: actions.change(queries.reloaded(mia.id), changes, now=clock.now())


WAYS = [accept, promote, go_online]


@pytest.fixture
def full(app):
    event = make_event(
        capacity=1, summary="Kort.", attendance_mode=AttendanceMode.MIXED, stream_url=STREAM
    )
    registered(event, ANA)
    return event


@pytest.mark.parametrize(("way", "is_told"), dealt(WAYS, [True, False]))
def test_a_place_at_a_postponed_event_is_no_date_in_a_calendar(full, noon, way, is_told):
    email, act = way(full)
    postpone(full)
    if is_told:
        tell(noon)
    with saving():
        act()
    [*_, letter] = letters(email)
    assert (letter.kind, letter.calendar) == ("registrations/confirmed", None)
    assert re.search(r"\((uitgesteld|postponed)\)", words(letter))
    assert re.search("nog geen datum|no date yet", letter.body.text)
    tell(noon)
    assert letters(email)[-1] is letter, "nobody hears twice that it is postponed"
    move(full)
    tell(noon, minutes=21)
    [*_, letter] = letters(email)
    assert (letter.kind, letter.calendar_method) == ("registrations/changed", "REQUEST")


def test_who_had_a_place_and_goes_online_meanwhile_has_it_taken_from_the_calendar(full, noon):
    postpone(full)
    changes = Changes(
        name="Gast 1", organisation="", guests=(), diet="", access_needs="", is_online=True
    )
    with saving():
        ana = expected(full, ANA)
        actions.change(ana, changes, now=clock.now())
    tell(noon)
    assert [letter.calendar_method for letter in letters(ANA.email)] == ["REQUEST", None, "CANCEL"]


@pytest.mark.parametrize("way", WAYS)
def test_nobody_gets_a_place_at_what_is_called_off(full, noon, way):
    email, act = way(full)
    cancel(full)
    with pytest.raises((rules.NotOpen, rules.TooLate)), saving():
        act()
    assert "confirmed" not in kinds(email)


def test_nobody_gets_a_place_at_what_is_over(full, noon):
    _email, act = promote(full)
    noon.set(full.ends_at + ODD)
    with pytest.raises(rules.NotOpen), saving():
        act()


# -- an event that begins soon


def begins_in(event, noon, **left):
    noon.set(SOON - timedelta(**left) - ODD)


def elsewhere(event):
    change(event, venue=make_venue("Zaal Noord", "Zwolle", "overijssel").id)


@pytest.mark.parametrize("minutes", [10, 110, -5])
def test_what_changes_shortly_before_or_during_an_event_is_told_at_once(event, noon, desk, minutes):
    begins_in(event, noon, minutes=minutes)
    elsewhere(event)
    assert "Ze gaan binnen enkele minuten weg." in desk.get(f"/desk/events/{event.id}").text
    tell(noon)
    assert kinds(ANA.email) == ["confirmed", "changed"]


def test_everybody_is_told_two_hours_before_it_begins_however_often_it_changes(event, noon, desk):
    begins_in(event, noon, minutes=130)
    latest = SOON - timedelta(hours=2)
    elsewhere(event)
    page = desk.get(f"/desk/events/{event.id}").text.replace("\u2060", "").replace("\u00a0", " ")
    assert "Ze gaan weg om 11.00 uur." in page
    assert "tot uiterlijk 11.00 uur" in page
    noon.set(latest - ODD)
    change(event, venue=make_venue("Zaal Zuid", "Breda", "noord-brabant").id)
    assert fresh(event).tell_at == latest
    tell(noon, seconds=0)
    assert kinds(ANA.email) == ["confirmed", "changed"]


def test_who_may_be_on_their_way_hears_at_once_that_it_is_another_day(event, noon):
    begins_in(event, noon, minutes=50)
    move(event)
    tell(noon)
    assert kinds(ANA.email) == ["confirmed", "changed"]


def test_an_event_that_becomes_soon_is_told_at_once(event, noon):
    begins_in(event, noon, days=1)
    move(event, days=-1, hours=1)
    tell(noon)
    assert kinds(ANA.email) == ["confirmed", "changed"]


def test_who_knows_that_it_is_put_off_is_not_on_their_way_and_a_new_date_may_settle(event, noon):
    begins_in(event, noon, minutes=50)
    postpone(event)
    tell(noon)
    move(event)
    tell(noon)
    assert kinds(ANA.email) == ["confirmed", "postponed"]
    tell(noon, minutes=21)
    assert kinds(ANA.email) == ["confirmed", "postponed", "changed"]
