"""The administrator's registers and the audit log in a browser: accessible, no sideways scrolling."""

import pytest

from kvitt.registers.organisations.models import Practitioner
from tests.browser import DESKTOP, PHONE, accessibility_faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("QU-21")]
NARROW = {"width": 320, "height": 640}


@pytest.mark.looks
@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(DESKTOP, "light"), (PHONE, "dark"), (NARROW, "light")],
    ids=["1280-light", "390-dark", "320-light"],
)
def test_pages_are_accessible_and_never_scroll_sideways(open_browser, world, viewport, scheme):
    page = open_browser(world.users["ivar"], viewport=viewport, color_scheme=scheme)
    faults = []
    for url in (
        "/organisations/clinics/",
        f"/organisations/clinics/{world.ryd.pk}/",
        f"/organisations/clinics/{world.ryd.pk}/change/",
        f"/organisations/clinics/{world.ryd.pk}/close/",
        "/organisations/providers/",
        f"/organisations/providers/{world.eken.pk}/",
        "/organisations/authority/",
        "/users/",
        "/audit/",
    ):
        page.goto(url)
        faults += [f"{url} {fault}" for fault in accessibility_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            faults.append(f"{url} scrolls sideways")

    assert faults == []


@pytest.mark.requirement("CO-2", "QU-22")
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_practitioner_is_added_in_a_dialog_or_on_a_page(open_browser, world, has_script):
    page = open_browser(world.users["ivar"], java_script_enabled=has_script)
    page.goto(f"/organisations/clinics/{world.ryd.pk}/")

    page.click("#add-practitioner")
    page.wait_for_selector("dialog[open] [name=name]" if has_script else "main [name=name]")
    page.fill("[name=name]", "Åsa Provström")
    page.fill("[name=first_on]", "20241120")
    page.click("form:has([name=first_on]) [type=submit]")
    page.wait_for_selector("#notices [role=status]")

    assert Practitioner.objects.filter(name="Åsa Provström", clinic=world.ryd, first_on=world.today).exists()
