"""What absence takes off care and board: the manual's examples and the spec's."""

from fractions import Fraction

import pytest

from kvitt.modules.care_fees.rules import absence as rules
from tests.modules.care_fees.absences import TERMS, away, day, deductions

pytestmark = pytest.mark.requirement("CF-15", "CF-16", "CF-16a", "CF-17")
THIRTIETH = Fraction(1, 30)

# What, the absences, and what the months lose: percent of care (or a share), days of board.
EXAMPLES = [
    ("planned, 6 days", [away("2025-03-03", "2025-03-08")], {}),
    ("planned, 7 days", [away("2025-03-03", "2025-03-09")], {"2025-03": (25, 7)}),
    ("planned, 10 days", [away("2025-03-03", "2025-03-12")], {"2025-03": (25, 10)}),
    ("planned, 13 days", [away("2025-03-03", "2025-03-15")], {"2025-03": (25, 13)}),
    ("planned, 14 days", [away("2025-03-03", "2025-03-16")], {"2025-03": (50, 14)}),
    ("planned, 20 days", [away("2025-03-03", "2025-03-22")], {"2025-03": (50, 20)}),
    ("planned, 21 days", [away("2025-03-03", "2025-03-23")], {"2025-03": (75, 21)}),
    ("planned, 27 days", [away("2025-03-03", "2025-03-29")], {"2025-03": (75, 27)}),
    ("planned, 28 days", [away("2025-03-03", "2025-03-30")], {"2025-03": (100, 28)}),
    (
        "planned, 35 days from 10 January",
        [away("2025-01-10", "2025-02-13")],
        {"2025-01": (75, 22), "2025-02": (50, 13)},
    ),
    (
        "five whole weeks end in May: the fifth gives nothing more",
        [away("2025-04-25", "2025-05-29")],
        {"2025-04": (0, 6), "2025-05": (100, 29)},
    ),
    (
        "reported Monday for the next Monday",
        [away("2025-03-10", "2025-03-16", reported="2025-03-03")],
        {"2025-03": (25, 7)},
    ),
    (
        "reported Monday for Wednesday the same week: counts from the next Monday",
        [away("2025-03-05", "2025-03-16", reported="2025-03-03")],
        {"2025-03": (25, 7)},
    ),
    (
        "reported Monday for Wednesday the same week, home a day earlier: six counted days",
        [away("2025-03-05", "2025-03-15", reported="2025-03-03")],
        {},
    ),
    ("planned, reported when it was over", [away("2025-03-03", "2025-03-16", reported="2025-04-01")], {}),
    (
        "two adjoining of 6 and 8 days, as one of 14",
        [away("2025-03-03", "2025-03-08"), away("2025-03-09", "2025-03-16", reported="2025-03-08")],
        {"2025-03": (50, 14)},
    ),
    (
        "6 and 8 days with a day at home between them",
        [away("2025-03-03", "2025-03-08"), away("2025-03-10", "2025-03-17")],
        {"2025-03": (25, 8)},
    ),
    (
        "planned over a month's end: each week in the month of its seventh day",
        [away("2025-01-28", "2025-02-10")],
        {"2025-01": (0, 4), "2025-02": (50, 10)},
    ),
    (
        "unplanned, 1 day",
        [away("2025-03-03", "2025-03-03", planned=False)],
        {"2025-03": (THIRTIETH, 1)},
    ),
    ("unplanned, 30 days", [away("2025-03-01", "2025-03-30", planned=False)], {"2025-03": (100, 30)}),
    ("unplanned, 31 days", [away("2025-03-01", "2025-03-31", planned=False)], {"2025-03": (100, 31)}),
    (
        "unplanned over a month's end",
        [away("2025-01-29", "2025-02-10", planned=False)],
        {"2025-01": (10, 3), "2025-02": (Fraction(1, 3), 10)},
    ),
    (
        "a planned week and then hospital, of one month",
        [away("2025-03-03", "2025-03-09"), away("2025-03-10", "2025-03-31", planned=False)],
        {"2025-03": (Fraction(59, 60), 29)},
    ),
    (
        "both together never more than all of it",
        [away("2025-03-01", "2025-03-14"), away("2025-03-15", "2025-03-31", planned=False)],
        {"2025-03": (100, 31)},
    ),
]


@pytest.mark.parametrize(
    ("absences", "expected"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES]
)
def test_months_lose_what_the_manual_says(absences, expected):
    assert deductions(*absences) == expected


def test_open_absence_over_three_months_is_counted_to_each_month_s_end():
    unplanned, planned = (away("2025-01-20", None, planned=each) for each in (False, True))
    assert deductions(unplanned, through="2025-01-31") == {"2025-01": (40, 12)}
    assert deductions(unplanned, through="2025-03-31") == {
        "2025-01": (40, 12),
        "2025-02": (Fraction(28, 30), 28),
        "2025-03": (100, 31),
    }
    assert deductions(planned, through="2025-03-10") == {
        "2025-01": (25, 12),
        "2025-02": (100, 28),
        "2025-03": (100, 31),
    }


def test_planned_and_open_from_28_january_owes_january_its_board_once_it_has_passed_seven_days():
    absence = away("2025-01-28", None)
    january, february = day("2025-01-01"), day("2025-02-01")
    assert deductions(absence, through="2025-01-31") == {}
    assert deductions(absence, through="2025-02-28") == {"2025-01": (0, 4), "2025-02": (100, 28)}
    charged = rules.ChargedMonth(care=182_300, board=306_000, day_amount=10_200)
    found = rules.calculate_deductions([absence], terms=[TERMS], through=february)
    after = {month: rules.calculate_deducted(each, charged) for month, each in found.items()}
    assert rules.plan_differences({}, after, locked=[january]) == [rules.Difference(january, 0, 40_800)]


def test_absence_registered_after_the_month_was_locked_comes_as_a_difference_of_that_month():
    january, february = day("2025-01-01"), day("2025-02-01")
    charged = rules.ChargedMonth(care=182_300, board=306_000, day_amount=10_200)
    found = rules.calculate_deductions(
        [away("2025-01-10", "2025-02-13")], terms=[TERMS], through=day("2025-02-28")
    )
    after = {month: rules.calculate_deducted(each, charged) for month, each in found.items()}
    owed = rules.Difference(january, 136_725, 224_400)
    assert rules.plan_differences({}, after, locked={january}) == [owed]
    assert [(line.text % line.values, line.amount) for line in owed.lines] == [
        ("Absence in 2025-01, care", -136_725),
        ("Absence in 2025-01, board", -224_400),
    ]
    # Once it is on an invoice nothing more is owed, and a shorter absence takes it back.
    assert rules.plan_differences({january: after[january]}, after, locked={january}) == []
    taken_back = rules.plan_differences(after, {}, locked={january, february})
    assert taken_back == [
        rules.Difference(january, -136_725, -224_400),
        rules.Difference(february, -91_150, -132_600),
    ]


def test_the_example_of_simulate_fee():
    absence = away("2025-03-12", "2025-03-25", reported="2025-03-03")
    [(month, deduction)] = rules.calculate_deductions(
        [absence], terms=[TERMS], through=day("2025-03-31")
    ).items()
    charged = rules.ChargedMonth(care=75_300, board=306_000, day_amount=10_200)
    assert month == day("2025-03-01")
    assert rules.calculate_deducted(deduction, charged) == rules.Deducted(care=37_650, board=142_800)


@pytest.mark.parametrize(
    ("days", "care", "board"), [(1, 6_077, 10_200), (30, 182_300, 306_000), (31, 182_300, 306_000)]
)
def test_unplanned_takes_a_thirtieth_and_the_day_amount_and_never_more_than_the_fee(days, care, board):
    absence = away("2025-03-01", f"2025-03-{days:02}", planned=False)
    [deduction] = rules.calculate_deductions([absence], terms=[TERMS], through=day("2025-03-31")).values()
    charged = rules.ChargedMonth(care=182_300, board=306_000, day_amount=10_200)
    assert rules.calculate_deducted(deduction, charged) == rules.Deducted(care, board)


@pytest.mark.parametrize(("days", "board"), [(6, 0), (7, 71_400), (10, 102_000), (28, 285_600)])
def test_planned_takes_the_day_amount_of_board_for_each_day_once_it_is_seven(days, board):
    found = rules.calculate_deductions(
        [away("2025-03-03", f"2025-03-{days + 2:02}")], terms=[TERMS], through=day("2025-03-31")
    )
    deduction = found.get(day("2025-03-01"), rules.Deduction())
    assert rules.calculate_board_deduction(306_000, deduction, day_amount=10_200) == board


def test_where_care_is_charged_for_a_part_of_the_month_a_day_takes_off_as_much_as_in_a_whole_one():
    part = Fraction(16, 30)  # granted from the 16th of a month of 31 days
    charged = 97_227  # 16/30 of 1 823 kr
    five_days = rules.Deduction(care_shares=(Fraction(5, 30),))
    assert rules.calculate_care_deduction(charged, five_days, part=part) == 30_383
    whole = rules.Deduction(care_shares=(Fraction(1),))
    assert rules.calculate_care_deduction(charged, whole, part=part) == charged
    assert rules.calculate_care_deduction(0, whole, part=Fraction(0)) == 0


def test_each_absence_of_a_month_is_rounded_by_itself():
    days = [away("2025-03-03", "2025-03-03", planned=False), away("2025-03-10", "2025-03-10", planned=False)]
    [deduction] = rules.calculate_deductions(days, terms=[TERMS], through=day("2025-03-31")).values()
    assert rules.calculate_care_deduction(182_300, deduction) == 2 * 6_077


def test_another_municipality_is_data_and_the_first_day_decides_whose_terms_hold():
    other = rules.AbsenceTerms(day("2025-03-10"), 14, 14, 14, 40, 31)
    terms = [TERMS, other]
    first, later = away("2025-03-03", "2025-03-09"), away("2025-03-10", "2025-03-24", reported="2025-02-24")
    through = day("2025-03-31")
    found = rules.calculate_deductions([first], terms=terms, through=through)
    assert found == {day("2025-03-01"): rules.Deduction((Fraction(1, 4),), 7, 1)}
    found = rules.calculate_deductions([later], terms=terms, through=through)
    assert found == {day("2025-03-01"): rules.Deduction((Fraction(2, 5),), 15, 1)}


def test_a_late_report_is_told_with_the_day_from_which_it_counts():
    [counted] = rules.count_absences(
        [away("2025-03-05", None, reported="2025-03-03")], terms=[TERMS], through=day("2025-03-01")
    )
    assert (counted.is_late, counted.counted_on, counted.days) == (True, day("2025-03-10"), 22)
    assert (counted.weeks, counted.is_enough) == (3, True)
