import re

import pytest
from sqlalchemy import select

from events_app.accounts.models import JournalEntry, Role
from events_app.core.db import db, saving
from events_app.themes import actions, queries, rules
from events_app.themes.models import Kind, Theme
from tests.conftest import run_all_now, signed_in
from tests.factories.events import theme as theme_of

WORDS = {"name_nl": "Ruimtevaart", "name_en": "Space", "colour": "#2d83e0"}


def journal():
    return db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()


def styles(client):
    page = client.get("/nowhere").text
    return client.get(re.search(r'rel="stylesheet" href="([^"]+)"', page)[1]).text


def test_each_kind_has_a_list_of_its_own(desk):
    assert "Agri &amp; Food" in desk.get("/desk/themes/").text
    assert "Noord-Brabant" in desk.get("/desk/themes/?kind=region").text
    assert desk.get("/desk/themes/?kind=nothing").status_code == 404


def test_a_theme_is_added_at_the_end_with_a_code_from_its_dutch_name(desk):
    answer = desk.post("/desk/themes/add/sector", data=WORDS)
    assert answer.location == "/desk/themes/?kind=sector"
    theme = queries.of_kind(Kind.SECTOR)[-1]
    assert (theme.code, theme.name) == ("ruimtevaart", {"nl": "Ruimtevaart", "en": "Space"})
    assert (journal()[-1].verb, journal()[-1].actor) == ("themes.added", "Demo owner")


def test_its_colour_is_in_the_one_stylesheet_at_once(desk):
    assert "theme-ruimtevaart" not in styles(desk)
    desk.post("/desk/themes/add/sector", data=WORDS)
    assert ".theme-ruimtevaart { --theme: #2d83e0; }" in styles(desk)
    water = theme_of("water")
    desk.post(
        f"/desk/themes/{water.id}",
        data={"name_nl": "Water", "name_en": "Water", "colour": "#0F80A8"},
    )
    assert ".theme-water { --theme: #0f80a8; }" in styles(desk)


def test_a_lost_stylesheet_is_drawn_again(desk, app):
    from events_app.core import static

    desk.post("/desk/themes/add/sector", data=WORDS)
    static.add_styles("")
    assert "theme-ruimtevaart" not in styles(desk)
    run_all_now(app)
    assert "theme-ruimtevaart" in styles(desk)


def test_the_seeded_colours_of_sectors_are_those_that_are_shipped(app):
    from events_app.core import static

    assert rules.styles(queries.of_kind(Kind.SECTOR), static.shipped("tokens")) == ""


def test_all_seeded_colours_pass(app):
    assert [t.code for t in queries.everything() if not rules.weigh(t.colour).is_clear] == []


@pytest.mark.parametrize(
    ("colour", "advice"),
    [
        ("#ffe600", "Kies een donkerder kleur"),
        ("#0b1b3b", "Kies een lichtere"),
        ("#ffffff", "1 op wit"),
    ],
)
def test_a_colour_that_is_hard_to_see_is_refused_with_its_contrast(desk, colour, advice):
    answer = desk.post("/desk/themes/add/sector", data={**WORDS, "colour": colour})
    assert answer.status_code == 200
    assert advice in answer.text
    assert "Beide moeten minstens 3 zijn" in answer.text
    assert 'value="Ruimtevaart"' in answer.text
    assert db.session.scalars(select(Theme).where(Theme.code == "ruimtevaart")).first() is None


@pytest.mark.parametrize(
    "colour", ["", "blue", "#fff", "#12345g", "red;}body{display:none", "#2d83e0;}", "#2d83e0\n}"]
)
def test_only_a_whole_colour_reaches_the_stylesheet(desk, colour):
    answer = desk.post("/desk/themes/add/sector", data={**WORDS, "colour": colour})
    assert answer.status_code == 200
    assert "Kies een kleur" in answer.text


def test_a_second_theme_of_the_same_name_is_refused(desk):
    answer = desk.post("/desk/themes/add/region", data={**WORDS, "name_nl": "Utrecht"})
    assert "Er is al een thema met deze naam" in answer.text


@pytest.mark.parametrize("name", ["", "  ", "!!!", "x" * 121])
def test_a_theme_without_a_proper_name_is_refused(desk, name):
    answer = desk.post("/desk/themes/add/sector", data={**WORDS, "name_nl": name})
    assert "error-summary" in answer.text


def test_a_name_in_another_script_gets_a_code_too(desk):
    desk.post("/desk/themes/add/sector", data={**WORDS, "name_nl": "宇宙"})
    assert re.fullmatch(r"t-[a-z0-9]{6}", queries.of_kind(Kind.SECTOR)[-1].code)


def test_hostile_names_are_shown_as_words(desk):
    desk.post("/desk/themes/add/sector", data={**WORDS, "name_nl": "<script>alert(1)</script> X"})
    for path in ("/desk/themes/", "/desk/accounts/journal", "/desk/"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_changes_are_in_the_journal_with_before_and_after(desk):
    water = theme_of("water")
    same = {"name_nl": "Water & Maritiem", "name_en": "Water & Maritime", "colour": "#0f96a8"}
    desk.post(f"/desk/themes/{water.id}", data=same)
    assert journal() == []
    desk.post(f"/desk/themes/{water.id}", data={**same, "colour": "#0f80a8"})
    line = journal()[-1]
    assert (line.before, line.after) == ({"colour": "#0f96a8"}, {"colour": "#0f80a8"})


def test_a_retired_theme_is_no_longer_offered_until_it_is_again(desk):
    water = theme_of("water")
    desk.post(f"/desk/themes/{water.id}/retire")
    assert water not in queries.of_kind(Kind.SECTOR)
    page = desk.get("/desk/themes/").text
    assert "Wordt niet meer aangeboden" in page
    assert f'action="/desk/themes/{water.id}/offer"' in page  # the button that undoes it
    desk.post(f"/desk/themes/{water.id}/offer")
    assert water in queries.of_kind(Kind.SECTOR)


def test_themes_move_up_and_down_among_their_kind(desk):
    def codes():
        return [theme.code for theme in queries.of_kind(Kind.PROGRAMME_LINE)]

    assert codes() == ["impact", "kennis", "mobiliseren"]
    first, last = theme_of("impact").id, theme_of("mobiliseren").id
    desk.post(f"/desk/themes/{last}/move", data={"up": "1"})
    assert codes() == ["impact", "mobiliseren", "kennis"]
    desk.post(f"/desk/themes/{first}/move", data={"up": "1"})
    desk.post(f"/desk/themes/{first}/move", data={"down": "1"})
    assert codes() == ["mobiliseren", "impact", "kennis"]


def test_places_that_were_the_same_are_set_right_by_a_move(app):
    from tests.conftest import NOON
    from tests.factories.accounts import make_staff

    with saving():
        for theme in queries.of_kind(Kind.PROGRAMME_LINE):
            theme.position = 5
    with saving():
        actions.move(theme_of("kennis"), up=True, by=make_staff(), now=NOON)
    assert queries.of_kind(Kind.PROGRAMME_LINE)[0].code == "kennis"


@pytest.mark.parametrize("key", [0, 99_999, 2**31, 10**30])
def test_a_theme_that_is_not_there_is_not_found(desk, key):
    assert desk.get(f"/desk/themes/{key}").status_code == 404


@pytest.mark.parametrize(
    ("role", "sees", "changes"),
    [(Role.DOOR, 403, 403), (Role.EDITOR, 200, 403), (Role.ORGANISER, 200, 303)],
)
def test_who_may_see_and_change_themes(app, role, sees, changes):
    browser = signed_in(app, role)
    water = theme_of("water")
    assert browser.get("/desk/themes/").status_code == sees
    assert browser.post("/desk/themes/add/sector", data=WORDS).status_code == changes
    for door in ("retire", "offer", "move"):
        assert browser.post(f"/desk/themes/{water.id}/{door}").status_code == changes
