"""*Skapa aktivitet* in a browser: fields appear and vanish with the type, by keyboard, without a script."""

import pytest
from playwright.sync_api import expect

from tests.browser import LOOKS, accessibility_faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("PH-2")]

LIST = "/population-health/activities/"
COUNT, NUMBERS = "Number of participants", "Personal numbers of the participants"


@pytest.fixture
def open_page(lasting_world, open_browser, live_server):
    """Return a function that opens an address as Jenny, in English."""

    def opened(path, **options):
        page = open_browser(lasting_world.users["jenny"], **options)
        page.context.add_cookies([{"name": "kvitt_language", "value": "en", "url": live_server.url}])
        page.goto(path)
        return page

    return opened


def open_dialog(page):
    page.get_by_role("button", name="Create activity").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Date", exact=True)).to_be_focused()
    return dialog


def test_fields_appear_and_vanish_with_the_type_and_the_focus_stays(open_page):
    page = open_page(LIST)
    dialog = open_dialog(page)
    kind = dialog.get_by_label("Type of activity")
    dialog.get_by_label("Place").fill("Skolan")

    expect(dialog.get_by_label(COUNT)).to_have_count(0)
    kind.select_option("901")
    expect(dialog.get_by_label(COUNT)).to_be_visible()
    kind.focus()
    kind.select_option("912")
    expect(dialog.get_by_label(NUMBERS)).to_be_visible()
    expect(dialog.get_by_label(COUNT)).to_have_count(0)
    expect(kind).to_be_focused()
    kind.select_option("921")
    expect(dialog.get_by_label(NUMBERS)).to_have_count(0)
    expect(dialog.get_by_label("Place")).to_have_value("Skolan")


def test_activity_is_created_in_the_dialog_by_keyboard(open_page):
    page = open_page(LIST)
    dialog = open_dialog(page)
    dialog.get_by_label("Type of activity").focus()
    page.keyboard.type("901")
    expect(dialog.get_by_label(COUNT)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("Ryds familjecentral")
    page.keyboard.press("Tab")
    page.keyboard.type("Motal")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Enter")

    expect(page.locator("#notices")).to_contain_text("Activity A2024-000001 is created.")
    expect(dialog).not_to_be_visible()
    expect(page.get_by_role("link", name="A2024-000001")).to_be_visible()


def test_wrong_number_and_the_same_person_twice_are_refused_in_the_dialog_and_can_be_mended(open_page):
    page = open_page(LIST)
    dialog = open_dialog(page)
    dialog.get_by_label("Type of activity").select_option("912")
    dialog.get_by_label("Place").fill("Skolan")
    dialog.get_by_label("Municipality").select_option("0580")
    numbers = dialog.get_by_label(NUMBERS)
    numbers.fill("20130310-2394\n20130401-2395\n20130310-2394")
    dialog.get_by_role("button", name="Create").click()

    expect(dialog).to_contain_text("Number 2, 20130401-2395: The check digit is wrong.")
    expect(dialog).to_contain_text("Number 3 is the same person as number 1.")
    expect(numbers).to_have_value("20130310-2394\n20130401-2395\n20130310-2394")
    numbers.fill("20130310-2394, 20130401-2394")
    dialog.get_by_role("button", name="Create").click()
    expect(page.locator("#notices")).to_contain_text("Activity A2024-000001 is created.")


def test_dialog_on_the_start_page_keeps_what_was_typed_when_the_date_is_changed_and_back(open_page):
    page = open_page("/")
    page.get_by_role("link", name="Create activity").click()
    dialog = page.get_by_role("dialog")
    day, kind = (
        dialog.get_by_role("textbox", name="Date", exact=True),
        dialog.get_by_label("Type of activity"),
    )
    today = day.input_value()
    dialog.get_by_label("Place").fill("Skolan")
    dialog.get_by_label("Municipality").select_option("0580")
    dialog.get_by_role("button", name="Create").click()
    expect(kind).to_have_attribute("aria-invalid", "true")
    kind.select_option("911")
    dialog.get_by_label(NUMBERS).fill("20130310-2394")
    expect(kind).not_to_have_attribute("aria-invalid", "true")

    day.fill("2015-06-01")
    page.keyboard.press("Tab")
    expect(dialog).to_contain_text("No practitioner worked at the clinic on 2015-06-01. Change the date.")
    expect(kind).to_have_value("911")
    expect(dialog.get_by_label(NUMBERS)).to_have_value("20130310-2394")
    day.fill(today)
    page.keyboard.press("Tab")
    expect(dialog).not_to_contain_text("Change the date.")
    dialog.get_by_role("button", name="Create").click()

    expect(page.locator("#notices")).to_contain_text("Activity A2024-000001 is created.")


def test_date_exchanges_who_can_be_chosen(lasting_world, open_page):
    lasting_world.end_practitioner(lasting_world.karin, lasting_world.today.replace(day=10))
    page = open_page(LIST)
    dialog = open_dialog(page)
    practitioner = dialog.get_by_label("Practitioner")
    expect(practitioner.get_by_role("option")).to_have_text(["Choose"])

    dialog.get_by_role("textbox", name="Date", exact=True).fill("2024-11-09")
    page.keyboard.press("Tab")

    expect(practitioner.get_by_role("option")).to_have_text(["Karin Testberg, tandläkare"])


@pytest.mark.requirement("CO-33")
def test_what_is_typed_while_the_server_answers_is_kept(lasting_world, open_page):
    lasting_world._practitioner(lasting_world.ryd, "Lisa Provsson")
    page = open_page(LIST)
    dialog = open_dialog(page)
    dialog.get_by_label("Type of activity").select_option("912")
    expect(dialog.get_by_label(NUMBERS)).to_be_visible()
    waiting = []

    def hold(route):
        waiting.append(route)

    page.route(f"**{LIST}create/", hold, times=1)
    with page.expect_request(f"**{LIST}create/"):
        dialog.get_by_role("textbox", name="Date", exact=True).fill("2024-11-19")
        page.keyboard.press("Tab")
    dialog.get_by_label("Practitioner").select_option(label="Lisa Provsson, tandläkare")
    dialog.get_by_label(NUMBERS).fill("20130310-2394")
    with page.expect_response(lambda answer: answer.request != waiting[0].request):
        waiting[0].continue_()
    chosen = dialog.get_by_label("Practitioner").locator("option:checked")

    expect(chosen).to_have_text("Lisa Provsson, tandläkare")
    expect(dialog.get_by_label(NUMBERS)).to_have_value("20130310-2394")


def test_enter_sends_the_form_though_the_date_was_changed_just_now(open_page):
    page = open_page(LIST)
    dialog = open_dialog(page)
    dialog.get_by_label("Type of activity").select_option("921")
    dialog.get_by_label("Place").fill("Skolan")
    dialog.get_by_label("Municipality").select_option("0580")
    dialog.get_by_role("textbox", name="Date", exact=True).fill("2024-11-19")
    page.keyboard.press("Enter")

    expect(page.locator("#notices")).to_contain_text("Activity A2024-000001 is created.")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_page_works_without_a_script(open_page):
    page = open_page(f"{LIST}create/", java_script_enabled=False)
    page.get_by_label("Type of activity").select_option("912")
    page.get_by_label("Place").fill("Skolan")
    page.get_by_label("Municipality").select_option("0580")
    page.get_by_label(COUNT).fill("2")
    page.get_by_label(NUMBERS).fill("20130310-2394 20130401-2394")
    page.get_by_role("button", name="Create").click()

    expect(page.get_by_text("Type 912 is reported without a number of participants.").first).to_be_visible()
    page.get_by_label(COUNT).fill("")
    page.get_by_role("button", name="Create").click()

    expect(page.locator("#notices")).to_contain_text("Activity A2024-000001 is created.")


@pytest.mark.looks
@pytest.mark.requirement("QU-20")
@LOOKS
def test_dialog_with_faults_is_accessible(viewport, color_scheme, open_page):
    page = open_page(LIST, viewport=viewport, color_scheme=color_scheme)
    dialog = open_dialog(page)
    dialog.get_by_label("Type of activity").select_option("912")
    dialog.get_by_label(NUMBERS).fill("20130401-2395")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.locator("#error-summary")).to_be_focused()

    assert accessibility_faults(page) == []
