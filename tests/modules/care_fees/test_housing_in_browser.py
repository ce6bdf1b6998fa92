"""Housing in a browser: the contract date follows what is typed, a free month, the end on one of two days."""

import pytest
from playwright.sync_api import expect

from kvitt.modules.care_fees.models import FreeMonth, Tenancy
from tests import files
from tests.browser import PHONE, accessibility_faults
from tests.care_world import CareWorld
from tests.modules.care_fees.letting import dwelling
from tests.world import TODAY

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("CF-7", "CF-8", "CF-9", "CF-10"),
]


@pytest.fixture
def care_world(transactional_db, settings):
    """The cast in a database that the browser's server sees too."""
    settings.KVITT_TODAY = TODAY
    return CareWorld()


def save_while_more_is_asked_for(page):
    """Save, and have the contract date asked for while the form is being sent: that does not cut it off."""
    held = []

    def hold(route):
        held.append(route)

    page.route("**/tenancies/new/**", hold, times=1)
    dialog = page.get_by_role("dialog")
    with page.expect_request("**/tenancies/new/**"):
        dialog.get_by_role("button", name="Spara").click()
    dialog.locator("[data-follows]").dispatch_event("change")
    held[0].continue_()


def test_couple_moves_in_gets_a_free_month_and_moves_out(care_world, open_browser):
    world = care_world
    let = dwelling(world)
    page = open_browser(world.users["karla"])
    page.goto(f"/care-fees/clients/{world.dagny.number}/")
    page.get_by_role("button", name="Nytt boendekontrakt").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Erik Parsson")).to_be_visible()
    dialog.get_by_label("Objekt").select_option(str(let.pk))
    dialog.get_by_label("Inflyttningsdatum").fill("2024-11-14")
    dialog.get_by_label("Månadshyra").fill("6 200")
    expect(dialog.locator("#contract-date")).to_contain_text("Kontraktsdatum 2024-11-01")
    dialog.get_by_label("Inflyttningsdatum").fill("2024-11-15")
    dialog.get_by_label("Månadshyra").click()
    expect(dialog.locator("#contract-date")).to_contain_text("Kontraktsdatum 2024-11-17")
    expect(dialog.locator("#contract-date")).to_contain_text("inflyttning från den 15")
    dialog.get_by_label("Den andra hyresgästens brukarnummer").fill(world.erik.number)
    assert accessibility_faults(page) == []
    save_while_more_is_asked_for(page)
    expect(
        page.locator("#notices").get_by_text("Kontrakt H2024-000001 gäller från 2024-11-17.")
    ).to_be_visible()

    page.get_by_role("link", name="H2024-000001").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("H2024-000001")
    page.get_by_role("button", name="Bevilja hyresfri månad").click()
    dialog.get_by_label("Hyresrätt").check()
    dialog.get_by_label("En ensamstående").check()
    dialog.get_by_label("Styrkt kostnad").fill("7 000")
    dialog.get_by_role("button", name="Bevilja hyresfri månad").click()
    expect(dialog.get_by_text("Två står på kontraktet.").first).to_be_visible()
    expect(dialog.get_by_text("Kostnaden är inte styrkt.").first).to_be_visible()
    dialog.get_by_label("Ett par tillsammans").check()
    dialog.get_by_label("Kvitto eller annat intyg").set_input_files(
        {"name": "kvitto.png", "mimeType": "image/png", "buffer": files.png()}
    )
    dialog.get_by_role("button", name="Bevilja hyresfri månad").click()
    expect(page.get_by_role("link", name="kvitto.png")).to_be_visible()
    assert FreeMonth.objects.get().correction.amount == -310_000
    assert accessibility_faults(page) == []

    phone = open_browser(world.users["karla"], viewport=PHONE)
    phone.goto("/care-fees/tenancies/?person=erik")
    phone.get_by_role("link", name="H2024-000001").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("H2024-000001")
    phone.get_by_role("button", name="Avsluta kontrakt").click()
    ending = phone.get_by_role("dialog")
    ending.get_by_label("En annan dag", exact=True).first.check()
    ending.locator("#id_last_on").fill("2025-01-20")
    ending.get_by_role("button", name="Avsluta kontrakt").click()
    expect(ending.get_by_text("Välj 2025-01-14").first).to_be_visible()
    ending.get_by_label("2024-12-31, hel hyra").check()
    ending.get_by_role("button", name="Avsluta kontrakt").click()
    expect(phone.locator("#notices").get_by_text("Kontrakt H2024-000001 slutar 2024-12-31.")).to_be_visible()
    assert str(Tenancy.objects.get().last_on) == "2024-12-31"
    assert accessibility_faults(phone) == []


def test_contract_date_is_shown_without_javascript_before_it_is_saved(care_world, open_browser):
    let = dwelling(care_world)
    page = open_browser(care_world.users["karla"], java_script_enabled=False)
    page.goto(f"/care-fees/clients/{care_world.astrid.number}/tenancies/new/")
    page.get_by_label("Objekt").select_option(str(let.pk))
    page.get_by_label("Inflyttningsdatum").fill("2024-12-15")
    page.get_by_label("Månadshyra").fill("6 200")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_text("Kontrollera datumet och spara.")).to_be_visible()
    assert not Tenancy.objects.exists()
    page.get_by_role("button", name="Spara").click()
    expect(
        page.locator("#notices").get_by_text("Kontrakt H2024-000001 gäller från 2024-12-17.")
    ).to_be_visible()
