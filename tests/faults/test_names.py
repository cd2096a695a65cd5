"""What is chosen or read by its name alone has that name alone, however it is written.

Every thing with a name is here: most of them are refused a second time, in words, when they are
made and when they are renamed; the others are told apart by something that stands with the name.
"""

import pytest
from lxml import html
from sqlalchemy import func, select

from events_app.contacts.models import Organisation
from events_app.core.db import Base, db, saving
from events_app.events.models import EventSeries, Venue
from events_app.themes.models import Kind, Theme
from tests.conftest import dealt
from tests.events.test_desk import typed
from tests.factories.contacts import make_organisation
from tests.factories.events import make_series, make_venue

NAMES = {"name", "title", "label", "subject"}
TOLD_APART = {
    "event": "date and edition", "person": "address", "staff_member": "address",
    "issue": "day and state", "participant": "address and code", "invitation": "address",
    "question": "its place in the form", "option_group": "its place in the form",
    "option": "its place in the group", "allotment": "its places, and for whom",
    "ambassador": "what they do: not a name", "membership": "what they do: not a name",
    "letter_body": "a letter", "mention": "a letter", "subscription_request": "address",
    "transfer": "address", "sending_pause": "an issue", "beat": "the machine",
    "installation": "the house",
}  # fmt: skip


def organisation(name):
    return {"name": name, "kind": "fund", "website": "", "accent": "#0b1b3b"}


def theme(name):
    return {"name_nl": name, "name_en": f"{name} in English", "colour": "#2d83e0"}


def series(name):
    return {"title_nl": name}


def venue(name):
    return {"name": name, "street": "Kade 1", "postcode": "", "city": "Dordrecht", "region": ""}


def theme_named(name, code=""):
    with saving():
        made = Theme(kind=Kind.CHALLENGE, code=code or name.lower().replace(" ", "-"),
                     name={"nl": name, "en": f"{name} in English"}, colour="#2d83e0")  # fmt: skip
        db.session.add(made)
    return made


def series_named(name, slug=""):
    return make_series(name, slug or name.lower().replace(" ", "-"))


def in_an_event(**fields):
    """The form of a new event; the field that is None gets the name."""
    return lambda name: typed(**{key: value or name for key, value in fields.items()})


NEW_VENUE = {
    "venue": "new", "new_venue-street": "Kade 1", "new_venue-city": "Dordrecht",
    "new_venue-name": None,
}  # fmt: skip
REFUSED = {
    "organisation": (
        Organisation, make_organisation, "/desk/contacts/organisations/%d/edit", organisation,
        {"/desk/contacts/organisations/add": organisation},
        "Er is al een organisatie met deze naam",
    ),
    "theme": (
        Theme, theme_named, "/desk/themes/%d", theme,
        {"/desk/themes/add/challenge": theme, "/desk/themes/add/sector": theme},
        "Er is al een thema met deze naam",
    ),
    "event_series": (
        EventSeries, series_named, "/desk/venues/series/%d", series,
        {"/desk/events/new": in_an_event(series="new", series_title_nl=None)},
        "Er is al een reeks met deze titel",
    ),
    "venue": (
        Venue, make_venue, "/desk/venues/%d", venue,
        {"/desk/events/new": in_an_event(**NEW_VENUE)},
        "Een locatie met deze naam, straat en plaats staat al in de lijst",
    ),
}  # fmt: skip
NAME = "Techniekfonds Delta"
LIKE_IT = ("Techniekfonds Delta", "techniekfonds delta", "TECHNIEKFONDS  DELTA")


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def refused(answer, sentence, name):
    page = html.fromstring(answer.text)
    [summary] = page.find_class("error-summary")
    assert sentence in summary.text_content()
    assert name in page.xpath("//input/@value"), "what was typed stays"


@pytest.mark.parametrize(("thing", "name"), dealt(REFUSED, LIKE_IT))
def test_a_name_in_use_is_refused_in_words_wherever_one_is_made(desk, thing, name):
    model, make, _path, _form, doors, sentence = REFUSED[thing]
    make(NAME)
    before = count(model)
    for path, form in doors.items():
        refused(desk.post(path, data=form(name)), sentence, name)
    assert count(model) == before


@pytest.mark.parametrize(("thing", "name"), dealt(REFUSED, LIKE_IT))
def test_a_name_in_use_is_refused_in_words_where_one_is_renamed(desk, thing, name):
    _model, make, path, form, _doors, sentence = REFUSED[thing]
    make(NAME)
    other = make("Iets anders")
    refused(desk.post(path % other.id, data=form(name)), sentence, name)
    db.session.refresh(other)
    assert "Iets anders" in str(getattr(other, "name", None) or other.title)


@pytest.mark.parametrize("thing", REFUSED)
def test_its_own_name_is_written_otherwise(desk, thing):
    _model, make, path, form, *_ = REFUSED[thing]
    one = make(NAME)
    assert desk.post(path % one.id, data=form("TECHNIEKFONDS delta")).status_code == 303
    db.session.refresh(one)
    assert "TECHNIEKFONDS delta" in str(getattr(one, "name", None) or one.title)


def test_two_of_one_name_from_before_can_be_changed_otherwise(desk):
    make_organisation(NAME)
    other = make_organisation("techniekfonds delta")
    changed = organisation("techniekfonds delta") | {"website": "https://example.org"}
    path = f"/desk/contacts/organisations/{other.id}/edit"
    assert desk.post(path, data=changed).status_code == 303
    refused(desk.post(path, data=organisation(NAME)), REFUSED["organisation"][-1], NAME)


@pytest.mark.parametrize("thing", ["theme", "event_series", "venue"])
def test_twins_from_before_keep_their_name_while_something_else_is_changed(desk, thing):
    _model, make, path, form, *_ = REFUSED[thing]
    make(NAME)
    twin = make(NAME, *(() if thing == "venue" else ("twin",)))
    said = {"colour": "#0f96a8", "description_nl": "Anders.", "route_note_nl": "Bus 5."}
    assert desk.post(path % twin.id, data=form(NAME) | said).status_code == 303


def test_halls_of_one_name_in_two_streets_are_two(desk):
    make_venue("De Hal")
    form = in_an_event(**NEW_VENUE | {"new_venue-street": "Kade 2"})
    assert desk.post("/desk/events/new", data=form("De Hal")).status_code == 303


def test_an_english_name_in_use_is_refused_beside_that_name(desk):
    theme_named(NAME)
    answer = desk.post("/desk/themes/add/sector", data=theme(NAME) | {"name_nl": "Nieuw"})
    field = html.fromstring(answer.text).get_element_by_id("name_en")
    assert field.get("aria-invalid") == "true"


def test_a_name_that_nothing_has_any_more_can_be_given_again(desk):
    one = theme_named("Water twee")
    desk.post(f"/desk/themes/{one.id}", data=theme("Waterbeheer"))
    assert desk.post("/desk/themes/add/sector", data=theme("Water twee")).status_code == 303
    codes = db.session.scalars(select(Theme.code).order_by(Theme.id.desc()).limit(2)).all()
    assert codes == ["water-twee-2", "water-twee"], "links to the first still lead there"


def test_every_thing_with_a_name_is_here(app):
    named = {table.name for table in Base.metadata.sorted_tables if NAMES & {*table.c.keys()}}
    assert named == {*TOLD_APART, *REFUSED}
