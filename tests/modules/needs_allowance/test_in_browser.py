"""The dialogs of a case in a browser, by keyboard: the code picker, faults in the dialog, Escape."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import LOOKS, accessibility_faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_case(lasting_world, open_browser, live_server):
    """Return a function that opens a new case of Elsa's as Anna, in English."""

    def opened(**options):
        page = open_browser(lasting_world.users["anna"], **options)
        page.context.add_cookies([{"name": "kvitt_language", "value": "en", "url": live_server.url}])
        number = lasting_world.create_case(lasting_world.elsa)
        page.goto(f"/needs-allowance/cases/{number}/")
        return page

    return opened


def open_dialog(page):
    page.locator("#add-procedure").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Treatment date", exact=True)).to_be_focused()
    return dialog


def hits(dialog):
    """Return the codes that the picker offers."""
    return dialog.get_by_role("listbox").get_by_role("option")


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize(("typed", "first", "count"), [("7", "701", 14), ("rönt", "121", 4)])
def test_code_field_finds_as_one_types(typed, first, count, open_case):
    page = open_case()
    dialog = open_dialog(page)

    dialog.get_by_role("combobox", name="Procedure code").press_sequentially(typed)

    expect(hits(dialog)).to_have_count(count)
    expect(hits(dialog).first).to_contain_text(first)


@pytest.mark.requirement("NA-12", "QU-21")
def test_code_is_chosen_and_added_by_keyboard_alone(open_case):
    page = open_case()
    dialog = open_dialog(page)
    code = dialog.get_by_role("combobox", name="Procedure code")

    page.keyboard.type("idag")
    code.focus()
    page.keyboard.type("bio")
    expect(hits(dialog)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(code).to_have_value("163")
    expect(dialog.get_by_label("Tooth surface")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("ök")
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Code 163 is added.").first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("163 Biopsi"))).to_contain_text("ÖK")
    expect(page.locator("#add-procedure")).to_be_focused()


@pytest.mark.requirement("NA-13", "CO-33")
def test_faults_stand_in_the_dialog_and_what_was_typed_is_kept(open_case):
    page = open_case()
    dialog = open_dialog(page)

    dialog.get_by_role("combobox", name="Procedure code").fill("815")
    dialog.get_by_label("Tooth/jaw").fill("55")
    dialog.get_by_label("Tooth/jaw").press("Enter")

    expect(dialog.get_by_text("55 is a primary tooth, and code 815 is for permanent teeth.")).to_be_visible()
    expect(dialog.get_by_label("Tooth/jaw")).to_be_focused()
    expect(dialog.get_by_label("Tooth/jaw")).to_have_value("55")
    expect(dialog.get_by_role("combobox", name="Procedure code")).to_have_value("815")
    expect(dialog.get_by_label("Tooth surface")).to_be_hidden()


@pytest.mark.requirement("NA-12")
def test_escape_closes_the_list_first_and_then_asks_before_the_dialog(open_case):
    page = open_case()
    dialog = open_dialog(page)
    dialog.get_by_role("combobox", name="Procedure code").press_sequentially("7")
    expect(hits(dialog).first).to_be_visible()

    page.keyboard.press("Escape")
    expect(dialog.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Escape")

    expect(dialog.get_by_text("What you have filled in is not saved.")).to_be_visible()


@pytest.mark.requirement("NA-15")
def test_removal_asks_first_with_the_focus_on_the_safe_answer(lasting_world, open_case):
    page = open_case()
    lasting_world.report("B2024-000001", "101")
    page.reload()

    page.get_by_role("button", name="Remove 101 Basundersökning").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    page.get_by_role("dialog").get_by_role("button", name="Remove").press("Enter")

    expect(page.get_by_text("Code 101 is removed.").first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("101 Basundersökning"))).to_have_count(0)


@pytest.mark.requirement("NA-15", "CO-24")
def test_code_removed_meanwhile_closes_the_dialog_and_shows_the_case_as_it_is(lasting_world, open_case):
    page = open_case()
    procedure = lasting_world.report("B2024-000001", "101")
    page.reload()
    page.get_by_role("button", name="Change 101 Basundersökning").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Save")).to_be_visible()
    lasting_world.remove(procedure)

    page.get_by_role("dialog").get_by_role("button", name="Save").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("alert").filter(has_text="The code has already been removed.")).to_be_visible()


@pytest.mark.looks
@pytest.mark.requirement("QU-21")
@LOOKS
def test_case_and_its_dialog_are_accessible_and_need_no_sideways_scrolling(
    viewport, color_scheme, lasting_world, open_case
):
    page = open_case(viewport=viewport, color_scheme=color_scheme, reduced_motion="reduce")
    for code, place in (("815", "12"), ("436", "11"), ("126", "")):
        lasting_world.report("B2024-000001", code, place)
    page.reload()

    faults = accessibility_faults(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.locator("#add-procedure").click()
    expect(page.get_by_role("dialog").get_by_label("Tooth/jaw")).to_be_visible()

    assert faults == []
    assert width <= viewport["width"]
    assert accessibility_faults(page) == []
