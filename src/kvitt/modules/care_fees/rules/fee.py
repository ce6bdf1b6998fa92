"""The fee of a month: what a client pays, line by line, and the steps that led there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kvitt.foundation.values.money import Ore, format_kronor, round_down_to_krona, round_half_up
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import CARE, CareKind, FeeType, LineKind
from kvitt.modules.care_fees.rules.absence import (
    Deduction,
    calculate_board_deduction,
    calculate_care_deduction,
)
from kvitt.modules.care_fees.rules.cap import FACTOR_UNIT, calculate_fee_cap

_MONTHS, _WHOLE = 12, 100

INCOME_MISSING = _("No income is given and the fee cap is not accepted. Give the income, or accept the cap.")

CAP_STEP = _("Fee cap: %(factor)s times the price base amount %(base)s, by twelve, in whole kronor: %(cap)s.")
RESERVED_STEP = _(
    "Reserved amount: %(factor)s times the price base amount %(base)s, by twelve: %(reserved)s."
)
CAPACITY_STEP = _(
    "Fee capacity: income %(income)s less housing %(housing)s and reserved amount %(reserved)s: %(capacity)s."
)
SHARE_STEP = _("Of the fee capacity %(percent)s percent is used: %(capacity)s.")
LIMIT_BY_CAP_STEP = _("The fee cap limits what is charged: %(limit)s.")
LIMIT_BY_CAPACITY_STEP = _("The fee capacity limits what is charged, in whole kronor: %(limit)s.")
ACCEPTED_STEP = _("The fee cap is accepted, so it alone limits what is charged: %(limit)s.")
CHARGED_STEP = _(
    "%(service)s costs %(monthly)s and %(amount)s of it is charged; %(left)s is left of the limit."
)
CARE_DEDUCTION_STEP = _("Absence cuts the care that is charged, %(care)s, by %(share)s: %(amount)s.")
BOARD_DEDUCTION_STEP = _("Absence cuts the board by %(days)s days at %(day)s, at most %(board)s: %(amount)s.")
RENT_STEP = _("Rent of the month: %(amount)s.")
PRODUCT_STEP = _("%(product)s: %(count)s at %(price)s: %(amount)s.")
CORRECTION_STEP = _("Correction, %(text)s: %(amount)s.")


@dataclass(frozen=True)
class FeeTerms:
    """What law and municipality decide of a month: amounts in öre, factors in ten-thousandths."""

    price_base_amount: Ore
    cap_factor: int
    reserved_factors: Mapping[FeeType, int]
    capacity_percent: int


@dataclass(frozen=True)
class Capped:
    """A service under the fee cap with its monthly amount (öre)."""

    name: str
    care: CareKind
    monthly: Ore


@dataclass(frozen=True)
class Sold:
    """A product: how many, and the price of one (öre)."""

    name: str
    count: int
    price: Ore


@dataclass(frozen=True)
class Corrected:
    """A correction with its text (öre, signed)."""

    text: str
    amount: Ore


@dataclass(frozen=True)
class FeeFacts:
    """What a client's month is made of, in öre; income and housing cost are a spouse's half for a couple.

    `deduction` is what absence cuts in the month, `board_day` what a day of it is worth.
    """

    fee_type: FeeType = FeeType.SINGLE
    accepts_cap: bool = False
    net_income: Ore | None = None
    housing_cost: Ore = 0
    capped: Sequence[Capped] = ()
    board: Ore = 0
    board_day: Ore = 0
    rent: Ore = 0
    deduction: Deduction | None = None
    products: Sequence[Sold] = ()
    corrections: Sequence[Corrected] = ()


@dataclass(frozen=True)
class FeeLine:
    """One line of the fee (öre, signed); `name` is the service or the product, `text` a correction's."""

    kind: LineKind
    amount: Ore
    name: str = ""
    text: str = ""


@dataclass(frozen=True)
class Step:
    """One sentence of the explanation: a msgid and what fills it."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Fee:
    """What a month costs: its lines with the steps that led there, or what hinders it."""

    lines: Sequence[FeeLine] = ()
    steps: Sequence[Step] = ()
    problems: Sequence[Problem] = ()

    @property
    def total(self) -> Ore:
        """The sum of the lines (öre); below zero where more is given back than is charged."""
        return sum(line.amount for line in self.lines)


def calculate_fee(facts: FeeFacts, terms: FeeTerms) -> Fee:
    """Charge a month: capped services to the limit, less absence; then board, rent, products, corrections.

    A line that comes to nothing is left out.
    Source: debitering-ao, pages 10-11, 21, 25; spec CF-16, CF-20, CF-21.
    """
    limit, steps, problems = 0, list[Step](), list[Problem]()
    if facts.capped:
        limit, steps, problems = _limit(facts, terms)
    if problems:
        return Fee(problems=problems)
    lines = [
        *_charge(facts, limit, steps),
        *_board(facts, steps),
        *_others(facts, steps),
    ]
    return Fee(lines=[line for line in lines if line.amount], steps=steps)


def calculate_reserved_amount(price_base_amount: Ore, factor: int) -> Ore:
    """The reserved amount (*minimibelopp*) is a twelfth of the factor times the price base amount (öre).

    `factor` is in ten-thousandths. Half up to whole öre, as the published amounts are.
    Source: socialtjanstlagen, chapter 8 section 7; spec CF-20.
    """
    return round_half_up(Decimal(price_base_amount) * factor / FACTOR_UNIT / _MONTHS)


def calculate_capacity(net_income: Ore, housing_cost: Ore, reserved: Ore, *, percent: int = _WHOLE) -> Ore:
    """The fee capacity (*avgiftsutrymme*) is what is left of the income, never below 0 (öre a month).

    A municipality may use a share of it: `percent`.
    Source: socialtjanstlagen, chapter 8 section 6; spec CF-20, CF-21.
    """
    left = max(net_income - housing_cost - reserved, 0)
    return left if percent == _WHOLE else int(Decimal(left) * percent / _WHOLE)


def _limit(facts: FeeFacts, terms: FeeTerms) -> tuple[Ore, list[Step], list[Problem]]:
    """Return what the capped services may come to, with the steps; or what hinders."""
    base = format_kronor(terms.price_base_amount)
    cap = calculate_fee_cap(terms.price_base_amount, terms.cap_factor)
    steps = [Step(CAP_STEP, {"factor": _factor(terms.cap_factor), "base": base, "cap": format_kronor(cap)})]
    if facts.accepts_cap:
        return cap, [*steps, Step(ACCEPTED_STEP, {"limit": format_kronor(cap)})], []
    if facts.net_income is None:
        return 0, [], [Problem("income_missing", INCOME_MISSING, "net_income")]
    factor = terms.reserved_factors[facts.fee_type]
    reserved = calculate_reserved_amount(terms.price_base_amount, factor)
    shown = {"factor": _factor(factor), "base": base, "reserved": format_kronor(reserved)}
    steps.append(Step(RESERVED_STEP, shown))
    capacity = calculate_capacity(facts.net_income, facts.housing_cost, reserved)
    whole = {
        "income": format_kronor(facts.net_income),
        "housing": format_kronor(facts.housing_cost),
        "reserved": format_kronor(reserved),
        "capacity": format_kronor(capacity),
    }
    steps.append(Step(CAPACITY_STEP, whole))
    if terms.capacity_percent != _WHOLE:
        capacity = calculate_capacity(
            facts.net_income, facts.housing_cost, reserved, percent=terms.capacity_percent
        )
        used = {"percent": terms.capacity_percent, "capacity": format_kronor(capacity)}
        steps.append(Step(SHARE_STEP, used))
    # A legal cap must not be passed: both are taken in whole kronor, downwards.
    capacity = round_down_to_krona(Decimal(capacity))
    limit = min(cap, capacity)
    message = LIMIT_BY_CAP_STEP if cap <= capacity else LIMIT_BY_CAPACITY_STEP
    return limit, [*steps, Step(message, {"limit": format_kronor(limit)})], []


def _charge(facts: FeeFacts, limit: Ore, steps: list[Step]) -> list[FeeLine]:
    """Charge the capped services, care first, until the limit is used up; then take off what absence cuts."""
    lines, left, care = [], limit, 0
    for service in sorted(facts.capped, key=lambda each: each.care not in CARE):
        amount = min(service.monthly, left)
        left -= amount
        care += amount if service.care in CARE else 0
        lines.append(FeeLine(LineKind.CARE, amount, service.name))
        shown = {"service": service.name, "monthly": format_kronor(service.monthly)}
        shown |= {"amount": format_kronor(amount), "left": format_kronor(left)}
        steps.append(Step(CHARGED_STEP, shown))
    if facts.deduction is not None and care:
        cut = calculate_care_deduction(care, facts.deduction)
        if cut:
            shown = {"care": format_kronor(care), "share": _share(facts.deduction)}
            steps.append(Step(CARE_DEDUCTION_STEP, shown | {"amount": format_kronor(-cut)}))
        lines.append(FeeLine(LineKind.ABSENCE_CARE, -cut))
    return lines


def _board(facts: FeeFacts, steps: list[Step]) -> list[FeeLine]:
    """Charge the board of the month, less the day amount of each day that absence cuts, never below 0."""
    cut = 0
    if facts.deduction is not None:
        cut = calculate_board_deduction(facts.board, facts.deduction, day_amount=facts.board_day)
    if facts.deduction is not None and cut:
        shown = {
            "days": facts.deduction.board_days,
            "day": format_kronor(facts.board_day),
            "board": format_kronor(facts.board),
            "amount": format_kronor(-cut),
        }
        steps.append(Step(BOARD_DEDUCTION_STEP, shown))
    return [FeeLine(LineKind.BOARD, facts.board), FeeLine(LineKind.ABSENCE_BOARD, -cut)]


def _others(facts: FeeFacts, steps: list[Step]) -> list[FeeLine]:
    """Charge what is outside the cap: rent, products, corrections."""
    lines = [FeeLine(LineKind.RENT, facts.rent)]
    if facts.rent:
        steps.append(Step(RENT_STEP, {"amount": format_kronor(facts.rent)}))
    for sold in facts.products:
        amount = sold.count * sold.price
        lines.append(FeeLine(LineKind.PRODUCT, amount, sold.name))
        if amount:
            shown = {"product": sold.name, "count": sold.count, "price": format_kronor(sold.price)}
            steps.append(Step(PRODUCT_STEP, shown | {"amount": format_kronor(amount)}))
    for corrected in facts.corrections:
        lines.append(FeeLine(LineKind.CORRECTION, corrected.amount, text=corrected.text))
        shown = {"text": corrected.text, "amount": format_kronor(corrected.amount)}
        steps.append(Step(CORRECTION_STEP, shown))
    return lines


def _share(deduction: Deduction) -> str:
    """Return which part of the care is cut: 50 %, or 7/30 where no whole percent says it."""
    percent = deduction.care_share * _WHOLE
    return f"{percent.numerator} %" if percent.denominator == 1 else str(deduction.care_share)


def _factor(factor: int) -> str:
    """Return a factor as the law writes it: 0,5392."""
    return f"{Decimal(factor) / FACTOR_UNIT:.4f}".replace(".", ",")
