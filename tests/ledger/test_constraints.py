"""What the database itself refuses, whoever writes in it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind
from kvitt.ledger.models import Invoice, InvoiceRow, InvoicingWindow, Line, VoucherSeries

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-19", "CO-23", "CO-24")]


def refused(write):
    """Tell whether the database refuses the write."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"amount": 1}, id="an amount that is not price times quantity"),
        pytest.param({"quantity": 2}, id="a quantity that the amount does not follow"),
        pytest.param({"quantity": 0, "amount": 0}, id="nothing"),
        pytest.param({"quantity": -1, "amount": -100_00}, id="a negative quantity"),
        pytest.param({"status": "paid"}, id="an unknown status"),
        pytest.param({"status": "invoiced", "performed_on": None}, id="invoiced without a date"),
        pytest.param({"status": "awaiting_credit", "performed_on": None}, id="awaiting without a date"),
        pytest.param({"status": "credited", "performed_on": None}, id="credited without a date"),
    ],
)
def test_line_is_refused_with(book, values):
    line_id = book.approve(100_00)

    assert refused(lambda: Line.objects.filter(pk=line_id).update(**values))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"performed_on": None}, id="approved but not done"),
        pytest.param({"quantity": 3, "amount": 300_00}, id="three"),
        pytest.param({"price": -100_00, "amount": -100_00}, id="a negative price, as of a deductible"),
    ],
)
def test_line_is_taken_with(book, values):
    line_id = book.approve(100_00)

    assert not refused(lambda: Line.objects.filter(pk=line_id).update(**values))


@pytest.mark.parametrize("kind", RowKind)
def test_line_is_charged_once_and_credited_once(book, kind):
    line_id = book.line_in(LineStatus.CREDITED)
    invoice_id = book.issue(book.approve(case="B2024-000002"))
    again = {"invoice_id": invoice_id, "line_id": line_id, "kind": kind, "amount": 0}

    assert refused(lambda: InvoiceRow.objects.create(**again))
    assert not refused(lambda: InvoiceRow.objects.create(**again, is_void=True))


def test_row_charges_or_credits(book):
    invoice_id = book.issue(book.approve())

    assert refused(lambda: InvoiceRow.objects.filter(invoice_id=invoice_id).update(kind="gift"))


def test_line_is_billed_anew_by_one_line_that_is_not_removed(book):
    line_id = book.approve()
    first, second = book.approve(), book.approve()
    Line.objects.filter(pk=first).update(replaces_id=line_id)

    assert refused(lambda: Line.objects.filter(pk=second).update(replaces_id=line_id))

    Line.objects.filter(pk=first).update(status=LineStatus.WITHDRAWN)
    assert not refused(lambda: Line.objects.filter(pk=second).update(replaces_id=line_id))


@pytest.mark.requirement("CO-20", "CO-21")
@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"status": "lost"}, id="an unknown status"),
        pytest.param({"due_date": dt.date(2024, 11, 29)}, id="a due date before its own"),
        pytest.param({"authorised_by_id": 7, "reviewed_by_id": 7}, id="one who approved and attested"),
        pytest.param({"voucher_year": 2024, "voucher_number": 9}, id="a voucher number before the attest"),
        pytest.param({"status": "authorised", "voucher_number": 9}, id="a voucher number without a year"),
        pytest.param({"status": "authorised", "voucher_year": 2024}, id="a year without a voucher number"),
        pytest.param(
            {"status": "paid_out", "voucher_year": 2024, "voucher_number": 0}, id="voucher number nought"
        ),
    ],
)
def test_invoice_is_refused_with(book, values):
    invoice_id = book.issue(book.approve())

    assert refused(lambda: Invoice.objects.filter(pk=invoice_id).update(**values))


@pytest.mark.requirement("CO-21")
def test_voucher_number_is_used_once_a_year(book):
    attested = Invoice.objects.get(pk=book.attested(book.approve()))
    other = Invoice.objects.filter(pk=book.issue(book.approve(case="B2024-000002")))
    same = {"status": InvoiceStatus.PAID_OUT, "voucher_number": attested.voucher_number}

    assert refused(lambda: other.update(**same, voucher_year=attested.voucher_year))
    assert not refused(lambda: other.update(**same, voucher_year=attested.voucher_year + 1))


@pytest.mark.requirement("CO-21")
def test_fiscal_year_has_one_series(world):
    VoucherSeries.objects.create(authority=world.region, year=2024)

    assert refused(lambda: VoucherSeries.objects.create(authority=world.region, year=2024))


@pytest.mark.requirement("NA-24")
@pytest.mark.parametrize(
    ("month", "first_on", "last_on"),
    [
        pytest.param((2024, 12, 2), (2024, 12, 9), (2024, 12, 18), id="of no first of a month"),
        pytest.param((2024, 12, 1), (2024, 12, 9), (2024, 12, 8), id="that ends before it begins"),
        pytest.param((2024, 12, 1), (2024, 11, 30), (2024, 12, 8), id="that begins in the month before"),
    ],
)
def test_window_is_refused(world, month, first_on, last_on):
    window = {"month": dt.date(*month), "first_on": dt.date(*first_on), "last_on": dt.date(*last_on)}

    assert refused(lambda: InvoicingWindow.objects.create(authority=world.region, **window))


@pytest.mark.requirement("NA-24")
def test_month_has_one_window(world):
    day = dt.date(2024, 12, 1)
    window = {"authority": world.region, "month": day, "first_on": day, "last_on": day}
    InvoicingWindow.objects.create(**window)

    assert refused(lambda: InvoicingWindow.objects.create(**window))
