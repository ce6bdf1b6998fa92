"""Invoices in the browser: the dialog tells what it would make, the batch leads to its invoices."""

import pytest
from playwright.sync_api import expect

from kvitt.modules.care_fees.models import FeeInvoice
from tests.browser import accessibility_faults
from tests.care_world import CareWorld
from tests.modules.care_fees.invoicing import SEPTEMBER, approve
from tests.world import TODAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("CF-29")]


@pytest.fixture
def care_world(transactional_db, settings):
    """The cast in a database that the browser's server sees too."""
    settings.KVITT_TODAY = TODAY
    return CareWorld()


def test_batch_is_made_in_a_dialog_and_leads_to_its_invoices(care_world, open_browser):
    approve(care_world.astrid)
    approve(care_world.birger, month=SEPTEMBER)
    page = open_browser(care_world.users["bodil"])
    page.goto("/care-fees/invoices/")
    page.get_by_role("button", name="Skapa fakturor").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("2 fakturor")).to_be_visible()
    dialog.get_by_label("Period").select_option("2024-09")
    expect(dialog.get_by_text("1 faktura")).to_be_visible()
    assert accessibility_faults(page) == []
    dialog.get_by_label("Period").select_option("2024-10")
    expect(dialog.get_by_text("2 fakturor")).to_be_visible()
    dialog.get_by_role("button", name="Skapa fakturor").click()
    expect(page.get_by_role("heading", name="Omgång 1")).to_be_visible()
    assert accessibility_faults(page) == []
    number = FeeInvoice.objects.get(client_month__client=care_world.astrid).number
    page.get_by_role("link", name=str(number), exact=True).click()
    expect(page.get_by_role("heading", name=f"Faktura {number}")).to_be_visible()
    assert accessibility_faults(page) == []
