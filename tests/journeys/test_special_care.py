"""Seed 002, special care dentistry, in a browser and by keyboard alone: from the claim to its credit."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from kvitt.modules.special_care.models import Claim, ClaimInvoice
from tests.journeys.test_needs_allowance import tab_to
from tests.special_world import SpecialWorld
from tests.world import TODAY

pytestmark = pytest.mark.production

# Page 4 of the manual: what is claimed, and with what tooth or jaw.
SEED_LINES = (("101", ""), ("825 ", "UK"), ("825S", "ÖK"))
OCR = "OCR/Fakturanr"
SEED_SUM = re.compile("28.680.kr")


@pytest.fixture
def special_live_world(transactional_db, settings):
    """The cast of special care dentistry, seen by the live server too. In the end all adds up."""
    settings.KVITT_TODAY = TODAY
    world = SpecialWorld()
    world.load_catalogue()
    yield world
    call_command("verify")


def begin_claim(page: Page) -> None:
    """Pages 2 and 3: the personal number, the certificate, N dental care."""
    page.goto("/special-care/register/")
    tab_to(page, "Personnummer", role="textbox")
    page.keyboard.type("194503129803")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Greta Provander")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("N-tandvård.*tills vidare"))).to_be_checked()
    tab_to(page, "Påbörja räkningen", role="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Patientinformation")).to_be_visible()


def fill_in_head(page: Page) -> None:
    """Pages 3 and 4: care model, OCR number, reference and comment."""
    tab_to(page, "Vårdmodell", role="combobox")
    page.keyboard.type("Konv")
    for label, text in (
        (OCR, "1234678"),
        ("Räkningsreferens", "1184499"),
        ("Räkningskommentar", "45678"),
    ):
        tab_to(page, label, role="textbox")
        page.keyboard.type(text)


def add_line(page: Page, code: str, *, location: str = "", price: str = "") -> None:
    """Add a procedure of today, or the fee, and wait for it in the list."""
    rows = page.locator("#lines tbody tr")
    before = rows.count()
    tab_to(page, "Åtgärd", role="combobox")
    page.keyboard.type(code)
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    for label, text in (("Tand/käke", location), ("Pris", price)):
        if text:
            tab_to(page, label, role="textbox")
            page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(rows).to_have_count(before + 1)


def press(page: Page, name: str, *, role: str = "button") -> None:
    """Reach a control with Tab and press it."""
    tab_to(page, name, role=role)
    page.keyboard.press("Enter")


def claim_the_seeds_example(page: Page) -> None:
    """Page 4: 101, 825 in the lower jaw, 825S in the upper, and the patient fee: 28 680 kr."""
    for code, location in SEED_LINES:
        add_line(page, code, location=location)
    add_line(page, "patAvg", price="200")
    expect(page.locator("#lines tbody tr").last).to_contain_text(re.compile("−200.kr"))
    expect(page.locator("#claim-sum")).to_have_text(SEED_SUM)
    expect(page.get_by_text("Inget hindrar att räkningen skickas in.")).to_be_visible()


def send_in(page: Page) -> None:
    """The confirmation says our reference, and that the claim is held."""
    press(page, "Skicka in tandvårdsräkning")
    expect(page.get_by_role("heading", name="Vår referens")).to_be_visible()
    expect(page.locator(".kv-reference")).to_have_text("1")
    expect(page.get_by_text("Räkningen är under granskning.")).to_be_visible()
    press(page, "Till Era fakturor")


def expect_invoice(page: Page, reference: str, *texts: str) -> None:
    """A list of *Era fakturor* holds the invoice, and says of it what it says."""
    row = page.locator("tr").filter(has=page.get_by_role("button", name=reference, exact=True))
    expect(row).to_have_count(1)
    for text in texts:
        expect(row).to_contain_text(re.compile(text))


def choose_and_press(page: Page, url: str, box: str, button: str, told: str) -> None:
    """Tick the one thing in a work list, and do with it what the list is for."""
    page.goto(url)
    tab_to(page, box, role="checkbox")
    page.keyboard.press("Space")
    press(page, button)
    expect(page.locator("#notices")).to_contain_text(told)


def pay(world: SpecialWorld, open_browser) -> None:
    """Gustav releases and proposes, Hanna attests and pays: nobody does it all."""
    gustav, hanna = (open_browser(world.users[name]) for name in ("gustav", "hanna"))
    number = Claim.objects.get().number
    review = "/special-care/review/"
    box, done = f"Välj räkning {number}", "1 räkning är frisläppt."
    choose_and_press(gustav, review, box, "Frisläpp markerade", done)
    box = "Välj faktura 1"
    proposal = "/special-care/proposal/"
    choose_and_press(gustav, proposal, box, "Föreslå utbetalning av markerade", "1 faktura är föreslagen")
    for url, button, told in (
        ("attest", "Attestera markerade", "1 faktura är attesterad."),
        ("start-payouts", "Starta utbetalning av markerade", "1 faktura"),
        ("confirm-payouts", "Ange markerade som utbetalda", "1 faktura är utbetald."),
    ):
        choose_and_press(hanna, f"/invoicing/{url}/", box, button, told)


def credit(page: Page) -> None:
    """Page 9: the invoice is unfolded and its claim credited, whole."""
    page.goto("/special-care/invoices/paid/")
    expect_invoice(page, "1234678", "28.680.kr", "Utbetalningsdatum [0-9-]{10}")
    press(page, "1234678")
    press(page, "Kreditera 1184499")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(SEED_SUM)
    tab_to(page, "Kreditera", role="button")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("1234678_Kredit")


@pytest.mark.requirement(
    "SC-6", "SC-7", "SC-8", "SC-9", "SC-11", "SC-17", "SC-18", "SC-19", "SC-19a", "SC-21", "SC-22", "QU-21"
)
def test_claim_of_the_seed_from_the_patient_to_its_credit_invoice_by_keyboard_alone(
    special_live_world, open_browser
):
    page = open_browser(special_live_world.users["lisa"])

    begin_claim(page)
    fill_in_head(page)
    claim_the_seeds_example(page)
    send_in(page)
    expect_invoice(page, "1234678", "28.680.kr", "Under behandling", "1 räkning under granskning")
    pay(special_live_world, open_browser)
    credit(page)

    page.goto("/special-care/invoices/credits/")
    expect_invoice(page, "1234678_Kredit", "−28.680.kr")
    credited = ClaimInvoice.objects.get(is_credit=True)
    claim = Claim.objects.get()
    assert (claim.total, claim.fee, claim.credit_invoice) == (2_868_000, 20_000, credited)
    assert (credited.reference, credited.our_reference) == ("1234678_Kredit", 2)
