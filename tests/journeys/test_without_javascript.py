"""The whole work of a clinic with the browser's scripts turned off: forms post, views redirect."""

import re

import pytest
from playwright.sync_api import Page as Window
from playwright.sync_api import expect

from kvitt.ledger import queries as ledger
from kvitt.ledger.models import Invoice
from kvitt.modules.needs_allowance.models import Case
from tests.journeys.sample import Sample

pytestmark = [pytest.mark.requirement("QU-22"), pytest.mark.looks]

PASSWORD = "ett-langt-losenord-2024"


@pytest.fixture
def window(live_sample, open_browser) -> Window:
    """A window without scripts, where nobody is signed in; Anna has a password."""
    anna = live_sample.users["anna"]
    anna.set_password(PASSWORD)
    anna.save()
    return open_browser(java_script_enabled=False)


@pytest.fixture
def annas_window(live_sample, open_browser) -> Window:
    return open_browser(live_sample.users["anna"], java_script_enabled=False)


def press(window: Window, name: str, *, role: str = "button") -> None:
    """Press what leads to another page, as everything does without scripts, and wait for all of it."""
    with window.expect_navigation():
        window.locator("main").get_by_role(role, name=name, exact=True).first.click()


def send(window: Window) -> None:
    """Press the page's last button that sends a form, and wait for the answer."""
    with window.expect_navigation():
        window.locator("main form [type=submit]").last.click()


def fill(window: Window, **fields: str) -> None:
    for name, value in fields.items():
        window.locator(f"main #id_{name}").fill(value)


def faults(window: Window) -> list[str]:
    return [field.get_attribute("name") for field in window.locator("main [aria-invalid=true]").all()]


def notice(window: Window) -> str:
    return window.locator("#notices").inner_text()


@pytest.mark.requirement("CO-6", "CO-7", "CO-33")
def test_sign_in_with_a_fault_first_and_out_again(window):
    window.goto("/invoicing/")
    fill(window, username="anna", password="fel")
    press(window, "Logga in")
    expect(window.locator("main .kv-summary, main [role=alert], main .kv-notice").first).to_be_visible()
    expect(window.locator("#id_username")).to_have_value("anna")

    fill(window, password=PASSWORD)
    press(window, "Logga in")

    expect(window.get_by_role("heading", name="Fakturor", level=1)).to_be_visible()
    window.locator(".kv-links").get_by_role("button", name="Logga ut").click()
    expect(window.get_by_role("heading", name="Logga in")).to_be_visible()


@pytest.mark.requirement("CO-32")
def test_language_is_changed_and_kept(annas_window):
    window = annas_window
    window.goto("/invoicing/?reference=Faktura")
    window.get_by_role("button", name="English").click()

    expect(window.get_by_role("heading", name="Invoices", level=1)).to_be_visible()
    assert window.url.endswith("/invoicing/?reference=Faktura")
    window.goto("/support/")
    expect(window.locator("html")).to_have_attribute("lang", "en")
    window.get_by_role("button", name="Svenska").click()
    expect(window.locator("html")).to_have_attribute("lang", "sv")


@pytest.mark.requirement("CO-13", "QU-18")
def test_search_finds_one_several_and_nobody(annas_window, live_sample):
    window, tova = annas_window, live_sample.world.tova

    for typed in ("130205-2384", "Tova"):
        window.goto("/")
        window.locator("#patient-search").fill(typed)
        window.locator("#patient-search").press("Enter")
        expect(window.get_by_role("heading", name="Hantera patient")).to_be_visible()
        assert window.url.endswith(f"/listings/{tova.code}/")
    window.locator("#patient-search").fill("o")
    window.locator("#patient-search").press("Enter")
    expect(window.get_by_role("row", name=re.compile("Tova Provsson"))).to_be_visible()
    window.locator("#patient-search").fill("Ingen Alls")
    window.locator("#patient-search").press("Enter")
    expect(window.locator("main")).to_contain_text("Ingen Alls")


@pytest.mark.requirement("NA-7", "NA-12", "NA-15", "NA-16", "NA-25", "NA-26", "CO-33")
def test_case_from_creation_to_invoice(annas_window, live_sample):  # noqa: PLR0915 - one story
    window = annas_window
    ids = live_sample.ids
    patient = live_sample.world._person("201405172394", "Otto", "Övergren", live_sample.world.ryd)

    # The case, with a start date that is too late first.
    window.goto(f"/needs-allowance/patients/{patient.code}/")
    press(window, "Skapa behovspengsärende")
    fill(window, first_on="2024-11-21")
    press(window, "Skapa ärende")
    assert faults(window) == ["first_on"]
    expect(window.locator("#id_first_on")).to_have_value("2024-11-21")
    fill(window, first_on="idag")
    press(window, "Skapa ärende")
    expect(window.get_by_role("heading", name=re.compile("Behovspengsärende - B2024"))).to_be_visible()
    number = Case.objects.latest("pk").number
    assert number in notice(window)

    # Codes: without a tooth first, then right, changed, and one that is removed again.
    for code, place in (("815", "12"), ("126", ""), ("124", ""), ("101", "")):
        press(window, "Lägg till åtgärdskod")
        fill(window, performed_on="20241120", code=code)
        if place:
            press(window, "Lägg till")
            assert faults(window) == ["location"]
            expect(window.locator("#id_code")).to_have_value(code)
            fill(window, location=place)
        press(window, "Lägg till")
        assert f"Åtgärdskod {code} är tillagd" in notice(window)
    row = window.get_by_role("row", name=re.compile("815"))
    row.get_by_role("button", name=re.compile("Ändra")).click()
    fill(window, location="13")
    press(window, "Spara")
    expect(row).to_contain_text("13")
    window.get_by_role("row", name=re.compile("101")).get_by_role(
        "button", name=re.compile("Ta bort")
    ).click()
    press(window, "Ta bort")
    assert "Åtgärdskod 101 är borttagen" in notice(window)
    expect(window.get_by_role("row", name=re.compile("101"))).to_have_count(0)

    # The invoice, without a reference first.
    invoices = Invoice.objects.count()
    window.goto("/invoicing/")
    press(window, "Skapa faktura")
    press(window, "Hämta fakturaunderlag")
    assert faults(window) == ["reference"]
    fill(window, reference="Utan skript")
    press(window, "Hämta fakturaunderlag")
    expect(window.get_by_role("row", name=re.compile("Utan skript 1111"))).to_be_visible()
    press(window, "1111 - Ekens Tandvård Ryd", role="link")
    expect(window.locator("main")).to_contain_text("815")
    window.go_back()
    press(window, "Fakturera")
    assert "Fakturan Utan skript 1111 är skapad" in notice(window)
    press(window, "Visa fakturan", role="link")
    expect(window.locator("main")).to_contain_text(number)

    # And a case that nothing is reported in is deleted.
    window.goto(f"/needs-allowance/cases/{ids['empty case']}/delete/")
    press(window, "Ta bort")
    assert ids["empty case"] in notice(window)
    assert Invoice.objects.count() == invoices + 1
    assert list(ledger.breaches()) == []


@pytest.mark.requirement("CO-25", "CO-26")
def test_lists_are_filtered_sorted_paged_and_exported(annas_window):
    window = annas_window
    window.goto("/listings/")
    fill(window, name="prov")
    press(window, "Sök")
    expect(window.get_by_role("rowheader")).to_have_count(1)
    press(window, "Rensa")
    press(window, "Namn", role="link")
    names = window.locator("main tbody tr").all_inner_texts()
    assert len(names) > 1
    press(window, "Namn", role="link")
    assert window.locator("main tbody tr").all_inner_texts() == names[::-1]
    with window.expect_download() as download:
        window.locator("main").get_by_role("button", name="Exportera till excel", exact=True).click()
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.requirement("CO-26a", "CO-29")
def test_question_is_asked_and_answered(annas_window, live_sample: Sample, open_browser):
    window = annas_window
    window.goto("/support/")
    press(window, "Skicka fråga")
    assert faults(window) == ["subject", "text"]
    fill(window, subject="Utan skript", text="Hur gör vi?")
    press(window, "Skicka fråga")
    expect(window.get_by_role("rowheader", name="Utan skript")).to_be_visible()

    answering = open_browser(live_sample.users["ivar"], java_script_enabled=False)
    answering.goto("/support/questions/")
    press(answering, "Utan skript", role="link")
    fill(answering, answer="Så här.")
    send(answering)

    window.reload()
    press(window, "Utan skript", role="link")
    expect(window.locator("main")).to_contain_text("Så här.")
    press(window, "Markera som läst")


@pytest.mark.requirement("CO-6", "QU-19")
def test_unit_is_chosen_and_a_protected_identity_opened(live_sample, open_browser):
    window = open_browser(live_sample.users["cilla"], java_script_enabled=False)
    window.goto(f"/listings/{live_sample.ids['protected']}/")
    window.get_by_label("1111 - Ekens Tandvård Ryd").check()
    press(window, "Välj")

    expect(window.get_by_role("heading", name="Hantera patient")).to_be_visible()
    expect(window.locator("main")).not_to_contain_text("Vera")
    window.locator("main a[href*='/protected/']").click()
    fill(window, reason="Patienten är på besök")
    send(window)
    expect(window.locator("main")).to_contain_text("Vera Hemlig")
