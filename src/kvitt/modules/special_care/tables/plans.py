"""The columns of the list of preauthorizations."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.queries import plans
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import TreatmentPlan


def _name(plan: "TreatmentPlan") -> str:
    return people.listed_name(plans.patient_of(plan))


def _validity(plan: "TreatmentPlan") -> SafeString | str:
    """Return from when to when a plan holds; only between the two days may the line be broken."""
    if plan.first_on is None:
        return ""
    first, last = plan.first_on.isoformat(), plan.last_on.isoformat() if plan.last_on else ""
    return format_html('<span class="kv-nowrap">{} -</span> <span class="kv-nowrap">{}</span>', first, last)


_OWN = (
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
    Column("category", _("Category"), lambda plan: plan.category, sort=("category",), css="kv-opt"),
)
_CLINIC = Column("clinic", _("Clinic"), lambda plan: str(plan.clinic), sort=("clinic__sort_key",))
_STATUS = Column("status", _("Status"), plans.outcome_of, Kind.STATUS, sort=("request_status",))
_HOLDS = Column("first", _("Holds"), _validity, sort=("first_on",))
_FIRST = Column("first", _("Holds from"), lambda plan: plan.first_on, Kind.DATE, sort=("first_on",))
_LAST = Column("last", _("Holds to"), lambda plan: plan.last_on, Kind.DATE, sort=("last_on",))


def plan_columns(*, has_clinics: bool, in_workbook: bool) -> Sequence[Column]:
    """Return the columns; who has one clinic needs no column for it. Source: spec SC-4."""
    holds = (_FIRST, _LAST) if in_workbook else (_HOLDS,)
    return (*_OWN, *((_CLINIC,) if has_clinics else ()), _STATUS, *holds)
