"""The assessor's desk in a browser: by keyboard alone, on a desktop and on a telephone."""

import pytest
from playwright.sync_api import expect

from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.preauthorization.models import Preauthorization
from tests.browser import LOOKS, PHONE, accessibility_faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("NA-20", "QU-21")]

SCREENS = pytest.mark.parametrize(
    "viewport", [{"width": 1280, "height": 800}, PHONE], ids=["desktop", "phone"]
)


@pytest.fixture
def open_desk(lasting_world, open_browser, live_server):
    """Return a function that opens the desk of a request about 852 and 601 as Frida, in English."""

    def opened(**options):
        world = lasting_world
        number = world.create_case(world.elsa)
        world.report(number, "101")
        world.send_request(number, world.report(number, "852", "13"), world.report(number, "601", "ÖK"))
        page = open_browser(world.users["frida"], **options)
        page.context.add_cookies([{"name": "kvitt_language", "value": "en", "url": live_server.url}])
        page.goto("/preauthorization/")
        page.get_by_role("link", name=number).press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Assess request")
        return page

    return opened


def radio(page, procedure, answer):
    return page.get_by_role("group", name=procedure).get_by_role("radio", name=answer, exact=True)


@SCREENS
def test_request_is_decided_by_keyboard_alone(viewport, open_desk):
    page = open_desk(viewport=viewport)

    radio(page, "852", "Approved").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(radio(page, "601", "Not approved")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Reason for the decision")).to_be_focused()
    page.keyboard.type("The splint is not needed.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Decide")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("is decided: Approved with reservation.")
    decided = page.get_by_role("table", name="Decision")
    expect(decided.get_by_role("row", name="601 Bettskena")).to_contain_text("Not approved")
    assert Preauthorization.objects.get().status == RequestStatus.APPROVED_WITH_RESERVATION


def test_enter_among_the_answers_decides_nothing(open_desk):
    page = open_desk()

    radio(page, "852", "Approved").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("The draft is saved.")
    expect(radio(page, "852", "Approved")).to_be_checked()
    assert Preauthorization.objects.get().status == RequestStatus.AWAITING_REVIEW


@pytest.mark.requirement("CO-33")
def test_fault_takes_the_focus_and_leads_to_its_field(open_desk):
    page = open_desk()

    radio(page, "852", "Not approved").check()
    page.get_by_role("button", name="Decide").press("Enter")

    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="Reason for the decision").press("Enter")
    expect(page.get_by_label("Reason for the decision")).to_be_focused()
    expect(radio(page, "852", "Not approved")).to_be_checked()


@pytest.mark.looks
@LOOKS
def test_queue_and_desk_are_accessible_and_need_no_sideways_scrolling(viewport, color_scheme, open_desk):
    page = open_desk(viewport=viewport, color_scheme=color_scheme)

    def faults():
        width = page.evaluate("document.documentElement.scrollWidth")
        return [*accessibility_faults(page), *([f"{width} wide"] if width > viewport["width"] else [])]

    desk = faults()
    radio(page, "852", "Not approved").check()
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("#error-summary")).to_be_focused()
    refused = faults()
    page.get_by_label("Reason for the decision").fill("No.")
    radio(page, "601", "Approved").check()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("status").first).to_contain_text("The draft is saved.")
    kept = faults()
    page.goto("/preauthorization/")
    queue = faults()

    assert (desk, refused, kept, queue) == ([], [], [], [])
