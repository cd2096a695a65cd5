from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from lxml import etree, html

from events_app.core.db import db, saving
from events_app.events.models import Status
from events_app.newsletters import jobs, queries
from events_app.newsletters.actions import sending
from events_app.newsletters.blocks import BLOCKS
from events_app.newsletters.models import Issue, Picture
from tests.conftest import NOON
from tests.factories.events import make_event
from tests.factories.newsletters import approved_issue, event_block, make_issue, make_reader
from tests.newsletters.test_blocks import sample

ATOM = "{http://www.w3.org/2005/Atom}"


def sent(desk, **more):
    make_reader()
    issue = approved_issue(desk.staff, **more)
    desk.post(f"/desk/newsletters/{issue.id}/send")
    jobs.fill(issue.id)
    db.session.expire_all()
    return db.session.get(Issue, issue.id)


def test_the_web_version_is_whole_and_says_nothing_of_a_reader(desk, client):
    event = make_event()
    with saving():
        kept = {"key": "0" * 64, "mime": "image/jpeg", "width": 1200, "height": 800}
        db.session.add(Picture(created_at=NOON, **kept))
    blocks = [sample(kind) | {"key": str(n)} for n, kind in enumerate(BLOCKS, 1)]
    blocks = [b | event_block(event, key=b["key"]) if b["kind"] == "event" else b for b in blocks]
    issue = sent(desk, blocks=blocks)
    page = html.fromstring(client.get(f"/newsletter/{issue.slug}").text)
    words = page.text_content()
    assert page.xpath("//h1/text()") == ["Nieuws van de planken"]
    assert "Op de Bühne Energie" in words
    assert all(b["words"] in words for b in blocks if b["kind"] in ("heading", "quote", "action"))
    assert "Beste" not in words
    assert not page.xpath("//a[contains(@href, 'unsubscribe')]")
    assert not page.xpath("//*[@style]")
    og = {m.get("property"): m.get("content") for m in page.xpath("//meta[@property]")}
    assert og["og:title"] == "Nieuws van de planken"
    card = client.get(og["og:image"].removeprefix("http://localhost"))
    assert (card.status_code, card.mimetype) == (200, "image/png")
    assert [h.tag for h in page.xpath("//main//h1|//main//h2|//main//h3")][:3] == ["h1", "h2", "h3"]


def test_an_issue_has_a_code_of_its_own_and_its_registrations_are_counted(desk, client):
    """Two issues with one long subject: each registration counts for the one it began in."""
    event = make_event(capacity=9, slug="energie")
    subject = "Binnenkort: Op de Bühne, vakmensen voor de energietransitie in de regio"
    issues = [sent(desk, subject=subject, blocks=[event_block(event)]) for _ in range(2)]
    assert issues[0].source != issues[1].source
    for issue, people in zip(issues, (2, 1), strict=True):
        page = html.fromstring(client.get(f"/newsletter/{issue.slug}").text)
        (link,) = set(page.xpath("//a[contains(@href, 'source=')]/@href"))
        shown = html.fromstring(client.get(link.removeprefix("http://localhost")).text)
        (form,) = set(shown.xpath("//a[contains(@href, '/register')]/@href"))
        for number in range(people):
            who = {"name": "Ana Demo", "email": f"ana{issue.id}{number}@example.org",
                   "source": html.fromstring(client.get(form).text)
                   .xpath("//input[@name='source']/@value")[0]}  # fmt: skip
            assert client.post(f"/events/{event.slug}/register", data=who).status_code == 303
    counted = [
        html.fromstring(desk.get(f"/desk/newsletters/{issue.id}/report").text).xpath(
            "//dt[.='Aanmeldingen']/following-sibling::dd[1]/text()"
        )
        for issue in issues
    ]
    assert counted == [["2"], ["1"]]


def test_a_code_that_is_too_long_is_not_cut_into_somebody_elses(client):
    event = make_event(capacity=9, slug="energie")
    page = client.get(f"/events/{event.slug}?source={'nl-' + 'A' * 62}").text
    assert "/register?source=" not in page
    assert "/register?source=nl-A" in client.get(f"/events/{event.slug}?source=nl-A").text


def test_before_it_is_sent_nobody_reads_it(desk, client):
    issue = make_issue(slug="nog-niet")
    assert client.get("/newsletter/nog-niet").status_code == 404
    assert "nog-niet" not in client.get("/newsletter/archive").text
    assert "Er is nog geen nieuwsbrief" in client.get("/newsletter/archive").text
    assert issue.sent_at is None


def test_it_stays_as_it_was_sent_and_the_correction_stands_above(desk, client):
    event = make_event()
    issue = sent(desk, blocks=[event_block(event)])
    before = client.get(f"/newsletter/{issue.slug}").text
    assert "Veranderd sinds deze nieuwsbrief is verstuurd" not in before
    with saving():
        event.summary = {"nl": "Een andere samenvatting."}
        event.revision += 1
    assert "Veranderd sinds" not in client.get(f"/newsletter/{issue.slug}").text
    with saving():
        event.starts_at += timedelta(days=1)
        event.ends_at += timedelta(days=1)
        event.title = {"nl": "Op de Bühne Warmte"}
    after = client.get(f"/newsletter/{issue.slug}").text
    page = html.fromstring(after)
    notice = page.xpath("//*[contains(@class, 'notice--warn')]")[0].text_content()
    assert "vrijdag 19 maart 2027" in notice
    assert "De titel was: Op de Bühne Energie" in notice
    article = page.xpath("//article[contains(@class, 'issue')]")[0].text_content()
    assert "donderdag 18 maart 2027" in article
    assert "Een andere samenvatting" not in article


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.CANCELLED, "gaat niet door"),
        (Status.POSTPONED, "is uitgesteld"),
        (Status.DONE, None),
    ],
)
def test_a_cancelled_event_is_a_correction_and_one_that_took_place_is_not(
    desk, client, status, said
):
    event = make_event()
    issue = sent(desk, blocks=[event_block(event)])
    with saving():
        event.status = status
    page = client.get(f"/newsletter/{issue.slug}").text
    assert ("Veranderd sinds" in page) == bool(said)
    assert said is None or said in page


def test_an_english_issue_is_an_english_page(desk, client):
    issue = sent(desk, language="en")
    assert '<html lang="en">' in client.get(f"/newsletter/{issue.slug}").text


def test_a_page_that_did_not_change_is_not_sent_again(desk, client):
    issue = sent(desk)
    tag = client.get(f"/newsletter/{issue.slug}").headers["ETag"]
    again = client.get(f"/newsletter/{issue.slug}", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_the_archive_and_its_feed_list_what_was_sent(desk, client, noon):
    first = sent(desk, subject="De eerste")
    noon.set(NOON + timedelta(days=30))
    second = sent(desk, subject="De <tweede>")
    desk.post(f"/desk/newsletters/{first.id}/cancel")
    page = html.fromstring(client.get("/newsletter/archive").text)
    assert page.xpath("//main//h2/a/text()") == ["De <tweede>"]
    answer = client.get("/newsletter/archive.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = etree.fromstring(answer.data)
    assert [e.text for e in feed.findall(f"{ATOM}entry/{ATOM}title")] == ["De <tweede>"]
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href").endswith(f"/newsletter/{second.slug}")
    assert client.get(f"/newsletter/{first.slug}").status_code == 200
    tag = answer.headers["ETag"]
    fresh = client.get("/newsletter/archive.atom", headers={"If-None-Match": tag})
    assert fresh.status_code == 304


def test_an_issue_in_the_other_language_says_so_in_the_archive(desk, client):
    sent(desk, subject="De eerste")
    here, there = (
        html.fromstring(client.get(f"/newsletter/archive{q}").text) for q in ("", "?lang=en")
    )
    assert "Nederlands" not in here.xpath("string(//main//li/p)")
    assert "Dutch" in there.xpath("string(//main//li/p)")
    assert there.xpath("//main//h2/@lang") == ["nl"]


def test_of_one_day_the_issue_in_the_readers_language_stands_first(desk, client, noon):
    sent(desk, subject="Hier")
    noon.set(NOON + timedelta(minutes=5))
    sent(desk, subject="Here", language="en")
    noon.set(NOON + timedelta(days=1))
    sent(desk, subject="Later", language="en")
    said = {
        code: html.fromstring(client.get(f"/newsletter/archive?lang={code}").text)
        for code in ("nl", "en")
    }
    assert said["nl"].xpath("//main//h2/a/text()") == ["Later", "Hier", "Here"]
    assert said["en"].xpath("//main//h2/a/text()") == ["Later", "Here", "Hier"]


def test_an_empty_feed_is_a_feed(client):
    assert etree.fromstring(client.get("/newsletter/archive.atom").data).tag == f"{ATOM}feed"


@pytest.mark.parametrize("act", ["send", "schedule"])
@pytest.mark.parametrize("meanwhile", ["approved otherwise", "planned"])
def test_what_a_colleague_did_meanwhile_is_seen_before_it_is_sent(desk, noon, act, meanwhile):
    make_reader()
    issue = approved_issue(desk.staff)
    at = f"/desk/newsletters/{issue.id}"
    [mark, *_] = html.fromstring(desk.get(f"{at}/check").text).xpath(
        "//*[@name='confirmed']/@value"
    )
    with saving():
        issue = queries.issue_for_change(issue.id)
        if meanwhile == "planned":
            sending.schedule(issue, NOON + timedelta(days=9), by=desk.staff, now=NOON)
        else:
            sending.take_back(issue, by=desk.staff, now=NOON)
            issue.subject = "Iets anders"
            letter = sending.checked(issue, today=NOON.date())[0]
            seen = sending.seal(issue, letter)
            sending.approve(issue, seen=seen, by=desk.staff, now=NOON)
    before = issue.status, issue.send_at, issue.content_hash
    data = {"confirmed": mark, "send_at": "2027-03-01T09:00"}
    answer = desk.post(f"{at}/{act}", data=data)
    page = answer.text if act == "schedule" else desk.get(answer.location).text
    assert "is nu iets anders dan toen u keek" in page or "Kijk nog een keer" in page
    db.session.expire_all()
    issue = db.session.get(Issue, issue.id)
    assert (issue.status, issue.send_at, issue.content_hash) == before
    [mark, *_] = html.fromstring(desk.get(f"{at}/check").text).xpath(
        "//*[@name='confirmed']/@value"
    )
    assert desk.post(f"{at}/send", data={"confirmed": mark}).location.endswith("/report")


def test_an_issue_that_leaves_after_its_event_began_says_so_before_it_is_approved(desk, noon):
    event = make_event()
    make_reader()
    issue = approved_issue(desk.staff, blocks=[event_block(event)])
    path, said = f"/desk/newsletters/{issue.id}", "zijn deze bijeenkomsten al begonnen:"
    assert said not in desk.get(f"{path}/check").text
    for hours, is_late in ((-1, False), (1, True)):
        at = (event.starts_at + timedelta(hours=hours)).astimezone(ZoneInfo("Europe/Amsterdam"))
        desk.post(f"{path}/schedule", data={"send_at": f"{at:%Y-%m-%dT%H:%M}"})
        page = desk.get(f"{path}/check").text
        assert "De nieuwsbrief wordt vanzelf verstuurd" in page
        assert (said in page) is is_late
        desk.post(f"{path}/unschedule")
    noon.set(event.starts_at)
    page = desk.get(f"{path}/check").text
    assert said in page
    assert "Op de Bühne Energie · 18 mrt 2027" in page
