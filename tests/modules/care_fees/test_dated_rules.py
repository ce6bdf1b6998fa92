"""What a change from a day on does to rows that follow on each other."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period, day_before
from kvitt.modules.care_fees.rules import dated

pytestmark = pytest.mark.requirement("CF-5")

DAYS = st.dates(dt.date(2023, 1, 1), dt.date(2026, 12, 31))


@st.composite
def rows(draw):
    starts = sorted(draw(st.sets(DAYS, min_size=1, max_size=5)))
    ends = [*(day_before(start) for start in starts[1:]), None]
    return [Period(first, last) for first, last in zip(starts, ends, strict=True)]


def changed_rows(periods, change, first_on):
    """Return the days of the rows after a change, and whether each holds what was changed."""
    after = []
    for place, row in enumerate(periods):
        if place == change.split:
            after += [(Period(row.first, day_before(first_on)), False), (Period(first_on, row.last), True)]
        elif place in change.changed:
            first = first_on if place == 0 and change.begins_earlier else row.first
            after.append((Period(first, row.last), True))
        else:
            after.append((row, False))
    return after


@given(rows(), DAYS, DAYS)
def test_change_holds_from_its_day_and_leaves_every_day_one_row(periods, first_on, day):
    after = changed_rows(periods, dated.plan_change(periods, first_on=first_on), first_on)
    held = [is_changed for row, is_changed in after if row.contains(day)]
    assert held == ([day >= first_on] if day >= min(first_on, periods[0].first) else [])


def test_change_back_in_time_goes_through_several_rows():
    periods = [
        Period(dt.date(2024, 1, 1), dt.date(2024, 4, 30)),
        Period(dt.date(2024, 5, 1), dt.date(2024, 8, 31)),
        Period(dt.date(2024, 9, 1)),
    ]
    change = dated.plan_change(periods, first_on=dt.date(2024, 3, 15))
    assert (change.split, change.changed, change.begins_earlier) == (0, (1, 2), False)
    assert dated.plan_change(periods, first_on=dt.date(2023, 12, 1)).begins_earlier


def test_day_far_away_is_refused():
    today = dt.date(2024, 11, 20)
    for day, code in (
        (dt.date(2025, 11, 20), []),
        (dt.date(2025, 11, 21), ["too_far_ahead"]),
        (dt.date(2019, 11, 20), []),
        (dt.date(2019, 11, 19), ["too_far_back"]),
    ):
        assert [problem.code for problem in dated.check_first_day(day, today=today)] == code
