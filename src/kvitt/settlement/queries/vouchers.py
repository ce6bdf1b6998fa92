"""The vouchers of a month, and how far each month has come: what is booked, and its file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext

from kvitt.foundation.values import dates
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.ledger import queries as ledger
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.accounting import queries as accounting
from kvitt.settlement.lifecycle import FileKind, PaymentStatus
from kvitt.settlement.models import OutgoingFile, Payment
from kvitt.settlement.rules import vouchers as rules
from kvitt.settlement.rules.vouchers import BANK, DEBT, Payout, Voucher, VoucherRow

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class VoucherMonth:
    """A month of the books: what is booked in it, its file if that is made, and what hinders it."""

    month: date
    vouchers: int
    total: Ore
    has_ended: bool
    file: OutgoingFile | None
    problems: Sequence[Problem]

    @property
    def may_export(self) -> bool:
        """Whether its file can be made now."""
        return self.has_ended and self.file is None and not self.problems


def voucher_file(authority_id: int, period: date) -> OutgoingFile | None:
    """Return the voucher file of a month, if it is made. Source: spec SC-23."""
    return OutgoingFile.objects.filter(
        authority_id=authority_id, kind=FileKind.VOUCHERS, period=period
    ).first()


def module_vouchers(authority_id: int, period: date) -> list[int]:
    """Return the voucher files that modules made for a month, by when they were made. Source: spec CF-29."""
    files = OutgoingFile.objects.filter(authority_id=authority_id, kind=FileKind.FEE_VOUCHERS, period=period)
    return list(files.order_by("pk").values_list("pk", flat=True))


def payouts_of(authority_id: int, *, first_on: date, last_on: date) -> list[Payout]:
    """Return the payments that are booked in a period: each of payment runs, and invoices paid by themselves.

    Source: decision 0022; spec SC-21, SC-23.
    """
    payments = _paid(authority_id, first_on=first_on, last_on=last_on)
    by_run = [
        Payout(
            posted_on,
            (0, pk),
            amount,
            gettext("Payment %(payment)s, %(payee)s") % {"payment": end_to_end_id, "payee": payee_name},
        )
        for pk, posted_on, amount, end_to_end_id, payee_name in payments.values_list(
            "pk", "posted_on", "amount", "end_to_end_id", "payee_name"
        )
        if posted_on
    ]
    by_itself = [
        Payout(paid.posted_on, (1, paid.invoice_id), paid.amount, _text_of(paid))
        for paid in ledger.booked_payouts(authority_id, first_on=first_on, last_on=last_on)
    ]
    return [*by_run, *by_itself]


def month_problems(authority_id: int, month: date) -> list[Problem]:
    """Return which account strings the vouchers of a month's payments miss. Source: spec SC-23."""
    days = {"first_on": month, "last_on": dates.last_day_of_month(month)}
    strings = accounting.strings_between(authority_id, [DEBT, BANK], **days)
    return rules.check_payouts(payouts_of(authority_id, **days), strings)


def vouchers_of(authority_id: int, period: date) -> list[Voucher]:
    """Return the vouchers of a month: those of attests by their numbers, then those of payments.

    In a constant number of statements. Raises KeyError where an account string is missing.
    Source: decision 0022; spec SC-23.
    """
    last_on = dates.last_day_of_month(period)
    attests = [
        Voucher(
            series=rules.ATTESTS,
            number=booked.number,
            day=booked.posted_on,
            text=f"{gettext(booked.scheme.label)}, {booked.clinic_number} {booked.provider_name}",
            rows=tuple(VoucherRow(posting.string, posting.amount) for posting in booked.postings),
        )
        for booked in ledger.booked_invoices(authority_id, first_on=period, last_on=last_on)
    ]
    payouts = payouts_of(authority_id, first_on=period.replace(month=1), last_on=last_on)
    strings = accounting.strings_between(authority_id, [DEBT, BANK], first_on=period, last_on=last_on)
    return [*attests, *rules.plan_payout_vouchers(payouts, strings, since=period)]


def voucher_months(actor: Actor, *, today: date) -> list[VoucherMonth]:
    """Return the months in which something was booked, the newest first, two years back.

    In a constant number of statements. Raises NotAllowed. Source: spec SC-23.
    """
    actor.require(Permission.EXPORT_VOUCHERS)
    this_month = today.replace(day=1)
    period = {
        "first_on": dates.add_months(this_month, 1 - MONTHS_SHOWN),
        "last_on": dates.last_day_of_month(today),
    }
    booked = _booked_by_month(actor.authority_id, **period)
    files = OutgoingFile.objects.filter(authority_id=actor.authority_id, kind=FileKind.VOUCHERS)
    file_of = {file.period: file for file in files.defer("content")}
    unmade = {month for month in booked if month not in file_of}
    problems = _problems_by_month(actor.authority_id, unmade, **period)
    return [
        VoucherMonth(
            month=month,
            vouchers=booked[month].count,
            total=booked[month].total,
            has_ended=month < this_month,
            file=file_of.get(month),
            problems=problems.get(month, []),
        )
        for month in sorted(booked, reverse=True)
    ]


def breaches() -> Iterator[str]:
    """Say, one line each, which payments are not booked, and which voucher files are not their whole month.

    Source: decision 0022; spec CO-23, SC-23.
    """
    is_paid, is_booked = Q(status=PaymentStatus.PAID), Q(posted_on__isnull=False)
    wrong = Payment.objects.filter((is_paid & ~is_booked) | (~is_paid & is_booked))
    for name in wrong.values_list("end_to_end_id", flat=True):
        yield f"payment {name}: is booked exactly when it is paid, but is not"
    made: dict[int, list[OutgoingFile]] = {}
    for file in OutgoingFile.objects.filter(kind=FileKind.VOUCHERS).defer("content").order_by("period"):
        made.setdefault(file.authority_id, []).append(file)
    for authority_id, files in made.items():
        months = [file.period for file in files if file.period]
        last_on = dates.last_day_of_month(months[-1])
        booked = _booked_by_month(authority_id, first_on=months[0], last_on=last_on)
        for file, month in zip(files, months, strict=True):
            count = booked[month].count if month in booked else 0
            if count != file.voucher_count:
                yield f"file {file.name}: has {file.voucher_count} vouchers, and its month has {count}"


def _booked_by_month(authority_id: int, *, first_on: date, last_on: date) -> dict[date, ledger.MonthSum]:
    """Return how many vouchers each month of a period has, and their sum, in three statements."""
    booked = ledger.booked_by_month(authority_id, first_on=first_on, last_on=last_on)
    paid = (
        _paid(authority_id, first_on=first_on, last_on=last_on)
        .annotate(month=TruncMonth("posted_on"))
        .values("month")
        .annotate(count=Count("pk"), sum=Sum("amount"))
        .order_by("month")
    )
    for row in paid:
        booked[row["month"]] = booked.get(row["month"], ledger.MonthSum()).plus(row["count"], row["sum"])
    return booked


def _problems_by_month(
    authority_id: int, months: set[date], *, first_on: date, last_on: date
) -> dict[date, list[Problem]]:
    if not months:
        return {}
    payouts = payouts_of(authority_id, first_on=max(first_on, min(months)), last_on=last_on)
    strings = accounting.strings_between(authority_id, [DEBT, BANK], first_on=first_on, last_on=last_on)
    of_month: dict[date, list[Payout]] = {month: [] for month in months}
    for payout in payouts:
        if (month := payout.day.replace(day=1)) in of_month:
            of_month[month].append(payout)
    return {month: rules.check_payouts(listed, strings) for month, listed in of_month.items()}


def _paid(authority_id: int, *, first_on: date, last_on: date) -> QuerySet[Payment]:
    return Payment.objects.filter(
        netting__run__authority_id=authority_id,
        status=PaymentStatus.PAID,
        posted_on__gte=first_on,
        posted_on__lte=last_on,
    )


def _text_of(paid: ledger.BookedPayout) -> str:
    if paid.is_repayment:
        text = gettext("Repayment of credit %(voucher)s, %(payee)s")
    else:
        text = gettext("Payment of invoice %(voucher)s, %(payee)s")
    return text % {"voucher": paid.voucher, "payee": paid.provider_name}
