"""Read what is booked in a period: attested invoices with their postings, and what is paid by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Abs, TruncMonth

from kvitt.foundation.values.money import Ore
from kvitt.ledger import rules
from kvitt.ledger.models import Invoice, Posting
from kvitt.registers.accounting.rules import AccountStringFacts
from kvitt.registers.organisations.lifecycle import Scheme


@dataclass(frozen=True)
class BookedInvoice:
    """An attested invoice as it was booked: voucher number, day, whose it is, and its postings."""

    number: int
    posted_on: date
    scheme: Scheme
    clinic_number: str
    provider_name: str
    postings: tuple[rules.PostingPlan, ...]


@dataclass(frozen=True)
class BookedPayout:
    """An invoice that was paid by itself: by hand, or back by the clinic (`is_repayment`)."""

    invoice_id: int
    posted_on: date
    voucher: str
    provider_name: str
    amount: Ore
    is_repayment: bool


@dataclass(frozen=True)
class MonthSum:
    """How many vouchers a month has, and what they come to (öre)."""

    count: int = 0
    total: Ore = 0

    def plus(self, count: int, total: Ore) -> "MonthSum":
        """Return it with more vouchers."""
        return MonthSum(self.count + count, self.total + total)


def booked_invoices(authority_id: int, *, first_on: date, last_on: date) -> Iterator[BookedInvoice]:
    """Return what was booked by attests in a period, by voucher number, in one statement.

    Source: spec SC-23.
    """
    head = ("invoice__voucher_year", "invoice__voucher_number", "posted_on", "invoice__module")
    names = (*head, "invoice__clinic_number", "invoice__provider_name")
    postings = (
        Posting.objects.filter(authority_id=authority_id, posted_on__gte=first_on, posted_on__lte=last_on)
        .order_by("invoice__voucher_year", "invoice__voucher_number", "pk")
        .values_list(*names, "account", "cost_centre", "activity", "amount")
    )
    for key, rows in groupby(postings.iterator(), key=lambda row: row[: len(names)]):
        _year, number, posted_on, module, clinic_number, provider_name = key
        yield BookedInvoice(
            number=number,
            posted_on=posted_on,
            scheme=Scheme(module),
            clinic_number=clinic_number,
            provider_name=provider_name,
            postings=tuple(
                rules.PostingPlan(AccountStringFacts(*string), amount)
                for *string, amount in (row[len(names) :] for row in rows)
            ),
        )


def booked_payouts(authority_id: int, *, first_on: date, last_on: date) -> list[BookedPayout]:
    """Return the invoices that were paid by themselves in a period; those of payment runs are not.

    Source: spec SC-21, SC-23.
    """
    paid = _paid_by_itself(authority_id, first_on=first_on, last_on=last_on)
    return [
        BookedPayout(
            invoice_id=invoice.pk,
            posted_on=invoice.payout_posted_on,
            voucher=f"{invoice.voucher_year}-{invoice.voucher_number}",
            provider_name=invoice.provider_name,
            amount=invoice.total,
            is_repayment=invoice.payout_reference == rules.REPAYMENT,
        )
        for invoice in paid.order_by("payout_posted_on", "pk")
        if invoice.payout_posted_on
    ]


def booked_by_month(authority_id: int, *, first_on: date, last_on: date) -> dict[date, MonthSum]:
    """Return by month how many invoices were booked or paid by themselves, and what that comes to.

    Source: spec SC-23.
    """
    months: dict[date, MonthSum] = {}
    postings = (
        Posting.objects.filter(authority_id=authority_id, posted_on__gte=first_on, posted_on__lte=last_on)
        .annotate(month=TruncMonth("posted_on"))
        .values("month")
        .annotate(count=Count("invoice", distinct=True), sum=Sum("amount", filter=Q(amount__gt=0)))
        .order_by("month")
    )
    for row in postings:
        months[row["month"]] = MonthSum(row["count"], row["sum"])
    paid = (
        _paid_by_itself(authority_id, first_on=first_on, last_on=last_on)
        .annotate(month=TruncMonth("payout_posted_on"))
        .values("month")
        .annotate(count=Count("pk"), sum=Sum(Abs("total")))
        .order_by("month")
    )
    for row in paid:
        months[row["month"]] = months.get(row["month"], MonthSum()).plus(row["count"], row["sum"])
    return months


def _paid_by_itself(authority_id: int, *, first_on: date, last_on: date) -> QuerySet[Invoice]:
    return Invoice.objects.filter(
        authority_id=authority_id, payout_posted_on__gte=first_on, payout_posted_on__lte=last_on
    ).exclude(total=0)
