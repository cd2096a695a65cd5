"""What people and screen readers get for a field."""

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.once


def read(desk, path):
    return BeautifulSoup(desk.get(path).data, "html.parser")


@pytest.fixture
def page(desk):
    return read(desk, "/desk/style")


@pytest.fixture
def wrong(desk):
    return read(desk, "/desk/style?mistakes=1")


def words(page, css):
    return " ".join(page.select_one(css).get_text().split())


def test_every_input_has_a_label(page):
    named = {label["for"] for label in page.select("main form label")}
    inputs = page.select("main form :is(input:not([type=hidden]), select, textarea)")
    assert {i["id"] for i in inputs} <= named


def test_what_may_be_left_empty_says_so_and_what_is_asked_does_not(page):
    assert words(page, "label[for=phone]") == "Telefoon (niet verplicht)"
    assert words(page, "label[for=name]") == "Naam"
    assert words(page, "label[for=website]") == "Website"


@pytest.mark.parametrize(
    "path",
    [
        "/desk/accounts/colleagues/invite",
        "/desk/accounts/me",
        "/desk/contacts/organisations/add",
        "/desk/contacts/people/add",
        "/desk/themes/add/sector",
        "/desk/invitations/new",
    ],
)
def test_only_a_choice_that_can_be_empty_is_called_optional(desk, path):
    page = read(desk, path)
    colours = [(field, False) for field in page.select("main input[type=color]")]
    lists = [(field, field.find("option", value="")) for field in page.select("main form select")]
    assert colours or lists
    for field, may_be_empty in colours + lists:
        label = words(page, f'label[for="{field["id"]}"]')
        assert label.endswith("(niet verplicht)") is bool(may_be_empty), label


def test_help_is_read_with_its_field(page):
    assert page.find(id="email").get("aria-describedby") == "email-help"
    assert words(page, "#words-help") == "Hooguit drie zinnen."


def test_an_error_is_read_with_its_field_after_the_help(wrong):
    email = wrong.find(id="email")
    assert email.get("aria-invalid") == "true"
    assert email.get("aria-describedby") == "email-help email-error"
    assert words(wrong, "#email-error") == "Fout: Vul uw e-mailadres in."


def test_the_summary_leads_to_every_wrong_field_also_inside_lists_and_choices(wrong):
    targets = [a["href"][1:] for a in wrong.select(".error-summary a")]
    assert targets == ["name", "email", "diet-0", "rules", "guests-0-name"]
    assert all(wrong.find(id=target) is not None for target in targets)


def test_the_summary_names_the_field_unless_its_label_is_a_sentence(wrong, client):
    assert words(wrong, ".error-summary li") == "Naam: Vul uw naam in."
    assert words(wrong, ".error-summary [href='#diet-0']") == "Wat eet u? Kies wat u eet."
    page = BeautifulSoup(client.post("/newsletter/", data={"language": "nl"}).data, "html.parser")
    said = [" ".join(found.get_text().split()) for found in page.select(".error-summary li")]
    assert said[0].startswith("E-mailadres: ")
    assert said[-1].startswith("Zet een vinkje")


def test_the_title_of_a_page_with_errors_says_so(wrong, page):
    assert wrong.title.string.startswith("Fout: ")
    assert not page.title.string.startswith("Fout")


def test_ids_are_there_once(wrong):
    ids = [e["id"] for e in wrong.select("[id]")]
    assert [each for each in ids if ids.count(each) > 1] == []


def test_what_is_typed_is_shown_as_text(app):
    with app.test_request_context():
        macro = app.jinja_env.get_template("ui/parts.html").module
        shown = str(macro.chip("energie", "<b>&", href='"><script>'))
    assert "<b>" not in shown
    assert "<script>" not in shown


def test_pages_of_a_list_keep_the_filters_in_the_address(desk):
    page = read(desk, "/desk/style?sector=ict&sector=lsh&page=6")
    assert page.select_one("a[rel=next]")["href"] == "/desk/style?sector=ict&sector=lsh&page=7"
    steps = page.select(".pages :is(a, span[aria-current])")
    assert [step.get_text().split()[-1] for step in steps] == [
        "Vorige", "1", "4", "5", "6", "7", "8", "12", "Volgende",
    ]  # fmt: skip
