"""Returned and recalled invoices free their lines, the latest first."""

import pytest

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, InvoiceRow

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-19", "CO-20", "NA-28")]
WAYS = [InvoiceStatus.RETURNED, InvoiceStatus.RECALLED]


def problems(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return [(problem.code, dict(problem.values)) for problem in refused.value.problems]


@pytest.mark.parametrize("way", WAYS)
def test_charged_lines_are_approved_again(book, way):
    lines = [book.approve(), book.approve()]
    invoice_id = book.issue(*lines)

    book.return_(invoice_id, way)

    assert [book.status_of(line_id) for line_id in lines] == [LineStatus.APPROVED] * 2
    assert list(queries.breaches()) == []


@pytest.mark.parametrize("way", WAYS)
def test_credited_lines_await_credit_again(book, way):
    line_id = book.credit_wanted()
    invoice_id = book.issue(line_id)

    book.return_(invoice_id, way)

    assert book.status_of(line_id) is LineStatus.AWAITING_CREDIT
    assert list(queries.breaches()) == []


def test_returned_invoice_keeps_its_rows_voided_and_its_total(book):
    invoice_id = book.issue(book.approve(690_000), book.approve(-500_000))

    book.return_(invoice_id, reason=" Fel mottagning ")

    invoice = Invoice.objects.get(pk=invoice_id)
    assert (invoice.total, invoice.return_reason) == (190_000, "Fel mottagning")
    assert list(invoice.rows.values_list("is_void", flat=True)) == [True, True]


def test_freed_lines_are_invoiced_again(book):
    line_id = book.approve()
    book.return_(book.issue(line_id))

    again = book.issue(line_id)

    assert book.status_of(line_id) is LineStatus.INVOICED
    assert InvoiceRow.objects.get(line_id=line_id, is_void=False).invoice_id == again


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_returned_invoice_needs_a_reason(book, reason):
    invoice_id = book.issue(book.approve())

    assert problems(book.return_, invoice_id, reason=reason) == [("no_reason", {})]


def test_clinic_recalls_without_a_reason(book):
    invoice_id = book.issue(book.approve())

    book.return_(invoice_id, InvoiceStatus.RECALLED, reason="")

    assert book.status_of_invoice(invoice_id) is InvoiceStatus.RECALLED


@pytest.mark.parametrize("way", WAYS)
def test_later_invoice_with_a_line_of_the_same_case_comes_first_and_is_named(book, way):
    first = book.issue(book.approve(), reference="Oktober 1111")
    second = book.issue(book.approve(), reference="November 1111")

    assert problems(book.return_, first, way) == [("later_first", {"reference": "November 1111"})]

    book.return_(second, way)
    book.return_(first, way)
    assert book.status_of_invoice(first) is way


def test_every_later_invoice_is_named(book):
    first = book.issue(book.approve())
    for month in ("November", "December"):
        book.issue(book.approve(), reference=f"{month} 1111")

    found = problems(book.return_, first)

    assert [values["reference"] for _, values in found] == ["November 1111", "December 1111"]


def test_later_invoice_that_only_credits_a_line_of_the_case_comes_first_too(book):
    credited = book.credit_wanted()
    first = book.issue(book.approve())
    book.issue(credited, reference="Kredit 1111")

    assert problems(book.return_, first) == [("later_first", {"reference": "Kredit 1111"})]


def test_earlier_invoice_of_the_same_case_does_not_matter(book):
    book.issue(book.approve())
    second = book.issue(book.approve())

    book.return_(second)

    assert book.status_of_invoice(second) is InvoiceStatus.RETURNED


def test_later_invoice_of_another_case_does_not_matter(book):
    first = book.issue(book.approve())
    book.issue(book.approve(case="B2024-000002"))

    book.return_(first)

    assert book.status_of_invoice(first) is InvoiceStatus.RETURNED


def test_after_the_attest_only_crediting_helps(book):
    line_id = book.approve()
    invoice_id = book.attested(line_id)

    assert problems(book.return_, invoice_id) == [("step_not_allowed", {})]

    commands.request_credit([line_id])
    assert book.status_of(line_id) is LineStatus.AWAITING_CREDIT


@pytest.mark.parametrize("count", [10, 60])
def test_invoice_is_returned_in_a_constant_number_of_statements(book, count, django_assert_num_queries):
    invoice_id = book.issue(*(book.approve() for _ in range(count)))

    # The invoice and its clinic held, later ones, its lines found and locked; then lines changed and
    # counted, twice; rows and invoice written.
    with django_assert_num_queries(11):
        book.return_(invoice_id)
