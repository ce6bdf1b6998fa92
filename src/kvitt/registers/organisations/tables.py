"""The columns of the lists of clinics and care providers."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values.identity import format_organisation_number
from kvitt.registers.organisations.lifecycle import Scheme, UnitKind

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import Clinic


def clinics(today: date) -> list[Column]:
    """Return the columns of the list of clinics, with what each is connected to today."""
    return [
        Column("number", _("Number"), lambda clinic: clinic.number, sort=("number",)),
        Column("name", _("Name"), lambda clinic: clinic.name, sort=("sort_key",), lead=True),
        Column(
            "provider", _("Care provider"), lambda clinic: clinic.provider.name, sort=("provider__sort_key",)
        ),
        Column("town", _("Town"), lambda clinic: clinic.town, css="kv-opt"),
        Column("rights", _("Connected to"), _rights(today)),
        Column(
            "practitioners",
            _("Active practitioners"),
            lambda clinic: clinic.practitioner_count,
            Kind.COUNT,
            sort=("practitioner_count",),
        ),
        Column("closed_on", _("Last day"), lambda clinic: clinic.closed_on, Kind.DATE, sort=("closed_on",)),
    ]


def units() -> list[Column]:
    """Return the columns of the list of care units."""
    return [
        Column("number", _("Number"), lambda unit: unit.number, sort=("number",)),
        Column("name", _("Name"), lambda unit: unit.name, sort=("sort_key",), lead=True),
        Column("kind", _("Kind of care"), _unit_kind, sort=("unit_kind",)),
        Column(
            "area",
            _("Billing area"),
            lambda unit: unit.area.name if unit.area else "",
            sort=("area__sort_key",),
        ),
        Column("town", _("Town"), lambda unit: unit.town, css="kv-opt"),
        Column("closed_on", _("Last day"), lambda unit: unit.closed_on, Kind.DATE, sort=("closed_on",)),
    ]


def areas() -> list[Column]:
    """Return the columns of the list of billing areas."""
    return [
        Column("name", _("Name"), lambda area: area.name, sort=("sort_key",), lead=True),
        Column(
            "is_intake", _("New clients"), lambda area: _("New clients come here") if area.is_intake else ""
        ),
        Column("units", _("Open units"), lambda area: area.unit_count, Kind.COUNT, sort=("unit_count",)),
        Column("closed_on", _("Last day"), lambda area: area.closed_on, Kind.DATE, sort=("closed_on",)),
    ]


def _unit_kind(unit: "Clinic") -> str:
    return _(UnitKind(unit.unit_kind).label) if unit.unit_kind else ""


def providers() -> list[Column]:
    """Return the columns of the list of care providers."""
    return [
        Column("name", _("Name"), lambda provider: provider.name, sort=("sort_key",), lead=True),
        Column(
            "organisation_number",
            _("Organisation number"),
            lambda provider: format_organisation_number(provider.organisation_number),
            sort=("organisation_number",),
        ),
        Column(
            "clinics",
            _("Open clinics"),
            lambda provider: provider.clinic_count,
            Kind.COUNT,
            sort=("clinic_count",),
        ),
    ]


def _rights(today: date) -> Callable[..., str]:
    def text(clinic: "Clinic") -> str:
        held = {
            right.scheme
            for right in clinic.rights.all()
            if right.first_on <= today and (right.last_on is None or right.last_on >= today)
        }
        return ", ".join(_(scheme.label) for scheme in Scheme if scheme in held)

    return text
