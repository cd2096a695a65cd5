"""Online until there is a place in the hall: a second claim, in the hall's line."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select

from events_app.capacity.models import Claim, ClaimStatus
from events_app.core import clock, render, text
from events_app.core.db import db, saving
from events_app.core.errors import Refusal
from events_app.delivery.models import OutboxMessage
from events_app.registrations import actions, jobs, queries
from events_app.registrations.models import EntryState, Registration, Status
from events_app.registrations.rules import Changes
from tests.conftest import dealt
from tests.factories.registrations import (
    ANA,
    RUI,
    mailed_link,
    make_applicant,
    make_form,
    make_options,
    pool_of,
    registered,
    taken,
)
from tests.registrations.test_mixed import (
    NOW,
    again,
    is_counted_right,
    letter_to,
    limited,
    location_in,
    mixed,
    move,
    of,
    words,
)


@pytest.fixture(autouse=True)
def at_odds(app, noon):
    noon.set(NOW)


def either(number, **more):
    return make_applicant(number, is_online=True, waits_for_hall=True, **more)


def hall_status(registration):
    claim = again(registration).hall_claim
    return claim and claim.status


def give_up(registration):
    with saving():
        actions.give_up(again(registration), now=clock.now())


def ways(page):
    return html.fromstring(page).xpath("//input[@name='attends']/@value")


def make_room(event, size):
    """More places, that nobody is offered yet."""
    with saving():
        queries.form_of(event.id).pool.size = size


def full_hall(places=1):
    """Its hall is full, and online has room for everyone."""
    event = mixed(places)
    return event, registered(event, make_applicant(90, guests=("Gast",) * (places - 1)))


def test_the_form_offers_it_while_the_hall_is_full_and_online_is_open(client):
    event = mixed(1)
    path = f"/events/{event.slug}/register"
    assert ways(client.get(path).text) == ["hall", "online"]
    registered(event, ANA)
    assert ways(client.get(path).text) == ["hall", "online", "either"]
    no_line = mixed(1, has_waiting_list=False)
    registered(no_line, ANA)
    assert ways(client.get(f"/events/{no_line.slug}/register").text) == ["hall", "online"]


def test_who_waits_for_the_hall_takes_part_online_meanwhile(client):
    event, _ana = full_hall()
    typed = {"name": "Rui de Boer", "email": RUI.email, "attends": "either"}
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    assert "online, en u wacht op de zaal" in client.get(answer.location).text
    rui = of(RUI.email)
    assert (rui.status, rui.is_online) == (Status.CONFIRMED, True)
    assert hall_status(rui) is ClaimStatus.WAITING
    letter = letter_to(RUI.email)
    assert letter.kind == "registrations/confirmed"
    assert location_in(letter) == "Online"
    for part in (letter.body.text, letter.body.html):
        assert "U staat op de wachtlijst voor de zaal" in part
    page = words(client.get(mailed_link(RUI.email)))
    assert "U bent nummer 1 op de wachtlijst voor de zaal." in page
    assert (taken(event), taken(event, is_online=True)) == (1, 1)
    assert is_counted_right()


def test_with_a_place_free_in_the_hall_they_have_that_alone():
    event = mixed(1)
    ana = registered(event, either(1))
    assert (again(ana).is_online, hall_status(ana)) == (False, None)
    assert (taken(event), taken(event, is_online=True)) == (1, 0)


def test_where_online_is_full_too_they_wait_for_the_hall_alone():
    event = limited(1, 1)
    registered(event, make_applicant(1))
    registered(event, make_applicant(2, is_online=True))
    rui = registered(event, either(3))
    assert (again(rui).status, again(rui).is_online) == (Status.WAITLISTED, False)
    assert hall_status(rui) is None


def test_without_a_line_they_take_part_online():
    event = mixed(1, has_waiting_list=False)
    registered(event, ANA)
    rui = registered(event, either(1))
    assert (again(rui).status, hall_status(rui)) == (Status.CONFIRMED, None)


def test_the_place_that_comes_free_is_offered_and_online_stays_until_it_is_accepted(client):
    event, ana = full_hall()
    rui = registered(event, either(1))
    give_up(ana)
    assert hall_status(rui) is ClaimStatus.OFFERED
    assert (again(rui).status, again(rui).is_online) == (Status.CONFIRMED, True)
    letter = letter_to(rui.email)
    assert (letter.kind, letter.calendar) == ("registrations/hall_offered", None)
    assert any(event.venue.name in value for _kind, value in letter.slots.values())
    own = mailed_link(rui.email)
    assert "Er is een plaats in de zaal voor u" in client.get(own).text
    sequence = again(rui).contact.entry.sequence
    for _twice in range(2):
        assert client.post(f"{own}/accept").status_code == 303
    assert (again(rui).is_online, hall_status(rui)) == (False, None)
    letter = letter_to(rui.email)
    assert (letter.kind, letter.calendar_method) == ("registrations/confirmed", "REQUEST")
    assert event.venue.name in location_in(letter)
    assert again(rui).contact.entry.sequence == sequence + 1
    assert (taken(event), taken(event, is_online=True)) == (1, 0)
    assert is_counted_right()


def test_a_place_online_that_is_left_for_the_hall_goes_to_the_next():
    event = limited(1, 1)
    ana = registered(event, make_applicant(1))
    rui, mia = registered(event, either(2)), registered(event, make_applicant(3, is_online=True))
    assert again(mia).status is Status.WAITLISTED
    give_up(ana)
    with saving():
        actions.accept(again(rui), now=NOW)
    assert again(mia).status is Status.OFFERED
    assert is_counted_right()


def test_who_stays_online_leaves_the_place_to_the_next(client):
    event, ana = full_hall()
    rui, mia = registered(event, either(1)), registered(event, either(2))
    give_up(ana)
    own, before = mailed_link(rui.email), letter_to(rui.email).id
    for _twice in range(2):
        assert client.post(f"{own}/stay-online").status_code == 303
    assert (again(rui).status, hall_status(rui)) == (Status.CONFIRMED, None)
    assert hall_status(mia) is ClaimStatus.OFFERED
    assert letter_to(rui.email).id == before
    answer = client.post(f"{own}/accept", follow_redirects=True)
    assert "Deze plaats wordt niet meer voor u vrijgehouden." in words(answer)
    assert again(rui).is_online
    assert is_counted_right()


def test_an_offer_that_nobody_answers_lapses_and_they_stay_online(noon):
    event, ana = full_hall()
    rui, mia = registered(event, either(1)), registered(event, either(2))
    give_up(ana)
    noon.set(NOW + timedelta(days=3))
    jobs.expire()
    assert (again(rui).status, hall_status(rui)) == (Status.CONFIRMED, None)
    assert letter_to(rui.email).kind == "registrations/hall_expired"
    assert again(rui).contact.entry.state is EntryState.SENT
    assert hall_status(mia) is ClaimStatus.OFFERED
    before = letter_to(rui.email).id
    jobs.expire()
    assert letter_to(rui.email).id == before
    assert is_counted_right()


def test_the_line_is_one_whatever_they_hold_meanwhile():
    event, ana = full_hall()
    first, second, third = (
        registered(event, who) for who in (either(1), make_applicant(2), either(3))
    )
    number = [again(one).hall_claim or again(one).claim for one in (first, second, third)]
    assert [claim.status for claim in number] == [ClaimStatus.WAITING] * 3
    give_up(ana)
    assert hall_status(first) is ClaimStatus.OFFERED
    assert again(second).status is Status.WAITLISTED
    with saving():
        actions.stay_online(again(first), now=NOW)
    assert again(second).status is Status.OFFERED


def test_who_waits_already_may_go_online_until_then_and_keeps_their_number(client):
    event, ana = full_hall()
    rui, mia = registered(event, RUI), registered(event, make_applicant(2))
    own = mailed_link(RUI.email)
    assert "U kunt tot die tijd online meedoen." in client.get(own).text
    assert ways(client.get(f"{own}/change").text) == ["hall", "online", "either"]
    asked_at = again(rui).claim.asked_at
    assert move(client, again(rui), "either").status_code == 303
    assert (again(rui).status, again(rui).is_online) == (Status.CONFIRMED, True)
    assert again(rui).hall_claim.asked_at == asked_at
    assert letter_to(RUI.email).calendar_method == "REQUEST"
    give_up(ana)
    assert hall_status(rui) is ClaimStatus.OFFERED
    assert again(mia).status is Status.WAITLISTED
    assert is_counted_right()


@pytest.mark.parametrize("attends", ["hall", "online", "either"])
def test_who_takes_part_online_may_choose_again(client, attends):
    event, _ana = full_hall()
    rui = registered(event, make_applicant(1, is_online=True))
    move(client, rui, "either")
    assert hall_status(rui) is ClaimStatus.WAITING
    before = letter_to(rui.email).id
    answer = move(client, again(rui), attends)
    assert answer.status_code == (409 if attends == "hall" else 303)
    assert hall_status(rui) is (None if attends == "online" else ClaimStatus.WAITING)
    assert again(rui).is_online
    assert letter_to(rui.email).id == before
    assert is_counted_right()


@pytest.mark.parametrize("is_offered", [False, True])
def test_who_chooses_the_hall_when_there_is_a_place_goes_there(client, is_offered):
    event, ana = full_hall()
    rui = registered(event, either(1))
    if is_offered:
        registered(event, either(2))  # what is kept for one is nobody else's
        give_up(ana)
    else:  # no job has looked since
        make_room(event, 2)
    assert move(client, again(rui), "hall").status_code == 303
    assert (again(rui).is_online, hall_status(rui)) == (False, None)
    assert (taken(event), taken(event, is_online=True)) == ((1, 1) if is_offered else (2, 0))
    assert is_counted_right()


def test_without_a_line_nobody_can_choose_to_wait(client):
    event = mixed(1, has_waiting_list=False)
    registered(event, ANA)
    rui = registered(event, make_applicant(1, is_online=True))
    assert ways(client.get(f"{mailed_link(rui.email)}/change").text) == ["hall", "online"]
    move(client, rui, "either")
    assert hall_status(rui) is None


@pytest.mark.parametrize(
    "wrong",
    [{"places": 2}, {"status": ClaimStatus.ENDED, "ended_at": NOW}, {"status": ClaimStatus.HELD}],
)
def test_the_nightly_count_finds_a_place_in_the_hall_that_fits_no_party(wrong):
    event, _ana = full_hall()
    rui = registered(event, either(1))
    assert is_counted_right()
    with saving():
        claim = again(rui).hall_claim
        for name, value in wrong.items():
            setattr(claim, name, value)
    assert [each.id for each in queries.astray(limit=9)] == [rui.id]


def test_a_party_waits_with_as_many_as_it_is():
    event, ana = full_hall(2)
    with saving():
        pool = pool_of(event)
        pool.size = pool.taken = 3  # when the three came
    rui = registered(event, either(1, guests=("Een", "Twee")))
    with saving():
        pool = pool_of(event)
        pool.size = pool.taken = 2
    assert again(rui).hall_claim.places == 3
    change(rui, "Een", "", is_online=None)
    assert (again(rui).hall_claim.places, again(rui).claim.places) == (2, 2)
    give_up(ana)
    assert hall_status(rui) is ClaimStatus.OFFERED
    change(rui, "", is_online=None)
    assert taken(event) == 1
    with pytest.raises(Refusal):  # one seat more in the hall, but not two
        change(rui, "Een", "Twee", is_online=None)
    assert (again(rui).party_size, taken(event)) == (1, 1)
    assert is_counted_right()


def change(registration, *guests, **more):
    with saving():
        said = Changes(name=again(registration).name, guests=guests, **more)
        actions.change(again(registration), said, now=clock.now())


@pytest.mark.parametrize(
    ("how", "is_offered"), dealt(["cancel", "erase", "desk", "called off"], [False, True])
)
def test_whoever_goes_leaves_both(client, desk, how, is_offered):
    event, ana = full_hall()
    rui, mia = registered(event, either(1)), registered(event, either(2))
    if is_offered:
        give_up(ana)
    both = [claim.id for claim in again(rui).claims]
    if how == "cancel":
        client.post(f"{mailed_link(rui.email)}/cancel")
    elif how == "erase":
        desk.post("/desk/contacts/privacy/erase", data={"email": rui.email})
    elif how == "desk":
        desk.post(f"/desk/registrations/{event.id}/{rui.id}/cancel")
    else:
        desk.post(f"/desk/events/{event.id}/cancel", data={"note_nl": "Ziek."})
        jobs.find_changes()
    db.session.expire_all()
    wanted = select(Claim.status).where(Claim.id.in_(both))
    assert db.session.scalars(wanted).all() == [ClaimStatus.ENDED, ClaimStatus.ENDED]
    assert hall_status(rui) is None
    if is_offered and how != "called off":
        assert hall_status(mia) is ClaimStatus.OFFERED
    assert is_counted_right()


def test_an_unconfirmed_one_is_in_line_once_the_button_is_pressed(client):
    event, _ana = full_hall()
    rui = registered(event, either(1), must_confirm=True)
    assert (again(rui).status, hall_status(rui)) == (Status.PENDING, ClaimStatus.ASKED)
    client.post(f"{mailed_link(rui.email)}/confirm")
    assert (again(rui).status, hall_status(rui)) == (Status.CONFIRMED, ClaimStatus.WAITING)
    assert "U staat op de wachtlijst voor de zaal" in letter_to(rui.email).body.text


def test_an_unconfirmed_one_loses_both_when_nobody_presses(noon):
    event, _ana = full_hall()
    rui = registered(event, either(1), must_confirm=True)
    noon.set(NOW + timedelta(days=1, minutes=1))
    jobs.lapse()
    assert (again(rui).status, hall_status(rui)) == (Status.EXPIRED, None)
    assert is_counted_right()


def test_the_desk_sees_who_waits_and_gives_a_place(desk):
    event, ana = full_hall(2)
    rui = registered(event, either(1))
    path = f"/desk/registrations/{event.id}/{rui.id}"
    page = desk.get(path).text
    assert "Online, wacht op de zaal" in page
    assert "Nummer 1 op de wachtlijst voor de zaal" in page
    assert "Geef een plaats in de zaal" in page
    assert "Online, wacht op de zaal" in desk.get(f"/desk/registrations/{event.id}").text
    assert "Online, wacht op de zaal" in desk.get(f"/desk/registrations/{event.id}/list.csv").text
    desk.post(f"{path}/promote")
    assert again(rui).is_online
    change(ana, "")
    with saving():
        actions.stay_online(again(rui), now=NOW)
    assert "Geef een plaats" not in desk.get(path).text


def test_the_desk_gives_a_place_out_of_turn(desk):
    event, ana = full_hall()
    first, second = registered(event, either(1)), registered(event, either(2))
    make_room(event, 2)
    desk.post(f"/desk/registrations/{event.id}/{second.id}/promote")
    assert (again(second).is_online, hall_status(second)) == (False, None)
    assert hall_status(first) is ClaimStatus.WAITING
    assert not again(ana).is_online
    assert is_counted_right()


def test_a_known_address_gets_nothing_and_reads_the_same(client):
    event, _ana = full_hall()
    registered(event, make_applicant(1))
    pages = []
    for number in (1, 2):
        typed = {"name": "Gast", "email": f"guest{number}@example.org", "attends": "either"}
        answer = client.post(f"/events/{event.slug}/register", data=typed)
        pages.append(client.get(answer.location).text.replace(typed["email"], "_"))
    assert words_of(pages[0]) == words_of(pages[1])
    assert db.session.scalars(select(Registration.hall_claim_id)).all().count(None) == 2
    assert is_counted_right()


def words_of(page):
    return html.fromstring(page).find_class("prose")[0].text_content().split()


def test_every_letter_of_it_is_written_once():
    event, ana = full_hall()
    rui = registered(event, either(1))
    give_up(ana)
    with saving():
        actions.accept(again(rui), now=NOW)
    kinds = select(OutboxMessage.kind).where(OutboxMessage.to_email == rui.email)
    assert db.session.scalars(kinds.order_by(OutboxMessage.id)).all() == [
        "registrations/confirmed",
        "registrations/hall_offered",
        "registrations/confirmed",
    ]


# -- a place that is kept in the hall is told to whoever has the link by then


def moves_to(client, own, new):
    client.post(f"{own}/address", data={"email": new})
    letter = letter_to(new)
    client.post(mailed_link(new, "transfer"))
    return letter


def hands_over(client, own, new):
    until = kept_until()
    client.post(f"{own}/hand-over", data={"email": new, "name": "Sam Jansen"})
    letter = letter_to(new)
    path = mailed_link(new, "transfer")
    for told in (slots_of(letter), words(client.get(path))):
        assert "Het is een plaats online." in told
        assert until in told
    client.post(path, data={"name": "Sam Jansen"})
    return letter


def kept_until():
    """By the one who was in line, in words."""
    [claim] = db.session.scalars(select(Claim).where(Claim.status == ClaimStatus.OFFERED))
    with text.speaking("nl"):
        zone = "Europe/Amsterdam"
        day, hour = (how(claim.offer_expires_at, zone) for how in (text.day, text.clock_time))
    return f"{day}, {hour}"


def slots_of(letter):
    values = {name: value for name, (_kind, value) in letter.slots.items()}
    return " ".join(render.fill(letter.body.text, values).split())


@pytest.mark.parametrize("way", [moves_to, hands_over])
def test_who_has_the_link_by_now_reads_until_when_a_place_in_the_hall_is_kept(client, way):
    event, ana = full_hall()
    rui = registered(event, either(1))
    give_up(ana)
    until = kept_until()
    way(client, mailed_link(rui.email), "nieuw@example.org")
    letter = letter_to("nieuw@example.org")
    assert letter.kind == "registrations/confirmed"
    for part in (letter.body.text, letter.body.html):
        assert "Er is een plaats in de zaal voor u vrijgekomen" in part
    assert until in slots_of(letter)
    client.post(f"{mailed_link('nieuw@example.org')}/accept")
    assert again(rui).is_online is False
    assert "vrijgekomen" not in slots_of(letter_to("nieuw@example.org"))


def test_who_takes_over_a_place_online_reads_that_it_waits_for_the_hall(client):
    event, _ana = full_hall()
    rui = registered(event, either(1))
    data = {"email": "sam@example.org", "name": "Sam Jansen"}
    client.post(f"{mailed_link(rui.email)}/hand-over", data=data)
    told = "Wie de plaats overneemt, staat ook op de wachtlijst voor de zaal."
    assert told in slots_of(letter_to("sam@example.org"))
    assert told in words(client.get(mailed_link("sam@example.org", "transfer")))


# -- guests hear where they took part before


@pytest.mark.parametrize("way", ["accept", "change"])
def test_guests_and_contact_read_that_the_place_is_another_one(client, way):
    event, ana = full_hall(2)
    make_form(event, capacity=2, guests_max=1)
    who = replace(either(1), guests=("Lea Demo",), guest_addresses=("lea@example.org",))
    one = registered(event, who)
    jobs.tell_guests()
    give_up(ana)
    own = mailed_link(one.email)
    if way == "accept":
        client.post(f"{own}/accept")
    else:
        client.post(f"{own}/change", data={"name": "A", "guest_1": "Lea Demo", "attends": "hall"})
    assert again(one).is_online is False
    for email in ("lea@example.org", one.email):
        told = slots_of(letter_to(email))
        assert "De plaats is veranderd. Het was: Online Het is nu: " in told
    guest = slots_of(letter_to("lea@example.org"))
    assert f"U komt mee met {again(one).name}" in guest
    client.post(f"{own}/change", data={"name": "A", "guest_1": "Lea Demo", "attends": "online"})
    told = slots_of(letter_to("lea@example.org"))
    assert "Het is nu: Online" in told
    assert "De bijeenkomst is nu online" not in told


# -- what is for the hall alone, and they are online meanwhile


BOAT = "Dit hebt u niet, want het is er niet waar u meedoet: Boot A."


def boat(event):
    return make_options(queries.form_of(event.id), 9, label="Boot", open_to="hall")


def test_who_waits_for_the_hall_reads_that_they_have_nothing_of_the_hall_yet(client):
    event, _ana = full_hall()
    group = boat(event)
    typed = {"name": "Rui", "email": RUI.email, "attends": "either",
             f"options_{group.id}": str(group.options[0].id)}  # fmt: skip
    answer = client.post(f"/events/{event.slug}/register", data=typed, follow_redirects=True)
    assert BOAT in words(answer)
    assert "Hebt u een plaats in de zaal, dan kunt u het op uw eigen pagina kiezen" in words(answer)
    letter = letter_to(RUI.email)
    assert BOAT in slots(letter)
    assert "Dit is inmiddels vol" not in slots(letter)
    assert group.options[0].pool.taken == 0


def test_who_gets_the_hall_after_all_has_what_is_there(client):
    event = mixed(1)
    group = boat(event)
    one = registered(event, either(1, options=(group.options[0].id,)))
    assert again(one).is_online is False
    assert "Dit hebt u niet" not in slots(letter_to(one.email))
    assert [each.option_id for each in again(one).contact.signups] == [group.options[0].id]


def test_the_change_page_says_so_too(client):
    event, _ana = full_hall()
    group = boat(event)
    one = registered(event, either(1))
    own = mailed_link(one.email)
    data = {"name": "A", "attends": "either", f"options_{group.id}": str(group.options[0].id)}
    assert BOAT in words(client.post(f"{own}/change", data=data, follow_redirects=True))
    assert again(one).contact.signups == []


def slots(letter):
    values = {name: value for name, (_kind, value) in letter.slots.items()}
    return " ".join(render.fill(letter.body.text, values).split())
