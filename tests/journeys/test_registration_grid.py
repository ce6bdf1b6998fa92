"""A unit's month in the browser, typed and pasted: 60 clients, 20 services, a connection lost in between."""

import datetime as dt
import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from kvitt.audit.models import Event
from kvitt.foundation.values.identity import luhn_check_digit
from kvitt.modules.care_fees.models import PerformedService, Service
from tests.care_world import CareWorld
from tests.world import SINCE, TODAY

pytestmark = pytest.mark.production

CLIENTS, SERVICES = 60, 20
LOST_AT, BACK_AT = 9, 14
# Columns typed figure by figure: the ends, and about the lost connection. The rest come from a spreadsheet.
TYPED = (0, LOST_AT, BACK_AT - 1, BACK_AT, SERVICES - 1)
# What is not in sight is not painted after each key.
SMALL = {"width": 640, "height": 480}
SAVED = re.compile(r"^Sparat kl\. \d\d\.\d\d$")
PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(paste);
}"""


@pytest.fixture
def full_unit(transactional_db, settings):
    """Norr's home care with 60 clients and 20 services, seen by the live server. In the end all adds up."""
    settings.KVITT_TODAY = TODAY
    world = CareWorld()
    Service.objects.filter(kind="product").update(last_on=dt.date(2024, 9, 30))
    Service.objects.bulk_create(
        Service(
            authority=world.municipality,
            code=f"P{place}",
            name=f"Produkt {place}",
            sort_key=f"produkt {place:02}",
            kind="product",
            measure="count" if place % 4 else "minutes",
            place=100 + place,
            first_on=SINCE,
        )
        for place in range(SERVICES)
    )
    for index in range(CLIENTS - 2):  # Astrid and Birger are there
        born = f"{19300101 + index // 28 * 100 + index % 28}980"
        client = world.make_client(
            born + luhn_check_digit(born[2:]), f"Nr{index:02}", "Testsson", world.north
        )
        world.grant(client, "OMV", world.north_care)
    yield world
    call_command("verify")


def figure(row: int, column: int) -> int:
    """What is typed: never the same in two cells beside each other."""
    return 1 + (row * 2 + column * 4) % 9


def stored() -> list[list[int]]:
    """Return the figures as the grid shows them: a row for each client, by name."""
    rows: dict[str, list[int]] = {}
    in_order = PerformedService.objects.order_by("client__person__sort_key", "service__place")
    for number, quantity in in_order.values_list("client__number", "quantity"):
        rows.setdefault(number, []).append(quantity)
    return list(rows.values())


def open_grid(page: Page) -> Locator:
    """Choose October and Norr's home care; return the cells."""
    page.goto("/care-fees/registrations/")
    page.get_by_label("Period").select_option("2024-10")
    page.get_by_label("Utförarenhet").select_option(label="Norrs hemtjänst")
    page.get_by_role("button", name="Visa").click()
    cells = page.get_by_role("table").get_by_role("textbox")
    expect(cells).to_have_count(CLIENTS * SERVICES)
    return cells


@pytest.mark.requirement("CF-11", "QU-20", "QU-21")
def test_month_is_typed_by_keyboard_and_nothing_is_lost(full_unit, open_browser):
    page, other = (open_browser(full_unit.users[name], viewport=SMALL) for name in ("karla", "bodil"))
    page.on("dialog", lambda dialog: dialog.accept())
    cells, state, notes = open_grid(page), page.locator("#grid-state"), page.locator("#grid-notes")
    expect(state).to_have_text("Allt som står här är sparat.")

    # Down a column with Enter and up again with Ctrl, or pasted whole; on to the next.
    cells.first.focus()
    for column in range(SERVICES):
        if column == LOST_AT:
            page.context.set_offline(True)
        if column == BACK_AT:
            expect(state).to_have_text("Inte sparat: anslutningen saknas, försöker igen")
            page.context.set_offline(False)
        figures = "\n".join(str(figure(row, column)) for row in range(CLIENTS))
        expect(cells.nth(column)).to_be_focused()
        if column in TYPED:
            page.keyboard.type(figures)
            page.keyboard.press("Control+ArrowUp")
        else:
            page.evaluate(PASTE, figures)
        page.keyboard.press("ArrowRight")
    expect(cells.nth(SERVICES - 1)).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(state).to_have_text(SAVED)
    typed = [[figure(row, column) for column in range(SERVICES)] for row in range(CLIENTS)]
    assert stored() == typed
    expect(page.locator("tfoot td").nth(1)).to_have_text(str(sum(row[1] for row in typed)))

    # Rows from a spreadsheet, one of the figures faulty; what is faulty is there after a reload too.
    page.evaluate(PASTE, "2:30\t41\n42\ttolv\n")
    expect(notes).to_contain_text("Birger Testlund, Produkt 1: tolv är inte ett heltal.")
    expect(cells.nth(SERVICES + 1)).to_have_attribute("aria-invalid", "true")
    page.reload()
    expect(notes).to_contain_text("tolv är inte ett heltal")
    expect(cells.nth(SERVICES + 1)).to_have_value("tolv")
    cells.nth(SERVICES + 1).focus()
    page.keyboard.type("43\n")
    expect(state).to_have_text(SAVED)
    expect(notes).to_be_hidden()
    typed[0][:2], typed[1][:2] = [150, 41], [42, 43]
    assert stored() == typed

    # Two who type at once: the second is told, and chooses.
    open_grid(other).first.focus()
    other.keyboard.type("7\n")
    expect(other.locator("#grid-state")).to_have_text(SAVED)
    cells.first.focus()
    page.keyboard.type("8\n")
    expect(notes).to_contain_text("Astrid Provén, Produkt 0: Någon annan har skrivit 7 under tiden")
    notes.get_by_role("button", name="Behåll 8").click()
    expect(state).to_have_text(SAVED)
    expect(cells.first).to_be_focused()
    typed[0][0] = 8
    assert stored() == typed
    assert Event.objects.filter(action="care_fees.register_services").exists()
