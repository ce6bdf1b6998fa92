"""Seed 001, Befolkningsansvar, pictures 1 to 10: from the activity to the invoice that takes it back."""

import datetime as dt
import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from kvitt.ledger.models import Invoice, Line
from kvitt.modules.population_health.models import Activity
from kvitt.registers.access.middleware import LANGUAGE_COOKIE
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Practitioner
from tests.browser import PHONE, accessibility_faults
from tests.journeys.reading import Reading
from tests.journeys.test_crediting import approve_and_attest
from tests.world import World

pytestmark = pytest.mark.production
PASSWORD = "ett-langt-losenord-2024"
SEARCH = reverse("population_health:search_activities")
CREATE = reverse("population_health:create_activity")
FIVE = "Antal åtgärder:\n5\nTotalsumma:\n1\u00a0550\u00a0kr"
FOUR = "Antal åtgärder:\n4\nTotalsumma:\n1\u00a0240\u00a0kr"


@pytest.fixture
def live_world(transactional_db, settings):
    """The cast in a database that the live server sees too. In the end all adds up."""
    settings.KVITT_TODAY = World.today
    world = World()
    world.load_catalogue()
    yield world
    call_command("verify")


@pytest.fixture
def jenny(live_world, open_browser) -> Page:
    """Jenny's window, on the start page."""
    page = open_browser(live_world.users["jenny"])
    page.goto("/")
    return page


# By keyboard --------------------------------------------------------------------------------------


def tab_to(page: Page, control: Locator, *, limit: int = 80) -> None:
    """Press Tab until the focus is on the control."""
    control.first.wait_for()
    page.wait_for_load_state()  # keys are listened to once the page is loaded
    for _ in range(limit):
        if control.first.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard never reaches {control}")


def press(page: Page, name: str, *, role: str = "button") -> None:
    """Reach what has this role and name, in the dialog where one is open, and press Enter."""
    place = page.get_by_role("dialog") if page.get_by_role("dialog").count() else page
    tab_to(page, place.get_by_role(role, name=name, exact=True))
    page.keyboard.press("Enter")


def choose(page: Page, label: str, typed: str) -> None:
    """Reach a list and choose in it by typing what the choice begins with."""
    field = page.get_by_role("dialog").get_by_label(label)
    tab_to(page, field)
    page.keyboard.type(typed)
    expect(field.locator("option:checked")).to_have_text(re.compile(typed))


def fill(page: Page, label: str, typed: str) -> None:
    """Reach a field of the dialog and write over what is there."""
    tab_to(page, page.get_by_role("dialog").get_by_role("textbox", name=label))
    page.keyboard.press("Control+a")
    page.keyboard.type(typed)


def open_from_menu(page: Page, group: str, name: str) -> None:
    """Open a page by the menu: the group unfolds, its link leads on."""
    menu = page.get_by_role("navigation", name="Huvudmeny")
    tab_to(page, menu.locator("summary", has_text=group))
    page.keyboard.press("Enter")
    with page.expect_navigation():
        press(page, name, role="link")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def begin_activity(page: Page, code: str) -> None:
    """*Skapa aktivitet* (picture 1), filled in but for the participants."""
    press(page, "Skapa aktivitet")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Skapa aktivitet")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Datum")).to_be_focused()
    expect(dialog.get_by_label("Behandlare").locator("option:checked")).to_have_text(re.compile("Karin"))
    choose(page, "Typ av aktivitet", code)
    fill(page, "Plats", "Ryds familjecentral")
    choose(page, "Kommun", "Link")


def answer_ok(page: Page, question: str) -> None:
    """The safe answer has the focus; OK is the answer, and the focus is not lost after it."""
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(question)
    expect(dialog.get_by_role("button", name="Avbryt")).to_be_focused()
    assert accessibility_faults(page) == []
    press(page, "OK")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("main").locator(":focus")).to_have_count(1)


def rows(page: Page) -> Locator:
    """Return the rows of the page's one table, its head not."""
    return page.get_by_role("main").get_by_role("rowgroup").last.get_by_role("row")


def expect_sums(page: Page, text: str) -> None:
    """The number of procedures and the total, below the table (pictures 4 and 5)."""
    expect(page.locator(".kv-totals")).to_have_text(re.compile(text.replace("\n", r"\s*")))


def open_activity(page: Page, number: str) -> None:
    press(page, number, role="link")
    expect(page.get_by_role("heading", name=f"Aktivitet - {number}")).to_be_visible()


def find_codes(page: Page, status: str) -> Locator:
    """*Sök åtgärdskoder* (picture 10): what has a status, and the rows that have it."""
    open_from_menu(page, "Åtgärdskoder", "Sök åtgärdskoder")
    expect(page.get_by_role("heading", name="Sök åtgärdskoder")).to_be_visible()
    tab_to(page, page.get_by_role("main").get_by_label("Status"))
    page.keyboard.type(status)
    page.keyboard.press("Enter")
    press(page, "Sök")
    expect(page).to_have_url(re.compile("status="))
    return rows(page).filter(has_text=status)


# Pictures 1 to 5 ----------------------------------------------------------------------------------


@pytest.mark.requirement("PH-2", "PH-3", "PH-5", "PH-6", "PH-11", "CO-6", "QU-21")
def test_activity_with_five_participants_one_removed_by_keyboard_alone(live_world, open_browser):
    user = live_world.users["jenny"]
    user.set_password(PASSWORD)
    user.save()
    page = open_browser()
    page.goto("/")
    expect(page.get_by_label("Användarnamn")).to_be_focused()
    page.keyboard.type("jenny")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Välkommen till Kvitt")).to_be_visible()

    open_from_menu(page, "Befolkningsansvar", "Sök och hantera aktiviteter")
    expect(page.get_by_text("Ingen aktivitet matchar")).to_be_visible()
    begin_activity(page, "901")
    fill(page, "Antal deltagare", "5")
    assert accessibility_faults(page) == []
    press(page, "Skapa")
    expect(page.locator("#notices")).to_contain_text("Aktiviteten A2024-000001 är skapad.")
    expect(rows(page)).to_have_text(re.compile("2024-11-20.*901 MVC.*Linköping.*5.*1.550.kr.*Godkänd"))

    open_activity(page, "A2024-000001")
    for section in ("Aktivitetsinformation", "Behandlare och mottagning", "Åtgärder"):
        expect(page.get_by_role("heading", name=section, exact=True)).to_be_visible()
    expect(rows(page).filter(has_text="Godkänd")).to_have_count(5)
    expect_sums(page, FIVE)
    assert accessibility_faults(page) == []
    press(page, "Ta bort 901 MVC, 3")
    answer_ok(page, "Är du säker på att du vill ta bort åtgärden")
    expect(page.locator("#notices")).to_contain_text("1 åtgärd är borttagen.")
    expect(rows(page)).to_have_count(4)
    expect_sums(page, FOUR)

    expect(find_codes(page, "Raderad")).to_have_text(re.compile("A2024-000001.*901 - MVC"))
    assert accessibility_faults(page) == []


# Pictures 7 to 10 ---------------------------------------------------------------------------------


@pytest.mark.requirement("PH-8", "PH-9", "PH-10", "PH-11", "CO-20", "CO-22", "CO-23", "QU-21")
def test_calendar_invoices_and_takes_back(live_world, jenny, open_browser, settings):
    number, page = live_world.create_activity("901", 2), jenny
    settings.KVITT_TODAY = dt.date(2024, 12, 2)
    call_command("make_due_invoices")

    open_invoices(page)
    name = "Befolkningsansvar 2024-11 1111"
    expect(rows(page)).to_have_text(re.compile(f"{name}.*Inskickad.*620.kr"))
    press(page, name, role="link")
    expect(page.get_by_role("heading", name="Faktura - Befolkningsansvar")).to_be_visible()
    expect(rows(page).filter(has_text="901 - MVC")).to_have_count(2)
    assert accessibility_faults(page) == []
    open_activity(page, number)
    expect(rows(page).filter(has_text="Fakturerad")).to_have_count(2)
    approve_and_attest(live_world, open_browser)
    page.reload()
    press(page, "Kreditera 901 MVC, 1")
    answer_ok(page, "Är du säker på att du vill kreditera åtgärden")
    expect(page.locator("#notices")).to_contain_text("1 åtgärd inväntar kreditering på nästa faktura.")
    expect(rows(page).filter(has_text="Inväntar kreditering")).to_have_count(1)
    assert accessibility_faults(page) == []

    settings.KVITT_TODAY = dt.date(2025, 1, 1)
    call_command("make_due_invoices")
    open_invoices(page)
    press(page, "Befolkningsansvar 2024-12 1111", role="link")
    expect(rows(page)).to_have_text(re.compile(f"{number}.*901 - MVC.*−310.kr"))
    open_activity(page, number)
    expect(rows(page).filter(has_text="Krediterad")).to_have_count(1)
    expect_sums(page, "Totalsumma:\n620\u00a0kr\nKrediterat belopp:\n−310\u00a0kr")
    expect(find_codes(page, "Krediterad")).to_have_text(re.compile(f"{number}.*901 - MVC"))
    dated = Invoice.objects.order_by("pk").values_list("invoice_date", "due_date", "total")
    assert [(str(first), str(last), total) for first, last, total in dated] == [
        ("2024-11-30", "2024-12-30", 620_00),
        ("2024-12-31", "2025-01-30", -310_00),
    ]


def open_invoices(page: Page) -> None:
    """*Sök och hantera fakturor*, where nothing but the calendar makes invoices of this type (picture 7)."""
    open_from_menu(page, "Fakturering", "Sök och hantera fakturor")
    expect(page.get_by_role("heading", name="Fakturor")).to_be_visible()


# Personal numbers ---------------------------------------------------------------------------------


@pytest.mark.requirement("PH-2", "PH-3", "PH-5", "CO-33", "QU-21")
def test_wrong_and_repeated_numbers_are_refused_in_words(live_world, jenny):
    page = jenny
    open_from_menu(page, "Befolkningsansvar", "Sök och hantera aktiviteter")
    begin_activity(page, "912")
    numbers = page.get_by_role("dialog").get_by_label("Personnummer på deltagare")
    expect(numbers).to_be_visible()
    fill(page, "Datum", "2024-11-21")
    with page.expect_response(re.compile(CREATE)):
        tab_to(page, page.get_by_role("dialog").get_by_label("Behandlare"))
    expect(page.get_by_role("dialog").get_by_label("Behandlare")).to_be_focused()
    fill(page, "Personnummer på deltagare", "20130310-2395, 20130401-2394, 130401-2394")
    press(page, "Skapa")

    summary = page.get_by_role("dialog").locator("#error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("2024-11-21 ligger i framtiden. Ange dagens datum eller ett tidigare.")
    expect(numbers).to_have_attribute("aria-invalid", "true")
    told = page.get_by_role("dialog").locator("#new-participants")
    expect(told).to_contain_text("Nummer 1, 20130310-2395: ")
    expect(told).to_contain_text("Nummer 3 är samma person som nummer 2. Ta bort ett av dem.")
    expect(numbers).to_have_value("20130310-2395, 20130401-2394, 130401-2394")
    expect(page.get_by_role("dialog").get_by_label("Plats")).to_have_value("Ryds familjecentral")
    assert accessibility_faults(page) == []

    fill(page, "Datum", "idag")
    fill(page, "Personnummer på deltagare", "20130310-2394\n")
    page.keyboard.type("130401-2394")
    press(page, "Skapa")
    expect(page.locator("#notices")).to_contain_text("Aktiviteten A2024-000001 är skapad.")
    open_activity(page, "A2024-000001")
    information = page.get_by_role("region", name="Aktivitetsinformation")
    expect(information).to_contain_text("20130310-2394")
    expect(information).to_contain_text("20130401-2394")
    expect(rows(page).filter(has_text="Godkänd")).to_have_count(2)
    assert accessibility_faults(page) == []


# Picture 6 ----------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-4", "PH-6", "PH-7", "QU-21")
def test_emptied_activity_is_removed(live_world, jenny):
    number, page = live_world.create_activity("901", 2), jenny
    page.goto(reverse("population_health:case", args=[number]))
    press(page, "Markera alla")
    press(page, "Ta bort markerade")
    answer_ok(page, "Är du säker på att du vill ta bort de 2 åtgärderna")
    expect(page.locator("#notices")).to_contain_text("2 åtgärder är borttagna.")
    expect(page.get_by_text("Det finns inga åtgärder kvar i aktiviteten.")).to_be_visible()

    press(page, "Sök och hantera aktiviteter", role="link")
    press(page, f"Ta bort {number}")
    answer_ok(page, "Är du säker på att du vill ta bort aktiviteten")
    expect(page.locator("#notices")).to_contain_text(f"Aktiviteten {number} är borttagen.")
    expect(page.get_by_text("Ingen aktivitet matchar")).to_be_visible()
    assert Activity.objects.get().deleted_at is not None
    assert accessibility_faults(page) == []


# A whole care provider ----------------------------------------------------------------------------


@pytest.mark.requirement("PH-1", "PH-4", "CO-4", "CO-5")
def test_provider_sees_the_activities_of_all_clinics_and_creates_none(dental_world, sign_in):
    numbers = {
        dental_world.create_activity("901", 1),
        elsewhere(dental_world, "bo-activities", dental_world.linghem, dental_world.lena),
    }
    hidden = elsewhere(dental_world, "david-activities", dental_world.bjork, dental_world.nils)
    klara = sign_in(dental_world, "klara")

    shown = Reading(klara.get(SEARCH).content.decode()).texts
    forged = klara.post(CREATE, typed(dental_world))

    assert numbers <= set(shown)
    assert hidden not in shown
    assert "Skapa aktivitet" not in shown
    assert (forged.status_code, Activity.objects.count()) == (403, 3)


def elsewhere(world: World, name: str, clinic, practitioner) -> str:
    """Make an activity at another clinic, by a user of its own."""
    world._user(name, f"Roll {name}", clinic, (Role.POPULATION_BASIC,))
    return world.create_activity("901", 1, by=name, practitioner_id=practitioner.pk)


# What cannot be -----------------------------------------------------------------------------------


def typed(world: World, **wanted: object) -> dict[str, object]:
    """Return the form as Jenny fills it in, a right one unless told."""
    right = {
        "performed_on": "2024-11-20",
        "practitioner": world.karin.pk,
        "code": "901",
        "place": "Ryds familjecentral",
        "municipality": "0580",
        "count": "5",
        "numbers": "",
    }
    return {**right, **wanted}


@pytest.mark.requirement("PH-2", "CO-33")
@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            {"performed_on": "2024-11-21"},
            "2024-11-21 ligger i framtiden. Ange dagens datum eller ett tidigare.",
        ),
        ({"count": "0"}, "Antal deltagare är från 1 till 500, inte 0. Kontrollera antalet."),
        ({"count": "501"}, "Antal deltagare är från 1 till 500, inte 501. Kontrollera antalet."),
        (
            {"practitioner": "left"},
            "Lisa Slutadsson har slutat på mottagningen; sista dagen var 2024-10-31.",
        ),
        ({"municipality": "0599"}, "Det finns ingen kommun med koden 0599. Välj en av dem i listan."),
    ],
    ids=["tomorrow", "nobody", "too-many", "practitioner-left", "no-such-municipality"],
)
def test_what_cannot_be_is_refused_in_words(wanted, said, dental_world, sign_in):
    left = Practitioner.objects.create(
        clinic=dental_world.ryd,
        name="Lisa Slutadsson",
        title="tandläkare",
        first_on=dt.date(2023, 1, 1),
        last_on=dt.date(2024, 10, 31),
    )
    if wanted == {"practitioner": "left"}:
        wanted = {"practitioner": left.pk}

    answer = sign_in(dental_world, "jenny").post(CREATE, typed(dental_world, **wanted))

    shown = Reading(answer.content.decode())
    assert (answer.status_code, Line.objects.count()) == (422, 0)
    assert any(text.startswith(said) for text in shown.texts)
    assert "Ryds familjecentral" in answer.content.decode()


# In English, on a phone ---------------------------------------------------------------------------


@pytest.mark.requirement("PH-2", "CO-32", "QU-21")
@pytest.mark.looks
def test_pages_in_english_on_a_phone(live_world, open_browser, live_server):
    number = live_world.create_activity("901", 3)
    page = open_browser(live_world.users["jenny"], viewport=PHONE, color_scheme="dark")
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": "en", "url": live_server.url}])
    page.goto(SEARCH)
    faults = accessibility_faults(page)
    page.get_by_role("button", name="Create activity").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type of activity").select_option("912")
    expect(dialog.get_by_label("Personal numbers")).to_be_visible()
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.locator("#error-summary")).to_contain_text("Give the personal identity numbers")
    faults += accessibility_faults(page)
    for url in (
        reverse("population_health:case", args=[number]),
        reverse("population_health:statistics"),
        reverse("ledger:search_lines"),
    ):
        page.goto(url)
        faults += accessibility_faults(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]

    assert faults == []
