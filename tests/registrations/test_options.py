"""Options: each for itself, only with a seat, and gone with it."""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from events_app.accounts.models import JournalEntry, Role
from events_app.capacity.models import Claim, Pool
from events_app.capacity.queries import miscounted
from events_app.core import clock, render
from events_app.core.db import db, saving
from events_app.events import actions as events
from events_app.events.models import AttendanceMode
from events_app.events.models import Status as EventStatus
from events_app.registrations import actions, jobs, queries, questions, rules
from events_app.registrations.models import (
    Option,
    OptionSignup,
    Registration,
    Status,
    Transfer,
    VisibleTo,
)
from events_app.registrations.rules import Changes
from tests.conftest import NOON, signed_in
from tests.events.test_actions import content
from tests.factories.accounts import make_staff
from tests.factories.allotments import link_for_guests, make_allotment, pool_of_guests
from tests.factories.events import make_event
from tests.factories.registrations import (
    ANA,
    RUI,
    has,
    ids,
    mailed_link,
    make_applicant,
    make_form,
    make_options,
    pool_of,
    registered,
    registered_as,
)
from tests.pages import said
from tests.registrations.test_telling import letters as letters_to

MIXED = AttendanceMode.MIXED
TYPED = {"name": "Ana Vermeulen", "email": "ana@example.org"}
GONE = {Status.CANCELLED, Status.EXPIRED, Status.REJECTED}


def workshops(event, *sizes, **fields):
    """Three of ten places, or with these sizes, of which people take two."""
    return make_options(queries.form_of(event.id), *(sizes or (10, 10, 10)), **fields)


def comes(event, number, group, letters, **more):
    return registered(event, make_applicant(number, options=ids(group, letters)), **more)


def taken(group):
    """By letter, as stored; all pools of the house add up."""
    db.session.expire_all()
    assert miscounted(limit=9) == []
    assert queries.options_astray(limit=9) == []
    wanted = select(Pool.taken).join(Option, Option.pool_id == Pool.id)
    found = db.session.scalars(wanted.where(Option.group_id == group.id).order_by(Option.position))
    return list(found)


def fresh(one):
    db.session.expire_all()
    return db.session.get_one(Registration, one.id)


def words(letter, part="text"):
    values = {name: value for name, (_kind, value) in letter.slots.items()}
    return " ".join(render.fill(getattr(letter.body, part), values).split())


def fields(group, letters):
    return {f"options_{group.id}": [str(id) for id in ids(group, letters)]}


def page_of(client, path):
    return html.fromstring(client.get(path).text)


# -- taking


def test_with_a_seat_each_wanted_option_is_taken(app):
    event = make_event(capacity=5)
    group = workshops(event)
    assert has(comes(event, 1, group, "AC")) == "AC"
    assert taken(group) == [1, 0, 1]


def test_what_is_full_is_not_got_and_the_rest_is(app):
    event = make_event(capacity=5)
    group = workshops(event, 1, 10)
    first, second = (comes(event, number, group, "AB") for number in (1, 2))
    assert (has(first), has(second)) == ("AB", "B")
    assert second.status is Status.CONFIRMED
    assert taken(group) == [1, 2]


def test_who_waits_has_none_and_takes_none(app):
    event = make_event(capacity=1)
    group = workshops(event, 1)
    registered(event, RUI)
    waits = comes(event, 1, group, "A")
    assert (waits.status, has(waits)) == (Status.WAITLISTED, "")
    assert taken(group) == [0]
    with pytest.raises(rules.NotAsked):
        comes(make_event(capacity=1), 2, group, "A")  # of another event


def test_a_party_brings_one_claim_on_an_option(app):
    event = make_event(capacity=5)
    make_form(event, capacity=5, guests_max=2)
    group = workshops(event)
    who = make_applicant(1, guests=("Een", "Twee"), options=ids(group, "A"))
    assert has(registered(event, who)) == "A"
    assert taken(group) == [1, 0, 0]


def test_more_than_may_be_chosen_is_refused_and_nothing_is_taken(app):
    event = make_event(capacity=5)
    group = workshops(event, choose_most=2)
    with pytest.raises(rules.TooManyOptions):
        comes(event, 1, group, "ABC")
    assert (taken(group), pool_of(event).taken) == ([0, 0, 0], 0)


def test_an_option_for_the_hall_is_not_had_online(app):
    event = make_event(capacity=5, attendance_mode=MIXED)
    hall, online = workshops(event, open_to="hall"), workshops(event, open_to="online")
    both = ids(hall, "A") + ids(online, "B")
    there = registered(event, make_applicant(1, options=both, is_online=True))
    here = registered(event, make_applicant(2, options=both))
    assert (has(there), has(here)) == ("B", "A")
    assert (taken(hall), taken(online)) == ([1, 0, 0], [0, 1, 0])


# -- the seat goes, and the options with it


def give_up(one, noon):
    actions.give_up(one, now=clock.now())


def erased(one, noon):
    actions.erase(one.email, now=clock.now())


def called_off(one, noon):
    one.event.status = EventStatus.CANCELLED
    actions.call_off(one.event, now=clock.now())


def not_confirmed(one, noon):
    noon.set(one.confirm_by)
    actions.lapse(one, now=clock.now())


def online(one, noon):
    actions.change(one, Changes(name="Ana", guests=(), is_online=True), now=clock.now())


@pytest.mark.parametrize("way", [give_up, erased, called_off, not_confirmed, online])
def test_whose_seat_ends_or_goes_online_has_no_option_any_more(app, noon, way):
    event = make_event(capacity=5, attendance_mode=MIXED)
    group = workshops(event, open_to="hall")
    one = comes(event, 1, group, "AB", must_confirm=way is not_confirmed or way is give_up)
    other = comes(event, 2, group, "A")
    assert taken(group) == [2, 1, 0]
    with saving():
        way(one, noon)
    left = [1, 0, 0] if way is not called_off else [0, 0, 0]
    assert (has(one), taken(group)) == ("", left)
    assert fresh(one).status in GONE or fresh(one).is_online
    assert has(other) == ("" if way is called_off else "A")


def test_who_moves_to_the_hall_keeps_what_is_for_everybody_alone(app):
    event = make_event(capacity=5, attendance_mode=MIXED)
    everybody, there = workshops(event), workshops(event, open_to="online")
    one = registered(
        event, make_applicant(1, options=ids(everybody, "A") + ids(there, "C"), is_online=True)
    )
    with saving():
        actions.change(one, Changes(name="Ana", guests=(), is_online=False), now=clock.now())
    assert has(one) == "A"
    assert (taken(everybody), taken(there)) == ([1, 0, 0], [0, 0, 0])


def test_while_the_event_is_postponed_people_keep_what_they_have(app):
    event = make_event(capacity=5)
    group = workshops(event)
    one = comes(event, 1, group, "A")
    with saving():
        one.event.status = EventStatus.POSTPONED
        one.event.tell_at = None
        one.event.revision += 1
    jobs.find_changes()
    assert (has(one), taken(group)) == ("A", [1, 0, 0])


def test_a_guest_who_does_not_come_leaves_the_contact_what_they_have(app):
    event = make_event(capacity=5)
    make_form(event, capacity=5, guests_max=1)
    group = workshops(event)
    one = registered(event, make_applicant(1, guests=("Gast",), options=ids(group, "A")))
    with saving():
        actions.erase_guest(one, one.guests[0].id, by=None, now=clock.now())
    assert (has(one), taken(group)) == ("A", [1, 0, 0])


def test_what_a_guest_has_ends_when_they_do_not_come(app):
    """In the tables every participant can have options."""
    event = make_event(capacity=5)
    make_form(event, capacity=5, guests_max=1)
    group = workshops(event)
    for number, leaves in enumerate(("by the contact", "by the desk", "by themselves")):
        one = registered(event, make_applicant(number, guests=("Gast",)))
        with saving():
            actions.choosing.choose(one.guests[0], ids(group, "B"), now=clock.now())
        assert taken(group) == [0, 1, 0]
        with saving():
            if leaves == "by the contact":
                actions.change(one, Changes(name="Ana", guests=("",)), now=clock.now())
            elif leaves == "by the desk":
                actions.erase_guest(one, one.guests[0].id, by=None, now=clock.now())
            else:
                actions.leave_party(one.guests[0], now=clock.now())
        assert taken(group) == [0, 0, 0]


def test_who_accepts_an_offer_has_no_option_yet_and_is_told_where_to_choose(app, client):
    event = make_event(capacity=1)
    group = workshops(event)
    ana, rui = registered(event, ANA), registered(event, RUI)
    with saving():
        actions.give_up(ana, now=clock.now())
    page = mailed_link(RUI.email)
    assert f"options_{group.id}" not in client.get(f"{page}/change").text
    with saving():
        actions.accept(fresh(rui), now=clock.now())
    letter = letters_to(RUI.email)[-1]
    assert "kunt u op uw eigen pagina nog kiezen: Werkplaats." in words(letter)
    data = {"name": "Rui", **fields(group, "B")}
    assert client.post(f"{page}/change", data=data).status_code == 303
    assert has(rui) == "B"


def postponed_then_accepted():
    """Rui was promised a choice, and takes the place after the event was put off."""
    event = make_event(capacity=1, summary="Kort.")
    group = workshops(event, is_required=True)
    ana, rui = registered(event, ANA), registered(event, RUI)
    with saving():
        actions.give_up(ana, now=clock.now())
    with saving():
        events.postpone(fresh(rui).event, words={"nl": "De zaal lekt."}, by=None, now=clock.now())
    with saving():
        actions.accept(fresh(rui), now=clock.now())
    jobs.find_changes()
    return rui, group


def test_who_takes_a_place_while_the_event_is_put_off_reads_why_and_what_is_to_be_chosen(
    app, client
):
    postponed_then_accepted()
    letter = words(letters_to(RUI.email)[-1])
    assert "Zodra er een nieuwe datum is, kiest u op uw eigen pagina: Werkplaats." in letter
    assert "Deze bijeenkomst is uitgesteld. De zaal lekt." in letter
    shown = said(client.get(mailed_link(RUI.email)))
    assert "Nog te kiezen: Werkplaats." in shown
    assert "U kiest het hier zodra er een nieuwe datum is." in shown
    assert "De zaal lekt." in shown


def gets_a_new_date(event):
    by = timedelta(days=7)
    moved = content(event, starts_at=event.starts_at + by, ends_at=event.ends_at + by)
    events.change(event, moved, by=None, now=clock.now())
    event.tell_at = clock.now()


def goes_on_as_planned(event):
    events.go_on(event, by=None, now=clock.now())


@pytest.mark.parametrize("how", [gets_a_new_date, goes_on_as_planned])
def test_what_was_promised_is_named_again_when_the_event_has_a_date(app, client, how):
    rui, group = postponed_then_accepted()
    page = mailed_link(RUI.email)
    with saving():
        how(fresh(rui).event)
    jobs.find_changes()
    assert "U kunt nu op uw eigen pagina kiezen: Werkplaats." in words(letters_to(RUI.email)[-1])
    shown = said(client.get(page))
    assert "Nog te kiezen: Werkplaats." in shown
    assert "Kies nu" in shown
    data = {"name": "Rui", **fields(group, "B")}
    assert client.post(f"{page}/change", data=data).status_code == 303
    assert "Nog te kiezen" not in said(client.get(page))


def test_who_left_a_group_alone_that_they_may_is_not_asked_again(app, client):
    event = make_event(capacity=5)
    workshops(event)
    registered(event, ANA)
    assert "Nog te kiezen" not in said(client.get(mailed_link(ANA.email)))


# -- beside places that are held, waited for or handed over


def test_who_goes_from_online_to_the_hall_when_a_place_comes_free_keeps_what_they_may(app):
    event = make_event(capacity=1, attendance_mode=MIXED)
    everybody, there = workshops(event), workshops(event, open_to="online")
    seated = registered(event, RUI)
    wanted = ids(everybody, "A") + ids(there, "B")
    one = registered(event, make_applicant(1, options=wanted, is_online=True, waits_for_hall=True))
    assert (has(one), one.hall_claim is not None) == ("AB", True)
    with saving():
        actions.give_up(seated, now=clock.now())
    assert has(one) == "AB", "a place is offered, and they are online still"
    with saving():
        actions.accept(fresh(one), now=clock.now())
    assert has(one) == "A"
    assert (taken(everybody), taken(there)) == ([1, 0, 0], [0, 0, 0])


def test_who_waits_for_the_hall_while_online_is_told_that_they_have_nothing_of_what_is_there(
    app, client
):
    event = make_event(capacity=1, attendance_mode=MIXED)
    hall = workshops(event, open_to="hall")
    registered(event, RUI)
    data = TYPED | {"attends": "either"} | fields(hall, "A")
    answer = client.post(f"/events/{event.slug}/register", data=data)
    assert answer.status_code == 303
    page = html.fromstring(client.get(answer.location).text)
    assert "Werkplaats A" not in page.xpath("string(//dl)")
    assert "niet waar u meedoet: Werkplaats A." in page.xpath("string(//main)")
    assert "tot de bijeenkomst begint" in page.xpath("string(//main)")
    assert has(db.session.scalars(registered_as(TYPED["email"])).one()) == ""


def test_who_comes_by_held_places_chooses_while_the_hall_is_full(app, client):
    event = make_event(capacity=2)
    group = workshops(event)
    held = make_allotment(event, 2)
    page = link_for_guests(event, held)
    assert f"options_{group.id}" not in client.get(f"/events/{event.slug}/register").text
    assert f"options_{group.id}" in client.get(page).text
    assert client.post(page, data=TYPED | fields(group, "AB")).status_code == 303
    one = db.session.scalars(registered_as(TYPED["email"])).one()
    assert (has(one), pool_of_guests(held)) == ("AB", (2, 1))
    with saving():
        actions.give_up(one, now=clock.now())
    assert (has(one), taken(group)) == ("", [0, 0, 0])


def test_who_takes_a_place_over_takes_the_options_with_it(app):
    event = make_event(capacity=2)
    group = workshops(event)
    one = registered(event, make_applicant(1, options=ids(group, "AB")))
    with saving():
        actions.transfer(
            fresh(one), email=RUI.email, name=RUI.name, is_hand_over=True, now=clock.now()
        )
    with saving():
        actions.take(db.session.scalars(select(Transfer)).one(), now=clock.now())
    assert (fresh(one).email, has(one), taken(group)) == (RUI.email, "AB", [1, 1, 0])
    assert "Werkplaats: Werkplaats A, Werkplaats B" in words(letters_to(RUI.email)[-1])


# -- changing


def change(one, *wanted):
    with saving():
        said = Changes(name="Ana", guests=(), options=wanted)
        missed = actions.change(fresh(one), said, now=clock.now())
        return [option.id for option in missed]


def test_what_is_wanted_no_more_is_dropped_before_anything_is_taken(app):
    event = make_event(capacity=5)
    group = workshops(event, 1, 1, 1)
    one = comes(event, 1, group, "AB")
    assert change(one, *ids(group, "BC")) == []
    assert (has(one), taken(group)) == ("BC", [0, 1, 1])
    assert has(comes(event, 2, group, "A")) == "A"


def test_of_a_change_what_is_full_is_missed_and_the_rest_is_done(app):
    event = make_event(capacity=5)
    group = workshops(event, 1, 1, 1)
    comes(event, 1, group, "C")
    one = comes(event, 2, group, "A")
    assert change(one, *ids(group, "BC")) == list(ids(group, "C"))
    assert (has(one), taken(group)) == ("AB", [1, 1, 1])


@pytest.mark.parametrize(
    ("most", "had", "wanted", "full", "has_now"),
    [
        (1, "A", "B", "B", "A"),
        (2, "AB", "BC", "C", "AB"),
        (2, "AB", "C", "C", "AB"),
        (2, "A", "BC", "C", "AB"),
        (2, "AB", "CD", "D", "AC"),
        (2, "A", "BC", "BC", "A"),
        (3, "AB", "C", "D", "C"),
    ],
)
def test_nobody_gives_an_option_away_for_one_that_is_full(
    app, client, most, had, wanted, full, has_now
):
    event = make_event(capacity=9)
    group = workshops(event, 1, 1, 1, 1, choose_most=most)
    one = comes(event, 1, group, had)
    page = f"{mailed_link(one.email)}/change"
    if set(full) & set(wanted):
        for number, letter in enumerate(full, 2):
            comes(event, number, group, letter)
    answer = client.post(page, data={"name": "Ana"} | fields(group, wanted))
    assert has(fresh(one)) == has_now
    told = said(client.get(answer.location))
    kept = [letter for letter in has_now if letter not in wanted]
    names = ", ".join(f"Werkplaats {letter}" for letter in kept)
    assert (f"U houdt dus wat u had: {names}." in told) is bool(kept)
    assert miscounted(limit=9) == []


def test_only_of_the_same_group_something_stays_for_what_is_full(app):
    event = make_event(capacity=9)
    one_group, other = workshops(event, 1, 1), workshops(event, 1, label="Rondleiding")
    comes(event, 2, one_group, "B")
    one = registered(event, make_applicant(1, options=(*ids(one_group, "A"), *ids(other, "A"))))
    change(one, *ids(one_group, "B"))
    assert rules.in_words(rules.options_of(fresh(one).contact)) == [("Werkplaats", "Werkplaats A")]


def test_who_registers_online_in_line_is_promised_nothing_of_the_hall(app, client):
    event = make_event(capacity=1, attendance_mode=AttendanceMode.MIXED)
    form = make_form(event, capacity=1)
    with saving():
        form.online_pool.size = 0
    workshops(event, 9, open_to="hall", label="Rondleiding")
    workshops(event, 9, open_to="online", label="Gesprek")
    registered(event, make_applicant(1))
    for attends, promised in (("online", ["Gesprek"]), ("hall", ["Rondleiding"])):
        typed = {"name": "Ana", "email": f"{attends}@example.org", "attends": attends}
        answer = client.post(f"/events/{event.slug}/register", data=typed)
        told = said(client.get(answer.location))
        assert [name for name in ("Gesprek", "Rondleiding") if name in told] == promised


def test_keeping_what_one_has_takes_nothing_also_when_it_is_full(app):
    event = make_event(capacity=5)
    group = workshops(event, 1)
    one = comes(event, 1, group, "A")
    claims = db.session.scalar(select(func.count()).select_from(Claim))
    assert change(one, *ids(group, "A")) == []
    assert (has(one), taken(group)) == ("A", [1])
    assert db.session.scalar(select(func.count()).select_from(Claim)) == claims


def test_what_was_dropped_can_be_taken_again(app):
    event = make_event(capacity=5)
    group = workshops(event)
    one = comes(event, 1, group, "A")
    for wanted in ("", "A", "B", "A"):
        change(one, *ids(group, wanted))
        assert has(one) == wanted
    assert taken(group) == [1, 0, 0]


def test_after_registration_has_closed_nothing_is_chosen_or_dropped(app, client, noon):
    event = make_event(capacity=5)
    make_form(event, capacity=5, closes_at=NOON + timedelta(days=1))
    group = workshops(event)
    one = comes(event, 1, group, "A")
    page = mailed_link(one.email)
    assert page_of(client, f"{page}/change").xpath(f"//*[@name='options_{group.id}']")
    noon.set(NOON + timedelta(days=1))
    assert not page_of(client, f"{page}/change").xpath(f"//*[@name='options_{group.id}']")
    data = {"name": "Ana", **fields(group, "B")}
    assert client.post(f"{page}/change", data=data).status_code == 409
    with pytest.raises(rules.ChoicesClosed):
        change(one, *ids(group, "B"))
    assert (has(one), taken(group)) == ("A", [1, 0, 0])


def test_people_change_their_options_on_their_own_page(app, client):
    event = make_event(capacity=5)
    group = workshops(event, 1, 1, 1)
    comes(event, 9, group, "C")
    client.post(f"/events/{event.slug}/register", data=TYPED | fields(group, "AB"))
    page = mailed_link(TYPED["email"])
    form = page_of(client, f"{page}/change")
    boxes = form.xpath(f"//*[@name='options_{group.id}'][@type='checkbox']")
    assert [box.get("checked") is not None for box in boxes] == [True, True, False]
    assert [box.get("disabled") is not None for box in boxes] == [False, False, True]
    answer = client.post(f"{page}/change", data={"name": "Ana", **fields(group, "BC")})
    assert answer.status_code == 303
    shown = said(client.get(page))
    assert "Dit is intussen vol, dus u hebt het niet: Werkplaats C." in shown
    assert "U houdt dus wat u had: Werkplaats A." in shown
    assert "WerkplaatsWerkplaats A, Werkplaats B" in shown


# -- the public form


def test_the_form_offers_boxes_for_some_and_buttons_for_one(app, client):
    event = make_event(capacity=5)
    some, one = workshops(event), workshops(event, choose_most=1, label="Lunch")
    needed = workshops(event, choose_most=1, is_required=True, label="Vervoer")
    page = page_of(client, f"/events/{event.slug}/register")

    def kinds(group):
        return [field.get("type") for field in page.xpath(f"//*[@name='options_{group.id}']")]

    assert kinds(some) == ["checkbox"] * 3
    assert kinds(one) == ["radio"] * 4, "and none of these"
    assert kinds(needed) == ["radio"] * 3
    assert "Kies er hooguit 2." in page.text_content()


def test_the_form_says_of_places_what_it_says_of_seats(app, client):
    event = make_event(capacity=5)
    group = workshops(event, 25, 9, 0, None)

    def labels():
        page = page_of(client, f"/events/{event.slug}/register")
        found = page.xpath(f"//*[@id='options_{group.id}']//label")
        return [label.text_content().strip() for label in found]

    assert labels() == [
        "Werkplaats A (nog minstens 20 plaatsen vrij)",
        "Werkplaats B (nog minder dan tien plaatsen vrij)",
        "Werkplaats C (vol)",
        "Werkplaats D",
    ]
    make_form(event, capacity=5, shows_places_left=False)
    assert labels() == ["Werkplaats A", "Werkplaats B", "Werkplaats C (vol)", "Werkplaats D"]


def test_a_stranger_reads_the_same_while_a_few_people_choose(app):
    event = make_event(capacity=50)
    group = workshops(event, 25, 2)

    def page():
        return app.test_client().get(f"/events/{event.slug}/register").text

    def labels():
        found = html.fromstring(page()).xpath(f"//*[@id='options_{group.id}']//label")
        return [label.text_content().strip() for label in found]

    before = labels()
    comes(event, 1, group, "AB")
    assert labels() == before
    comes(event, 2, group, "AB")
    assert labels()[1] == "Werkplaats B (vol)", "the kept page knows"
    with saving():
        db.session.get_one(Option, ids(group, "A")[0]).label = {"nl": "Iets anders"}
    assert labels()[0].startswith("Iets anders")


def test_what_was_full_meanwhile_is_told_on_the_page_and_in_the_letter(app, client):
    event = make_event(capacity=5)
    group = workshops(event, 1, 10)
    comes(event, 1, group, "A")
    answer = client.post(f"/events/{event.slug}/register", data=TYPED | fields(group, "AB"))
    assert answer.status_code == 303
    page = said(client.get(answer.location))
    assert "Dit is intussen vol, dus u hebt het niet: Werkplaats A." in page
    assert "WerkplaatsWerkplaats B" in page
    [letter] = letters_to(TYPED["email"])
    for body in (words(letter), html.fromstring(words(letter, "html")).text_content()):
        assert "Dit is intussen vol, dus u hebt het niet: Werkplaats A." in body
        assert "Werkplaats: Werkplaats B" in " ".join(body.split())


def test_who_waits_is_told_that_they_choose_later(app, client):
    event = make_event(capacity=2)
    make_form(event, capacity=2, guests_max=1)
    registered(event, make_applicant(9))
    group = workshops(event)
    data = TYPED | {"guest_1": "Gast", "party": "wait"} | fields(group, "A")
    answer = client.post(f"/events/{event.slug}/register", data=data)
    later = "Zodra u een plaats hebt, kiest u op uw eigen pagina: Werkplaats."
    assert later in said(client.get(answer.location))
    [letter] = letters_to(TYPED["email"])
    assert later in words(letter)
    assert "Werkplaats A" not in words(letter)


def test_where_nobody_gets_a_seat_the_form_asks_for_no_options(app, client):
    event = make_event(capacity=0)
    group = workshops(event, is_required=True)
    page = client.get(f"/events/{event.slug}/register")
    assert f"options_{group.id}" not in page.text
    assert "Zodra u een plaats hebt, kiest u op uw eigen pagina: Werkplaats." in said(page)
    assert client.post(f"/events/{event.slug}/register", data=TYPED).status_code == 303


def test_the_answer_is_the_same_for_an_address_that_is_registered(app, client):
    """Also where somebody else has the last place, or that address itself has it."""
    event = make_event(capacity=9)
    group = workshops(event, 1, 10)
    registered(event, make_applicant(5, options=ids(group, "A")))
    before = taken(group)
    pages = []
    for email in ("guest5@example.org", "nobody@example.org"):
        browser = app.test_client()
        data = {"name": "Ana", "email": email} | fields(group, "AB")
        answer = browser.post(f"/events/{event.slug}/register", data=data)
        assert answer.status_code == 303
        pages.append(said(browser.get(answer.location)).replace(email, ""))
        if email.startswith("guest5"):
            assert taken(group) == before
    assert pages[0] == pages[1]
    known = db.session.scalars(registered_as("guest5@example.org")).one()
    assert has(known) == "A"


@pytest.mark.parametrize(
    ("letters", "more", "sentence"),
    [
        ("ABC", {}, "Kies er hooguit 2."),
        ("", {"is_required": True}, "Kies er ten minste één."),
        ("A", {"open_to": "online"}, "Dit is alleen voor wie online meedoet."),
    ],
)
def test_a_wrong_choice_is_said_beside_it_and_nothing_typed_is_lost(
    app, client, letters, more, sentence
):
    event = make_event(capacity=5, attendance_mode=MIXED)
    group = workshops(event, **more)
    typed = TYPED | {"attends": "hall", "organisation": "Demo bv"} | fields(group, letters)
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    page = html.fromstring(answer.text)
    assert sentence in page.xpath(f"string(//*[@id='options_{group.id}-error'])")
    assert page.xpath("//div[@class='error-summary']//a/@href") == [f"#options_{group.id}-0"]
    assert page.xpath("//input[@name='organisation']/@value") == ["Demo bv"]
    ticked = page.xpath(f"//*[@name='options_{group.id}'][@checked]/@value")
    assert ticked == typed[f"options_{group.id}"]
    assert pool_of(event).taken == 0


def test_an_option_that_is_not_there_is_refused_in_words(app, client):
    event, other = make_event(capacity=5), make_event(capacity=5)
    group, theirs = workshops(event), workshops(other)
    for sent in (["x"], ["999999"], [str(id) for id in ids(theirs, "A")]):
        data = TYPED | {f"options_{group.id}": sent}
        answer = client.post(f"/events/{event.slug}/register", data=data)
        assert "Dit is er niet meer. Kies iets anders." in answer.text
    assert (taken(group), taken(theirs)) == ([0, 0, 0], [0, 0, 0])


def test_who_must_choose_and_finds_all_full_registers_without(app, client):
    event = make_event(capacity=5)
    workshops(event, 0, 0, is_required=True)
    assert client.post(f"/events/{event.slug}/register", data=TYPED).status_code == 303
    assert registered_as(TYPED["email"]) is not None


def test_what_was_ticked_and_is_full_by_now_can_be_sent_once_more(app, client):
    """A browser sends nothing of a box that is disabled."""
    event = make_event(capacity=5)
    group = workshops(event, 0, 5)
    data = TYPED | {"name": ""} | fields(group, "A")
    page = html.fromstring(client.post(f"/events/{event.slug}/register", data=data).text)
    [box, _other] = page.xpath(f"//*[@name='options_{group.id}']")
    assert box.get("checked") is not None
    assert box.get("disabled") is None


def test_registering_with_two_options_takes_few_statements(app, client, statements):
    event = make_event(capacity=5)
    group = workshops(event)
    client.post(
        f"/events/{event.slug}/register",
        data=TYPED | {"email": "rui@example.org"} | fields(group, "AB"),
    )
    db.session.remove()
    statements.clear()
    client.post(f"/events/{event.slug}/register", data=TYPED | fields(group, "AB"))
    assert len(statements) <= 30, "\n".join(statements)


# -- what is held of a person


def test_the_file_of_a_person_has_their_options_and_erasing_takes_them(app):
    event = make_event(capacity=5)
    group = workshops(event)
    registered(event, make_applicant(1, options=ids(group, "AB")))
    [known] = queries.held_on("guest1@example.org", shown=questions.shown)
    assert [(each["group"], each["option"]) for each in known["options"]] == [
        ("Werkplaats", "Werkplaats A"), ("Werkplaats", "Werkplaats B"),
    ]  # fmt: skip
    with saving():
        actions.erase("guest1@example.org", now=clock.now())
    assert db.session.scalars(select(OptionSignup)).all() == []
    assert taken(group) == [0, 0, 0]


def test_of_who_came_the_figures_stay_and_what_they_chose_goes(app, noon):
    event = make_event(capacity=5)
    group = workshops(event)
    comes(event, 1, group, "AB")
    over = event.ends_at
    noon.set(over + timedelta(days=400))
    with saving():
        assert actions.forget(now=clock.now())
    assert db.session.scalars(select(OptionSignup)).all() == []
    assert taken(group) == [1, 1, 0]
    with saving():
        assert actions.recount(now=clock.now()) == 0


def test_the_night_finds_an_option_that_is_counted_wrong_or_held_without_a_seat(app):
    event = make_event(capacity=5)
    group = workshops(event)
    one = comes(event, 1, group, "A")
    with saving():
        db.session.get_one(Pool, group.options[1].pool_id).taken = 3
    with saving():
        assert actions.recount(now=clock.now()) == 1
    with saving():
        db.session.get_one(Pool, group.options[1].pool_id).taken = 0
        signup = db.session.scalars(select(OptionSignup)).one()
        signup.claim.status, signup.claim.ended_at = "ended", clock.now()
        db.session.get_one(Pool, group.options[0].pool_id).taken = 0
    with saving():
        assert actions.recount(now=clock.now()) == 1
    assert one.status is Status.CONFIRMED


# -- locks


def test_all_pools_of_an_event_are_locked_in_the_order_of_their_ids(app, monkeypatch):
    event = make_event(capacity=5, attendance_mode=MIXED)
    group = workshops(event)
    one = comes(event, 1, group, "A")
    every = tuple(sorted(queries.form_of(event.id).every_pool_id))
    assert len(every) == 5
    locked, lock = [], actions.status.capacity.lock

    def noted(pool_ids):
        found = lock(pool_ids)
        locked.append(tuple(found))
        return found

    monkeypatch.setattr(actions.status.capacity, "lock", noted)
    for verb in (
        lambda: comes(event, 2, group, "BC"),
        lambda: change(one, *ids(group, "B")),
        lambda: give_up_now(one),
        lambda: erase_now("guest2@example.org"),
    ):
        locked.clear()
        verb()
        assert locked[0] == every


def give_up_now(one):
    with saving():
        actions.give_up(one, now=clock.now())


def erase_now(email):
    with saving():
        actions.erase(email, now=clock.now())


# -- at the desk


@pytest.fixture
def at_the_desk(app):
    """An event with a form, and the address of its options."""
    event = make_event(capacity=5)
    return event, f"/desk/registrations/{event.id}/options"


def typed(*rows, **more):
    """The form of a group with these rows: (name, places) or (name, places, key)."""
    data = {"label_nl": "Werkplaats", "choose_most": "2", "visible_to": "organisers"} | more
    for number, (name, size, *key) in enumerate(rows):
        data |= {
            f"options-{number}-label_nl": name, f"options-{number}-size": size,
            f"options-{number}-place": str(number + 1), f"options-{number}-key": "".join(key),
        }  # fmt: skip
    return data


@pytest.mark.parametrize("again", ["Lassen", " lassen "])
@pytest.mark.parametrize("name", ["label_nl", "label_en"])
def test_two_options_of_a_group_have_two_names(app, desk, at_the_desk, name, again):
    event, page = at_the_desk
    data = typed(("Lassen", "2"), ("Solderen", "2"))
    data |= {f"options-0-{name}": "Lassen", f"options-1-{name}": again}
    answer = desk.post(f"{page}/new", data=data)
    assert answer.status_code == 422
    assert "Twee opties hebben dezelfde naam." in said(answer)
    assert queries.option_groups(event.id) == []


def groups_of(event):
    db.session.expire_all()
    return [
        (group.label["nl"], [(o.label["nl"], o.pool.size) for o in group.options])
        for group in queries.option_groups(event.id)
    ]


def test_options_are_made_changed_put_in_order_and_removed(app, desk, at_the_desk):
    event, page = at_the_desk
    assert desk.get(f"{page}/new").status_code == 200
    answer = desk.post(f"{page}/new", data=typed(("A", "3"), ("B", ""), ("", "")))
    assert answer.status_code == 303
    assert groups_of(event) == [("Werkplaats", [("A", 3), ("B", None)])]
    [group] = queries.option_groups(event.id)
    first, second = (str(option.id) for option in group.options)
    data = typed(("B", "7", second), ("C", "1"), ("A", "4", first), label_nl="Anders")
    assert desk.post(f"{page}/{group.id}", data=data).status_code == 303
    assert groups_of(event) == [("Anders", [("B", 7), ("C", 1), ("A", 4)])]
    assert desk.post(f"{page}/{group.id}", data=typed(("A", "4", first))).status_code == 303
    assert groups_of(event) == [("Werkplaats", [("A", 4)])]
    assert db.session.scalar(select(func.count()).select_from(Pool)) == 3, "the others are gone"
    desk.post(f"{page}/new", data=typed(("X", "3"), label_nl="Tweede"))
    assert [name for name, _options in groups_of(event)] == ["Werkplaats", "Tweede"]
    desk.post(f"{page}/{group.id}/move", data={"up": "0"})
    assert [name for name, _options in groups_of(event)] == ["Tweede", "Werkplaats"]
    assert desk.post(f"{page}/{group.id}/remove").status_code == 303
    assert [name for name, _options in groups_of(event)] == ["Tweede"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("A", "1"), "2 plaatsen van ‘Werkplaats A’ zijn bezet."),
        (("", ""), "2 plaatsen van ‘Werkplaats A’ zijn bezet."),
    ],
)
def test_what_people_have_cannot_go_or_become_smaller(app, desk, at_the_desk, row, words):
    event, page = at_the_desk
    group = workshops(event)
    for number in (1, 2):
        comes(event, number, group, "A")
    keys = [str(option.id) for option in group.options]
    rows = [(*row, keys[0]), ("Nieuw B", "8", keys[1])]
    answer = desk.post(f"{page}/{group.id}", data=typed(*rows))
    assert answer.status_code == 422
    assert words in said(answer)
    assert 'value="Nieuw B"' in answer.text
    assert [size for _name, size in groups_of(event)[0][1]] == [10, 10, 10]
    answer = desk.post(f"{page}/{group.id}/remove", follow_redirects=True)
    assert words in said(answer)
    assert len(groups_of(event)) == 1


MANY = {
    "Eén persoon heeft er meer en zou er kwijtraken. Minder dan 2 kan dus niet.": ("AB",),
    "2 personen hebben er meer en zouden er kwijtraken. Minder dan 3 kan dus niet.": ("AB", "ABC"),
}


@pytest.mark.parametrize("words", MANY)
def test_what_one_person_may_choose_is_not_less_than_what_somebody_has(
    app, desk, at_the_desk, words
):
    event, page = at_the_desk
    group = workshops(event, choose_most=3)
    for number, letters in enumerate(("A", *MANY[words])):
        comes(event, number, group, letters)
    [form] = page_of(desk, f"{page}/{group.id}").xpath("//form[.//*[@name='choose_most']]")
    shown = dict(form.form_values())
    answer = desk.post(f"{page}/{group.id}", data=shown | {"choose_most": "1", "help_nl": "Kort"})
    assert answer.status_code == 422
    assert words in said(answer)
    assert 'value="Kort"' in answer.text
    db.session.expire_all()
    assert queries.option_groups(event.id)[0].choose_most == 3
    assert desk.post(f"{page}/{group.id}", data=shown | {"choose_most": "3"}).status_code == 303


def test_who_has_more_than_may_be_chosen_by_now_loses_nothing_without_a_word(app, client):
    event = make_event(capacity=5)
    group = workshops(event, choose_most=2)
    one = comes(event, 1, group, "AB")
    with saving():
        group.choose_most = 1
    page = f"{mailed_link(one.email)}/change"
    boxes = page_of(client, page).xpath(f"//*[@name='options_{group.id}'][@checked]")
    data = {"name": "Ana", f"options_{group.id}": [box.get("value") for box in boxes]}
    answer = client.post(page, data=data)
    assert (answer.status_code, has(one)) == (200, "AB")
    assert "Kies er hooguit één." in said(answer)


@pytest.mark.parametrize("page", ["form", "change"])
def test_a_page_with_boxes_of_then_chooses_no_first_one_by_itself(app, client, page):
    """Meanwhile one can be chosen alone."""
    event = make_event(capacity=5)
    group = workshops(event, choose_most=1)
    path = f"/events/{event.slug}/register"
    if page == "change":
        registered(event, ANA)
        path = f"{mailed_link(ANA.email)}/change"
    answer = client.post(path, data=TYPED | fields(group, "AB"))
    assert answer.status_code == 200
    assert "Kies er hooguit één." in said(answer)
    assert taken(group) == [0, 0, 0]


THERE = {
    "hall": "Eén persoon die online meedoet, heeft hier iets van en zou het kwijtraken.",
    "online": "Eén persoon die naar de zaal komt, heeft hier iets van en zou het kwijtraken.",
}


@pytest.mark.parametrize("open_to", THERE)
def test_what_somebody_has_is_not_closed_to_them(app, desk, open_to):
    event = make_event(capacity=5, attendance_mode=MIXED)
    group = workshops(event)
    here = comes(event, 1, group, "AB")
    there = registered(event, make_applicant(2, options=ids(group, "A"), is_online=True))
    page = f"/desk/registrations/{event.id}/options/{group.id}"
    [form] = page_of(desk, page).xpath("//form[.//*[@name='choose_most']]")
    answer = desk.post(page, data=dict(form.form_values()) | {"open_to": open_to})
    assert answer.status_code == 422
    assert THERE[open_to] in said(answer)
    with saving():
        actions.give_up(there if open_to == "hall" else here, now=clock.now())
    [form] = page_of(desk, page).xpath("//form[.//*[@name='choose_most']]")
    answer = desk.post(page, data=dict(form.form_values()) | {"open_to": open_to})
    assert answer.status_code == 303


LOST = "U hebt dit niet meer, want het is er niet waar u meedoet: Werkplaats B."


def accepts(client, page, one):
    assert "In de zaal hebt u dit niet meer: Werkplaats B." in words(letters_to(one.email)[-1])
    assert "In de zaal hebt u dit niet meer: Werkplaats B." in said(client.get(page))
    client.post(f"{page}/accept")


def gets_one(client, page, one):
    with saving():
        actions.promote(fresh(one), by=make_staff(), now=clock.now())


def goes_there(client, page, one):
    form = page_of(client, f"{page}/change")
    ticked = form.xpath("//*[starts-with(@name, 'options_')][@checked]")
    chosen = {box.get("name"): box.get("value") for box in ticked}
    client.post(f"{page}/change", data={"name": "Ana", "attends": "hall", **chosen})


@pytest.mark.parametrize("way", [accepts, gets_one, goes_there])
def test_who_goes_to_the_hall_reads_which_options_stay_behind(app, client, way):
    event = make_event(capacity=1, attendance_mode=MIXED)
    everybody, there = workshops(event), workshops(event, open_to="online")
    seated = registered(event, RUI)
    wanted = ids(everybody, "A") + ids(there, "B")
    waits = {"is_online": True, "waits_for_hall": True}
    one = registered(event, make_applicant(1, options=wanted, **waits))
    with saving():
        actions.give_up(seated, now=clock.now())
    way(client, mailed_link(one.email), one)
    assert has(one) == "A"
    for part in ("text", "html"):
        assert LOST in words(letters_to(one.email)[-1], part)
    assert "Werkplaats: Werkplaats A" in words(letters_to(one.email)[-1])


def test_a_change_of_something_else_leaves_what_is_closed_to_the_letter_about_it(app, noon):
    """The event is in the hall alone by now, and people have not been told."""
    event = make_event(capacity=5, attendance_mode=MIXED, summary="Kort.")
    make_form(event, capacity=5, guests_max=1)
    there = workshops(event, open_to="online")
    who = make_applicant(1, guests=("Gast",), options=ids(there, "B"), is_online=True)
    one = registered(event, who)
    with saving():
        found = fresh(one).event
        changed = content(found, attendance_mode=AttendanceMode.OFFLINE)
        events.change(found, changed, by=None, now=clock.now())
    change(one)
    with saving():
        actions.leave_party(fresh(one).guests[0], now=clock.now())
    assert has(one) == "B"
    noon.set(NOON + timedelta(hours=1))
    jobs.find_changes()
    assert has(one) == ""
    assert LOST in words(letters_to(one.email)[-1])


def test_an_option_that_somebody_had_goes_and_the_night_is_quiet(app, desk, at_the_desk):
    event, page = at_the_desk
    group = workshops(event, 3)
    one = comes(event, 1, group, "A")
    change(one)
    assert desk.post(f"{page}/{group.id}/remove").status_code == 303
    assert groups_of(event) == []
    with saving():
        assert actions.recount(now=clock.now()) == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (typed(("", "")), "Geef ten minste één optie."),
        (typed(("A", "-1")), "Vul een getal in van 0 tot en met 1.000.000."),
        (typed(("A", "1"), choose_most="0"), "Vul een getal tussen 1 en 40 in."),
        (typed(("A", "1"), label_nl=""), "Geef de naam in het Nederlands."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(app, desk, at_the_desk, data, words):
    event, page = at_the_desk
    answer = desk.post(f"{page}/new", data=data)
    assert answer.status_code == 422
    assert words in said(answer)
    assert groups_of(event) == []


def test_the_list_counts_filters_and_exports_by_option(app, desk, at_the_desk):
    event, _page = at_the_desk
    group = workshops(event, 2, None)
    comes(event, 1, group, "AB")
    comes(event, 2, group, "B")
    people = f"/desk/registrations/{event.id}"
    everybody = said(desk.get(people))
    assert "Werkplaats A 1 van 2" in everybody
    assert "Werkplaats B 2" in everybody
    some = said(desk.get(f"{people}?option={ids(group, 'A')[0]}"))
    assert "Gast 1" in some
    assert "Gast 2" not in some
    other = workshops(make_event(capacity=3))
    assert "Gast 2" in said(desk.get(f"{people}?option={ids(other, 'A')[0]}")), (
        "of this event alone"
    )
    lines = desk.get(f"{people}/list.csv").text.splitlines()
    assert "Werkplaats" in lines[0]
    assert '"Werkplaats A, Werkplaats B"' in lines[1] or "Werkplaats A, Werkplaats B" in lines[1]
    one = db.session.scalars(registered_as("guest1@example.org")).one()
    assert "Werkplaats A, Werkplaats B" in said(desk.get(f"{people}/{one.id}"))


@pytest.mark.parametrize("visible_to", list(VisibleTo))
def test_the_door_sees_what_it_may(app, at_the_desk, visible_to):
    event, _page = at_the_desk
    group = workshops(event, visible_to=visible_to)
    one = comes(event, 1, group, "A")
    door = signed_in(app, Role.DOOR)
    sees = visible_to is VisibleTo.DOOR
    people = f"/desk/registrations/{event.id}"
    for path in (people, f"{people}/{one.id}", f"{people}/list.csv"):
        assert ("Werkplaats" in door.get(path).text) is sees, path
    filtered = door.get(f"{people}?option={ids(group, 'B')[0]}").text
    assert ("Gast 1" in filtered) is not sees, "who may not see it cannot ask for it"


def test_a_colleague_who_saved_meanwhile_is_not_undone(app, desk, at_the_desk):
    event, page = at_the_desk
    group = workshops(event)
    opened = page_of(desk, f"{page}/{group.id}")
    [form] = opened.xpath("//form[.//*[@name='choose_most']]")
    shown = dict(form.form_values())
    assert desk.post(f"{page}/{group.id}", data=shown | {"choose_most": "3"}).status_code == 303
    assert desk.post(f"{page}/{group.id}", data=shown | {"label_nl": "Later"}).status_code == 303
    [kept] = queries.option_groups(event.id)
    assert (kept.label["nl"], kept.choose_most) == ("Later", 3)
    row = {"options-0-label_nl": "Mijn"}
    desk.post(f"{page}/{group.id}", data=shown | {"options-0-label_nl": "Van een ander"})
    assert "Van een ander" in said(desk.post(f"{page}/{group.id}", data=shown | row))
    assert groups_of(event)[0][1][0][0] == "Van een ander"


def test_a_form_that_is_sent_twice_makes_its_new_options_once(app, desk, at_the_desk):
    event, page = at_the_desk
    group = workshops(event, 3)
    [form] = page_of(desk, f"{page}/{group.id}").xpath("//form[.//*[@name='choose_most']]")
    shown = dict(form.form_values()) | {"options-1-label_nl": "Nieuw"}
    wrong = desk.post(f"{page}/{group.id}", data=shown | {"choose_most": "veel"})
    assert wrong.status_code == 422
    for _twice in range(2):
        answer = desk.post(f"{page}/{group.id}", data=shown)
        assert (answer.status_code, answer.location) == (
            303, f"/desk/registrations/{event.id}/settings#options",
        )  # fmt: skip
        assert groups_of(event) == [("Werkplaats", [("Werkplaats A", 3), ("Nieuw", None)])]
    assert "Van een collega" not in said(desk.get(f"{page}/{group.id}"))


def test_a_draft_that_nobody_saw_goes_with_its_options(app):
    event = make_event(capacity=5)
    workshops(event)
    with saving():
        actions.remove_of(queries.form_of(event.id).event)
    assert db.session.scalars(select(Pool)).all() == []
    assert db.session.scalars(select(Option)).all() == []
    assert make_staff()


def test_the_journal_says_of_which_event_a_group_is(desk):
    for title in ("Eerste avond", "Tweede avond"):
        page = f"/desk/registrations/{make_event(title, capacity=3).id}/options/new"
        assert desk.post(page, data=typed(("A", "3"))).status_code == 303
    wanted = select(JournalEntry.subject_label).where(
        JournalEntry.verb == "registrations.options_added"
    )
    first, second = db.session.scalars(wanted.order_by(JournalEntry.id))
    assert ("Werkplaats" in first, "Eerste avond" in first) == (True, True)
    assert ("Werkplaats" in second, "Tweede avond" in second) == (True, True)


def test_a_group_that_must_be_chosen_from_is_not_called_optional(app, client):
    event = make_event(capacity=5)
    must, may = workshops(event, 1, is_required=True), workshops(event, 1, 1)

    def is_optional(group):
        page = page_of(client, f"/events/{event.slug}/register")
        return page.xpath(f"boolean(//*[@id='options_{group.id}']/legend/*[@class='optional'])")

    assert (is_optional(must), is_optional(may)) == (False, True)
    comes(event, 1, must, "A")
    assert is_optional(must), "nothing is left to be chosen"
