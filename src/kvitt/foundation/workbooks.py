"""A list as an Excel file: typed cells, and no text that becomes a formula."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kvitt.foundation import clock
from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.labels import Labelled


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name in Excel, and a note above its rows."""

    name: str
    columns: Sequence[Column]
    items: Iterable[Any]
    note: str


def write_workbook(file: IO[bytes], columns: Sequence[Column], items: Iterable[Any], note: str) -> None:
    """Write a workbook with typed cells, a frozen heading and the filter that was used.

    Text never becomes a formula or a link. Source: spec CO-26.
    """
    write_sheets(file, [Sheet("", columns, items, note)])


def write_sheets(file: IO[bytes], sheets: Iterable[Sheet]) -> None:
    """Write a workbook of several sheets, one after the other, each like those of `write_workbook`."""
    workbook = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = workbook.add_format({"bold": True})
    formats = {
        Kind.DATE: workbook.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.MONTH: workbook.add_format({"num_format": "yyyy-mm"}),
        Kind.MOMENT: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        Kind.MONEY: workbook.add_format({"num_format": "#,##0.00"}),
    }
    for sheet in sheets:
        _write_sheet(workbook.add_worksheet(sheet.name or None), sheet, bold, formats)
    workbook.close()


def _write_sheet(written: Worksheet, sheet: Sheet, bold: Format, formats: dict[Kind, Any]) -> None:
    written.write_string(0, 0, sheet.note)
    for index, column in enumerate(sheet.columns):
        written.set_column(index, index, max(12, len(str(column.label)) + 2))
        written.write_string(1, index, str(column.label), bold)
    written.freeze_panes(2, 0)
    number = 1
    for number, item in enumerate(sheet.items, start=2):
        for index, column in enumerate(sheet.columns):
            _write_cell(written, number, index, column, column.value(item), formats)
    written.autofilter(1, 0, max(number, 2), len(sheet.columns) - 1)


def _write_cell(
    sheet: Worksheet,
    row: int,
    index: int,
    column: Column,
    value: object,
    formats: dict[Kind, Any],
) -> None:
    if value is None or value == "":
        return
    if column.kind is Kind.MONEY and isinstance(value, int):
        sheet.write_number(row, index, value / 100, formats[Kind.MONEY])
    elif column.kind is Kind.COUNT and isinstance(value, int):
        sheet.write_number(row, index, value)
    elif isinstance(value, datetime):
        local = value.astimezone(clock.STOCKHOLM).replace(tzinfo=None)
        sheet.write_datetime(row, index, local, formats[Kind.MOMENT])
    elif isinstance(value, date):
        sheet.write_datetime(
            row, index, value, formats[Kind.MONTH if column.kind is Kind.MONTH else Kind.DATE]
        )
    elif isinstance(value, Labelled):
        sheet.write_string(row, index, gettext(value.label))
    elif column.kind is Kind.IDENTITY:
        sheet.write_string(row, index, format_identity_number(str(value)))
    else:
        sheet.write_string(row, index, str(value))
