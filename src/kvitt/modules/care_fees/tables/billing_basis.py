"""The columns of the billing basis, part by part."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import AbsenceReason, Measure
from kvitt.modules.care_fees.queries import billing_basis as queries
from kvitt.modules.care_fees.queries.billing_basis import BasisPart
from kvitt.modules.care_fees.queries.corrections import name_of
from kvitt.modules.care_fees.queries.registrations import quantity_text
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.care_fees.queries.billing_basis import BasisRow

_WHO = (
    Column("name", _("Name"), lambda each: each.name, sort=("client__person__sort_key",), lead=True),
    Column(
        "identity",
        _("Personal number"),
        lambda each: each.identity,
        Kind.IDENTITY,
        sort=("client__person__identity_number",),
    ),
    Column("number", _("Client"), lambda each: each.client.number, sort=("client__number",), css="kv-nowrap"),
    Column("area", _("Billing area"), lambda each: each.area, css="kv-opt"),
)
_SERVICE = Column("service", _("Service"), lambda each: each.row.service.name, sort=("service__place",))
_UNIT = Column("unit", _("Care unit"), lambda each: each.row.unit.name, sort=("unit__sort_key",))
_FIRST = Column("first_on", _("From"), lambda each: each.row.first_on, Kind.DATE, sort=("first_on",))
_LAST = Column("last_on", _("To"), lambda each: each.row.last_on, Kind.DATE, sort=("last_on",))


def _quantity(each: "BasisRow") -> str:
    return quantity_text(each.row.quantity, Measure(each.row.service.measure))


def _dwelling(each: "BasisRow") -> str:
    return people.hidden_text() if each.is_hidden else str(each.row.tenancy.dwelling)


def _rent(each: "BasisRow", month: date) -> Ore:
    return queries.rent_of(each.row, month)


_COLUMNS = {
    BasisPart.REGISTRATIONS: (
        *_WHO,
        _SERVICE,
        _UNIT,
        Column("quantity", _("Quantity"), _quantity, sort=("quantity",), css="num"),
    ),
    BasisPart.GRANTED: (
        *_WHO,
        _SERVICE,
        _UNIT,
        _FIRST,
        _LAST,
        Column("amount", _("Own amount"), lambda each: each.row.amount, Kind.MONEY, sort=("amount",)),
    ),
    BasisPart.ABSENCES: (
        *_WHO,
        Column("reason", _("Reason"), lambda each: AbsenceReason(each.row.reason), sort=("reason",)),
        _FIRST,
        _LAST,
        Column(
            "reported_on",
            _("Reported on"),
            lambda each: each.row.reported_on,
            Kind.DATE,
            sort=("reported_on",),
        ),
    ),
    BasisPart.CORRECTIONS: (
        *_WHO,
        Column("of", _("Service"), lambda each: name_of(each.row), sort=("service__place",)),
        Column("text", _("Invoice text"), lambda each: each.row.text),
        _UNIT,
        Column("amount", _("Amount"), lambda each: each.row.amount, Kind.MONEY, sort=("amount",)),
    ),
}


def columns_of(part: BasisPart, *, month: date) -> Sequence[Column]:
    """Return the columns of a part; those of contracts tell the rent of the month."""
    if part is not BasisPart.HOUSING:
        return _COLUMNS[part]
    return (
        *_WHO,
        Column(
            "tenancy",
            _("Contract number"),
            lambda each: each.row.tenancy.number,
            sort=("tenancy__number",),
            css="kv-nowrap",
        ),
        Column("dwelling", _("Dwelling"), _dwelling),
        Column(
            "first_on",
            _("Contract date"),
            lambda each: each.row.tenancy.first_on,
            Kind.DATE,
            sort=("tenancy__first_on",),
        ),
        Column(
            "last_on",
            _("End date"),
            lambda each: each.row.tenancy.last_on,
            Kind.DATE,
            sort=("tenancy__last_on",),
        ),
        Column("rent", _("Monthly rent"), partial(_rent, month=month), Kind.MONEY),
    )
