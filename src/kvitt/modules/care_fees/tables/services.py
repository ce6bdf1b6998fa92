"""The columns of the catalogue of services."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.modules.care_fees.lifecycle import CareKind, ServiceKind
from kvitt.modules.care_fees.queries.catalogue import per_text

if TYPE_CHECKING:
    from kvitt.modules.care_fees.queries.catalogue import ListedService


def _capped(row: "ListedService") -> str:
    return gettext("Yes") if row.service.is_capped else gettext("No")


def _care(row: "ListedService") -> CareKind | None:
    care = CareKind(row.service.care)
    return None if care is CareKind.OTHER else care


SERVICES = (
    Column("place", _("Order"), lambda row: row.service.place + 1, Kind.COUNT, sort=("place", "pk")),
    Column("name", _("Service"), lambda row: row.service.name, sort=("sort_key",), lead=True),
    Column("code", _("Code"), lambda row: row.service.code, sort=("code",), css="kv-nowrap"),
    Column("kind", _("Kind"), lambda row: ServiceKind(row.service.kind), sort=("kind", "place")),
    Column("care", _("Type of care"), _care, css="kv-opt"),
    Column("price", _("Price"), lambda row: row.price.amount if row.price else None, Kind.MONEY),
    Column(
        "per",
        _("Priced"),
        lambda row: per_text(row.service) if row.price else gettext("no price"),
        css="kv-nowrap",
    ),
    Column(
        "vat", _("VAT"), lambda row: f"{row.price.vat_percent} %" if row.price else None, css="num kv-opt"
    ),
    Column("capped", _("Under the fee cap"), _capped),
    Column("first_on", _("Valid from"), lambda row: row.service.first_on, Kind.DATE, css="kv-opt"),
    Column("last_on", _("Valid to"), lambda row: row.service.last_on, Kind.DATE, css="kv-opt"),
)
