"""The days on which money moves."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.settlement.rules.bank_days import is_bank_day, next_bank_day

pytestmark = pytest.mark.requirement("SC-23")
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        "2024-06-21",  # Midsummer Eve
        "2024-12-24",
        "2024-12-25",
        "2024-12-26",
        "2024-12-31",
        "2025-01-01",
        "2025-01-06",
        "2025-04-18",  # Good Friday
        "2025-04-21",
        "2025-05-01",
        "2025-05-29",  # Ascension Day
        "2025-06-06",
        "2025-11-01",
        "2025-03-15",  # Saturday
        "2025-03-16",
    ],
)
def test_banks_rest(day):
    assert not is_bank_day(dt.date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2025-04-17", "2025-04-30", "2025-10-31", "2025-12-23", "2025-05-30"])
def test_days_that_end_at_two_are_bank_days(day):
    """Maundy Thursday, Walpurgis, All Saints' Eve, the day before Christmas Eve; a squeeze day is a day."""
    assert is_bank_day(dt.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2024-12-24", "2024-12-27"), ("2025-04-18", "2025-04-22"), ("2025-03-14", "2025-03-14")],
)
def test_money_moves_on_the_next_bank_day(day, expected):
    assert next_bank_day(dt.date.fromisoformat(day)) == dt.date.fromisoformat(expected)


@given(DAYS)
def test_next_bank_day_is_the_first_from_the_day_on(day):
    found = next_bank_day(day)

    assert is_bank_day(found)
    assert not any(is_bank_day(day + dt.timedelta(days=passed)) for passed in range((found - day).days))
    assert (found - day).days <= 6
