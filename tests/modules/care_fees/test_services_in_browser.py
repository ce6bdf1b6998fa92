"""Services in a browser: the billing office sets a price, the coordinator grants, changes and ends."""

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, accessibility_faults
from tests.care_world import CareWorld

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("CF-6", "CF-16a")]


def test_a_service_is_priced_granted_changed_and_ended(transactional_db, settings, open_browser):
    settings.KVITT_TODAY = CareWorld.today
    world = CareWorld()

    office = open_browser(world.users["bodil"])
    office.goto("/care-fees/services/")
    office.get_by_role("link", name="Trygghetslarm").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Trygghetslarm")
    office.get_by_role("button", name="Lägg till pris").click()
    dialog = office.get_by_role("dialog")
    dialog.get_by_label("Giltig från").fill("2025-01-01")
    dialog.get_by_label("Pris i kronor").fill("315,50")
    dialog.get_by_role("button", name="Spara").click()
    expect(office.get_by_role("row", name="2025-01-01")).to_contain_text("315,50\u00a0kr")
    expect(office.get_by_role("row", name="2025-01-01")).to_contain_text("Inte börjat")
    assert accessibility_faults(office) == []

    karla = open_browser(world.users["karla"])
    karla.goto(f"/care-fees/clients/{world.astrid.number}/")
    karla.get_by_role("button", name="Fördela insats").click()
    dialog = karla.get_by_role("dialog")
    dialog.get_by_label("Insats").select_option(label="Trygghetslarm, 310\u00a0kr per månad")
    dialog.get_by_label("Utförarenhet").select_option(label="4004 - Ekbackens vårdbostad")
    dialog.get_by_label("Första dag").fill("2024-11-19")
    dialog.get_by_label("Sista dag").fill("2024-11-18")
    dialog.get_by_role("button", name="Fördela", exact=True).click()
    expect(dialog).to_contain_text("Sista dagen 2024-11-18 är före den första, 2024-11-19.")
    dialog.get_by_label("Sista dag").fill("")
    dialog.get_by_role("button", name="Fördela", exact=True).click()
    table = karla.get_by_role("table", name="Fördelade insatser")
    row = table.get_by_role("row", name="Trygghetslarm")
    expect(row).to_contain_text("12 dagar av 30: 124\u00a0kr")

    row.get_by_role("button", name="Ändra belopp").click()
    dialog.get_by_label("Från").fill("2024-11-25")
    dialog.get_by_label("Eget belopp per månad").fill("150")
    dialog.get_by_role("button", name="Spara").click()
    expect(table.get_by_role("row", name="eget belopp")).to_contain_text("6 dagar av 30: 30\u00a0kr")
    table.get_by_role("row", name="Personlig omvårdnad").get_by_role("button", name="Avsluta").click()
    dialog.get_by_label("Sista dag").fill("2024-11-14")
    dialog.get_by_role("button", name="Avsluta").click()
    expect(table.get_by_role("row", name="Personlig omvårdnad")).to_contain_text("14 dagar av 30")
    assert accessibility_faults(karla) == []

    phone = open_browser(world.users["karla"], viewport=PHONE)
    phone.goto(f"/care-fees/clients/{world.astrid.number}/")
    expect(phone.get_by_role("row", name="Personlig omvårdnad")).to_contain_text("850,73\u00a0kr")
    assert accessibility_faults(phone) == []
