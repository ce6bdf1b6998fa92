"""Signing in, choosing a clinic and giving a role, in a browser, at a desk and on a telephone."""

import pytest
from playwright.sync_api import expect

from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from tests.browser import DESKTOP, PHONE, accessibility_faults
from tests.registers.access.conftest import PASSWORD

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "telephone"]),
]


def type_and_send(page, username, password):
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")


@pytest.mark.requirement("CO-6", "CO-7", "QU-21")
def test_sign_in_and_choice_of_clinic_by_keyboard(open_browser, cilla, viewport):
    page = open_browser(viewport=viewport)
    page.goto("/support/")

    expect(page.locator("[name=username]")).to_be_focused()
    faults = accessibility_faults(page)
    type_and_send(page, "cilla", "fel lösenord")
    page.wait_for_selector("#error-summary")
    faults += accessibility_faults(page)
    type_and_send(page, "cilla", PASSWORD)
    page.wait_for_url("/choose-unit/**")
    faults += accessibility_faults(page)
    page.check(f"[value='clinic:{cilla.grants.first().clinic_id}']")
    page.click("main [type=submit]")
    page.wait_for_url("/support/")

    assert faults + accessibility_faults(page) == []


@pytest.mark.requirement("CO-4", "QU-21", "QU-22")
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_role_is_given_in_a_dialog_or_on_a_page(open_browser, world, make_user, viewport, has_script):
    administrator = make_user("karin", (Role.ADMINISTRATOR, world.region))
    page = open_browser(administrator, viewport=viewport, java_script_enabled=has_script)
    page.goto(f"/users/{world.users['bo'].pk}/")
    faults = accessibility_faults(page) if has_script else []

    page.click("#add-role")
    page.wait_for_selector("dialog[open] [name=role]" if has_script else "main [name=role]")
    faults += accessibility_faults(page) if has_script else []
    page.select_option("[name=role]", "reviewer")
    page.select_option("[name=scope]", f"authority:{world.region.pk}")
    page.click("form:has([name=role]) [type=submit]")
    page.wait_for_selector("#notices [role=status]")

    assert RoleGrant.objects.filter(user=world.users["bo"], role=Role.REVIEWER).exists()
    assert faults == []
