"""The review chain in a browser: by keyboard, with and without a script, accessible at every width."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from tests.browser import DESKTOP, PHONE, accessibility_faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("NA-28", "QU-21")]
NARROW = {"width": 320, "height": 640}
ISSUED, REVIEWED = InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED


@pytest.fixture
def waiting(book):
    """Three invoices to review, one of them with a remark, and one in every other status."""

    with transaction.atomic():
        persons = (book.world.alma, book.world.rutger, book.world.tova)
        made = [
            book.issue(book.approve(case=f"B2021-{number:06d}", person=person), reference=f"Faktura {number}")
            for number, person in enumerate(persons)
        ]
        remarked = [book.approve(case="B2021-000009", person=book.world.ake) for _ in range(2)]
        made.append(book.issue(*remarked, reference="Två lika"))
        for status in InvoiceStatus:
            if status is not ISSUED:
                book.in_status(status)
    return made


def statuses(invoice_ids):
    found = Invoice.objects.in_bulk(invoice_ids)
    return [InvoiceStatus(found[pk].status) for pk in invoice_ids]


@pytest.mark.looks
@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(DESKTOP, "light"), (PHONE, "dark"), (NARROW, "light")],
    ids=["1280-light", "390-dark", "320-light"],
)
def test_pages_are_accessible_and_never_scroll_sideways(open_browser, book, waiting, viewport, scheme):
    pages = {
        "gustav": ("review/", "review/?selected=all", f"{waiting[-1]}/", f"{waiting[-1]}/reject/"),
        "hanna": ("attest/", "start-payouts/", "confirm-payouts/"),
    }
    faults = []
    for name, urls in pages.items():
        page = open_browser(book.world.users[name], viewport=viewport, color_scheme=scheme)
        for url in urls:
            page.goto(f"/invoicing/{url}")
            faults += [f"{url} {fault}" for fault in accessibility_faults(page)]
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                faults.append(f"{url} scrolls sideways")

    assert faults == []


def test_invoices_are_ticked_and_approved_by_keyboard(open_browser, book, waiting):
    page = open_browser(book.world.users["gustav"])
    page.goto("/invoicing/review/")

    page.focus(f"#chosen-{waiting[0]}")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # the row's link
    page.keyboard.press("Tab")
    expect(page.locator(f"#chosen-{waiting[1]}")).to_be_focused()
    page.keyboard.press("Space")
    page.focus("text=Godkänn markerade")
    page.keyboard.press("Enter")
    page.wait_for_selector("#notices >> text=2 fakturor är godkända.")

    assert statuses(waiting) == [REVIEWED, REVIEWED, ISSUED, ISSUED]


@pytest.mark.requirement("QU-22")
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_all_on_the_page_are_ticked_at_once(open_browser, book, waiting, has_script):
    page = open_browser(book.world.users["gustav"], java_script_enabled=has_script)
    page.goto("/invoicing/review/")

    ticked = page.locator("[name=chosen]:checked")
    page.click("#choose-all")
    expect(ticked).to_have_count(4)
    expect(page.locator("#choose-all")).to_have_text("Avmarkera alla")
    page.click("#choose-all")
    expect(ticked).to_have_count(0)
    expect(page.locator("#choose-all")).to_have_text("Markera alla på sidan")
    page.click("#choose-all")
    expect(ticked).to_have_count(4)
    page.click("text=Godkänn markerade")
    page.wait_for_selector("#notices >> text=4 fakturor är godkända.")

    assert statuses(waiting) == [REVIEWED] * 4


def test_those_without_remarks_are_approved_by_one_button(open_browser, book, waiting):
    page = open_browser(book.world.users["gustav"])
    page.goto("/invoicing/review/")

    page.click("text=Godkänn 3 utan anmärkning")
    page.wait_for_selector("#notices >> text=3 fakturor är godkända.")

    assert statuses(waiting) == [REVIEWED, REVIEWED, REVIEWED, ISSUED]
    expect(page.locator("#list tbody th")).to_have_text(["Två lika"])


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_invoice_is_returned_with_a_reason(open_browser, book, waiting, has_script):
    page = open_browser(book.world.users["gustav"], java_script_enabled=has_script)
    page.goto(f"/invoicing/{waiting[-1]}/")

    page.click("text=Avvisa")
    page.wait_for_selector("dialog[open] [name=reason]" if has_script else "main [name=reason]")
    page.fill("[name=reason]", "Samma krona två gånger.")
    page.click("form:has([name=reason]) [type=submit]")
    page.wait_for_selector("#notices >> text=är avvisad")

    assert Invoice.objects.get(pk=waiting[-1]).return_reason == "Samma krona två gånger."
    expect(page.locator("main")).to_contain_text("Samma krona två gånger.")
