"""What a client or a couple has to live on: net income and housing cost of a month."""

from collections.abc import Sequence
from dataclasses import dataclass

from kvitt.foundation.values.money import Ore, divide_half_up
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomePace

_MONTHS, _WHOLE = 12, 100
# Of so many parts a month's housing cost is whole numbers: percent of what a year costs.
_PARTS = _MONTHS * _WHOLE


@dataclass(frozen=True)
class IncomeRow:
    """One income and the tax on it, of a month or of a year (öre)."""

    pace: IncomePace
    amount: Ore
    tax: Ore = 0


@dataclass(frozen=True)
class HousingFacts:
    """What a home costs in öre: `rent` and `operating` a month, `interest` a year.

    Of a home of one's own `operating` None means the standard cost of `square_metres`.
    """

    home: HomeKind = HomeKind.RENTED
    rent: Ore = 0
    interest: Ore = 0
    operating: Ore | None = None
    square_metres: int = 0


@dataclass(frozen=True)
class HousingTerms:
    """How a home of one's own counts: percent of the interest, and öre of a square metre and year."""

    own_home_interest_percent: int
    standard_cost_square_metre: Ore


@dataclass(frozen=True)
class StatedIncome:
    """What one has stated that holds on a day: own incomes, those of a spouse, and what the home costs."""

    rows: Sequence[IncomeRow] = ()
    spouse_rows: Sequence[IncomeRow] = ()
    housing: HousingFacts = HousingFacts()


@dataclass(frozen=True)
class Means:
    """What a fee is calculated from: one person's net income and housing cost of a month (öre)."""

    net_income: Ore
    housing_cost: Ore


def calculate_net_income(rows: Sequence[IncomeRow]) -> Ore:
    """The net income of a month is what is left after tax; of a yearly income a twelfth (öre).

    Added up exactly, half up to whole öre once, at the end.
    Source: socialtjanstlagen, chapter 8 section 4; spec CF-20.
    """
    return divide_half_up(_exact_income(rows), _MONTHS)


def calculate_housing_cost(housing: HousingFacts, terms: HousingTerms) -> Ore:
    """The housing cost of a month is the rent, or what counts of a home of one's own (öre).

    That is a share of the yearly interest, and the operating costs or the standard cost of the area.
    Source: spec CF-20.
    """
    return divide_half_up(_exact_housing(housing, terms), _PARTS)


def calculate_single_means(stated: StatedIncome, terms: HousingTerms) -> Means:
    """One who is reckoned alone has the own incomes and the whole of the own housing cost.

    Source: spec CF-20, CF-21a.
    """
    return Means(calculate_net_income(stated.rows), calculate_housing_cost(stated.housing, terms))


def calculate_couple_means(
    one: StatedIncome | None, other: StatedIncome | None, terms: HousingTerms, *, lives_apart: bool = False
) -> Means | None:
    """Each of a couple has half of both incomes added, and half of what their housing costs.

    A spouse's own statement counts before what the other told of him. The cost of the common home may stand
    in both statements and counts once, the higher; who live apart have two homes, both counted. None where
    nobody told an income of one of them: a spouse without income is told by a row of 0.
    Source: socialtjanstlagen, chapter 8 section 4; spec CF-20, CF-21a.
    """
    incomes = (
        one.rows if one else other.spouse_rows if other else (),
        other.rows if other else one.spouse_rows if one else (),
    )
    if not all(incomes):
        return None
    homes = [_exact_housing(each.housing, terms) for each in (one, other) if each is not None]
    housing = sum(homes) if lives_apart else max(homes)
    income = sum(map(_exact_income, incomes))
    return Means(divide_half_up(income, 2 * _MONTHS), divide_half_up(housing, 2 * _PARTS))


def adjust_reserved_amount(minimum: Ore, adjustments: Sequence[Ore]) -> Ore:
    """The reserved amount is the one of the law with what is raised and cut for the client, never below 0.

    Source: socialtjanstlagen, chapter 8 section 8; spec CF-20.
    """
    return max(minimum + sum(adjustments), 0)


def _exact_income(rows: Sequence[IncomeRow]) -> int:
    """Return what is left after tax, in twelfths of an öre a month."""
    left = 0
    for row in rows:
        left += (row.amount - row.tax) * (_MONTHS if row.pace is IncomePace.MONTHLY else 1)
    return left


def _exact_housing(housing: HousingFacts, terms: HousingTerms) -> int:
    """Return what a home costs, in parts of a hundred and of a year of an öre a month."""
    if housing.home is HomeKind.RENTED:
        return housing.rent * _PARTS
    interest = housing.interest * terms.own_home_interest_percent
    if housing.operating is not None:
        return interest + housing.operating * _PARTS
    return interest + housing.square_metres * terms.standard_cost_square_metre * _WHOLE
