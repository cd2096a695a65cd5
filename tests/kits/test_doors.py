"""What partners find behind their link, and what the desk shows beforehand."""

import hashlib
import io
import json
import posixpath
import re
import threading
import time
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from lxml import html
from sqlalchemy import func, select

from events_app.accounts.models import Role
from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.events.models import Status
from events_app.kits import actions, on_demand, queries
from events_app.kits.models import KitDownload, KitStatus, RenderedFile, ShortLink
from events_app.kits.rules.values import File, Page
from events_app.registrations.models import Registration
from tests.conftest import NOON, dealt, run_all_now, signed_in
from tests.factories.contacts import make_organisation
from tests.factories.events import make_event
from tests.factories.kits import make_kit, make_partner, page_of, publish
from tests.kits.test_life import hang, touch


@pytest.fixture
def event(app):
    return make_event(capacity=20, summary={"nl": "Zes voorbeelden.", "en": "Six examples."})


@pytest.fixture
def kit(event):
    return make_kit(event)


@pytest.fixture
def partner(app):
    return make_partner()


def kit_page(partner, kit):
    return f"{page_of(partner)}/kits/{kit.code}"


def files_on(page):
    return re.findall(r'href="([^"]*/v\d+/[^"]+)"', page.replace("&amp;", "&"))


@pytest.mark.once
def test_a_kit_is_made_in_one_click_and_published_in_another(desk, event, partner, client):
    made = desk.post(f"/desk/kits/new/{event.id}")
    assert made.status_code == 303
    assert desk.post(f"/desk/kits/new/{event.id}").location == made.location
    page = desk.get(made.location)
    assert "Publiceer versie 1" in page.text
    assert client.get(page_of(partner)).text.count(event.title["nl"]) == 0
    assert desk.post(f"{made.location}/publish").status_code == 303
    assert event.title["nl"] in client.get(page_of(partner)).text


@pytest.mark.once
def test_a_partner_sees_everything_in_its_own_brand(client, kit, partner):
    page = client.get(kit_page(partner, kit))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Techniekhuis Noord nodigt u uit" in page.text
    found = files_on(page.text)
    assert len({address.partition("?")[0] for address in found}) >= 25
    for address in found[::7]:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.data
        assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.once
def test_the_kit_speaks_english_too(client, kit, partner):
    page = client.get(f"{kit_page(partner, kit)}?lang=en").text
    assert "Made for Techniekhuis Noord" in page
    assert "Techniekhuis Noord invites you" in page


def test_a_second_look_draws_nothing(client, kit, partner, statements):
    client.get(kit_page(partner, kit))
    count = db.session.scalar(select(func.count(RenderedFile.id)))
    statements.clear()
    client.get(kit_page(partner, kit))
    assert db.session.scalar(select(func.count(RenderedFile.id))) == count
    assert not [s for s in statements if s.startswith(("INSERT", "UPDATE"))]
    assert len(statements) <= 14


@pytest.mark.once
def test_two_partners_share_what_is_alike_and_nothing_else(client, kit, partner):
    other = make_partner("Delta Fonds", accent="#7a1fa2")
    pages = [client.get(kit_page(one, kit)).text for one in (partner, other)]
    assert "Delta Fonds nodigt u uit" in pages[1]
    assert "Delta Fonds" not in pages[0]
    assert "Techniekhuis Noord" not in pages[1]


def opened(answer):
    assert answer.status_code == 200
    assert len(answer.data) == int(answer.headers["Content-Length"])
    return zipfile.ZipFile(io.BytesIO(answer.data))


@pytest.mark.once
def test_the_zip_holds_all_files_and_a_manifest_that_tells_the_truth(client, kit, partner):
    with opened(client.get(f"{kit_page(partner, kit)}/v1.zip")) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        crate = json.loads(archive.read("ro-crate-metadata.json"))
        parts = {part["@id"]: part for part in crate["@graph"] if part["@type"] == "File"}
        assert set(names) - parts.keys() == {"ro-crate-metadata.json"}
        for name, part in parts.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == part["sha256"]
        readme = archive.read("README.html").decode()
    assert all(f'href="{name}"' in readme for name in parts.keys() - {"README.html"})
    assert len(parts) >= 25
    assert any(re.fullmatch(r"social/2027-03-18_.*_linkedin_1200x627_v1\.png", n) for n in names)


class References(HTMLParser):
    """Where the pictures and links of a page lead."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, _tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href")]


@pytest.mark.once
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_what_the_html_files_of_a_kit_point_at_is_there(client, kit, partner, lang):
    """In the ZIP, or on the site."""
    pointed = 0
    with opened(client.get(f"{kit_page(partner, kit)}/v1.zip?lang={lang}")) as archive:
        names = set(archive.namelist())
        pages = [name for name in names if name.endswith(".html")]
        assert len(pages) == 4
        for page in pages:
            for address in References(archive.read(page).decode()).found:
                pointed += 1
                if address.startswith("https://creativecommons.org/"):
                    continue
                if address.startswith("http://localhost/"):
                    answer = client.get(address.removeprefix("http://localhost"))
                    assert answer.status_code in (200, 302), (page, address)
                else:
                    assert posixpath.join(posixpath.dirname(page), address) in names, page
    assert pointed > 30


def banner_of(client, kit, partner):
    """The address of the picture in the HTML to paste."""
    with opened(client.get(f"{kit_page(partner, kit)}/v1.zip")) as archive:
        page = next(name for name in archive.namelist() if name.endswith("_e-mail_v1.html"))
        found = References(archive.read(page).decode()).found
    return next(one for one in found if one.endswith("/banner.png")).removeprefix(
        "http://localhost"
    )


@pytest.mark.once
def test_the_banner_under_mails_is_always_the_newest_and_never_broken(client, kit, partner, noon):
    address = banner_of(client, kit, partner)
    first = client.get(address)
    assert first.mimetype == "image/png"
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    with saving():
        kit.event.title = {"nl": "Een andere titel", "en": "Another title"}
        kit.event.revision += 1
    publish(kit)
    second = client.get(address)
    assert second.data != first.data
    noon.set(kit.event.ends_at + timedelta(seconds=0.5))
    after = client.get(address)
    assert after.mimetype == "image/png"
    assert after.data not in (first.data, second.data)


@pytest.mark.parametrize("change", dealt([
    {"embargo_until": NOON + timedelta(days=1)}, {"valid_until": NOON}, {"status": "withdrawn"},
]))  # fmt: skip
def test_the_banner_of_a_kit_that_nobody_may_use_shows_the_programme(client, kit, partner, change):
    address = banner_of(client, kit, partner)
    shown = client.get(address).data
    with saving():
        for name, value in change.items():
            setattr(kit, name, KitStatus(value) if name == "status" else value)
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data != shown


@pytest.mark.once
def test_a_part_can_be_taken_alone(client, kit, partner):
    with opened(client.get(f"{kit_page(partner, kit)}/v1.zip?only=print")) as archive:
        groups = {name.partition("/")[0] for name in archive.namelist() if "/" in name}
    assert groups == {"print"}


@pytest.mark.once
def test_who_has_an_older_version_is_shown_what_changed_and_takes_only_that(client, kit, partner):
    client.get(f"{kit_page(partner, kit)}/v1.zip")
    with saving():
        kit.event.description = {"nl": "Heel anders."}
        kit.event.revision += 1
    publish(kit)
    page = client.get(kit_page(partner, kit)).text
    assert "U hebt versie 1" in page
    with opened(client.get(f"{kit_page(partner, kit)}/v2.zip?since=1")) as archive:
        names = archive.namelist()
    assert any("flyer-a4" in name for name in names)
    assert not any("linkedin_1200" in name for name in names)


@pytest.mark.once
def test_who_is_two_versions_behind_is_told_what_changed_in_both(client, kit, partner):
    client.get(f"{kit_page(partner, kit)}/v1.zip")
    for number, change in enumerate(({"summary": {"nl": "Kom."}}, {"title": {"nl": "Anders"}})):
        with saving():
            for name, value in change.items():
                setattr(kit.event, name, value)
            kit.event.revision += 1
        assert publish(kit).number == number + 2
    page = client.get(kit_page(partner, kit)).text
    notice = page.partition("U hebt versie 1")[2].partition("v3.zip")[0]
    assert "Inleiding" in notice
    assert "Titel" in notice


def test_downloads_are_counted_and_looking_is_not(client, kit, partner):
    page = client.get(kit_page(partner, kit)).text
    address = next(a for a in files_on(page) if "download" not in a)
    client.get(address)
    assert db.session.scalar(select(func.count(KitDownload.id))) == 0
    client.get(f"{address}&download=1")
    client.get(f"{kit_page(partner, kit)}/v1.zip")
    assert queries.figures(kit)[partner.id].downloads == 2


def test_a_short_link_leads_to_the_event_and_lands_on_the_registration(client, kit, partner):
    client.get(kit_page(partner, kit))
    code = queries.links(kit, partner)["print/poster-a3"]
    answer = client.get(f"/r/{code}")
    assert answer.status_code == 302
    assert answer.location == f"/events/{kit.event.slug}?source={code}"
    page = client.get(answer.location).text
    register = re.search(r'href="([^"]*/register\?[^"]*)"', page)[1].replace("&amp;", "&")
    form = client.get(register).text
    hidden = re.search(r'name="source"[^>]*value="([^"]*)"', form)[1]
    client.post(register, data={"name": "Ana Demo", "email": "ana@example.org", "source": hidden})
    assert db.session.scalars(select(Registration.source)).one() == code
    figures = queries.figures(kit)[partner.id]
    assert (figures.clicks, figures.registrations) == (1, 1)
    assert "minder dan 5" in client.get(kit_page(partner, kit)).text


@pytest.mark.once
def test_a_code_works_in_small_letters_and_an_unknown_one_is_not_found(client, kit, partner):
    client.get(kit_page(partner, kit))
    code = queries.links(kit, partner)["link"]
    assert client.get(f"/r/{code.lower()}").status_code == 302
    assert client.get("/r/NOTHING").status_code == 404
    assert client.head(f"/r/{code}").status_code == 302
    assert db.session.scalar(select(func.sum(ShortLink.clicks))) == 1


@pytest.mark.once
def test_before_the_embargo_ends_nothing_gives_the_kit_away(client, kit, partner, noon):
    client.get(kit_page(partner, kit))
    with saving():
        kit.embargo_until = NOON + timedelta(hours=1)
    addresses = [kit_page(partner, kit), f"{kit_page(partner, kit)}/v1.zip"]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert kit.event.title["nl"] not in client.get(page_of(partner)).text
    noon.set(NOON + timedelta(hours=1))
    assert [client.get(address).status_code for address in addresses] == [200, 200]


@pytest.mark.once
def test_a_kit_that_is_over_says_so_and_gives_no_files(client, kit, partner, noon):
    address = next(iter(files_on(client.get(kit_page(partner, kit)).text)))
    with saving():
        kit.valid_until = NOON + timedelta(days=1)
    noon.set(NOON + timedelta(days=1))
    page = client.get(kit_page(partner, kit))
    assert "mag niet meer worden gebruikt" in page.text
    assert files_on(page.text) == []
    assert client.get(address).status_code == 404
    assert client.get(f"{kit_page(partner, kit)}/v1.zip").status_code == 404


@pytest.mark.parametrize("change", ["withdrawn", "draft event", "no partner", "no such link"])
def test_what_is_not_for_a_partner_is_not_there(client, desk, kit, partner, change):
    page = kit_page(partner, kit)
    if change == "withdrawn":
        desk.post(f"/desk/kits/{kit.id}/withdraw")
    with saving():
        if change == "draft event":
            kit.event.status = Status.DRAFT
        if change == "no partner":
            partner.is_partner = False
    if change == "no such link":
        page = f"/partner/{'x' * 22}/kits/{kit.code}"
    assert client.get(page).status_code == 404
    assert client.get(f"{page}/v1.zip").status_code == 404


def test_a_link_is_mailed_to_who_works_for_a_partner_and_nobody_learns_who_does(
    app, client, partner, statements
):
    """Neither by words nor by the clock: the same statements, and the letter is a job's work."""
    other = make_organisation("Geen partner")
    seen = set()
    for email in ("person-unknown@example.org", _address_of(partner)):
        del statements[:]
        answer = client.post("/partner", data={"email": email})
        assert answer.status_code == 200
        seen.add((re.sub(r"csrf_token.*", "", answer.text), tuple(statements)))
    assert len(seen) == 1
    assert not db.session.scalars(select(OutboxMessage)).all()
    db.session.rollback()
    run_all_now(app)
    letter = db.session.scalars(select(OutboxMessage)).one()
    assert letter.to_email == _address_of(partner)
    assert page_of(partner) in str(letter.slots)
    assert other.is_partner is False


def _address_of(partner):
    return queries.readers(partner)[0].email


def test_the_desk_mails_the_link_to_everyone_of_a_partner(desk, app):
    two = make_partner(people=["Noor Demo", "Sam Demo"])
    nobody = make_partner("Leeg Fonds", people=())
    desk.post(f"/desk/kits/partners/{two.id}/link")
    desk.post(f"/desk/kits/partners/{nobody.id}/link")
    assert "Voeg eerst iemand toe" in desk.get("/desk/kits/").text
    names = db.session.scalars(select(OutboxMessage.to_name).order_by(OutboxMessage.id)).all()
    assert names == ["Noor Demo", "Sam Demo"]


@pytest.mark.once
def test_the_words_of_a_kit_are_kept_and_shown_in_the_next_version(desk, kit, partner, client):
    data = {
        "lead_nl": "Kom kijken.", "quote_nl": "Leren is werken.", "quote_person": "Sanne Voorbeeld",
        "hashtags": "#leren, Op de  #énergie",
    }  # fmt: skip
    assert desk.post(f"/desk/kits/{kit.id}/edit", data=data).status_code == 303
    page = desk.get(f"/desk/kits/{kit.id}").text
    assert "Publiceer versie 2" in page
    assert "Kom kijken." in page
    desk.post(f"/desk/kits/{kit.id}/publish")
    assert "#Énergie" in client.get(kit_page(partner, kit)).text


@pytest.mark.once
@pytest.mark.parametrize(
    "data",
    [
        {"quote_nl": "Van niemand."},
        {"hashtags": "a b c d e f"},
        {"short_title_nl": "x" * 61},
        {"embargo_until": "2027-03-02T10:00", "valid_until": "2027-03-01T10:00"},
        {"embargo_until": "morgen"},
    ],
)
def test_words_that_cannot_be_are_refused_and_stay_as_typed(desk, kit, data):
    answer = desk.post(f"/desk/kits/{kit.id}/edit", data=data)
    assert answer.status_code == 200
    assert "error-summary" in answer.text
    assert str(next(iter(data.values()))) in answer.text
    assert kit.fields == {}


@pytest.mark.once
@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"embargo_until": "2027-02-01T09:00"},
         "Partners zien deze kit niet tot maandag 1 februari 2027, 09.00 uur."),
        ({"valid_until": "2027-01-10T09:00"},
         "Partners kunnen niets meer van deze kit downloaden."),
        ({"lead_nl": "Kom ook."}, "Partners zien het bij de volgende versie."),
    ],
)  # fmt: skip
def test_the_desk_says_what_partners_see_after_saving(desk, kit, data, said):
    page = desk.post(f"/desk/kits/{kit.id}/edit", data=data, follow_redirects=True).text
    assert said in page


@pytest.mark.once
def test_signs_that_cannot_be_printed_are_named_at_the_desk(desk, kit):
    assert "Deze tekens" not in desk.get(f"/desk/kits/{kit.id}").text
    with saving():
        kit.event.title = {"nl": "AI 🎉 in de zorg, met 李 en Владимир"}
    page = desk.get(f"/desk/kits/{kit.id}").text
    assert "Deze tekens kunnen wij niet afdrukken" in page
    assert "Titel: 🎉, 李" in page


@pytest.mark.once
def test_the_desk_shows_a_draft_in_any_partners_brand_and_language(desk, event, partner):
    kit = make_kit(event, is_published=False)
    page = desk.get(f"/desk/kits/{kit.id}?partner={partner.id}&in=en").text
    assert "Techniekhuis Noord invites you" in page
    address = files_on(page)[0]
    assert "/v0/" in address
    assert desk.get(address).status_code == 200
    with opened(desk.get(f"/desk/kits/{kit.id}/v0.zip?partner={partner.id}")) as archive:
        assert "README.html" in archive.namelist()


@pytest.mark.once
def test_an_editor_writes_a_kit_and_does_not_publish_it(app, event):
    editor = signed_in(app, Role.EDITOR)
    made = editor.post(f"/desk/kits/new/{event.id}").location
    assert "Publiceer versie" not in editor.get(made).text
    assert editor.get(f"{made}/edit").status_code == 200
    for verb in ("publish", "withdraw"):
        assert editor.post(f"{made}/{verb}").status_code == 403
    assert signed_in(app, Role.DOOR).get(made).status_code == 403


def test_an_older_page_gives_partners_no_kit_that_a_colleague_withdrew_since(desk, kit, event):
    touch(event, title={"nl": "Een andere titel", "en": "Another title"})
    page, action = f"/desk/kits/{kit.id}", f"/desk/kits/{kit.id}/publish"

    def button():
        [form] = html.fromstring(desk.get(page).text).xpath(f"//form[@action='{action}']")
        return dict(form.form_values())

    old = button()
    desk.post(f"{page}/withdraw")
    desk.post(action, data=old)
    assert "is veranderd terwijl u keek" in desk.get(page).text
    assert queries.kit(kit.id).status == "withdrawn"
    desk.post(action, data=button())
    assert queries.kit(kit.id).status == "published"


def test_the_list_says_which_kits_are_behind_their_event(desk, kit):
    assert "De bijeenkomst is gewijzigd" not in desk.get("/desk/kits/").text
    with saving():
        kit.event.revision += 1
        kit.event.changed_at = clock.now()
    assert "De bijeenkomst is gewijzigd" in desk.get("/desk/kits/").text


@pytest.mark.once
def test_other_names_of_files_are_not_found(client, kit, partner):
    for name in ("social/none.png", "../../config.py", "%2e%2e/x", "x" * 400):
        for version in ("v1", "v9"):
            address = f"{kit_page(partner, kit)}/{version}/{name}"
            assert client.get(address).status_code == 404, address


@pytest.mark.once
@pytest.mark.parametrize("page", ["", "/register"])
def test_the_card_in_words_has_one_sign_behind_a_question(client, event, page):
    with saving():
        event.title = {"nl": "Wie legt het net aan?"}
    shown = client.get(f"/events/{event.slug}{page}").text
    found = re.search(r'og:image:alt" content="([^"]+)"', shown)[1]
    assert found.startswith("Wie legt het net aan? Donderdag 18 maart 2027")


@pytest.mark.once
def test_every_public_event_has_a_card_for_where_its_page_is_linked(client, event):
    page = client.get(f"/events/{event.slug}").text
    address = re.search(r'og:image" content="http://localhost([^"]+)"', page)[1]
    answer = client.get(address)
    assert answer.mimetype == "image/png"
    assert len(answer.data) < 300_000
    assert "public" in answer.headers["Cache-Control"]
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(f"{address}?lang=en").data != answer.data
    with saving():
        event.status = Status.DRAFT
    assert client.get(address).status_code == 404


def test_who_waited_for_the_pencil_finds_the_card_of_a_page_kept(app):
    page, seen = Page("Agenda"), []

    def ask():
        with app.app_context(), app.test_request_context():
            seen.append(on_demand.page_card(page, "nl"))

    waiting = threading.Thread(target=ask)
    with on_demand._pencil_or_patience():
        waiting.start()
        time.sleep(0.3)  # it looked, found nothing and waits
        with saving():
            drawn = File("site/page", "page.png", "image/png", b"drawn by the first")
            actions.keep_page(page, "nl", drawn, now=NOON)
    waiting.join()
    assert seen[0].sha256 == drawn.sha256
    assert len(list(Path(app.config["INSTANCE"]).glob("drawn/*/*"))) == 1


@pytest.mark.once
def test_a_new_logo_is_seen_at_once_though_files_are_kept_for_a_day(client, kit, partner):
    def first():
        page = BeautifulSoup(client.get(f"{page_of(partner)}/kits/{kit.code}").text, "html.parser")
        address = page.select_one("img[src*='/social/']")["src"]
        return address, client.get(address)

    before, answer = first()
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
    hang(partner, "#ff0000")
    after, answer = first()
    assert after != before
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
    old = client.get(before)
    assert (old.data, old.headers["Cache-Control"]) == (answer.data, "no-store")


def test_two_who_publish_at_once_make_one_version(app, event, kit):
    touch(event, title={"nl": "Een andere titel"})
    roles = (Role.ORGANISER, Role.OWNER)
    browsers, key, answers = [signed_in(app, role) for role in roles], kit.id, []
    db.session.remove()
    both = threading.Barrier(2)

    def click(browser):
        both.wait()
        answers.append(browser.post(f"/desk/kits/{key}/publish").status_code)

    threads = [threading.Thread(target=click, args=(browser,)) for browser in browsers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == [303, 303]
    assert [one.number for one in queries.versions(queries.kit(key))] == [2, 1]


@pytest.mark.once
@pytest.mark.parametrize("page", ["", "/kits/{code}"])
def test_of_a_postponed_event_partners_read_no_date(client, event, kit, partner, page):
    address = page_of(partner) + page.format(code=kit.code)
    assert "18 maart 2027" in client.get(address).text
    touch(event, status=Status.POSTPONED)
    publish(kit)
    shown = client.get(address).text
    assert "18 maart 2027" not in shown
