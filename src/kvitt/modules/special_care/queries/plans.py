"""Find treatment plans: those the actor may see, one of them, and what claims may take of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from kvitt.foundation.values.case_numbers import complete_number
from kvitt.foundation.values.dates import Period
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import PlannedProcedure, TreatmentPlan
from kvitt.modules.special_care.queries import claims
from kvitt.modules.special_care.rules.claim import ApprovedProcedure, PlanFacts
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.lifecycle import DECIDED, SENT, RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers.access.rules import Actor, NotAllowed, Permission, ScopeKind
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

if TYPE_CHECKING:
    from kvitt.audit.commands import About

# What the requests, the documents and the log know a plan by.
MODULE = "special_care"
SUBJECT = "special_care.plan"


def plans_of(actor: Actor) -> QuerySet[TreatmentPlan]:
    """Return the plans that the actor may see. Raises NotAllowed without the permission.

    Removed ones are seen by nobody, and what a clinic has not sent is its own. Source: spec SC-4, NA-18.
    """
    plans = _plans(actor)
    if actor.scope is not ScopeKind.AUTHORITY:
        return plans
    return plans.filter(
        number__in=preauthorization.case_numbers(actor.authority_id, MODULE, [*SENT, *DECIDED])
    )


def _plans(actor: Actor) -> QuerySet[TreatmentPlan]:
    """Return the plans in the actor's reach, sent or not."""
    actor.require(Permission.SEE_CLAIMS)
    plans = TreatmentPlan.objects.filter(authority_id=actor.authority_id, deleted_at__isnull=True)
    return plans if actor.clinic_ids is None else plans.filter(clinic_id__in=actor.clinic_ids)


def plan(actor: Actor, number: str, *, lock: bool = False) -> TreatmentPlan:
    """Return one plan that the actor may see, locked where it is about to change. Raises Http404 else."""
    return _only(plans_of(actor), number, lock=lock)


def plan_to_report(actor: Actor, number: str, *, lock: bool = False) -> TreatmentPlan:
    """Return a plan of the actor's own clinic. Raises Http404 where he sees none, else NotAllowed."""
    return _own_plan(actor, number, Permission.REPORT_CLAIMS, lock=lock)


def plan_to_read(actor: Actor, number: str, *, lock: bool = False) -> TreatmentPlan:
    """Return a plan whose decision the actor may mark as read, of a closed clinic too. Raises as above."""
    return _own_plan(actor, number, Permission.CREDIT_CLAIMS, lock=lock)


def require_create(actor: Actor) -> None:
    """Raise NotAllowed unless the actor sends in for a clinic."""
    claims.reporting_clinic(actor)


def may_create(actor: Actor) -> bool:
    """Tell whether the actor may make a plan."""
    return actor.may(Permission.REPORT_CLAIMS) and actor.clinic_id is not None


def may_report(actor: Actor, found: TreatmentPlan) -> bool:
    """Tell whether the actor may change and send the plan."""
    return actor.may(Permission.REPORT_CLAIMS) and actor.clinic_id == found.clinic_id


def may_assess(actor: Actor) -> bool:
    """Tell whether the actor assesses requests."""
    return actor.may(Permission.ASSESS_REQUESTS)


def may_mark_read(actor: Actor, found: TreatmentPlan) -> bool:
    """Tell whether the actor may mark the decision about the plan as read."""
    return actor.may(Permission.CREDIT_CLAIMS) and actor.clinic_id == found.clinic_id


def about(found: TreatmentPlan) -> "About":
    """Return what every event of a plan says it is about."""
    return {"subject": (SUBJECT, found.number), "person_ids": [found.person_id]}


def patient_of(found: TreatmentPlan) -> Person:
    """Return whose plan it is: the person, or the one a merged record points at."""
    return found.person.merged_into or found.person


def procedures_of(found: TreatmentPlan, *, lock: bool = False) -> list[PlannedProcedure]:
    """Return the procedures of a plan in the order they were added, locked where they are about to change."""
    procedures = found.procedures.order_by("id")
    return list(procedures.select_for_update(no_key=True) if lock else procedures)


def request_of(found: TreatmentPlan, *, lock: bool = False) -> Preauthorization | None:
    """Return the request about a plan, None until it is sent the first time."""
    requests = preauthorization.requests_of(found.authority_id, MODULE, found.number)
    if not requests or not lock:
        return requests[0] if requests else None
    return preauthorization.request(found.authority_id, MODULE, found.number, requests[0].pk, lock=True)


def sent_request_of(found: TreatmentPlan, *, lock: bool = False) -> Preauthorization:
    """Return the request about a plan. Raises Http404 where it was never sent."""
    request = request_of(found, lock=lock)
    if request is None:
        raise Http404
    return request


def request_to_assess(
    actor: Actor, number: str, request_id: int, *, lock: bool = False
) -> tuple[TreatmentPlan, Preauthorization]:
    """Return a request that was sent, with its plan, both locked where they are about to change.

    Raises Http404 where the actor sees no such thing, NotAllowed where he does not assess.
    """
    found = _only(_plans(actor), number, lock=lock)
    actor.require(Permission.ASSESS_REQUESTS)
    request = preauthorization.request(found.authority_id, MODULE, found.number, request_id, lock=lock)
    if request.sent_on is None:
        raise Http404
    return found, request


def _only(plans: QuerySet[TreatmentPlan], number: str, *, lock: bool) -> TreatmentPlan:
    if lock:
        plans = plans.select_for_update(no_key=True)
    else:
        plans = plans.select_related("person__merged_into", "clinic__provider")
    found = plans.filter(number=complete_number(number)).first()
    if found is None:
        raise Http404
    return found


def _own_plan(actor: Actor, number: str, permission: Permission, *, lock: bool) -> TreatmentPlan:
    found = plan(actor, number, lock=lock)
    actor.require(permission)
    if actor.clinic_id is None or found.clinic_id != actor.clinic_id:
        raise NotAllowed(permission.value)
    return found


# Search -------------------------------------------------------------------------------------------


def search_plans(
    actor: Actor,
    *,
    first_on: date | None = None,
    last_on: date | None = None,
    number: str = "",
    status: str = "",
    support: str = "",
    clinic_id: int | None = None,
    is_unread: bool = False,
) -> QuerySet[TreatmentPlan]:
    """Return the actor's plans that every given filter lets through, each with the status of its request.

    Source: spec SC-4, NA-22.
    """
    plans = plans_of(actor).select_related("person__merged_into", "clinic__provider")
    if first_on:
        plans = plans.filter(created_on__gte=first_on)
    if last_on:
        plans = plans.filter(created_on__lte=last_on)
    if number.strip():
        plans = plans.filter(number__startswith=complete_number(number))
    if support:
        plans = plans.filter(support=support)
    if clinic_id:
        plans = plans.filter(clinic_id=clinic_id)
    if is_unread:
        plans = plans.filter(number__in=preauthorization.unread_case_numbers(actor, MODULE))
    if status == RequestStatus.NOT_SENT:
        sent = preauthorization.case_numbers(actor.authority_id, MODULE, [*SENT, *DECIDED])
        plans = plans.exclude(number__in=sent)
    elif status:
        numbers = preauthorization.case_numbers(actor.authority_id, MODULE, [RequestStatus(status)])
        plans = plans.filter(number__in=numbers)
    return plans.annotate(request_status=preauthorization.status_of_case(MODULE, "number"))


def status_of(found: TreatmentPlan) -> RequestStatus:
    """Return where a found plan stands."""
    return RequestStatus(getattr(found, "request_status", None) or RequestStatus.NOT_SENT)


def outcome_of(found: TreatmentPlan) -> RequestStatus | Verdict:
    """Return what was decided of a found plan in its own word, where all was decided alike; else its status.

    Source: spec SC-4, NA-21.
    """
    status = status_of(found)
    if status is not RequestStatus.DECIDED:
        return status
    return Verdict.REFUSED if found.first_on is None else Verdict.APPROVED


def unread_count(actor: Actor) -> int:
    """Return of how many plans the decision is one that nobody at the actor's clinics has marked as read.

    Source: spec SC-4, NA-22.
    """
    return plans_of(actor).filter(number__in=preauthorization.unread_case_numbers(actor, MODULE)).count()


def unread_url() -> str:
    """Return the list of the plans with an unread decision."""
    return f"{reverse('special_care:search_plans')}?is_unread=on"


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
        person_id__among=person_ids, first_on__isnull=False, deleted_at__isnull=True
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
