"""Read lines: as facts for the rules, what waits, what has been invoiced."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from kvitt.foundation.values.money import Ore
from kvitt.ledger import rules
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind
from kvitt.ledger.models import InvoiceRow, Line
from kvitt.ledger.queries.invoices import invoice_facts
from kvitt.registers.access.rules import SEES_INVOICES, Actor, Permission


@dataclass(frozen=True)
class WaitingSums:
    """What could be invoiced now: a sum (öre), the cases where it is above zero, and lines to credit."""

    amount: Ore
    cases: int
    credits: int


def line_facts(lines: Iterable[Line]) -> list[rules.LineFacts]:
    """Return what the rules need of the lines."""
    return [
        rules.LineFacts(
            id=line.id,
            case_number=line.case_number,
            status=LineStatus(line.status),
            amount=line.amount,
            performed_on=line.performed_on,
        )
        for line in lines
    ]


def waiting_lines(clinic_ids: Iterable[int], module: str) -> QuerySet[Line]:
    """Return the clinics' lines that could stand on their next invoices: performed ones, and credits."""
    return Line.objects.filter(
        Q(status=LineStatus.APPROVED, performed_on__isnull=False) | Q(status=LineStatus.AWAITING_CREDIT),
        clinic_id__in=list(clinic_ids),
        module=module,
    )


def waiting_sums(actor: Actor, module: str) -> WaitingSums:
    """Return what the actor's clinics could put on their next invoices, summed up by the database."""
    approved = Q(status=LineStatus.APPROVED, performed_on__isnull=False)
    credit = Q(status=LineStatus.AWAITING_CREDIT)
    lines = Line.objects.filter(approved | credit, authority_id=actor.authority_id, module=module)
    if actor.clinic_ids is not None:
        lines = lines.filter(clinic_id__in=actor.clinic_ids)
    cases = lines.values("case_number").annotate(
        approved_sum=Sum("amount", filter=approved), credit_count=Count("pk", filter=credit)
    )
    above = Q(approved_sum__gt=0)
    sums = cases.order_by().aggregate(
        amount=Sum("approved_sum", filter=above),
        cases=Count("case_number", filter=above),
        credits=Sum("credit_count"),
    )
    return WaitingSums(sums["amount"] or 0, sums["cases"], sums["credits"] or 0)


def has_been_invoiced(line_id: int) -> bool:
    """Tell whether the line has ever stood on an invoice, returned or not: then it is frozen."""
    return InvoiceRow.objects.filter(line_id=line_id).exists()


def invoiced_line_ids(line_ids: Iterable[int]) -> set[int]:
    """Return which of the lines have ever stood on an invoice."""
    rows = InvoiceRow.objects.filter(line_id__in=list(line_ids))
    return set(rows.values_list("line_id", flat=True))


def charging_statuses(line_ids: Iterable[int]) -> dict[int, InvoiceStatus]:
    """Return the status of the live invoice that charges each of the lines, where one does."""
    rows = InvoiceRow.objects.filter(line_id__in=list(line_ids), kind=RowKind.CHARGE, is_void=False)
    return {
        line_id: InvoiceStatus(status) for line_id, status in rows.values_list("line_id", "invoice__status")
    }


def charging_invoices(line_ids: Iterable[int]) -> dict[int, rules.InvoiceFacts]:
    """Return the live invoice that charges each of the lines, where one does."""
    rows = InvoiceRow.objects.filter(line_id__in=list(line_ids), kind=RowKind.CHARGE, is_void=False)
    return {row.line_id: invoice_facts(row.invoice) for row in rows.select_related("invoice")}


def replaced_line_ids(line_ids: Iterable[int]) -> set[int]:
    """Return which of the lines another line bills anew."""
    copies = Line.objects.filter(replaces_id__in=list(line_ids)).exclude(status=LineStatus.WITHDRAWN)
    return set(copies.values_list("replaces_id", flat=True))


@dataclass(frozen=True)
class StatusCount:
    """How many lines of a case stand in a status, and their sum in öre."""

    status: LineStatus
    count: int
    amount: Ore


def lines_of_case(authority_id: int, module: str, case_number: str) -> QuerySet[Line]:
    """Return the lines of a case with their persons, as they were entered, removed ones too."""
    lines = Line.objects.filter(authority_id=authority_id, module=module, case_number=case_number)
    return lines.select_related("person__merged_into").order_by("pk")


def lines_of_module(module: str) -> QuerySet[Line]:
    """Return every line of a module, of all authorities: for proofs over the whole database."""
    return Line.objects.filter(module=module)


def live_rows_of_module(module: str) -> QuerySet[InvoiceRow]:
    """Return what a module's live invoices hold, of all authorities: for proofs over the whole database."""
    return InvoiceRow.objects.filter(line__module=module, is_void=False)


def case_numbers_with(actor: Actor, module: str, status: LineStatus) -> QuerySet[Line, str]:
    """Return the numbers of the actor's cases with a line of the status, for the filter of a search."""
    lines = Line.objects.filter(authority_id=actor.authority_id, module=module, status=status)
    if actor.clinic_ids is not None:
        lines = lines.filter(clinic_id__in=actor.clinic_ids)
    return lines.values_list("case_number", flat=True)


def counts_by_status(
    authority_id: int, module: str, case_numbers: Sequence[str]
) -> dict[str, list[StatusCount]]:
    """Return for each of the cases how many lines stand in which status, in the order of a line's life."""
    lines = Line.objects.filter(authority_id=authority_id, module=module, case_number__in=case_numbers)
    counted = lines.order_by().values("case_number", "status").annotate(count=Count("pk"), sum=Sum("amount"))
    found: dict[str, list[StatusCount]] = {}
    for row in counted:
        one = StatusCount(LineStatus(row["status"]), row["count"], row["sum"])
        found.setdefault(row["case_number"], []).append(one)
    order = list(LineStatus)
    return {
        number: sorted(counts, key=lambda one: order.index(one.status)) for number, counts in found.items()
    }


@dataclass(frozen=True)
class LineInvoice:
    """An invoice that holds a line; `url` is empty for those who may not see it."""

    reference: str
    url: str
    is_credit: bool
    status: InvoiceStatus


def invoices_of_case(actor: Actor, module: str, case_number: str) -> dict[int, list[LineInvoice]]:
    """Return by line the live invoices that hold the lines of a case: charged first, then credited."""
    rows = InvoiceRow.objects.filter(
        is_void=False,
        line__authority_id=actor.authority_id,
        line__module=module,
        line__case_number=case_number,
    )
    may_see = actor.may(Permission.SEE_INVOICES) and actor.may(SEES_INVOICES[module])
    found: dict[int, list[LineInvoice]] = {}
    for row in rows.select_related("invoice").order_by("pk"):
        is_seen = may_see and actor.sees_clinic(row.invoice.clinic_id)
        url = reverse("ledger:invoice", args=[row.invoice_id]) if is_seen else ""
        invoice = LineInvoice(
            reference=row.invoice.external_reference,
            url=url,
            is_credit=row.kind == RowKind.CREDIT,
            status=InvoiceStatus(row.invoice.status),
        )
        found.setdefault(row.line_id, []).append(invoice)
    return found


@dataclass(frozen=True)
class CaseIssue:
    """What of a case an invoice charged, or took back, when it was made; `amount` in öre."""

    reference: str
    at: datetime
    is_credit: bool
    count: int
    amount: Ore


def issues_of_case(authority_id: int, module: str, case_number: str) -> list[CaseIssue]:
    """Return what every invoice of a case was made with, returned ones too, in the order they were made."""
    rows = InvoiceRow.objects.filter(
        line__authority_id=authority_id, line__module=module, line__case_number=case_number
    ).values("invoice_id", "kind", "invoice__external_reference", "invoice__issued_at")
    return [
        CaseIssue(
            reference=row["invoice__external_reference"],
            at=row["invoice__issued_at"],
            is_credit=row["kind"] == RowKind.CREDIT,
            count=row["count"],
            amount=row["sum"],
        )
        for row in rows.annotate(count=Count("pk"), sum=Sum("amount")).order_by("invoice_id", "kind")
    ]


def case_url(line: Line) -> str:
    """Return the address of the line's case: every module has a URL named `<module>:case`."""
    return reverse(f"{line.module}:case", args=[line.case_number])
