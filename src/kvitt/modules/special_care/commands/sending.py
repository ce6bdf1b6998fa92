"""Send a claim in: everything is checked, it gathers in its invoice, and is held or released."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import search_key
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.commands import drafts, gathering, steps
from kvitt.modules.special_care.commands.drafts import ClaimHead
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus, ensure_step
from kvitt.modules.special_care.models import Claim, ClaimLine
from kvitt.modules.special_care.queries import claims, known, review, undoing
from kvitt.modules.special_care.queries.known import Around
from kvitt.modules.special_care.rules import claim as rules
from kvitt.modules.special_care.rules import invoice as invoice_rules
from kvitt.modules.special_care.rules.claim import ClaimFacts
from kvitt.modules.special_care.rules.faults import Fault, problem_of
from kvitt.registers.access.rules import Actor
from kvitt.registers.people.models import Person


@dataclass(frozen=True)
class Sent:
    """What became of a claim that was sent in; `warnings` are what it was sent in in spite of."""

    number: str
    our_reference: int
    is_held: bool
    warnings: Sequence[Problem] = ()


def send_claim(actor: Actor, *, today: date, number: str, head: ClaimHead) -> Sent:
    """Send a claim in (*Skicka in tandvårdsräkning*), once however often it is asked for.

    Prices are those of the treatment dates now. Raises Refused with every fault.
    Source: fakturaportalen, pages 3-5; spec SC-8, SC-11, SC-19a.
    """
    with transaction.atomic():
        seen = claims.claim_to_report(actor, number)
        key = gathering.key_of(seen.clinic_id, head.invoice_reference, head.county)
        locked = gathering.lock_open([key])
        ledger.hold_clinics([seen.clinic_id])
        Person.objects.select_for_update(no_key=True).get(pk=known.patient_of(seen).pk)
        _lock_replaced(seen)
        claim = claims.claim_to_report(actor, number, lock=True)
        if claim.status in LIVE and claim.invoice is not None:
            return Sent(claim.number, claim.invoice.our_reference, claim.status == ClaimStatus.HELD)
        ensure_step(claim.status, ClaimStatus.RELEASED, command="send_claim")
        refuse_if_any(invoice_rules.check_replaced(undoing.uncredited_before(claim)))
        drafts.write_head(claim, head)
        if claim.plan_id is not None:
            steps.lock_planned([claim.plan_id])
        lines, facts, around = _refreshed(claim, today=today)
        faults = rules.check_claim(facts, around.known)
        refuse_if_any(problem_of(fault) for fault in faults if fault.stops)
        if not claim.reference:
            claim.reference = known.proposed_reference(claim)
            claim.reference_key = search_key(claim.reference)
        steps.complete(claim, lines, facts, around, taken=rules.plan_use(facts, around.known))
        invoices = gathering.gather(claim.authority_id, {key: claim.invoice_reference}, locked, today=today)
        claim.invoice = invoices[key]
        reasons = review.hold_reasons(claim, today=today)
        steps.hold(claim, reasons, actor, today=today)
        _save_once(claim)
        ClaimLine.objects.bulk_update(lines, ["text", "price", "planned"])
        steps.take_of_plan(lines)
        if not reasons:
            steps.release(claim, lines, today=today)
        audit.record(
            "special_care.send_claim",
            actor,
            subject=(claims.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            after=steps.told(claim),
        )
    return Sent(
        claim.number,
        claim.invoice.our_reference,
        bool(reasons),
        [problem_of(fault) for fault in faults],
    )


def _lock_replaced(claim: Claim) -> None:
    """Let nobody undo the credit of a claim that this one is made instead of; they are older than it is."""
    ids, before = [], claim.replaces
    while before is not None:
        ids.append(before.pk)
        before = before.replaces
    list(Claim.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _refreshed(claim: Claim, *, today: date) -> tuple[list[ClaimLine], ClaimFacts, Around]:
    """Return the lines with text and price of their treatment dates now, and what the claim is checked by."""
    lines = list(claim.lines.all())
    facts = known.facts_of(claim)
    around = known.around(claim.authority_id, claim.clinic, known.patient_of(claim), facts, today=today)
    for line, line_facts in zip(lines, facts.lines, strict=True):
        steps.price_line(line, line_facts, around.known)
    return lines, facts, around


def _save_once(claim: Claim) -> None:
    """Save the claim; where another clinic of the care provider was faster with the reference, say so."""
    try:
        with transaction.atomic():
            claim.save()
    except IntegrityError:
        if not known.is_reference_used(claim.provider_id, claim.reference_key):
            raise
        raise Refused([problem_of(Fault("reference_used"))]) from None
