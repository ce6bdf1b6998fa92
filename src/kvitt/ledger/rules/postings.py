"""How an invoice is booked at its attest: its costs by account string, and what is owed for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.rules.remarks import RemarkKind
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.rules import AccountStringFacts, Wanted
from kvitt.registers.organisations.lifecycle import Scheme

NO_COST_ACCOUNT = _(
    "Nothing books the cost of %(scheme)s, code %(codes)s. The invoice cannot be attested until an "
    "administrator has added an account string (Registers, Account strings)."
)
NO_DEBT_ACCOUNT = _(
    "Nothing books the debt to care providers. The invoice cannot be attested until an administrator has "
    "added an account string (Registers, Account strings)."
)
_DEBT = (AccountUse.DEBT, "", "")


@dataclass(frozen=True)
class Booking:
    """What an invoice is booked with: its sums by code (öre), and the account strings that hold that day."""

    scheme: str
    costs: Mapping[str, Ore]
    strings: Mapping[Wanted, AccountStringFacts]


@dataclass(frozen=True)
class PostingPlan:
    """An amount (öre) on an account string: debit above 0, credit below."""

    string: AccountStringFacts
    amount: Ore


def list_wanted(scheme: str, costs: Mapping[str, Ore]) -> list[Wanted]:
    """Each code whose sum is not 0 is a cost, and what they come to is owed.

    Source: spec SC-23.
    """
    wanted: list[Wanted] = [(AccountUse.COST, scheme, code) for code, sum_ in sorted(costs.items()) if sum_]
    return [*wanted, _DEBT] if sum(costs.values()) else wanted


def check_booking(booking: Booking) -> list[Problem]:
    """An invoice is attested when there is an account string for every code on it and for the debt.

    Source: spec SC-23.
    """
    missing = [
        wanted for wanted in list_wanted(booking.scheme, booking.costs) if wanted not in booking.strings
    ]
    codes = [code for use, _scheme, code in missing if use is AccountUse.COST]
    problems = []
    if codes:
        scheme = Problem("scheme", Scheme(booking.scheme).label)
        values = {"scheme": scheme, "codes": ", ".join(codes)}
        problems.append(Problem(RemarkKind.MISSING_ACCOUNT, NO_COST_ACCOUNT, values=values))
    if _DEBT in missing:
        problems.append(Problem(RemarkKind.MISSING_ACCOUNT, NO_DEBT_ACCOUNT))
    return problems


def plan_postings(booking: Booking) -> list[PostingPlan]:
    """Costs are debited by account string, credits subtracted; the debt is credited with what they come to.

    They sum to 0, and what comes to 0 is left out. Raises KeyError where an account string is missing.
    Source: spec SC-23.
    """
    costs: dict[AccountStringFacts, Ore] = {}
    for wanted in list_wanted(booking.scheme, booking.costs):
        use, _scheme, code = wanted
        if use is AccountUse.COST:
            string = booking.strings[wanted]
            costs[string] = costs.get(string, 0) + booking.costs[code]
    postings = [PostingPlan(string, amount) for string, amount in sorted(costs.items()) if amount]
    owed = sum(booking.costs.values())
    return [*postings, PostingPlan(booking.strings[_DEBT], -owed)] if owed else postings


def calculate_posting_day(paid_on: date, *, today: date) -> date:
    """A payment is booked on the day it was made; when that month has ended, on the day Kvitt learns of it.

    So a month that has ended gets no new vouchers. Source: decision 0022; spec SC-23.
    """
    return paid_on if (paid_on.year, paid_on.month) == (today.year, today.month) else today
