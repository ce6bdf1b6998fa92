"""Who corrects what, within the fee cap, and which month is billed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.lifecycle import MonthStatus
from kvitt.modules.care_fees.rules import month as months
from kvitt.modules.care_fees.rules.cap import calculate_fee_cap
from kvitt.modules.care_fees.rules.corrections import (
    Corrected,
    calculate_left_of_cap,
    check_correction,
    check_removal,
)

pytestmark = pytest.mark.requirement("CF-13")

RENT = Corrected("Hyra", is_capped=False, has_unit_price=True)
FOOD_BASKET = Corrected("Matkorg", is_capped=False, has_unit_price=True)
CARE = Corrected("Personlig omvårdnad", is_capped=True, has_unit_price=False)
CLEANING = Corrected("Boservice", is_capped=True, has_unit_price=True)
BOARD = Corrected("Kost vårdbostad", is_capped=False, has_unit_price=False)


def codes(corrected, amount=-10_000, *, text="Avdrag", manages_billing=False, left=100_000):
    problems = check_correction(
        corrected,
        amount=amount,
        text=text,
        manages_billing=manages_billing,
        left_of_cap=left,
        contact="Debiteringen, 013-20 57 00",
    )
    return [problem.code for problem in problems]


@pytest.mark.parametrize("corrected", [RENT, FOOD_BASKET])
def test_unit_corrects_what_has_a_unit_price(corrected):
    assert codes(corrected) == []


@pytest.mark.parametrize(
    ("corrected", "code"),
    [(CARE, "by_billing_office"), (CLEANING, "by_billing_office"), (BOARD, "no_unit_price")],
)
def test_what_touches_the_fee_cap_or_has_no_unit_price_is_the_billing_offices(corrected, code):
    assert codes(corrected) == [code]
    assert codes(corrected, manages_billing=True) == []


def test_refusal_names_whom_to_ask():
    [problem] = check_correction(
        CARE, amount=-1, text="x", manages_billing=False, left_of_cap=0, contact="Debiteringen, 013-20 57 00"
    )
    assert "Personlig omvårdnad" in str(problem)
    assert "013-20 57 00" in str(problem)


def test_addition_to_a_capped_service_keeps_within_what_is_left_of_the_cap():
    assert codes(CARE, 81_900, manages_billing=True, left=81_900) == []
    assert codes(CARE, 81_901, manages_billing=True, left=81_900) == ["above_limit"]
    assert codes(CARE, -999_999, manages_billing=True, left=0) == []
    assert codes(FOOD_BASKET, 999_999, left=0) == []


def test_correction_is_of_something_and_says_what():
    assert codes(RENT, 0) == ["nothing"]
    assert codes(RENT, text="  ") == ["no_text"]


def test_who_may_not_add_may_not_remove_and_a_free_month_stays():
    asked = {"contact": "", "is_free_month": False}
    assert check_removal(FOOD_BASKET, manages_billing=False, **asked) == []
    assert [p.code for p in check_removal(CARE, manages_billing=False, **asked)] == ["by_billing_office"]
    assert check_removal(CARE, manages_billing=True, **asked) == []
    asked["is_free_month"] = True
    assert [p.code for p in check_removal(RENT, manages_billing=True, **asked)] == ["is_free_month"]


@pytest.mark.requirement("CF-20")
@pytest.mark.parametrize(
    ("price_base_amount", "cap"), [(52_500, 2_359), (57_300, 2_574), (58_800, 2_642), (59_200, 2_660)]
)
def test_fee_cap_of_a_year_is_never_above_the_laws(price_base_amount, cap):
    assert calculate_fee_cap(price_base_amount * 100, 5_392) == cap * 100


@given(st.integers(0, 500_000), st.integers(0, 500_000), st.integers(-500_000, 500_000))
def test_what_is_left_never_lets_the_cap_be_passed(cap, charged, corrected):
    left = calculate_left_of_cap(cap, charged, corrected)

    assert left >= 0
    assert left == 0 or min(charged, cap) + corrected + left <= cap


def test_month_before_todays_is_billed_or_the_first_after_it_that_is_not_approved():
    today = dt.date(2025, 1, 20)
    december, january = dt.date(2024, 12, 1), dt.date(2025, 1, 1)

    assert months.calculate_billed_month(today, approved=()) == december
    assert months.calculate_billed_month(today, approved={december}) == january
    assert months.calculate_billed_month(today, approved={january}) == december


def test_only_an_approved_month_is_locked():
    november = dt.date(2024, 11, 1)

    assert months.check_month_open(november, None) == []
    assert months.check_month_open(november, MonthStatus.CALCULATED) == []
    [problem] = months.check_month_open(november, MonthStatus.APPROVED)
    assert "2024-11 is approved and locked" in str(problem)
