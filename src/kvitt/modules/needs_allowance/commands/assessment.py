"""Assess a request: decide about its procedures, keep a draft of that, ask the clinic for more."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.money import Ore
from kvitt.modules.needs_allowance.commands.case_work import approve, touch
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus, ensure_step
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.modules.needs_allowance.queries.assessment import request_to_assess
from kvitt.preauthorization import queries as preauthorization_queries
from kvitt.preauthorization.commands import requests as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.registers.access.rules import Actor
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.price_lists import queries as price_lists

# A draft is the assessor's own: the log of the case, which the clinic reads, does not tell of it.
REQUEST = "preauthorization.request"


def decide_request(
    actor: Actor,
    *,
    today: date,
    number: str,
    request_id: int,
    verdicts: Mapping[int, Verdict],
    reason: str,
    seen: str = "",
) -> RequestStatus:
    """Decide about every procedure of a waiting request at once, and return what the request became.

    An approved one goes to the ledger; a refused one is not performed and never counts. `seen` is the mark of
    what the assessor had before him. Raises Refused with every fault.
    Source: behovspeng, chapter 6; spec NA-20, NA-21.
    """
    with transaction.atomic():
        case, request = request_to_assess(actor, number, request_id, lock=True)
        preauthorization.ensure_as_seen(request, seen)
        preauthorization.decide(actor, request, verdicts=verdicts, reason=reason, today=today)
        decided = {one.key: one for one in preauthorization_queries.procedures_of(request)}
        procedures = [one for one in queries.procedures_of(case) if one.pk in decided]
        planned = {one.code for one in procedures if one.performed_on is None}
        prices = price_lists.prices_on(case.authority_id, queries.MODULE, planned, on=today)
        for procedure in procedures:
            _carry_out(procedure, Verdict(decided[procedure.pk].verdict), prices, today=today)
        touch(case, actor)
        mailing.tell_clinic(case.clinic_id, MailEvent.DECISION_MADE)
        named = {
            verdict: [one.facts().name for one in decided.values() if one.verdict == verdict]
            for verdict in Verdict
        }
        audit.record(
            "needs_allowance.decide_request",
            actor,
            **queries.about(case),
            after={
                "status": request.status,
                **{f"{verdict}_procedures": names for verdict, names in named.items() if names},
            },
        )
    return RequestStatus(request.status)


def save_draft_decision(
    actor: Actor,
    *,
    number: str,
    request_id: int,
    verdicts: Mapping[int, Verdict],
    reason: str,
    seen: str = "",
) -> None:
    """Keep what is written of a decision, for the assessors alone. Raises Refused.

    Source: spec NA-20.
    """
    with transaction.atomic():
        case, request = request_to_assess(actor, number, request_id, lock=True)
        preauthorization.ensure_as_seen(request, seen)
        preauthorization.keep_draft(actor, request, verdicts=verdicts, reason=reason)
        audit.record(
            "needs_allowance.save_draft_decision",
            actor,
            subject=(REQUEST, request.pk),
            person_ids=[case.person_id],
            after={"case_number": case.number},
        )


def ask_for_completion(
    actor: Actor,
    *,
    number: str,
    request_id: int,
    question: str,
    verdicts: Mapping[int, Verdict],
    reason: str,
    seen: str = "",
) -> None:
    """Ask the clinic for more; what is written of the decision so far is kept. Raises Refused.

    Source: spec NA-20.
    """
    with transaction.atomic():
        case, request = request_to_assess(actor, number, request_id, lock=True)
        preauthorization.ensure_as_seen(request, seen)
        if verdicts or reason.strip():
            preauthorization.keep_draft(actor, request, verdicts=verdicts, reason=reason)
        preauthorization.ask(actor, request, question=question)
        touch(case, actor)
        mailing.tell_clinic(case.clinic_id, MailEvent.COMPLETION_REQUESTED)
        audit.record(
            "needs_allowance.ask_for_completion",
            actor,
            **queries.about(case),
            after={"status": request.status},
        )


def _carry_out(procedure: Procedure, verdict: Verdict, prices: Mapping[str, Ore], *, today: date) -> None:
    """Do to a procedure what was decided about it; one that is not performed gets today's price."""
    to = ProcedureStatus(verdict.value)
    ensure_step(procedure.status, to, command="decide_request")
    if to is ProcedureStatus.APPROVED:
        if procedure.performed_on is None:
            procedure.price = prices.get(procedure.code, procedure.price)
        approve(procedure, today=today)
    else:
        procedure.status = to
        procedure.performed_on = None
        procedure.save()
