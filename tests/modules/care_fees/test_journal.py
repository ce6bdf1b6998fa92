"""The billing journal: what differs, what is told of each client, and the files."""

import datetime as dt
import io

import docx
import openpyxl
import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import translation

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands.journal import open_journal
from kvitt.modules.care_fees.lifecycle import FaultKind, LineKind, MonthStatus
from kvitt.modules.care_fees.models import (
    Absence,
    AreaMonth,
    EstateRespite,
    InvoiceRecipient,
    Placement,
)
from kvitt.modules.care_fees.queries import journal as journals
from kvitt.modules.care_fees.queries.changes import changes
from kvitt.modules.care_fees.queries.journal import Wanted
from kvitt.modules.care_fees.rules import journal as rules
from kvitt.registers.people.models import ContactPerson
from tests.modules.care_fees.calculated import OCTOBER, SEPTEMBER, line, make_month
from tests.world import SINCE

pytestmark = pytest.mark.requirement("CF-27")

REASON = "Kontroll före godkännande"


@pytest.fixture(autouse=True)
def _in_swedish():
    with translation.override("sv"):
        yield


@pytest.fixture
def october(care_world):
    """Astrid lunches more, Birger is away, Dagny has faults, Erik is not calculated, Greta is in Söder."""
    world = care_world
    care, lunch = world.services["OMV"], world.services["LUN"]

    def care_line():
        return line(LineKind.CARE, 182_300, care.name, care, price=182_300)

    def lunches(count):
        return line(LineKind.PRODUCT, 7_800 * count, lunch.name, lunch, quantity=count, price=7_800)

    make_month(world.astrid, world.north, [care_line(), lunches(2)], month=SEPTEMBER)
    make_month(
        world.astrid,
        world.north,
        [
            care_line(),
            lunches(12),
            line(LineKind.DIFFERENCE, -7_800, "Lunch", lunch, about_month=dt.date(2024, 8, 1)),
            line(LineKind.DIFFERENCE, -2_200, "Kost", None, about_month=dt.date(2024, 8, 1)),
        ],
    )
    make_month(world.birger, world.north, [care_line()], month=SEPTEMBER, status=MonthStatus.APPROVED)
    absence = line(LineKind.ABSENCE_CARE, -45_575, "Frånvaro, omvårdnad", care)
    make_month(world.birger, world.north, [care_line(), absence])
    Absence.objects.create(
        client=world.birger,
        reason="planned",
        first_on=dt.date(2024, 10, 7),
        last_on=dt.date(2024, 10, 13),
        reported_on=dt.date(2024, 9, 20),
    )
    fault = {"kind": FaultKind.INCOME_MISSING.value, "values": {}, "is_spouse": False}
    make_month(world.dagny, world.north, [], status=MonthStatus.FAULTY, faults=[fault])
    make_month(world.greta, world.south, [care_line()])
    return world


def wanted(world, *areas):
    chosen = areas or (world.north,)
    return Wanted(OCTOBER, tuple(area.pk for area in chosen), REASON)


def test_what_differs_is_the_largest_first_with_reasons_that_come_to_it(
    october, django_assert_max_num_queries
):
    with django_assert_max_num_queries(4):
        found = changes([october.north.pk], OCTOBER)
    astrid, birger = october.astrid, october.birger
    assert [(row.number, row.before, row.now, row.difference) for row in found] == [
        (astrid.number, 197_900, 265_900, 68_000),
        (birger.number, 182_300, 136_725, -45_575),
    ]
    assert [(reason.text, reason.amount) for reason in found[0].reasons] == [
        ("Lunch: 12 (förra månaden 2)", 78_000),
        ("Skillnad för 2024-08", -10_000),
    ]
    assert found[1].reason_text == "Frånvaro, dagar: 7 (förra månaden 0) −455,75\u00a0kr"
    assert changes([october.north.pk], OCTOBER, limit=1) == found[:1]
    # Dagny and Erik are not calculated; Greta was not charged before.
    assert [row.reason_text for row in changes([october.south.pk], OCTOBER)] == [
        "Inte debiterad förra månaden 1\u00a0823\u00a0kr"
    ]


def test_who_has_moved_is_compared_with_the_other_area_and_is_gone_from_his_own(october):
    world = october
    Placement.objects.filter(client=world.birger).update(last_on=dt.date(2024, 9, 30))
    Placement.objects.create(client=world.birger, area=world.south, first_on=OCTOBER)
    world.birger.months.filter(month=OCTOBER).update(area=world.south)
    came = next(row for row in changes([world.south.pk], OCTOBER) if row.client_id == world.birger.pk)
    assert [reason.text for reason in came.reasons] == [
        "Kom från ett annat debiteringsområde",
        "Frånvaro, dagar: 7 (förra månaden 0)",
    ]
    left = next(row for row in changes([world.north.pk], OCTOBER) if row.client_id == world.birger.pk)
    assert (left.now, left.difference, left.area) == (0, -182_300, "Norr")
    assert changes([world.north.pk, world.south.pk], OCTOBER)[0].client_id != world.birger.pk


def test_a_client_is_told_with_lines_absence_faults_recipient_and_what_makes_the_invoice_wait(
    october, django_assert_num_queries
):
    world = october
    person = world.erik.person
    person.died_on = dt.date(2024, 10, 3)
    person.save()
    EstateRespite.objects.create(
        client=world.erik, first_on=OCTOBER, last_on=dt.date(2024, 12, 31), reason="Bouppteckning"
    )
    contact = ContactPerson.objects.create(
        person=world.astrid.person, kind="invoice_recipient", name="Anna Provén", first_on=SINCE
    )
    InvoiceRecipient.objects.create(client=world.astrid, contact=contact, first_on=SINCE)
    rows = list(journals.selected_clients(world.municipality.pk, [world.north.pk], OCTOBER))
    with django_assert_num_queries(5):
        told = {row.name: row for row in journals.listed(rows, OCTOBER, today=world.today)}
    assert list(told) == ["Dagny Parsson", "Erik Parsson", "Astrid Provén", "Birger Testlund"]
    astrid, birger = told["Astrid Provén"], told["Birger Testlund"]
    assert (astrid.total, astrid.before, astrid.difference) == (265_900, 197_900, 68_000)
    # Several differences about one month are one line.
    assert [(each.text, each.amount) for each in astrid.lines][-1] == ("Justering för augusti 2024", -10_000)
    assert astrid.recipient == "Fakturamottagare person: Anna Provén"
    assert birger.absences == ["Planerad frånvaro 2024-10-07 - 2024-10-13"]
    assert birger.recipient == "Brukaren"
    dagny, erik = told["Dagny Parsson"], told["Erik Parsson"]
    assert (dagny.total, dagny.faults) == (None, ["inkomst saknas"])
    assert (erik.total, erik.recipient) == (None, "Saknas")
    assert "2024-12-31" in erik.waits
    sums = journals.journal(world.actor("bodil"), wanted(world, world.north, world.south)).sums
    assert [(row.name, row.client_count, row.left_count, row.before, row.now) for row in sums] == [
        ("Norr", 4, 2, 380_200, 402_625),
        ("Söder", 1, 0, 0, 182_300),
    ]


def test_opening_needs_a_reason_and_is_noted_for_the_areas_that_were_read(october):
    karla = october.actor("karla")
    open_journal(karla, wanted=wanted(october), today=october.today)
    opened = AreaMonth.objects.get(area=october.north, month=OCTOBER)
    assert opened.journal_opened_at is not None
    event = Event.objects.get(action="care_fees.open_journal")
    assert event.data["after"] == {"areas": "Norr", "reason": REASON}
    with pytest.raises(Refused):
        open_journal(karla, wanted=Wanted(OCTOBER, (october.north.pk,), " "), today=october.today)
    with pytest.raises(Refused):
        open_journal(
            karla, wanted=Wanted(dt.date(2025, 1, 1), (october.north.pk,), REASON), today=october.today
        )
    with pytest.raises(Http404):
        open_journal(karla, wanted=wanted(october, october.north, october.south), today=october.today)


def test_a_pdf_is_refused_for_more_clients_than_it_is_made_for(october, monkeypatch):
    monkeypatch.setattr(rules, "MOST_IN_PDF", 3)
    karla = october.actor("karla")
    with pytest.raises(Refused) as refused:
        open_journal(karla, wanted=wanted(october), today=october.today, is_pdf=True)
    assert [problem.code for problem in refused.value.problems] == ["too_many_for_pdf"]
    open_journal(karla, wanted=wanted(october), today=october.today)


def test_the_journal_is_read_on_the_page_and_taken_out_to_word_pdf_and_excel(october, sign_in):
    world = october
    person = world.birger.person
    person.is_protected = True
    person.save()
    person = world.astrid.person
    person.given_name = "=Astrid"
    person.save()
    browser = sign_in(world, "karla")
    url = reverse("care_fees:journal")
    form = {"activity": "elderly_care", "period": "2024-10", "areas": [world.north.pk], "reason": REASON}

    page = browser.get(url, {"period": "2024-10", "areas": world.north.pk})
    assert "Norr" in page.content.decode()
    assert "Birger" not in page.content.decode()
    # Others' areas cannot be chosen, and a reason is needed.
    assert browser.post(url, {**form, "areas": [world.south.pk]}).status_code == 422
    assert browser.post(url, {**form, "reason": ""}).status_code == 422
    shown = browser.post(url, {**form, "to": "preview"}, follow=True)
    text = shown.content.decode()
    assert shown.redirect_chain[0][0] == f"{url}?period=2024-10&areas={world.north.pk}"
    for told in (REASON, "Justering för augusti 2024", "Skyddade personuppgifter", "inkomst saknas"):
        assert told in text
    assert "Testlund" not in text
    reads = Event.objects.filter(action="care_fees.journal", is_read=True)
    assert reads.get().data == {"reason": REASON}
    assert reads.get().subjects.count() == 4

    told = docx.Document(io.BytesIO(_export(browser, url, {**form, "to": "word"})))
    words = "\n".join(each.text for each in told.paragraphs)
    cells = [[cell.text for cell in row.cells] for table in told.tables for row in table.rows]
    assert "Debiteringsjournal" in words
    assert f"Anledning till rapportuttag: {REASON}" in words
    assert "Testlund" not in words + str(cells)
    assert ["Lunch", "12 st", "78\u00a0kr", "936\u00a0kr"] in cells
    assert ["Summa", "", "", "2\u00a0659\u00a0kr"] in cells
    assert any("Lunch: 12 (förra månaden 2)" in cell for row in cells for cell in row)

    assert _export(browser, url, {**form, "to": "pdf"}).startswith(b"%PDF")

    book = openpyxl.load_workbook(io.BytesIO(_export(browser, url, {**form, "to": "excel"})))
    assert book.sheetnames == ["Områden", "Skillnader", "Brukare", "Rader"]
    row = [cell.value for cell in book["Brukare"][3]][:6]
    assert row == ["Norr", world.dagny.number, "19330809-9807", "Dagny Parsson", "Röd, ej beräknad", None]
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "Testlund" not in str([[cell.value for cell in row] for sheet in book for row in sheet])
    assert reads.count() == 4
    assert AreaMonth.objects.get(area=world.north).journal_opened_at is not None


def _export(browser, url, form):
    answer = browser.post(url, form)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)
