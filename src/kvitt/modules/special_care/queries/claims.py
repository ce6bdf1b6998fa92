"""Find claims: those the actor may see, one of them, and who sends in for which clinic."""

from django.db.models import QuerySet
from django.http import Http404

from kvitt.foundation.values.case_numbers import complete_number
from kvitt.modules.special_care.lifecycle import ClaimStatus
from kvitt.modules.special_care.models import Claim
from kvitt.registers.access.rules import Actor, NotAllowed, Permission, ScopeKind

MODULE = "special_care"
# The log names a claim by its number.
SUBJECT = "special_care.case"


def claims_of(actor: Actor) -> QuerySet[Claim]:
    """Return the claims that the actor may see. Raises NotAllowed without the permission.

    What a clinic has not sent in is its own.
    """
    actor.require(Permission.SEE_CLAIMS)
    claims = Claim.objects.filter(authority_id=actor.authority_id)
    if actor.clinic_ids is not None:
        claims = claims.filter(clinic_id__in=actor.clinic_ids)
    return claims.exclude(status=ClaimStatus.DRAFT) if actor.scope is ScopeKind.AUTHORITY else claims


def claim(actor: Actor, number: str, *, lock: bool = False) -> Claim:
    """Return one claim that the actor may see, locked where it is about to change. Raises Http404 else."""
    claims = claims_of(actor)
    if lock:
        claims = claims.select_for_update(no_key=True)
    else:
        claims = claims.select_related(
            "person__merged_into", "clinic__provider", "certificate", "plan", "invoice", "credit_invoice"
        )
    found = claims.filter(number=complete_number(number)).first()
    if found is None:
        raise Http404
    return found


def reporting_clinic(actor: Actor) -> int:
    """Return the clinic the actor sends in for. Raises NotAllowed at the authority (SC-6)."""
    return _own_clinic(actor, Permission.REPORT_CLAIMS)


def claim_to_report(actor: Actor, number: str, *, lock: bool = False) -> Claim:
    """Return a claim of the actor's own clinic. Raises Http404 where he sees none, else NotAllowed."""
    return _own_claim(actor, number, Permission.REPORT_CLAIMS, lock=lock)


def claim_to_credit(actor: Actor, number: str, *, lock: bool = False) -> Claim:
    """Return a claim of the actor's own clinic, a closed one too. Raises as `claim_to_report`."""
    return _own_claim(actor, number, Permission.CREDIT_CLAIMS, lock=lock)


def _own_clinic(actor: Actor, permission: Permission) -> int:
    actor.require(permission)
    if actor.clinic_id is None:
        raise NotAllowed(permission.value)
    return actor.clinic_id


def _own_claim(actor: Actor, number: str, permission: Permission, *, lock: bool) -> Claim:
    found = claim(actor, number, lock=lock)
    if found.clinic_id != _own_clinic(actor, permission):
        raise NotAllowed(permission.value)
    return found
