"""Make invoices, free the lines of returned ones, and take one's own back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.foundation.values.text import search_key
from kvitt.ledger import queries, rules
from kvitt.ledger.commands import steps
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind, ensure_invoice_step
from kvitt.ledger.models import Invoice, InvoiceRow, Line
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Clinic


@dataclass(frozen=True)
class NewInvoice:
    """What an invoice is made of: its dates, its reference, and the lines to charge or credit.

    One that `is_repaid_by_clinic` is a credit that no payment nets.
    """

    module: str
    clinic_id: int
    external_reference: str
    invoice_date: date
    due_date: date
    rows: Sequence[rules.RowPlan]
    is_repaid_by_clinic: bool = False


def issue_invoice(actor: Actor, new: NewInvoice) -> Invoice:
    """Make one invoice of planned rows, in a constant number of statements per thousand lines.

    Raises Changed when a line is no longer what the plan says.
    Source: spec CO-19, CO-20, CO-24.
    """
    [invoice] = issue_invoices(actor, [new])
    return invoice


def issue_invoices(actor: Actor, wanted: Sequence[NewInvoice]) -> list[Invoice]:
    """Make invoices of planned rows, all or none, in as many statements for many as for one.

    They come in their order. Raises Changed when a line is no longer what its plan says.
    Source: spec CO-19, CO-20, CO-24, SC-19a.
    """
    clinic_ids = {new.clinic_id for new in wanted}
    steps.hold_clinics(clinic_ids)
    lines = {line.pk: line for line in steps.locked_lines(row.line_id for new in wanted for row in new.rows)}
    clinics = Clinic.objects.select_related("provider", "authority").in_bulk(clinic_ids)
    plans = [_planned(new, [lines[row.line_id] for row in new.rows]) for new in wanted]
    invoices = Invoice.objects.bulk_create(
        [
            _header(actor, new, clinics[new.clinic_id], total=rules.calculate_total(rows))
            for new, rows in zip(wanted, plans, strict=True)
        ]
    )
    InvoiceRow.objects.bulk_create(
        [
            InvoiceRow(invoice=invoice, line_id=row.line_id, kind=row.kind, amount=row.amount)
            for invoice, rows in zip(invoices, plans, strict=True)
            for row in rows
        ],
        batch_size=steps.ROWS_PER_STATEMENT,
    )
    steps.move_lines(
        invoices, RowKind.CHARGE, LineStatus.APPROVED, LineStatus.INVOICED, command="issue_invoice"
    )
    steps.move_lines(
        invoices, RowKind.CREDIT, LineStatus.AWAITING_CREDIT, LineStatus.CREDITED, command="issue_invoice"
    )
    steps.note_steps(actor, invoices, InvoiceStatus.ISSUED)
    return invoices


def _planned(new: NewInvoice, lines: Sequence[Line]) -> list[rules.RowPlan]:
    """Return the rows of locked lines, which must be those that were planned."""
    if any((line.clinic_id, line.module) != (new.clinic_id, new.module) for line in lines):
        raise steps.WrongClinic
    try:
        rows = rules.plan_rows(queries.line_facts(sorted(lines, key=_id_of)))
    except ValueError as fault:
        raise steps.Changed from fault
    if not rows or rules.calculate_fingerprint(rows) != rules.calculate_fingerprint(new.rows):
        raise steps.Changed
    return rows


def _id_of(line: Line) -> int:
    return line.pk


def _header(actor: Actor, new: NewInvoice, clinic: Clinic, *, total: Ore) -> Invoice:
    """Return an invoice without its rows, with the names of the day."""
    return Invoice(
        authority=clinic.authority,
        module=new.module,
        clinic=clinic,
        clinic_number=clinic.number,
        clinic_name=clinic.name,
        provider_number=clinic.provider.organisation_number,
        provider_name=clinic.provider.name,
        payer_name=clinic.authority.name,
        external_reference=new.external_reference,
        reference_search_key=search_key(new.external_reference)[: rules.REFERENCE_KEY_LENGTH],
        invoice_date=new.invoice_date,
        due_date=new.due_date,
        total=total,
        issued_at=clock.now(),
        issued_by_id=actor.user_id,
        payout_reference=rules.REPAYMENT if new.is_repaid_by_clinic else "",
    )


def return_invoice(invoice_id: int, to: InvoiceStatus, *, reason: str) -> None:
    """Return (*Avvisad*) or recall (*Återkallad*) an invoice: its lines are free again.

    Charged lines become approved, credited ones await credit: the only steps backwards.
    Source: spec CO-19, CO-20.
    """
    invoice = steps.locked_invoice(invoice_id)
    ensure_invoice_step(invoice.status, to, command="return_invoice")
    later = queries.live_invoices_after(invoice)
    refuse_if_any(rules.check_return(to, reason=reason, later=later))
    steps.locked_lines(list(invoice.rows.values_list("line_id", flat=True)))
    steps.move_lines(
        [invoice], RowKind.CHARGE, LineStatus.INVOICED, LineStatus.APPROVED, command="return_invoice"
    )
    steps.move_lines(
        [invoice], RowKind.CREDIT, LineStatus.CREDITED, LineStatus.AWAITING_CREDIT, command="return_invoice"
    )
    invoice.rows.update(is_void=True)
    Invoice.objects.filter(pk=invoice_id).update(status=to, return_reason=reason.strip())


def recall_invoice(actor: Actor, *, invoice_id: int) -> None:
    """Take back an invoice of one's own that nobody has reviewed yet (*Återkalla*).

    Each of its cases gets the event in its log. Raises Http404, NotAllowed, Refused.
    Source: spec CO-20.
    """
    actor.require(Permission.RECALL_INVOICES)
    with transaction.atomic():
        invoice = queries.invoice(actor, invoice_id)
        refuse_if_any(rules.check_recall(InvoiceStatus(steps.locked_invoice(invoice_id).status)))
        return_invoice(invoice_id, InvoiceStatus.RECALLED, reason="")
        steps.note_steps(actor, [invoice], InvoiceStatus.RECALLED)
        entries = steps.case_entries([invoice], told={})
        audit.record_many("ledger.recall_invoice", actor, entries)
