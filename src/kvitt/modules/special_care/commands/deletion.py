"""Delete claims that no payment proposal holds: one, or all of an invoice."""

from collections.abc import Sequence

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.commands import steps
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus, ensure_step
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimLine
from kvitt.modules.special_care.queries import claims as queries
from kvitt.modules.special_care.queries import invoices as invoice_queries
from kvitt.modules.special_care.queries import undoing
from kvitt.modules.special_care.rules import invoice as rules
from kvitt.registers.access.rules import Actor


def delete_claim(actor: Actor, *, number: str) -> None:
    """Delete a claim that was sent in (*Radera*); it stays findable, and its reference used.

    What it took of a preauthorization comes back. Raises Http404, NotAllowed, and Refused once a payment
    proposal holds it. Source: fakturaportalen, page 9; spec SC-19a, SC-20.
    """
    with transaction.atomic():
        found = queries.claim_to_report(actor, number)
        if found.invoice_id is not None:
            locked_invoice(found.invoice_id)
        ledger.hold_clinics([found.clinic_id])
        claim = queries.claim_to_report(actor, number, lock=True)
        refuse_if_any(rules.check_deletion(undoing.standing(claim)))
        _delete([claim], actor)
        audit.record(
            "special_care.delete_claim",
            actor,
            subject=(queries.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            before={"status": claim.status},
            after=_told(claim),
        )


def delete_invoice(actor: Actor, *, our_reference: int) -> int:
    """Delete every live claim of an invoice, all or none, and return how many there were.

    Raises as `delete_claim`. Source: fakturaportalen, page 9; spec SC-20.
    """
    with transaction.atomic():
        invoice = locked_invoice(invoice_queries.own_invoice(actor, our_reference).pk)
        ledger.hold_clinics([invoice.clinic_id])
        live = Claim.objects.select_for_update(no_key=True).filter(invoice=invoice, status__in=LIVE)
        claims = list(live.order_by("pk"))
        refuse_if_any(rules.check_invoice_deletion(invoice_queries.invoice_facts(invoice)))
        _delete(claims, actor)
        audit.record_many(
            "special_care.delete_invoice",
            actor,
            [
                audit.Entry(
                    subject=(queries.SUBJECT, claim.number),
                    person_ids=(claim.person_id,),
                    before={"status": claim.status},
                    after={"our_reference": invoice.our_reference, **_told(claim)},
                )
                for claim in claims
            ],
        )
    return len(claims)


def locked_invoice(invoice_id: int) -> ClaimInvoice:
    """Let nobody propose, credit or delete of an invoice until the transaction ends."""
    return ClaimInvoice.objects.select_for_update(no_key=True).get(pk=invoice_id)


def _delete(claims: Sequence[Claim], actor: Actor) -> None:
    """Take locked claims out: of the preauthorization first, then of the ledger."""
    for claim in claims:
        ensure_step(claim.status, ClaimStatus.DELETED, command="delete_claim")
    ids = [claim.pk for claim in claims]
    lines = list(ClaimLine.objects.filter(claim_id__in=ids).order_by("pk"))
    steps.give_back_to_plan(lines)
    released = {claim.pk for claim in claims if claim.status == ClaimStatus.RELEASED}
    ledger.withdraw(
        *(line.line_id for line in lines if line.claim_id in released and line.line_id is not None)
    )
    Claim.objects.filter(pk__in=ids).update(
        status=ClaimStatus.DELETED, changed_at=clock.now(), changed_by=actor.name
    )


def _told(claim: Claim) -> dict[str, object]:
    return {
        "reference": claim.reference,
        "amount": claim.total,
        "status": ClaimStatus.DELETED.value,
    }
