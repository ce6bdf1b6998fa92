"""*Era fakturor* in a browser: rows unfold, a claim is deleted, one is credited and claimed anew."""

import pytest
from playwright.sync_api import expect

from kvitt.modules.special_care.models import Claim
from tests.browser import accessibility_faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("SC-18", "SC-20", "SC-21", "QU-21")
def test_rows_unfold_and_claims_are_deleted_and_credited(special_world, open_browser):
    paid = special_world.send_claim(fee=200_00, invoice_reference="1745", reference="980890")
    special_world.pay(paid)
    special_world.send_claim(invoice_reference="23434344", reference="1184499")
    page = open_browser(special_world.users["lisa"])
    page.goto("/special-care/invoices/processing/")

    row = page.get_by_role("button", name="23434344").first
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="23434344").first).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("button", name="23434344").first).to_be_focused()
    page.get_by_text("Expandera 1184499").click()
    expect(page.get_by_text("Konventionell kliniktandvård")).to_be_visible()
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Radera 1184499").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("dess referens förblir använd")
    dialog.get_by_role("button", name="Radera").click()
    expect(page.get_by_text("Räkning 1184499 är raderad.").first).to_be_visible()

    page.goto("/special-care/invoices/paid/")
    expect(page.get_by_role("button", name="Kreditera 980890")).to_be_hidden()
    page.get_by_label("Räkningsnummer").fill("980890")
    page.get_by_role("button", name="Sök faktura").click()
    page.get_by_role("button", name="Kreditera 980890").click()
    expect(dialog).to_contain_text("Beloppet dras av sig självt från mottagningens nästa utbetalning.")
    dialog.get_by_role("button", name="Kreditera och skapa ny").click()
    expect(page.get_by_text("Räkning 980890 är krediterad med faktura 1745_Kredit").first).to_be_visible()
    expect(page.get_by_label("Patienten har frikort")).to_be_focused()
    assert Claim.objects.get(status="draft").replaces.number == paid

    page.goto("/special-care/invoices/credits/")
    expect(page.get_by_text("1745_Kredit")).to_be_visible()
    expect(page.get_by_text("Visar 1 av 1 faktura")).to_be_visible()
