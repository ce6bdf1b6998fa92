"""The columns of the lists of population responsibility."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values import municipalities
from kvitt.modules.population_health.queries.statistics import COLUMNS, columns_of
from kvitt.modules.population_health.rules.statistics import Grouping

SumRow = dict[str, Any]


def _municipality(row: SumRow) -> str:
    return municipalities.name_of(row["municipality"])


def _type(row: SumRow) -> str:
    return f"{row['code']} {row['type_text']}"


def _clinic(row: SumRow) -> str:
    return f"{row['clinic__number']} - {row['clinic__name']}"


def statistics_columns(by: Grouping, *, in_workbook: bool = False) -> Sequence[Column]:
    """Return the columns of the statistics; a workbook has codes and names each in a column of its own.

    Source: spec PH-12.
    """
    every = columns_of(by)

    def then(*names: str) -> tuple[str, ...]:
        return (*names, *(name for name in every if name not in names))

    month = Column("month", _("Month"), lambda row: row["month"], Kind.MONTH, sort=then("month"))
    municipality = Column(
        "municipality", _("Municipality"), _municipality, sort=then(*COLUMNS["municipality"])
    )
    code = Column("type", _("Type"), _type, sort=then("code"))
    clinic = Column("clinic", _("Clinic"), _clinic, sort=then(*COLUMNS["clinic"]))
    shown = {"month": [month], "municipality": [municipality], "type": [code], "clinic": [clinic]}
    if in_workbook:
        text = Column("text", _("Name"), lambda row: row["type_text"])
        number = Column("municipality_code", _("Municipality code"), lambda row: row["municipality"])
        shown["municipality"].insert(0, number)
        shown["type"] = [replace(code, label=_("Procedure code"), value=lambda row: row["code"]), text]
    first, *others = [column for part in by.parts for column in shown[part]]
    return (
        replace(first, lead=True),
        *others,
        Column(
            "activities",
            _("Activities"),
            lambda row: row["activity_count"],
            Kind.COUNT,
            sort=then("activity_count"),
        ),
        Column(
            "participants",
            _("Participants"),
            lambda row: row["participant_count"],
            Kind.COUNT,
            sort=then("participant_count"),
        ),
        Column("amount", _("Sum"), lambda row: row["amount"], Kind.MONEY, sort=then("amount")),
    )
