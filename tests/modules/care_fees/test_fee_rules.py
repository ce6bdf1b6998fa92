"""The fee of a month: what limits it, what absence takes off, what is outside the cap."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.lifecycle import CareKind, FeeType, LineKind
from kvitt.modules.care_fees.rules.absence import Deduction
from kvitt.modules.care_fees.rules.fee import (
    Capped,
    Charge,
    Corrected,
    FeeFacts,
    FeeTerms,
    Sold,
    calculate_capacity,
    calculate_fee,
    calculate_reserved_amount,
)

pytestmark = pytest.mark.requirement("CF-20", "CF-21")

TERMS = FeeTerms(
    price_base_amount=5_880_000,
    cap_factor=5_392,
    reserved_factors={FeeType.SINGLE: 14_789, FeeType.COUPLE: 12_066},
    capacity_percent=100,
)
CAP = 264_200
CARE = Capped("personal_care", CareKind.PERSONAL_CARE, 182_300)
ALARM = Capped("alarm", CareKind.ALARM, 31_000)
ore = st.integers(0, 3_000_000)


def amounts(fee):
    return [(line.kind, line.amount) for line in fee.lines]


@pytest.mark.requirement("CF-21a")
@pytest.mark.parametrize(
    ("price_base_amount", "single", "couple"),
    [
        (5_250_000, 647_019, 527_888),
        (5_730_000, 706_175, 576_152),
        (5_880_000, 724_661, 591_234),
        (5_920_000, 729_591, 595_256),
    ],
)
def test_reserved_amounts_are_those_published(price_base_amount, single, couple):
    assert calculate_reserved_amount(price_base_amount, 14_789) == single
    assert calculate_reserved_amount(price_base_amount, 12_066) == couple


def test_capacity_of_15_000_and_7_000_kronor_is_753_39():
    assert calculate_capacity(1_500_000, 700_000, 724_661) == 75_339
    assert calculate_capacity(1_500_000, 700_000, 724_661, percent=60) == 45_203
    assert calculate_capacity(1_000_000, 700_000, 724_661) == 0


def test_care_is_charged_first_until_the_limit_is_used_up():
    facts = FeeFacts(net_income=1_500_000, housing_cost=700_000, capped=[ALARM, CARE])

    assert amounts(calculate_fee(facts, TERMS)) == [(LineKind.CARE, 75_300)]
    accepting = FeeFacts(accepts_cap=True, capped=[ALARM, CARE, Capped("x", CareKind.OTHER, 900_000)])
    assert amounts(calculate_fee(accepting, TERMS)) == [
        (LineKind.CARE, 182_300),
        (LineKind.CARE, 31_000),
        (LineKind.CARE, CAP - 213_300),
    ]


def test_who_accepts_the_cap_is_limited_by_it_alone():
    poor = FeeFacts(accepts_cap=True, net_income=0, capped=[CARE])

    assert calculate_fee(poor, TERMS).total == 182_300


def test_income_is_missed_only_where_something_depends_on_it():
    [problem] = calculate_fee(FeeFacts(capped=[CARE]), TERMS).problems
    assert problem.code == "income_missing"
    assert calculate_fee(FeeFacts(rents=[Charge(620_000)]), TERMS).total == 620_000


@pytest.mark.requirement("CF-16", "CF-16a")
def test_absence_takes_off_what_is_charged_for_care_and_board_and_no_alarm():
    facts = FeeFacts(
        accepts_cap=True,
        capped=[CARE, ALARM],
        boards=[Charge(306_000)],
        board_day=10_200,
        deduction=Deduction((Fraction(1, 2),), board_days=14),
    )
    assert amounts(calculate_fee(facts, TERMS)) == [
        (LineKind.CARE, 182_300),
        (LineKind.CARE, 31_000),
        (LineKind.ABSENCE_CARE, -91_150),
        (LineKind.BOARD, 306_000),
        (LineKind.ABSENCE_BOARD, -142_800),
    ]


def test_products_rent_and_corrections_are_outside_the_cap_and_nothing_is_left_out_of_the_sum():
    facts = FeeFacts(
        net_income=0,
        capped=[CARE],
        rents=[Charge(310_000)],
        products=[Sold("lunch", 12, 7_800, 93_600), Sold("basket", 0, 50_000, 0)],
        corrections=[Corrected("Larmknapp", 51_000), Corrected("Hyresfri månad", -620_000)],
    )
    fee = calculate_fee(facts, TERMS)

    assert [line.kind for line in fee.lines] == [
        LineKind.RENT,
        LineKind.PRODUCT,
        LineKind.CORRECTION,
        LineKind.CORRECTION,
    ]
    assert fee.total == 310_000 + 93_600 + 51_000 - 620_000


@given(ore, ore, st.lists(ore, max_size=4), st.sampled_from(FeeType), st.integers(0, 100))
def test_what_is_charged_under_the_cap_never_passes_cap_or_capacity(income, housing, monthly, kind, percent):
    capped = [
        Capped(str(place), CareKind.PERSONAL_CARE if place % 2 else CareKind.ALARM, amount)
        for place, amount in enumerate(monthly)
    ]
    facts = FeeFacts(
        kind,
        net_income=income,
        housing_cost=housing,
        capped=capped,
        deduction=Deduction((Fraction(percent, 100),)),
    )
    fee = calculate_fee(facts, TERMS)
    charged = sum(line.amount for line in fee.lines if line.kind is LineKind.CARE)
    reserved = calculate_reserved_amount(TERMS.price_base_amount, TERMS.reserved_factors[kind])

    assert 0 <= charged <= min(CAP, sum(monthly), calculate_capacity(income, housing, reserved))
    assert 0 <= fee.total <= charged


@given(ore, ore, ore, st.lists(ore, max_size=3))
def test_more_income_never_costs_less_and_a_couples_half_leaves_no_less_than_a_singles(
    income, more, housing, monthly
):
    capped = [Capped(str(place), CareKind.OTHER, amount) for place, amount in enumerate(monthly)]

    def total(net_income, kind=FeeType.SINGLE):
        facts = FeeFacts(kind, net_income=net_income, housing_cost=housing, capped=capped)
        return calculate_fee(facts, TERMS).total

    assert total(income) <= total(income + more)
    assert total(income) <= total(income, FeeType.COUPLE)
    assert (
        total(income, FeeType.COUPLE) <= calculate_fee(FeeFacts(accepts_cap=True, capped=capped), TERMS).total
    )
