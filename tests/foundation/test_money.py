"""Money is whole öre and shows the Swedish way."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import money

NBSP = "\u00a0"


@pytest.mark.requirement("CO-17")
@pytest.mark.parametrize(
    ("ore", "shown"),
    [
        (502_500, f"5{NBSP}025{NBSP}kr"),
        (-500_000, f"−5{NBSP}000{NBSP}kr"),
        (0, f"0{NBSP}kr"),
        (1_250, f"12,50{NBSP}kr"),
        (5, f"0,05{NBSP}kr"),
        (123_456_789_00, f"123{NBSP}456{NBSP}789{NBSP}kr"),
    ],
)
def test_amount_shows_in_kronor_with_ore_only_where_there_are_any(ore, shown):
    assert money.format_kronor(ore) == shown


@pytest.mark.requirement("CO-17")
@pytest.mark.parametrize(
    ("typed", "ore"),
    [
        ("1235", 123_500),
        ("1 235,50", 123_550),
        ("1235.5", 123_550),
        ("-200", -20_000),
        ("75 kr", 7_500),
        ("−5", -500),
    ],
)
def test_amount_is_read_as_people_type_it(typed, ore):
    assert money.parse_kronor(typed) == ore


@pytest.mark.parametrize("typed", ["", "kr", "1,234", "1.2.3", "12,5 öre", "1e3", "NaN", "--5"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValueError, match="not an amount"):
        money.parse_kronor(typed)


@pytest.mark.requirement("CO-17")
@given(st.integers(-(10**14), 10**14))
def test_every_amount_is_read_back_as_it_is_shown(ore):
    assert money.parse_kronor(money.format_kronor(ore)) == ore


@pytest.mark.requirement("CO-17")
@pytest.mark.parametrize(("amount", "ore"), [("0.5", 1), ("-0.5", -1), ("1.4999", 1), ("2.5", 3)])
def test_halves_are_rounded_away_from_zero(amount, ore):
    assert money.round_half_up(Decimal(amount)) == ore


@pytest.mark.requirement("CO-17")
@pytest.mark.parametrize(("amount", "ore"), [("75339.9", 75_300), ("99", 0), ("-199", -100)])
def test_whole_kronor_are_rounded_towards_zero(amount, ore):
    assert money.round_down_to_krona(Decimal(amount)) == ore


def test_counts_have_a_space_between_thousands():
    assert money.format_count(1842) == f"1{NBSP}842"
