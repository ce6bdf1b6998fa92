"""What breaks the agreement of invoices to clients with the months and batches they are of."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum

from kvitt.modules.care_fees.lifecycle import InvoiceState, MonthStatus
from kvitt.modules.care_fees.models import ClientMonth, ClientNumberSeries, FeeInvoice, FeeLine, InvoiceBatch
from kvitt.modules.care_fees.rules import invoices as rules

_ROWS = 2_000


def breaches() -> Iterator[str]:
    """Say, one line each, what invoices, their numbers, months and batches do not agree about.

    Source: spec CF-28, CF-29, QU-14.
    """
    yield from _wrong_numbers()
    yield from _wrong_references()
    yield from _wrong_amounts()
    yield from _wrong_vat()
    yield from _wrong_months()
    yield from _wrong_batches()


def _wrong_numbers() -> Iterator[str]:
    """The numbers of an authority are 1, 2, 3 and so on to the last one given."""
    found = FeeInvoice.objects.order_by().values("authority_id")
    counted = {
        row["authority_id"]: row
        for row in found.annotate(first=Min("number"), last=Max("number"), count=Count("pk"))
    }
    series = dict(ClientNumberSeries.objects.values_list("authority_id", "last_invoice"))
    for authority_id, row in sorted(counted.items()):
        if (row["first"], row["last"]) != (1, row["count"]) or row["last"] != series.get(authority_id):
            yield f"authority {authority_id}: the numbers of its invoices have a gap"
    for authority_id, last in sorted(series.items()):
        if last and authority_id not in counted:
            yield f"authority {authority_id}: {last} numbers of invoices are given, and there is no invoice"


def _wrong_references() -> Iterator[str]:
    """The reference is that of the number."""
    for number, reference in FeeInvoice.objects.values_list("number", "reference").iterator(_ROWS):
        if reference != rules.make_reference(number):
            yield f"invoice {number}: its reference is not that of its number"


def _wrong_amounts() -> Iterator[str]:
    """An invoice is what the month comes to but for what it carries on."""
    of_month = F("client_month__total") - F("client_month__carried_amount")
    for number in _numbers(FeeInvoice.objects.exclude(total=of_month)):
        yield f"invoice {number}: its total differs from its month"
    days = Q(invoice_date=F("batch__invoice_date"), due_date=F("batch__due_date"))
    for number in _numbers(FeeInvoice.objects.exclude(days)):
        yield f"invoice {number}: its days differ from those of its batch"
    for number in _numbers(FeeInvoice.objects.exclude(authority=F("client_month__client__authority"))):
        yield f"invoice {number}: is of another authority than its client"


def _wrong_vat() -> Iterator[str]:
    """The VAT of an invoice is that of its lines, once for each rate."""
    taxed = FeeLine.objects.filter(vat_percent__gt=0, client_month__invoice__isnull=False).order_by()
    by_rate = taxed.values_list("client_month__invoice", "vat_percent").annotate(sum=Sum("amount"))
    sums: dict[int, int] = {}
    for invoice_id, percent, amount in by_rate.iterator(_ROWS):
        sums[invoice_id] = sums.get(invoice_id, 0) + rules.calculate_vat(amount, percent)
    suspects = FeeInvoice.objects.filter(~Q(vat_amount=0) | Q(pk__among=list(sums)))
    for invoice_id, number, vat_amount in suspects.order_by("pk").values_list("pk", "number", "vat_amount"):
        if vat_amount != sums.get(invoice_id, 0):
            yield f"invoice {number}: its VAT differs from its lines"


def _wrong_months() -> Iterator[str]:
    """Of an approved month is an invoice that stands, at most; of a voided one a voided invoice."""
    stands = Q(client_month__status=MonthStatus.APPROVED, client_month__is_invoiced=True)
    stands &= ~Q(state=InvoiceState.VOIDED)
    is_void = Q(client_month__status=MonthStatus.VOIDED, state=InvoiceState.VOIDED)
    for number in _numbers(FeeInvoice.objects.exclude(stands | is_void)):
        yield f"invoice {number}: its state differs from that of its month"
    invoiced = FeeInvoice.objects.filter(client_month=OuterRef("pk"))
    alone = ClientMonth.objects.filter(is_invoiced=True).exclude(Exists(invoiced))
    for month_id in alone.order_by("pk").values_list("pk", flat=True):
        yield f"month {month_id}: is said to be invoiced, and has no invoice"


def _wrong_batches() -> Iterator[str]:
    """What a sent batch holds is sent or voided, what another holds is not sent."""
    is_sent = Q(batch__sent_at__isnull=False)
    wrong = (is_sent & Q(state=InvoiceState.ISSUED)) | (~is_sent & Q(state=InvoiceState.SENT))
    for number in _numbers(FeeInvoice.objects.filter(wrong)):
        yield f"invoice {number}: its state differs from that of its batch"
    later = FeeInvoice.objects.filter(client_month__month__gt=F("batch__month"))
    for number in _numbers(later):
        yield f"invoice {number}: is of a later month than its batch"
    empty = InvoiceBatch.objects.filter(sent_at__isnull=False, finished_at__isnull=True)
    for number in empty.order_by("pk").values_list("number", flat=True):
        yield f"batch {number}: is sent before it was finished"


def _numbers(found: QuerySet[FeeInvoice]) -> QuerySet[FeeInvoice, int]:
    return found.order_by("pk").values_list("number", flat=True)
