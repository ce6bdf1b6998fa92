"""What may be registered of what was done: pure, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.lifecycle import Measure, MonthStatus
from kvitt.modules.care_fees.rules import registrations as rules
from kvitt.modules.care_fees.rules.registrations import Change

OCTOBER = dt.date(2024, 10, 1)


def codes(problems):
    return [problem.code for problem in problems]


@pytest.mark.requirement("CF-11")
@pytest.mark.parametrize(
    ("text", "measure", "quantity", "fault"),
    [
        ("12", Measure.COUNT, 12, None),
        (" 1 200,00 ", Measure.COUNT, 1200, None),
        ("1\u00a0200", Measure.COUNT, 1200, None),
        ("0", Measure.COUNT, 0, None),
        ("  ", Measure.COUNT, None, None),
        ("2:30", Measure.MINUTES, 150, None),
        ("2:30", Measure.COUNT, None, "not_a_figure"),
        ("2:60", Measure.MINUTES, None, "not_a_figure"),
        ("12,5", Measure.COUNT, None, "not_a_figure"),
        ("tolv", Measure.COUNT, None, "not_a_figure"),
        ("-3", Measure.COUNT, None, "below_zero"),
        ("44640", Measure.MINUTES, 44_640, None),
        ("44641", Measure.MINUTES, None, "too_many_minutes"),
        ("745:00", Measure.MINUTES, None, "too_many_minutes"),
        ("9999", Measure.COUNT, 9999, None),
        ("10000", Measure.COUNT, None, "too_many"),
        ("9" * 40, Measure.COUNT, None, "not_a_figure"),
    ],
)
def test_figure_is_read_as_people_write_it(text, measure, quantity, fault):
    read, problems = rules.read_quantity(text, measure, OCTOBER)
    assert (read, codes(problems)) == (quantity, [fault] if fault else [])


@pytest.mark.requirement("CF-11")
def test_no_client_gets_more_than_24_hours_a_day():
    days = {2: 29, 4: 30, 10: 31}
    for month, count in days.items():
        assert rules.calculate_largest(Measure.MINUTES, dt.date(2024, month, 1)) == 60 * 24 * count


@given(text=st.text(max_size=30), measure=st.sampled_from([Measure.COUNT, Measure.MINUTES]))
def test_whatever_is_typed_is_a_figure_or_a_fault_in_words(text, measure):
    quantity, problems = rules.read_quantity(text, measure, OCTOBER)
    assert all(str(problem) for problem in problems)
    assert quantity is None or (not problems and 0 <= quantity <= rules.calculate_largest(measure, OCTOBER))


@pytest.mark.requirement("CF-12")
@pytest.mark.parametrize(
    ("stored", "wanted", "status", "change", "fault"),
    [
        (None, None, None, Change.NOTHING, None),
        (None, 0, None, Change.NOTHING, None),
        (None, 3, None, Change.ADDED, None),
        (3, 3, None, Change.NOTHING, None),
        (3, 4, None, Change.CHANGED, None),
        (3, 0, None, Change.REMOVED, None),
        (3, None, None, Change.REMOVED, None),
        (3, 4, MonthStatus.CALCULATED, Change.CHANGED, None),
        (3, 0, MonthStatus.CALCULATED, Change.CHANGED, None),
        (3, None, MonthStatus.CALCULATED, Change.NOTHING, "not_removed"),
        (0, 0, MonthStatus.CALCULATED, Change.NOTHING, None),
        (None, 3, MonthStatus.CALCULATED, Change.ADDED, None),
    ],
)
def test_after_the_calculation_only_the_count_changes(stored, wanted, status, change, fault):
    found, problems = rules.plan_registration(stored, wanted, status=status)
    assert (found, codes(problems)) == (change, [fault] if fault else [])


@pytest.mark.requirement("CF-11", "CF-12")
def test_month_unit_and_client_allow_it():
    today, long_ago = dt.date(2024, 10, 1), dt.date(2024, 9, 30)
    assert rules.check_month(OCTOBER, today=today) == []
    assert codes(rules.check_month(OCTOBER, today=long_ago)) == ["month_to_come"]
    assert rules.check_unit("Norr", "home_care", today, month=OCTOBER) == []
    assert codes(rules.check_unit("Norr", "home_care", long_ago, month=OCTOBER)) == ["unit_closed"]
    assert codes(rules.check_unit("Kliniken", "", None, month=OCTOBER)) == ["not_a_care_unit"]
    assert rules.check_client(today, MonthStatus.CALCULATED, month=OCTOBER) == []
    assert codes(rules.check_client(long_ago, None, month=OCTOBER)) == ["client_dead"]
    assert codes(rules.check_client(None, MonthStatus.APPROVED, month=OCTOBER)) == ["month_locked"]
