"""The columns of controls and of statistics of care fees."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.modules.care_fees.rules.controls import REMEDIES
from kvitt.modules.care_fees.rules.statistics import Grouping

READINESS = (
    Column(
        "control", _("Control"), lambda row: gettext(row.control.label), lead=True, link=lambda row: row.url
    ),
    Column("state", _("State"), lambda row: row.readiness, Kind.STATUS),
    Column("count", _("Count"), lambda row: row.count, Kind.COUNT),
    Column("remedy", _("What to do"), lambda row: gettext(REMEDIES[row.control]) if row.count else ""),
)

CONTROLLED = (
    Column("name", _("Name"), lambda row: row.name, sort=("person__sort_key",), lead=True),
    Column("identity", _("Personal number"), lambda row: row.identity, Kind.IDENTITY),
    Column("number", _("Client number"), lambda row: row.number, sort=("number",), css="kv-nowrap"),
    Column("area", _("Billing area"), lambda row: row.area, sort=("area_key",)),
    Column("note", _("Note"), lambda row: row.note),
)

SERVICES = (
    Column("name", _("Service"), lambda row: row.name, sort=("place",), lead=True),
    Column("code", _("Code"), lambda row: row.code, sort=("code",)),
    Column(
        "note",
        _("Note"),
        lambda row: gettext("No account string") if row.has_price else gettext("No price"),
    ),
)

_PARTS: dict[str, tuple[Column, ...]] = {
    "service": (
        Column(
            "service",
            _("Service"),
            lambda row: row["service__name"] or gettext("Rent"),
            sort=("service__place",),
        ),
    ),
    "area": (
        Column(
            "area",
            _("Billing area"),
            lambda row: row["client_month__area__name"],
            sort=("client_month__area__sort_key",),
        ),
    ),
    "month": (
        Column(
            "month",
            _("Month"),
            lambda row: row["client_month__month"],
            Kind.MONTH,
            sort=("client_month__month",),
        ),
    ),
}


def _sum(name: str) -> Callable[[Any], object]:
    return lambda row: row[name]


SUMS = (
    Column("client_count", _("Clients"), _sum("client_count"), Kind.COUNT, sort=("client_count",)),
    Column("invoice_count", _("Invoices"), _sum("invoice_count"), Kind.COUNT, sort=("invoice_count",)),
    Column("cap_count", _("Months at the cap"), _sum("cap_count"), Kind.COUNT, sort=("cap_count",)),
    Column("absence", _("Absence cost"), _sum("absence"), Kind.MONEY, sort=("absence",)),
    Column("revenue", _("Revenue"), _sum("revenue"), Kind.MONEY, sort=("revenue",)),
)


def statistics_columns(by: Grouping) -> Sequence[Column]:
    """Return the columns of rows that are added up so."""
    first, *others = (column for part in by.parts for column in _PARTS[part])
    return [replace(first, lead=True), *others, *SUMS]


REIMBURSEMENT = (
    Column("unit", _("Care unit"), lambda row: row.unit, lead=True),
    Column("service", _("Service"), lambda row: row.service),
    Column("client_count", _("Clients"), lambda row: row.client_count, Kind.COUNT),
    Column("days", _("Granted days"), lambda row: row.days or None, Kind.COUNT),
    Column("minutes", _("Minutes"), lambda row: row.minutes or None, Kind.COUNT),
    Column("pieces", _("Count"), lambda row: row.pieces or None, Kind.COUNT),
    Column("amount", _("Fees charged"), lambda row: row.amount, Kind.MONEY),
)
