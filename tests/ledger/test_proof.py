"""`kvitt verify` finds whatever breaks the invariants, and nothing in a ledger that was written rightly."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F

from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind
from kvitt.ledger.models import Invoice, InvoiceRow, InvoiceStep, Line, Posting, VoucherSeries
from tests.world import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-23")]


def breaches():
    return list(queries.breaches())


@pytest.fixture
def told(book):
    """A ledger with a line in every status, an invoice in every status, and the ids of some."""
    for number, status in enumerate(LineStatus):
        book.case = f"B2023-{number:06d}"
        book.line_in(status)
    for number, status in enumerate(InvoiceStatus, start=1):
        book.case = f"B2024-{number:06d}"
        invoice_id = book.issue(book.approve())
        if status in {InvoiceStatus.RETURNED, InvoiceStatus.RECALLED}:
            book.return_(invoice_id, status)
        else:
            book.take(invoice_id, status)
    credited = book.credit_wanted()
    [copy] = commands.reissue([credited], today=TODAY)
    book.issue(credited, copy.pk)
    return book


def test_ledger_written_by_commands_is_clean(told):
    assert breaches() == []
    assert {line.status for line in Line.objects.all()} == {status.value for status in LineStatus}


def some_row(**wanted):
    return InvoiceRow.objects.filter(is_void=False, **wanted).order_by("pk").first()


def wrong_total():
    row = some_row()
    Invoice.objects.filter(pk=row.invoice_id).update(total=7)
    return f"invoice {row.invoice_id}: total 7 öre, its rows sum to {row.amount} öre"


def no_rows():
    row = some_row(line__status="invoiced")
    Invoice.objects.filter(pk=row.invoice_id).update(total=0)
    Line.objects.filter(pk=row.line_id).update(status="approved")
    row.delete()
    return f"invoice {row.invoice_id}: no rows"


def live_row_of_a_returned_invoice():
    row = InvoiceRow.objects.filter(invoice__status="returned").get()
    InvoiceRow.objects.filter(pk=row.pk).update(is_void=False)
    return f"invoice {row.invoice_id}: rows are void exactly when it is returned or recalled, but are not"


def void_row_of_a_live_invoice():
    row = some_row()
    InvoiceRow.objects.filter(pk=row.pk).update(is_void=True)
    return f"invoice {row.invoice_id}: rows are void exactly when it is returned or recalled, but are not"


def charge_of_another_amount():
    row = some_row(kind=RowKind.CHARGE)
    InvoiceRow.objects.filter(pk=row.pk).update(amount=7)
    return f"row {row.pk}: charge of 7 öre does not mirror line {row.line_id}"


def credit_of_the_same_sign():
    row = some_row(kind=RowKind.CREDIT)
    InvoiceRow.objects.filter(pk=row.pk).update(amount=-row.amount)
    return f"row {row.pk}: credit of {-row.amount} öre does not mirror line {row.line_id}"


def changed_price():
    row = some_row()
    Line.objects.filter(pk=row.line_id).update(price=7, amount=7)
    return f"row {row.pk}: {row.kind} of {row.amount} öre does not mirror line {row.line_id}"


def line_of_another_module():
    row = some_row()
    Line.objects.filter(pk=row.line_id).update(module="special_care")
    return f"row {row.pk}: line {row.line_id} is not of the clinic of invoice {row.invoice_id}"


def credit_before_the_attest():
    row = some_row(kind=RowKind.CREDIT)
    charge = InvoiceRow.objects.get(line_id=row.line_id, kind=RowKind.CHARGE, is_void=False)
    Invoice.objects.filter(pk=charge.invoice_id).update(
        status="issued", voucher_year=None, voucher_number=None
    )
    return f"row {row.pk}: credits line {row.line_id} without an earlier attested charge"


def credit_dated_before_its_charge():
    row = some_row(kind=RowKind.CREDIT)
    Invoice.objects.filter(pk=row.invoice_id).update(invoice_date="2024-10-31")
    return f"row {row.pk}: credits line {row.line_id} without an earlier attested charge"


def charged_but_approved():
    row = some_row(line__status="invoiced")
    Line.objects.filter(pk=row.line_id).update(status="approved")
    return f"line {row.line_id}: approved, but charged 1 times and credited 0 times"


def credited_but_removed():
    row = some_row(kind=RowKind.CREDIT)
    Line.objects.filter(pk=row.line_id).update(status="withdrawn")
    return f"line {row.line_id}: withdrawn, but charged 1 times and credited 1 times"


def invoiced_by_no_invoice():
    line = Line.objects.filter(status="approved", rows__isnull=True).first()
    Line.objects.filter(pk=line.pk).update(status="invoiced")
    return f"line {line.pk}: invoiced, but charged 0 times and credited 0 times"


def billed_twice():
    copy = Line.objects.get(replaces__isnull=False)
    Line.objects.filter(pk=copy.replaces_id).update(status="invoiced")
    return f"line {copy.pk}: bills anew line {copy.replaces_id}, which is not credited"


def attested_without_a_number():
    invoice = Invoice.objects.filter(status="authorised").order_by("pk").last()
    Invoice.objects.filter(pk=invoice.pk).update(voucher_year=None, voucher_number=None)
    return f"invoice {invoice.pk}: attested without a voucher number"


def gap_in_the_vouchers():
    invoice = Invoice.objects.get(voucher_number=2)
    Invoice.objects.filter(pk=invoice.pk).update(voucher_number=99)
    last = VoucherSeries.objects.get().last_number
    return f"voucher series 2024 of authority {invoice.authority_id}: gaps, or more than the {last} drawn"


def booked_without_balance():
    posting = Posting.objects.filter(amount__gt=0).order_by("pk").first()
    Posting.objects.filter(pk=posting.pk).update(amount=posting.amount + 1)
    return (
        f"invoice {posting.invoice_id}: booked {posting.amount + 1} öre in debit, {posting.amount} in credit"
    )


def booked_for_something_else():
    posting = Posting.objects.order_by("pk").first()
    Posting.objects.filter(invoice=posting.invoice_id).update(amount=F("amount") * 2)
    return f"invoice {posting.invoice_id}: what is booked as owed is not its total"


def booked_another_year():
    posting = Posting.objects.order_by("pk").first()
    Posting.objects.filter(invoice=posting.invoice_id).update(posted_on="2023-12-31")
    return f"invoice {posting.invoice_id}: not booked on the one day of its attest"


def attested_without_being_booked():
    invoice = Invoice.objects.filter(voucher_number__gt=1).exclude(total=0).order_by("pk").first()
    Posting.objects.filter(invoice=invoice).delete()
    return f"invoice {invoice.pk}: attested, but not booked"


def number_of_no_series():
    invoice = Invoice.objects.filter(voucher_number__isnull=False).order_by("voucher_number").last()
    Invoice.objects.filter(pk=invoice.pk).update(voucher_year=2031, voucher_number=1)
    return f"voucher series 2031 of authority {invoice.authority_id}: gaps, or more than the 0 drawn"


def number_drawn_and_lost():
    series = VoucherSeries.objects.get()
    VoucherSeries.objects.update(last_number=series.last_number + 1)
    return (
        f"voucher series 2024 of authority {series.authority_id}: "
        f"gaps, or more than the {series.last_number + 1} drawn"
    )


def approved_and_attested_by_nobody():
    invoice = Invoice.objects.filter(status="authorised").order_by("pk").last()
    Invoice.objects.filter(pk=invoice.pk).update(reviewed_by_id=None, authorised_by_id=None)
    return f"invoice {invoice.pk}: approved and attested by the same"


def steps_by_the_same():
    step = InvoiceStep.objects.filter(status="authorised").order_by("pk").last()
    reviewed = InvoiceStep.objects.filter(invoice_id=step.invoice_id, status="reviewed")
    reviewed.update(user_id=step.user_id)
    return f"invoice {step.invoice_id}: the log of its steps has it approved and attested by the same"


PLANTED = [
    wrong_total,
    no_rows,
    live_row_of_a_returned_invoice,
    void_row_of_a_live_invoice,
    charge_of_another_amount,
    credit_of_the_same_sign,
    changed_price,
    line_of_another_module,
    credit_before_the_attest,
    credit_dated_before_its_charge,
    charged_but_approved,
    credited_but_removed,
    invoiced_by_no_invoice,
    billed_twice,
    attested_without_a_number,
    gap_in_the_vouchers,
    booked_without_balance,
    booked_for_something_else,
    booked_another_year,
    attested_without_being_booked,
    number_of_no_series,
    number_drawn_and_lost,
    approved_and_attested_by_nobody,
    steps_by_the_same,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_breach_is_found(told, plant):
    said = plant()

    assert said in breaches()


def test_proof_takes_a_constant_number_of_statements(told, django_assert_num_queries):
    with django_assert_num_queries(21):
        breaches()


def test_invoices_from_before_kvitt_booked_any_need_no_postings(told):
    first = Invoice.objects.filter(voucher_number__gt=0).order_by("voucher_year", "voucher_number").first()
    Posting.objects.filter(invoice=first).delete()

    assert breaches() == []


def test_verify_says_that_all_is_well(dental_world):
    dental_world.case_of_figure_21()
    dental_world.invoice()
    out = StringIO()

    call_command("verify", stdout=out)

    assert out.getvalue() == "Every line and invoice adds up.\n"


def test_verify_prints_each_breach_and_fails(dental_world):
    dental_world.case_of_figure_21()
    [invoice_id] = dental_world.invoice()
    Invoice.objects.filter(pk=invoice_id).update(total=1)
    err = StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("verify", stderr=err)

    assert stopped.value.code == 1
    assert err.getvalue() == f"invoice {invoice_id}: total 1 öre, its rows sum to 502500 öre\n"


def test_verify_finds_a_procedure_that_differs_from_its_line(dental_world):
    number = dental_world.case_of_figure_21()
    line = Line.objects.filter(case_number=number, code="815").get()
    Line.objects.filter(pk=line.pk).update(price=1, amount=1)
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("verify", "--json", stdout=out)

    [breach] = json.loads(out.getvalue())["breaches"]
    assert breach.endswith(f"differs from its ledger line {line.pk}")
