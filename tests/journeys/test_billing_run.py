"""Seed 003, pages 26 to 39, in a browser: a month from the rule to approval, and what comes late to it."""

import datetime as dt
import re

import docx
import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from kvitt.modules.care_fees.models import AreaMonth, BillingRule, ClientMonth, ClientSettings, FeeLine
from tests.browser import PHONE, accessibility_faults
from tests.care_world import CareWorld
from tests.world import TODAY

pytestmark = pytest.mark.production

OCTOBER, NOVEMBER = dt.date(2024, 10, 1), dt.date(2024, 11, 1)


@pytest.fixture
def care_live_world(transactional_db, settings):
    """The cast of care fees, seen by the live server too; two of Norr lack something. At last all adds up."""
    settings.KVITT_TODAY = TODAY
    world = CareWorld()
    ClientSettings.objects.filter(client=world.astrid).update(accepts_cap=False)
    ClientSettings.objects.filter(client=world.birger).update(parish_code="")
    yield world
    call_command("verify")


def open_dialog(page: Page, button: Locator, heading: str) -> Locator:
    """Press what opens a dialog, and wait for it."""
    button.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    return dialog


def answer_yes(page: Page, button: str, heading: str, question: str | re.Pattern[str]) -> None:
    """Press a button that asks first, and answer yes; no is the safe answer that has the focus."""
    dialog = open_dialog(page, page.get_by_role("button", name=button, exact=True), heading)
    expect(dialog).to_contain_text(question)
    expect(dialog.get_by_role("button", name="Nej")).to_be_focused()
    dialog.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def expect_done(page: Page, told: str | re.Pattern[str]) -> None:
    """The page says what is done, and no dialog is left."""
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#notices")).to_contain_text(told)


def expect_lamps(page: Page, red: int, yellow: int, green: int) -> None:
    """The three counts, which are links."""
    for lamp, count in (("red", red), ("yellow", yellow), ("green", green)):
        expect(page.locator(f"#lamp-{lamp}")).to_have_text(re.compile(rf"^{count}\D"))


def client_row(page: Page, name: str) -> Locator:
    """The row of a client in the selection."""
    return page.get_by_role("table", name="Brukare i urvalet").get_by_role("row", name=name)


def create_rule(page: Page) -> None:
    """Page 27: named, with its area, and shown on the desktop."""
    page.goto("/care-fees/run/")
    expect(page.get_by_text("Det finns ingen regel än")).to_be_visible()
    page.get_by_role("button", name="Skapa regler").click()
    dialog = open_dialog(page, page.get_by_role("button", name="Skapa regel", exact=True), "Skapa regel")
    dialog.get_by_label("Regelns namn").fill("Norra området")
    expect(dialog.get_by_label("Norr", exact=True)).to_be_checked()
    dialog.get_by_label("Visa denna regel i skrivbordet").check()
    dialog.get_by_role("button", name="Spara").click()
    expect_done(page, "Regeln Norra området är sparad.")


def create_selection(page: Page, period: str) -> None:
    """Page 29: the period, the rule, and the answer yes."""
    page.get_by_role("navigation", name="Huvudmeny").get_by_role(
        "link", name="Beräkna och sammanställ"
    ).click()
    page.get_by_label("Period").select_option(label=period)
    page.get_by_label("Regel", exact=True).select_option(label="Norra området")
    answer_yes(page, "Skapa urval", "Skapa urval", "Vill du skapa urvalet?")
    expect(page.get_by_role("heading", name="Brukare i urvalet")).to_be_visible()


def calculate(page: Page) -> None:
    """Pages 29 and 30: yes, and two of four have faults."""
    expect_lamps(page, 4, 0, 0)
    couple = client_row(page, "Dagny Parsson")
    expect(couple).to_contain_text("Röd, ej beräknad, makar")
    expect(couple.locator(".l-red")).to_have_count(2)
    expect(client_row(page, "Astrid Provén").locator(".l-red")).to_have_count(1)
    expect(page.get_by_role("button", name="Godkänn", exact=True)).to_have_attribute("aria-disabled", "true")
    answer_yes(page, "Beräkna", "Beräkna", "Vill du starta beräkningen?")
    expect_done(page, "2 brukare är beräknade. 2 brukare har fel, se fellistan.")
    expect_lamps(page, 2, 2, 0)
    expect(page.get_by_role("listitem").filter(has_text="Rätta fel (2)")).to_have_attribute(
        "aria-current", "step"
    )


def mend(page: Page) -> None:
    """Pages 31 to 33: each fault from the list, and that client alone is calculated anew."""
    faults = page.get_by_role("table", name="Fellista")
    income = faults.get_by_role("row", name="Astrid Provén")
    expect(income).to_contain_text("inkomst saknas")
    dialog = open_dialog(page, income.get_by_role("button", name="Lägg max-bock"), "Inställningar per person")
    expect(dialog.get_by_label("Gäller från")).to_have_value("2024-10-01")
    dialog.get_by_label("Accepterar maxavgift").check()
    dialog.get_by_role("button", name="Spara").click()
    expect_done(page, "är beräknad på nytt")
    expect(client_row(page, "Astrid Provén")).to_contain_text("Gul, beräknad")
    expect_lamps(page, 1, 3, 0)
    parish = faults.get_by_role("row", name="Birger Testlund")
    expect(parish).to_contain_text("församlingskod saknas")
    dialog = open_dialog(
        page, parish.get_by_role("button", name="Hämta församlingskod"), "Inställningar per person"
    )
    dialog.get_by_label("Församlingskod", exact=True).fill("058001")
    dialog.get_by_role("button", name="Spara").click()
    expect_done(page, "är beräknad på nytt")
    expect(faults).to_have_count(0)
    expect_lamps(page, 0, 4, 0)


def read_journal(page: Page) -> None:
    """Pages 34 to 36: the journal of the selection, taken out to Word with its reason."""
    expect(page.locator("#hindrance")).to_contain_text("Debiteringsjournalen för Norr är inte öppnad")
    page.locator("main").get_by_role("button", name="Debiteringsjournal").click()
    expect(page.get_by_label("Period")).to_have_value("2024-10")
    page.get_by_label("Anledning till rapportuttag").fill("Kontroll före godkännande")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Exportera till Word").click()
    file = waiting.value
    assert file.suggested_filename == "debiteringsjournal-2024-10.docx"
    tables = docx.Document(file.path()).tables
    told = [cell.text for table in tables for row in table.rows for cell in row.cells]
    assert any("Personlig omvårdnad" in text for text in told)


def approve(page: Page) -> None:
    """Page 37: yes; all are green, and the period is locked."""
    create_selection(page, "Oktober 2024")
    answer_yes(page, "Godkänn", "Godkänn", re.compile("4 brukare för oktober 2024. Perioden låses."))
    expect_done(page, "4 brukare är godkända. Oktober 2024 är låst.")
    expect_lamps(page, 0, 0, 4)
    expect(client_row(page, "Dagny Parsson")).to_contain_text("Grön, godkänd, makar")
    for button in ("Beräkna", "Godkänn"):
        expect(page.get_by_role("button", name=button, exact=True)).to_have_attribute("aria-disabled", "true")


def go_away_late(page: Page, number: str) -> None:
    """An absence in the approved month, that was told of afterwards."""
    page.goto(f"/care-fees/clients/{number}/")
    dialog = open_dialog(page, page.get_by_role("button", name="Lägg till uppehåll"), "Lägg till uppehåll")
    dialog.get_by_label("Fr o m").fill("2024-10-14")
    dialog.get_by_label("T o m").fill("2024-10-20")
    dialog.get_by_label("Orsak").select_option("unplanned")
    dialog.get_by_role("button", name="Lägg till").click()
    expect_done(page, "Uppehållet är registrerat.")


def bill_next_month(page: Page) -> None:
    """The next month brings the difference as a line of its own, with the month in its text."""
    create_selection(page, "November 2024")
    answer_yes(page, "Beräkna", "Beräkna", "Vill du starta beräkningen?")
    expect_lamps(page, 0, 4, 0)
    differences = page.get_by_role("table", name="Skillnader mot förra månaden")
    expect(differences.get_by_role("row", name="Birger Testlund")).to_contain_text("−")
    client_row(page, "Birger Testlund").get_by_role("link", name="Birger Testlund").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Beräkning november 2024")
    lines = page.get_by_role("table", name="Rader")
    expect(lines.get_by_role("row", name=re.compile("Justering för oktober 2024"))).to_contain_text("−")
    expect(page.get_by_role("heading", name="Så räknades det")).to_be_visible()


@pytest.mark.requirement(
    "CF-1", "CF-17", "CF-23", "CF-24", "CF-25", "CF-26", "CF-27", "CF-28", "QU-21", "QU-23"
)
def test_month_from_the_rule_to_approval_and_the_difference_of_what_came_late(care_live_world, open_browser):
    world, page = care_live_world, open_browser(care_live_world.users["karla"])

    create_rule(page)
    create_selection(page, "Oktober 2024")
    calculate(page)
    assert accessibility_faults(page) == []
    mend(page)
    read_journal(page)
    approve(page)
    go_away_late(page, world.birger.number)
    bill_next_month(page)
    assert accessibility_faults(page) == []
    phone = open_browser(world.users["karla"], viewport=PHONE)
    phone.goto("/care-fees/")
    phone.get_by_role("link", name=re.compile("November 2024")).click()
    expect(phone.get_by_role("heading", name="Brukare i urvalet")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert BillingRule.objects.get().is_on_desktop
    approved = AreaMonth.objects.get(area=world.north, month=OCTOBER)
    assert (approved.approved_by, approved.journal_opened_at is not None) == ("Karla Samordnarsson", True)
    assert set(ClientMonth.objects.filter(month=OCTOBER).values_list("status", flat=True)) == {"approved"}
    settings = ClientSettings.objects.get(client=world.astrid, last_on=None)
    assert (settings.accepts_cap, settings.first_on) == (True, OCTOBER)
    difference = FeeLine.objects.filter(kind="difference", client_month__client=world.birger)
    assert {(line.client_month.month, line.about_month) for line in difference} == {(NOVEMBER, OCTOBER)}
    assert sum(line.amount for line in difference) < 0
