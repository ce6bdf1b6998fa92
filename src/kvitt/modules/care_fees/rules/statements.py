"""What is asked of what a client states of income and housing, and of changes of the reserved amount."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomeKind
from kvitt.modules.care_fees.rules.dated import check_first_day
from kvitt.modules.care_fees.rules.income import HousingFacts, IncomeRow

LARGEST_INCOME: Ore = 1_000_000_000
LARGEST_ADJUSTMENT: Ore = 2_000_000

NO_INCOME = _("Give at least one income of the client. One who has none is told with 0 kr.")
NO_SPOUSE = _("The client has no spouse or cohabitant in the period, so the income cannot be of one.")
TAX_ABOVE = _("The tax on an income is higher than the income itself. Check both amounts.")
TOO_LARGE = _("More than %(most)s is not taken. Check the amount.")
NO_OPERATING = _(
    "Give what the home costs to run a month, or its square metres so that the standard cost counts."
)
RECEIVED_LATER = _("What was stated cannot have come after today.")
NO_REASON = _("Tell why the reserved amount is changed: it stands in the decision.")
NO_AMOUNT = _("Tell by how much the reserved amount is raised, or cut with a minus sign.")
ADJUSTED_ALREADY = _("The same change is registered already, from the same day and for the same reason.")
ENDS_BEFORE = _("The last day lies before the first.")


@dataclass(frozen=True)
class StatedRow:
    """One income as it is stated: what it is, whose, and its amounts."""

    kind: IncomeKind
    income: IncomeRow
    is_of_spouse: bool = False


@dataclass(frozen=True)
class NewStatement:
    """What is stated of income and housing, from a day on; `has_spouse` tells whether there is one then."""

    first_on: date
    received_on: date
    rows: Sequence[StatedRow]
    housing: HousingFacts
    note: str = ""


@dataclass(frozen=True)
class NewAdjustment:
    """That the reserved amount is raised, or cut with a minus sign (öre a month), in a period, and why."""

    first_on: date
    last_on: date | None
    amount: Ore
    reason: str


def check_statement(new: NewStatement, *, has_spouse: bool, today: date) -> list[Problem]:
    """A statement has an income of the client, tax within it, and tells what a home of one's own costs.

    Source: spec CF-20, CO-33.
    """
    problems = check_first_day(new.first_on, today=today)
    if new.received_on > today:
        problems.append(Problem("received_later", RECEIVED_LATER, "received_on"))
    if not any(not row.is_of_spouse for row in new.rows):
        problems.append(Problem("no_income", NO_INCOME))
    if any(row.is_of_spouse for row in new.rows) and not has_spouse:
        problems.append(Problem("no_spouse", NO_SPOUSE))
    if any(row.income.tax > row.income.amount for row in new.rows):
        problems.append(Problem("tax_above", TAX_ABOVE))
    amounts = [row.income.amount for row in new.rows]
    housing = new.housing
    amounts += [housing.rent, housing.interest, housing.operating or 0]
    if max(amounts, default=0) > LARGEST_INCOME or min(amounts, default=0) < 0:
        problems.append(Problem("too_large", TOO_LARGE, "", {"most": format_kronor(LARGEST_INCOME)}))
    if housing.home is HomeKind.OWNED and housing.operating is None and not housing.square_metres:
        problems.append(Problem("no_operating", NO_OPERATING, "operating"))
    return problems


def check_adjustment(
    new: NewAdjustment, *, today: date, others: Collection[NewAdjustment] = ()
) -> list[Problem]:
    """The reserved amount is changed by something, for a reason, in a period; a form sent twice, once.

    Source: socialtjanstlagen, chapter 8 section 8; spec CF-20.
    """
    problems = check_first_day(new.first_on, today=today)
    if not new.amount:
        problems.append(Problem("no_amount", NO_AMOUNT, "amount"))
    if abs(new.amount) > LARGEST_ADJUSTMENT:
        values = {"most": format_kronor(LARGEST_ADJUSTMENT)}
        problems.append(Problem("too_large", TOO_LARGE, "amount", values))
    if not new.reason.strip():
        problems.append(Problem("no_reason", NO_REASON, "reason"))
    if new in others:
        problems.append(Problem("adjusted_already", ADJUSTED_ALREADY))
    return problems + check_end(new.first_on, new.last_on)


def check_end(first_on: date, last_on: date | None) -> list[Problem]:
    """What is dated ends no earlier than it begins.

    Source: spec CF-20.
    """
    if last_on is not None and last_on < first_on:
        return [Problem("ends_before", ENDS_BEFORE, "last_on")]
    return []


def calculate_end(first_on: date, others: Sequence[date]) -> date | None:
    """A statement holds until the day before the next one that begins later, if any does.

    Source: spec CF-20.
    """
    later = [day for day in others if day > first_on]
    return date.fromordinal(min(later).toordinal() - 1) if later else None


def is_held(period: Period, first_on: date) -> bool:
    """Tell whether a statement that holds since before goes on past a day, and so ends the day before it.

    Source: spec CF-20.
    """
    return period.first < first_on and (period.last is None or period.last >= first_on)
