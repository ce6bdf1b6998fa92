"""Which income and housing cost limit a client's fee, alone or as one of a couple."""

from typing import NamedTuple

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import CareKind, FaultKind, FeeType
from kvitt.modules.care_fees.rules.cap import calculate_fee_cap
from kvitt.modules.care_fees.rules.explanation import Step, StepKind
from kvitt.modules.care_fees.rules.faults import fault
from kvitt.modules.care_fees.rules.fee import calculate_capacity, calculate_reserved_amount
from kvitt.modules.care_fees.rules.household import SpouseCharge, choose_household
from kvitt.modules.care_fees.rules.income import (
    Means,
    adjust_reserved_amount,
    calculate_couple_means,
    calculate_single_means,
)
from kvitt.modules.care_fees.rules.month_facts import MonthFacts, MonthTerms
from kvitt.modules.care_fees.rules.pricing import price_services

_MISSING = fault(FaultKind.INCOME_MISSING)
_SPOUSES_MISSING = fault(FaultKind.INCOME_MISSING, is_spouse=True)


class ChosenMeans(NamedTuple):
    """By which fee type a client is reckoned, and with what; or what hinders it."""

    fee_type: FeeType
    net_income: Ore | None = None
    housing_cost: Ore = 0
    problem: Problem | None = None


def choose_means(facts: MonthFacts, terms: MonthTerms, capped: Ore, steps: list[Step]) -> ChosenMeans:
    """One who is single has the own means, one of a couple half of theirs.

    Where one of a couple lives in a care home both ways are reckoned, and the better for both is chosen.
    `capped` is what the client's capped services cost. Source: debitering-ao, page 10; spec CF-20, CF-21a.
    """
    is_couple, partner = _is_couple(facts), facts.partner
    lives_apart = partner is not None and is_in_care_home(facts, terms) != is_in_care_home(partner, terms)
    single = None
    if facts.stated is not None and facts.stated.rows:
        single = calculate_single_means(facts.stated, terms.housing)
    if partner is None or not lives_apart or not (is_couple or _is_couple(partner)):
        if not is_couple:
            return _chosen(FeeType.SINGLE, single, _MISSING)
        stated = None if partner is None else partner.stated
        couple = calculate_couple_means(facts.stated, stated, terms.housing)
        return _couple(facts, couple, steps)
    couple = calculate_couple_means(facts.stated, partner.stated, terms.housing, lives_apart=True)
    if single is None or couple is None:
        if is_couple or single is None:
            return _couple(facts, couple, steps)
        return _chosen(FeeType.SINGLE, single, _MISSING)
    others = price_services(partner, terms, [], []).capped
    choice = choose_household(
        _charge(facts, terms, capped, single, couple),
        _charge(partner, terms, sum([each.monthly for each in others]), _single(partner, terms), couple),
    )
    values = {"single": choice.single_sum, "couple": choice.couple_sum}
    if choice.fee_type is FeeType.SINGLE:
        steps.append(Step(StepKind.AS_SINGLES, values))
        return _chosen(FeeType.SINGLE, single, None)
    steps.append(Step(StepKind.AS_COUPLE, values))
    return _couple(facts, couple, steps)


def is_in_care_home(facts: MonthFacts, terms: MonthTerms) -> bool:
    """Somebody lives in a care home who is granted its care, or anything at such a unit.

    Source: spec CF-14, CF-21a.
    """
    return any(
        terms.services[each.service].care is CareKind.CARE_HOME_CARE or terms.units[each.unit].is_care_home
        for each in facts.granted
    )


def _is_couple(facts: MonthFacts) -> bool:
    return facts.settings is not None and facts.settings.fee_type is FeeType.COUPLE


def _single(facts: MonthFacts, terms: MonthTerms) -> Means | None:
    if facts.stated is None:
        return None
    return calculate_single_means(facts.stated, terms.housing)


def _couple(facts: MonthFacts, couple: Means | None, steps: list[Step]) -> ChosenMeans:
    has_own = facts.stated is not None and bool(facts.stated.rows)
    if couple is not None:
        values = {"income": couple.net_income, "housing": couple.housing_cost}
        steps.append(Step(StepKind.COUPLE, values))
    return _chosen(FeeType.COUPLE, couple, _SPOUSES_MISSING if has_own else _MISSING)


def _chosen(fee_type: FeeType, means: Means | None, problem: Problem | None) -> ChosenMeans:
    if means is None:
        return ChosenMeans(fee_type, problem=problem)
    return ChosenMeans(fee_type, means.net_income, means.housing_cost)


def _charge(
    facts: MonthFacts, terms: MonthTerms, capped: Ore, single: Means | None, couple: Means
) -> SpouseCharge:
    """Return what one of a couple could be charged both ways; of unknown own means the couple's count."""
    cap = calculate_fee_cap(terms.fee.price_base_amount, terms.fee.cap_factor)
    if facts.settings is not None and facts.settings.accepts_cap:
        return SpouseCharge(capped, cap, None, None)
    return SpouseCharge(
        capped,
        cap,
        _capacity(facts, terms, FeeType.SINGLE, single or couple),
        _capacity(facts, terms, FeeType.COUPLE, couple),
    )


def _capacity(facts: MonthFacts, terms: MonthTerms, fee_type: FeeType, means: Means) -> Ore:
    fee = terms.fee
    reserved = calculate_reserved_amount(fee.price_base_amount, fee.reserved_factors[fee_type])
    reserved = adjust_reserved_amount(reserved, facts.adjustments)
    return calculate_capacity(means.net_income, means.housing_cost, reserved, percent=fee.capacity_percent)
