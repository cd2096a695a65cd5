import csv
import io
import json
import re
import tracemalloc

import pytest
from bs4 import BeautifulSoup
from lxml import html
from PIL import Image
from sqlalchemy import insert, select

from events_app.accounts.models import JournalEntry, Role
from events_app.contacts import actions, queries
from events_app.contacts.models import Organisation, Person, Purpose
from events_app.core import tokens
from events_app.core.db import db, saving, writing
from tests.conftest import NOON, signed_in
from tests.factories.contacts import make_organisation, make_person

ORGANISATION = {"name": "Demo Fonds", "kind": "fund", "website": "", "accent": "#0b1b3b"}
PERSON = {"name": "Ana Demo", "email": "Ana@example.org", "language": "nl", "phone": ""}
SCRIPT = "<script>alert(1)</script>"


def verbs():
    return db.session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)).all()


def named(name):
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def png(colour="#d6468f", size=(400, 200)):
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    picture.paste(colour, (40, 40, size[0] - 40, size[1] - 40))
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def upload(browser, organisation, data, name="light", **more):
    return browser.post(
        f"/desk/contacts/organisations/{organisation.id}/logo",
        data={name: (io.BytesIO(data), "logo.png"), **more},
    )


# -- organisations


def test_an_organisation_is_added_and_noted(desk):
    answer = desk.post("/desk/contacts/organisations/add", data=ORGANISATION)
    added = named("Demo Fonds")
    assert answer.location == f"/desk/contacts/organisations/{added.id}"
    assert not added.is_partner
    assert added.link_digest == tokens.digest(tokens.derived("partner", added.seed))
    assert verbs() == ["contacts.added_organisation"]


def test_a_name_is_given_once_and_what_was_typed_stays(desk):
    make_organisation("Demo Fonds")
    other = make_organisation("Demo School")
    for path in ("add", f"{other.id}/edit"):
        answer = desk.post(
            f"/desk/contacts/organisations/{path}", data={**ORGANISATION, "website": "example.org"}
        )
        assert "Er is al een organisatie met deze naam" in answer.text
        assert 'value="https://example.org"' in answer.text


@pytest.mark.parametrize(
    "website",
    ["javascript:alert(1)", "data://x/y", "ftp://example.org", "https://", "http://[::1",
     "https://a b", "https://example.org:99999", 'https://x"onclick=', "https://" + "x" * 400],
)  # fmt: skip
def test_a_website_is_a_web_address(desk, website):
    answer = desk.post(
        "/desk/contacts/organisations/add", data={**ORGANISATION, "website": website}
    )
    assert answer.status_code == 200
    assert "error-summary" in answer.text


def test_a_website_may_be_typed_the_short_way(desk):
    desk.post("/desk/contacts/organisations/add", data={**ORGANISATION, "website": "example.org"})
    assert named("Demo Fonds").website == "https://example.org"


def test_a_change_is_noted_with_before_and_after(desk):
    found = make_organisation("Demo Fonds", accent="#0b1b3b")
    desk.post(
        f"/desk/contacts/organisations/{found.id}/edit",
        data={**ORGANISATION, "accent": "#D6468F", "is_partner": "y"},
    )
    line = db.session.scalars(select(JournalEntry)).one()
    assert line.before == {"kind": "company", "accent": "#0b1b3b", "is_partner": False}
    assert line.after == {"kind": "fund", "accent": "#d6468f", "is_partner": True}


def test_an_editor_changes_texts_but_does_not_make_partners(app):
    partner, other = make_organisation("A", is_partner=True), make_organisation("B")
    editor = signed_in(app, Role.EDITOR)
    for each, claim in ((partner, {}), (other, {"is_partner": "y"})):
        data = {**ORGANISATION, "name": f"{each.name} 2", **claim}
        editor.post(f"/desk/contacts/organisations/{each.id}/edit", data=data)
    db.session.expire_all()
    assert [(each.name, each.is_partner) for each in (partner, other)] == [
        ("A 2", True),
        ("B 2", False),
    ]


def test_a_new_link_ends_the_old_one(desk):
    partner = make_organisation(is_partner=True)
    old = tokens.derived("partner", partner.seed)
    desk.post(f"/desk/contacts/organisations/{partner.id}/link")
    db.session.expire_all()
    new = tokens.derived("partner", queries.organisation(partner.id).seed)
    assert queries.partner_by_link(new).id == partner.id
    with pytest.raises(queries.NotFoundError):
        queries.partner_by_link(old)


def test_a_new_link_is_made_once_from_pages_that_were_open_together(desk):
    partner = make_organisation(is_partner=True)
    path = f"/desk/contacts/organisations/{partner.id}"
    pages = [html.fromstring(desk.get(path).text) for _page in range(2)]
    forms = [page.xpath(f"//form[@action='{path}/link']")[0] for page in pages]
    made = set()
    for form in (forms[0], forms[0], forms[1]):
        assert desk.post(f"{path}/link", data=dict(form.form_values())).location == path
        db.session.expire_all()
        made.add(queries.organisation(partner.id).link_digest)
    assert len(made) == 1
    assert "Kijk nog een keer" in desk.get(path).text


# -- logos


def test_a_logo_is_drawn_anew_and_proposes_its_colour_for_a_person_to_confirm(desk):
    found = make_organisation("Demo Fonds")
    answer = upload(desk, found, png("#d6468f"))
    assert answer.location == (f"/desk/contacts/organisations/{found.id}/edit?accent=%23d6468f")
    page = desk.get(answer.location)
    assert 'value="#d6468f"' in page.text
    assert "komt uit het nieuwe logo" in page.text
    db.session.expire_all()
    assert found.accent == "#0b1b3b"
    assert "contacts.changed_logo" in verbs()


def test_the_logo_is_served_to_everyone_for_ever_under_its_own_address(desk, client):
    found = make_organisation()
    upload(desk, found, png())
    db.session.expire_all()
    page = desk.get(f"/desk/contacts/organisations/{found.id}").text
    path = re.search(r'src="(/organisations/[^"]+)"', page)[1]
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "public" in answer.headers["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(path.replace("logo-", "logo-0")).status_code == 404
    assert client.get(f"/organisations/{found.id}/logo-{'0' * 16}.png").status_code == 404
    assert client.get(path.replace(f"/{found.id}/", "/9999/")).status_code == 404


def test_both_variants_are_kept_and_can_be_removed(desk):
    found = make_organisation()
    upload(desk, found, png("#2d83e0"))
    upload(desk, found, png("#eeeeee"), name="dark")
    db.session.expire_all()
    assert found.logo_key
    assert found.logo_dark_key
    assert found.logo_key != found.logo_dark_key
    desk.post(
        f"/desk/contacts/organisations/{found.id}/logo",
        data={"remove_dark": "y"},
        content_type="multipart/form-data",
    )
    db.session.expire_all()
    assert found.logo_key
    assert found.logo_dark_key is None


def test_two_who_choose_another_logo_are_told_and_the_last_one_may_still_stand(desk):
    found = make_organisation()
    path = f"/desk/contacts/organisations/{found.id}/logo"
    opened = BeautifulSoup(desk.get(path).text, "lxml").find(attrs={"name": "opened"})["value"]
    upload(desk, found, png("#2d83e0"), opened=opened)
    db.session.expire_all()
    theirs = found.logo_key
    upload(desk, found, png("#eeeeee"), name="dark", opened=opened)  # not the same one: both stand
    db.session.expire_all()
    assert found.logo_key == theirs
    assert found.logo_dark_key
    both = upload(desk, found, png("#c2185b"), opened=opened)
    assert "Een collega heeft dit gewijzigd terwijl u ermee bezig was" in both.text
    assert "Kies hem opnieuw" in both.text
    db.session.expire_all()
    assert found.logo_key == theirs
    again = BeautifulSoup(both.text, "lxml").find(attrs={"name": "opened"})["value"]
    assert upload(desk, found, png("#c2185b"), opened=again).status_code == 303
    db.session.expire_all()
    assert found.logo_key != theirs


HOSTILE = {
    "words": b"not a picture",
    "page": b"<html><script>alert(1)</script></html>",
    "script": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>1</script></svg>',
    "entity": b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    "outside": (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        b'<image href="http://127.0.0.1/x.png" width="9" height="9"/></svg>'
    ),
    "tiny": png(size=(90, 90)),
    "cut": png()[:60],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_logo_is_refused_with_a_sentence(desk, name):
    found = make_organisation()
    answer = upload(desk, found, HOSTILE[name])
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    db.session.expire_all()
    assert found.logo_key is None


def test_a_file_that_is_far_too_large_gets_a_sentence(desk):
    answer = desk.post(
        f"/desk/contacts/organisations/{make_organisation().id}/logo",
        data=b"x" * (12 * 1024 * 1024 + 1),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "Dit is te veel ineens" in answer.text


def test_nothing_is_locked_while_a_logo_is_drawn(app):
    found = make_organisation()
    with writing():
        queries.organisations([found.id])
        assert db.session().in_transaction()
        actions.keep_logo(png())
        assert not db.session().in_transaction()


# -- people


def test_a_person_is_added_with_an_address_in_lower_case(desk):
    answer = desk.post("/desk/contacts/people/add", data=PERSON)
    person = queries.person_by_email("ana@example.org")
    assert answer.location == f"/desk/contacts/people/{person.id}"
    assert verbs() == ["contacts.added_person"]


def test_an_address_belongs_to_one_person_and_what_was_typed_stays(desk):
    make_person("ana@example.org", name="Ana Vermeulen")
    other = make_person("rui@example.org")
    for path in ("add", f"{other.id}/edit"):
        answer = desk.post(f"/desk/contacts/people/{path}", data=PERSON)
        assert "Dit is het adres van Ana Vermeulen, die hier al staat." in answer.text
        assert 'value="Ana Demo"' in answer.text


@pytest.mark.parametrize("phone", ["=1+1 call me", "abc", "+" * 40, "06<script>"])
def test_a_telephone_number_has_figures(desk, phone):
    answer = desk.post("/desk/contacts/people/add", data={**PERSON, "phone": phone})
    assert "error-summary" in answer.text


def test_a_person_belongs_to_organisations_once_each(desk):
    person, fund = make_person(), make_organisation("Demo Fonds")
    join = {"organisation": str(fund.id), "title": "Bestuurslid"}
    path = f"/desk/contacts/people/{person.id}/organisations"
    assert desk.post(path, data=join).status_code == 303
    assert "hoort al bij" in desk.post(path, data=join).text
    for wrong in ("", "99999", "9" * 40, "x"):
        assert "error-summary" in desk.post(path, data={"organisation": wrong}).text
    membership = queries.memberships(person)[0]
    assert (membership.organisation.name, membership.title) == ("Demo Fonds", "Bestuurslid")
    stranger = make_person()
    leave = f"organisations/{membership.id}/leave"
    assert desk.post(f"/desk/contacts/people/{stranger.id}/{leave}").status_code == 404
    assert desk.post(f"/desk/contacts/people/{person.id}/{leave}").status_code == 303
    assert queries.memberships(person) == []
    page = BeautifulSoup(desk.get(f"/desk/contacts/people/{person.id}").text, "html.parser")
    undo = page.select_one(".flashes form")
    fields = {each["name"]: each["value"] for each in undo.select("input")}
    assert desk.post(undo["action"], data=fields).status_code == 303
    [again] = queries.memberships(person)
    assert (again.organisation.name, again.title) == ("Demo Fonds", "Bestuurslid")


def test_consents_are_shown_with_their_words_and_can_be_withdrawn(desk):
    person = make_person()
    with saving():
        actions.give_consent(
            person, Purpose.NEWSLETTER, wording="Ik wil de brief.", wording_version="2",
            how="form on the newsletter page", evidence={}, now=NOON,
        )  # fmt: skip
    page = desk.get(f"/desk/contacts/people/{person.id}").text
    assert "Ik wil de brief." in page
    assert "Geldig" in page
    desk.post(f"/desk/contacts/people/{person.id}/consents/newsletter/withdraw")
    assert queries.consent(person, Purpose.NEWSLETTER) is None
    assert "Ingetrokken" in desk.get(f"/desk/contacts/people/{person.id}").text
    assert verbs() == ["contacts.withdrew_consent"]
    wrong = f"/desk/contacts/people/{person.id}/consents/nothing/withdraw"
    assert desk.post(wrong).status_code == 404


def test_from_a_person_it_is_one_press_to_all_that_is_held(desk):
    person = make_person(
        "ana@example.org",
        name="Ana Demo",
        organisation=make_organisation("Demo Fonds"),
        title="Lid",
    )
    with saving():
        actions.give_consent(
            person, Purpose.PHOTO, wording="Ja.", wording_version="1", how="form",
            evidence={"page": "/x"}, now=NOON,
        )  # fmt: skip
    page = desk.get(f"/desk/contacts/people/{person.id}").text
    assert 'action="/desk/contacts/privacy/"' in page
    assert 'name="email" value="ana@example.org"' in page
    held = json.loads(desk.post("/desk/contacts/privacy/file", data={"email": person.email}).data)
    assert held["person"]["email"] == "ana@example.org"
    assert held["organisations"] == [{"organisation": "Demo Fonds", "title": "Lid"}]
    assert held["consents"][0]["evidence"] == {"page": "/x"}
    assert held["consents"][0]["given_at"] == NOON.isoformat()


# -- lists


def test_organisations_are_found_by_words_kind_and_partnership(desk):
    make_organisation("Demo Fonds Techniek", is_partner=True)
    make_organisation("Demo School")
    make_organisation("100% Demo_School", is_partner=True)

    def found(query):
        page = desk.get(f"/desk/contacts/?{query}").text
        return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)

    assert found("words=techniek") == ["Demo Fonds Techniek"]
    assert found("words=%25") == ["100% Demo_School"]
    assert found("words=_") == ["100% Demo_School"]
    assert found("partner=y") == ["100% Demo_School", "Demo Fonds Techniek"]
    assert found("kind=ministry") == []
    assert "Niets gevonden" in desk.get("/desk/contacts/?words=zzz").text


def test_people_are_found_by_name_address_language_and_organisation(desk):
    fund = make_organisation("Demo Fonds")
    make_person("ana@example.org", name="Ana Demo", organisation=fund)
    make_person("rui@example.org", name="Rui Demo", language="en")

    def found(query):
        page = desk.get(f"/desk/contacts/people/?{query}").text
        return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)

    assert found("words=ANA") == ["Ana Demo"]
    assert found("words=rui%40") == ["Rui Demo"]
    assert found("language=en") == ["Rui Demo"]
    assert found(f"organisation={fund.id}") == ["Ana Demo"]


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=99999999999999999999", "page=900", "kind=nothing",
     "words=" + "x" * 300, "organisation=99999999999999", "organisation=x", "words=%ff"],
)  # fmt: skip
def test_filters_that_make_no_sense_do_no_harm(desk, query):
    make_organisation()
    assert desk.get(f"/desk/contacts/?{query}").status_code == 200
    assert desk.get(f"/desk/contacts/people/?{query}").status_code == 200
    answer = desk.get(f"/desk/contacts/people/people.csv?{query}", buffered=True)
    assert answer.status_code == 200


def test_a_long_list_has_pages_that_keep_the_filter(desk, statements):
    with saving():
        for number in range(51):
            db.session.add(
                Person(name=f"Demo {number:03}", email=f"p{number}@example.org", language="nl",
                       phone="", created_at=NOON)
            )  # fmt: skip
    del statements[:]
    page = desk.get("/desk/contacts/people/?words=demo").text
    assert len(statements) <= 4
    assert "51 personen" in page
    assert "words=demo&amp;page=2" in page
    assert "Demo 050" in desk.get("/desk/contacts/people/?words=demo&page=2").text


def test_the_list_of_people_can_be_downloaded_with_the_same_filter(desk):
    fund, school = make_organisation("Demo Fonds"), make_organisation("Demo School")
    ana = make_person("ana@example.org", name="=Ana", organisation=fund, phone="+31 6 1")
    make_person("rui@example.org", name="Rui Demo", language="en")
    with saving():
        actions.join(ana, school, "", by=None, now=NOON)
    answer = desk.get("/desk/contacts/people/people.csv?language=nl")
    rows = list(
        csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")), delimiter=";")
    )
    assert len(rows) == 2
    assert rows[1][:4] == ["'=Ana", "ana@example.org", "'+31 6 1", "nl"]
    assert sorted(rows[1][4].split(", ")) == ["Demo Fonds", "Demo School"]
    assert "contacts.exported_people" in verbs()


def test_the_list_of_organisations_can_be_downloaded(desk):
    make_organisation("Demo Fonds", is_partner=True)
    text = desk.get("/desk/contacts/organisations.csv").get_data(as_text=True)
    assert "Demo Fonds;Bedrijf;;ja" in text


def test_the_download_of_many_people_takes_little_memory(app):
    with saving():
        db.session.execute(
            insert(Person),
            [
                {"name": f"Demo {n}", "email": f"p{n}@example.org", "language": "nl", "phone": "",
                 "created_at": NOON}
                for n in range(20_000)
            ],
        )  # fmt: skip
    tracemalloc.start()
    count = sum(1 for _ in queries.every_person(queries.Search()))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert most < 4_000_000


# -- what is shown, and to whom


def test_hostile_names_are_shown_as_words(desk):
    fund = make_organisation(SCRIPT + "F")
    person = make_person(name=SCRIPT + "P", organisation=fund, title=SCRIPT + "T")
    for path in (
        "/desk/contacts/",
        f"/desk/contacts/organisations/{fund.id}",
        f"/desk/contacts/organisations/{fund.id}/edit",
        f"/desk/contacts/organisations/{fund.id}/logo",
        "/desk/contacts/people/",
        f"/desk/contacts/people/{person.id}",
        f"/desk/contacts/people/{person.id}/edit",
        f"/desk/contacts/people/?organisation={fund.id}",
    ):
        page = desk.get(path).text
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;alert" in page, path


ORGANISATION_DOORS = ("", "organisations.csv", "organisations/add", "organisations/1",
                      "organisations/1/edit", "organisations/1/logo")  # fmt: skip
PEOPLE_DOORS = ("people/", "people/people.csv", "people/add", "people/1", "people/1/edit")


@pytest.mark.parametrize(
    ("role", "organisations", "people"),
    [
        (Role.DOOR, 403, 403),
        (Role.EDITOR, 200, 403),
        (Role.ORGANISER, 200, 200),
        (Role.OWNER, 200, 200),
    ],
)
def test_who_may_see_what(app, role, organisations, people):
    person = make_person(name="Ana Demo", organisation=make_organisation())
    browser = signed_in(app, role)
    doors = ORGANISATION_DOORS + PEOPLE_DOORS
    got = {path: browser.get(f"/desk/contacts/{path}", buffered=True) for path in doors}
    assert {got[path].status_code for path in ORGANISATION_DOORS} == {organisations}
    assert {got[path].status_code for path in PEOPLE_DOORS} == {people}
    shows = person.email in got["organisations/1"].text
    assert shows == (people == 200)
    if people == 403:
        for path in (
            "organisations/1/link",
            "people/1/organisations",
            "people/1/organisations/1/leave",
            "people/1/consents/newsletter/withdraw",
        ):
            assert browser.post(f"/desk/contacts/{path}").status_code == 403


def test_every_door_asks_for_the_forms_own_token(app):
    make_person(organisation=make_organisation())
    app.config["WTF_CSRF_ENABLED"] = True
    browser = signed_in(app, Role.OWNER)
    for path in (
        "organisations/add", "organisations/1/edit", "organisations/1/logo", "organisations/1/link",
        "people/add", "people/1/edit", "people/1/organisations", "people/1/organisations/1/leave",
        "people/1/consents/newsletter/withdraw",
    ):  # fmt: skip
        assert browser.post(f"/desk/contacts/{path}", data=ORGANISATION).status_code == 400, path
