"""Dated numbers have a source, and the one that holds on the day is found."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import parameters
from kvitt.foundation.values.parameters import DatedValue, Parameter, UnknownParameter

DEDUCTIBLE = "needs_allowance.deductible"


def made(*values):
    return Parameter("a.b", "ord", "meaning", "öre", tuple(values))


@pytest.mark.requirement("CO-15")
def test_every_shipped_parameter_has_a_source():
    assert parameters.shipped_parameters()
    assert [
        fault for one in parameters.shipped_parameters().values() for fault in parameters.faults_in(one)
    ] == []


@pytest.mark.requirement("CO-15")
@pytest.mark.parametrize(
    ("parameter", "fault"),
    [
        (made(), "no value"),
        (made(DatedValue(dt.date(2024, 1, 1), 1, "")), "no source"),
        (
            made(DatedValue(dt.date(2025, 1, 1), 1, "s"), DatedValue(dt.date(2024, 1, 1), 2, "s")),
            "not in order",
        ),
        (Parameter("a.b", "ord", "m", "apples", (DatedValue(dt.date(2024, 1, 1), 1, "s"),)), "unknown unit"),
    ],
)
def test_faulty_parameter_is_named(parameter, fault):
    assert any(fault in told for told in parameters.faults_in(parameter))


@pytest.mark.requirement("CO-15")
def test_own_value_wins_from_its_first_day_and_not_before():
    own = [DatedValue(dt.date(2025, 1, 1), 600_000, "beslut")]

    assert parameters.value_on(DEDUCTIBLE, dt.date(2024, 12, 31), own=own) == 500_000
    assert parameters.value_on(DEDUCTIBLE, dt.date(2025, 1, 1), own=own) == 600_000


@pytest.mark.requirement("CO-15")
def test_unknown_name_and_day_before_the_first_are_errors():
    with pytest.raises(UnknownParameter):
        parameters.value_on("needs_allowance.nothing", dt.date(2025, 1, 1))
    with pytest.raises(UnknownParameter):
        parameters.value_on(DEDUCTIBLE, dt.date(1900, 1, 1))


@pytest.mark.requirement("CO-15")
@given(st.dates(dt.date(2020, 1, 1), dt.date(2060, 1, 1)), st.integers(1, 10_000), st.integers(0, 10**9))
def test_later_value_never_changes_an_earlier_day(day, later, value):
    own = [DatedValue(day + dt.timedelta(later), value, "beslut")]

    assert parameters.value_on(DEDUCTIBLE, day, own=own) == parameters.value_on(DEDUCTIBLE, day)
