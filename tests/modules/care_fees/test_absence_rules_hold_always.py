"""Whatever the order, however absences are split and changed: the sum is the same, and never too much."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import add_months, day_after, day_before, last_day_of_month
from kvitt.modules.care_fees.lifecycle import AbsenceReason
from kvitt.modules.care_fees.rules import absence as rules
from tests.modules.care_fees.absences import TERMS

pytestmark = pytest.mark.requirement("CF-15", "CF-16", "CF-16a", "CF-17")
FIRST, LAST = dt.date(2024, 12, 1), dt.date(2025, 12, 31)
CHARGED = rules.ChargedMonth(care=182_300, board=306_000, day_amount=10_200)


@st.composite
def absences(draw) -> list[rules.AbsenceFacts]:
    """Some absences of a client in a year, which do not overlap; the last one may be open."""
    found: list[rules.AbsenceFacts] = []
    first = FIRST + dt.timedelta(days=draw(st.integers(0, 60)))
    for _ in range(draw(st.integers(1, 5))):
        last = first + dt.timedelta(days=draw(st.integers(0, 70)))
        reason = draw(st.sampled_from([AbsenceReason.PLANNED, AbsenceReason.UNPLANNED]))
        reported = first - dt.timedelta(days=draw(st.integers(-3, 14)))
        found.append(rules.AbsenceFacts(reason, first, last, reported))
        first = last + dt.timedelta(days=draw(st.integers(1, 20)))
        if first > LAST - dt.timedelta(days=80):
            break
    if draw(st.booleans()):
        found[-1] = replace(found[-1], last_on=None)
    return found


def deductions(facts, through=LAST):
    return rules.calculate_deductions(facts, terms=[TERMS], through=through)


def deducted(facts, through=LAST, charged=CHARGED):
    return {
        month: rules.calculate_deducted(each, charged) for month, each in deductions(facts, through).items()
    }


def total(amounts) -> tuple[int, int]:
    return sum(each.care for each in amounts), sum(each.board for each in amounts)


def split_at_month_ends(absence: rules.AbsenceFacts) -> list[rules.AbsenceFacts]:
    """Return the absence as somebody edits it who ends it each month and registers it anew."""
    parts = []
    while last_day_of_month(absence.first_on) < (absence.last_on or LAST):
        end = last_day_of_month(absence.first_on)
        parts.append(replace(absence, last_on=end))
        absence = replace(absence, first_on=day_after(end), reported_on=end)
    return [*parts, absence]


@given(absences(), st.randoms())
def test_neither_the_order_nor_splits_at_month_ends_change_any_month(facts, random):
    split = [part for absence in facts for part in split_at_month_ends(absence)]
    shuffled = list(split)
    random.shuffle(shuffled)
    assert deductions(facts) == deductions(split) == deductions(shuffled)
    assert total(deducted(facts).values()) == total(deducted(shuffled).values())


@given(absences(), st.integers(0, 400_000), st.integers(0, 400_000), st.integers(1, 30))
def test_a_month_never_gives_up_more_than_it_costs(facts, care, board, thirtieths):
    charged = rules.ChargedMonth(care, board, 10_200, Fraction(thirtieths, 30))
    for month, deduction in deductions(facts).items():
        assert month.day == 1
        assert 0 <= deduction.care_share <= 1
        assert 0 <= deduction.board_days <= last_day_of_month(month).day
        found = rules.calculate_deducted(deduction, charged)
        assert 0 <= found.care <= care
        assert 0 <= found.board <= board


@given(absences(), st.integers(1, 40))
def test_a_longer_absence_never_takes_off_less(facts, days):
    last = facts[-1]
    ends = last.last_on or last.first_on
    shorter, longer = ends, ends + dt.timedelta(days=days)
    through = LAST + dt.timedelta(days=120)
    before = deducted([*facts[:-1], replace(last, last_on=shorter)], through)
    after = deducted([*facts[:-1], replace(last, last_on=longer)], through)
    for month, amounts in before.items():
        assert amounts.care <= after[month].care
        assert amounts.board <= after[month].board


@given(absences(), st.data())
def test_adjoining_absences_of_one_reason_are_one(facts, data):
    absence = facts[-1]
    length = ((absence.last_on or LAST) - absence.first_on).days
    cut = absence.first_on + dt.timedelta(days=data.draw(st.integers(0, max(length, 0))))
    if cut == absence.first_on:
        return
    reported = data.draw(st.dates(FIRST, LAST))
    parts = [
        replace(absence, last_on=day_before(cut)),
        replace(absence, first_on=cut, reported_on=reported),
    ]
    assert deductions([*facts[:-1], *parts]) == deductions(facts)


@given(st.lists(absences(), min_size=1, max_size=4))
def test_what_is_billed_and_the_differences_come_to_what_the_absences_give_at_last(versions):
    """Month after month is billed and locked while the absences are registered anew: nothing is lost."""
    month, billed, locked = FIRST, {}, set()
    for number in range(14):
        facts = versions[min(number // 3, len(versions) - 1)]
        now = deducted(facts, through=last_day_of_month(month))
        for difference in rules.plan_differences(billed, now, locked=locked):
            old = billed.get(difference.month, rules.Deducted())
            billed[difference.month] = rules.Deducted(
                old.care + difference.care, old.board + difference.board
            )
        billed[month] = now.get(month, rules.Deducted())
        locked.add(month)
        month = add_months(month, 1)
    last = deducted(versions[-1], through=day_before(month))
    assert {key: each for key, each in billed.items() if each != rules.Deducted()} == {
        key: each for key, each in last.items() if each != rules.Deducted()
    }
