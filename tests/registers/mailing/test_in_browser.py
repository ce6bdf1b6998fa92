"""The e-mail settings in a browser: accessible, no sideways scrolling, without a script too."""

import pytest

from kvitt.registers.mailing.models import MailChoice, OutgoingMail
from tests.browser import DESKTOP, PHONE, accessibility_faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("QU-21", "CO-29")]


@pytest.mark.looks
@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(DESKTOP, "light"), (PHONE, "dark")],
    ids=["1280-light", "390-dark"],
)
def test_page_is_accessible_and_never_scrolls_sideways(open_browser, world, letters, viewport, scheme):
    page = open_browser(world.users["anna"], viewport=viewport, color_scheme=scheme)

    page.goto("/mail/")

    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.requirement("QU-22")
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_clinic_chooses_and_tries(open_browser, world, has_script):
    page = open_browser(world.users["anna"], java_script_enabled=has_script)
    page.goto("/mail/")

    page.get_by_label("Faktura avvisad").check()
    page.get_by_label("E-postadresser").fill("ryd@example.org")
    page.get_by_role("button", name="Spara").click()
    page.wait_for_selector("#notices [role=status]")
    page.get_by_role("button", name="Skicka ett provmeddelande").click()
    page.get_by_role("cell", name="ryd@example.org").wait_for()

    assert [choice.event for choice in MailChoice.objects.all()] == ["invoice_returned"]
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["ryd@example.org"]
