"""Seed 000, Behovspeng, in a browser and by keyboard alone: from the patient to the invoice."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from kvitt.ledger import queries as ledger
from kvitt.ledger.models import Invoice
from tests.world import World

pytestmark = pytest.mark.production
PASSWORD = "ett-langt-losenord-2024"


@pytest.fixture
def keyboard_world(transactional_db, settings):
    """The cast in a database that the live server sees too; Anna has a password. In the end all adds up."""
    settings.KVITT_TODAY = World.today
    world = World()
    world.load_catalogue()
    anna = world.users["anna"]
    anna.set_password(PASSWORD)
    anna.save()
    yield world
    call_command("verify")


def tab_to(page: Page, name: str, *, role: str, limit: int = 80) -> None:
    """Press Tab until the focus is on the control with this role and accessible name."""
    tab_until(page, page.get_by_role(role, name=name, exact=True).first, limit=limit)


def tab_until(page: Page, control: Locator, *, limit: int = 80) -> None:
    """Press Tab until the focus is on the control."""
    control.wait_for()
    page.wait_for_load_state()  # keys are listened to once the page is loaded
    for _ in range(limit):
        # Looked up anew: what is fetched meanwhile may exchange the control.
        if control.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard never reaches {control}")


def go_to(page: Page, letter: str) -> None:
    """Press g and a letter; the keys are listened to once the page is loaded."""
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press(letter)


def add_code(page: Page, code: str, *, location: str = "") -> None:
    """Report one code, performed today, without touching the mouse."""
    tab_to(page, "Lägg till åtgärdskod", role="button")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Lägg till åtgärdskod")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Behandlingsdatum")).to_be_focused()
    page.keyboard.type("idag")
    tab_to(page, "Åtgärdskod", role="combobox")
    page.keyboard.type(code)
    expect(dialog.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    if location:
        tab_to(page, "Tand/käke", role="textbox")
        page.keyboard.type(location)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#notices")).to_contain_text(f"Åtgärdskod {code} är tillagd.")


def sign_in_as_anna(page: Page) -> None:
    """The user name has the focus from the start."""
    page.goto("/")
    expect(page.get_by_label("Användarnamn")).to_be_focused()
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Välkommen till Kvitt")).to_be_visible()


def open_elsa(page: Page) -> None:
    """The patient by her number (chapter 5.3), and the tab Behovspeng (figure 4)."""
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("201303102394")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hantera patient")).to_be_visible()
    tabs = page.get_by_role("navigation", name="Om patienten")
    while not tabs.get_by_role("link", name="Behovspeng").evaluate("e => e === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Det finns inga behovspengsärenden")).to_be_visible()


def create_case(page: Page) -> None:
    """Figures 4 and 5: only the start date is asked."""
    tab_to(page, "Skapa behovspengsärende", role="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("textbox", name="Startdatum")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("2024-11-20")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Behovspengsärende - B2024-000001")).to_be_visible()
    expect(page.get_by_text("2024-11-20 - 2025-11-19", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("100 Självrisk.*−5.000.kr"))).to_be_visible()


def expect_total(page: Page, text: str) -> None:
    """The totals at the foot of the case (figures 21 and 27)."""
    total = page.get_by_role("region", name="Totalbelopp")
    expect(total).to_contain_text(text, use_inner_text=True)


def create_invoice(page: Page) -> Invoice:
    """Figures 22 to 25: reference, basis, lines, invoice."""
    go_to(page, "f")
    expect(page.get_by_role("heading", name="Fakturor")).to_be_visible()
    tab_to(page, "Skapa faktura", role="button")
    page.keyboard.press("Enter")
    tab_to(page, "Er fakturareferens", role="textbox")
    page.keyboard.type("Testfaktura")
    tab_to(page, "Hämta fakturaunderlag", role="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("Testfaktura 1111.*5.025.kr"))).to_be_visible()
    tab_to(page, "1111 - Ekens Tandvård Ryd", role="link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Fakturarader för 1111 - Ekens Tandvård Ryd")).to_be_visible()
    expect(page.get_by_role("rowgroup").last.get_by_role("row")).to_have_count(5)
    tab_to(page, "Tillbaka", role="button")
    page.keyboard.press("Enter")
    tab_to(page, "Fakturera", role="button")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Fakturan Testfaktura 1111 är skapad.")).to_be_visible()
    return Invoice.objects.get()


def open_invoice_and_case(page: Page) -> None:
    """Figure 26: the invoice, whose case number leads back to the case."""
    tab_to(page, "Visa fakturan", role="link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Faktura - Behovspeng")).to_be_visible()
    expect(page.get_by_text("815 - Sadelkrona")).to_be_visible()
    tab_to(page, "B2024-000001", role="link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Behovspengsärende - B2024-000001")).to_be_visible()


@pytest.mark.requirement("NA-7", "NA-9", "NA-12", "NA-23", "NA-25", "NA-26", "CO-6", "QU-21")
def test_case_from_patient_to_invoice_by_keyboard_alone(keyboard_world, open_browser):
    page = open_browser()

    sign_in_as_anna(page)
    open_elsa(page)
    create_case(page)
    add_code(page, "126")
    add_code(page, "124")
    add_code(page, "163", location="ÖK")
    add_code(page, "815", location="12")
    expect_total(page, "Fakturerbart belopp:\n5\u00a0025\u00a0kr")
    invoice = create_invoice(page)

    assert (str(invoice.invoice_date), str(invoice.due_date)) == ("2024-11-30", "2024-12-30")
    assert invoice.total == 502_500
    open_invoice_and_case(page)
    expect_total(page, "Fakturerat belopp:\n5\u00a0025\u00a0kr")
    assert list(ledger.breaches()) == []
