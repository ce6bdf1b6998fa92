"""An absence in the browser: what it takes off is told while one types, by keyboard and on a phone."""

import pytest
from playwright.sync_api import expect

from kvitt.modules.care_fees.models import Absence, Reminder
from tests.browser import PHONE, accessibility_faults
from tests.care_world import CareWorld
from tests.world import TODAY

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("CF-14", "CF-15", "CF-16", "CF-18"),
]


@pytest.fixture
def care_world(transactional_db, settings):
    """The cast in a database that the browser's server sees too."""
    settings.KVITT_TODAY = TODAY
    return CareWorld()


def test_deduction_is_told_while_one_types(care_world, open_browser):
    kurt = open_browser(care_world.users["kurt"])
    kurt.goto(f"/care-fees/clients/{care_world.greta.number}/")
    kurt.get_by_role("button", name="Lägg till uppehåll").click()
    dialog = kurt.get_by_role("dialog")
    expect(dialog.get_by_label("Bevaka frånvaron")).to_be_checked()
    dialog.get_by_label("Fr o m").fill("2024-10-10")
    dialog.get_by_label("T o m").fill("2024-11-13")
    dialog.get_by_label("Orsak").select_option("planned")
    dialog.get_by_label("Anmäld").fill("2024-10-01")
    table = dialog.get_by_role("table", name="Avdrag per månad")
    expect(table.get_by_role("row", name="2024-10")).to_contain_text("75 %, 3 hela veckor")
    expect(table.get_by_role("row", name="2024-11")).to_contain_text("50 %, 2 hela veckor")
    # The last day is known: no reminder is offered any more.
    expect(dialog.get_by_label("Bevaka frånvaron")).not_to_be_checked()
    assert accessibility_faults(kurt) == []
    dialog.get_by_label("T o m").fill("2024-10-15")
    expect(dialog.get_by_text("Inget avdrag görs.")).to_be_visible()
    dialog.get_by_label("T o m").fill("2024-10-16")
    expect(table.get_by_role("row", name="2024-10")).to_contain_text("25 %, 1 hel vecka")
    dialog.get_by_role("button", name="Lägg till").click()
    expect(kurt.locator("#notices")).to_contain_text("Uppehållet är registrerat.")
    assert Absence.objects.get().last_on.isoformat() == "2024-10-16"
    assert not Reminder.objects.exists()

    phone = open_browser(care_world.users["karla"], viewport=PHONE)
    phone.goto(f"/care-fees/clients/{care_world.astrid.number}/")
    phone.get_by_role("button", name="Lägg till uppehåll").click()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_label("Fr o m").fill("2024-11-18")
    dialog.get_by_label("Orsak").select_option("unplanned")
    expect(dialog.get_by_role("table", name="Avdrag per månad")).to_contain_text("13 dagar")
    assert accessibility_faults(phone) == []
    dialog.get_by_role("button", name="Lägg till").click()
    expect(phone.get_by_role("table", name="Tillfälligt uppehåll")).to_contain_text("2024-11-18")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.goto("/care-fees/")
    phone.get_by_role("table", name="Bevakningar").get_by_role("button", name="Klar").click()
    phone.get_by_role("dialog").get_by_role("button", name="Klar").click()
    expect(phone.locator("#notices")).to_contain_text("Bevakningen är klar.")
    assert Reminder.objects.get().done_on == TODAY
