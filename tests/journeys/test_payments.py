"""Money out in a browser: one proposes, another approves and confirms, the clinic reads its advice."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from kvitt.modules.special_care.models import ClaimInvoice
from kvitt.settlement.models import OutgoingFile, PayingAccount, Payment
from kvitt.settlement.rules.bank_days import bank_day_after
from tests.special_world import SpecialWorld
from tests.world import SINCE, TODAY

pytestmark = pytest.mark.production


@pytest.fixture
def paid_world(transactional_db, settings):
    """Two claims that are ready to be paid, and an account to pay them from. In the end all adds up."""
    settings.KVITT_TODAY = TODAY
    world = SpecialWorld()
    world.load_catalogue()
    PayingAccount.objects.create(
        authority=world.region, first_on=SINCE, iban="SE4550000000058398257466", bic="ESSESESS"
    )
    world.send_claim(invoice_reference="1234678")
    world.send_claim(by="nora", invoice_reference="B-1")
    yield world
    call_command("verify")


def told(page: Page, text: str) -> None:
    """The page confirms what was done."""
    expect(page.locator("#notices")).to_contain_text(text)


def choose(page: Page, name: str) -> None:
    """Press a button of the page, and the button of the same name in the dialog that asks first."""
    page.get_by_role("main").get_by_role("button", name=name).click()
    page.get_by_role("dialog").get_by_role("button", name=name).click()


@pytest.mark.requirement("SC-19", "SC-19a", "SC-23", "QU-21")
def test_run_is_proposed_approved_by_another_and_confirmed_and_the_clinic_reads_the_advice(
    paid_world, open_browser
):
    gustav, hanna, lisa = (open_browser(paid_world.users[name]) for name in ("gustav", "hanna", "lisa"))

    gustav.goto("/settlement/runs/")
    gustav.get_by_role("button", name="Föreslå utbetalningskörning").click()
    expect(gustav.get_by_text("2 fakturor med räkningar")).to_be_visible()
    expect(gustav.get_by_label("Utbetalningsdag")).to_have_value(str(bank_day_after(TODAY)))
    gustav.get_by_label("Utbetalningsdag").fill(str(TODAY))
    gustav.get_by_role("button", name="Föreslå körning").click()
    told(gustav, "Utbetalningskörning 1 är föreslagen.")
    expect(gustav.get_by_text("Du har föreslagit körningen.")).to_be_visible()
    expect(gustav.get_by_role("button", name="Godkänn körning")).to_have_count(0)

    hanna.goto("/")
    hanna.get_by_role("link", name="Körningar att godkänna").click()
    hanna.get_by_text("1 faktura, 1 utbetalning").first.click()
    expect(hanna.get_by_text("2222 - Björkens Tandklinik")).to_be_visible()
    choose(hanna, "Godkänn körning")
    told(hanna, "Utbetalningskörning 1 är godkänd.")
    expect(hanna.get_by_text(OutgoingFile.objects.get().sha256)).to_be_visible()
    choose(hanna, "Bekräfta betalda")
    told(hanna, "2 utbetalningar är bekräftade.")

    lisa.goto("/")
    lisa.locator("summary").filter(has_text="Särskilt tandvårdsstöd").click()
    lisa.get_by_role("link", name="Utbetalningar").click()
    lisa.get_by_role("link", name=str(TODAY)).click()
    expect(lisa.get_by_role("heading", name=f"Betalningsavi {TODAY}")).to_be_visible()
    expect(lisa.get_by_role("main")).to_contain_text(re.compile("Bankgiro 991-2346"))
    with lisa.expect_download() as download:
        lisa.get_by_role("button", name="Ladda ner PDF").click()
    assert download.value.suggested_filename.startswith("betalningsavi-")
    paid = set(ClaimInvoice.objects.values_list("ledger_invoice__status", "ledger_invoice__paid_on"))
    assert paid == {("paid_out", TODAY)}
    assert set(Payment.objects.values_list("status", flat=True)) == {"paid"}
