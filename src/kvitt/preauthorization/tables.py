"""The columns of the assessor's queue."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.preauthorization import rules
from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.preauthorization.queries import parcel_status
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.preauthorization.models import Preauthorization
    from kvitt.registers.people.models import Person


def _patient(found: "Preauthorization") -> "Person":
    return found.person.merged_into or found.person


def queue_columns(*, today: date) -> tuple[Column, ...]:
    """Return the columns on a day, which decides how long the requests have waited. Source: spec NA-20."""
    return (
        Column("sent", _("Sent"), lambda found: found.sent_on, Kind.DATE, sort=("sent_on",)),
        Column(
            "age",
            _("Days waiting"),
            lambda found: rules.calculate_age(found.sent_on, today=today),
            Kind.COUNT,
        ),
        Column(
            "number",
            _("Case number"),
            lambda found: found.case_number,
            sort=("case_number",),
            lead=True,
            css="kv-nowrap",
        ),
        Column(
            "identity",
            _("Personal number"),
            lambda found: _patient(found).identity_number,
            Kind.IDENTITY,
            sort=("person__identity_number",),
        ),
        Column("name", _("Name"), lambda found: people.listed_name(_patient(found))),
        Column("clinic", _("Clinic"), lambda found: str(found.clinic), sort=("clinic__sort_key",)),
        Column("procedures", _("Procedures"), lambda found: found.procedure_count, Kind.COUNT),
        Column("parcel", _("Physical attachment"), parcel_status),
        Column(
            "status",
            _("Status"),
            lambda found: RequestStatus(found.status),
            Kind.STATUS,
            sort=("status",),
        ),
        Column("draft", _("Draft kept by"), lambda found: found.draft_by),
    )
