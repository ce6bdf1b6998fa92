"""Which months the calendar owes, and what their invoices are called."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import dates
from kvitt.ledger import rules

pytestmark = pytest.mark.requirement("PH-8")
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
FIRSTS = DAYS.map(lambda day: day.replace(day=1))


def owed(*runs, on, first_line_on=None):
    return rules.calculate_owed_days(
        [rules.RunFacts(day, is_finished) for day, is_finished in runs], first_line_on=first_line_on, on=on
    )


def test_nothing_is_owed_before_the_first_line():
    assert owed(on=dt.date(2024, 12, 1)) == []


@pytest.mark.parametrize(
    ("made_on", "first_due"),
    [
        (dt.date(2024, 11, 1), dt.date(2024, 12, 1)),
        (dt.date(2024, 11, 30), dt.date(2024, 12, 1)),
        (dt.date(2024, 12, 1), dt.date(2025, 1, 1)),
    ],
)
def test_first_run_is_due_the_first_after_the_first_line(made_on, first_due):
    assert owed(on=dates.day_before(first_due), first_line_on=made_on) == []
    assert owed(on=first_due, first_line_on=made_on) == [first_due]


def test_missed_months_come_in_order_after_the_last_run():
    runs = [(dt.date(2024, 10, 1), True), (dt.date(2024, 11, 1), True)]

    assert owed(*runs, on=dt.date(2025, 2, 14)) == [
        dt.date(2024, 12, 1),
        dt.date(2025, 1, 1),
        dt.date(2025, 2, 1),
    ]


def test_unfinished_run_comes_before_later_months():
    runs = [(dt.date(2024, 12, 1), True), (dt.date(2024, 11, 1), False)]

    assert owed(*runs, on=dt.date(2025, 1, 1)) == [dt.date(2024, 11, 1), dt.date(2025, 1, 1)]


def test_run_that_was_made_ahead_is_not_owed_before_its_day():
    assert owed((dt.date(2025, 1, 1), False), on=dt.date(2024, 12, 31)) == []


@given(first_line_on=DAYS, on=DAYS)
def test_a_month_done_is_owed_no_more_and_every_month_is_owed_once(first_line_on, on):
    """However often the calendar is looked at, doing the first that is owed leaves the rest."""
    due = owed(on=on, first_line_on=first_line_on)

    assert due == sorted(set(due))
    assert all(day.day == 1 and first_line_on < day <= on for day in due)
    assert len(due) == max(0, (on.year - first_line_on.year) * 12 + on.month - first_line_on.month)
    if due:
        assert owed((due[0], True), on=on, first_line_on=first_line_on) == due[1:]
        assert owed((due[0], False), on=on, first_line_on=first_line_on) == due


@given(runs=st.dictionaries(FIRSTS, st.booleans(), min_size=1, max_size=5), on=DAYS)
def test_what_is_owed_is_what_is_unfinished_and_every_month_since(runs, on):
    due = owed(*runs.items(), on=on)

    assert due == sorted(set(due))
    for day in due:
        assert day <= on
        assert (day in runs and not runs[day]) or day > max(runs)
    assert {day for day, is_finished in runs.items() if not is_finished and day <= on} <= set(due)


@given(due_on=FIRSTS)
def test_run_is_dated_the_last_day_of_the_month_that_ended(due_on):
    day = rules.calculate_run_date(due_on)

    assert day == dates.last_day_of_month(day)
    assert dates.day_after(day) == due_on


def test_reference_says_scheme_month_and_clinic():
    reference = rules.calculate_run_reference("Befolkningsansvar", dt.date(2025, 1, 1), "1111")

    assert reference == "Befolkningsansvar 2024-12 1111"


def test_runs_are_made_a_year_ahead_and_no_further():
    today = dt.date(2024, 11, 20)

    assert rules.check_run_day(dt.date(2025, 11, 20), today=today) == []
    [problem] = rules.check_run_day(dt.date(2025, 11, 21), today=today)
    assert (problem.code, problem.field) == ("far_ahead", "on")
