"""Each kind of question: asked, answered, kept, shown, exported and wiped."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from lxml import html
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from events_app.core import csv_export, text
from events_app.core.db import db
from events_app.core.text import LANGUAGES
from events_app.registrations import questions
from events_app.registrations.models import Answer, Question, Registration
from events_app.registrations.questions import KINDS
from events_app.registrations.questions.date.field import read as read_day
from events_app.registrations.questions.number.field import read as read_number
from tests.conftest import NOON, dealt
from tests.factories.events import make_event
from tests.factories.registrations import ANA, mailed_link, make_form, make_question, registered

TYPED = {"name": "Ana Vermeulen", "email": "ana@example.org"}


@pytest.fixture
def event(app):
    return make_event(slug="avond", capacity=9)


def ask(event, kind, **fields):
    return make_question(make_form(event, capacity=9), "De vraag?", kind=kind, **fields)


def send(client, question, *sent, language="nl", **more):
    data = MultiDict([*(TYPED | more).items(), *((f"question_{question.id}", e) for e in sent)])
    return client.post(f"/events/avond/register?lang={language}", data=data)


def error(answer, question):
    return html.fromstring(answer.text).xpath(f"string(//*[@id='question_{question.id}-error'])")


def kept():
    db.session.expire_all()
    return [answer.value for answer in db.session.scalars(select(Answer).order_by(Answer.id))]


def people():
    return len(db.session.scalars(select(Registration)).all())


def filled(answer):
    """The desk's form of a question as it stands."""
    [form] = html.fromstring(answer.text).xpath("//form[.//*[@name='label_nl']]")
    return MultiDict(form.form_values())


def cells(desk, event):
    page = desk.get(f"/desk/registrations/{event.id}/list.csv").text
    return list(csv.reader(io.StringIO(page.removeprefix("\ufeff")), delimiter=";"))


# -- all of them


@pytest.mark.parametrize("kind", dealt(KINDS))
def test_an_answer_of_each_kind_is_kept_shown_exported_and_wiped(client, desk, event, kind):
    question, sample = ask(event, kind), KINDS[kind].sample()
    assert send(client, question, *sample.sent).status_code == 303
    [value] = kept()
    for language in LANGUAGES:
        with text.speaking(language):
            words = questions.shown(question, value)
        assert (
            words
            in html.fromstring(
                client.get(f"{mailed_link('ana@example.org')}?lang={language}").text
            ).text_content()
        )
        person = db.session.scalars(select(Registration.id)).one()
        page = desk.get(f"/desk/registrations/{event.id}/{person}?lang={language}")
        assert words in html.fromstring(page.text).text_content()
        held = desk.post(
            f"/desk/contacts/privacy/file?lang={language}", data={"email": "ana@example.org"}
        )
        assert held.json["registrations"][0]["answers"] == [
            {"question": "De vraag?", "answer": words}
        ]
    with text.speaking("nl"):
        assert cells(desk, event)[1][-1] == csv_export.defused(questions.exported(question, value))
    desk.post(f"/desk/registrations/{event.id}/questions/{question.id}/remove")
    assert kept() == []


@pytest.mark.parametrize("kind", dealt(KINDS))
def test_a_question_of_each_kind_that_needs_an_answer_says_so_in_words(client, event, kind):
    question = ask(event, kind, is_required=True)
    for sent in ([], [""], ["   "]):
        answer = send(client, question, *sent)
        assert answer.status_code == 200, sent
        said = error(answer, question).replace("Fout:", "").strip()
        if kind != "consent":
            assert said == "Beantwoord deze vraag.", sent
        elif not sent:
            assert said.startswith("Vink het vakje aan als u akkoord gaat."), sent
    assert people() == 0


@pytest.mark.parametrize("kind", dealt(KINDS))
def test_a_question_of_each_kind_may_be_left_open(client, desk, event, kind):
    question = ask(event, kind)
    assert send(client, question).status_code == 303
    assert kept() == []
    assert cells(desk, event)[1][-1] == ""


HOSTILE = ('"><script>alert(1)</script>', "=HYPERLINK(1)", "\x00\u202e", "9" * 5000, "١٢", "1e99")


@pytest.mark.parametrize(("kind", "hostile"), dealt(KINDS, HOSTILE))
def test_whatever_is_sent_to_a_field_is_kept_as_words_or_refused_in_words(
    client, event, kind, hostile
):
    question = ask(event, kind)
    answer = send(client, question, hostile, organisation="Demo bv")
    assert "<script>alert" not in answer.text
    if answer.status_code == 303:
        assert "<script>alert" not in client.get(mailed_link("ana@example.org")).text
    else:
        assert answer.status_code == 200
        assert error(answer, question).strip()
        assert 'value="Demo bv"' in answer.text


@pytest.mark.parametrize("kind", dealt(KINDS))
def test_an_organiser_asks_each_kind_and_finds_it_as_it_was(desk, event, kind):
    make_form(event, capacity=9)
    settings = f"/desk/registrations/{event.id}/questions"
    data = filled(desk.get(f"{settings}/new/{kind}"))
    said = {"label_nl": "De vraag?", "purpose_nl": "Daarom.", "choices_nl": "Een\nTwee",
            "words_nl": "Ik vind het goed."}  # fmt: skip
    for name in said.keys() & data.keys():
        data[name] = said[name]
    assert desk.post(f"{settings}/new/{kind}", data=data).status_code == 303
    question = db.session.scalars(select(Question)).one()
    assert (question.kind, question.label) == (kind, {"nl": "De vraag?"})
    before = dict(question.settings)
    again = filled(desk.get(f"{settings}/{question.id}"))
    assert desk.post(f"{settings}/{question.id}", data=again).status_code == 303
    db.session.expire_all()
    assert question.settings == before, "saved as it stood, it stays so"


def test_the_kind_is_chosen_first_and_stays(desk, event):
    question = ask(event, "number")
    settings = f"/desk/registrations/{event.id}/questions"
    page = html.fromstring(desk.get(f"{settings}/new").text)
    offered = [
        path.rpartition("/")[2]
        for path in page.xpath("//a[contains(@href, 'questions/new/')]/@href")
    ]
    assert offered == list(KINDS)
    assert desk.get(f"{settings}/new/nothing").status_code == 404
    data = filled(desk.get(f"{settings}/{question.id}"))
    data["kind"] = "text"
    assert desk.post(f"{settings}/{question.id}", data=data).status_code == 303
    db.session.expire_all()
    assert question.kind == "number"


# -- choices


def test_an_answer_outlives_the_choice_that_it_was(client, event):
    some = [{"nl": "Ochtend", "en": "Morning"}, {"nl": "Middag"}]
    question = ask(event, "choices", settings={"choices": some})
    registered(event, replace(ANA, answers={question.id: ["Ochtend", "Nu"]}))
    assert "Morning, Nu" in client.get(f"{mailed_link(ANA.email)}?lang=en").text


@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_a_choice_that_was_removed_while_the_form_was_open_is_named(client, event, kind):
    question = ask(event, kind, settings={"choices": [{"nl": "Ochtend"}, {"nl": "Middag"}]})
    answer = send(client, question, "Avond")
    assert error(answer, question) == "Fout: “Avond” kan niet meer worden gekozen. Kies opnieuw."
    assert people() == 0


def test_two_questions_of_one_form_have_other_words(desk, event):
    ask(event, "text")
    new = f"/desk/registrations/{event.id}/questions/new/text"
    data = filled(desk.get(new))
    data["label_nl"], data["purpose_nl"] = "De vraag?", "Zo maar."
    refused = desk.post(new, data=data)
    assert (refused.status_code, "heeft deze woorden al" in refused.text) == (422, True)
    data["label_nl"] = "Een andere vraag?"
    assert desk.post(new, data=data).status_code == 303
    assert "Een andere vraag? · Op de Bühne Energie" in desk.get("/desk/accounts/journal").text


def test_files_of_one_form_promise_no_more_than_it_takes(desk, event):
    ask(event, "file", settings={"types": ["pdf"], "megabytes": 8})
    new = f"/desk/registrations/{event.id}/questions/new/file"
    data = filled(desk.get(new))
    data["label_nl"], data["purpose_nl"], data["megabytes"] = "Nog een?", "Zo maar.", "4"
    refused = desk.post(new, data=data)
    assert refused.status_code == 422
    assert "samen zijn hooguit 11 MB, en de andere vragen nemen er 8 MB van" in refused.text
    data["megabytes"] = "3"
    assert desk.post(new, data=data).status_code == 303


def test_two_choices_have_other_words_in_english_too(desk, event):
    question = ask(event, "choice")
    path = f"/desk/registrations/{event.id}/questions/{question.id}"
    data = filled(desk.get(path))
    data["choices_en"] = "Morning\nMorning"
    assert "Een keuze staat hier twee keer." in desk.post(path, data=data).text


# -- numbers


@pytest.mark.parametrize(
    ("typed", "language", "is_whole", "number"),
    [
        ("12", "nl", True, "12"), ("1,5", "nl", False, "1.5"), ("1.5", "nl", False, "1.5"),
        ("1,5", "en", False, "1.5"), ("1.5", "en", False, "1.5"), ("-3", "nl", True, "-3"),
        ("−3", "nl", True, "-3"), ("1.000", "nl", False, "1000"), ("1.000", "en", False, "1"),
        ("1,000", "en", False, "1000"), ("1,000", "nl", False, "1"), ("1.000", "en", True, "1000"),
        ("1,000", "nl", True, "1000"), ("1.234,56", "nl", False, "1234.56"),
        ("1,234.56", "nl", False, "1234.56"), ("1.234.567", "en", False, "1234567"),
        ("1 234,5", "nl", False, "1234.5"), (",5", "nl", False, "0.5"), ("0", "nl", True, "0"),
        ("1,50", "nl", False, "1.5"), ("1200", "nl", True, "1200"), ("-0", "nl", True, "0"),
        ("1,5", "nl", True, "1.5"), ("1,23,4", "nl", False, None), ("1.2.3", "nl", False, None),
        ("twaalf", "nl", False, None), ("1e5", "nl", False, None), ("12 km", "nl", False, None),
        ("", "nl", False, None), ("9" * 16, "nl", True, None), ("NaN", "nl", False, None),
        ("0.500", "nl", False, "0.5"), ("0,500", "en", False, "0.5"),
        ("-0.125", "nl", False, "-0.125"), ("0.500", "nl", True, "0.5"),
        ("0,500", "en", True, "0.5"), ("0.500.000", "nl", False, None),
        ("012.500", "nl", False, None), ("00,500", "en", True, None),
        ("1.500", "nl", False, "1500"),
        ("١٢", "nl", False, None), ("1.23,456,7", "nl", False, None), ("-", "nl", True, None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(typed, language, is_whole, number):
    read = read_number(typed, is_whole=is_whole, language=language)
    assert read == (None if number is None else Decimal(number))


NUMBER = {"least": "1", "most": "10.5", "decimals": 1, "unit": {"nl": "km"}}


@pytest.mark.parametrize(
    ("typed", "language", "sentence"),
    [
        ("0,9", "nl", "Vul een getal in van 1 tot en met 10,5."),
        ("10.6", "en", "Fill in a number from 1 to 10.5."),
        ("1,55", "nl", "Vul hooguit één cijfer achter de komma in."),
        ("veel", "nl", "Vul een getal in cijfers in, zoals 12 of 1,5."),
    ],
)
def test_a_number_that_does_not_fit_is_told_what_does_and_stays_in_its_field(
    client, event, typed, language, sentence
):
    question = ask(event, "number", settings=NUMBER)
    answer = send(client, question, typed, language=language)
    assert sentence in error(answer, question)
    [field] = html.fromstring(answer.text).xpath(f"//input[@name='question_{question.id}']")
    assert (field.get("value"), field.get("inputmode")) == (typed, "decimal")


@pytest.mark.parametrize("typed", ["1", "10,5", "10.5"])
def test_the_ends_of_a_range_belong_to_it(client, event, typed):
    question = ask(event, "number", settings=NUMBER)
    assert send(client, question, typed).status_code == 303


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ({"least": "0", "most": None}, "van ten minste 0"),
        ({"least": None, "most": "-1"}, "hooguit"),
    ],
)
def test_a_range_may_be_open_at_one_end(client, event, ends, sentence):
    question = ask(event, "number", settings=NUMBER | ends)
    answer = send(client, question, "-0,5")
    assert sentence in error(answer, question)
    assert send(client, question, "-1000" if ends["least"] is None else "1000").status_code == 303


def test_zero_is_an_answer(client, event):
    question = ask(event, "number", is_required=True, settings=NUMBER | {"least": "0"})
    assert send(client, question, "0").status_code == 303
    assert kept() == ["0"]


def test_a_number_below_zero_is_a_number_in_the_list_and_no_formula(client, desk, event):
    question = ask(event, "number", settings=NUMBER | {"least": None})
    send(client, question, "-2,5")
    assert cells(desk, event)[1][-1] == "-2,5"
    assert "-2,5 km" in client.get(mailed_link("ana@example.org")).text.replace("−", "-")


def test_an_organiser_whose_largest_number_is_the_smallest_is_told(desk, event):
    make_form(event, capacity=9)
    data = {
        "label_nl": "Hoeveel?", "purpose_nl": "Daarom.", "least": "10,5",
        "most": "2", "decimals": "1", "visible_to": "organisers", "wipe_after_days": "30",
    }  # fmt: skip
    answer = desk.post(f"/desk/registrations/{event.id}/questions/new/number", data=data)
    assert answer.status_code == 422
    assert "Het grootste getal is kleiner dan het kleinste." in answer.text
    assert 'value="10,5"' in answer.text


# -- dates


@pytest.mark.parametrize(
    "typed",
    ["2026-12-31", "31-12-2026", "31/12/2026", "31.12.2026", "31 december 2026", "31 dec. 2026",
     "31 Dec 2026", "31st December 2026", " 31  12  2026 "],
)  # fmt: skip
def test_days_are_read_as_people_write_them(typed):
    assert read_day(typed) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "typed", ["31-02-2026", "12/31/2026", "31-12-26", "morgen", "0000-01-01", "1-1-1899", "31-12"]
)
def test_what_is_no_day_is_refused(typed):
    assert read_day(typed) is None


DAYS = {"first": "2026-06-01", "last": "2026-12-31"}


@pytest.mark.parametrize(
    ("typed", "settings", "sentence"),
    [
        ("31-05-2026", DAYS, "Kies een dag van maandag 1 juni 2026 tot en met donderdag 31 dec"),
        ("1-1-2027", DAYS, "Kies een dag van maandag 1 juni 2026 tot en met donderdag 31 dec"),
        ("1-1-2027", DAYS | {"first": None}, "Kies een dag tot en met donderdag 31 december 2026."),
        ("1-1-2020", DAYS | {"last": None}, "Kies een dag vanaf maandag 1 juni 2026."),
        ("32-12-2026", DAYS, "Vul een dag in die bestaat, zoals 31-12-2026."),
    ],
)
def test_a_day_that_does_not_fit_is_told_what_does_and_stays_in_its_field(
    client, event, typed, settings, sentence
):
    question = ask(event, "date", settings=settings)
    answer = send(client, question, typed)
    assert sentence in error(answer, question)
    [field] = html.fromstring(answer.text).xpath(f"//input[@name='question_{question.id}']")
    assert (field.get("value"), field.get("type")) == (typed, "date")
    assert (field.get("min"), field.get("max")) == (settings["first"], settings["last"])


@pytest.mark.parametrize("typed", ["1-6-2026", "31-12-2026"])
def test_the_first_and_the_last_day_belong_to_it(client, event, typed):
    assert send(client, ask(event, "date", settings=DAYS), typed).status_code == 303


# -- consent


WORDS = {"nl": "Ik vind foto’s goed.", "en": "Photos are fine with me."}


def words_now(desk, event, question, **words):
    path = f"/desk/registrations/{event.id}/questions/{question.id}"
    data = filled(desk.get(path))
    for name, value in words.items():
        data[name] = value
    assert desk.post(path, data=data).status_code == 303
    db.session.expire_all()
    return question.settings


@pytest.mark.parametrize("sent", ["on", "y", "true", "0", "", "2", "11"])
def test_nothing_but_the_box_beside_these_words_is_consent(client, event, sent):
    settings = {"words": WORDS, "version": 1}
    question = ask(event, "consent", is_required=True, settings=settings)
    assert send(client, question, sent).status_code == 200
    assert send(client, question).status_code == 200
    assert people() == 0
    assert send(client, question, "1").status_code == 303


def test_the_words_of_a_consent_stand_beside_its_box_which_is_never_ticked_before(client, event):
    question = ask(event, "consent", settings={"words": WORDS, "version": 1})
    page = client.get(f"/events/avond/register?lang=en&question_{question.id}=1")
    [box] = html.fromstring(page.text).xpath(f"//input[@name='question_{question.id}']")
    assert (box.get("type"), box.get("value"), box.get("checked")) == ("checkbox", "1", None)
    label = html.fromstring(page.text).xpath(f"string(//label[@for='{box.get('id')}'])")
    assert label == WORDS["en"]


def test_who_agreed_keeps_the_words_and_the_moment(client, desk, event, noon):
    question = ask(event, "consent", settings={"words": WORDS, "version": 1})
    send(client, question, "1", language="en")
    [value] = kept()
    assert value == {"words": WORDS["en"], "version": 1, "at": NOON.isoformat()}
    noon.set(NOON + timedelta(days=3))
    other = {"words_nl": "Iets anders.", "words_en": "Something else."}
    assert words_now(desk, event, question, **other)["version"] == 2
    assert kept() == [value]
    page = client.get(f"{mailed_link('ana@example.org')}?lang=en").text
    assert "Agreed on 14 Jan 2027, 12:00: “Photos are fine with me.”" in page


def test_who_read_other_words_is_asked_to_read_them_once_more(client, desk, event):
    question = ask(event, "consent", settings={"words": WORDS, "version": 1})
    words_now(desk, event, question, words_nl="Iets anders.")
    answer = send(client, question, "1")
    assert answer.status_code == 200
    assert "Deze tekst is veranderd nadat u de pagina opende." in error(answer, question)
    assert people() == 0
    assert send(client, question, "2").status_code == 303


def test_the_same_words_are_the_same_version(desk, event):
    question = ask(event, "consent", settings={"words": WORDS, "version": 3})
    assert words_now(desk, event, question, label_nl="Anders")["version"] == 3
    assert words_now(desk, event, question, words_en="Fine.")["version"] == 4
