"""Propose payment: the reviewed invoices of claims become invoices of the ledger."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.models import ClaimInvoice
from kvitt.modules.special_care.queries import proposal as queries
from kvitt.modules.special_care.queries.claims import MODULE, SUBJECT
from kvitt.modules.special_care.rules import proposal as rules
from kvitt.registers.access.rules import Actor, Permission


def propose_ready(actor: Actor, today: date) -> None:
    """Propose payment of what is ready, for a payment run; of an actor who may not, or with nothing, nothing.

    What cannot be proposed by this actor, as his own claims, waits for another. Source: spec SC-19a, SC-23.
    """
    if not (actor.may(Permission.REVIEW_CLAIMS) and actor.may(Permission.REVIEW_INVOICES)):
        return
    ready = list(queries.invoices_to_propose(actor).values_list("pk", flat=True))
    if ready:
        propose_payment(actor, today=today, invoice_ids=ready)


def propose_payment(actor: Actor, *, today: date, invoice_ids: Collection[int]) -> rules.ProposalPlan:
    """Propose payment of invoices of claims (*Föreslå utbetalning*): one invoice each in the ledger.

    The proposer has approved them by that, so that another person attests. What is refused is told, and the
    others are proposed, in as many statements for many as for one. Raises NotAllowed, Refused when none is
    chosen, and Http404. Source: decision 0019; spec CO-20, SC-19a.
    """
    actor.require(Permission.REVIEW_CLAIMS)
    actor.require(Permission.REVIEW_INVOICES)
    refuse_if_any(rules.check_chosen(invoice_ids))
    with transaction.atomic():
        invoices = queries.chosen_invoices(actor, invoice_ids, lock=True)
        ledger.hold_clinics({invoice.clinic_id for invoice in invoices})
        claims = queries.released_claims(invoice_ids)
        plan = rules.plan_proposal(queries.proposal_facts(invoices, by_id=actor.user_id))
        proposed = [invoice for invoice in invoices if invoice.pk in plan.ids]
        claims = [claim for claim in claims if claim.invoice_id in plan.ids]
        rows = queries.rows_by_invoice(claims)
        due_date = queries.due_date(actor.authority_id, today)
        made = ledger.issue_reviewed_invoices(
            actor,
            [
                ledger.NewInvoice(
                    module=MODULE,
                    clinic_id=invoice.clinic_id,
                    external_reference=str(invoice.our_reference),
                    invoice_date=today,
                    due_date=due_date,
                    rows=rows.get(invoice.pk, []),
                )
                for invoice in proposed
            ],
        )
        for invoice, in_ledger in zip(proposed, made, strict=True):
            invoice.is_open, invoice.ledger_invoice = False, in_ledger
        ClaimInvoice.objects.bulk_update(proposed, ["is_open", "ledger_invoice"])
        references = {invoice.pk: str(invoice.our_reference) for invoice in proposed}
        audit.record_many(
            "special_care.propose_payment",
            actor,
            [
                audit.Entry(
                    subject=(SUBJECT, claim.number),
                    person_ids=(claim.person_id,),
                    after={"our_reference": references[claim.invoice_id or 0], "amount": claim.total},
                )
                for claim in claims
            ],
        )
    return plan
