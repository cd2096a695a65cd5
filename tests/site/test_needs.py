"""The first page of the desk says what needs somebody, and leads there."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update

from events_app.accounts.models import Role
from events_app.core.db import db, saving
from events_app.core.letters import Stream
from events_app.delivery import actions as delivery
from events_app.delivery.models import OutboxMessage, State
from events_app.events import actions as events
from events_app.events import component as events_component
from events_app.events.models import Ownership, Status
from events_app.kits import jobs
from events_app.newsletters.models import IssueStatus
from events_app.registrations import jobs as registrations
from tests.conftest import NOON, signed_in
from tests.delivery.conftest import enqueued
from tests.events.test_actions import content
from tests.factories.events import make_event
from tests.factories.kits import make_kit, make_partner, publish
from tests.factories.newsletters import event_block, make_issue
from tests.factories.registrations import ANA, make_applicant, make_form, registered
from tests.kits.test_life import took, touch

SOON = NOON + timedelta(days=14)
ALL_STANDS = "De e-mail staat stil. Er gaat niets weg tot iemand de verzending weer aanzet."


def needed(browser):
    """The sentences, each with where its button leads."""
    page = BeautifulSoup(browser.get("/desk/").text, "html.parser")
    lines = page.select(".needs li")
    return {" ".join(line.p.get_text().split()): line.a["href"] for line in lines}


def test_when_nothing_waits_the_page_says_what_would_stand_there(desk):
    registered(make_event("Vol genoeg", SOON, capacity=1), ANA)
    assert needed(desk) == {}
    assert "Er wacht niets op u" in desk.get("/desk/").text


def test_an_event_that_nobody_can_register_for(desk):
    event = make_event("Zonder formulier", SOON)
    make_event("Van een ander", SOON, ownership=Ownership.EXTERNAL)
    assert needed(desk) == {
        "Zonder formulier · 28 jan 2027, 12.00 is openbaar, maar niemand kan zich aanmelden."
        " De bijeenkomst begint op"
        " donderdag 28 januari 2027.": f"/desk/registrations/{event.id}/settings"
    }


def test_an_event_that_is_near_and_nearly_empty(desk):
    event = make_event("Bijna leeg", SOON, capacity=3)
    make_event("Nog lang niet", NOON + timedelta(days=90), capacity=3)
    assert list(needed(desk).values()) == [f"/desk/registrations/{event.id}"]
    assert "0 van de 3 plaatsen" in next(iter(needed(desk)))
    registered(event, ANA)
    assert needed(desk) == {}


def test_people_who_wait_while_places_are_free(desk):
    event = make_event("Wachten", SOON, capacity=1)
    registered(event, ANA)
    registered(event, make_applicant(1))
    assert needed(desk) == {}
    make_form(event, capacity=3)
    [sentence] = needed(desk)
    assert (
        sentence
        == "Wachten · 28 jan 2027, 12.00 heeft 2 vrije plaatsen, terwijl één persoon wacht."
    )


@pytest.mark.parametrize(
    ("status", "starts_at", "words"),
    [
        (Status.DRAFT, SOON, "is nog een concept"),
        (Status.POSTPONED, SOON, "is uitgesteld en heeft nog geen nieuwe datum"),
        (Status.PUBLISHED, NOON - timedelta(days=2), "Schrijf het verslag"),
    ],
)
def test_an_event_that_is_not_settled(desk, status, starts_at, words):
    event = make_event("Iets", starts_at, status=status, capacity=1)
    [(sentence, page)] = needed(desk).items()
    assert words in sentence
    assert page.startswith(f"/desk/events/{event.id}")


def test_letters_that_may_not_have_arrived_were_refused_or_stand_still(desk):
    enqueued("a@example.org", "b@example.org", "c@example.org", stream=Stream.PERSONAL)
    enqueued("d@example.org", stream=Stream.BULK)
    states = [State.UNCERTAIN, State.FAILED, State.UNCERTAIN, State.FAILED]
    with saving():
        keys = list(db.session.scalars(db.select(OutboxMessage.id).order_by(OutboxMessage.id)))
        for key, state in zip(keys, states, strict=True):
            of_one = update(OutboxMessage).where(OutboxMessage.id == key)
            db.session.execute(of_one.values(state=state, changed_at=NOON))
        delivery.pause("all", now=NOON)
    assert list(needed(desk)) == [
        ALL_STANDS,
        "2 e-mails zijn misschien niet aangekomen.",
        "Eén e-mail is de laatste zeven dagen geweigerd.",
    ]


@pytest.mark.parametrize(
    ("subject", "until", "words"),
    [
        ("all", None, [ALL_STANDS]),
        ("stream:bulk", None, ["Een deel van de e-mail staat stil tot iemand die weer aanzet."]),
        ("all", NOON + timedelta(minutes=1), []),
        ("domain:example.org", NOON + timedelta(minutes=10), []),
        ("domain:example.org", None, []),
        ("campaign:issue:7", None, []),
    ],
)
def test_a_rest_of_minutes_or_of_one_domain_is_no_standstill(desk, subject, until, words):
    with saving():
        delivery.pause(subject, until=until, now=NOON)
    assert list(needed(desk)) == words


def test_many_that_are_over_hide_no_draft(desk):
    for number in range(events_component.MOST_NEEDS + 1):
        make_event(f"Voorbij {number}", NOON - timedelta(days=2), capacity=1)
    draft = make_event("Concept", SOON, status=Status.DRAFT)
    postponed = make_event("Uitgesteld", SOON, status=Status.POSTPONED)
    pages = list(needed(desk).values())
    assert {f"/desk/events/{draft.id}", f"/desk/events/{postponed.id}/edit"} <= set(pages)
    assert len(pages) == events_component.MOST_NEEDS + 2


def test_newsletters_that_are_stuck(desk):
    event = make_event("Veranderd", NOON + timedelta(days=90), capacity=3)
    block = event_block(event) | {"seen": event.revision - 1}
    wanted = {
        make_issue(subject="Een", blocks=[block]).id: "intussen is veranderd",
        make_issue(subject="Twee", held_because="changed").id: "niet verstuurd zoals gepland",
        make_issue(subject="Drie", status=IssueStatus.PAUSED, sent_at=NOON).id: "halverwege stil",
        make_issue(subject="Vier", status=IssueStatus.APPROVED).id: "nog niet verstuurd",
    }
    make_issue(subject="Gewoon een concept")
    found = {int(re.search(r"\d+", page)[0]): words for words, page in needed(desk).items()}
    assert found.keys() == wanted.keys()
    assert all(words in found[key] for key, words in wanted.items())


def test_a_kit_that_partners_cannot_see(desk):
    kit = make_kit(make_event("Met kit", NOON + timedelta(days=90), capacity=3), is_published=False)
    assert list(needed(desk).values()) == [f"/desk/kits/{kit.id}"]


@pytest.mark.parametrize(
    ("embargo", "words"),
    [
        pytest.param(
            None,
            "e-mails wachten tot bekend is welke bestanden van de partners verouderd zijn.",
            marks=pytest.mark.once,
        ),
        (timedelta(days=1), "e-mails weg, na vrijdag 15 januari 2027, 12.00 uur."),
        pytest.param(-timedelta(days=1), "e-mails wachten tot bekend is", marks=pytest.mark.once),
    ],
)
def test_letters_to_partners_that_wait_for_their_files_to_be_compared(desk, noon, embargo, words):
    event = make_event("Met kit", NOON + timedelta(days=90), capacity=3)
    kit, whole, part = make_kit(event), make_partner("Een", people=("A", "B")), make_partner("Twee")
    make_partner("Nam niets")
    took(kit, whole, "zip")
    took(kit, part, "text/x")
    with saving():
        kit.embargo_until = NOON + embargo if embargo else None
    touch(event, title={"nl": "Anders"})
    assert needed(desk) == {}
    version = publish(kit)
    [(sentence, page)] = needed(desk).items()
    assert sentence.startswith(
        "Anders · 14 apr 2027, 13.00 heeft een nieuwe versie van de communicatie"
    )
    assert words in sentence
    assert "ooguit 3" in sentence
    assert page == f"/desk/kits/{kit.id}"
    assert words in " ".join(desk.get(page).text.split())
    took(kit, whole, "zip")
    assert "ooguit één" in next(iter(needed(desk)))
    noon.set(NOON + timedelta(days=1, seconds=0.3))
    jobs.tell(version.id)
    assert needed(desk) == {}


def test_everyone_sees_what_their_role_can_do_something_about(app):
    make_event("Zonder formulier", SOON)
    make_kit(make_event("Met kit", NOON + timedelta(days=90), capacity=3), is_published=False)
    enqueued("a@example.org")
    assert needed(signed_in(app, Role.DOOR)) == {}
    [editor] = needed(signed_in(app, Role.EDITOR))
    assert editor.startswith("Met kit")
    assert len(needed(signed_in(app, Role.ORGANISER))) == 2


def test_the_page_asks_few_statements_however_much_there_is(desk, statements):
    for number in range(5):
        make_event(f"Zonder {number}", SOON)
    del statements[:]
    desk.get("/desk/")
    assert len(statements) <= 16, len(statements)


def test_letters_about_a_change_that_wait_are_counted_with_when_and_can_be_sent_at_once(desk, noon):
    event = make_event("Verzet", NOON + timedelta(days=90), capacity=1, summary="Kort.")
    for who in (ANA, make_applicant(1)):
        registered(event, who)
    noon.set(NOON + timedelta(minutes=3, seconds=17.3))
    with saving():
        later = event.starts_at + timedelta(minutes=30)
        events.change(event, content(event, starts_at=later), by=None, now=noon.moment)
    [(sentence, page)] = needed(desk).items()
    assert sentence.startswith(
        "Verzet · 14 apr 2027, 13.30 is veranderd. 2 e-mails daarover gaan weg om 12.23 uur."
    )
    shown = " ".join(desk.get(page).text.split())
    for words in (
        "2 e-mails over deze wijziging zijn nog niet weg", "1 e-mail aan iemand met een plaats.",
        "1 e-mail aan iemand op de wachtlijst.", "Ze gaan weg om 12.23 uur.",
        "tot uiterlijk 13.03 uur",
    ):  # fmt: skip
        assert words in shown, words
    assert desk.post(f"/desk/registrations/{event.id}/tell").status_code == 303
    registrations.find_changes()
    assert needed(desk) == {}
    assert "nog niet weg" not in desk.get(page).text
    assert (
        "verstuurde de wachtende e-mails over bijeenkomst Verzet · 14 apr 2027, 13.30 meteen"
        in desk.get("/desk/").text
    )
