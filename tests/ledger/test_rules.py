"""The rules of invoices, read aloud."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.ledger import rules
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind

TODAY = dt.date(2024, 12, 10)


def line(line_id, amount, status=LineStatus.APPROVED, performed_on=TODAY):
    return rules.LineFacts(line_id, "B2024-000001", status, amount, performed_on)


@pytest.mark.requirement("NA-26")
@pytest.mark.parametrize(
    ("today", "invoice_date", "due_date"),
    [
        ("2024-12-10", "2024-12-31", "2025-01-30"),  # the manual's figures 24 and 26
        ("2024-10-31", "2024-10-31", "2024-11-30"),  # figure 23
        ("2024-02-09", "2024-02-29", "2024-03-30"),
        ("2025-02-25", "2025-02-28", "2025-03-30"),
    ],
)
def test_invoice_is_dated_the_last_of_the_month_and_due_thirty_days_after(today, invoice_date, due_date):
    dated = rules.calculate_invoice_date(dt.date.fromisoformat(today))

    assert dated.isoformat() == invoice_date
    assert rules.calculate_due_date(dated, days=30).isoformat() == due_date


@pytest.mark.requirement("CO-22", "NA-25")
def test_approved_lines_are_charged_and_awaiting_ones_credited():
    rows = rules.plan_rows([line(1, 123_500), line(2, 690_000, LineStatus.AWAITING_CREDIT)])

    assert rows == [rules.RowPlan(1, RowKind.CHARGE, 123_500), rules.RowPlan(2, RowKind.CREDIT, -690_000)]


@pytest.mark.requirement("CO-19")
@pytest.mark.parametrize("status", [LineStatus.INVOICED, LineStatus.CREDITED, LineStatus.WITHDRAWN])
def test_no_other_line_is_planned(status):
    with pytest.raises(ValueError, match=status.value):
        rules.plan_rows([line(1, 100, status)])


@pytest.mark.requirement("NA-15")
def test_line_that_is_not_performed_is_not_planned():
    with pytest.raises(ValueError, match="line 1"):
        rules.plan_rows([line(1, 100, performed_on=None)])


ROWS = st.lists(
    st.builds(rules.RowPlan, st.integers(1, 10**6), st.sampled_from(RowKind), st.integers(-(10**9), 10**9)),
    max_size=8,
    unique_by=lambda row: (row.line_id, row.kind),
)


@pytest.mark.requirement("CO-17", "CO-23")
@given(ROWS)
def test_total_is_the_exact_sum_of_the_rows(rows):
    assert rules.calculate_total(rows) == sum(row.amount for row in rows)


@pytest.mark.requirement("NA-25")
@given(ROWS, st.randoms(use_true_random=False))
def test_fingerprint_does_not_depend_on_the_order(rows, chance):
    mixed = list(rows)
    chance.shuffle(mixed)

    assert rules.calculate_fingerprint(mixed) == rules.calculate_fingerprint(rows)


@pytest.mark.requirement("NA-25")
@given(ROWS, ROWS)
def test_other_rows_have_another_fingerprint(rows, others):
    is_same = {*rows} == {*others}

    assert (rules.calculate_fingerprint(rows) == rules.calculate_fingerprint(others)) == is_same


@pytest.mark.requirement("NA-24")
@pytest.mark.parametrize(
    ("today", "is_open"),
    [("2024-12-08", False), ("2024-12-09", True), ("2024-12-25", True), ("2024-12-26", False)],
)
def test_period_is_open_on_both_its_days(today, is_open):
    window = Period(dt.date(2024, 12, 9), dt.date(2024, 12, 25))

    problems = rules.check_window_open(dt.date.fromisoformat(today), window, window)

    assert (problems == []) == is_open


@pytest.mark.requirement("CO-33", "NA-24")
@pytest.mark.parametrize(("today", "opens"), [("2024-12-08", "2024-12-09"), ("2024-12-26", "2025-01-09")])
def test_closed_period_says_when_the_next_one_opens(today, opens):
    window = Period(dt.date(2024, 12, 9), dt.date(2024, 12, 25))
    following = Period(dt.date(2025, 1, 9), dt.date(2025, 1, 25))

    [problem] = rules.check_window_open(dt.date.fromisoformat(today), window, following)

    assert str(problem.values["first"]) == opens


@pytest.mark.requirement("NA-25")
@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("Testfaktura", ""),
        ("x" * 30, ""),
        ("  " + "x" * 30 + " ", ""),
        ("x" * 31, "long_reference"),
        ("", "no_reference"),
        ("   ", "no_reference"),
    ],
)
def test_reference_is_compulsory_and_short(reference, code):
    assert [problem.code for problem in rules.check_reference(reference)] == ([code] if code else [])


@pytest.mark.requirement("CO-20")
def test_statuses_are_ordered_along_the_chain():
    chain = sorted(InvoiceStatus, key=lambda status: status.order)

    assert [status.value for status in chain] == [
        "issued",
        "reviewed",
        "authorised",
        "paying_out",
        "paid_out",
        "returned",
        "recalled",
    ]
