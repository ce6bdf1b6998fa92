"""The columns of the lists of dwellings and housing contracts."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import HousingKind
from kvitt.modules.care_fees.queries import housing, search
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.care_fees.models import Tenant

DWELLINGS = (
    Column("number", _("Number"), lambda row: row.number, sort=("number",), lead=True, css="kv-nowrap"),
    Column("address", _("Address"), lambda row: row.address, sort=("search_key",)),
    Column("unit", _("Care unit"), lambda row: row.unit.name, sort=("unit__sort_key",)),
    Column("kind", _("Kind"), lambda row: HousingKind(row.kind), sort=("kind",)),
    Column("closed_on", _("Not let from"), lambda row: row.closed_on, Kind.DATE, sort=("closed_on",)),
)


def _name(tenant: "Tenant") -> str:
    return people.listed_name(search.person_of(tenant.client))


def _dwelling(tenant: "Tenant") -> str:
    """Return where the tenant lives: of a protected one that is an address, and hidden."""
    is_hidden = search.person_of(tenant.client).is_protected
    return people.hidden_text() if is_hidden else str(tenant.tenancy.dwelling)


def _unit(tenant: "Tenant") -> str:
    return "" if search.person_of(tenant.client).is_protected else tenant.tenancy.dwelling.unit.name


def _rent(tenant: "Tenant", today: date) -> Ore:
    return housing.rent_on(tenant.tenancy, today)


def tenancy_columns(*, today: date) -> Sequence[Column]:
    """Return the columns of the contract list: a row for each tenant, protected ones hidden (spec QU-19)."""
    return (
        Column(
            "number",
            _("Contract number"),
            lambda row: row.tenancy.number,
            sort=("tenancy__number",),
            lead=True,
            css="kv-nowrap",
        ),
        Column(
            "identity",
            _("Personal number"),
            lambda row: search.person_of(row.client).identity_number,
            Kind.IDENTITY,
            sort=("client__person__identity_number",),
        ),
        Column("name", _("Name"), _name, sort=("client__person__sort_key",)),
        Column(
            "dwelling",
            _("Dwelling"),
            _dwelling,
            sort=("tenancy__dwelling__number",),
        ),
        Column(
            "unit",
            _("Care unit"),
            _unit,
            sort=("tenancy__dwelling__unit__sort_key",),
            css="kv-opt",
        ),
        Column(
            "first_on",
            _("Contract date"),
            lambda row: row.tenancy.first_on,
            Kind.DATE,
            sort=("tenancy__first_on",),
        ),
        Column(
            "last_on", _("End date"), lambda row: row.tenancy.last_on, Kind.DATE, sort=("tenancy__last_on",)
        ),
        Column("rent", _("Monthly rent"), partial(_rent, today=today), Kind.MONEY),
    )
