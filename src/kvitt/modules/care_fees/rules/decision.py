"""The terms of a fee decision, how they came about, and which law it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import FaultKind, FeeType
from kvitt.modules.care_fees.rules.cap import calculate_fee_cap
from kvitt.modules.care_fees.rules.explanation import Step, StepKind
from kvitt.modules.care_fees.rules.faults import fault
from kvitt.modules.care_fees.rules.fee import FeeTerms, calculate_capacity, calculate_reserved_amount
from kvitt.modules.care_fees.rules.income import Means, adjust_reserved_amount
from kvitt.modules.care_fees.rules.means import choose_means
from kvitt.modules.care_fees.rules.month_facts import MonthFacts, MonthTerms
from kvitt.modules.care_fees.rules.pricing import price_services

_WHOLE = 100

# From when each law holds, and how a decision names it. The chapter of the fees in the Act of 2025 is not
# settled in our sources, so the text names the act and invents no section.
LAWS = (
    (date.min, _("Chapter 8, sections 4 to 9 of the Social Services Act (2001:453)")),
    (date(2025, 7, 1), _("The Social Services Act (2025:400), the provisions on fees")),
)


@dataclass(frozen=True)
class DecisionTerms:
    """What a fee decision comes to, in öre a month: `minimum` is the reserved amount of the law.

    `reserved` is that with what is raised and cut. Of one whose income nobody knows, because the cap is
    accepted, `net_income`, `housing_cost` and `capacity` are None. `left` is the capacity before the share
    of it that the municipality uses.
    """

    fee_type: FeeType
    cap: Ore
    minimum: Ore
    reserved: Ore
    net_income: Ore | None = None
    housing_cost: Ore | None = None
    left: Ore | None = None
    capacity: Ore | None = None


class PlannedDecision(NamedTuple):
    """The terms of a decision with the steps that led there, or what hinders it."""

    terms: DecisionTerms | None = None
    steps: Sequence[Step] = ()
    problems: Sequence[Problem] = ()


def plan_decision(facts: MonthFacts, terms: MonthTerms) -> PlannedDecision:
    """A decision is reckoned as the fee of its month is: the same facts, the same rules.

    Source: spec CF-20 to CF-22.
    """
    if facts.settings is None:
        return PlannedDecision(problems=[fault(FaultKind.SETTINGS_MISSING)])
    if facts.settings.accepts_cap:
        decided = calculate_decision(None, facts.adjustments, facts.settings.fee_type, terms.fee)
        return PlannedDecision(decided, explain_decision(decided, terms.fee, facts.adjustments))
    steps = list[Step]()
    capped = sum(each.monthly for each in price_services(facts, terms, [], []).capped)
    chosen = choose_means(facts, terms, capped, steps)
    if chosen.problem is not None or chosen.net_income is None:
        return PlannedDecision(problems=[chosen.problem or fault(FaultKind.INCOME_MISSING)])
    means = Means(chosen.net_income, chosen.housing_cost)
    decided = calculate_decision(means, facts.adjustments, chosen.fee_type, terms.fee)
    return PlannedDecision(decided, [*steps, *explain_decision(decided, terms.fee, facts.adjustments)])


def calculate_decision(
    means: Means | None, adjustments: Sequence[Ore], fee_type: FeeType, terms: FeeTerms
) -> DecisionTerms:
    """A decision has a cap, and of a known income what is left when housing and reserved amount are paid.

    Neither the reserved amount nor the fee capacity is below 0.
    Source: socialtjanstlagen, chapter 8 sections 4 to 8; spec CF-20.
    """
    cap = calculate_fee_cap(terms.price_base_amount, terms.cap_factor)
    minimum = calculate_reserved_amount(terms.price_base_amount, terms.reserved_factors[fee_type])
    reserved = adjust_reserved_amount(minimum, adjustments)
    if means is None:
        return DecisionTerms(fee_type, cap, minimum, reserved)
    income, housing = means.net_income, means.housing_cost
    return DecisionTerms(
        fee_type=fee_type,
        cap=cap,
        minimum=minimum,
        reserved=reserved,
        net_income=income,
        housing_cost=housing,
        left=calculate_capacity(income, housing, reserved),
        capacity=calculate_capacity(income, housing, reserved, percent=terms.capacity_percent),
    )


def explain_decision(decided: DecisionTerms, terms: FeeTerms, adjustments: Sequence[Ore]) -> list[Step]:
    """Say step by step how the terms of a decision came about, in the words of a month's calculation.

    Source: spec CF-22.
    """
    base = terms.price_base_amount
    steps = [Step(StepKind.CAP, {"factor": terms.cap_factor, "base": base, "cap": decided.cap})]
    if decided.capacity is None or decided.left is None:
        return [*steps, Step(StepKind.ACCEPTED, {"limit": decided.cap})]
    factor = terms.reserved_factors[decided.fee_type]
    steps.append(Step(StepKind.RESERVED, {"factor": factor, "base": base, "reserved": decided.minimum}))
    if adjustments:
        values = {"amount": sum(adjustments), "reserved": decided.reserved}
        steps.append(Step(StepKind.ADJUSTED, values))
    values = {
        "income": decided.net_income or 0,
        "housing": decided.housing_cost or 0,
        "reserved": decided.reserved,
        "capacity": decided.left,
    }
    steps.append(Step(StepKind.CAPACITY, values))
    if terms.capacity_percent != _WHOLE:
        values = {"percent": terms.capacity_percent, "capacity": decided.capacity}
        steps.append(Step(StepKind.SHARE, values))
    return steps


def law_on(day: date) -> str:
    """A decision names the law that holds on its first day: the Act of 2025 from 2025-07-01.

    Source: socialtjanstlagen; spec CF-20.
    """
    return next(text for first_on, text in reversed(LAWS) if first_on <= day)
