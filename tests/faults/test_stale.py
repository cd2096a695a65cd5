"""Two colleagues have the same form of the desk open; the second to save undoes nothing unseen.

All forms of the desk are found on its pages. Each says on which state it was opened, or carries a
key because it makes something (test_twice.py), or stands in NEITHER with the reason.
"""

import pytest

from tests.confirming import mark_in
from tests.faults.visiting import TEXTS, endpoint, forms_on, pages

pytestmark = pytest.mark.once

CHANGED = {
    "accounts_desk.colleague", "accounts_desk.me", "contacts_desk.edit_organisation",
    "events_desk.edit", "events_desk.stop", "invitations_desk.edit", "kits_desk.edit",
    "newsletters_desk.edit", "people_desk.edit", "registrations_desk.allotment",
    "registrations_desk.question", "registrations_desk.options",
    "registrations_desk.settings",
    "themes_desk.edit", "venues_desk.series", "venues_desk.venue",
}  # fmt: skip
NEITHER = {
    "site_desk.search_for": "looks for something",
    "privacy_desk.look": "looks for something",
    "site_desk.style_sent": "shows how forms look",
    "site_desk.cancel_registration": "a registration is given up once",
    "newsletters_desk.schedule": "one moment, shown beside the button; the last one holds",
}
THEIRS, MINE = "Saved by a colleague", "Typed by me"
BOTH = "Een collega heeft dit gewijzigd terwijl u ermee bezig was"


def forms_of_the_desk(house):
    """Each once: what it does, and the form as an owner sees it."""
    found = {}
    for page in pages(house):
        for form in forms_on(page.text, page.path) if page.door.is_desk else ():
            if form.method == "POST":
                found.setdefault((endpoint(house, form), form.action), form)
    return [(name, form) for (name, _action), form in found.items()]


def names(form):
    return {each.name for each in form.fields}


def undecided(forms):
    return sorted(
        {name for name, form in forms if not {"opened", "once"} & names(form)} - {*NEITHER}
    )


def test_every_form_of_the_desk_says_on_which_state_it_was_opened(house):
    forms = forms_of_the_desk(house)
    assert undecided(forms) == [], (
        "These forms change something and do not say on which state they were opened: build them"
        " with core.editing.editing. If they make something, spend a key (core/idempotency.py)."
    )
    assert {name for name, form in forms if "opened" in names(form)} == CHANGED


def test_a_form_that_does_not_say_so_is_found(house):
    forms = forms_of_the_desk(house)
    for _name, form in forms:
        form.fields = [each for each in form.fields if each.name != "opened"]
    assert {*undecided(forms)} >= CHANGED


def other(each, words):
    """Another value for the field."""
    if each.kind == "number":
        return "5" if words == THEIRS else "6"
    if each.kind == "select":
        return next(option for option in each.offered if option != each.value)
    return words


def open_fields(form):
    """Of which anything can be typed; then numbers, then lists."""
    kinds = (*TEXTS, "number"), ("select",)
    return [each for some in kinds for each in form.fields if each.kind in some
            and (each.kind != "select" or len(each.offered) > 1)
            and not each.name.endswith("_url")]  # fmt: skip


class Colleagues:
    """Both have the form open."""

    def __init__(self, house, form):
        self.house, self.form, self.owner = house, form, house.visitor("owner")

    def save(self, form=None, **changed):
        form = form or self.form
        data = form.shown(**changed)
        answer = self.owner.ask(self.house.app, form.action, "POST", data=data)
        if mark := mark_in(answer):  # of what follows from it
            data["confirmed"] = mark
            answer = self.owner.ask(self.house.app, form.action, "POST", data=data)
        return answer

    def again(self, answer):
        """The form as it stands in the answer; it may no longer ask about what follows."""
        mine = names(self.form) - {"confirmed"}
        return next(
            form for form in forms_on(answer.text, self.form.page)
            if form.action == self.form.action and mine <= names(form)
        )  # fmt: skip

    def stored(self, name):
        page = self.owner.ask(self.house.app, self.form.page)
        form = self.again(page)
        return next(each.value for each in form.fields if each.name == name)


def edits(house):
    return [(name, form) for name, form in forms_of_the_desk(house) if "opened" in names(form)]


def back(house):
    house.kept.back(house.kept.changed())


def wrong_with_the_same(house, form):
    both, field = Colleagues(house, form), open_fields(form)[0]
    theirs, mine = other(field, THEIRS), other(field, MINE)
    if both.save(**{field.name: theirs}).status_code != 303:
        return "the first could not save"
    refused = both.save(**{field.name: mine})
    shown = refused.text
    said = [] if refused.status_code in (200, 409, 422) else [f"answered {refused.status_code}"]
    said += [] if BOTH in shown and theirs in shown and mine in shown else ["does not show both"]
    said += [] if both.stored(field.name) == theirs else ["saved all the same"]
    if said:
        return ", ".join(said)
    form_again = both.again(refused)
    kept = next(each.value for each in form_again.fields if each.name == field.name)
    said += [] if kept == mine else [f"kept {kept!r} and not what was typed"]
    again = both.save(form_again)
    said += [] if again.status_code == 303 else [f"a dead end: {again.status_code}"]
    said += [] if both.stored(field.name) == mine else ["does not hold when sent again"]
    return ", ".join(said)


def wrong_with_others(house, form):
    both, (one, two) = Colleagues(house, form), open_fields(form)[:2]
    theirs, mine = other(one, THEIRS), other(two, MINE)
    if both.save(**{one.name: theirs}).status_code != 303:
        return "the first could not save"
    status = both.save(**{two.name: mine}).status_code
    said = [] if status == 303 else [f"answered {status}"]
    said += [] if both.stored(one.name) == theirs else [f"undid {one.name}"]
    said += [] if both.stored(two.name) == mine else [f"lost {two.name}"]
    return ", ".join(said)


def wrongs(house, check):
    found = {}
    for name, form in edits(house):
        found[f"{name} {form.action}"] = check(house, form)
        back(house)
    return {name: said for name, said in found.items() if said}


def test_where_two_change_the_same_the_second_sees_both_and_may_keep_theirs(house):
    assert wrongs(house, wrong_with_the_same) == {}


def test_what_somebody_left_alone_stays_as_a_colleague_saved_it(house):
    assert wrongs(house, wrong_with_others) == {}


@pytest.mark.parametrize("check", [wrong_with_the_same, wrong_with_others])
def test_a_form_that_carries_nothing_is_caught(house, check):
    """Negative control: without its marks the last save wins."""
    found = set()
    for name, form in edits(house):
        form.fields = [each for each in form.fields if each.name != "opened"]
        try:
            found |= {name} if check(house, form) else set()
        except StopIteration:  # no form stands in the answer any more
            found |= {name}
        back(house)
    assert found >= CHANGED
