"""The look in a real browser: axe, narrow screens, keyboard, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories.events import make_event
from tests.factories.newsletters import make_issue
from tests.journeys.conftest import AXE, JUDGE

pytestmark = pytest.mark.browser


STYLE = "/desk/style"
WRONG, SITE = "/desk/style?mistakes=1", "/desk/style?look=site"
PAGES = [WRONG, STYLE, "/desk/search", f"{SITE}&mistakes=1", "/nowhere"]


LOOKS = [
    (320, "light"),
    (1280, "dark"),
    pytest.param(320, "dark", marks=pytest.mark.long),
    pytest.param(1280, "light", marks=pytest.mark.long),
]


def judge(page, scheme):
    """The dark scheme can only change contrast."""
    page.evaluate(AXE)
    found = page.evaluate(JUDGE, scheme)
    assert [(v["id"], [n["html"][:90] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(visit, path, width, scheme):
    page = visit(path, viewport={"width": width, "height": 800}, color_scheme=scheme)
    judge(page, scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_search(visit, scheme):
    page = visit("/desk/", viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("link", name="Nieuwsbrieven")).to_be_visible()
    judge(page, scheme)


def test_the_search_is_walked_by_keyboard_alone(visit):
    page = visit("/desk/themes/")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Zoek op de werkplek")
    expect(dialog.get_by_label("Naam, titel of code")).to_be_focused()
    page.keyboard.type("nieuw")
    expect(dialog.get_by_role("link")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("link").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("nieuwe bij")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk/events/new$"))


def test_a_search_that_fails_says_so_and_leaves_the_page_as_it_is(visit):
    page = visit("/desk/contacts/people/add")
    name = page.get_by_role("main").get_by_label("Naam")
    name.fill("Nog niet af")
    page.context.set_offline(True)
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_have_text("Zoeken is niet gelukt. Probeer het opnieuw.")
    page.context.set_offline(False)
    page.keyboard.type("nieuw")
    expect(dialog.get_by_role("link")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(name).to_have_value("Nog niet af")


GAPS = """[...document.querySelectorAll("dialog:has(.confirm-panel)")].map((dialog) => {
  dialog.showModal();
  const shown = [...dialog.querySelectorAll(".confirm-panel > :not([type=hidden])")];
  const [words, buttons] = shown.slice(-2).map((each) => each.getBoundingClientRect());
  dialog.close();
  return buttons.top - words.bottom;
})"""
TOPS = """() => {
  document.querySelector(".stat dt").textContent = "Een kop van meer dan een regel ".repeat(3);
  return [...document.querySelectorAll(".stat dd")].map((each) => each.getBoundingClientRect().top);
}"""


def test_the_buttons_of_a_question_stand_clear_of_its_words(visit):
    gaps = visit(STYLE).evaluate(GAPS)
    assert len(gaps) > 1
    assert min(gaps) >= 12


@pytest.mark.parametrize("width", [360, 1280])
def test_figures_beside_each_other_stand_at_one_height(visit, width):
    tops = visit(STYLE, viewport={"width": width, "height": 800}).evaluate(TOPS)
    assert tops[0] == tops[1]


def test_a_list_is_walked_by_arrows(visit):
    page = visit(STYLE)
    rows = (
        page.get_by_role("table", name="Bijeenkomsten").get_by_role("rowheader").get_by_role("link")
    )
    rows.first.focus()
    for key, number in (
        ("ArrowDown", 1),
        ("End", 2),
        ("ArrowDown", 2),
        ("ArrowUp", 1),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        expect(rows.nth(number)).to_be_focused()


def test_without_javascript_the_search_is_a_page(visit):
    page = visit("/desk/", java_script_enabled=False)
    page.get_by_role("link", name="Zoeken").click()
    page.get_by_role("main").get_by_role("searchbox").fill("nieuwe bij")
    page.get_by_role("main").get_by_role("button", name="Zoeken").click()
    page.get_by_role("main").get_by_role("link", name="Nieuwe bijeenkomst").click()
    assert page.url.endswith("/desk/events/new")


def test_targets_can_be_hit(visit):
    page = visit(SITE, viewport={"width": 360, "height": 800})
    small = page.evaluate(
        """[...document.querySelectorAll('.button, nav a, .chip[href], summary, .input')]
           .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24)
           .map(e => e.outerHTML)"""
    )
    assert small == []


def test_the_error_summary_has_the_focus_and_leads_on(visit):
    page = visit(WRONG)
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="Wat eet u?").click()
    expect(page.locator("#diet-0")).to_be_focused()


def test_a_far_reaching_act_asks_once_in_a_dialog(visit):
    page = visit(STYLE)
    page.get_by_role("button", name="Gelast de bijeenkomst af").click()
    dialog = page.get_by_role("dialog", name="Gelast de bijeenkomst af")
    expect(dialog).to_contain_text("143 mensen")
    dialog.get_by_role("button", name="Terug").click()
    expect(dialog).not_to_be_visible()


def test_enter_pressed_twice_does_nothing_that_cannot_be_undone(visit):
    """In each dialog of the one macro (ui/dialog.html) the way back has the focus."""
    page = visit(STYLE)
    sent = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    openers = page.locator("button:has(+ dialog .confirm-panel)")
    for number in range(openers.count()):
        openers.nth(number).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog").get_by_role("button", name="Terug")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).not_to_be_visible()
    assert openers.count() > 1
    assert sent == []


BLOCKS = [{"kind": "text", "key": str(number), "words": "Nieuws."} for number in range(5)]
UNDER = """() => {
  const e = document.activeElement, bar = document.querySelector(".bulk");
  if (e == document.body) return "past the last";
  if (e instanceof HTMLIFrameElement || bar.contains(e)) return "";
  const box = e.getBoundingClientRect(), over = bar.getBoundingClientRect();
  const end = Math.min(box.bottom, box.top + 48);  // of a tall field: its first lines
  return end > over.top + 1 && box.top < over.bottom ? e.name || e.outerHTML : "";
}"""


@pytest.mark.parametrize("size", [(360, 640), (1280, 800)])
@pytest.mark.parametrize("page", ["event", "new event", "issue", "look"])
def test_the_bar_of_buttons_covers_nothing_that_has_the_focus(visit, page, size):
    """Success criterion 2.4.11, also where the bar takes several lines."""
    paths = {
        "event": lambda: f"/desk/events/{make_event().id}/edit",
        "new event": lambda: "/desk/events/new",
        "issue": lambda: f"/desk/newsletters/{make_issue(blocks=BLOCKS).id}",
        "look": lambda: STYLE,
    }
    width, height = size
    still = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"}
    page = visit(paths[page](), **still)
    stops, covered = 0, []
    while stops < 400:
        page.keyboard.press("Tab")
        under = page.evaluate(UNDER)
        if under == "past the last":
            break
        covered += [under] if under else []
        stops += 1
    assert covered == []
    assert 40 < stops < 400


def test_without_javascript_it_unfolds_and_the_menu_opens(visit):
    page = visit(STYLE, java_script_enabled=False, viewport={"width": 360, "height": 800})
    page.locator("summary", has_text="Gelast").click()
    expect(page.get_by_role("button", name="Gelast af en mail 143 mensen")).to_be_visible()
    expect(page.get_by_role("link", name="English")).not_to_be_visible()
    page.locator("summary", has_text="Menu").click()
    expect(page.get_by_role("link", name="English")).to_be_visible()


def test_the_preview_follows_what_is_typed(visit):
    page = visit(STYLE)
    page.locator(".editor #shown-name").fill("Skillslab")
    expect(page.frame_locator("#shown").locator("h1")).to_have_text("Skillslab")
    assert page.url.endswith(STYLE)


def test_the_preview_works_by_button_without_javascript(visit):
    page = visit(STYLE, java_script_enabled=False)
    page.locator(".editor #shown-name").fill("Skillslab")
    page.get_by_role("button", name="Toon voorbeeld").click()
    expect(page.frame_locator("#shown").locator("h1")).to_have_text("Skillslab")


def test_blocks_move_by_keyboard_and_keep_the_focus(visit):
    page = visit(STYLE)
    down = page.get_by_role("button", name="Omlaag").first
    down.press("Enter")
    order = page.eval_on_selector_all("[data-order]", "all => all.map(e => e.name + e.value)")
    assert order == ["Tekst1", "Kop2"]
    expect(page.get_by_role("button", name="Omlaag").nth(1)).to_be_focused()
