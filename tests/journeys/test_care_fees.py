"""Seed 003, care fees, in a browser and by keyboard alone: a client from the desktop to another area."""

import datetime as dt
import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from kvitt.modules.care_fees.models import (
    Absence,
    AreaRequest,
    ClientSettings,
    FeeCorrection,
    InvoiceRecipient,
    Reminder,
    Rent,
    Tenancy,
)
from kvitt.registers.people.models import Address
from tests.care_world import CareWorld
from tests.journeys.test_needs_allowance import PASSWORD, tab_to, tab_until
from tests.modules.care_fees.letting import dwelling
from tests.world import TODAY

pytestmark = pytest.mark.production

CONTROLS = 200  # a client's page has more of them than other pages
STREET = "Lindgatan 4 lgh 1204"


@pytest.fixture
def care_live_world(transactional_db, settings):
    """The cast of care fees and a flat to let, seen by the live server too. In the end all adds up."""
    settings.KVITT_TODAY = TODAY
    world = CareWorld()
    dwelling(world)
    karla = world.users["karla"]
    karla.set_password(PASSWORD)
    karla.save()
    yield world
    call_command("verify")


def reach(page: Page, name: str, *, role: str) -> None:
    """Reach a control with Tab, however many there are."""
    tab_to(page, name, role=role, limit=CONTROLS)


def press(page: Page, name: str, *, role: str = "button") -> None:
    """Reach a control with Tab and press it."""
    reach(page, name, role=role)
    page.keyboard.press("Enter")


def open_dialog(page: Page, button: str, heading: str, *, role: str = "button") -> Locator:
    """Press what opens a dialog, and wait for it."""
    press(page, button, role=role)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    return dialog


def fill(page: Page, **fields: str) -> None:
    """Write in the fields, in their order; an underscore stands for a space."""
    for label, text in fields.items():
        reach(page, label.replace("_", " "), role="textbox")
        page.keyboard.press("Control+a")
        page.keyboard.type(text)


def choose(page: Page, label: str, option: str) -> None:
    """Reach a list, and go down in it to the option that says this."""
    reach(page, label, role="combobox")
    offered = page.get_by_role("combobox", name=label, exact=True).locator("option")
    expect(offered.filter(has_text=re.compile(re.escape(option)))).to_have_count(1)
    wanted = next(place for place, text in enumerate(offered.all_inner_texts()) if option in text)
    page.keyboard.press("Home")
    for _ in range(wanted):
        page.keyboard.press("ArrowDown")
    expect(offered.nth(wanted)).to_have_js_property("selected", value=True)


def expect_done(page: Page, told: str | re.Pattern[str]) -> None:
    """The page says what is done, and no dialog is left."""
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#notices")).to_contain_text(told)


def go_to_desktop(page: Page) -> None:
    """By the menu, whose group is closed at first."""
    tab_until(page, page.get_by_role("navigation", name="Huvudmeny").get_by_text("Brukare", exact=True))
    page.keyboard.press("Enter")
    press(page, "Skrivbord", role="link")
    expect(page.get_by_role("heading", name="Debiteringsområden")).to_be_visible()


def find_dagny(page: Page) -> None:
    """Page 3: Karla signs in, opens her area in the tree on the desktop, and the client in it."""
    page.goto("/")
    expect(page.get_by_label("Användarnamn")).to_be_focused()
    page.keyboard.type("karla")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Välkommen till Kvitt")).to_be_visible()
    go_to_desktop(page)
    press(page, "Norr 4", role="link")
    press(page, "Dagny Parsson D2023-000003", role="link")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Brukare")


def stay_elsewhere(page: Page) -> None:
    """Pages 5 and 6: an address of stay; No is preset, and her spouse stays there too."""
    dialog = open_dialog(page, "Lägg till adress", "Lägg till adress", role="link")
    expect(dialog.get_by_role("radio", name="Vistelseadress")).to_be_checked()
    fill(
        page, Från_och_med="2024-10-01", Utdelningsadress=STREET, Postnummer="58220", Postort="Exempelköping"
    )
    question = dialog.get_by_role("group", name=re.compile("samma vistelseadress för personer med relation"))
    expect(question.get_by_role("radio", name="Nej")).to_be_checked()
    reach(page, "Nej", role="radio")
    page.keyboard.press("ArrowDown")
    expect(question.get_by_role("radio", name=re.compile("Ja, för Erik Parsson"))).to_be_checked()
    page.keyboard.press("Enter")
    expect_done(page, "Adressen är tillagd.")


def add_recipient(page: Page) -> None:
    """Pages 7 and 8: somebody else gets the invoices; Yes is preset."""
    dialog = open_dialog(page, "Lägg till fakturamottagare", "Lägg till fakturamottagare")
    question = dialog.get_by_role("group", name=re.compile("spara fakturamottagare i debiteringsinst"))
    expect(question.get_by_role("radio", name="Ja")).to_be_checked()
    fill(
        page,
        Namn="Frida Godeman",
        Utdelningsadress="Storgatan 1",
        Postnummer="58222",
        Postort="Exempelköping",
    )
    page.keyboard.press("Enter")
    expect_done(page, "Frida Godeman får fakturorna från och med 2024-11-01.")


def change_settings(page: Page) -> None:
    """Pages 9 to 12: fee type and parish code; a code that is none is refused in words."""
    dialog = open_dialog(page, "Ändra inställningar", "Inställningar per person")
    fill(page, Gäller_från="2024-11-01")
    reach(page, "Makar/sambor", role="radio")
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("radio", name="Ensamstående")).to_be_checked()
    fill(page, Församlingskod="999999")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Ingen kommun har koden 9999").first).to_be_visible()
    fill(page, Församlingskod="058002")
    page.keyboard.press("Enter")
    expect_done(page, "Inställningarna är ändrade.")


def move_in(page: Page) -> None:
    """Page 14: moved in the 14th in a serviced flat, so the contract holds from the 1st, and why."""
    dialog = open_dialog(page, "Nytt boendekontrakt", "Nytt boendekontrakt")
    choose(page, "Objekt", "Lindgårdens servicehus: 1204")
    fill(page, Inflyttningsdatum="2024-11-14", Månadshyra="6200")
    told = dialog.locator("#contract-date")
    expect(told).to_contain_text("Kontraktsdatum 2024-11-01")
    expect(told).to_contain_text("Servicelägenhet, inflyttning mellan den 1 och 14 i månaden")
    press(page, "Spara")
    expect_done(page, "Kontrakt H2024-000001 gäller från 2024-11-01. Servicelägenhet, inflyttning")


def correct(page: Page) -> None:
    """Page 21: care is the billing office's to correct; a lost alarm button has a price of its own."""
    dialog = open_dialog(page, "Korrigera avgift", "Korrigera avgift")
    choose(page, "Insatstyp eller produkt", "Personlig omvårdnad")
    fill(page, Belopp_i_kronor="-120", Fakturatext="Larmknapp återfunnen")
    choose(page, "Organisation", "Lindgårdens servicehus")
    press(page, "Lägg till")
    expect(
        dialog.get_by_text(re.compile("Personlig omvårdnad.*korrigeras bara av debiteringen")).first
    ).to_be_visible()
    expect(dialog.get_by_text("013-20 57 00").first).to_be_visible()
    choose(page, "Insatstyp eller produkt", "Förlorad larmknapp")
    press(page, "Lägg till")
    expect_done(page, re.compile("−120.kr korrigeras i 2024-10"))


def go_away(page: Page) -> None:
    """Pages 22 and 25: 14 days, reported a week ahead, take half off; told before it is added."""
    dialog = open_dialog(page, "Lägg till uppehåll", "Lägg till uppehåll")
    fill(page, **{"Fr o m": "2024-11-11", "T o m": "2024-11-24"})
    choose(page, "Orsak", "Planerad frånvaro")
    fill(page, Anmäld="2024-11-04")
    month = dialog.get_by_role("table", name="Avdrag per månad").get_by_role("row", name="2024-11")
    expect(month).to_contain_text("50 %, 2 hela veckor")
    expect(dialog.get_by_label("Bevaka frånvaron")).not_to_be_checked()
    press(page, "Lägg till")
    expect_done(page, "Uppehållet är registrerat.")


def remind(page: Page) -> None:
    """Page 23: a reminder, seen on the desktop and ended there."""
    open_dialog(page, "Bevakning 2024-11-11", "Bevakning")
    press(page, "Spara")
    expect_done(page, "Bevakningen är sparad.")
    go_to_desktop(page)
    expect(page.get_by_role("table", name="Bevakningar")).to_contain_text("Dagny Parsson")
    dialog = open_dialog(page, "Klar D2023-000003", "Avsluta bevakning")
    expect(dialog).to_contain_text("Själva uppehållet finns kvar.")
    press(page, "Klar")
    expect_done(page, "Bevakningen är klar.")
    expect(page.get_by_role("table", name="Bevakningar")).to_have_count(0)


def ask_for_south(page: Page) -> None:
    """Page 10: the area is the billing office's to change, at the coordinator's request."""
    press(page, "Norr 4", role="link")
    press(page, "Dagny Parsson D2023-000003", role="link")
    open_dialog(page, "Begär byte av debiteringsområde", "Begär byte av debiteringsområde")
    choose(page, "Önskat debiteringsområde", "Söder")
    fill(page, Orsak="Flyttar till Söder")
    press(page, "Skicka begäran")
    expect_done(page, "Begäran är skickad till debiteringen.")
    expect(page.get_by_role("region", name="Debiteringsområde")).to_contain_text("Flyttar till Söder")


def move_to_south(page: Page) -> None:
    """The billing office finds the request among its work, and moves the client."""
    page.goto("/care-fees/")
    press(page, "Begärda byten av debiteringsområde 1", role="link")
    press(page, "D2023-000003", role="link")
    open_dialog(page, "Byt debiteringsområde", "Byt debiteringsområde")
    expect(page.get_by_role("dialog").get_by_role("combobox").locator("option:checked")).to_have_text("Söder")
    press(page, "Flytta")
    expect_done(page, "Brukaren är flyttad.")
    expect(page.get_by_role("region", name="Debiteringsområde")).to_contain_text("Söder")


@pytest.mark.requirement(
    "CF-1", "CF-3", "CF-5", "CF-8", "CF-13", "CF-14", "CF-18", "CO-9", "CO-10", "QU-21", "QU-23"
)
def test_client_of_the_seed_from_the_desktop_to_another_area_by_keyboard_alone(care_live_world, open_browser):
    world, page = care_live_world, open_browser()
    kurt, dagny = open_browser(world.users["kurt"]), f"/care-fees/clients/{world.dagny.number}/"

    find_dagny(page)
    stay_elsewhere(page)
    add_recipient(page)
    change_settings(page)
    move_in(page)
    correct(page)
    go_away(page)
    remind(page)
    ask_for_south(page)
    assert kurt.request.get(dagny).status == 404
    move_to_south(open_browser(world.users["bodil"]))
    assert kurt.request.get(dagny).status == 200

    stays = Address.objects.filter(kind="staying", street=STREET, first_on="2024-10-01")
    assert {stay.person_id for stay in stays} == {world.dagny.person_id, world.erik.person_id}
    assert InvoiceRecipient.objects.get(client=world.dagny).contact.name == "Frida Godeman"
    settings = ClientSettings.objects.get(client=world.dagny, last_on=None)
    assert (str(settings.first_on), settings.fee_type) == ("2024-11-01", "single")
    assert (settings.accepts_cap, settings.parish_code) == (True, "058002")
    contract = Tenancy.objects.get()
    assert (contract.first_on, Rent.objects.get().amount) == (dt.date(2024, 11, 1), 620_000)
    correction = FeeCorrection.objects.get()
    assert (correction.service, correction.amount) == (world.services["KNAPP"], -12_000)
    absence = Absence.objects.get()
    assert (str(absence.first_on), str(absence.last_on)) == ("2024-11-11", "2024-11-24")
    assert Reminder.objects.get().done_on == TODAY
    answered = AreaRequest.objects.get()
    assert (answered.area, answered.answered_by) == (world.south, "Bodil Debitering")
