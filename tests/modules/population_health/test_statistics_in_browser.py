"""The statistics and the start page of population responsibility in a browser."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.browser import DESKTOP, LOOKS, PHONE, accessibility_faults
from tests.modules.population_health import activities

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("QU-21", "PH-12", "CO-28")]

URL = "/population-health/statistics/"


@pytest.fixture
def busy(lasting_world):
    """A year of activities at two clinics of one care provider."""
    world = lasting_world
    for month in range(1, 12):
        for place, (code, municipality) in enumerate((("901", "0580"), ("902", "0581"), ("911", "0580"))):
            activities.make(
                world.ryd if place else world.linghem,
                world.karin,
                dt.date(2024, month, 4 + place),
                code,
                3 + (month * (place + 2)) % 7,
                municipality=municipality,
            )
    return world


@pytest.mark.looks
@LOOKS
@pytest.mark.parametrize(("name", "url"), [("klara", URL), ("jenny", "/"), ("klara", "/"), ("gustav", "/")])
def test_pages_are_accessible_and_never_scroll_sideways(
    name, url, viewport, color_scheme, busy, open_browser
):
    page = open_browser(busy.users[name], viewport=viewport, color_scheme=color_scheme)

    page.goto(url)

    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_filter_changes_figures_plot_and_table_together(busy, open_browser):
    page = open_browser(busy.users["klara"], viewport=DESKTOP)
    page.goto(URL)

    page.select_option("#id_municipality", label="Norrköping")
    page.locator("#filter-search").click()
    page.wait_for_url("**municipality=0581**")

    expect(page.locator("dl.kv-figs dd .n").first).to_have_text("11")
    expect(page.locator("#list tbody")).not_to_contain_text("Linköping")
    expect(page.locator("svg.kv-plot:visible")).to_have_count(1)


def test_one_plot_is_shown_on_a_phone_without_scripts(busy, open_browser):
    page = open_browser(busy.users["jenny"], viewport=PHONE, java_script_enabled=False)

    page.goto(URL)

    expect(page.locator("svg.kv-plot:visible")).to_have_count(1)
    expect(page.locator("svg.kv-plot:visible rect")).to_have_count(6)
