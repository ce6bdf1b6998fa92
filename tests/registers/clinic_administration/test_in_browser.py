"""Klinikadministration in a browser: accessible, no sideways scrolling, a user made in a dialog."""

import pytest

from kvitt.registers.access.models import User
from kvitt.registers.clinic_administration import commands
from tests.browser import DESKTOP, accessibility_faults
from tests.registers.clinic_administration.conftest import NEW_ACCOUNT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("SC-24", "QU-21")]
NARROW = {"width": 320, "height": 640}


def faults_of(page, *urls):
    found = []
    for url in urls:
        page.goto(url)
        found += [f"{url} {fault}" for fault in accessibility_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{url} scrolls sideways")
    return found


@pytest.mark.looks
def test_user_is_made_in_a_dialog_and_every_page_is_accessible(open_browser, unit):
    change = commands.request_account_change(unit.actor("petra"), clinic_id=unit.ryd.pk, **NEW_ACCOUNT)
    own = f"/clinic-administration/{unit.ryd.pk}/"
    page = open_browser(unit.users["petra"], viewport=DESKTOP, color_scheme="light")

    page.goto(own)
    page.click("#new-user")
    page.fill("dialog[open] [name=name]", "Stina Exempelsson")
    page.check("dialog[open] [value=dental_basic]")
    faults = accessibility_faults(page)
    page.click("dialog[open] [type=submit]")
    password = page.locator("dialog[open] .user-select-all").inner_text()

    assert User.objects.get(username="stina.exempelsson").check_password(password)
    narrow = open_browser(unit.users["petra"], viewport=NARROW, color_scheme="dark")
    faults += faults_of(narrow, own, f"{own}account/", f"{own}users/{unit.users['anna'].pk}/roles/")
    region = open_browser(unit.users["ivar"], viewport=NARROW, color_scheme="dark")
    faults += faults_of(
        region, "/clinic-administration/accounts/", f"/clinic-administration/accounts/{change.pk}/"
    )
    assert faults == []
