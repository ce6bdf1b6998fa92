"""The review chain: two persons, in order, and a voucher number without gaps at the attest."""

import datetime as dt

import pytest
from django.db import transaction

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice, VoucherSeries
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role, system_actor

pytestmark = pytest.mark.django_db
REVIEWED, AUTHORISED = InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED


def voucher_of(invoice_id):
    invoice = Invoice.objects.get(pk=invoice_id)
    return invoice.voucher_year, invoice.voucher_number


def attests_too(book, name):
    """Let a reviewer attest as well."""
    RoleGrant.objects.create(user=book.world.users[name], role=Role.ATTESTER, authority=book.world.region)


def problems(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return [(problem.code, dict(problem.values)) for problem in refused.value.problems]


@pytest.mark.requirement("CO-20")
def test_chain_notes_who_approved_and_who_attested(book):
    invoice_id = book.issue(book.approve())

    book.advance(invoice_id, REVIEWED, by="gustav")
    book.advance(invoice_id, AUTHORISED, by="hanna")

    invoice = Invoice.objects.get(pk=invoice_id)
    assert invoice.reviewed_by_id == book.world.users["gustav"].pk
    assert invoice.authorised_by_id == book.world.users["hanna"].pk


@pytest.mark.requirement("CO-20", "NA-28")
def test_who_approved_an_invoice_cannot_attest_it(book):
    invoice_id = book.issue(book.approve())
    attests_too(book, "gustav")
    book.advance(invoice_id, REVIEWED, by="gustav")

    assert problems(book.advance, invoice_id, AUTHORISED, by="gustav") == [("four_eyes", {})]
    assert voucher_of(invoice_id) == (None, None)


@pytest.mark.requirement("CO-20", "NA-28")
def test_program_cannot_attest_what_it_approved_itself(book, monkeypatch):
    monkeypatch.setattr(type(book.world), "actor", lambda world, _name: system_actor(world.region.pk))
    invoice_id = book.issue(book.approve())
    book.advance(invoice_id, REVIEWED)

    assert problems(book.advance, invoice_id, AUTHORISED) == [("four_eyes", {})]


@pytest.mark.requirement("NA-28")
def test_invoices_of_one_case_are_attested_in_the_order_they_were_made(book):
    first = book.issue(book.approve(), reference="Oktober 1111")
    second = book.issue(book.approve(), reference="November 1111")
    book.take(first, REVIEWED)
    book.take(second, REVIEWED)

    assert problems(book.advance, second, AUTHORISED) == [("earlier_first", {"reference": "Oktober 1111"})]

    book.advance(first, AUTHORISED)
    book.advance(second, AUTHORISED)
    assert [voucher_of(first), voucher_of(second)] == [(2024, 1), (2024, 2)]


@pytest.mark.requirement("NA-28")
def test_every_earlier_invoice_is_named(book):
    for month in ("September", "Oktober"):
        book.issue(book.approve(), reference=f"{month} 1111")
    last = book.issue(book.approve())
    book.take(last, REVIEWED)

    found = problems(book.advance, last, AUTHORISED)

    assert [values["reference"] for _, values in found] == ["September 1111", "Oktober 1111"]


@pytest.mark.requirement("NA-28")
@pytest.mark.parametrize("how", ["another case", "another clinic", "a returned invoice"])
def test_earlier_invoice_does_not_matter_of(book, how):
    clinic = book.world.linghem if how == "another clinic" else None
    earlier = book.approve(case="B2024-000002" if how != "a returned invoice" else "", clinic=clinic)
    earlier_id = book.issue(earlier, clinic=clinic)
    if how == "a returned invoice":
        book.return_(earlier_id)
    later = book.issue(book.approve())
    book.take(later, REVIEWED)

    book.advance(later, AUTHORISED)

    assert voucher_of(later) == (2024, 1)


@pytest.mark.requirement("CO-1", "NA-28")
def test_case_of_the_same_number_in_another_module_does_not_matter(book):
    earlier = book.issue(book.approve())
    later = book.issue(book.approve())
    Invoice.objects.filter(pk=earlier).update(module="special_care")
    Invoice.objects.get(pk=earlier).rows.first().line.__class__.objects.filter(
        rows__invoice_id=earlier
    ).update(module="special_care")
    book.take(later, REVIEWED)

    book.advance(later, AUTHORISED)

    assert voucher_of(later) == (2024, 1)


@pytest.mark.requirement("CO-20")
def test_invoice_of_nothing_goes_from_attested_to_paid_out(book):
    invoice_id = book.attested(book.approve(100_00), book.approve(-100_00))

    book.advance(invoice_id, InvoiceStatus.PAYING_OUT)

    assert book.status_of_invoice(invoice_id) is InvoiceStatus.PAID_OUT


@pytest.mark.requirement("CO-20")
@pytest.mark.parametrize("amount", [100_00, -100_00])
def test_invoice_of_an_amount_is_not_paid_without_a_payment(book, amount):
    invoice_id = book.attested(book.approve(amount))

    assert problems(book.advance, invoice_id, InvoiceStatus.PAID_OUT) == [("payment_first", {})]


# Voucher numbers -------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-21")
def test_voucher_numbers_follow_the_attests_without_a_gap(book):
    invoices = [book.issue(book.approve(case=f"B2024-{number:06d}")) for number in range(4)]

    for invoice_id in reversed(invoices):
        book.take(invoice_id, AUTHORISED)

    assert [voucher_of(invoice_id) for invoice_id in invoices] == [(2024, 4), (2024, 3), (2024, 2), (2024, 1)]


@pytest.mark.requirement("CO-21")
def test_fiscal_year_is_that_of_the_attest(book):
    old, new = book.issue(book.approve()), book.issue(book.approve(case="B2024-000002"))
    book.take(old, AUTHORISED)
    book.take(new, REVIEWED)

    book.advance(new, AUTHORISED, today=dt.date(2025, 1, 2))

    assert [voucher_of(old), voucher_of(new)] == [(2024, 1), (2025, 1)]


@pytest.mark.requirement("CO-21")
def test_attest_that_fails_after_its_number_was_drawn_leaves_no_gap(book):
    failing, other = book.issue(book.approve()), book.issue(book.approve(case="B2024-000002"))
    book.take(failing, REVIEWED)

    def attest_and_crash():
        with transaction.atomic():
            book.advance(failing, AUTHORISED)
            assert voucher_of(failing) == (2024, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attest_and_crash()
    book.take(other, AUTHORISED)
    book.take(failing, AUTHORISED)

    assert [voucher_of(other), voucher_of(failing)] == [(2024, 1), (2024, 2)]
    assert list(queries.breaches()) == []


@pytest.mark.requirement("CO-21")
def test_refused_attest_draws_no_number(book):
    invoice_id = book.issue(book.approve())
    attests_too(book, "gustav")
    book.advance(invoice_id, REVIEWED)

    problems(book.advance, invoice_id, AUTHORISED, by="gustav")

    assert not VoucherSeries.objects.exists()


@pytest.mark.requirement("CO-21")
def test_returned_invoice_never_had_a_number(book):
    invoice_id = book.issue(book.approve())
    book.take(invoice_id, REVIEWED)

    book.return_(invoice_id)

    assert voucher_of(invoice_id) == (None, None)


@pytest.mark.parametrize("count", [1, 20])
def test_attest_takes_as_many_statements_for_one_line_as_for_twenty(book, count, django_assert_num_queries):
    invoice_id = book.issue(*(book.approve() for _ in range(count)))
    book.take(invoice_id, REVIEWED)
    actor = book.world.actor("hanna")
    VoucherSeries.objects.create(authority=book.world.region, year=2024)
    book.world.actor = lambda _name: actor

    # The transaction; the invoice chosen, it and its clinic held, earlier ones; its sums, account strings and
    # postings; the status, the step and the event written; the number drawn, read and written.
    with django_assert_num_queries(19):
        book.advance(invoice_id, AUTHORISED)
