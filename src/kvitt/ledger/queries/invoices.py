"""Read invoices: those the actor may see, their rows, which of them share cases, their sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import Http404

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.text import search_key
from kvitt.ledger import rules
from kvitt.ledger.lifecycle import DEAD_INVOICES, OPEN_INVOICES, InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, InvoiceRow, Line
from kvitt.registers.access.rules import SEES_INVOICES, Actor, Permission


def invoices_of(actor: Actor) -> QuerySet[Invoice]:
    """Return the invoices the actor may see, of the modules whose invoices he handles.

    Raises NotAllowed without the permission. Source: spec CO-4, PH-1.
    """
    actor.require(Permission.SEE_INVOICES)
    invoices = Invoice.objects.filter(authority_id=actor.authority_id)
    modules = actor.modules_where(SEES_INVOICES)
    if len(modules) < len(SEES_INVOICES):
        invoices = invoices.filter(module__in=modules)
    if actor.clinic_ids is not None:
        invoices = invoices.filter(clinic_id__in=actor.clinic_ids)
    return invoices


def search_invoices(
    actor: Actor,
    *,
    first_on: date | None = None,
    last_on: date | None = None,
    status: str = "",
    reference: str = "",
    module: str = "",
    provider_number: str = "",
    clinic_id: int | None = None,
    voucher_number: int | None = None,
    to_correct: bool = False,
) -> QuerySet[Invoice]:
    """Return the actor's invoices that every given filter lets through.

    Among its own invoices a clinic finds any part of a reference; over a whole authority, where reading
    every reference would take too long, its beginning. `to_correct` keeps the returned ones of which
    something has not been invoiced again. Source: spec NA-27, CO-25.
    """
    invoices = invoices_of(actor)
    if first_on:
        invoices = invoices.filter(invoice_date__gte=first_on)
    if last_on:
        invoices = invoices.filter(invoice_date__lte=last_on)
    if status:
        invoices = invoices.filter(status_order=InvoiceStatus(status).order)
    if reference:
        how = "contains" if finds_parts(actor) else "startswith"
        invoices = invoices.filter(**{f"reference_search_key__{how}": search_key(reference)})
    if module:
        invoices = invoices.filter(module=module)
    if provider_number:
        invoices = invoices.filter(provider_number=provider_number)
    if clinic_id:
        invoices = invoices.filter(clinic_id=clinic_id)
    if voucher_number is not None:
        invoices = invoices.filter(voucher_number=voucher_number)
    if to_correct:
        free = InvoiceRow.objects.filter(
            invoice=OuterRef("pk"), line__status__in=[LineStatus.APPROVED, LineStatus.AWAITING_CREDIT]
        )
        invoices = invoices.filter(Exists(free), status_order=InvoiceStatus.RETURNED.order)
    return invoices


def finds_parts(actor: Actor) -> bool:
    """Tell whether the actor finds any part of a reference, or only its beginning."""
    return actor.clinic_ids is not None


def invoice(actor: Actor, invoice_id: int) -> Invoice:
    """Return one invoice the actor may see. Raises Http404 for any other."""
    found = invoices_of(actor).filter(id=invoice_id).first()
    if found is None:
        raise Http404
    return found


def may_recall(actor: Actor, invoice: Invoice) -> bool:
    """Tell whether the actor may take the invoice back now."""
    is_waiting = not rules.check_recall(InvoiceStatus(invoice.status))
    return is_waiting and actor.may(Permission.RECALL_INVOICES)


def sees_payment(actor: Actor, invoice: Invoice) -> bool:
    """Tell whether the actor may see what pays the invoice in a payment run; a clinic once it is decided."""
    is_in_run = invoice.payout_reference not in {"", rules.REPAYMENT}
    is_decided = invoice.status in {InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT}
    return is_in_run and actor.may(Permission.SEE_PAYMENTS) and (is_decided or actor.clinic_ids is None)


def sums_of_invoices(invoice_ids: Iterable[int]) -> dict[tuple[int, str, int | None], Ore]:
    """Return the sum (öre) on each invoice of each case and its person."""
    names = ("invoice_id", "line__case_number", "line__person_id")
    rows = InvoiceRow.objects.filter(invoice_id__in=list(invoice_ids)).values(*names)
    return {
        (row["invoice_id"], row["line__case_number"], row["line__person_id"]): row["sum"]
        for row in rows.annotate(sum=Sum("amount")).order_by(*names)
    }


def invoice_rows(invoice: Invoice) -> QuerySet[InvoiceRow]:
    """Return the rows of an invoice with their lines and persons, voided ones too."""
    return InvoiceRow.objects.filter(invoice=invoice).select_related("line", "line__person")


def has_persons(invoice: Invoice) -> bool:
    """Tell whether any row of the invoice is about a person; those of counted participants are not."""
    return InvoiceRow.objects.filter(invoice=invoice, line__person__isnull=False).exists()


def invoice_facts(invoice: Invoice) -> rules.InvoiceFacts:
    """Return what the rules need of an invoice."""
    return rules.InvoiceFacts(
        id=invoice.id,
        reference=invoice.external_reference,
        status=InvoiceStatus(invoice.status),
        total=invoice.total,
        reviewed_by_id=invoice.reviewed_by_id,
        payout_reference=invoice.payout_reference,
    )


def unattested_before_each(invoices: Sequence[Invoice]) -> dict[int, list[rules.InvoiceFacts]]:
    """Return for each of an authority's invoices the earlier ones of its cases that wait for their attest."""
    chosen = InvoiceRow.objects.filter(invoice__in=invoices)
    in_cases = chosen.values_list("invoice_id", "line__module", "line__case_number").distinct()
    waiting = Invoice.objects.filter(
        authority_id__in={invoice.authority_id for invoice in invoices},
        status_order__in=[InvoiceStatus.ISSUED.order, InvoiceStatus.REVIEWED.order],
    )
    rows = InvoiceRow.objects.filter(
        invoice__in=waiting,
        line__authority_id__in={invoice.authority_id for invoice in invoices},
        line__module__in={invoice.module for invoice in invoices},
        line__case_number__in=chosen.values("line__case_number"),
    )
    holding: dict[tuple[str, str], set[int]] = {}
    for invoice_id, *case in rows.values_list("invoice_id", "line__module", "line__case_number").distinct():
        holding.setdefault((case[0], case[1]), set()).add(invoice_id)
    found = {each.pk: invoice_facts(each) for each in waiting.filter(pk__in=set().union(*holding.values()))}
    earlier: dict[int, set[int]] = {invoice.pk: set() for invoice in invoices}
    for invoice_id, *case in in_cases:
        held = holding.get((case[0], case[1]), set())
        earlier[invoice_id] |= {other for other in held if other < invoice_id}
    return {pk: [found[other] for other in sorted(others)] for pk, others in earlier.items()}


def live_invoices_after(invoice: Invoice) -> list[rules.InvoiceFacts]:
    """Return the later invoices with lines of the same cases that are neither returned nor recalled."""
    return _sharing_cases(
        invoice, Invoice.objects.filter(pk__gt=invoice.pk).exclude(status__in=list(DEAD_INVOICES))
    )


def _sharing_cases(invoice: Invoice, others: QuerySet[Invoice]) -> list[rules.InvoiceFacts]:
    cases = Line.objects.filter(rows__invoice=invoice).values("case_number")
    lines = Line.objects.filter(
        authority_id=invoice.authority_id, module=invoice.module, case_number__in=cases
    )
    invoices = InvoiceRow.objects.filter(line__in=lines).values("invoice_id")
    return [invoice_facts(other) for other in others.filter(pk__in=invoices).order_by("pk")]


def invoiced_per_month(actor: Actor, *, first_on: date, last_on: date) -> dict[date, Ore]:
    """Return the sum of live invoices by the first day of the month of their date."""
    sums = (
        invoices_of(actor)
        .filter(invoice_date__gte=first_on, invoice_date__lte=last_on)
        .exclude(status__in=list(DEAD_INVOICES))
        .annotate(month=TruncMonth("invoice_date"))
        .values("month")
        .annotate(sum=Sum("total"))
        .order_by("month")
    )
    return {row["month"]: row["sum"] for row in sums}


@dataclass(frozen=True)
class StatusSum:
    """How many invoices stand in a status, and their sum in öre."""

    count: int
    total: Ore


def invoices_by_status(actor: Actor) -> dict[InvoiceStatus, StatusSum]:
    """Return the count and sum of the actor's invoices in each status that is not the last."""
    rows = (
        invoices_of(actor)
        .filter(status_order__in=[status.order for status in OPEN_INVOICES])
        .values("status")
        .annotate(count=Count("id"), sum=Sum("total"))
        .order_by()
    )
    return {InvoiceStatus(row["status"]): StatusSum(row["count"], row["sum"]) for row in rows}


def paid_out(actor: Actor, module: str, *, first_on: date, last_on: date) -> StatusSum:
    """Return how much of a module was paid out to the actor's clinics in a period."""
    invoices = Invoice.objects.filter(
        authority_id=actor.authority_id, module=module, paid_on__gte=first_on, paid_on__lte=last_on
    )
    if actor.clinic_ids is not None:
        invoices = invoices.filter(clinic_id__in=actor.clinic_ids)
    sums = invoices.aggregate(count=Count("pk"), sum=Sum("total"))
    return StatusSum(sums["count"], sums["sum"] or 0)
