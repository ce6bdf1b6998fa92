"""Seed 000, chapter 9, by keyboard alone: from the invoice to the one that takes it back."""

import re

import pytest
from playwright.sync_api import Page, expect

from kvitt.ledger.models import Invoice
from tests.browser import accessibility_faults
from tests.journeys.test_needs_allowance import (
    add_code,
    create_case,
    create_invoice,
    expect_total,
    go_to,
    keyboard_world,  # noqa: F401 - a fixture
    open_elsa,
    open_invoice_and_case,
    sign_in_as_anna,
    tab_to,
)

pytestmark = pytest.mark.production
CODES = {
    "126": "126 Röntgenundersökning, omfattande",
    "124": "124 Panoramaröntgenundersökning",
    "163": "163 Biopsi",
    "815": "815 Sadelkrona",
}


def rows_with(page: Page, status: str):
    """Return the procedure codes of the case that have a status."""
    table = page.get_by_role("table", name="Åtgärdskoder")
    return table.get_by_role("row").filter(has_text=status)


def expect_figure_27(page: Page) -> None:
    """Every invoiced code but the deductible can be credited."""
    expect(rows_with(page, "Fakturerad")).to_have_count(5)
    for name in CODES.values():
        expect(page.get_by_role("button", name=f"Kreditera {name}", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Kreditera"))).to_have_count(4)


def credit_all_four(page: Page) -> None:
    """Figure 28: the message; the clicked code is ticked, and the other three are ticked too."""
    tab_to(page, f"Kreditera {CODES['815']}", role="button")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Kreditera 815 Sadelkrona")).to_be_visible()
    expect(dialog).to_contain_text("Beloppen i ärendet måste räknas om")
    boxes = dialog.get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    expect(boxes.nth(0)).to_be_focused()
    expect(boxes.nth(3)).to_be_checked()
    assert accessibility_faults(page) == []
    for _ in range(3):
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    expect(boxes.nth(2)).to_be_checked()
    expect(dialog).to_contain_text("Bara självrisken läggs in på nytt.")
    expect(dialog.get_by_role("row", name=re.compile("Inväntar kreditering.*−5.025.kr"))).to_be_visible()
    tab_to(page, "OK", role="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    told = page.locator("#notices")
    expect(told).to_contain_text("Åtgärdskoderna inväntar kreditering på nästa faktura.")


def expect_figure_29(page: Page) -> None:
    """The old deductible and the four codes await credit; the fresh deductible and 111 are approved."""
    expect(rows_with(page, "Inväntar kreditering")).to_have_count(5)
    expect(rows_with(page, "Godkänd")).to_have_count(2)
    expect(page.get_by_role("button", name="Ta bort 111", exact=False)).to_be_visible()
    expect_total(page, "Fakturerbart belopp:\n0\u00a0kr")
    expect_total(page, "Fakturerat belopp:\n0\u00a0kr")
    expect_total(page, "Inväntar kreditering:\n−5\u00a0025\u00a0kr")


def invoice_the_credits(page: Page, total: str) -> Invoice:
    """The next invoice carries the credits; what it comes to is said before it is made."""
    go_to(page, "f")
    expect(page.get_by_role("heading", name="Fakturor")).to_be_visible()
    tab_to(page, "Skapa faktura", role="button")
    page.keyboard.press("Enter")
    tab_to(page, "Er fakturareferens", role="textbox")
    page.keyboard.type("Kreditfaktura")
    tab_to(page, "Hämta fakturaunderlag", role="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile(f"Kreditfaktura 1111.*{total}"))).to_be_visible()
    tab_to(page, "Fakturera", role="button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Fakturan Kreditfaktura 1111 är skapad.")).to_be_visible()
    return Invoice.objects.latest("pk")


@pytest.mark.requirement("NA-29", "NA-30", "NA-31", "CO-22", "CO-23", "QU-21")
def test_invoiced_codes_are_credited_by_keyboard_alone(keyboard_world, open_browser):  # noqa: F811
    page = open_browser()
    sign_in_as_anna(page)
    open_elsa(page)
    create_case(page)
    for code, location in (("126", ""), ("124", ""), ("163", "ÖK"), ("815", "12")):
        add_code(page, code, location=location)
    keyboard_world.attest(create_invoice(page).pk)
    open_invoice_and_case(page)

    expect_figure_27(page)
    credit_all_four(page)
    add_code(page, "111")
    expect_figure_29(page)
    invoice = invoice_the_credits(page, "−5.025.kr")

    assert invoice.total == -502_500


@pytest.mark.requirement("NA-28", "NA-30", "NA-31", "CO-20", "CO-22", "CO-23")
def test_credits_and_what_was_added_in_between_go_on_one_invoice(keyboard_world, open_browser):  # noqa: F811
    page = open_browser()
    sign_in_as_anna(page)
    open_elsa(page)
    create_case(page)
    for code, location in (("126", ""), ("124", ""), ("163", "ÖK"), ("815", "12")):
        add_code(page, code, location=location)
    create_invoice(page)
    approve_and_attest(keyboard_world, open_browser)
    open_invoice_and_case(page)

    credit_all_four(page)
    add_code(page, "111")
    add_code(page, "815", location="11")
    expect_total(page, "Fakturerbart belopp:\n2\u00a0720\u00a0kr")
    invoice = invoice_the_credits(page, "−2.305.kr")

    assert invoice.total == 272_000 - 502_500
    rows = invoice.rows.order_by("line__code").values_list("kind", "line__code", "amount")
    assert [row[1:] for row in rows if row[0] == "charge"] == [
        ("100", -500_000),
        ("111", 82_000),
        ("815", 690_000),
    ]
    assert sum(row[2] for row in rows if row[0] == "credit") == -502_500


def approve_and_attest(world, open_browser) -> None:
    """Gustav approves what the program has nothing to remark on, and Hanna attests it."""
    gustav = open_browser(world.users["gustav"])
    gustav.goto("/invoicing/review/")
    gustav.get_by_role("button", name="Godkänn 1 utan anmärkning").click()
    expect(gustav.locator("#notices")).to_contain_text("1 faktura är godkänd.")
    hanna = open_browser(world.users["hanna"])
    hanna.goto("/invoicing/attest/")
    hanna.get_by_role("button", name="Markera alla på sidan").click()
    hanna.get_by_role("button", name="Attestera markerade").click()
    expect(hanna.locator("#notices")).to_contain_text("1 faktura är attesterad")
