"""How the invoices of a batch are booked: what clients owe, by what it is revenue of, and its VAT."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import RENT_CODE
from kvitt.modules.care_fees.rules.invoices import calculate_vat
from kvitt.modules.care_fees.rules.net_amounts import calculate_net_amounts
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.rules import AccountStringFacts, Wanted
from kvitt.settlement.rules.vouchers import Voucher, VoucherRow

# The series of the vouchers of care fees; settlement has its own.
SERIES = "D"
CLAIM: Wanted = (AccountUse.RECEIVABLE, "", "")

NO_ACCOUNT = _(
    "Nothing books %(use)s, code %(code)s, on %(day)s. An administrator adds an account string (Registers, "
    "Account strings) that holds that day."
)
NO_ACCOUNT_AT_ALL = _(
    "Nothing books %(use)s on %(day)s. An administrator adds an account string (Registers, Account strings) "
    "that holds that day."
)


class BookedLine(NamedTuple):
    """A line of an invoice: what revenue it is by its code, its VAT and its amount (öre, VAT included)."""

    invoice_id: int
    code: str
    percent: int
    amount: Ore


@dataclass(frozen=True)
class BatchBooking:
    """What a batch comes to without VAT by code, and its VAT by percent (öre)."""

    net: Mapping[str, Ore]
    vat: Mapping[int, Ore]

    @property
    def total(self) -> Ore:
        """What clients owe."""
        return sum(self.net.values()) + sum(self.vat.values())


def revenue_code(service_code: str | None) -> str:
    """Return what revenue a line is: that of its service, else of rents.

    Corrections, differences and carried amounts are of what they are about: without a service it is rent.
    Source: spec CF-25, CF-29.
    """
    return service_code or RENT_CODE


def sum_batch(lines: Iterable[BookedLine]) -> BatchBooking:
    """Return what the lines of a batch's invoices come to; VAT is calculated invoice by invoice and rate.

    `lines` come invoice by invoice. Source: spec CF-29; docs/decisions/0028.
    """
    net: dict[str, Ore] = {}
    vat: dict[int, Ore] = {}
    of_invoice: dict[int, list[BookedLine]] = {}
    for line in lines:
        of_invoice.setdefault(line.invoice_id, []).append(line)
    for mine in of_invoice.values():
        sums: dict[int, Ore] = {}
        for line, part in zip(
            mine, calculate_net_amounts([(each.percent, each.amount) for each in mine]), strict=True
        ):
            net[line.code] = net.get(line.code, 0) + part
            sums[line.percent] = sums.get(line.percent, 0) + line.amount
        for percent, whole in sums.items():
            vat[percent] = vat.get(percent, 0) + calculate_vat(whole, percent)
    return BatchBooking(net, {percent: amount for percent, amount in vat.items() if amount})


def list_wanted(booking: BatchBooking) -> list[Wanted]:
    """Return what an account string is wanted for.

    Source: spec CF-29.
    """
    revenue: list[Wanted] = [(AccountUse.REVENUE, "", code) for code in sorted(booking.net)]
    return [CLAIM, *revenue, *((AccountUse.VAT, "", str(percent)) for percent in sorted(booking.vat))]


def check_strings(
    wanted: Sequence[Wanted], strings: Collection[Wanted], *, invoice_date: date
) -> list[Problem]:
    """Everything that a batch comes to is booked on the invoice date: what is missing is told.

    Source: spec CF-25, CF-29.
    """
    problems = []
    for each in wanted:
        if each not in strings:
            use, _scheme, code = each
            message = NO_ACCOUNT if code else NO_ACCOUNT_AT_ALL
            values = {"use": Problem("use", use.label), "code": code, "day": invoice_date}
            problems.append(Problem("no_account", message, values=values))
    return problems


def plan_voucher(
    booking: BatchBooking, strings: Mapping[Wanted, AccountStringFacts], *, number: int, day: date, text: str
) -> Voucher:
    """A batch debits what clients owe, and credits revenue without VAT and VAT; its rows sum to 0.

    One row for each account string; a batch that gives back more than it takes is the other way round.
    Raises KeyError where an account string is missing. Source: bokforingslagen; spec CF-29.
    """
    credited: dict[AccountStringFacts, Ore] = {}
    for code, amount in booking.net.items():
        string = strings[AccountUse.REVENUE, "", code]
        credited[string] = credited.get(string, 0) + amount
    for percent, amount in booking.vat.items():
        string = strings[AccountUse.VAT, "", str(percent)]
        credited[string] = credited.get(string, 0) + amount
    rows = [VoucherRow(strings[CLAIM], booking.total)]
    rows += [VoucherRow(string, -credited[string]) for string in sorted(credited)]
    return Voucher(SERIES, number, day, text, tuple(row for row in rows if row.amount))


def list_numbers(numbers: Sequence[int]) -> str:
    """Return ascending numbers in short, for the voucher to say which invoices it is of: `1-3, 5`.

    Source: bokforingslagen; spec CF-29.
    """
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{first}-{last}" if first != last else f"{first}" for first, last in spans)
