"""The fee of a month: what a client pays, line by line, and the steps that led there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from kvitt.foundation.values.money import Ore, divide_half_up
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import CARE, CareKind, FeeType, LineKind
from kvitt.modules.care_fees.rules.absence import (
    WHOLE,
    Deduction,
    calculate_board_deduction,
    calculate_care_deduction,
)
from kvitt.modules.care_fees.rules.cap import FACTOR_UNIT, calculate_fee_cap
from kvitt.modules.care_fees.rules.explanation import Step, StepKind
from kvitt.modules.care_fees.rules.income import adjust_reserved_amount

_MONTHS, _PERCENT, _KRONA = 12, 100, 100

INCOME_MISSING = _("No income is given and the fee cap is not accepted. Give the income, or accept the cap.")


@dataclass(frozen=True)
class FeeTerms:
    """What law and municipality decide of a month: amounts in öre, factors in ten-thousandths."""

    price_base_amount: Ore
    cap_factor: int
    reserved_factors: Mapping[FeeType, int]
    capacity_percent: int


class Capped(NamedTuple):
    """A service under the fee cap with its monthly amount (öre), and what the line of it tells."""

    name: str
    care: CareKind
    monthly: Ore
    service: int | None = None
    unit: int | None = None
    vat: int = 0
    quantity: int | None = None
    price: Ore | None = None


class Charge(NamedTuple):
    """Board or rent of a month (öre); `whole` is the rent of which it is a part."""

    amount: Ore
    name: str = ""
    service: int | None = None
    unit: int | None = None
    vat: int = 0
    whole: Ore = 0


class Sold(NamedTuple):
    """A product: how many, the price of one and what they cost together (öre)."""

    name: str
    quantity: int
    price: Ore
    amount: Ore
    service: int | None = None
    unit: int | None = None
    vat: int = 0


class Corrected(NamedTuple):
    """A correction with its text (öre, signed), and whether it is of what the fee cap limits."""

    text: str
    amount: Ore
    service: int | None = None
    unit: int | None = None
    vat: int = 0
    is_capped: bool = False


class FeeFacts(NamedTuple):
    """What a client's month is made of, in öre; income and housing cost are a spouse's half for a couple.

    `adjustment` is what the client's reserved amount is changed by. `deduction` is what absence cuts in the
    month, `board_day` what a day of it is worth, and `care_part` the part of the month that care is charged.
    """

    fee_type: FeeType = FeeType.SINGLE
    accepts_cap: bool = False
    net_income: Ore | None = None
    housing_cost: Ore = 0
    capped: Sequence[Capped] = ()
    boards: Sequence[Charge] = ()
    board_day: Ore = 0
    rents: Sequence[Charge] = ()
    deduction: Deduction | None = None
    products: Sequence[Sold] = ()
    corrections: Sequence[Corrected] = ()
    adjustment: Ore = 0
    care_part: Fraction = WHOLE


class FeeLine(NamedTuple):
    """One line of the fee (öre, signed); `name` is the service, the product or the contract.

    `text` is a correction's. `about` is the month, as text, that a difference or a carried amount is of.
    """

    kind: LineKind
    amount: Ore
    name: str = ""
    text: str = ""
    service: int | None = None
    unit: int | None = None
    vat: int = 0
    quantity: int | None = None
    price: Ore | None = None
    about: str = ""


class Fee(NamedTuple):
    """What a month costs: its lines with the steps that led there, or what hinders it."""

    lines: Sequence[FeeLine] = ()
    steps: Sequence[Step] = ()
    problems: Sequence[Problem] = ()
    is_at_cap: bool = False

    @property
    def total(self) -> Ore:
        """The sum of the lines (öre); below zero where more is given back than is charged."""
        return sum([line.amount for line in self.lines])


def calculate_fee(facts: FeeFacts, terms: FeeTerms) -> Fee:
    """Charge a month: capped services to the limit, less absence; then board, rent, products, corrections.

    A line that comes to nothing is left out.
    Source: debitering-ao, pages 10-11, 21, 25; spec CF-16, CF-20, CF-21.
    """
    steps, lines, is_at_cap, charged = list[Step](), list[FeeLine](), False, 0
    if facts.capped:
        limit = _limit(facts, terms, steps)
        if limit is None:
            return Fee(problems=[Problem("income_missing", INCOME_MISSING, "net_income")])
        left = _charge(facts, limit, steps, lines)
        charged = limit - left
        is_at_cap = not left and limit == calculate_fee_cap(terms.price_base_amount, terms.cap_factor)
    if facts.boards:
        _board(facts, steps, lines)
    _others(facts, steps, lines)
    if facts.corrections:
        _correct(facts.corrections, charged, terms, steps, lines)
    return Fee(lines, steps, (), is_at_cap)


def calculate_reserved_amount(price_base_amount: Ore, factor: int) -> Ore:
    """The reserved amount (*minimibelopp*) is a twelfth of the factor times the price base amount (öre).

    `factor` is in ten-thousandths. Half up to whole öre, as the published amounts are.
    Source: socialtjanstlagen, chapter 8 section 7; spec CF-20.
    """
    return divide_half_up(price_base_amount * factor, FACTOR_UNIT * _MONTHS)


def calculate_capacity(net_income: Ore, housing_cost: Ore, reserved: Ore, *, percent: int = _PERCENT) -> Ore:
    """The fee capacity (*avgiftsutrymme*) is what is left of the income, never below 0 (öre a month).

    A municipality may use a share of it: `percent`.
    Source: socialtjanstlagen, chapter 8 section 6; spec CF-20, CF-21.
    """
    return max(net_income - housing_cost - reserved, 0) * percent // _PERCENT


def _limit(facts: FeeFacts, terms: FeeTerms, steps: list[Step]) -> Ore | None:
    """Return what the capped services may come to, None where nobody knows."""
    base = terms.price_base_amount
    cap = calculate_fee_cap(base, terms.cap_factor)
    if not facts.accepts_cap and facts.net_income is None:
        return None
    steps.append(Step(StepKind.CAP, {"factor": terms.cap_factor, "base": base, "cap": cap}))
    if facts.accepts_cap or facts.net_income is None:
        steps.append(Step(StepKind.ACCEPTED, {"limit": cap}))
        return cap
    factor = terms.reserved_factors[facts.fee_type]
    reserved = calculate_reserved_amount(base, factor)
    steps.append(Step(StepKind.RESERVED, {"factor": factor, "base": base, "reserved": reserved}))
    if facts.adjustment:
        reserved = adjust_reserved_amount(reserved, [facts.adjustment])
        steps.append(Step(StepKind.ADJUSTED, {"amount": facts.adjustment, "reserved": reserved}))
    capacity = calculate_capacity(facts.net_income, facts.housing_cost, reserved)
    values = {
        "income": facts.net_income,
        "housing": facts.housing_cost,
        "reserved": reserved,
        "capacity": capacity,
    }
    steps.append(Step(StepKind.CAPACITY, values))
    percent = terms.capacity_percent
    if percent != _PERCENT:
        capacity = calculate_capacity(facts.net_income, facts.housing_cost, reserved, percent=percent)
        steps.append(Step(StepKind.SHARE, {"percent": percent, "capacity": capacity}))
    # A legal cap must not be passed: both are taken in whole kronor, downwards.
    capacity -= capacity % _KRONA
    if cap <= capacity:
        steps.append(Step(StepKind.LIMIT_BY_CAP, {"limit": cap}))
        return cap
    steps.append(Step(StepKind.LIMIT_BY_CAPACITY, {"limit": capacity}))
    return capacity


def _charge(facts: FeeFacts, limit: Ore, steps: list[Step], lines: list[FeeLine]) -> Ore:
    """Charge the capped services, care first, until the limit is used up, and take off what absence cuts.

    Return what is left of the limit.
    """
    left, care, main = limit, 0, None
    capped = facts.capped
    if len(capped) > 1:
        capped = sorted(capped, key=_after_care)
    for each in capped:
        amount = min(each.monthly, left)
        left -= amount
        values = {"service": each.name, "monthly": each.monthly, "amount": amount, "left": left}
        steps.append(Step(StepKind.CHARGED, values))
        if not amount:
            continue
        if each.care in CARE:
            care += amount
            main = main or each
        lines.append(
            FeeLine(
                LineKind.CARE,
                amount,
                each.name,
                "",
                each.service,
                each.unit,
                each.vat,
                each.quantity,
                each.price,
            )
        )
    if main is not None and facts.deduction is not None:
        cut = calculate_care_deduction(care, facts.deduction, part=facts.care_part)
        if cut:
            values = {"care": care, "share": _share(facts.deduction), "amount": -cut}
            steps.append(Step(StepKind.CARE_DEDUCTION, values))
            # Of several kinds of care the first bears the deduction.
            lines.append(
                FeeLine(LineKind.ABSENCE_CARE, -cut, main.name, "", main.service, main.unit, main.vat)
            )
    return left


def _after_care(each: Capped) -> bool:
    return each.care not in CARE


def _board(facts: FeeFacts, steps: list[Step], lines: list[FeeLine]) -> None:
    """Charge the board of the month, less the day amount of each day that absence cuts, never below 0."""
    board = 0
    for each in facts.boards:
        if each.amount:
            board += each.amount
            lines.append(
                FeeLine(LineKind.BOARD, each.amount, each.name, "", each.service, each.unit, each.vat)
            )
            if each.name:
                steps.append(Step(StepKind.BOARD, {"service": each.name, "amount": each.amount}))
    if facts.deduction is None:
        return
    cut = calculate_board_deduction(board, facts.deduction, day_amount=facts.board_day)
    if cut:
        values = {
            "days": facts.deduction.board_days,
            "day": facts.board_day,
            "board": board,
            "amount": -cut,
        }
        steps.append(Step(StepKind.BOARD_DEDUCTION, values))
        main = next(each for each in facts.boards if each.amount)
        lines.append(FeeLine(LineKind.ABSENCE_BOARD, -cut, main.name, "", main.service, main.unit, main.vat))


def _others(facts: FeeFacts, steps: list[Step], lines: list[FeeLine]) -> None:
    """Charge what is outside the cap: rent and products."""
    for rent in facts.rents:
        if rent.amount:
            lines.append(FeeLine(LineKind.RENT, rent.amount, rent.name, "", rent.service, rent.unit))
            values: dict[str, object] = {"amount": rent.amount}
            if rent.whole and rent.whole != rent.amount:
                steps.append(Step(StepKind.SHARED_RENT, values | {"rent": rent.whole}))
            else:
                steps.append(Step(StepKind.RENT, values))
    for sold in facts.products:
        if sold.amount:
            lines.append(
                FeeLine(
                    LineKind.PRODUCT,
                    sold.amount,
                    sold.name,
                    "",
                    sold.service,
                    sold.unit,
                    sold.vat,
                    sold.quantity,
                    sold.price,
                )
            )
            values = {
                "product": sold.name,
                "count": sold.quantity,
                "price": sold.price,
                "amount": sold.amount,
            }
            steps.append(Step(StepKind.PRODUCT, values))


def _correct(
    corrections: Sequence[Corrected], charged: Ore, terms: FeeTerms, steps: list[Step], lines: list[FeeLine]
) -> None:
    """Correct; what is capped never comes above the cap, whatever was registered after the correction."""
    cap = calculate_fee_cap(terms.price_base_amount, terms.cap_factor)
    above = max(charged + sum([fix.amount for fix in corrections if fix.is_capped]) - cap, 0)
    amounts = list[Ore]()
    # The last one gives way first.
    for fix in reversed(corrections):
        cut = min(above, max(fix.amount, 0)) if fix.is_capped else 0
        above -= cut
        amounts.append(fix.amount - cut)
    for fix, amount in zip(corrections, reversed(amounts), strict=True):
        if amount:
            lines.append(FeeLine(LineKind.CORRECTION, amount, "", fix.text, fix.service, fix.unit, fix.vat))
        if amount == fix.amount:
            steps.append(Step(StepKind.CORRECTION, {"text": fix.text, "amount": amount}))
        else:
            values = {"text": fix.text, "amount": amount, "whole": fix.amount, "cap": cap}
            steps.append(Step(StepKind.CAPPED_CORRECTION, values))


def _share(deduction: Deduction) -> tuple[int, int]:
    """Return which part of the care is cut, as numerator and denominator."""
    share = deduction.care_share
    return share.numerator, share.denominator
