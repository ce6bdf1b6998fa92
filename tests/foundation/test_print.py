"""Pages print light, without what only works on a screen."""

import pytest

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

    assert page.get_by_role("table", name="Åtgärdskoder").is_visible()
    assert page.get_by_text("Fakturerbart belopp").is_visible()
    assert not page.locator("header.kv-header").is_visible()
    assert not page.locator("#add-procedure").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
