"""Periods have inclusive ends, months are calendar months, and dates are read as people type them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period

TODAY = dt.date(2025, 3, 20)
days = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))
periods = st.tuples(days, st.none() | st.integers(0, 2_000)).map(
    lambda pair: Period(pair[0], None if pair[1] is None else pair[0] + dt.timedelta(pair[1]))
)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        ("2024-02-29", 12, "2025-03-01"),
        ("2023-03-01", 12, "2024-03-01"),
        ("2024-12-18", 12, "2025-12-18"),
        ("2024-01-31", 1, "2024-03-01"),
        ("2024-03-31", -1, "2024-03-01"),
        ("2024-01-15", -1, "2023-12-15"),
    ],
)
@pytest.mark.requirement("NA-7")
def test_missing_day_gives_the_first_of_the_next_month(day, months, result):
    assert dates.add_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(result)


@given(periods, periods, days)
def test_periods_that_share_a_day_overlap(one, other, day):
    if one.contains(day) and other.contains(day):
        assert one.overlaps(other)
    assert one.overlaps(other) == other.overlaps(one)


@given(periods)
def test_next_period_may_begin_the_day_after(period):
    if period.last is not None:
        assert not period.overlaps(Period(dates.day_after(period.last)))
        assert period.overlaps(Period(period.last))


@pytest.mark.parametrize(
    "typed", ["2025-03-20", "20250320", "250320", "idag", "I dag", "today", " 2025-03-20 "]
)
def test_date_is_read_as_people_type_it(typed):
    assert dates.parse_date(typed, today=TODAY) == TODAY


@pytest.mark.parametrize("typed", ["", "2025-02-30", "20251301", "i morgon", "2025", "0000-00-00", "999999"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValueError, match=r".+"):
        dates.parse_date(typed, today=TODAY)


def test_six_digits_mean_the_nearest_century():
    assert dates.parse_date("991231", today=TODAY) == dt.date(1999, 12, 31)
    assert dates.parse_date("240229", today=TODAY) == dt.date(2024, 2, 29)


@given(days)
def test_last_day_of_the_month_is_followed_by_a_first(day):
    assert dates.day_after(dates.last_day_of_month(day)).day == 1
