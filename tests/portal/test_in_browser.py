"""The portal in a browser: accessible, without sideways scrolling, by keyboard, with and without scripts."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from kvitt.portal.models import FaqEntry, NewsItem
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.portal.conftest import TODAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("QU-21", "CO-28")]

PAGES = ["/", "/to-do/", "/support/", "/news/", "/faq/", "/shortcuts/", "/accessibility/", "/patients/found/"]
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def busy(region, ryd, work, make_invoice):
    """A start page with something in every part."""
    for month, total in ((1, 10_130_000), (2, 11_248_000), (3, 7_894_000)):
        make_invoice(ryd, dt.date(2025, month, 28), total)
    NewsItem.objects.create(authority=region, title="Ny period", text="Öppet 9–23 april.", first_on=TODAY)
    FaqEntry.objects.create(authority=region, question="Varför 0 kr?", answer="Självrisken är inte nådd.")


@pytest.mark.looks
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, NARROW], ids=["1280", "390", "320"])
def test_pages_are_accessible_and_never_scroll_sideways(viewport, anna, busy, open_browser):
    page = open_browser(anna, viewport=viewport)

    faults = []
    for url in PAGES:
        page.goto(url)
        faults += [f"{url} {fault}" for fault in accessibility_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            faults.append(f"{url} scrolls sideways")
    assert faults == []


@pytest.mark.looks
@pytest.mark.parametrize("who", ["reviewer", "administrator"])
def test_start_pages_of_the_authority_are_accessible_in_the_dark(who, request, busy, open_browser):
    page = open_browser(request.getfixturevalue(who), color_scheme="dark")

    page.goto("/")

    assert accessibility_faults(page) == []


def test_one_plot_is_shown_at_each_width_and_its_table_unfolds(anna, busy, open_browser):
    page = open_browser(anna)
    page.goto("/")

    expect(page.locator("svg.kv-plot:visible")).to_have_count(1)
    page.get_by_text("Show as table").or_(page.get_by_text("Visa som tabell")).click()
    expect(page.get_by_role("cell", name="112\u00a0480\u00a0kr")).to_be_visible()


@pytest.mark.requirement("CO-13")
def test_slash_enter_opens_the_single_hit(anna, busy, elsa, open_browser):
    page = open_browser(anna)
    page.goto("/")

    page.keyboard.press("/")
    page.keyboard.type("130205-2384")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/listings/{elsa.code}/")


@pytest.mark.requirement("CO-13", "QU-22")
def test_search_and_questions_work_without_scripts(anna, busy, elsa, open_browser):
    page = open_browser(anna, java_script_enabled=False)

    page.goto("/")
    page.fill("#patient-search", "elsa")
    page.press("#patient-search", "Enter")
    page.wait_for_url(f"**/listings/{elsa.code}/")
    page.goto("/support/")
    page.fill("#id_subject", "Ny behandlare")
    page.fill("#id_text", "Hur lägger vi till henne?")
    page.locator("main button[type=submit]").click()

    expect(page.get_by_role("rowheader", name="Ny behandlare")).to_be_visible()


def test_ending_news_asks_first_in_a_dialog(administrator, busy, open_browser):
    page = open_browser(administrator)
    page.goto(f"/news/{NewsItem.objects.get().pk}/")

    page.locator("#action-2").click()
    page.locator("#dialog [type=submit]").click()
    page.wait_for_selector(".kv-notice.s-ok")

    assert NewsItem.objects.get().last_on == dt.date(2025, 3, 19)
    expect(page.locator("#dialog[open]")).to_have_count(0)
