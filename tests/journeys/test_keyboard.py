"""Keys that shorten the way, and what the keyboard must always be able to do."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page as Window
from playwright.sync_api import expect

pytestmark = pytest.mark.requirement("QU-21")

FOCUS = "() => document.activeElement.id || document.activeElement.textContent.trim()"


@pytest.fixture
def case(live_sample) -> str:
    return reverse("needs_allowance:case", args=[live_sample.ids["case"]])


@pytest.fixture
def window(live_sample, open_browser, case) -> Window:
    window = open_browser(live_sample.users["anna"], reduced_motion="reduce")
    window.goto(case)
    return window


@pytest.mark.parametrize(
    ("letter", "page"),
    [("h", "/"), ("l", "/listings/"), ("b", "/needs-allowance/cases/"), ("f", "/invoicing/")],
)
def test_g_and_a_letter_go_to_a_page_of_the_menu(letter, page, window):
    window.keyboard.press("g")
    window.keyboard.press(letter)

    window.wait_for_url(re.compile(f"{re.escape(page)}$"))


def test_one_key_adds_shows_the_keys_and_sends(window):
    window.keyboard.press("n")
    dialog = window.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Lägg till åtgärdskod")).to_be_visible()
    window.keyboard.press("Control+Enter")
    expect(dialog.locator("[aria-invalid=true]").first).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.locator("#add-procedure")).to_be_focused()

    window.keyboard.press("?")
    window.wait_for_url("**/shortcuts/")


def test_keys_are_letters_while_typing(window, case):
    window.keyboard.press("/")
    window.keyboard.type("/ngh?")

    expect(window.locator("#patient-search")).to_have_value("/ngh?")
    assert window.url.endswith(case)
    expect(window.get_by_role("dialog")).to_have_count(0)


def test_keys_do_nothing_for_who_has_turned_them_off(window, case):
    window.goto("/settings/")
    window.get_by_role("checkbox").uncheck()
    window.get_by_role("button", name="Spara").click()
    expect(window.locator("#notices [role=status]")).to_be_visible()
    window.goto(case)

    for key in ("n", "g", "h", "?", "/"):
        window.keyboard.press(key)

    expect(window.get_by_role("dialog")).to_have_count(0)
    assert window.url.endswith(case)
    assert window.evaluate(FOCUS) != "patient-search"


def test_skip_link_comes_first_and_leads_to_the_content(window):
    window.keyboard.press("Tab")
    skip = window.get_by_role("link", name="Till innehållet")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    window.keyboard.press("Enter")

    assert window.evaluate(FOCUS) == "content"


def test_escape_closes_what_is_open_and_the_focus_goes_back(window):
    menu = window.locator("nav.kv-menu details").first
    menu.locator("summary").focus()
    window.keyboard.press("Enter")
    expect(menu.get_by_role("link").first).to_be_visible()
    window.keyboard.press("Tab")
    window.keyboard.press("Escape")
    expect(menu.get_by_role("link").first).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()

    opener = window.locator("main a[data-dialog][href$='/remove/']").first
    opener.focus()
    window.keyboard.press("Space")
    dialog = window.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Avbryt")).to_be_focused()
    window.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.mark.requirement("CO-25")
def test_list_that_is_searched_says_what_it_found_and_keeps_the_focus(window):
    window.goto("/listings/")
    window.locator("#id_name").fill("prov")
    window.locator("#filter-search").focus()
    window.keyboard.press("Enter")

    expect(window.get_by_role("rowheader")).to_have_count(1)
    expect(window.locator("#live")).to_have_text(re.compile("1-1 av 1"))
    assert "name=prov" in window.url
    expect(window.locator("#filter-search")).to_be_focused()
