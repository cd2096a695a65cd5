"""What a form makes is made once, however often it is sent: double click, reload, back and again.

Every form and button of the house is sent twice, as it stood in the page. A form that makes rows
and stands in no list here must spend a key (core/idempotency.py).
"""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from events_app.core.db import Base, db
from events_app.delivery.models import OutboxMessage
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.registrations import ANA, RUI, mailed_link, make_form, registered
from tests.faults.visiting import endpoint, every_form_on, forms_sent

pytestmark = pytest.mark.once

ONCE_BY_THEMSELVES = {
    "registrations.register": "once by its address: the second is told by a letter to it",
    "newsletters.subscribe": "once by its address: the link is mailed again",
    "accounts.sign_in": "each asks for a link of its own, and the last one works",
    "invitations.ask_link": "a wish: who has two of them gets one letter",
    "kits.ask_link": "a wish: who has two of them gets one letter",
}
COUNTED = {"rate_count"}
"""Each sending counts against the limits."""
KEYS = {"spent_key"}
DOUBLED = {
    "events_desk.copy", "newsletters_desk.create", "newsletters_desk.copy",
    "newsletters_desk.test", "delivery_desk.send_trial", "site.contact",
    "registrations.address", "registrations_desk.add_options", "registrations_desk.held",
}  # fmt: skip
"""Made twice without the key; the others of MAKING are once by a name or an address as well (a new
event by that of its new venue)."""
MAKING = DOUBLED | {
    "events_desk.new",
    "registrations.hand_over", "registrations_desk.add_question",
    "accounts_desk.invite", "contacts_desk.add_organisation", "contacts_desk.renew_link",
    "invitations.invite",
    "invitations.invite_list",
    "invitations_desk.appoint", "invitations_desk.hold", "invitations_desk.invite",
    "invitations_desk.send_link",
    "kits_desk.create", "kits_desk.send_link", "people_desk.add", "people_desk.join",
    "delivery_desk.pause", "themes_desk.add", "newsletters.confirm",
}  # fmt: skip

REMOVING = {
    "registrations.leave_party",
    "newsletters_desk.throw_away", "people_desk.leave", "registrations_desk.erase_guest",
    "registrations_desk.release", "registrations_desk.remove_allotment",
    "registrations_desk.remove_options", "registrations_desk.remove_question",
    "delivery_desk.arrived", "delivery_desk.send_again", "delivery_desk.all_arrived",
    "delivery_desk.send_all_again", "delivery_desk.resume",
}  # fmt: skip
"""Those too that settle what waited for somebody."""


def counts(house):
    return {name: house.kept.count(name) for name in Base.metadata.tables}


def more(before, after):
    return {name for name in after if after[name] > before[name]}


def sent_twice(house, noon, visitor, form, *, without=()):
    """What the first made, what the second made a minute later, and how both were answered."""
    data = form.filled(f"Made once {number}" for number in itertools.count())
    data |= {name: "guest@example.org" for name in data if name == "list-people"}
    data = {name: value for name, value in data.items() if name not in without}
    at_first = counts(house)
    first = form.send(visitor, house.app, data)
    between = counts(house)
    noon.set(NOON + timedelta(seconds=61.7))
    second = form.send(visitor, house.app, data)
    at_last = counts(house)
    house.kept.back(house.kept.changed())
    noon.set(NOON)
    made = more(at_first, between) - COUNTED - KEYS - {"journal_entry"}
    return made, more(between, at_last) - COUNTED, first, second


def wrong(house, noon, visitor, form):
    made, again, first, second = sent_twice(house, noon, visitor, form)
    has_key = "once" in {each.name for each in form.fields}
    if has_key and first.status_code != 303:
        return f"the first was answered {first.status_code}"
    said = [f"made {sorted(again)} again"] if made and again else []
    there = ELSEWHERE.get(endpoint(house, form), first.location)
    if has_key and (second.status_code, second.location) != (303, there):
        said.append(f"led to {there} and then to {second.location}")
    return ", ".join(said)


def test_what_is_sent_twice_is_made_once_and_leads_to_the_same_place(house, noon):
    found = {}
    for visitor, form in forms_sent(house):
        name = endpoint(house, form)
        if name not in ONCE_BY_THEMSELVES and (said := wrong(house, noon, visitor, form)):
            found[f"{name} {form.action}"] = said
    assert found == {}, "Let these doors spend a key: core/idempotency.py."


ELSEWHERE = {"newsletters.confirm": "/newsletter/archive"}
"""The first leads to a personal link, which no table holds."""
IN_ANOTHER_BROWSER = {"accounts.enter"}
"""Each sending here comes from a new one; tests/accounts press twice in the same."""
TWICE = {
    "accounts.sign_out", "invitations.accept", "invitations.decline", "invitations.object_to",
    "newsletters.preferences", "registrations.guest_answers",
    "registrations.cancel", "registrations.transfer", "registrations.decline",
    "registrations.take_back", "site_desk.cancel_registration", "events_desk.stop",
    "newsletters.confirm", "newsletters_desk.throw_away", "newsletters_desk.approve",
    "people_desk.leave", "registrations_desk.erase_guest", "registrations_desk.remove_question",
    "invitations.withdraw", "invitations_desk.withdraw", "kits_desk.withdraw", "kits_desk.edit",
    "delivery_desk.arrived", "delivery_desk.send_again", "delivery_desk.all_arrived",
    "delivery_desk.send_all_again", "delivery_desk.resume",
}  # fmt: skip
"""Some of those that the test must meet."""


def test_an_act_that_was_done_is_not_called_a_mistake_when_it_comes_twice(house, noon):
    """Double click, reload: who presses twice reads of no mistake, and no letter leaves twice."""
    found, seen = {}, set()
    for visitor, form in forms_sent(house):
        name = endpoint(house, form)
        # opened anew: what follows may be other than when all forms were gathered
        opened = every_form_on(visitor.ask(house.app, form.page).text, form.page)
        now = next((each for each in opened if each.action == form.action), form)
        _made, again, first, second = sent_twice(house, noon, visitor, now)
        if first.status_code != 303 or name in IN_ANOTHER_BROWSER:
            continue
        seen.add(name)
        tells_again = "outbox_message" in again and name not in ONCE_BY_THEMSELVES
        if second.status_code != 303 or tells_again:
            found[form.action] = second.status_code, again
    assert found == {}
    assert seen >= TWICE


def test_an_offer_that_was_taken_is_taken_twice(app, client, noon):
    event = make_event(capacity=1)
    make_form(event, capacity=1)
    ana, rui = registered(event, ANA), registered(event, RUI)
    client.post(f"{mailed_link(ana.email)}/cancel")
    page = mailed_link(rui.email)
    counted = []
    for _ in range(2):
        answer = client.post(f"{page}/accept")
        assert (answer.status_code, answer.location) == (303, page)
        counted.append(db.session.scalar(select(func.count()).select_from(OutboxMessage)))
    assert counted[0] == counted[1]


def test_all_forms_that_make_or_remove_something_carry_a_key(house):
    forms = forms_sent(house)
    with_key = {endpoint(house, form) for _visitor, form in forms
                if "once" in {each.name for each in form.fields}}  # fmt: skip
    assert with_key == MAKING | REMOVING


def test_without_its_key_a_form_makes_it_again(house, noon):
    """Negative control."""
    doubled = set()
    for visitor, form in forms_sent(house):
        if endpoint(house, form) in MAKING:
            _made, again, _first, _second = sent_twice(
                house, noon, visitor, form, without=("once",)
            )
            doubled |= {endpoint(house, form)} if again else set()
    assert doubled >= DOUBLED
