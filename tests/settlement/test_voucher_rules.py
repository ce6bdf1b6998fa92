"""When a month is booked, and how what is paid is."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.ledger.rules import calculate_posting_day
from kvitt.registers.accounting.rules import AccountStringFacts, DatedString
from kvitt.settlement.rules import vouchers as rules
from kvitt.settlement.rules.vouchers import BANK, DEBT, Payout

NOVEMBER, DECEMBER = dt.date(2024, 11, 1), dt.date(2024, 12, 1)
SINCE = dt.date(2024, 1, 1)
STRINGS = [
    DatedString(DEBT, Period(SINCE), AccountStringFacts("2441")),
    DatedString(BANK, Period(SINCE, dt.date(2024, 11, 30)), AccountStringFacts("1940")),
    DatedString(BANK, Period(DECEMBER), AccountStringFacts("1941")),
]
PAYOUTS = st.lists(
    st.builds(
        Payout,
        st.dates(SINCE, dt.date(2024, 12, 31)),
        st.tuples(st.integers(0, 1), st.integers(1, 99)),
        st.integers(-(10**7), 10**7).filter(bool),
        st.just("Utbetalning"),
    ),
    unique_by=lambda payout: payout.key,
)
pytestmark = pytest.mark.requirement("SC-23")


def test_a_month_is_booked_when_it_has_ended():
    [problem] = rules.check_period(NOVEMBER, today=dt.date(2024, 11, 30))

    assert (problem.code, problem.values) == ("not_ended", {"month": "2024-11", "day": DECEMBER})
    assert rules.check_period(NOVEMBER, today=DECEMBER) == []
    assert [each.code for each in rules.check_vouchers([], period=NOVEMBER)] == ["nothing_booked"]


def test_a_voucher_that_is_not_in_balance_stops_the_file():
    [whole] = rules.plan_payout_vouchers([Payout(NOVEMBER, (0, 1), 100, "")], STRINGS, since=NOVEMBER)
    half = replace(whole, rows=whole.rows[:1])

    [problem] = rules.check_vouchers([whole, half], period=NOVEMBER)

    assert (problem.code, problem.values) == ("unbalanced", {"voucher": "U 1"})


@given(payouts=PAYOUTS)
def test_payment_vouchers_balance_and_are_numbered_through_the_year(payouts):
    listed = rules.plan_payout_vouchers(payouts, STRINGS, since=SINCE)

    assert [voucher.number for voucher in listed] == list(range(1, len(payouts) + 1))
    assert all(sum(row.amount for row in voucher.rows) == 0 for voucher in listed)
    assert sorted(voucher.rows[0].amount for voucher in listed) == sorted(each.amount for each in payouts)
    of_december = rules.plan_payout_vouchers(payouts, STRINGS, since=DECEMBER)
    assert of_december == [voucher for voucher in listed if voucher.day >= DECEMBER]


def test_accounts_are_those_of_the_day():
    payouts = [Payout(day, (0, day.month), 100, "") for day in (DECEMBER, NOVEMBER)]

    first, second = rules.plan_payout_vouchers(payouts, STRINGS, since=NOVEMBER)

    assert [row.string.account for row in first.rows] == ["2441", "1940"]
    assert [row.string.account for row in second.rows] == ["2441", "1941"]


def test_what_is_missing_is_told_once():
    payouts = [Payout(day, (0, day.day), 100, "") for day in (dt.date(2024, 11, 22), dt.date(2024, 11, 8))]

    [problem] = rules.check_payouts(payouts, STRINGS[:1])

    assert (str(problem.values["use"]), problem.values["day"]) == ("Bank", dt.date(2024, 11, 8))
    assert rules.check_payouts(payouts, STRINGS) == []


@given(paid_on=st.dates(SINCE, dt.date(2024, 12, 31)), days=st.integers(0, 90))
def test_a_month_that_has_ended_gets_no_new_vouchers(paid_on, days):
    learnt_on = paid_on + dt.timedelta(days)

    posted_on = calculate_posting_day(paid_on, today=learnt_on)

    assert f"{posted_on:%Y-%m}" == f"{learnt_on:%Y-%m}"
    assert paid_on <= posted_on <= learnt_on


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2024-11", NOVEMBER),
        ("2024-13", None),
        ("2024-1", None),
        ("0000-01", None),
        ("202411", None),
        ("²024-11", None),
        ("", None),
    ],
)
def test_months_are_written_with_year_and_month(text, month):
    assert rules.parse_period(text) == month
