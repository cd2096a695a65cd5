"""A kit that nobody sees any more, and a link that opens no page: both say so."""

from datetime import timedelta

import pytest

from events_app.contacts import actions as contacts
from events_app.core import tokens
from events_app.core.db import saving
from events_app.events.models import Status
from tests.conftest import NOON
from tests.factories.accounts import make_staff
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador
from tests.factories.kits import make_kit, make_partner, page_of
from tests.pages import shown

FOLLOWS = "Een nieuwe versie volgt vanzelf"


@pytest.fixture
def archived(app):
    """The kit of an event that was called off, and put away before its day."""
    event = make_event(summary="Kort.")
    kit = make_kit(event)
    with saving():
        event.status, event.summary = Status.ARCHIVED, {"nl": "Anders."}
        event.revision += 1
    return kit


@pytest.mark.once
def test_the_kit_of_an_event_in_the_archive_says_so_at_the_desk(desk, archived):
    page = shown(desk.get(f"/desk/kits/{archived.id}"))
    assert "De bijeenkomst staat in het archief." in page
    assert "nog niet openbaar" not in page
    assert FOLLOWS not in page
    event = shown(desk.get(f"/desk/events/{archived.event_id}"))
    assert "De communicatiekit krijgt" not in event
    assert "De bijeenkomst is gewijzigd" not in shown(desk.get("/desk/kits/"))
    with saving():
        archived.embargo_until = NOON + timedelta(days=3)
    answer = desk.post(f"/desk/kits/{archived.id}/edit", data={"hashtags": "#buhne"})
    saved = shown(desk.get(answer.location))
    assert "Opgeslagen. De bijeenkomst staat in het archief" in saved


@pytest.mark.once
@pytest.mark.parametrize(
    ("status", "days"), [(Status.PUBLISHED, -80), (Status.CANCELLED, 0), (Status.PUBLISHED, 0)]
)
def test_a_new_version_is_promised_where_one_comes(desk, status, days):
    event = make_event(summary="Kort.")
    kit = make_kit(event)
    with saving():
        event.status, event.summary = status, {"nl": "Anders."}
        event.starts_at += timedelta(days=days)
        event.ends_at += timedelta(days=days)
        event.revision += 1
    assert (FOLLOWS in shown(desk.get(f"/desk/kits/{kit.id}"))) is (days == 0)
    said = "De communicatiekit krijgt" in shown(desk.get(f"/desk/events/{event.id}"))
    assert said is (days == 0)


@pytest.mark.once
def test_a_draft_can_have_its_kit_prepared(desk):
    kit = make_kit(make_event(summary="Kort.", status=Status.DRAFT), is_published=False)
    assert "De bijeenkomst is nog niet openbaar." in shown(desk.get(f"/desk/kits/{kit.id}"))


def dead_links():
    partner, ended = make_partner(), make_partner("Beëindigd")
    old = page_of(partner)
    with saving():
        contacts.renew_link(partner, by=make_staff(), now=NOON)
        ended.is_partner = False
    yield old
    yield page_of(ended)
    yield "/partner/" + tokens.new_token()
    yield "/partner/x"


@pytest.mark.parametrize("path", ["", "/kits/ABC", "/kits/ABC/v1.zip", "/kits/ABC/v1/a.png"])
def test_every_dead_link_of_a_partner_says_the_same_and_where_to_get_a_new_one(client, path):
    links = list(dead_links())
    pages = [client.get(f"{link}{path}") for link in links]
    assert {page.status_code for page in pages} == {404}
    told = shown(pages[0])
    assert "Deze link opent geen pagina meer" in told
    assert "vernieuwd of gestopt" in told
    assert 'href="/partner"' in told
    same = {page.text.replace(link, "") for link, page in zip(links, pages, strict=True)}
    assert len(same) == 1, "a guesser learns nothing"


def test_a_dead_link_of_an_ambassador_too_and_nothing_typed_is_lost(client):
    event = make_event(capacity=3)
    link = "/ambassador/" + tokens.derived("ambassador", make_ambassador().seed)
    assert client.get(link).status_code == 200
    page = client.get("/ambassador/x")
    assert (page.status_code, "Deze link opent geen pagina meer" in page.text) == (404, True)
    assert 'href="/ambassador"' in page.text
    typed = {"words": "Kom vooral, het wordt mooi."}
    page = client.post(f"/ambassador/x/invite?event={event.id}", data=typed,
                       headers={"Sec-Fetch-Site": "same-origin"})  # fmt: skip
    assert "Kom vooral, het wordt mooi." in page.text
