"""The columns of the lists of needs allowance."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values.identity import format_organisation_number
from kvitt.modules.needs_allowance.queries.cases import patient_of

if TYPE_CHECKING:
    from kvitt.modules.needs_allowance.models import Case


def _organisation(case: "Case") -> str:
    return format_organisation_number(case.clinic.provider.organisation_number)


# Source: behovspeng, figure 30.
CASES = (
    Column("created", _("Date"), lambda case: case.created_on, Kind.DATE, sort=("created_on",)),
    Column(
        "number", _("Case number"), lambda case: case.number, sort=("number",), lead=True, css="kv-nowrap"
    ),
    Column(
        "identity",
        _("Personal number"),
        lambda case: patient_of(case).identity_number,
        Kind.IDENTITY,
        sort=("person__identity_number",),
    ),
    Column("organisation", _("Organisation number"), _organisation, css="kv-nowrap"),
    Column("clinic_number", _("Clinic number"), lambda case: case.clinic.number),
    Column("clinic", _("Clinic name"), lambda case: case.clinic.name),
)
