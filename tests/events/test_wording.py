"""Texts do not move with the event: what in them no longer fits is pointed at, and nothing else."""

from datetime import timedelta

import pytest

from events_app.events import rules
from events_app.events.models import Status
from tests.conftest import NOON
from tests.factories.events import SOON, make_event


def found(words, *, starts=SOON, ends=None, was=None, was_end=None, **more):
    """13.00–17.30 uur on Thursday 18 March 2027, or else what is given."""
    ends = ends or starts + timedelta(hours=4, minutes=30)
    event = make_event(
        starts_at=starts, ends_at=ends, previous_starts_at=was, previous_ends_at=was_end,
        description=words if isinstance(words, dict) else {"nl": words}, **more,
    )  # fmt: skip
    return pointed_at(event)


def pointed_at(event, **more):
    known = rules.record(event, **more)
    return [str(each) for each in rules.contradictions(rules.texts(event), known, now=NOON)]


HALF = timedelta(minutes=30)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "words",
    ["Inloop vanaf 13.00 uur.", "We beginnen om 13:00.", "Start 13u00", "Om 13 uur gaat het los."],
)
def test_the_hour_of_before_is_pointed_at(app, words):
    with app.test_request_context("/"):
        [sentence] = found(words, starts=SOON + HALF, was=SOON, was_end=SOON + 9 * HALF)
    assert sentence.startswith("Beschrijving in het Nederlands: daar staat 13")
    assert sentence.endswith("maar de bijeenkomst begint om 13.30 uur.")


def test_english_texts_and_ends_too(app):
    words = {"en": "From 13:00 to 17:30 we talk."}
    with app.test_request_context("/?lang=en"):
        begins, ends = found(
            words, starts=SOON + HALF, ends=SOON + 7 * HALF, was=SOON, was_end=SOON + 9 * HALF
        )
    assert (
        begins == "Description in English says 13:00, as it was before; the event begins at 13:30."
    )
    assert ends == "Description in English says 17:30, as it was before; the event ends at 16:30."


@pytest.mark.parametrize(
    "words",
    [
        "Programma: 13.30 uur opening, 15.00 uur pauze, 18.00 uur einde.",
        "Bel 06-13.00.13.00 of kom naar kamer 213.00.",
        "Op 18 maart 2026 was de vorige.",
        "Het kost 113.00 euro, en duurt 14 uur.",
    ],
)
def test_what_fits_is_left_alone(app, words):
    with app.test_request_context("/"):
        assert found(words, starts=SOON + HALF, was=SOON, was_end=SOON + 9 * HALF) == []


def test_an_hour_on_the_programme_is_no_mistake_unless_something_begins_then(app):
    moved = {"starts": SOON - HALF, "was": SOON, "was_end": SOON + 9 * HALF}
    with app.test_request_context("/"):
        assert found("Om 13.00 uur spreekt Ana.", **moved) == []
        assert len(found("De middag begint om 13.00 uur.", **moved)) == 1


@pytest.mark.parametrize("words", ["donderdag 18 maart", "18 mrt 2027", "March 18th", "18 March"])
def test_the_day_of_before_is_pointed_at(app, words):
    with app.test_request_context("/"):
        [sentence] = found(f"Kom op {words}!", starts=SOON + 7 * DAY, was=SOON)
    assert sentence.endswith("maar de bijeenkomst is op donderdag 25 maart 2027, 13.00–17.30 uur.")


def test_a_weekday_that_is_not_the_dates_is_pointed_at_without_any_move(app):
    with app.test_request_context("/"):
        [sentence] = found("Kom op vrijdag 18 maart 2027.")
    assert "klopt de weekdag niet bij de datum" in sentence


def test_hours_are_those_of_the_events_own_zone(app):
    with app.test_request_context("/"):
        [sentence] = found(
            "We beginnen om 14.00 uur.", starts=SOON + HALF, was=SOON, timezone="Europe/Helsinki"
        )
    assert sentence.endswith("begint om 14.30 uur.")


@pytest.mark.parametrize(
    "words",
    [
        "De volgende keer is op 3 april.",
        "Op 18 maart 2026 was de vorige, om 9.00 uur.",
        "De inloop is vanaf 12.15 uur, de borrel tot 18.15 uur.",
        "Meld je aan tot 10 april, 9.00 uur.",
        "Kom om 3 uur naar het plein; at 2 pm we open.",
        "Het kost 9.50 euro, duurt 2 uur, en is van versie 3.11.",
    ],
)
def test_what_is_clearly_of_something_else_is_left_alone(app, words):
    with app.test_request_context("/"):
        assert found(words) == []


@pytest.mark.parametrize(
    "words",
    ["Kom op 17 maart.", "Kom op 20 maart!", "Om 9.00 uur open.", "From 8 pm."],
)
def test_what_stands_beside_the_event_is_pointed_at_without_any_move(app, words):
    with app.test_request_context("/"):
        [sentence] = found(words)
    assert sentence.endswith("maar de bijeenkomst is op donderdag 18 maart 2027, 13.00–17.30 uur.")


def test_days_and_hours_of_registration_and_all_days_of_several_fit(app):
    closes = SOON - 2 * DAY + timedelta(hours=5)
    event = make_event(
        ends_at=SOON + DAY, description={"nl": "Tot 16 maart, 18.00 uur. Kom op 19 maart om 9.00."}
    )
    with app.test_request_context("/"):
        assert pointed_at(event, registers=[None, closes]) == []
        assert len(pointed_at(event)) == 1


@pytest.mark.parametrize(
    ("status", "why"),
    [("cancelled", "gaat niet door"), ("postponed", "heeft nog geen nieuwe datum")],
)
def test_no_day_and_no_beginning_fits_what_is_off(app, status, why):
    words = "Kom op 18 maart naar Hoorn. We beginnen om 13.00 uur. Om 15.00 uur spreekt Ana."
    with app.test_request_context("/"):
        day, hour = found(words, status=Status(status))
    assert "18 maart" in day
    assert "13.00" in hour
    assert day.endswith(f"maar de bijeenkomst {why}.")


def test_the_desk_shows_it(desk):
    event = make_event(
        starts_at=SOON + HALF,
        previous_starts_at=SOON,
        description={"nl": "Om 13.00 uur begint het."},
    )
    assert (
        "daar staat 13.00, zoals het eerst was, maar de bijeenkomst begint"
        in desk.get(f"/desk/events/{event.id}").text
    )
