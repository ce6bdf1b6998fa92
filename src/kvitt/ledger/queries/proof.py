"""What breaks the invariants of the ledger, over the whole database."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from kvitt.ledger import rules
from kvitt.ledger.lifecycle import CREDITABLE_INVOICES, DEAD_INVOICES, InvoiceStatus, LineStatus, RowKind
from kvitt.ledger.models import (
    Invoice,
    InvoiceRow,
    InvoiceRunClinic,
    InvoiceStep,
    Line,
    Posting,
    VoucherSeries,
)


def breaches() -> Iterator[str]:
    """Say, one line each, what breaks the invariants of the ledger over the whole database.

    Source: spec CO-23.
    """
    yield from _wrong_totals()
    yield from _wrong_rows()
    yield from _wrong_statuses()
    yield from _wrong_vouchers()
    yield from _one_pair_of_eyes()
    yield from _wrong_runs()
    yield from _wrong_postings()


def _wrong_totals() -> Iterator[str]:
    invoices = Invoice.objects.annotate(sum=Coalesce(Sum("rows__amount"), 0)).exclude(sum=F("total"))
    for found in invoices.values("id", "total", "sum"):
        yield f"invoice {found['id']}: total {found['total']} öre, its rows sum to {found['sum']} öre"
    for found_id in Invoice.objects.filter(rows__isnull=True).values_list("id", flat=True):
        yield f"invoice {found_id}: no rows"
    is_dead = Q(invoice__status__in=list(DEAD_INVOICES))
    mixed = InvoiceRow.objects.filter((is_dead & Q(is_void=False)) | (~is_dead & Q(is_void=True)))
    for found_id in mixed.values_list("invoice_id", flat=True).distinct():
        yield f"invoice {found_id}: rows are void exactly when it is returned or recalled, but are not"


def _wrong_rows() -> Iterator[str]:
    charge, credit = Q(kind=RowKind.CHARGE), Q(kind=RowKind.CREDIT)
    wrong = InvoiceRow.objects.filter(
        (charge & ~Q(amount=F("line__amount"))) | (credit & ~Q(amount=-F("line__amount")))
    )
    for row in wrong.values("id", "line_id", "kind", "amount"):
        yield f"row {row['id']}: {row['kind']} of {row['amount']} öre does not mirror line {row['line_id']}"
    yield from _foreign_rows()
    yield from _early_credits()


def _foreign_rows() -> Iterator[str]:
    foreign = InvoiceRow.objects.exclude(
        invoice__clinic=F("line__clinic"),
        invoice__module=F("line__module"),
        invoice__authority=F("line__authority"),
    )
    for row in foreign.values("id", "line_id", "invoice_id"):
        yield f"row {row['id']}: line {row['line_id']} is not of the clinic of invoice {row['invoice_id']}"


def _early_credits() -> Iterator[str]:
    charged = InvoiceRow.objects.filter(
        line=OuterRef("line"),
        kind=RowKind.CHARGE,
        is_void=False,
        invoice__lt=OuterRef("invoice"),
        invoice__invoice_date__lte=OuterRef("invoice__invoice_date"),
        invoice__status__in=list(CREDITABLE_INVOICES),
    )
    early = InvoiceRow.objects.filter(~Exists(charged), kind=RowKind.CREDIT, is_void=False)
    for row in early.values("id", "line_id"):
        yield f"row {row['id']}: credits line {row['line_id']} without an earlier attested charge"


def _wrong_statuses() -> Iterator[str]:
    live = Q(rows__is_void=False)
    right = Q(pk__in=[])
    for status, (charged, credited) in {
        LineStatus.APPROVED: (0, 0),
        LineStatus.WITHDRAWN: (0, 0),
        LineStatus.INVOICED: (1, 0),
        LineStatus.AWAITING_CREDIT: (1, 0),
        LineStatus.CREDITED: (1, 1),
    }.items():
        right |= Q(status=status, charges=charged, credits=credited)
    lines = Line.objects.annotate(
        charges=Count("rows", filter=live & Q(rows__kind=RowKind.CHARGE)),
        credits=Count("rows", filter=live & Q(rows__kind=RowKind.CREDIT)),
    ).exclude(right)
    for line in lines.values("id", "status", "charges", "credits"):
        yield (
            f"line {line['id']}: {line['status']}, but charged {line['charges']} times "
            f"and credited {line['credits']} times"
        )
    yield from _billed_twice()


def _billed_twice() -> Iterator[str]:
    twice = (
        Line.objects.filter(replaces__isnull=False)
        .exclude(status=LineStatus.WITHDRAWN)
        .exclude(replaces__status__in=[LineStatus.AWAITING_CREDIT, LineStatus.CREDITED])
    )
    for line in twice.values("id", "replaces_id"):
        yield f"line {line['id']}: bills anew line {line['replaces_id']}, which is not credited"


def _wrong_vouchers() -> Iterator[str]:
    attested = Invoice.objects.filter(status__in=list(CREDITABLE_INVOICES))
    for found_id in attested.filter(voucher_number__isnull=True).values_list("id", flat=True):
        yield f"invoice {found_id}: attested without a voucher number"
    given = {
        (row["authority_id"], row["voucher_year"]): (row["low"], row["high"], row["count"])
        for row in Invoice.objects.filter(voucher_number__isnull=False)
        .values("authority_id", "voucher_year")
        .annotate(low=Min("voucher_number"), high=Max("voucher_number"), count=Count("id"))
        .order_by()
    }
    drawn: dict[tuple[int, int | None], int] = {
        (series.authority_id, series.year): series.last_number for series in VoucherSeries.objects.all()
    }
    for key in given.keys() | drawn.keys():
        last = drawn.get(key, 0)
        if given.get(key, (1, 0, 0)) != (1, last, last):
            authority_id, year = key
            yield f"voucher series {year} of authority {authority_id}: gaps, or more than the {last} drawn"


def _one_pair_of_eyes() -> Iterator[str]:
    attested = Invoice.objects.filter(status__in=list(CREDITABLE_INVOICES))
    alone = Q(authorised_by_id=F("reviewed_by_id")) | Q(
        authorised_by_id__isnull=True, reviewed_by_id__isnull=True
    )
    for found_id in attested.filter(alone).values_list("id", flat=True):
        yield f"invoice {found_id}: approved and attested by the same"
    noted = InvoiceStep.objects.filter(
        status=InvoiceStatus.REVIEWED, invoice=OuterRef("invoice"), user_id=OuterRef("user_id")
    )
    steps = InvoiceStep.objects.filter(Exists(noted), status=InvoiceStatus.AUTHORISED)
    for found_id in steps.values_list("invoice_id", flat=True):
        yield f"invoice {found_id}: the log of its steps has it approved and attested by the same"


def _wrong_runs() -> Iterator[str]:
    served = InvoiceRunClinic.objects.filter(invoice__isnull=False)
    # So few pairs of days that they are compared here: a day before is written otherwise in each database.
    days = served.values_list("run__due_on", "invoice__invoice_date").distinct()
    wrong_days = [Q(run__due_on=due, invoice__invoice_date=day) for due, day in days if _is_wrong(due, day)]
    wrong = ~Q(
        invoice__clinic=F("clinic"), invoice__module=F("run__module"), invoice__authority=F("run__authority")
    )
    for each in wrong_days:
        wrong |= each
    for found in served.filter(wrong).values("run_id", "invoice_id"):
        yield f"run {found['run_id']}: invoice {found['invoice_id']} is not of its clinic, scheme or month"
    of_run = InvoiceRunClinic.objects.filter(invoice=OuterRef("pk"))
    stray = Invoice.objects.filter(~Exists(of_run), module__in=rules.MONTHLY_SCHEMES)
    for found_id in stray.values_list("id", flat=True):
        yield f"invoice {found_id}: of a scheme that the calendar invoices, but of no run"


def _wrong_postings() -> Iterator[str]:
    sums = Invoice.objects.filter(postings__isnull=False).annotate(
        debit=Coalesce(Sum("postings__amount", filter=Q(postings__amount__gt=0)), 0),
        credit=Coalesce(Sum("postings__amount", filter=Q(postings__amount__lt=0)), 0),
        days=Count("postings__posted_on", distinct=True),
        last_on=Max("postings__posted_on"),
    )
    for found in sums.exclude(debit=-F("credit")).values("id", "debit", "credit"):
        yield f"invoice {found['id']}: booked {found['debit']} öre in debit, {-found['credit']} in credit"
    owed = Posting.objects.filter(invoice=OuterRef("pk"), amount=-F("invoice__total"))
    for found_id in sums.exclude(Q(total=0) | Exists(owed)).values_list("id", flat=True):
        yield f"invoice {found_id}: what is booked as owed is not its total"
    wrong_day = ~Q(days=1) | ~Q(status__in=list(CREDITABLE_INVOICES)) | ~Q(last_on__year=F("voucher_year"))
    for found_id in sums.filter(wrong_day).values_list("id", flat=True):
        yield f"invoice {found_id}: not booked on the one day of its attest"
    yield from _unbooked()


def _unbooked() -> Iterator[str]:
    """Say which attested invoices are not booked; those from before Kvitt booked any are in order."""
    has_postings = Exists(Posting.objects.filter(invoice=OuterRef("pk")))
    booked = Invoice.objects.filter(has_postings, voucher_number__isnull=False)
    years = booked.values("authority_id", "voucher_year").annotate(first=Min("voucher_number"))
    first: dict[int, tuple[int | None, int]] = {}
    for row in years.order_by("-voucher_year"):
        first[row["authority_id"]] = row["voucher_year"], row["first"]
    since = Q(pk__in=[])
    for authority_id, (year, number) in first.items():
        later = Q(voucher_year__gt=year) | Q(voucher_year=year, voucher_number__gt=number)
        since |= Q(authority=authority_id) & later
    unbooked = Invoice.objects.filter(since, postings__isnull=True).exclude(total=0)
    for found_id in unbooked.values_list("id", flat=True):
        yield f"invoice {found_id}: attested, but not booked"


def _is_wrong(due_on: date, invoice_date: date | None) -> bool:
    return invoice_date != rules.calculate_run_date(due_on)
