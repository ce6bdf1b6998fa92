"""Preauthorization in a browser: from the clinic's first line to the decision that it reads."""

import pytest
from playwright.sync_api import expect

from kvitt.modules.special_care.models import TreatmentPlan
from tests.browser import PHONE, accessibility_faults
from tests.special_world import SpecialWorld
from tests.world import TODAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("SC-4", "SC-5")]


@pytest.fixture
def special_world(transactional_db, settings):
    """The cast in a database that the browser's server sees too."""
    settings.KVITT_TODAY = TODAY
    world = SpecialWorld()
    world.load_catalogue()
    return world


def test_clinic_asks_the_assessor_changes_and_the_clinic_reads(special_world, open_browser):
    clinic = open_browser(special_world.users["lisa"])
    clinic.goto("/special-care/plans/")
    clinic.get_by_role("button", name="Ny begäran").click()
    dialog = clinic.get_by_role("dialog")
    dialog.get_by_label("Personnummer").fill("19600609-9805")
    dialog.get_by_label("S-tandvård", exact=True).check()
    dialog.get_by_label("Patientkategori").select_option("S2")
    dialog.get_by_role("button", name="Skapa").click()
    expect(clinic.get_by_role("heading", level=1)).to_contain_text("F2024-000001")

    for code, place, count in (("825", "UK", "2"), ("825S", "ÖK", "1")):
        clinic.get_by_role("button", name="Lägg till åtgärd").click()
        clinic.locator("#id_code").fill(code)
        dialog.get_by_role("option", name=f"{code} ").first.click()
        expect(clinic.locator("#id_price")).to_be_hidden()
        clinic.locator("#id_location").fill(place)
        clinic.locator("#id_count").fill(count)
        dialog.get_by_role("button", name="Lägg till").click()
        expect(
            clinic.get_by_role("table", name="Åtgärder").get_by_role("row", name=f"{code} Komplexerad")
        ).to_be_visible()
    clinic.get_by_role("button", name="Begär förhandsbedömning").click()
    clinic.locator("#id_motivation").fill("Patienten kan inte tugga.")
    dialog.get_by_role("button", name="Begär förhandsbedömning").click()
    expect(clinic.get_by_text("Inväntar granskning").first).to_be_visible()
    assert accessibility_faults(clinic) == []

    assessor = open_browser(special_world.users["frida"], viewport=PHONE)
    assessor.goto("/preauthorization/")
    assessor.get_by_role("link", name="F2024-000001").click()
    lower, upper = (
        assessor.get_by_role("group", name=name) for name in ("825 Komplexerad", "825S Komplexerad")
    )
    lower.get_by_role("radio", name="Godkänd", exact=True).check()
    upper.get_by_role("radio", name="Ej godkänd", exact=True).check()
    assessor.locator("input[name^=count_]").first.fill("1")
    assessor.locator("input[name^=amount_]").first.fill("12 705")
    assessor.locator("#id_reason").fill("Bara underkäken.")
    assert accessibility_faults(assessor) == []
    assessor.get_by_role("button", name="Besluta").click()
    expect(assessor.get_by_role("status").first).to_contain_text("Godkänd med förbehåll")

    clinic.goto("/special-care/plans/?is_unread=on")
    clinic.get_by_role("link", name="F2024-000001").click()
    row = clinic.get_by_role("table", name="Åtgärder").get_by_role("row", name="825 Komplexerad")
    expect(row).to_contain_text("12 705")
    expect(clinic.get_by_text("2024-11-20 - 2025-11-19").first).to_be_visible()
    assert accessibility_faults(clinic) == []
    clinic.get_by_role("button", name="Markera som läst").click()
    expect(clinic.get_by_role("button", name="Markera som läst")).to_have_count(0)
    assert TreatmentPlan.objects.get().procedures.get(code="825").approved_count == 1
