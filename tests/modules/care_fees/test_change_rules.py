"""Why a month comes to more or less than the one before."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.lifecycle import LineKind, Measure
from kvitt.modules.care_fees.rules.changes import ChangeKind, ComparedLine, ComparedMonth, explain_change

pytestmark = pytest.mark.requirement("CF-27")

OCTOBER = date(2024, 10, 1)
CARE = ComparedLine(LineKind.CARE, 182_300, "Personlig omvårdnad", price=182_300, measure=Measure.MONTH)
ALARM = ComparedLine(LineKind.CARE, 31_000, "Trygghetslarm", price=31_000, measure=Measure.MONTH)
RENT = ComparedLine(LineKind.RENT, 620_000)
HALF = ComparedLine(LineKind.RENT, 310_000)


def lunches(count: int) -> ComparedLine:
    return ComparedLine(
        LineKind.PRODUCT, 7_800 * count, "Lunch", quantity=count, price=7_800, measure=Measure.COUNT
    )


def month(*lines: ComparedLine, at_cap: bool = False, area: int = 1) -> ComparedMonth:
    return ComparedMonth(area, lines, at_cap)


def told(before: ComparedMonth | None, now: ComparedMonth | None, **more: object) -> list[tuple[str, int]]:
    found = explain_change(before, now, month=OCTOBER, **more)
    return [(change.kind.label % change.values, change.amount) for change in found]


def test_the_same_month_has_no_reason() -> None:
    assert told(month(CARE, lunches(3)), month(CARE, lunches(3))) == []


def test_services_that_come_and_go_and_counts_that_change_are_told_the_largest_first() -> None:
    assert told(month(ALARM, lunches(3)), month(CARE, lunches(5))) == [
        ("New: Personlig omvårdnad", 182_300),
        ("Ended: Trygghetslarm", -31_000),
        ("Lunch: 5 (3)", 15_600),
    ]
    assert told(month(CARE), month(CARE, lunches(2))) == [("Lunch: 2 (0)", 15_600)]
    time = ComparedLine(LineKind.CARE, 27_800, "Boservice", quantity=60, measure=Measure.MINUTES)
    assert told(month(CARE, time), month(CARE)) == [("Boservice: 0 min (60 min)", -27_800)]


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        (month(), month(HALF), "Moves in"),
        (month(RENT), month(), "Moves out"),
        (month(RENT), month(HALF), "Half rent"),
        (month(HALF), month(RENT), "Whole rent after half"),
        (month(RENT), month(ComparedLine(LineKind.RENT, 640_000)), "New rent"),
    ],
)
def test_the_rent_tells_of_moves(before: ComparedMonth, now: ComparedMonth, reason: str) -> None:
    assert told(before, now) == [(reason, now.total - before.total)]


def test_absence_is_told_with_its_days_and_those_of_the_month_before() -> None:
    absence = ComparedLine(LineKind.ABSENCE_CARE, -45_575, CARE.service)
    board = ComparedLine(LineKind.ABSENCE_BOARD, -71_400, "Kost vårdbostad")
    away = ComparedMonth(1, [CARE, absence, board], absence_days=7)
    assert told(month(CARE), away) == [("Absence, days: 7 (0)", -116_975)]
    assert told(away, month(CARE)) == [("Absence, days: 0 (7)", 116_975)]


def test_what_a_capped_service_is_charged_tells_which_limit_moved() -> None:
    less = ComparedLine(LineKind.CARE, 75_300, CARE.service, price=182_300, measure=Measure.MONTH)
    dearer = ComparedLine(LineKind.CARE, 190_000, CARE.service, price=190_000, measure=Measure.MONTH)
    assert told(month(less), month(CARE)) == [("New income or fee capacity", 107_000)]
    assert told(month(less), month(CARE, at_cap=True)) == [("Reached the fee cap", 107_000)]
    assert told(month(CARE, at_cap=True), month(less)) == [("No longer at the fee cap", -107_000)]
    assert told(month(less, at_cap=True), month(CARE, at_cap=True)) == [("Another fee cap", 107_000)]
    assert told(month(CARE), month(dearer)) == [("New price: Personlig omvårdnad", 7_700)]
    # The alarm took the client to the cap: that is told, and is nothing of its own.
    assert told(month(CARE), month(CARE, ALARM, at_cap=True)) == [
        ("Reached the fee cap", 0),
        ("New: Trygghetslarm", 31_000),
    ]


def test_corrections_differences_and_carried_amounts_of_both_months_are_each_by_themselves() -> None:
    free = ComparedLine(LineKind.CORRECTION, -620_000, "", "Hyresfri månad")
    late = ComparedLine(LineKind.DIFFERENCE, -4_000, "Lunch", about_month=date(2024, 8, 1))
    more = ComparedLine(LineKind.DIFFERENCE, -6_000, "Kost", about_month=date(2024, 8, 1))
    carried = ComparedLine(LineKind.CARRIED, 2_000)
    assert told(month(RENT), month(RENT, free, late, more, carried)) == [
        ("Correction: Hyresfri månad", -620_000),
        ("Difference of 2024-08", -10_000),
        ("Carried from an earlier month", 2_000),
    ]
    assert told(month(RENT, free), month(RENT)) == [("Correction the month before: Hyresfri månad", 620_000)]


def test_who_came_left_or_died_is_told_first() -> None:
    assert told(None, month(CARE)) == [("Not charged the month before", 182_300)]
    assert told(month(CARE), None) == [("No longer in the billing area", -182_300)]
    assert told(month(CARE, area=2), month(CARE, ALARM)) == [
        ("Came from another billing area", 0),
        ("New: Trygghetslarm", 31_000),
    ]
    assert told(month(CARE), month(), died_on=date(2024, 9, 28)) == [
        ("Died 2024-09-28", 0),
        ("Ended: Personlig omvårdnad", -182_300),
    ]
    assert told(month(CARE), month(CARE), died_on=date(2024, 8, 31)) == []


_lines = st.builds(
    ComparedLine,
    kind=st.sampled_from(LineKind),
    amount=st.integers(-1_000, 1_000),
    service=st.sampled_from(["", "A", "B"]),
    text=st.sampled_from(["x", "y"]),
    quantity=st.none() | st.integers(0, 3),
    price=st.none() | st.integers(1, 3),
    measure=st.none() | st.sampled_from(Measure),
    about_month=st.none() | st.just(date(2024, 8, 1)),
)
_months = st.none() | st.builds(ComparedMonth, st.integers(1, 2), st.lists(_lines, max_size=6), st.booleans())


@given(before=_months, now=_months)
def test_the_reasons_come_to_the_difference_together(
    before: ComparedMonth | None, now: ComparedMonth | None
) -> None:
    changes = explain_change(before, now, month=OCTOBER)
    difference = (now.total if now else 0) - (before.total if before else 0)
    assert sum(change.amount for change in changes) == difference
    assert all(change.kind in ChangeKind and change.kind.label % change.values for change in changes)
