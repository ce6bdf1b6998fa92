"""A claim in a browser, by keyboard alone: the seed's example, with a sum that follows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import accessibility_faults
from tests.special_world import SpecialWorld

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("SC-9", "SC-11", "QU-20", "QU-21")
def test_seed_claim_is_filled_in_by_keyboard(transactional_db, settings, open_browser):
    settings.KVITT_TODAY = SpecialWorld.today
    world = SpecialWorld()
    world.load_catalogue()
    number = world.begin_claim()
    page = open_browser(world.users["lisa"])
    page.goto(f"/special-care/drafts/{number}/")
    total, code = page.locator("#claim-sum"), page.locator("#id_line-code")

    page.get_by_label("Vårdmodell").focus()
    page.keyboard.press("k")
    page.get_by_label("OCR/Fakturanr").focus()
    page.keyboard.type("1234")
    code.focus()
    for typed, field, value, total_so_far in (
        ("101", "", "", r"980\skr"),
        ("825", "location", "UK", r"13\s685\skr"),
        ("825S", "location", "ÖK", r"28\s880\skr"),
        ("patAvg", "price", "200", r"28\s680\skr"),
    ):
        page.keyboard.type(typed)
        expect(page.locator(f"#code-{typed}")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        if field:
            page.keyboard.press("Tab")
            expect(page.locator(f"#id_line-{field}")).to_be_focused()
            page.keyboard.type(value)
        page.keyboard.press("Enter")
        expect(total).to_have_text(re.compile(total_so_far))
        expect(code).to_be_focused()
        expect(code).to_have_value("")
    expect(page.locator("#lines tbody tr")).to_have_count(4)
    assert not accessibility_faults(page)

    # What is left to do follows what is typed above, at once.
    card = page.get_by_label("Patienten har frikort")
    card.focus()
    page.keyboard.press("Space")
    for name, typed in (
        ("card_number", "F1"),
        ("card_first_on", "2024-01-01"),
        ("card_last_on", "2024-12-31"),
    ):
        page.keyboard.press("Tab")
        if name == "card_last_on":
            page.keyboard.press("Tab")  # past the calendar's button
        expect(page.locator(f"#id_{name}")).to_be_focused()
        page.keyboard.type(typed)
    page.keyboard.press("Tab")
    expect(page.locator("#lines .kv-error")).to_have_count(1)
    page.locator("#send").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    assert not accessibility_faults(page)
    card.focus()
    page.keyboard.press("Space")
    expect(page.locator("#lines .kv-error")).to_have_count(0)
    page.locator("#send").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Räkningen är inskickad")).to_be_visible()
    assert not accessibility_faults(page)
    page.get_by_role("link", name=number).click()
    expect(page.locator(".kv-totals")).to_contain_text(re.compile(r"28\s680\skr"))
    assert not accessibility_faults(page)
