"""Income in a browser: the fee officer registers it with rows added, decides the fee and simulates it."""

import pytest
from playwright.sync_api import expect

from kvitt.modules.care_fees.models import ClientSettings
from tests.browser import accessibility_faults
from tests.care_world import CareWorld

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("CF-20", "CF-22")]


def test_income_is_registered_decided_and_simulated(transactional_db, settings, open_browser):
    settings.KVITT_TODAY = CareWorld.today
    world = CareWorld()
    ClientSettings.objects.filter(client=world.astrid).update(accepts_cap=False)

    fia = open_browser(world.users["fia"])
    fia.goto(f"/care-fees/clients/{world.astrid.number}/")
    fia.get_by_role("button", name="Registrera inkomst").click()
    expect(fia.get_by_role("heading", level=1)).to_have_text("Inkomst och boendekostnad")
    first = fia.get_by_role("group", name="Inkomst 1")
    first.get_by_label("Före skatt").fill("12 000")
    fia.get_by_role("button", name="Lägg till inkomst").click()
    third = fia.get_by_role("group", name="Inkomst 3")
    third.get_by_label("Inkomstslag").select_option(label="Inkomst av kapital")
    third.get_by_label("Anges").select_option(label="Per år")
    third.get_by_label("Före skatt").fill("36000")
    fia.get_by_label("Hyra per månad").fill("7000")
    assert accessibility_faults(fia) == []
    fia.get_by_role("button", name="Spara").last.click()
    panel = fia.get_by_role("region", name="Inkomst och avgiftsbeslut")
    expect(panel).to_contain_text("15\u00a0000\u00a0kr")
    assert accessibility_faults(fia) == []

    panel.get_by_role("button", name="Fatta avgiftsbeslut").click()
    fia.get_by_label("Gäller från").select_option("2025-01")
    fia.get_by_role("button", name="Visa").click()
    expect(fia.get_by_role("main")).to_contain_text("753,39\u00a0kr")
    fia.get_by_role("button", name="Fatta beslutet").click()
    expect(fia.get_by_role("heading", level=1)).to_have_text("Avgiftsbeslut 1")
    with fia.expect_download() as letter:
        fia.get_by_role("button", name="Brevet (PDF)").click()
    assert letter.value.suggested_filename.endswith(".pdf")
    assert accessibility_faults(fia) == []

    fia.goto(f"/care-fees/simulation/?client={world.astrid.number}&month=2025-01")
    fia.get_by_role("button", name="Lägg till produkt").click()
    product = fia.get_by_role("group", name="Produkt 2")
    product.get_by_label("Produkt").select_option(index=1)
    product.get_by_label("Antal").fill("2")
    fia.get_by_role("button", name="Beräkna").last.click()
    result = fia.get_by_role("region", name="Vad månaden kostar")
    expect(result).to_contain_text("909\u00a0kr")  # 753 of care, two lunches at 78
    assert accessibility_faults(fia) == []
