"""What is reckoned in whole numbers, for speed, is what exact fractions and decimals come to."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import divide_half_up, round_down_to_krona, round_half_up
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomePace
from kvitt.modules.care_fees.rules.absence import Deduction, calculate_care_deduction
from kvitt.modules.care_fees.rules.cap import calculate_fee_cap
from kvitt.modules.care_fees.rules.fee import calculate_reserved_amount
from kvitt.modules.care_fees.rules.income import (
    HousingFacts,
    HousingTerms,
    IncomeRow,
    calculate_housing_cost,
    calculate_net_income,
)
from kvitt.modules.care_fees.rules.pricing import price_services
from kvitt.modules.care_fees.rules.services import calculate_monthly_amount, calculate_time_amount
from tests.modules.care_fees.month_plans import CARE, MARCH, TIME, facts_of, granted, performed, terms_of

pytestmark = pytest.mark.requirement("CF-20", "CF-21")

TERMS = terms_of()
ore = st.integers(0, 10_000_000)
factors = st.integers(1, 20_000)
days = st.integers(-40, 70).map(lambda number: MARCH + dt.timedelta(days=number))


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_division_rounds_halves_away_from_zero(numerator, denominator):
    assert divide_half_up(numerator, denominator) == round_half_up(Decimal(numerator) / denominator)


@given(ore, factors)
def test_cap_and_reserved_amount_are_those_of_decimals(base, factor):
    exact = Decimal(base) * factor / 10_000 / 12

    assert calculate_fee_cap(base, factor) == round_down_to_krona(exact)
    assert calculate_reserved_amount(base, factor) == round_half_up(exact)


@given(st.lists(st.tuples(st.sampled_from(IncomePace), ore), max_size=4), ore, st.integers(0, 300))
def test_income_and_housing_are_those_of_fractions(incomes, interest, metres):
    rows = [IncomeRow(pace, amount) for pace, amount in incomes]
    exact = sum(
        (Fraction(amount, 12 if pace is IncomePace.YEARLY else 1) for pace, amount in incomes), Fraction()
    )
    home = HousingFacts(HomeKind.OWNED, interest=interest, square_metres=metres)
    cost = Fraction(interest * 70, 1_200) + Fraction(metres * 30_000, 12)

    assert calculate_net_income(rows) == int(exact + Fraction(1, 2))
    assert calculate_housing_cost(home, HousingTerms(70, 30_000)) == int(cost + Fraction(1, 2))


@given(ore, st.lists(st.integers(1, 60), max_size=3), st.fractions(Fraction(1, 30), 1, max_denominator=31))
def test_absence_cuts_what_fractions_say(fee, shares, part):
    deduction = Deduction(tuple(Fraction(share, 30) for share in shares))
    exact = [Fraction(fee) / part * share for share in deduction.care_shares]
    cut = sum(round_half_up(Decimal(each.numerator) / each.denominator) for each in exact)

    assert calculate_care_deduction(fee, deduction, part=part) == min(cut, fee)


@pytest.mark.requirement("CF-6", "CF-16a")
@given(days, st.integers(0, 90) | st.none(), ore, st.integers(1, 44_640))
def test_a_service_costs_what_the_rules_of_its_part_say(first, length, amount, minutes):
    last = None if length is None else first + dt.timedelta(days=length)
    rule = calculate_monthly_amount(Period(first, last), amount, month=MARCH, terms=TERMS.part)

    facts = facts_of(
        granted=[granted(CARE, first=first, last=last, amount=amount)], performed=[performed(TIME, minutes)]
    )
    *care, time = price_services(facts, TERMS, [], []).capped

    assert sum(each.monthly for each in care) == rule.amount
    assert time.monthly == calculate_time_amount(minutes, 27_800)
