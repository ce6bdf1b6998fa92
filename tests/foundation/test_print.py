"""Pages print light, without what only works on a screen."""

import pytest
from playwright.sync_api import expect

from tests.world import World


@pytest.mark.requirement("CO-27")
def test_case_prints_its_table_without_menu_and_buttons(transactional_db, settings, open_browser):
    settings.KVITT_TODAY = World.today
    world = World()
    world.load_catalogue()
    number = world.case_of_figure_21()
    page = open_browser(world.users["anna"], color_scheme="dark")
    page.goto(f"/needs-allowance/cases/{number}/")

    page.emulate_media(media="print")

    expect(page.get_by_role("table", name="Åtgärdskoder")).to_be_visible()
    expect(page.get_by_text("Fakturerbart belopp")).to_be_visible()
    expect(page.locator("header.kv-header")).to_be_hidden()
    expect(page.locator("#add-procedure")).to_be_hidden()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
