"""What breaks the agreement of payment runs, payments and the ledger, over the whole database."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.settlement.lifecycle import OPEN_PAYMENTS, PaymentStatus, RunStatus
from kvitt.settlement.models import Netting, OutgoingFile, Payment, PaymentRun, SettledInvoice
from kvitt.settlement.queries import vouchers
from kvitt.settlement.rules import runs as rules


def breaches() -> Iterator[str]:
    """Say, one line each, what payment runs, their payments, their files and the ledger do not agree about.

    Source: spec CO-23, SC-23.
    """
    yield from _wrong_numbers()
    yield from _wrong_runs()
    yield from _wrong_sums()
    yield from _wrong_carries()
    yield from _wrong_payments()
    yield from _wrong_retries()
    yield from _wrong_invoices()
    yield from _wrong_files()
    yield from vouchers.breaches()


def _wrong_numbers() -> Iterator[str]:
    """Runs are numbered without gaps."""
    counted = PaymentRun.objects.values("authority_id").annotate(count=Count("pk"))
    numbers = {row["authority_id"]: row["count"] for row in counted.order_by()}
    for run in PaymentRun.objects.order_by("pk").values("authority_id", "number"):
        if run["number"] > numbers[run["authority_id"]]:
            yield f"payment run {run['number']}: a number before it is missing"


def _wrong_runs() -> Iterator[str]:
    """What is cancelled holds nothing, and a payment stands as its run lets it."""
    cancelled = Q(run__status=RunStatus.CANCELLED)
    for pk in Netting.objects.filter(cancelled & Q(is_live=True) | ~cancelled & Q(is_live=False)).values_list(
        "pk", flat=True
    ):
        yield f"netting {pk}: is live exactly when its run is not cancelled, but is not"
    of_cancelled = Q(netting__run__status=RunStatus.CANCELLED)
    void = SettledInvoice.objects.filter(of_cancelled & Q(is_void=False) | ~of_cancelled & Q(is_void=True))
    for pk in void.values_list("invoice_id", flat=True):
        yield f"invoice {pk}: is settled exactly when its run is not cancelled, but is not"
    right = Q(netting__run__status=RunStatus.PROPOSED, status=PaymentStatus.PLANNED)
    right |= Q(netting__run__status=RunStatus.CANCELLED, status=PaymentStatus.CANCELLED)
    right |= Q(
        netting__run__status=RunStatus.APPROVED,
        status__in=[*OPEN_PAYMENTS, PaymentStatus.PAID, PaymentStatus.REJECTED],
    )
    for name in Payment.objects.exclude(right).values_list("end_to_end_id", flat=True):
        yield f"payment {name}: its status and that of its run do not go together"


def _wrong_sums() -> Iterator[str]:
    """A netting comes to its invoices, to what it tries again, and to its payments."""
    invoiced = SettledInvoice.objects.filter(netting=OuterRef("pk")).order_by().values("netting")
    payments = Payment.objects.filter(netting=OuterRef("pk")).order_by().values("netting")
    retried = Payment.objects.filter(retried_in=OuterRef("pk")).order_by().values("retried_in")
    nettings = Netting.objects.annotate(
        invoiced=Coalesce(Subquery(invoiced.values(sum=Sum("amount"))), 0),
        ordered=Coalesce(Subquery(payments.values(sum=Sum("amount"))), 0),
        again=Coalesce(Subquery(retried.values(sum=Sum("amount"))), 0),
    )
    # A cancelled run has let go of what it would have tried again.
    of_run = Q(retried_amount=F("again")) | Q(is_live=False)
    wrong = nettings.exclude(of_run, invoiced_amount=F("invoiced"), paid_amount=F("ordered"))
    for pk in wrong.values_list("pk", flat=True):
        yield f"netting {pk}: does not come to its invoices, its payments and what it tries again"
    # A clinic may have another care provider since the run was proposed.
    foreign = SettledInvoice.objects.exclude(
        amount=F("invoice__total"),
        netting__provider__authority=F("invoice__authority"),
        netting__run__authority=F("invoice__authority"),
    )
    for pk in foreign.values_list("invoice_id", flat=True):
        yield f"invoice {pk}: is settled with another amount, or for another authority"


def _wrong_carries() -> Iterator[str]:
    """What is carried on goes whole to a later netting of the provider, and nothing else is carried in."""
    first = Q(carried_from=None, carried_in_amount=0)
    later = Q(
        carried_from__run__authority=F("run__authority"),
        carried_from__run__status=RunStatus.APPROVED,
        carried_from__run__number__lt=F("run__number"),
        carried_from__provider=F("provider"),
        carried_in_amount=F("carried_from__carried_out_amount"),
    )
    for pk in Netting.objects.exclude(first | later).values_list("pk", flat=True):
        yield f"netting {pk}: carries in what no earlier one has carried on"
    netted = Netting.objects.filter(carried_from=OuterRef("pk"), is_live=True)
    later_ones = Netting.objects.filter(
        run__authority=OuterRef("run__authority"),
        provider=OuterRef("provider"),
        run__number__gt=OuterRef("run__number"),
        is_live=True,
    )
    lost = Netting.objects.filter(
        ~Exists(netted), Exists(later_ones), carried_out_amount__lt=0, run__status=RunStatus.APPROVED
    )
    for pk in lost.values_list("pk", flat=True):
        yield f"netting {pk}: a later one has not netted what it carried on"


def _wrong_payments() -> Iterator[str]:
    """A payment comes to what it settles, the first of its netting less what was carried in."""
    held = SettledInvoice.objects.filter(payment=OuterRef("pk"), is_void=False).order_by().values("payment")
    standing = Payment.objects.filter(retried_in=None).exclude(status=PaymentStatus.CANCELLED)
    summed = standing.annotate(held=Coalesce(Subquery(held.values(sum=Sum("amount"))), 0))
    for name in summed.filter(amount__gt=F("held")).values_list("end_to_end_id", flat=True):
        yield f"payment {name}: is more than the invoices that it settles"


def _wrong_retries() -> Iterator[str]:
    """A rejected payment is tried again in a later netting of its provider, and holds no invoice then."""
    retried = Payment.objects.filter(retried_in__isnull=False)
    right = Q(
        retried_in__is_live=True,
        retried_in__provider=F("netting__provider"),
        retried_in__run__number__gt=F("netting__run__number"),
    )
    for name in retried.exclude(right).values_list("end_to_end_id", flat=True):
        yield f"payment {name}: is tried again where it cannot be"
    left = SettledInvoice.objects.filter(payment__retried_in__isnull=False)
    for pk in left.values_list("invoice_id", flat=True):
        yield f"invoice {pk}: is held by a payment that is tried again"


def _wrong_invoices() -> Iterator[str]:
    """An invoice says which run settles it, and stands as its payment does."""
    live = SettledInvoice.objects.filter(is_void=False)
    rows = live.order_by("pk").values(
        "invoice_id",
        number=F("netting__run__number"),
        reference=F("invoice__payout_reference"),
        status=F("invoice__status"),
        run_status=F("netting__run__status"),
        again=F("retried_from__retried_in__run__status"),
        payment_status=F("payment__status"),
        is_of_the_day=Q(invoice__paid_on=F("payment__paid_on")),
    )
    for row in rows.iterator():
        if row["reference"] != rules.calculate_reference(row["number"]):
            yield f"invoice {row['invoice_id']}: run {row['number']} settles it, it says {row['reference']!r}"
        if row["status"] not in _statuses(row["run_status"], row["payment_status"], row["again"]):
            yield f"invoice {row['invoice_id']}: is {row['status']}, its payment {row['payment_status']}"
        elif row["payment_status"] == PaymentStatus.PAID and not row["is_of_the_day"]:
            yield f"invoice {row['invoice_id']}: is paid on another day than its payment"
    stray = ledger.invoices_of_runs().exclude(pk__in=live.values("invoice_id"))
    for pk, reference in stray.values_list("pk", "payout_reference"):
        yield f"invoice {pk}: says that payment run {reference} settles it, which does not"


def _statuses(run_status: str, payment_status: str | None, again: str | None) -> set[InvoiceStatus]:
    """Return where an invoice of a run may stand; `again` is the status of a run that tries it once more."""
    if run_status == RunStatus.PROPOSED:
        return {InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED}
    is_netted = payment_status is None and again in {None, RunStatus.APPROVED}
    is_paid = is_netted or payment_status == PaymentStatus.PAID
    return {InvoiceStatus.PAID_OUT if is_paid else InvoiceStatus.PAYING_OUT}


def _wrong_files() -> Iterator[str]:
    """An approved run that pays something has one file, whose content is what its checksum says."""
    paying = Payment.objects.filter(netting__run=OuterRef("pk"))
    has_file = Exists(OutgoingFile.objects.filter(run=OuterRef("pk")))
    approved = PaymentRun.objects.filter(status=RunStatus.APPROVED)
    for number in approved.filter(Exists(paying), ~has_file).values_list("number", flat=True):
        yield f"payment run {number}: is approved without a file"
    early = PaymentRun.objects.exclude(status=RunStatus.APPROVED).filter(has_file)
    for number in early.values_list("number", flat=True):
        yield f"payment run {number}: has a file, and is not approved"
    for file in OutgoingFile.objects.order_by("pk").iterator(chunk_size=10):
        if hashlib.sha256(bytes(file.content)).hexdigest() != file.sha256:
            yield f"file {file.name}: its content is not what its checksum says"
