"""Many from one network: a place is held for a day, and kept by the button in its letter."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events_app.capacity.models import ClaimStatus
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Status as EventStatus
from events_app.registrations import actions, jobs, letters
from events_app.registrations.models import EntryState, Registration, Status
from events_app.registrations.rules import Changes
from tests.conftest import NOON, dealt
from tests.factories.events import SOON, make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    has,
    ids,
    mailed_link,
    make_form,
    make_options,
    registered,
    registered_as,
    taken,
)

NOW = NOON + timedelta(minutes=3, seconds=17, microseconds=654_321)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_odds(noon):
    noon.set(NOW)


def come(app, event, numbers, **more):
    """From one network address; how many were held."""
    for number in numbers:
        typed = {"name": f"Gast {number}", "email": f"g{number}@example.org", **more}
        answer = app.test_client().post(f"/events/{event.slug}/register", data=typed)
        assert answer.status_code == 303, answer.text


def of(number):
    wanted = registered_as(f"g{number}@example.org")
    wanted = wanted.order_by(Registration.id.desc())
    return db.session.scalars(wanted, execution_options={"populate_existing": True}).first()


def statuses(event):
    db.session.expire_all()
    wanted = select(Registration.status).where(Registration.event_id == event.id)
    return [status.value for status in db.session.scalars(wanted.order_by(Registration.id))]


def last_letter(email):
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == email)
    return db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).first()


def press(client, number):
    return client.post(f"{mailed_link(f'g{number}@example.org')}/confirm", follow_redirects=True)


def is_counted_right():
    with saving():
        return actions.recount(now=NOW) == 0


def test_a_class_of_thirty_behind_one_address_gets_in(app, client):
    event = make_event(capacity=30)
    come(app, event, range(30))
    assert statuses(event) == ["confirmed"] * 10 + ["pending"] * 20
    assert taken(event) == 30
    for number in range(10, 30):
        assert "Uw aanmelding is bevestigd." in press(client, number).text
    assert statuses(event) == ["confirmed"] * 30
    assert taken(event) == 30
    letter = last_letter("g29@example.org")
    assert (letter.kind, letter.calendar_method) == ("registrations/confirmed", "REQUEST")
    assert of(29).contact.entry.state is EntryState.SENT


def test_a_script_fills_no_small_room_and_no_line_for_longer_than_a_day(app, noon):
    event = make_event(capacity=12)
    come(app, event, range(40))
    honest = registered(event, RUI)
    assert statuses(event) == ["confirmed"] * 10 + ["pending"] * 2 + ["waitlisted"] * 29
    noon.set(NOW + DAY - timedelta(microseconds=1))
    jobs.lapse()
    assert taken(event) == 12
    noon.set(NOW + DAY)
    jobs.lapse()
    assert taken(event) == 11, "the two went to the line, where one person waits"
    assert of(11).status is Status.EXPIRED
    assert of(39).status is Status.EXPIRED
    assert db.session.get(Registration, honest.id).status is Status.OFFERED
    assert is_counted_right()


def test_who_lapses_gets_no_further_letter(app, noon):
    """The address may be a stranger's, and the first letter said what would happen."""
    event = make_event(capacity=30)
    come(app, event, range(12))
    noon.set(NOW + 2 * DAY)
    jobs.lapse()
    jobs.lapse()
    assert of(11).status is Status.EXPIRED
    assert last_letter("g11@example.org").kind == "registrations/to_confirm"
    assert taken(event) == 10


def test_page_and_letter_say_until_when_and_what_happens(app, client):
    event = make_event(capacity=30)
    come(app, event, range(10))
    typed = {"name": "Gast", "email": "g10@example.org"}
    page = client.get(client.post(f"/events/{event.slug}/register", data=typed).location).text
    assert "U moet nog bevestigen" in page
    assert "tot vrijdag 15 januari 2027, 12.03\u00a0uur" in page
    letter = last_letter("g10@example.org")
    assert letter.kind == "registrations/to_confirm"
    assert letter.calendar_method is None
    assert "vrijdag 15 januari 2027, 12.03 uur" in [v for _, v in letter.slots.values()]
    own = client.get(mailed_link("g10@example.org")).text
    assert "Bevestig mijn aanmelding" in own
    assert "U hebt een plaats" not in own
    assert "Zet in uw agenda" not in own


def test_looking_at_the_page_confirms_nothing(app, client):
    event = make_event(capacity=30)
    come(app, event, range(11))
    link = mailed_link("g10@example.org")
    for method in ("GET", "HEAD", "OPTIONS"):
        client.open(link, method=method)
        client.open(f"{link}/confirm", method=method)
    assert of(10).status is Status.PENDING


def test_pressing_twice_confirms_once(app, client):
    event = make_event(capacity=30)
    come(app, event, range(11))
    link = mailed_link("g10@example.org")
    for _ in range(2):
        assert client.post(f"{link}/confirm").status_code == 303
    kinds = db.session.scalars(
        select(OutboxMessage.kind).where(OutboxMessage.to_email == "g10@example.org")
    ).all()
    assert sorted(kinds) == ["registrations/confirmed", "registrations/to_confirm"]
    assert taken(event) == 11


def test_who_presses_too_late_gets_a_place_if_there_is_one(app, client, noon):
    event = make_event(capacity=11)
    come(app, event, range(11))
    noon.set(NOW + DAY)
    jobs.lapse()
    link = mailed_link("g10@example.org")
    assert "Neem een plaats" in client.get(link).text
    assert "Uw aanmelding is bevestigd." in press(client, 10).text
    assert of(10).status is Status.CONFIRMED
    assert taken(event) == 11
    assert is_counted_right()


@pytest.mark.parametrize("has_line", [True, False])
def test_who_presses_too_late_for_the_last_place_is_told_so(app, client, noon, has_line):
    event = make_event(capacity=11)
    make_form(event, capacity=11, has_waiting_list=has_line)
    come(app, event, range(11))
    noon.set(NOW + DAY)
    jobs.lapse()
    registered(event, RUI)
    page = press(client, 10).text
    assert ("Alle plaatsen zijn inmiddels bezet" if has_line else "geen wachtlijst") in page
    assert of(10).status is Status.EXPIRED
    assert taken(event) == 11


def test_who_registered_again_meanwhile_has_one_place(app, client, noon):
    event = make_event(capacity=30)
    come(app, event, range(11))
    old = mailed_link("g10@example.org")
    noon.set(NOW + DAY)
    jobs.lapse()
    come(app, event, [10])
    page = client.post(f"{old}/confirm", follow_redirects=True)
    assert "Dit kan niet meer worden veranderd." in page.text
    assert taken(event) == 11


def test_after_the_event_has_begun_nothing_is_confirmed(app, client, noon):
    event = make_event(capacity=30)
    noon.set(SOON - timedelta(hours=3, seconds=5))
    come(app, event, range(11))
    assert of(10).confirm_by == event.starts_at, "not longer than until it begins"
    noon.set(SOON + timedelta(seconds=1))
    assert "is begonnen of voorbij" in press(client, 10).text
    jobs.lapse()
    assert of(10).status is Status.EXPIRED


@pytest.fixture
def line(app):
    """Full; one of the tenth in line has yet to confirm."""
    event = make_event(capacity=1)
    ana = registered(event, ANA)
    come(app, event, range(11))
    return event, ana


def give_up(registration):
    with saving():
        actions.give_up(registration, now=NOW)


def test_who_has_not_confirmed_waits_for_nothing(app, line):
    event, ana = line
    for number in range(10):
        give_up(of(number))
    give_up(ana)
    assert of(10).status is Status.WAITLISTED
    assert of(10).claim.status is ClaimStatus.ASKED
    assert taken(event) == 0, "no place is offered to who has yet to confirm"
    jobs.find_room()
    assert taken(event) == 0


def test_who_confirms_stands_in_line_where_they_came(app, client, line):
    event, ana = line
    registered(event, RUI)
    page = press(client, 10).text
    assert "nummer 11" in page
    for number in range(10):
        give_up(of(number))
    give_up(ana)
    assert of(10).status is Status.OFFERED
    assert is_counted_right()


def test_who_confirms_beside_a_free_place_is_offered_it(app, client, line):
    event, ana = line
    for number in range(10):
        give_up(of(number))
    give_up(ana)
    press(client, 10)
    assert of(10).status is Status.OFFERED
    assert taken(event) == 1


def test_a_place_in_line_lapses_too(app, noon, line):
    noon.set(NOW + DAY)
    jobs.lapse()
    assert of(10).status is Status.EXPIRED
    assert of(10).claim.status is ClaimStatus.ENDED
    assert of(9).status is Status.WAITLISTED


def test_a_held_place_is_given_up_shrunk_and_erased_like_any_other(app, client, desk):
    event = make_event(capacity=30)
    make_form(event, capacity=30, guests_max=2)
    come(app, event, range(13), guest_1="Gast")
    assert taken(event) == 26
    client.post(f"{mailed_link('g10@example.org')}/cancel")
    assert taken(event) == 24
    assert last_letter("g10@example.org").kind == "registrations/cancelled"
    client.post(f"{mailed_link('g11@example.org')}/change", data={"name": "Gast", "guest_1": ""})
    assert taken(event) == 23
    desk.post("/desk/contacts/privacy/erase", data={"email": "g12@example.org"})
    assert taken(event) == 21
    assert is_counted_right()


def test_a_called_off_event_holds_nothing(app):
    event = make_event(capacity=30)
    come(app, event, range(11))
    with saving():
        event.status = EventStatus.CANCELLED
    jobs.find_changes()
    assert set(statuses(event)) == {"cancelled"}
    assert taken(event) == 0


def test_the_desk_knows_the_state_and_can_confirm(app, desk, line):
    event, _ana = line
    other = make_event(capacity=30)
    come(app, other, [20])
    held, in_line = of(20), of(10)
    assert held.status is Status.PENDING
    people = desk.get(f"/desk/registrations/{other.id}").text
    assert "Nog niet bevestigd" in people
    assert "Nog niet bevestigd" in desk.get(f"/desk/registrations/{event.id}").text
    person = f"/desk/registrations/{other.id}/{held.id}"
    assert "15-01-2027 12.03" in desk.get(person).text
    assert "Nog niet bevestigd" in desk.get(f"/desk/registrations/{event.id}/{in_line.id}").text
    listed = desk.get(f"/desk/registrations/{other.id}/list.csv", buffered=True).text
    assert "Nog niet bevestigd" in listed
    listed = desk.get(f"/desk/registrations/{event.id}/list.csv", buffered=True).text
    assert "Op de wachtlijst, nog niet bevestigd" in listed
    assert desk.post(f"{person}/promote").status_code == 303
    assert of(20).status is Status.CONFIRMED
    assert of(20).confirm_by is None
    assert taken(other) == 1


def test_who_has_yet_to_confirm_hears_of_a_change_too(app, client, noon):
    event = make_event(capacity=30)
    come(app, event, range(11))
    with saving():
        event.starts_at += timedelta(hours=1)
        event.ends_at += timedelta(hours=1)
        event.revision += 1
        event.changed_at = NOW
    noon.set(NOW + timedelta(hours=1))
    jobs.find_changes()
    for address in ("g9@example.org", "g10@example.org"):
        assert last_letter(address).kind == "registrations/changed"
    press(client, 10)
    jobs.find_changes()
    assert last_letter("g10@example.org").kind == "registrations/confirmed"
    assert b"T130000" not in last_letter("g10@example.org").calendar


def test_the_eleventh_counts_by_network_and_hour(app, noon):
    event = make_event(capacity=50)
    come(app, event, range(10))
    noon.set(NOW + timedelta(hours=1))
    come(app, event, range(10, 20))
    assert set(statuses(event)) == {"confirmed"}


LAPSED = "ook wat u eventueel had gekozen"


@pytest.mark.parametrize(("has_options", "is_closed"), dealt([False, True], [False, True]))
def test_who_presses_too_late_reads_that_options_have_lapsed_and_may_choose_again(
    app, client, noon, has_options, is_closed
):
    event = make_event(capacity=11)
    form = make_form(event, capacity=11)
    group = make_options(form, 20, 20) if has_options else None
    chosen = {f"options_{group.id}": [str(one) for one in ids(group, "A")]} if group else {}
    come(app, event, range(11), **chosen)
    assert has(of(10)) == ("A" if has_options else "")
    noon.set(NOW + DAY)
    jobs.lapse()
    noon.set(NOW + DAY + timedelta(minutes=1))
    if is_closed:
        make_form(event, capacity=11, closes_at=NOW)
    link = mailed_link("g10@example.org")
    assert (LAPSED in client.get(link).text) is has_options
    press(client, 10)
    assert has(of(10)) == ""
    letter = last_letter("g10@example.org")
    for body in (letter.body.text, letter.body.html):
        assert (LAPSED in body) is has_options
    if has_options:
        assert "Tot de bijeenkomst begint, kunt u op uw eigen pagina nog kiezen" in letter.body.text
        answer = client.post(f"{link}/change", data={"name": "Gast 10", **chosen})
        assert answer.status_code == 303
        assert has(of(10)) == "A"
        assert LAPSED not in confirmed_now(10).text


def test_who_confirms_in_time_reads_of_nothing_that_has_lapsed(app, client):
    event = make_event(capacity=11)
    make_options(make_form(event, capacity=11), 5, 5)
    come(app, event, range(11))
    assert LAPSED not in client.get(mailed_link("g10@example.org")).text
    press(client, 10)
    assert LAPSED not in last_letter("g10@example.org").body.text
    assert not of(10).took_again


def test_who_goes_elsewhere_has_not_taken_it_again(app):
    event = make_event(capacity=11, attendance_mode="mixed")
    one = registered(event, RUI)
    with saving():
        actions.change(one, Changes(name="Rui", guests=(), is_online=True), now=NOW)
    db.session.expire_all()
    [found] = db.session.scalars(registered_as(RUI.email)).all()
    assert found.is_online
    assert found.claim.replaces_id
    assert not found.took_again


def confirmed_now(number):
    return letters.confirmed(of(number).contact, now=NOW + DAY)
