"""Find treatment plans: those the actor may see, one of them, and what claims may take of them."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from kvitt.foundation.values.case_numbers import complete_number
from kvitt.foundation.values.dates import Period
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import PlannedProcedure, TreatmentPlan
from kvitt.modules.special_care.rules.claim import ApprovedProcedure, PlanFacts
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

# What the requests, the documents and the log know a plan by.
MODULE = "special_care"
SUBJECT = "special_care.plan"


def plans_of(actor: Actor) -> QuerySet[TreatmentPlan]:
    """Return the plans that the actor may see. Raises NotAllowed without the permission.

    Removed ones are seen by nobody. Source: spec SC-4.
    """
    actor.require(Permission.SEE_CLAIMS)
    plans = TreatmentPlan.objects.filter(authority_id=actor.authority_id, deleted_at__isnull=True)
    return plans if actor.clinic_ids is None else plans.filter(clinic_id__in=actor.clinic_ids)


def plan(actor: Actor, number: str, *, lock: bool = False) -> TreatmentPlan:
    """Return one plan that the actor may see, locked where it is about to change. Raises Http404 else."""
    plans = plans_of(actor)
    if lock:
        plans = plans.select_for_update(no_key=True)
    else:
        plans = plans.select_related("person__merged_into", "clinic__provider")
    found = plans.filter(number=complete_number(number)).first()
    if found is None:
        raise Http404
    return found


# What claims may take ------------------------------------------------------------------------------


def approved_plans(person: Person, *, provider_id: int | None = None) -> list[TreatmentPlan]:
    """Return the plans of a person of which anything was approved, used up or not, the newest first.

    A preauthorization holds for every clinic of the care provider that asked for it; who may see it is the
    caller's to check. Source: spec SC-5.
    """
    return _approved([*people.record_ids(person)], provider_id)


def approved_plans_by_person(
    authority_id: int, person_ids: Iterable[int], *, provider_id: int | None = None
) -> dict[int, list[TreatmentPlan]]:
    """Return the plans of many persons of which anything was approved, by person."""
    found: dict[int, list[TreatmentPlan]] = {}
    for one in _approved([*person_ids], provider_id):
        if one.authority_id == authority_id:
            found.setdefault(one.person_id, []).append(one)
    return found


def valid_plans(person: Person, *, on: date, provider_id: int | None = None) -> list[TreatmentPlan]:
    """Return the preauthorizations of a person that hold on the day and are not used up, the newest first.

    Source: spec SC-5.
    """
    return [
        one
        for one in approved_plans(person, provider_id=provider_id)
        if _period(one).contains(on) and any(_is_left(procedure) for procedure in one.procedures.all())
    ]


def plan_facts(plans: Iterable[TreatmentPlan]) -> list[PlanFacts]:
    """Return plans with what claims have left of them, as the rules need it. Source: spec SC-5."""
    return [
        PlanFacts(
            number=one.number,
            support=SupportType(one.support),
            category=one.category,
            period=_period(one),
            procedures=[_approved_procedure(procedure) for procedure in _approved_of(one)],
        )
        for one in plans
    ]


def _approved(person_ids: Sequence[int], provider_id: int | None) -> list[TreatmentPlan]:
    """Return plans with their procedures; only a decision that approves something gives a validity."""
    plans = TreatmentPlan.objects.filter(
        person_id__in=person_ids, first_on__isnull=False, deleted_at__isnull=True
    )
    if provider_id is not None:
        plans = plans.filter(clinic__provider_id=provider_id)
    return list(plans.prefetch_related("procedures").order_by("-created_on", "-id"))


def _approved_of(found: TreatmentPlan) -> list[PlannedProcedure]:
    approved = [one for one in found.procedures.all() if one.approved_count]
    return sorted(approved, key=lambda one: one.pk)


def _is_left(procedure: PlannedProcedure) -> bool:
    return (procedure.approved_count or 0) > procedure.used_count and (
        procedure.approved_amount or 0
    ) > procedure.used_amount


def _approved_procedure(procedure: PlannedProcedure) -> ApprovedProcedure:
    return ApprovedProcedure(
        id=procedure.pk,
        code=procedure.code,
        text=procedure.text,
        location=procedure.location,
        count_left=(procedure.approved_count or 0) - procedure.used_count,
        amount_left=(procedure.approved_amount or 0) - procedure.used_amount,
    )


def _period(found: TreatmentPlan) -> Period:
    if found.first_on is None:  # no caller asks: these plans have a validity
        raise ValueError(found.number)
    return Period(found.first_on, found.last_on)
