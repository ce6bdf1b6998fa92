"""What the rules of needs allowance promise whatever is given: checked against chance, not examples."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import dates, teeth
from kvitt.ledger import rules as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.rules import case, entry, money, procedure
from kvitt.modules.needs_allowance.rules.entry import Entry
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts
from kvitt.registers.price_lists.lifecycle import Demand, Dentition, PreauthorizationNeed
from kvitt.registers.price_lists.rules import Item

DEDUCTIBLE = 500_000
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
AMOUNTS = st.integers(0, 2_000_000)
STATUSES = st.sampled_from(sorted({status.value for status in (*LineStatus, *ProcedureStatus)}))
GONE = st.sampled_from([ProcedureStatus.WITHDRAWN.value, ProcedureStatus.REFUSED.value])


def line(
    status="approved", amount=148_500, performed_on=dt.date(2024, 11, 20), *, code="705", is_deductible=False
):
    return ProcedureFacts(
        id=1,
        code=code,
        location="",
        surface="",
        performed_on=performed_on,
        amount=amount,
        status=status,
        is_deductible=is_deductible,
    )


LINES = st.lists(st.builds(line, status=STATUSES, amount=AMOUNTS, performed_on=st.none() | DAYS))
THE_DEDUCTIBLE = line(amount=-DEDUCTIBLE, code="100", is_deductible=True)


# The period ---------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-7")
@given(DAYS)
def test_period_is_a_year_or_a_leap_year(first_on):
    period = case.calculate_period(first_on, months=12)

    assert (period.last - first_on).days + 1 in {365, 366}


@pytest.mark.requirement("NA-7")
@given(DAYS)
def test_next_case_starts_the_day_after_and_not_before(first_on):
    period = case.calculate_period(first_on, months=12)
    there = [case.OtherCase("B2024-000001", period)]

    on_the_last_day = case.check_overlap(case.calculate_period(period.last, months=12), there)
    on_the_day_after = case.check_overlap(
        case.calculate_period(dates.day_after(period.last), months=12), there
    )

    assert on_the_last_day[0].values["next"] == dates.day_after(period.last)
    assert on_the_day_after == []


@pytest.mark.requirement("NA-7")
@given(DAYS, DAYS)
def test_overlap_is_mutual(one_first, other_first):
    one, other = (case.calculate_period(first, months=12) for first in (one_first, other_first))

    def is_refused(period, there):
        return bool(case.check_overlap(period, [case.OtherCase("B2024-000001", there)]))

    assert is_refused(one, other) == is_refused(other, one)


@pytest.mark.requirement("NA-7")
@given(DAYS)
def test_earliest_start_is_allowed_and_the_day_before_it_is_not(today):
    earliest = case.calculate_earliest_start(today, months=12)

    def problems(first_on):
        return case.check_start(first_on, today=today, months=12, was_listed=True)

    assert problems(earliest) == []
    assert [problem.values["earliest"] for problem in problems(dates.day_before(earliest))] == [earliest]


@pytest.mark.requirement("NA-10")
@given(DAYS, DAYS)
def test_days_left_and_share_elapsed_stay_in_bounds(first_on, today):
    period = case.calculate_period(first_on, months=12)

    assert case.calculate_days_left(period, today=today) >= 0
    assert 0 <= case.calculate_elapsed(period, today=today) <= 100


# Money --------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-23")
@given(LINES)
def test_billable_amount_is_never_negative(lines):
    assert money.calculate_billable([THE_DEDUCTIBLE, *lines]) >= 0


@pytest.mark.requirement("NA-23")
@given(LINES, AMOUNTS)
def test_one_more_performed_code_never_lowers_the_billable_amount(lines, amount):
    before = money.calculate_billable([THE_DEDUCTIBLE, *lines])
    after = money.calculate_billable([THE_DEDUCTIBLE, *lines, line(amount=amount)])

    assert before <= after <= before + amount


@pytest.mark.requirement("NA-23")
@given(LINES, st.lists(st.builds(line, status=GONE, amount=AMOUNTS)))
def test_removed_and_refused_codes_change_no_total(lines, gone):
    assert money.calculate_totals([*lines, *gone]) == money.calculate_totals(lines)


@pytest.mark.requirement("NA-23", "NA-25")
@given(st.lists(st.one_of(AMOUNTS, st.sampled_from(["invoice", "remove"])), max_size=30))
def test_region_pays_what_exceeds_the_deductible_whatever_the_order(history):
    lines = [THE_DEDUCTIBLE]

    for step in history:
        if step == "invoice" and money.calculate_billable(lines):
            lines = [
                line("invoiced", one.amount, is_deductible=one.is_deductible)
                if one.status == "approved"
                else one
                for one in lines
            ]
        elif step == "remove" and procedure.may_remove(lines[-1]):
            lines[-1] = line("withdrawn", lines[-1].amount)
        elif isinstance(step, int):
            lines.append(line(amount=step))

    done = sum(one.amount for one in lines if not one.is_deductible and one.status != "withdrawn")
    paid = money.calculate_invoiced(lines) + money.calculate_billable(lines)
    assert paid == max(0, done - DEDUCTIBLE)


# What an invoice takes ----------------------------------------------------------------------------


WAITING = st.lists(
    st.builds(
        ledger.LineFacts,
        id=st.integers(1, 10_000),
        case_number=st.sampled_from(["B1", "B2", "B3"]),
        status=st.sampled_from(LineStatus),
        amount=st.integers(-DEDUCTIBLE, 1_000_000),
        performed_on=st.none() | DAYS,
    ),
    unique_by=lambda one: one.id,
)


@pytest.mark.requirement("NA-25")
@given(WAITING)
def test_invoice_takes_whole_cases_or_nothing_of_them(waiting):
    taken = {one.id for one in money.plan_invoice_lines(waiting)}

    chargeable = [one for one in waiting if one.status is LineStatus.APPROVED and one.performed_on]
    for number in {one.case_number for one in chargeable}:
        lines = [one for one in chargeable if one.case_number == number]
        assert {one.id in taken for one in lines} == {sum(one.amount for one in lines) > 0}


@pytest.mark.requirement("NA-25", "NA-31")
@given(WAITING)
def test_invoice_takes_every_waiting_credit_and_nothing_that_is_settled(waiting):
    taken = Counter(one.status for one in money.plan_invoice_lines(waiting))

    credits_waiting = sum(one.status is LineStatus.AWAITING_CREDIT for one in waiting)
    assert taken[LineStatus.AWAITING_CREDIT] == credits_waiting
    assert set(taken) <= {LineStatus.APPROVED, LineStatus.AWAITING_CREDIT}


@pytest.mark.requirement("NA-25", "CO-24")
@given(WAITING, st.randoms())
def test_basis_is_the_same_in_whatever_order_lines_are_read(waiting, chance):
    shuffled = list(waiting)
    chance.shuffle(shuffled)

    def fingerprint(lines):
        return ledger.calculate_fingerprint(ledger.plan_rows(money.plan_invoice_lines(lines)))

    assert fingerprint(shuffled) == fingerprint(waiting)


# Statuses and places ------------------------------------------------------------------------------


@pytest.mark.requirement("NA-14")
@given(st.lists(STATUSES), st.lists(GONE), st.integers(2, 6))
def test_removed_and_refused_ones_never_bring_preauthorization_nearer(statuses, gone, from_count):
    item = Item("705", "Fyllning", preauthorization=PreauthorizationNeed.FROM_COUNT, from_count=from_count)
    there = [line(status) for status in statuses]

    assert procedure.calculate_status(item, [*there, *map(line, gone)]) == procedure.calculate_status(
        item, there
    )


@pytest.mark.requirement("NA-13")
@given(
    st.builds(
        Item,
        code=st.just("999"),
        name=st.just("Exempel"),
        tooth=st.sampled_from(Demand),
        jaw=st.sampled_from(Demand),
        surface=st.sampled_from(Demand),
        dentition=st.sampled_from(Dentition),
    ),
    st.text(max_size=4) | st.sampled_from([*teeth.PERMANENT_TEETH, *teeth.PRIMARY_TEETH, *teeth.JAWS, ""]),
    st.text("MDBLPOIX", max_size=5),
)
def test_place_that_passes_is_what_the_code_demands(item, location, surface):
    problems = entry.check_place(Entry("999", None, location=location, surface=surface), item)

    is_tooth, is_jaw = teeth.is_tooth(location), teeth.is_jaw(location)
    if problems:
        assert {problem.field for problem in problems} <= {"location", "surface"}
        assert all(str(problem) for problem in problems)
    else:
        assert is_tooth or is_jaw or not location
        assert not (is_tooth and item.tooth is Demand.NO)
        assert not (is_jaw and item.jaw is Demand.NO)
        assert not (item.surface is Demand.NO and surface)
        assert surface or item.surface is not Demand.MUST
        assert location or Demand.MUST not in {item.tooth, item.jaw}


@pytest.mark.requirement("NA-13")
@given(st.none() | DAYS, DAYS, DAYS)
def test_governing_date_is_never_in_the_future_nor_outside_the_period(performed_on, first_on, today):
    period = case.calculate_period(first_on, months=12)

    governing = entry.calculate_governing_date(performed_on, today=today, period=period)

    assert governing == today or (governing < today and period.contains(governing))
