"""Make the invoices of needs allowance."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger import commands as ledger
from kvitt.modules.needs_allowance.models import Case
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.modules.needs_allowance.queries import invoicing
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations import queries as organisations


def create_invoice(actor: Actor, *, today: date, reference: str, fingerprint: str) -> list[int]:
    """Make the invoices whose basis was shown, one per clinic, and return their ids.

    Raises Refused outside the invoicing period or without anything to invoice, and ledger.Changed when
    the basis is no longer the one with this fingerprint.
    Source: behovspeng, chapter 8.1; spec NA-24, NA-25, NA-26.
    """
    actor.require(Permission.CREATE_INVOICES)
    refuse_if_any(invoicing.problems(actor, today=today, reference=reference))
    reference = reference.strip()
    with transaction.atomic():
        # Other invoices of the clinics, and reporting in their cases, wait until these stand; and the other
        # way round.
        ledger.hold_clinics(clinic.pk for clinic in organisations.clinics_of(actor))
        wanted = invoicing.invoice_basis(actor, reference=reference, today=today)
        numbers = {line.case_number for clinic in wanted.clinics for line in clinic.lines}
        cases = Case.objects.select_for_update(no_key=True).filter(
            authority_id=actor.authority_id, number__in=numbers
        )
        list(cases.order_by("pk").values_list("pk"))
        basis = invoicing.invoice_basis(actor, reference=reference, today=today)
        if basis.fingerprint != fingerprint:
            raise ledger.Changed
        if not basis.clinics:
            raise Refused([NOTHING_TO_INVOICE])
        invoices = []
        for clinic in basis.clinics:
            new = ledger.NewInvoice(
                module=queries.MODULE,
                clinic_id=clinic.clinic.pk,
                external_reference=clinic.reference,
                invoice_date=basis.invoice_date,
                due_date=basis.due_date,
                rows=clinic.rows,
            )
            invoices.append(ledger.issue_invoice(actor, new).pk)
        _record_invoicing(actor, basis)
    return invoices


NOTHING_TO_INVOICE = Problem(
    "nothing_to_invoice",
    _("There is nothing to invoice: no case is above its deductible, and nothing waits to be credited."),
)


def _record_invoicing(actor: Actor, basis: invoicing.InvoiceBasis) -> None:
    """Write one event per case, so that each case's log tells on which invoice it went."""
    sums: dict[tuple[str, str], Ore] = {}
    for clinic in basis.clinics:
        for line in clinic.lines:
            key = (line.case_number, clinic.reference)
            sums[key] = sums.get(key, 0) + line.amount
    patients = dict(
        Case.objects.filter(
            authority_id=actor.authority_id, number__in={number for number, _reference in sums}
        ).values_list("number", "person_id")
    )
    audit.record_many(
        "needs_allowance.create_invoice",
        actor,
        [
            audit.Entry(
                subject=(queries.SUBJECT, number),
                person_ids=(patients[number],),
                after={"invoice": reference, "amount": amount},
            )
            for (number, reference), amount in sums.items()
        ],
    )
