"""Vouchers of a month for the economy system: what is attested in one series, what is paid in another."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.rules import AccountStringFacts, DatedString, Wanted, choose_strings

ATTESTS, PAYOUTS = "A", "U"
_MONTH = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])")
DEBT: Wanted = (AccountUse.DEBT, "", "")
BANK: Wanted = (AccountUse.BANK, "", "")

NOT_ENDED = _("%(month)s has not ended. Make the voucher file from %(day)s.")
UNBALANCED = _("Voucher %(voucher)s is not in balance. Tell whoever runs Kvitt: kvitt verify says more.")
NOTHING_BOOKED = _("Nothing was booked in %(month)s, so there is no voucher file to make.")
NO_ACCOUNT = _(
    "Nothing books %(use)s for payments of %(day)s. An administrator adds an account string (Registers, "
    "Account strings) that holds that day."
)
NOT_A_MONTH = _("Give the month as year and month, for example 2024-11.")


@dataclass(frozen=True)
class VoucherRow:
    """An amount (öre) on an account string: debit above 0, credit below."""

    string: AccountStringFacts
    amount: Ore


@dataclass(frozen=True)
class Voucher:
    """One voucher: its series and number, its day, what it is for, and rows that sum to 0."""

    series: str
    number: int
    day: date
    text: str
    rows: tuple[VoucherRow, ...]

    @property
    def amount(self) -> Ore:
        """What it comes to on either side."""
        return sum(row.amount for row in self.rows if row.amount > 0)


@dataclass(frozen=True)
class Payout:
    """Money (öre) that left the bank on a day, or came back: below 0; `key` orders those of a day."""

    day: date
    key: tuple[int, int]
    amount: Ore
    text: str


@dataclass(frozen=True)
class VoucherBook:
    """What a voucher file says: who it is of, when it was made, and the vouchers."""

    organisation_number: str
    name: str
    made_on: date
    program_version: str
    vouchers: Sequence[Voucher]


def check_period(period: date, *, today: date) -> list[Problem]:
    """The vouchers of a month are taken out when the month has ended, for only then there come no more.

    Source: decision 0022; spec SC-23.
    """
    first = dates.day_after(dates.last_day_of_month(period))
    if today >= first:
        return []
    values = {"month": f"{period:%Y-%m}", "day": first}
    return [Problem("not_ended", NOT_ENDED, "period", values)]


def check_vouchers(vouchers: Sequence[Voucher], *, period: date) -> list[Problem]:
    """A month in which nothing was booked has no file, and no file has a voucher that is not in balance.

    Source: bokforingslagen; spec SC-23.
    """
    if not vouchers:
        return [Problem("nothing_booked", NOTHING_BOOKED, "period", {"month": f"{period:%Y-%m}"})]
    return [
        Problem("unbalanced", UNBALANCED, values={"voucher": f"{voucher.series} {voucher.number}"})
        for voucher in vouchers
        if sum(row.amount for row in voucher.rows)
    ]


def check_payouts(payouts: Iterable[Payout], strings: Sequence[DatedString]) -> list[Problem]:
    """Every payment is booked on the debt and the bank: what is missing is told once, for its first day.

    Source: spec SC-23.
    """
    first_without: dict[AccountUse, date] = {}
    for payout in payouts:
        held = _held(strings, payout.day)
        for wanted in (DEBT, BANK):
            if wanted not in held:
                use = wanted[0]
                first_without[use] = min(payout.day, first_without.get(use, payout.day))
    return [
        Problem("no_account", NO_ACCOUNT, values={"use": Problem("use", use.label), "day": day})
        for use, day in sorted(first_without.items())
    ]


def plan_payout_vouchers(
    payouts: Iterable[Payout], strings: Sequence[DatedString], *, since: date
) -> list[Voucher]:
    """Each payment debits the debt and credits the bank; they are numbered through the year, in their order.

    `payouts` are those of the year until the end of the month, and what comes before `since` is numbered
    only. Raises KeyError where an account string is missing. Source: decision 0022; spec SC-23.
    """
    vouchers = []
    for number, payout in enumerate(sorted(payouts, key=_payout_order), start=1):
        if payout.day < since:
            continue
        held = _held(strings, payout.day)
        rows = VoucherRow(held[DEBT], payout.amount), VoucherRow(held[BANK], -payout.amount)
        vouchers.append(Voucher(PAYOUTS, number, payout.day, payout.text, rows))
    return vouchers


def calculate_voucher_file_name(organisation_number: str, period: date) -> str:
    """A voucher file is named after whose it is and the month.

    Source: spec SC-23.
    """
    return f"sie-{organisation_number}-{period:%Y-%m}.SI"


def parse_period(text: str) -> date | None:
    """Return the first of the month that is written as 2024-11, or None.

    Source: spec SC-23.
    """
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else None


def _payout_order(payout: Payout) -> tuple[date, tuple[int, int]]:
    return payout.day, payout.key


def _held(strings: Sequence[DatedString], day: date) -> Mapping[Wanted, AccountStringFacts]:
    return choose_strings([each for each in strings if each.period.contains(day)], [DEBT, BANK])
