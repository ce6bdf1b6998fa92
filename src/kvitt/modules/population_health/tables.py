"""The columns of the lists of population responsibility."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values import municipalities
from kvitt.modules.population_health.queries.statistics import COLUMNS, columns_of
from kvitt.modules.population_health.rules.statistics import Grouping

if TYPE_CHECKING:
    from kvitt.modules.population_health.queries.activities import ActivityRow


def _code(row: "ActivityRow") -> str:
    return f"{row.activity.code} {row.activity.text}"


def _status(row: "ActivityRow") -> object:
    """Return the status of all procedures, or how many there are of each; an emptied activity has none."""
    if row.status is not None:
        return row.status
    counts = [f"{gettext(status.label)}\N{NO-BREAK SPACE}{count}" for status, count in row.statuses]
    return ", ".join(counts) or gettext("No procedures")


def _removal(row: "ActivityRow") -> str:
    """Return the button that removes the activity, where that can be done."""
    if not row.may_remove:
        return ""
    number = row.activity.number
    return format_html(
        '<a class="btn btn-row btn-remove" role="button" id="remove-{number}" href="{url}" data-dialog>'
        '{label}<span class="visually-hidden"> {number}</span></a>',
        number=number,
        url=reverse("population_health:remove_activity", args=[number]),
        label=gettext("Remove"),
    )


_DATE = Column("date", _("Date"), lambda row: row.activity.performed_on, Kind.DATE, sort=("performed_on",))
_NUMBER = Column(
    "number", _("Case number"), lambda row: row.activity.number, sort=("number",), lead=True, css="kv-nowrap"
)
_CODE = Column("code", _("Procedure code"), _code, sort=("code", "performed_on"))
_PLACE = Column("place", _("Place"), lambda row: row.activity.place)
_MUNICIPALITY = Column(
    "municipality", _("Municipality"), lambda row: municipalities.name_of(row.activity.municipality)
)
_PRACTITIONER = Column("practitioner", _("Practitioner"), lambda row: row.activity.practitioner.name)
_CLINIC = Column("clinic", _("Clinic"), lambda row: str(row.activity.clinic))
_COUNT = Column("participants", _("Procedures"), lambda row: row.count, Kind.COUNT)
_AMOUNT = Column("amount", _("Sum"), lambda row: row.amount, Kind.MONEY)
_STATUS = Column("status", _("Status"), _status, Kind.STATUS)
_ACTIONS = Column("actions", "", _removal, css="acts")


def activity_columns(*, has_clinics: bool, has_actions: bool) -> Sequence[Column]:
    """Return the columns of the search: the clinic where there are several, buttons on the page only.

    Source: befolkningsansvar, chapters 3 and 4.1; spec PH-4, PH-7.
    """
    return (
        _DATE,
        _NUMBER,
        _CODE,
        _PLACE,
        _MUNICIPALITY,
        _PRACTITIONER,
        *((_CLINIC,) if has_clinics else ()),
        _COUNT,
        _AMOUNT,
        _STATUS,
        *((_ACTIONS,) if has_actions else ()),
    )


# Statistics -------------------------------------------------------------------------------------------

SumRow = dict[str, Any]


def _municipality_of(row: SumRow) -> str:
    return municipalities.name_of(row["municipality"])


def _type_of(row: SumRow) -> str:
    return f"{row['code']} {row['type_text']}"


def _clinic_of(row: SumRow) -> str:
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
        "municipality", _("Municipality"), _municipality_of, sort=then(*COLUMNS["municipality"])
    )
    code = Column("type", _("Type"), _type_of, sort=then("code"))
    clinic = Column("clinic", _("Clinic"), _clinic_of, sort=then(*COLUMNS["clinic"]))
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
