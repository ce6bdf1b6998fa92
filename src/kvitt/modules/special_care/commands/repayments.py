"""Repayments of clinics with plusgiro, which no payment nets."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.models import ClaimInvoice
from kvitt.modules.special_care.queries import proposal as queries
from kvitt.modules.special_care.queries.claims import SUBJECT
from kvitt.modules.special_care.rules import proposal as rules
from kvitt.registers.access.rules import Actor


def confirm_repayment(actor: Actor, *, today: date, our_reference: int, repaid_on: date) -> None:
    """Mark a credited invoice as repaid by the clinic (*Markera som återbetald*), once it is attested.

    That settles its invoice in the ledger. One that is returned meanwhile, or undone, is not repaid.
    Raises NotAllowed, Http404, Refused. Source: spec CO-20, SC-21.
    """
    with transaction.atomic():
        found = queries.repayment(actor, our_reference)
        _check(found, today=today, repaid_on=repaid_on)
        if found.ledger_invoice_id is not None:  # every credit has one
            ledger.settle_repayment(actor, found.ledger_invoice_id, paid_on=repaid_on)
        invoice = queries.repayment(actor, our_reference, lock=True)
        _check(invoice, today=today, repaid_on=repaid_on)
        invoice.repaid_on, invoice.repaid_by = repaid_on, actor.name
        invoice.save(update_fields=["repaid_on", "repaid_by"])
        audit.record_many(
            "special_care.confirm_repayment",
            actor,
            [
                audit.Entry(
                    subject=(SUBJECT, claim.number),
                    person_ids=(claim.person_id,),
                    after={
                        "our_reference": str(our_reference),
                        "amount": -claim.total,
                        "repaid_on": repaid_on.isoformat(),
                    },
                )
                for claim in invoice.credited_claims.all()
            ],
        )


def _check(invoice: ClaimInvoice, *, today: date, repaid_on: date) -> None:
    refuse_if_any(
        rules.check_repayment(
            repaid_on=repaid_on,
            received_on=invoice.received_on,
            today=today,
            is_waiting=invoice.repaid_on is None,
        )
    )
