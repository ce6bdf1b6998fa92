"""Seed 000, chapters 6 and 7, in a browser and by keyboard alone: from the request to its decision."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from kvitt.modules.needs_allowance.models import Procedure
from kvitt.preauthorization.models import Preauthorization
from tests.browser import LOOKS, accessibility_faults
from tests.journeys import test_needs_allowance as clinic
from tests.journeys.sample import Sample
from tests.journeys.test_needs_allowance import tab_to
from tests.modules.needs_allowance import requesting

pytestmark = pytest.mark.production
NOTICE = "Behovspengsärenden med oläst förhandsbedömningsbeslut"
keyboard_world = clinic.keyboard_world


def row(page: Page, text: str) -> Locator:
    """Return the row of the case that begins so."""
    return page.get_by_role("row", name=re.compile(text))


def expect_requests(page: Page, *rows: str) -> None:
    """The section *Förhandsbedömningar* holds these rows and no others."""
    section = page.get_by_role("region", name="Förhandsbedömningar")
    expect(section.locator("tbody tr")).to_have_text(rows, use_inner_text=True)


def report_bridge_and_splint(page: Page) -> None:
    """Figure 12: two lines that require preauthorization, with Ta bort and Ändra."""
    clinic.add_code(page, "101")
    clinic.add_code(page, "852", location="13")
    clinic.add_code(page, "601", location="ÖK")
    expect(row(page, "101 Basundersökning.*1.065.kr.*Godkänd")).to_be_visible()
    expect(row(page, "13 852 .*8.550.kr.*Kräver förhandsbedömning.*Ta bort.*Ändra")).to_be_visible()
    expect(row(page, "ÖK 601 .*4.335.kr.*Kräver förhandsbedömning.*Ta bort.*Ändra")).to_be_visible()


def open_form(page: Page) -> Locator:
    """Figure 13: the focus is in the motivation."""
    tab_to(page, "Skapa begäran om förhandsbedömning", role="button")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Förhandsbedömning")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Motivering för behandling")).to_be_focused()
    return dialog


def request_splint(page: Page) -> None:
    """Without a motivation first; then with one, and without the bridge (figure 14)."""
    dialog = open_form(page)
    tab_to(page, "Begär förhandsbedömning", role="button")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Ange varför behandlingen behövs")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Motivering för behandling")).to_be_focused()
    page.keyboard.type("Här skrivs motivering för behandling")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("checkbox", name=re.compile("852"))).to_be_focused()
    page.keyboard.press("Space")
    tab_to(page, "Begär förhandsbedömning", role="button")
    page.keyboard.press("Enter")

    expect(page.locator("#notices")).to_contain_text("Förhandsbedömning är begärd.")
    expect_requests(page, "Inväntar granskning 2024-11-20")
    expect(row(page, "601 Bettskena")).to_contain_text("Inväntar granskning")
    expect(row(page, "601 Bettskena").get_by_role("button")).to_have_count(0)
    expect(row(page, "852 ")).to_contain_text("Kräver förhandsbedömning")


def save_and_send_bridge(page: Page) -> None:
    """Figure 13 again: saved first (Ej skickad), sent from its row later."""
    open_form(page)  # its motivation has the focus
    page.keyboard.type("Tanden är förlorad")
    tab_to(page, "Spara förhandsbedömning", role="button")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Förhandsbedömningen är sparad, inte skickad.")
    expect_requests(page, "Ej skickad", "Inväntar granskning 2024-11-20")
    button = page.get_by_role("button", name="Skapa begäran om förhandsbedömning")
    expect(button).to_have_attribute("aria-disabled", "true")

    tab_to(page, "Ej skickad", role="link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("Tanden är förlorad")).to_be_visible()
    tab_to(page, "Begär förhandsbedömning", role="button")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Förhandsbedömning är begärd.")
    expect_requests(page, *["Inväntar granskning 2024-11-20"] * 2)


def decide(world) -> None:
    """The region's part: the splint is refused, the bridge approved."""
    for code, verdict, reason in (
        ("601", "refused", "Här skrivs motivering för beslutet"),
        ("852", "approved", ""),
    ):
        procedure = Procedure.objects.get(code=code)
        request = Preauthorization.objects.get(procedures__key=procedure.pk)
        requesting.decide(world, request.pk, {procedure.pk: verdict}, reason)


def follow_notice(page: Page) -> None:
    """Figures 18 and 19: the notice leads to the case; its lines show the decisions (figures 15 and 16)."""
    clinic.go_to(page, "h")
    tab_to(page, f"{NOTICE} 1", role="link")
    page.keyboard.press("Enter")
    only_unread = "Visa endast behovspengsärenden med oläst förhandsbedömningsbeslut"
    expect(page.get_by_role("checkbox", name=only_unread)).to_be_checked()
    expect(page.get_by_text("Visar 1-1 av 1")).to_be_visible()
    tab_to(page, "B2024-000001", role="link")
    page.keyboard.press("Enter")

    expect(row(page, "13 852 .*2024-11-20 Godkänd Ta bort.*Ändra.*Se FHB")).to_be_visible()
    expect(row(page, "ÖK 601 .*Ej utförd Ej godkänd Se FHB")).to_be_visible()
    expect(row(page, "601 Bettskena").get_by_role("button")).to_have_count(1)
    expect_requests(page, *["Beslutad Oläst beslut 2024-11-20 2024-11-20"] * 2)


def read_decision(page: Page) -> None:
    """Figures 17 and 20: why the splint was refused; then it is marked as read."""
    tab_to(page, "Se FHB 601 Bettskena", role="button")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Förhandsbedömning")).to_be_visible()
    for term, definition in (
        ("Motivering för behandling", "Här skrivs motivering för behandling"),
        ("Ärendestatus", "Beslutad"),
        ("Beslutsdatum", "2024-11-20"),
        ("Motivering till beslut", "Här skrivs motivering för beslutet"),
    ):
        expect(dialog.locator(f"dt:has-text('{term}') + dd")).to_have_text(definition)
    table = dialog.get_by_role("table", name="Beslutade åtgärder")
    expect(table.get_by_role("columnheader")).to_have_text(["Åtgärdskod", "Beslut", "Tand/käke", "Tandyta"])
    expect(table.get_by_role("row", name=re.compile("601 Bettskena Ej godkänd ÖK"))).to_be_visible()
    tab_to(page, "Markera som läst", role="button")
    page.keyboard.press("Enter")

    expect(page.locator("#notices")).to_contain_text("Beslutet är markerat som läst.")
    expect(page.get_by_role("button", name="Se FHB 601 Bettskena")).to_be_focused()


@pytest.mark.requirement("NA-14", "NA-18", "NA-19", "NA-21", "NA-22", "NA-33", "QU-21")
def test_preauthorization_from_request_to_read_decision_by_keyboard_alone(keyboard_world, open_browser):
    page = open_browser()

    clinic.sign_in_as_anna(page)
    clinic.open_elsa(page)
    clinic.create_case(page)
    report_bridge_and_splint(page)
    request_splint(page)
    save_and_send_bridge(page)
    decide(keyboard_world)
    follow_notice(page)
    read_decision(page)

    splint = Procedure.objects.get(code="601")
    read = Preauthorization.objects.get(procedures__key=splint.pk)
    assert (splint.status, splint.performed_on) == ("refused", None)
    assert read.read_by == "Anna Testander"
    assert Preauthorization.objects.filter(read_at__isnull=True).count() == 1


# Without scripts, and for everybody ---------------------------------------------------------------


@pytest.mark.requirement("NA-18", "NA-19", "NA-20", "NA-22", "QU-22")
def test_request_is_made_answered_and_taken_back_without_scripts(live_sample: Sample, open_browser):
    window = open_browser(live_sample.users["anna"], java_script_enabled=False)
    case = f"/needs-allowance/cases/{live_sample.ids['case']}/"
    window.goto(case)
    main = window.locator("main")

    main.get_by_role("button", name="Skapa begäran om förhandsbedömning").click()
    main.get_by_role("button", name="Begär förhandsbedömning").click()
    expect(main.locator("[aria-invalid=true]")).to_have_attribute("name", "motivation")
    main.locator("#id_motivation").fill("Karies på flera ytor.")
    main.get_by_role("button", name="Begär förhandsbedömning").click()
    expect(window.locator("#notices")).to_contain_text("Förhandsbedömning är begärd.")

    main.get_by_role("link", name="Komplettering begärd").click()
    main.get_by_role("button", name="Komplettera").click()
    main.locator("#id_answer").fill("Bilden kommer med posten.")
    main.get_by_role("button", name="Skicka svar").click()
    expect(window.locator("#notices")).to_contain_text("Svaret är skickat")

    main.get_by_role("link", name="Inväntar granskning").first.click()
    main.get_by_role("button", name="Återta").click()
    expect(window).to_have_url(re.compile("/withdraw/"))
    main.get_by_role("button", name="Återta").click()
    expect(window.locator("#notices")).to_contain_text("Begäran om förhandsbedömning är återtagen.")

    main.get_by_role("button", name=re.compile("Se FHB 601")).click()
    main.get_by_role("button", name="Markera som läst").click()
    expect(window.locator("#notices")).to_contain_text("Beslutet är markerat som läst.")


@pytest.mark.looks
@pytest.mark.requirement("QU-21")
@LOOKS
def test_dialogs_of_a_request_are_accessible_and_need_no_sideways_scrolling(
    viewport, color_scheme, live_sample, open_browser
):
    page = open_browser(live_sample.users["anna"], viewport=viewport, color_scheme=color_scheme)
    ids = live_sample.ids
    openers = ["#create-request", *(f"#request-{ids[f'{state} request']}" for state in STATES)]

    faults = []
    for opener in openers:
        page.goto(f"/needs-allowance/cases/{ids['case']}/")
        page.locator(opener).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        faults += accessibility_faults(page)
        if page.evaluate(
            "document.querySelector('dialog').scrollWidth > document.querySelector('dialog').clientWidth"
        ):
            faults.append(f"{opener} scrolls sideways")
    page.goto("/needs-allowance/cases/?unread=on")
    width = page.evaluate("document.documentElement.scrollWidth")

    assert faults == []
    assert width <= viewport["width"]


STATES = ("saved", "waiting", "asked", "decided")
