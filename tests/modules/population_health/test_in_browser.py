"""An activity in a browser, by keyboard: procedures are ticked, asked about, removed and credited."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import LOOKS, accessibility_faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_activity(lasting_world, open_browser):
    """Return a function that opens an activity as Jenny, in Swedish."""

    def opened(number, **options):
        page = open_browser(lasting_world.users["jenny"], **options)
        page.goto(f"/population-health/activities/{number}/")
        return page

    return opened


@pytest.mark.requirement("PH-5", "PH-6", "QU-21")
def test_of_five_participants_one_is_removed_by_keyboard(lasting_world, open_activity):
    number = lasting_world.create_activity("901", 5)
    page = open_activity(number)
    expect(page.locator(".kv-totals")).to_contain_text(re.compile(r"Antal åtgärder:\s*5"))

    page.get_by_role("button", name="Ta bort 901 MVC, 3").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Är du säker på att du vill ta bort åtgärden?")
    expect(dialog.get_by_role("button", name="Avbryt")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".kv-totals")).to_contain_text(re.compile(r"Antal åtgärder:\s*4"))
    expect(page.locator(".kv-totals")).to_contain_text(re.compile(r"1\s240\skr"))
    expect(page.get_by_role("link", name="Visa raderade (1)")).to_be_visible()


@pytest.mark.requirement("PH-6", "QU-21")
def test_ticked_rows_are_removed_together(lasting_world, open_activity):
    number = lasting_world.create_activity("901", 4)
    page = open_activity(number)

    page.get_by_role("button", name="Markera alla").click()
    page.get_by_label("Välj 901 MVC, 1").uncheck()
    page.get_by_role("button", name="Ta bort markerade").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Är du säker på att du vill ta bort de 3 åtgärderna?")
    dialog.get_by_role("button", name="OK").click()

    expect(page.get_by_text("3 åtgärder är borttagna.").first).to_be_visible()
    assert lasting_world.line_statuses(number).count("withdrawn") == 3


@pytest.mark.requirement("PH-10", "QU-21")
def test_ticked_rows_are_credited_without_a_script(lasting_world, open_activity):
    number = lasting_world.paid_activity(3)
    page = open_activity(number, java_script_enabled=False)

    page.get_by_role("button", name="Markera alla").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    page.get_by_role("button", name="Kreditera markerade").click()
    expect(page.get_by_text("Är du säker på att du vill kreditera de 3 åtgärderna?")).to_be_visible()
    page.get_by_role("button", name="OK").click()

    expect(page.get_by_text("3 åtgärder inväntar kreditering på nästa faktura.")).to_be_visible()
    assert lasting_world.line_statuses(number) == ["awaiting_credit"] * 3


@pytest.mark.requirement("QU-20", "QU-21")
def test_focused_row_is_never_behind_the_buttons_on_a_phone(lasting_world, open_activity):
    number = lasting_world.paid_activity(8)
    lasting_world.credit(number, 8)
    page = open_activity(number, viewport={"width": 390, "height": 500})

    for place in range(1, 8):
        button = page.get_by_role("button", name=f"Kreditera 901 MVC, {place}")
        button.focus()
        assert button.evaluate(
            "(button) => { const box = button.getBoundingClientRect(); return button.contains("
            "document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"
        )


@pytest.mark.requirement("PH-7")
def test_emptied_activity_is_removed_from_the_search(lasting_world, open_browser):
    number = lasting_world.create_activity("901", 1)
    lasting_world.remove(number)
    page = open_browser(lasting_world.users["jenny"])
    page.goto("/population-health/activities/")

    page.get_by_role("button", name=f"Ta bort {number}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Är du säker på att du vill ta bort aktiviteten?")
    dialog.get_by_role("button", name="OK").click()

    expect(page.get_by_text(f"Aktiviteten {number} är borttagen.").first).to_be_visible()
    expect(page.get_by_role("link", name=number)).to_have_count(0)


@pytest.mark.requirement("QU-20", "QU-22")
@LOOKS
def test_search_activity_and_question_are_sound(viewport, color_scheme, lasting_world, open_browser):
    number = lasting_world.paid_activity(3)
    lasting_world.credit(number, 1)
    lasting_world.create_activity("912", numbers=("20130310-2394", "20130401-2394"))
    page = open_browser(lasting_world.users["jenny"], viewport=viewport, color_scheme=color_scheme)

    for path in ("", f"{number}/", "A2024-000002/"):
        page.goto(f"/population-health/activities/{path}")
        assert accessibility_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Markera alla").click()
    page.get_by_role("button", name="Ta bort markerade").click()
    expect(page.get_by_role("dialog")).to_contain_text("de 2 åtgärderna")
    assert accessibility_faults(page) == []
