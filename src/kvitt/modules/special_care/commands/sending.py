"""Send a claim in: everything is checked, it gathers in its invoice, and is held or released."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import search_key
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.commands import drafts, numbers, steps
from kvitt.modules.special_care.commands.drafts import ClaimHead
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus, StepNotAllowed, SupportType, ensure_step
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimLine
from kvitt.modules.special_care.queries import certificates, claims, known, review
from kvitt.modules.special_care.rules import claim as rules
from kvitt.modules.special_care.rules import money
from kvitt.modules.special_care.rules.claim import ClaimFacts, Known
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
        gathering = _gathering(seen, head.invoice_reference, head.county)
        invoice = gathering.select_for_update(no_key=True).first()
        ledger.hold_clinics([seen.clinic_id])
        Person.objects.select_for_update(no_key=True).get(pk=known.patient_of(seen).pk)
        claim = claims.claim_to_report(actor, number, lock=True)
        if claim.status in LIVE and claim.invoice is not None:
            return Sent(claim.number, claim.invoice.our_reference, claim.status == ClaimStatus.HELD)
        ensure_step(claim.status, ClaimStatus.RELEASED, command="send_claim")
        drafts.write_head(claim, head)
        if claim.plan_id is not None:
            steps.lock_planned(claim.plan_id)
        lines, facts, around = _refreshed(claim, today=today)
        faults = rules.check_claim(facts, around)
        refuse_if_any(problem_of(fault) for fault in faults if fault.stops)
        _complete(claim, lines, facts, around)
        claim.invoice = _invoice(claim, invoice, today=today)
        reasons = review.hold_reasons(claim, today=today)
        claim.hold_reasons = [reason.value for reason in reasons]
        claim.status = ClaimStatus.HELD
        claim.sent_on = today
        claim.sent_by, claim.sent_by_id = actor.name, actor.user_id
        steps.touch(claim, actor)
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
            after={
                "invoice": claim.invoice.reference,
                "reference": claim.reference,
                "amount": claim.total,
                "status": claim.status,
            },
        )
    return Sent(
        claim.number,
        claim.invoice.our_reference,
        bool(reasons),
        [problem_of(fault) for fault in faults],
    )


def _gathering(claim: Claim, reference: str, county: str) -> QuerySet[ClaimInvoice]:
    return ClaimInvoice.objects.filter(
        clinic_id=claim.clinic_id,
        reference_key=search_key(reference),
        county=county.strip(),
        is_open=True,
    )


def _invoice(claim: Claim, locked: ClaimInvoice | None, *, today: date) -> ClaimInvoice:
    """Return the invoice that the claim gathers in, or a new one. Raises Refused where it is just closing.

    The clinic is held, so that nobody else makes one meanwhile; another claim may have made it since it was
    looked for. Whoever closes it waits for the clinic with the invoice locked, so it is never waited for.
    """
    open_ones = _gathering(claim, claim.invoice_reference, claim.county)
    now = open_ones.first()
    if now is None:
        return ClaimInvoice.objects.create(
            authority_id=claim.authority_id,
            clinic_id=claim.clinic_id,
            reference=claim.invoice_reference,
            reference_key=search_key(claim.invoice_reference),
            our_reference=numbers.next_number(claim.authority_id, "invoice"),
            county=claim.county,
            received_on=today,
        )
    is_mine = locked is not None and locked.pk == now.pk
    if not is_mine and open_ones.select_for_update(no_key=True, skip_locked=True).first() is None:
        raise StepNotAllowed("send_claim", "closing", ClaimStatus.HELD)
    return now


def _refreshed(claim: Claim, *, today: date) -> tuple[list[ClaimLine], ClaimFacts, Known]:
    """Return the lines with text and price of their treatment dates now, and what the claim is checked by."""
    lines = list(claim.lines.all())
    facts = known.facts_of(claim)
    around = known.known_of(claim.authority_id, claim.clinic, known.patient_of(claim), facts, today=today)
    for line, line_facts in zip(lines, facts.lines, strict=True):
        drafts.price_line(line, line_facts, around)
    return lines, facts, around


def _complete(claim: Claim, lines: Sequence[ClaimLine], facts: ClaimFacts, around: Known) -> None:
    """Write what follows from the lines: sum, certificate, what they take of the preauthorization."""
    claim.total = money.calculate_sum(facts, around)
    claim.fee = money.calculate_fee(facts)
    if not claim.reference:
        claim.reference = rules.calculate_reference(claim.number)
        claim.reference_key = search_key(claim.reference)
    chosen = rules.calculate_certificate(facts, around)
    claim.certificate = None
    if claim.support != SupportType.S and chosen is not None:
        found = certificates.certificates_of(known.patient_of(claim))
        claim.certificate = next(one for one in found if one.number == chosen.number)
        claim.category = chosen.category
    taken = rules.plan_use(facts, around)
    for place, line in enumerate(lines):
        line.planned_id = taken.get(place)


def _save_once(claim: Claim) -> None:
    """Save the claim; where another clinic of the care provider was faster with the reference, say so."""
    try:
        with transaction.atomic():
            claim.save()
    except IntegrityError:
        if not known.is_reference_used(claim.provider_id, claim.reference_key):
            raise
        raise Refused([problem_of(Fault("reference_used"))]) from None
