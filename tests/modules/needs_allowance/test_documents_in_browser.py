"""Documents in a browser: added and removed by keyboard, shown, enlarged and turned."""

import re

import pytest
from playwright.sync_api import expect

from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.documents.models import Document
from tests import files
from tests.browser import LOOKS, PHONE, accessibility_faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("NA-11")]
NUMBER = "B2024-000001"
OPG = {"name": "opg.png", "mimeType": "image/png", "buffer": files.png()}


@pytest.fixture
def open_case(lasting_world, open_browser, live_server):
    """Return a function that opens a new case of Elsa's, in English."""

    def opened(name="anna", **options):
        if name == "anna":
            lasting_world.create_case(lasting_world.elsa)
        page = open_browser(lasting_world.users[name], **options)
        page.context.add_cookies([{"name": "kvitt_language", "value": "en", "url": live_server.url}])
        page.goto(f"/needs-allowance/cases/{NUMBER}/")
        return page

    return opened


def open_dialog(page):
    page.locator("#add-document").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Physical attachment")).to_be_focused()
    return dialog


def test_document_is_added_by_keyboard_seen_and_removed(open_case):
    page = open_case()
    dialog = open_dialog(page)

    page.keyboard.press("Tab")
    page.keyboard.type("X-ray")
    page.keyboard.press("Tab")
    expect(dialog.locator("#id_file")).to_be_focused()
    dialog.locator("#id_file").set_input_files(OPG)
    dialog.get_by_role("button", name="Add").press("Enter")
    expect(page.get_by_text("opg.png is added.").first).to_be_visible()
    expect(page.locator("#add-document")).to_be_focused()

    page.get_by_role("link", name="X-ray image").press("Enter")
    image = page.get_by_role("img", name="X-ray image opg.png")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320

    page.get_by_role("button", name="Back to the case").press("Enter")
    page.get_by_role("button", name="Remove X-ray image opg.png").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_text("opg.png is removed.").first).to_be_visible()
    expect(page.get_by_text("There are no documents.")).to_be_visible()


def test_box_exchanges_the_fields_and_a_parcel_is_added(open_case):
    page = open_case()
    dialog = open_dialog(page)
    expect(dialog.get_by_label("Description")).to_be_hidden()

    page.keyboard.press("Space")
    expect(dialog.get_by_label("Kind of document")).to_be_hidden()
    dialog.get_by_label("Description").fill("Gipsmodell")
    dialog.get_by_label("Count").fill("1")
    dialog.get_by_label("File type").fill("Modell")
    dialog.get_by_label("File type").press("Enter")

    expect(page.get_by_role("listitem").filter(has_text="Gipsmodell, 1 pc, Modell")).to_contain_text(
        "Expected"
    )


@pytest.mark.requirement("CO-33", "QU-16")
def test_wrong_file_is_refused_in_the_dialog(open_case):
    page = open_case()
    dialog = open_dialog(page)

    dialog.get_by_label("Kind of document").select_option("Referral")
    dialog.locator("#id_file").set_input_files(
        {"name": "evil.pdf", "mimeType": "application/pdf", "buffer": files.HTML}
    )
    dialog.get_by_role("button", name="Add").click()

    expect(dialog.get_by_text("evil.pdf is not a PDF file inside.")).to_be_visible()
    expect(dialog.get_by_label("Kind of document")).to_have_value("referral")
    expect(dialog.get_by_label("Description")).to_be_hidden()


@pytest.mark.requirement("QU-22")
def test_document_and_parcel_are_added_without_a_script(open_case):
    page = open_case(java_script_enabled=False)
    page.locator("#add-document").click()
    page.get_by_label("Kind of document").select_option("X-ray image")
    page.locator("#id_file").set_input_files(OPG)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("opg.png is added.")).to_be_visible()

    page.locator("#add-document").click()
    page.get_by_label("Physical attachment").check()
    page.get_by_label("Description").fill("Gipsmodell")
    page.get_by_label("Count").fill("1")
    page.get_by_label("File type").fill("Modell")
    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.get_by_text("The physical attachment is added.")).to_be_visible()


@pytest.fixture
def three_documents(lasting_world):
    """Return a function that adds an image, a PDF and a file that cannot be shown to the case."""

    def three_documents():
        lasting_world.add_document(NUMBER)
        lasting_world.add_document(NUMBER, "remiss.pdf", files.pdf(), kind=DocumentKind.REFERRAL)
        lasting_world.add_document(NUMBER, "cbct.dcm", files.DICOM)
        lasting_world.add_parcel(NUMBER)

    return three_documents


@pytest.mark.requirement("NA-20")
def test_image_is_enlarged_turned_and_left_by_keys(open_case, three_documents):
    page = open_case()
    three_documents()
    page.goto(f"/needs-allowance/cases/{NUMBER}/documents/")
    sheet = page.locator(".kv-sheet")
    before = sheet.bounding_box()["width"]

    page.keyboard.press("+")
    page.keyboard.press("r")
    expect(sheet).to_have_attribute("data-zoom", "2")
    expect(sheet).to_have_attribute("data-turn", "1")
    assert sheet.bounding_box()["width"] > 1.4 * before
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Referral")).to_be_visible()
    page.keyboard.press("ArrowLeft")

    expect(page.get_by_role("heading", name="X-ray image")).to_be_visible()


@pytest.mark.looks
@pytest.mark.requirement("QU-21")
@LOOKS
def test_documents_are_accessible_and_need_no_sideways_scrolling(
    viewport, color_scheme, open_case, three_documents
):
    page = open_case(viewport=viewport, color_scheme=color_scheme)
    three_documents()
    first, _, last = Document.objects.order_by("pk").values_list("pk", flat=True)

    faults, widths = [], []
    for path in ("", f"documents/?document={first}", f"documents/?document={last}", "documents/add/"):
        page.goto(f"/needs-allowance/cases/{NUMBER}/{path}")
        faults += accessibility_faults(page)
        widths.append(page.evaluate("document.documentElement.scrollWidth"))
    page.goto(f"/needs-allowance/cases/{NUMBER}/")
    dialog = open_dialog(page)
    faults += accessibility_faults(page)
    page.keyboard.press("Space")
    expect(dialog.get_by_label("Description")).to_be_visible()
    faults += accessibility_faults(page)

    assert faults == []
    assert max(widths) <= viewport["width"]


@pytest.mark.looks
@pytest.mark.requirement("QU-21")
@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=["desktop", "phone"])
def test_assessors_case_with_a_parcel_is_accessible(viewport, open_case, lasting_world):
    open_case()
    lasting_world.add_parcel(NUMBER)
    page = open_case("frida", viewport=viewport)

    assert accessibility_faults(page) == []
    page.get_by_role("button", name=re.compile("Mark as arrived")).press("Enter")

    expect(page.get_by_text("The physical attachment is marked as arrived.")).to_be_visible()
