"""The columns of the list of preauthorizations."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.queries import plans
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import TreatmentPlan


def _name(plan: "TreatmentPlan") -> str:
    return people.listed_name(plans.patient_of(plan))


# Source: spec SC-4.
PLANS = (
    Column("created", _("Created"), lambda plan: plan.created_on, Kind.DATE, sort=("created_on",)),
    Column("number", _("FHB number"), lambda plan: plan.number, sort=("number",), lead=True, css="kv-nowrap"),
    Column(
        "identity",
        _("Personal number"),
        lambda plan: plans.patient_of(plan).identity_number,
        Kind.IDENTITY,
        sort=("person__identity_number",),
    ),
    Column("name", _("Name"), _name),
    Column("support", _("Support type"), lambda plan: SupportType(plan.support).name, sort=("support",)),
    Column("category", _("Patient category"), lambda plan: plan.category, sort=("category",), css="kv-opt"),
    Column("clinic", _("Clinic"), lambda plan: str(plan.clinic), sort=("clinic__sort_key",)),
    Column("status", _("Status"), plans.status_of, Kind.STATUS, sort=("request_status",)),
    Column("first", _("Holds from"), lambda plan: plan.first_on, Kind.DATE, sort=("first_on",)),
    Column("last", _("Holds to"), lambda plan: plan.last_on, Kind.DATE, sort=("last_on",)),
)
