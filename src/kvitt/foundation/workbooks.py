"""A list as an Excel file: typed cells, and no text that becomes a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext
from xlsxwriter.worksheet import Worksheet

from kvitt.foundation import clock
from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.labels import Labelled


def write_workbook(file: IO[bytes], columns: Sequence[Column], items: Iterable[Any], note: str) -> None:
    """Write a workbook with typed cells, a frozen heading and the filter that was used.

    Text never becomes a formula or a link. Source: spec CO-26.
    """
    workbook = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = workbook.add_worksheet()
    bold = workbook.add_format({"bold": True})
    formats = {
        Kind.DATE: workbook.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.MONTH: workbook.add_format({"num_format": "yyyy-mm"}),
        Kind.MOMENT: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        Kind.MONEY: workbook.add_format({"num_format": "#,##0.00"}),
    }
    sheet.write_string(0, 0, note)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, max(12, len(str(column.label)) + 2))
        sheet.write_string(1, index, str(column.label), bold)
    sheet.freeze_panes(2, 0)
    number = 1
    for number, item in enumerate(items, start=2):
        for index, column in enumerate(columns):
            _write_cell(sheet, number, index, column, column.value(item), formats)
    sheet.autofilter(1, 0, max(number, 2), len(columns) - 1)
    workbook.close()


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
