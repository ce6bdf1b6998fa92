"""Care reports and patient contacts in a browser: by keyboard, without JavaScript, for everybody to read."""

import pytest
from playwright.sync_api import expect

from tests.browser import LOOKS, accessibility_faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_tab(lasting_world, open_browser, live_server):
    """Return a function that opens a tab of Tova's page as Anna, in English."""

    def opened(tab="reports", **options):
        page = open_browser(lasting_world.users["anna"], **options)
        page.context.add_cookies([{"name": "kvitt_language", "value": "en", "url": live_server.url}])
        page.goto(f"/dental-records/patients/{lasting_world.tova.code}/{tab}/")
        return page

    return opened


def tab_to(page, target):
    """Press Tab until the target has the focus."""
    target.wait_for()
    page.wait_for_load_state()  # keys are listened to once the page is loaded
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{target} cannot be reached by Tab")


@pytest.mark.requirement("NA-4", "QU-21")
@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["with script", "without script"])
def test_report_is_written_and_settled_by_keyboard(java_script_enabled, lasting_world, open_tab):
    page = open_tab(java_script_enabled=java_script_enabled)

    tab_to(page, page.get_by_role("button", name="Create care report"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New care report")).to_be_visible()
    tab_to(page, page.get_by_label("Caries, fillings and missing teeth"))
    page.keyboard.type("16 mo d3")
    page.keyboard.press("Enter")
    page.keyboard.type("55 m")
    tab_to(page, page.get_by_role("group", name="Risk of caries").get_by_label("No risk"))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_role("group", name="Risk of periodontitis").get_by_label("No risk"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Next revision"))
    page.keyboard.type("261120")
    tab_to(page, page.get_by_role("button", name="Save and settle"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Settle care report 1")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Settle", exact=True))
    page.keyboard.press("Enter")

    expect(
        page.get_by_text("Care report 1 is settled. The revision end is 2026-11-20.").first
    ).to_be_visible()
    expect(page.get_by_role("row", name="1 2024-11-20 Settled")).to_be_visible()
    assert lasting_world.findings(1) == ["16 M D3", "16 O D3", "55 M"]
    assert lasting_world.report(1).caries_risk == "low"


@pytest.mark.requirement("NA-4")
def test_enter_in_a_field_saves_and_does_not_settle(lasting_world, open_tab):
    page = open_tab()
    page.get_by_role("button", name="Create care report").click()

    page.get_by_label("Next revision").fill("2025-11-20")
    page.get_by_label("Next revision").press("Enter")

    expect(page.get_by_text("Care report 1 is created.").first).to_be_visible()


@pytest.mark.requirement("NA-4", "QU-23")
def test_settling_from_the_report_asks_in_a_dialog_and_shows_what_is_missing(lasting_world, open_tab):
    page = open_tab()
    number = lasting_world.create(caries_risk="", next_revision_on=None)
    page.goto(f"/dental-records/reports/{number}/")

    page.get_by_role("button", name="Settle").press("Enter")

    expect(page.get_by_text("2 entries must be corrected")).to_be_visible()
    expect(page.get_by_text("The next revision is missing. Give the last day for it.").last).to_be_visible()


@pytest.mark.requirement("NA-5", "QU-21")
def test_contact_is_added_and_removed_by_keyboard(lasting_world, open_tab):
    page = open_tab("contacts")

    tab_to(page, page.get_by_role("button", name="Add patient contact"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Date")).to_be_focused()
    tab_to(page, dialog.get_by_label("Summoned"))
    page.keyboard.press("ArrowDown")
    tab_to(page, dialog.get_by_label("Note"))
    page.keyboard.type("Allt bra.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The patient contact is added.").first).to_be_visible()
    expect(page.get_by_role("row", name="2024-11-20 Came Allt bra.")).to_be_visible()

    page.get_by_role("button", name="Remove Came 2024-11-20").press("Enter")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_text("There are no patient contacts.")).to_be_visible()


@pytest.mark.looks
@pytest.mark.requirement("QU-21")
@LOOKS
def test_pages_are_accessible_and_need_no_sideways_scrolling(viewport, color_scheme, lasting_world, open_tab):
    page = open_tab(viewport=viewport, color_scheme=color_scheme)
    old = lasting_world.settled()
    new = lasting_world.correct(old)
    lasting_world.contact(note="Kallelse till revisionsundersökning.")
    patient = f"/dental-records/patients/{lasting_world.tova.code}"

    faults = {}
    for url in (
        f"{patient}/reports/",
        f"{patient}/reports/create/",
        f"{patient}/contacts/",
        f"{patient}/contacts/add/",
        f"/dental-records/reports/{old}/",
        f"/dental-records/reports/{new}/change/?check=1",
        f"/dental-records/reports/{new}/settle/",
    ):
        page.goto(url)
        found = accessibility_faults(page)
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            found.append("scrolls sideways")
        faults[url] = found

    assert {url: found for url, found in faults.items() if found} == {}
