"""What a care provider made itself, and who may write for one of its clinics."""

from django.db.models import Q

from kvitt.registers.access.rules import Actor, NotAllowed, Permission, ScopeKind
from kvitt.registers.organisations.models import Clinic


def made_by(actor: Actor) -> Q:
    """Return the condition that a report or contact was made by the actor's own care provider.

    Raises NotAllowed for everybody else, the authority's users among them. Source: spec NA-5.
    """
    actor.require(Permission.SEE_REPORTS)
    if actor.scope is ScopeKind.PROVIDER:
        return Q(provider_id=actor.unit_id)
    if actor.clinic_id is None:
        raise NotAllowed(Permission.SEE_REPORTS.value)
    return Q(provider_id__in=Clinic.objects.filter(pk=actor.clinic_id).values("provider_id"))


def reporting_clinic(actor: Actor) -> int:
    """Return the clinic the actor writes for. Raises NotAllowed at provider and authority level (CO-5)."""
    actor.require(Permission.REPORT_CARE)
    if actor.clinic_id is None:
        raise NotAllowed(Permission.REPORT_CARE.value)
    return actor.clinic_id


def may_report(actor: Actor) -> bool:
    """Tell whether the actor writes for a clinic."""
    return actor.may(Permission.REPORT_CARE) and actor.clinic_id is not None
