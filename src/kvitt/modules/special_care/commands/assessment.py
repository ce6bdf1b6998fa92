"""Assess a plan: decide about its procedures, keep a draft of that, ask the clinic for more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.modules.special_care.queries import plans as queries
from kvitt.preauthorization import queries as preauthorization_queries
from kvitt.preauthorization.commands import requests as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.rules import Grant, Validity
from kvitt.registers.access.rules import Actor
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import TreatmentPlan
    from kvitt.preauthorization.models import Preauthorization

# A draft is the assessor's own: the log of the plan, which the clinic reads, does not tell of it.
REQUEST = "preauthorization.request"


@dataclass(frozen=True)
class Assessment:
    """What the assessor has written: about each procedure by its id, why, and from when to when it holds."""

    verdicts: Mapping[int, Verdict]
    reason: str
    grants: Mapping[int, Grant]
    validity: Validity


def decide_request(
    actor: Actor, *, today: date, number: str, request_id: int, assessment: Assessment, seen: str = ""
) -> RequestStatus:
    """Decide about every procedure of a waiting plan at once, and return what the request became.

    What is approved of it can be claimed while the decision holds. `seen` is the mark of what the assessor
    had before him. Raises Refused with every fault.
    Source: behovspeng, chapter 6; spec SC-4, SC-5, NA-20, NA-21.
    """
    with transaction.atomic():
        plan, request = queries.request_to_assess(actor, number, request_id, lock=True)
        planned = {one.pk: one for one in queries.procedures_of(plan, lock=True)}
        preauthorization.ensure_as_seen(request, seen)
        preauthorization.decide(
            actor,
            request,
            verdicts=assessment.verdicts,
            reason=assessment.reason,
            today=today,
            grants=assessment.grants,
            validity=assessment.validity,
        )
        decided = preauthorization_queries.procedures_of(request)
        for one in decided:
            procedure = planned[one.key]
            procedure.approved_count, procedure.approved_amount = one.approved_count, one.approved_amount
            procedure.save()
        if any(one.verdict == Verdict.APPROVED for one in decided):
            plan.first_on, plan.last_on = assessment.validity.first_on, assessment.validity.last_on
        _touch(plan, actor)
        mailing.tell_clinic(plan.clinic_id, MailEvent.DECISION_MADE)
        named = {
            verdict: [one.facts().name for one in decided if one.verdict == verdict] for verdict in Verdict
        }
        audit.record(
            "special_care.decide_request",
            actor,
            **queries.about(plan),
            after={
                "status": request.status,
                **{f"{verdict}_procedures": names for verdict, names in named.items() if names},
                **({"validity": f"{plan.first_on} - {plan.last_on}"} if plan.first_on else {}),
            },
        )
    return RequestStatus(request.status)


def save_draft_decision(
    actor: Actor, *, number: str, request_id: int, assessment: Assessment, seen: str = ""
) -> None:
    """Keep what is written of a decision, for the assessors alone. Raises Refused.

    Source: spec SC-4, NA-20.
    """
    with transaction.atomic():
        plan, request = queries.request_to_assess(actor, number, request_id, lock=True)
        preauthorization.ensure_as_seen(request, seen)
        _keep(actor, request, assessment)
        audit.record(
            "special_care.save_draft_decision",
            actor,
            subject=(REQUEST, request.pk),
            person_ids=[plan.person_id],
            after={"case_number": plan.number},
        )


def ask_for_completion(
    actor: Actor, *, number: str, request_id: int, question: str, assessment: Assessment, seen: str = ""
) -> None:
    """Ask the clinic for more; what is written of the decision so far is kept. Raises Refused.

    Source: spec SC-4, NA-20.
    """
    with transaction.atomic():
        plan, request = queries.request_to_assess(actor, number, request_id, lock=True)
        preauthorization.ensure_as_seen(request, seen)
        if assessment.verdicts or assessment.reason.strip():
            _keep(actor, request, assessment)
        preauthorization.ask(actor, request, question=question)
        _touch(plan, actor)
        mailing.tell_clinic(plan.clinic_id, MailEvent.COMPLETION_REQUESTED)
        audit.record(
            "special_care.ask_for_completion",
            actor,
            **queries.about(plan),
            after={"status": request.status},
        )


def _keep(actor: Actor, request: "Preauthorization", assessment: Assessment) -> None:
    preauthorization.keep_draft(
        actor,
        request,
        verdicts=assessment.verdicts,
        reason=assessment.reason,
        grants=assessment.grants,
        validity=assessment.validity,
    )


def _touch(plan: "TreatmentPlan", actor: Actor) -> None:
    plan.changed_at, plan.changed_by = clock.now(), actor.name
    plan.save()
