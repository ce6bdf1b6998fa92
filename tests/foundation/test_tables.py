"""A list is the same as a page and as Excel: sorted, counted, typed, and safe."""

import datetime as dt
import io

import openpyxl
import pytest

from kvitt.foundation import tables, workbooks
from kvitt.foundation.columns import Column, Kind

COLUMNS = (
    Column("text", "Text", lambda row: row["text"]),
    Column("day", "Day", lambda row: row["day"], Kind.DATE),
    Column("amount", "Amount", lambda row: row["amount"], Kind.MONEY),
    Column("number", "Number", lambda row: row["number"], Kind.IDENTITY),
)


def workbook(rows):
    file = io.BytesIO()
    workbooks.write_workbook(file, COLUMNS, rows, "Fakturor, Fakturastatus: Attesterad")
    file.seek(0)
    return openpyxl.load_workbook(file).active


def row(text="Åke"):
    return {"text": text, "day": dt.date(2024, 12, 31), "amount": -502_550, "number": "201302052384"}


@pytest.mark.requirement("CO-26")
def test_cells_are_typed_under_a_frozen_heading_and_the_filter_used():
    sheet = workbook([row()])

    assert sheet["A1"].value == "Fakturor, Fakturastatus: Attesterad"
    assert [cell.value for cell in sheet[2]] == ["Text", "Day", "Amount", "Number"]
    assert sheet["B3"].value == dt.datetime(2024, 12, 31)  # noqa: DTZ001 - Excel knows no zones
    assert sheet["C3"].value == -5025.5
    assert sheet["D3"].value == "20130205-2384"
    assert sheet.freeze_panes == "A3"


@pytest.mark.requirement("CO-26", "QU-18")
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "https://example.org"])
def test_text_never_becomes_a_formula_or_a_link(text):
    cell = workbook([row(text)])["A3"]

    assert cell.value == text
    assert cell.data_type == "s"
    assert cell.hyperlink is None


@pytest.mark.requirement("CO-26")
def test_empty_list_is_still_a_workbook():
    assert workbook([]).max_row == 2


@pytest.mark.requirement("CO-25", "QU-20")
@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ryds familjecentral", "Ryds familjecentral"),
        ("Öppen-förskola/" * 3 + "<", f'<span class="kv-long">{"Öppen-förskola/" * 3}&lt;</span>'),
        (
            "Aktiviteter 2024-10",
            '<span class="kv-nowrap">Aktiviteter</span> <span class="kv-nowrap">2024-10</span>',
        ),
    ],
)
def test_word_is_broken_only_where_it_is_too_long_for_a_column(text, html):
    column = Column("text", "Text", lambda _row: text, whole_words=True)

    assert tables.cell_html(column, None) == html


@pytest.mark.requirement("CO-25")
def test_cell_escapes_what_is_not_markup():
    column = Column("text", "Text", lambda _row: "<script>")

    assert tables.cell_html(column, None) == "&lt;script&gt;"


@pytest.mark.requirement("CO-25")
@pytest.mark.django_db
@pytest.mark.parametrize("page", ["0", "-1", "999999999999999", "x", ""])
def test_page_that_does_not_exist_shows_one_that_does(page, world, sign_in):
    response = sign_in(world, "anna").get("/needs-allowance/cases/", {"page": page})

    assert response.status_code == 200
    assert "Visar 0 av 0" in response.content.decode()
