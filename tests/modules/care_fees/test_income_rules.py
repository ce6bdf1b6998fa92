"""Income, housing cost and decision: the figures of the specification, and what holds always."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.lifecycle import FeeType, HomeKind, IncomePace
from kvitt.modules.care_fees.rules.decision import calculate_decision, law_on
from kvitt.modules.care_fees.rules.fee import FeeTerms
from kvitt.modules.care_fees.rules.household import SpouseCharge, choose_household
from kvitt.modules.care_fees.rules.income import (
    HousingFacts,
    HousingTerms,
    IncomeRow,
    Means,
    StatedIncome,
    calculate_couple_means,
    calculate_housing_cost,
    calculate_net_income,
    calculate_single_means,
)

pytestmark = pytest.mark.requirement("CF-20", "CF-21a")

TERMS = FeeTerms(
    price_base_amount=5_880_000,
    cap_factor=5_392,
    reserved_factors={FeeType.SINGLE: 14_789, FeeType.COUPLE: 12_066},
    capacity_percent=100,
)
HOUSING = HousingTerms(own_home_interest_percent=70, standard_cost_square_metre=30_000)
MONTHLY, YEARLY = IncomePace.MONTHLY, IncomePace.YEARLY
ore = st.integers(0, 9_000_000)
rows = st.builds(
    lambda pace, net, tax: IncomeRow(pace, net + tax, tax), st.sampled_from(IncomePace), ore, ore
)
homes = st.builds(HousingFacts, st.sampled_from(HomeKind), ore, ore, st.none() | ore, st.integers(0, 400))
statements = st.builds(StatedIncome, st.lists(rows, max_size=3), st.lists(rows, max_size=2), homes)
spouses = st.builds(SpouseCharge, ore, st.integers(0, 400_000), st.none() | ore, st.none() | ore)


def decided(income, housing, fee_type=FeeType.SINGLE, adjustments=(), terms=TERMS):
    return calculate_decision(Means(income, housing), adjustments, fee_type, terms)


def test_decisions_of_2025_come_to_the_figures_of_the_specification():
    first = decided(1_500_000, 700_000)
    assert (first.cap, first.minimum, first.capacity) == (264_200, 724_661, 75_339)
    second = decided(2_000_000, 700_000)
    assert (second.cap, second.capacity) == (264_200, 575_339)
    one = StatedIncome([IncomeRow(MONTHLY, 1_600_000)], housing=HousingFacts(rent=800_000))
    other = StatedIncome([IncomeRow(MONTHLY, 2_400_000)], housing=HousingFacts(rent=800_000))
    means = calculate_couple_means(one, other, HOUSING)
    assert means == Means(2_000_000, 400_000)
    third = calculate_decision(means, [], FeeType.COUPLE, TERMS)
    assert (third.minimum, third.capacity) == (591_234, 1_008_766)


def test_income_of_a_year_counts_by_the_month_and_is_rounded_once():
    yearly = [IncomeRow(YEARLY, 100, 0)] * 3  # three times 8 1/3 öre
    assert calculate_net_income(yearly) == 25
    assert calculate_net_income([IncomeRow(MONTHLY, 2_000_000, 500_000), IncomeRow(YEARLY, 6)]) == 1_500_001
    assert calculate_net_income([]) == 0


def test_home_of_ones_own_costs_70_percent_of_the_interest_and_its_operation():
    assert calculate_housing_cost(HousingFacts(rent=650_000), HOUSING) == 650_000
    stated = HousingFacts(HomeKind.OWNED, interest=2_400_000, operating=310_000)
    assert calculate_housing_cost(stated, HOUSING) == 140_000 + 310_000
    standard = HousingFacts(HomeKind.OWNED, interest=2_400_000, square_metres=120)
    assert calculate_housing_cost(standard, HOUSING) == 140_000 + 300_000


def test_spouses_own_statement_counts_before_what_the_other_told():
    rent = HousingFacts(rent=800_000)
    told = StatedIncome([IncomeRow(MONTHLY, 1_600_000)], [IncomeRow(MONTHLY, 2_400_000)], rent)
    alone = calculate_couple_means(told, None, HOUSING)
    assert alone == calculate_couple_means(None, told, HOUSING) == Means(2_000_000, 400_000)
    own = StatedIncome([IncomeRow(MONTHLY, 1_000_000)])
    assert calculate_couple_means(told, own, HOUSING) == Means(1_300_000, 400_000)
    untold = StatedIncome([IncomeRow(MONTHLY, 1_600_000)], housing=rent)
    assert calculate_couple_means(untold, None, HOUSING) is None
    nothing = StatedIncome(untold.rows, [IncomeRow(MONTHLY, 0)], rent)
    assert calculate_couple_means(nothing, None, HOUSING) == Means(800_000, 400_000)
    assert calculate_single_means(told, HOUSING) == Means(1_600_000, 800_000)


def test_who_live_apart_have_two_homes():
    one = StatedIncome([IncomeRow(MONTHLY, 0)], housing=HousingFacts(rent=800_000))
    other = StatedIncome([IncomeRow(MONTHLY, 0)], housing=HousingFacts(rent=620_000))
    assert calculate_couple_means(one, other, HOUSING, lives_apart=True) == Means(0, 710_000)
    assert calculate_couple_means(one, other, HOUSING) == Means(0, 400_000)


def test_reserved_amount_is_raised_and_cut_and_never_below_zero():
    assert decided(1_500_000, 700_000, adjustments=[50_000]).capacity == 25_339
    assert decided(1_500_000, 700_000, adjustments=[50_000, -20_000]).reserved == 754_661
    assert decided(0, 0, adjustments=[-9_999_999]).reserved == 0
    assert decided(1_000_000, 700_000).capacity == 0
    sixty = FeeTerms(TERMS.price_base_amount, TERMS.cap_factor, TERMS.reserved_factors, 60)
    share = decided(1_500_000, 700_000, terms=sixty)
    assert (share.left, share.capacity) == (75_339, 45_203)
    accepted = calculate_decision(None, [], FeeType.SINGLE, TERMS)
    assert (accepted.cap, accepted.capacity, accepted.net_income) == (264_200, None, None)


def test_law_of_a_decision_is_the_one_of_its_first_day():
    assert "2001:453" in law_on(dt.date(2025, 6, 30))
    assert "2025:400" in law_on(dt.date(2025, 7, 1))


def test_couple_with_one_in_a_care_home_gets_the_better_way_and_a_tie_is_a_couple():
    poor = SpouseCharge(264_200, 264_200, 0, 100_050)
    rich = SpouseCharge(182_300, 264_200, 500_000, 100_050)
    choice = choose_household(poor, rich)
    assert (choice.fee_type, choice.single_sum, choice.couple_sum) == (FeeType.SINGLE, 182_300, 200_000)
    both = choose_household(poor, SpouseCharge(0, 264_200, 0, 0))
    assert (both.fee_type, both.single_sum) == (FeeType.SINGLE, 0)
    accepting = SpouseCharge(300_000, 264_200, None, None)
    tie = choose_household(accepting, accepting)
    assert (tie.fee_type, tie.single_sum, tie.couple_sum) == (FeeType.COUPLE, 528_400, 528_400)


@given(spouses, spouses)
def test_choice_is_the_cheaper_and_the_same_from_both_sides(one, other):
    choice = choose_household(one, other)
    assert choice == choose_household(other, one)
    taken = choice.single_sum if choice.fee_type is FeeType.SINGLE else choice.couple_sum
    assert 0 <= taken == min(choice.single_sum, choice.couple_sum) <= one.cap + other.cap


@given(statements, statements, st.booleans())
def test_couple_is_symmetric_and_nothing_is_below_zero(one, other, apart):
    means = calculate_couple_means(one, other, HOUSING, lives_apart=apart)
    assert means == calculate_couple_means(other, one, HOUSING, lives_apart=apart)
    assert means is None or min(means.net_income, means.housing_cost) >= 0


@given(ore, ore, ore, st.lists(st.integers(-900_000, 900_000), max_size=3), st.sampled_from(FeeType))
def test_capacity_is_monotone_and_never_negative(income, more, housing, adjustments, fee_type):
    before = decided(income, housing, fee_type, adjustments)
    assert before.capacity >= 0
    assert before.reserved >= 0
    assert decided(income + more, housing, fee_type, adjustments).capacity >= before.capacity
    assert decided(income, housing + more, fee_type, adjustments).capacity <= before.capacity
    assert decided(income, housing, fee_type, [*adjustments, more]).capacity <= before.capacity
