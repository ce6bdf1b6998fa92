"""The runs of the calendar in a browser: the page follows a run by itself, and asks before it runs again."""

import datetime as dt
import re

import pytest
from django.db import transaction
from playwright.sync_api import expect

from kvitt.ledger.models import InvoiceRun
from tests.browser import DESKTOP, PHONE, accessibility_faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("PH-8", "QU-23")]
NARROW = {"width": 320, "height": 640}
OCTOBER = dt.date(2024, 10, 1)


@pytest.fixture
def going(runs):
    """A run with a fault, and one under way that has done one clinic of two."""
    with transaction.atomic():
        runs.with_fault(OCTOBER)
        run = runs.begin()
        runs.invoice(run, runs.world.linghem)
        runs.line(runs.world.ryd)
    return run


def with_fault():
    return InvoiceRun.objects.get(due_on=OCTOBER)


@pytest.mark.looks
@pytest.mark.requirement("QU-21")
@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(DESKTOP, "light"), (PHONE, "dark"), (NARROW, "light")],
    ids=["1280-light", "390-dark", "320-light"],
)
def test_pages_are_accessible_and_never_scroll_sideways(
    open_browser, world, going, settings, viewport, scheme
):
    settings.KVITT_TODAY = dt.date(2024, 12, 2)
    InvoiceRun.objects.create(  # left by a worker that was killed
        authority=world.region,
        module="population_health",
        due_on=dt.date(2024, 12, 1),
        started_at=going.started_at - dt.timedelta(hours=2),
    )
    left = InvoiceRun.objects.latest("pk")
    runs = [with_fault().pk, going.pk, left.pk]
    page = open_browser(world.users["ivar"], viewport=viewport, color_scheme=scheme)
    faults = []

    for url in ("", *(f"{pk}/" for pk in runs), f"{runs[0]}/repeat/"):
        page.goto(f"/invoicing/runs/{url}")
        faults += [f"{url} {fault}" for fault in accessibility_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            faults.append(f"{url} scrolls sideways")

    assert faults == []


def test_page_follows_the_run_to_its_end(open_browser, one_request_at_a_time, world, runs, going):
    page = open_browser(world.users["ivar"])
    page.goto(f"/invoicing/runs/{going.pk}/")
    expect(page.locator("#run-state")).to_contain_text("1 av 2 mottagningar genomgångna")

    with one_request_at_a_time, transaction.atomic():
        runs.fault(going, world.ryd)
    expect(page.locator("#run-state")).to_contain_text("2 av 2 mottagningar genomgångna")
    expect(page.locator("#run-state[hx-trigger]")).to_have_count(1)
    with one_request_at_a_time, transaction.atomic():
        runs.finish(going)
    page.wait_for_selector("main >> text=Kör igen")

    expect(page.locator("#run-state")).to_contain_text("Klar med fel")
    expect(page.locator("#run-state[hx-trigger]")).to_have_count(0)
    expect(page.locator("#list tbody th").first).to_have_text("1111 - Ekens Tandvård Ryd")
    # What a screen reader is told, and not for long.
    expect(page.locator("#live")).to_have_text(re.compile("^(Klar med fel)?$"))


@pytest.mark.requirement("QU-22")
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_run_is_run_again_after_a_question(open_browser, world, going, has_script):
    run = with_fault()
    page = open_browser(world.users["ivar"], java_script_enabled=has_script)
    page.goto(f"/invoicing/runs/{run.pk}/")

    page.click("main >> text=Kör igen")
    page.wait_for_selector("dialog[open] [type=submit]" if has_script else "main form [type=submit]")
    assert with_fault().finished_at is not None
    page.click("form:has-text('Avbryt') [type=submit]")
    page.wait_for_selector("#notices >> text=Körningen görs igen.")

    assert with_fault().finished_at is None
    expect(page.locator("#run-state")).to_contain_text("Pågår")


def test_start_page_leads_to_the_fault_and_on_to_the_clinic(open_browser, world, going):
    page = open_browser(world.users["ivar"])
    page.goto("/")

    page.click("text=Fakturakörningar med fel eller försening")
    page.click("#list >> text=2024-10-01")
    page.click("text=1111 - Ekens Tandvård Ryd")

    expect(page.locator("h1")).to_have_text("1111 - Ekens Tandvård Ryd")
