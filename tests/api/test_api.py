"""What machines read of the site."""

import re
import threading
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import update

from events_app.api import routes
from events_app.core import heartbeat, metrics, queue
from events_app.core.db import db, saving
from events_app.core.letters import Body, Letter, Stream
from events_app.core.page_cache import PageCache
from events_app.delivery.actions import enqueue
from events_app.delivery.models import OutboxMessage, State
from events_app.events.models import Status
from events_app.newsletters.models import Issue, IssueStatus
from tests.conftest import NOON, made_app
from tests.factories.copies import copies
from tests.factories.events import make_event

XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def beat(at=NOON):
    with saving():
        heartbeat.take_minute(at)


def test_health_is_well_while_database_queue_and_worker_answer(client):
    beat()
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "ok", "queue": "ok", "worker": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_health_says_that_no_worker_was_seen(client):
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json["worker"] == "not seen"


def test_a_worker_that_fell_silent_is_noticed_after_three_minutes(client, noon):
    beat()
    noon.set(NOON + timedelta(minutes=3))
    assert client.get("/health").status_code == 200
    noon.set(NOON + timedelta(minutes=3, seconds=1))
    assert client.get("/health").status_code == 503


def test_health_says_that_the_database_does_not_answer(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    app = made_app(tmp_path, f"sqlite:///{folder}/app.db")
    folder.rmdir()
    answer = app.test_client().get("/health")
    assert answer.status_code == 503
    assert answer.json["database"] == "no answer"


def test_health_says_that_the_queue_does_not_answer(app, client):
    working = app.extensions["queue"]
    app.config["QUEUE_URL"] = "redis://127.0.0.1:1"
    app.extensions["queue"] = queue.Queue(app)
    answer = client.get("/health")
    app.extensions["queue"] = working
    assert answer.status_code == 503
    assert answer.json["queue"] == "no answer"


def test_one_worker_looks_round_in_a_minute_and_the_next_one_in_the_next(app):
    def take(at):
        with saving():
            return heartbeat.take_minute(at)

    minute = NOON.replace(second=0, microsecond=0)
    seconds = 0, 59.999_999, 60, 61
    assert [take(minute + timedelta(seconds=each)) for each in seconds] == [
        True,
        False,
        True,
        False,
    ]


def test_of_many_workers_at_once_one_looks_round(app):
    won = []

    def worker():
        with app.app_context(), saving():
            won.append(heartbeat.take_minute(NOON))

    threads = [threading.Thread(target=worker) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(won) == [False] * 5 + [True]


# -- metrics


@pytest.fixture
def watched(app):
    app.config["METRICS_TOKEN"] = "sesame"
    return app.test_client()


def read(client, token="sesame"):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def test_without_a_token_in_the_settings_there_is_no_metrics_page(client):
    assert client.get("/metrics").status_code == 404
    assert read(client, "").status_code == 404


def test_a_wrong_token_sees_nothing(watched):
    assert watched.get("/metrics").status_code == 404
    assert read(watched, "sesam").status_code == 404
    assert read(watched, "ongeldig-\xe9").status_code == 404
    assert watched.get("/metrics", headers={"Authorization": "sesame"}).status_code == 404


def test_metrics_count_requests_by_page_and_status(watched):
    def count():
        page = 'buhne_request_seconds_count{method="GET",page="api.robots",status="200"} '
        found = re.search(re.escape(page) + r"([\d.]+)", read(watched).text)
        return float(found[1]) if found else 0

    before = count()
    watched.get("/robots.txt")
    watched.get("/robots.txt")
    assert count() == before + 2


def test_strange_methods_and_paths_make_no_new_figures(watched):
    for path in ("/nowhere/1", "/nowhere/2"):
        watched.open(path, method="BREW")
    assert "BREW" not in read(watched).text
    assert "nowhere" not in read(watched).text


def test_metrics_count_jobs_and_those_that_failed(watched):
    with metrics.job("kits.render"):
        pass
    with pytest.raises(ZeroDivisionError), metrics.job("kits.render"):
        _ = 1 / 0
    page = read(watched).text
    assert 'buhne_job_seconds_count{job="kits.render"} 2.0' in page
    assert 'buhne_jobs_failed_total{job="kits.render"} 1.0' in page


def test_metrics_tell_how_many_letters_are_under_way(watched):
    letter("a", State.READY)
    letter("b", State.READY)
    letter("c", State.FAILED)
    letter("d", State.ACCEPTED)
    page = read(watched).text
    assert 'buhne_letters{state="ready",stream="transactional"} 2.0' in page
    assert 'buhne_letters{state="failed",stream="transactional"} 1.0' in page
    assert "accepted" not in page


def test_metrics_tell_of_the_queue_and_the_worker(watched):
    beat()
    page = read(watched).text
    assert "buhne_jobs_waiting 0.0" in page
    [seen] = re.findall(r"^buhne_worker_seen_timestamp_seconds (\S+)$", page, re.MULTILINE)
    assert float(seen) == NOON.timestamp()


def letter(key, state):
    with saving():
        body = Body(subject=key, text="", html="")
        made = Letter(
            to="ana@example.org", to_name="", language="nl", stream=Stream.TRANSACTIONAL, body=body
        )
        enqueue(made, dedupe_key=key, now=NOON)
        db.session.execute(update(OutboxMessage).filter_by(dedupe_key=key).values(state=state))


# -- security.txt, robots.txt


def test_security_txt_says_where_to_write_and_until_when(client):
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:post@example.org"
    assert fields["Canonical"] == "http://localhost/.well-known/security.txt"
    assert fields["Policy"] == "http://localhost/security"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=90) < expires - NOON < timedelta(days=365)


def test_robots_stay_out_of_the_desk_and_find_the_sitemap(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert "Disallow: /desk/" in lines
    assert "Sitemap: http://localhost/sitemap.xml" in lines


@pytest.mark.parametrize("path", ["/robots.txt", "/.well-known/security.txt", "/sitemap.xml"])
def test_who_has_it_already_gets_no_body(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


# -- sitemap


def entries(client, path="/sitemap.xml"):
    tree = ET.fromstring(client.get(path).data)
    return {
        entry.find("s:loc", XML).text: {
            link.get("hreflang"): link.get("href") for link in entry.findall("x:link", XML)
        }
        for entry in tree.findall("s:url", XML)
    }


def make_issue(slug, status=IssueStatus.DONE):
    with saving():
        db.session.add(
            Issue(
                slug=slug, subject="Nieuws", status=status, sent_at=NOON,
                created_at=NOON, changed_at=NOON,
            )
        )  # fmt: skip


def test_the_sitemap_names_public_events_and_issues_in_both_languages(client):
    make_event(slug="energie", status=Status.PUBLISHED)
    make_issue("januari")
    found = entries(client)
    nl, en = "http://localhost/events/energie", "http://localhost/events/energie?lang=en"
    assert found[nl] == found[en] == {"nl": nl, "en": en}
    assert "http://localhost/newsletter/januari" in found
    assert "http://localhost/events/" in found


def test_the_sitemap_keeps_drafts_and_unlisted_events_to_itself(client):
    make_event(slug="schets", status=Status.DRAFT)
    make_event(slug="besloten", status=Status.PUBLISHED, is_listed=False)
    make_issue("nog-niet", IssueStatus.DRAFT)
    assert not {"schets", "besloten", "nog-niet"} & {
        re.split(r"[/?]", address)[-1] for address in entries(client)
    }


def test_the_sitemap_is_right_the_moment_something_is_published_changed_or_withdrawn(client, noon):
    event = make_event(slug="energie", status=Status.PUBLISHED)
    other = make_event(slug="water", status=Status.DRAFT)
    address = "http://localhost/events/{}".format
    assert address("energie") in entries(client)
    with saving():  # the other comes as this one goes, and no clock has moved
        event.status, other.status = Status.DRAFT, Status.PUBLISHED
    found = entries(client)
    assert (address("energie") in found, address("water") in found) == (False, True)
    with saving():
        other.slug = "water-2"
    assert address("water-2") in entries(client)
    with saving():
        other.is_listed = False
    assert address("water-2") not in entries(client)


def test_the_sitemap_says_when_an_event_last_changed(client):
    event = make_event(slug="energie", status=Status.PUBLISHED)
    client.get("/sitemap.xml")
    with saving():
        event.changed_at = NOON + timedelta(hours=1)
    assert "<lastmod>2027-01-14T12:00:17Z</lastmod>" in client.get("/sitemap.xml").text


class Counting(PageCache):
    made = 0

    def get(self, made_of, make):
        def counted():
            self.made += 1
            return make()

        return super().get(made_of, counted)


def test_the_sitemap_is_made_once_while_nothing_changes(app, client):
    shelf = app.extensions["page_cache"] = Counting()
    event = make_event(slug="energie", status=Status.PUBLISHED)
    for made, title in ((1, "Energie"), (1, "Anders"), (2, "Anders")):
        with saving():
            event.title = {"nl": title}
            event.changed_at = NOON + timedelta(hours=made)
        assert client.get("/sitemap.xml").data == client.get("/sitemap.xml").data
        assert shelf.made == made


def test_a_long_sitemap_is_a_list_of_parts_that_hold_every_page_once(client):
    first = make_event(slug="event-0", status=Status.PUBLISHED)
    slugs = {f"event-{number}" for number in range(routes.A_PART * 2)}
    copies(first, [{"slug": slug} for slug in slugs - {first.slug}])
    for number in range(3):
        make_issue(f"issue-{number}")
    tree = ET.fromstring(client.get("/sitemap.xml").data)
    assert tree.tag == f"{{{XML['s']}}}sitemapindex"
    parts = [loc.text for loc in tree.findall("s:sitemap/s:loc", XML)]
    assert parts == [f"http://localhost/sitemap-{number}.xml" for number in (1, 2, 3)]
    found = [entries(client, part) for part in parts]
    assert [len(each) for each in found[:2]] == [routes.A_PART * 2] * 2, "each in two languages"
    every = [address for each in found for address in each]
    assert len(every) == len(set(every)), "none twice"
    assert {f"http://localhost/events/{slug}" for slug in slugs} < set(every)
    assert "http://localhost/newsletter/issue-2" in every
    assert "http://localhost/" in every
    assert [client.get(f"/sitemap-{number}.xml").status_code for number in (0, 4)] == [404, 404]


def test_the_sitemap_asks_the_same_few_questions_however_many_events(client, statements):
    for number in range(12):
        make_event(slug=f"event-{number}", status=Status.PUBLISHED)
    statements.clear()
    assert client.get("/sitemap.xml").data
    assert len(statements) == 3
