import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from events_app.core.db import db
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Preset
from tests.conftest import NOON
from tests.factories.events import SOON, make_event

DAY = timedelta(days=1)

PAGES = ["/", "/about", "/partners", "/privacy", "/accessibility", "/security", "/contact"]


@pytest.mark.once
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_page_speaks_the_readers_language(client, path, language):
    page = client.get(path, query_string={"lang": language} if language == "en" else {})
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text


@pytest.mark.once
@pytest.mark.parametrize("path", PAGES[:-1])
def test_reading_sets_no_cookie(client, path):
    assert "Set-Cookie" not in client.get(path).headers


def test_home_shows_the_next_event_large_and_the_others_below(client):
    make_event("Op de Bühne Water", capacity=5)
    make_event("Op de Bühne Bouw", SOON + DAY, capacity=5)
    page = client.get("/").text
    assert "<h2>Op de Bühne Water</h2>" in page
    assert page.index("Op de Bühne Water") < page.index("Binnenkort") < page.index("Bühne Bouw")


def test_home_shows_the_conference_beside_the_next_event(client):
    make_event("Op de Bühne Water")
    make_event("Leren doe je samen", SOON + DAY, preset=Preset.CONFERENCE)
    page = client.get("/").text
    assert page.count("Leren doe je samen") == 1
    assert "Bekijk de conferentie" in page


def test_home_tells_of_the_last_event_what_its_report_opens_with(client):
    report = "**19 mensen** kwamen.\n\n| | Toen | Nu |\n|---|---|---|\n| Monteurs | 6 | 48 |"
    make_event("Schoon vervoer", NOON - 7 * DAY, report=report)
    page = client.get("/").text
    assert "<strong>19 mensen</strong> kwamen." in page
    assert "<dt>Monteurs</dt><dd>48 <small>Toen: 6</small></dd>" in page


def test_home_asks_the_database_little(client, statements):
    make_event("Op de Bühne Water", capacity=5)
    statements.clear()
    client.get("/")
    assert len(statements) <= 4


def test_a_question_goes_to_the_organisers_and_its_answer_to_who_asked(client):
    asked = {"name": "Ana Demo", "email": "ana@example.org", "words": "Waar is de ingang?"}
    assert client.post("/contact", data=asked).status_code == 303
    letter = db.session.scalars(select(OutboxMessage)).one()
    assert letter.to_email == "post@example.org"
    assert letter.reply_to == "ana@example.org"


def test_a_question_without_an_address_keeps_what_was_typed(client):
    page = client.post("/contact", data={"name": "Ana", "words": "Waar is de ingang?"}).text
    assert "Waar is de ingang?" in page
    assert "Vul uw adres in" in page


def test_the_sixth_question_in_an_hour_has_to_wait(client):
    asked = {"name": "Ana Demo", "email": "ana@example.org", "words": "Nog een vraag"}
    answers = [client.post("/contact", data=asked) for _ in range(6)]
    assert [a.status_code for a in answers] == [303] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_an_event_without_registration_of_ours_stands_on_the_home_page(client):
    make_event("Elders georganiseerd", capacity=None)
    assert "Elders georganiseerd" in client.get("/").text


@pytest.mark.once
@pytest.mark.parametrize("path", [*PAGES[1:], "/events/", "/newsletter/", "/newsletter/archive"])
def test_every_page_has_a_card_of_its_own_for_where_its_link_is_shared(client, path):
    address = card_of(client, path)
    assert address != card_of(client, "/")
    answer = client.get(address)
    assert answer.mimetype == "image/png"
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.size == (1200, 630)
    assert len(answer.data) < 300_000
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(f"{address}?lang=en").data != answer.data


def card_of(client, path):
    page = client.get(path).text
    assert 'name="twitter:card" content="summary_large_image"' in page
    assert re.search(r'og:image:alt" content="[^"]+"', page)
    return re.search(r'og:image" content="http://localhost([^"]+)"', page)[1]


def test_there_is_no_card_with_words_of_somebody_else(client):
    assert client.get("/cards/anything.png").status_code == 404
