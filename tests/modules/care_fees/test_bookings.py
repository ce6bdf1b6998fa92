"""How a batch of invoices is booked, and which files it is made of: rules without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.rules import batch_files as files
from kvitt.modules.care_fees.rules import bookings
from kvitt.modules.care_fees.rules.batch_files import BatchInvoice
from kvitt.modules.care_fees.rules.bookings import BookedLine
from kvitt.registers.accounting.rules import AccountStringFacts

pytestmark = pytest.mark.requirement("CF-29")
DAY = dt.date(2024, 11, 20)
LINES = st.lists(
    st.builds(
        BookedLine,
        invoice_id=st.integers(1, 4),
        code=st.sampled_from(["", "OMV", "LUN", "HYRA"]),
        percent=st.sampled_from([0, 6, 12, 25]),
        amount=st.integers(-500_000, 500_000),
    ),
    max_size=20,
)


def strings_of(booking, account="3111"):
    accounts = {"receivable": "1510", "revenue": account, "vat": "2611"}
    return {wanted: AccountStringFacts(accounts[wanted[0]]) for wanted in bookings.list_wanted(booking)}


@given(lines=LINES)
def test_a_voucher_sums_to_zero_and_debits_what_is_invoiced(lines):
    booking = bookings.sum_batch(lines)

    voucher = bookings.plan_voucher(booking, strings_of(booking), number=1, day=DAY, text="")

    total = sum(line.amount for line in lines)
    assert booking.total == total
    assert sum(row.amount for row in voucher.rows) == 0
    assert sum(row.amount for row in voucher.rows if row.string.account == "1510") == total


def test_revenue_is_without_vat_and_each_string_has_a_row():
    lines = [
        BookedLine(1, "OMV", 0, 182_300),
        BookedLine(1, "LUN", 12, 93_600),
        BookedLine(2, bookings.revenue_code(None), 0, 500_000),
        BookedLine(2, bookings.revenue_code("LARM"), 0, -10_000),
    ]
    booking = bookings.sum_batch(lines)
    strings = strings_of(booking)
    strings["revenue", "", "HYRA"] = AccountStringFacts("3411", "7300")

    voucher = bookings.plan_voucher(booking, strings, number=7, day=DAY, text="Debitering")

    assert [(str(row.string), row.amount) for row in voucher.rows] == [
        ("1510", 765_900),
        ("2611", -10_029),
        ("3111", -(182_300 + 83_571 - 10_000)),
        ("3411 7300", -500_000),
    ]
    assert (voucher.series, voucher.number) == ("D", 7)


def test_what_is_not_booked_is_told():
    booking = bookings.sum_batch([BookedLine(1, "LUN", 12, 93_600)])
    wanted = bookings.list_wanted(booking)

    problems = bookings.check_strings(wanted, [], invoice_date=DAY)

    assert [(problem.code, problem.values["code"]) for problem in problems] == [
        ("no_account", ""),
        ("no_account", "LUN"),
        ("no_account", "12"),
    ]
    assert bookings.check_strings(wanted, wanted, invoice_date=DAY) == []


def test_numbers_are_told_in_short():
    assert bookings.list_numbers([1, 2, 3, 5, 8, 9]) == "1-3, 5, 8-9"
    assert bookings.list_numbers([]) == ""


def invoices(count, *, voided=(), electronic=()):
    return [BatchInvoice(each, each, each in voided, each in electronic) for each in range(1, count + 1)]


def test_a_file_for_print_has_two_hundred_invoices():
    parts = files.plan_parts(12, invoices(401, electronic={1}))

    assert [len(part.invoice_ids) for part in parts] == [199, 200, 1]
    assert [part.number for part in parts] == [1, 2, 3]
    assert all(files.read_subject(part.subject) == 12 for part in parts)
    assert files.read_subject("special_care.file/12/") == 0
    assert files.plan_parts(12, invoices(2, electronic={1, 2})) == []


def test_only_the_file_of_a_voided_invoice_is_another():
    before = files.plan_parts(12, invoices(401))
    after = files.plan_parts(12, invoices(401, voided={250}))

    assert [old.subject == new.subject for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert len({part.subject for part in before}) == 3
