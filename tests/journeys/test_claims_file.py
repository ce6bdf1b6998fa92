"""Seed 002, page 6, in a browser and by keyboard alone: from a claims file with faults to the invoice."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from kvitt.modules.special_care import tasks
from kvitt.modules.special_care.models import Claim
from tests.journeys.test_needs_allowance import tab_to
from tests.modules.special_care.filing import Written, xml_of
from tests.special_world import SpecialWorld
from tests.world import TODAY

pytestmark = pytest.mark.production

FAULTLESS = Written("980890", invoice="1234678")
# The manual's two faults, each of one claim.
WITHOUT_CERTIFICATE = Written("980891", number="196006099805", invoice="1234678")
WRONG_PLAN = Written("980892", plan="T2024-000099", invoice="1234678")


@pytest.fixture
def world(transactional_db, settings, tmp_path):
    """The cast of special care dentistry, seen by the live server too. In the end all adds up."""
    settings.KVITT_TODAY = TODAY
    settings.KVITT_DOCUMENTS = tmp_path
    world = SpecialWorld()
    world.load_catalogue()
    yield world
    call_command("verify")


def press(page: Page, name: str, *, role: str = "button") -> None:
    """Reach a control with Tab and press it."""
    tab_to(page, name, role=role)
    page.keyboard.press("Enter")


def choose(page: Page, content: bytes) -> None:
    """*Välj fil på datorn*: the field is reached by keyboard; what it opens is the computer's own window."""
    field = page.get_by_label("Välj fil på datorn")
    for _ in range(40):
        if field.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(field).to_be_focused()
    field.set_input_files({"name": "november.xml", "mimeType": "text/xml", "buffer": content})


def expect_by_itself(page: Page, heading: str) -> None:
    """The page asks every other second how far the file has come, and finds out."""
    expect(page.get_by_role("heading", name=heading)).to_be_visible()


@pytest.mark.requirement("SC-12a", "SC-13", "SC-14", "SC-15", "QU-21")
def test_file_with_faults_from_the_computer_to_the_invoice_by_keyboard_alone(
    world, open_browser, one_request_at_a_time
):
    page = open_browser(world.users["lisa"])
    page.goto("/special-care/claims-files/")

    choose(page, xml_of([FAULTLESS, WITHOUT_CERTIFICATE, WRONG_PLAN]))
    expect(page.get_by_text(re.compile("november.xml, 1.kB"))).to_be_visible()
    press(page, "Ladda upp")
    expect(page.get_by_role("heading", name="november.xml")).to_be_visible()
    expect(page.get_by_role("heading", name="Filen väntar på att granskas")).to_be_visible()
    with one_request_at_a_time:
        tasks.work_on_files()

    expect_by_itself(page, "Filen innehåller fel")
    for reference, number, message in (
        ("980891", "19600609-9805", "Patienten saknar giltigt intyg för N-tandvård."),
        ("980892", "19450312-9803", "Räkningens förhandsbedömningsnummer T2024-000099 är ogiltigt."),
    ):
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=reference))
        for text in ("1111", number, message, "Stoppar"):
            expect(row.filter(has_text="Stoppar").first).to_contain_text(text)
    expect(page.get_by_text("1 av 3 är felfri.")).to_be_visible()
    assert not Claim.objects.exists()

    press(page, "Ladda upp")
    expect(page.get_by_role("progressbar", name="Hur mycket av filen som är genomgånget")).to_be_visible()
    with one_request_at_a_time:
        tasks.work_on_files()
    expect_by_itself(page, "Filen är mottagen")
    press(page, "Era fakturor", role="link")

    row = page.locator("tr").filter(has=page.get_by_role("button", name="1234678", exact=True))
    expect(row).to_contain_text(re.compile("780.kr"))
    assert [claim.reference for claim in Claim.objects.all()] == ["980890"]
