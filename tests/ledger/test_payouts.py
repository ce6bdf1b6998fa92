"""Until there are payment runs the attester says by hand what is on its way, and what is in the account."""

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import NotAllowed
from tests.world import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-20", "NA-28")]
AUTHORISED, PAYING_OUT, PAID_OUT = InvoiceStatus.AUTHORISED, InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT
STEPS = [(commands.start_payouts, AUTHORISED, PAYING_OUT), (commands.confirm_payouts, PAYING_OUT, PAID_OUT)]
IDS = ["start_payouts", "confirm_payouts"]


def refused(plan):
    return {each.invoice.id: [problem.code for problem in each.problems] for each in plan.refused}


@pytest.mark.parametrize(("command", "before", "after"), STEPS, ids=IDS)
def test_many_go_on_at_once_and_it_is_logged(book, command, before, after):
    made = [book.in_status(before), book.in_status(before)]

    command(book.world.actor("hanna"), today=TODAY, invoice_ids=made)

    assert {book.status_of_invoice(invoice_id) for invoice_id in made} == {after}
    assert set(Invoice.objects.values_list("paid_on", flat=True)) == {TODAY if after is PAID_OUT else None}
    assert Event.objects.filter(action=f"ledger.{command.__name__}").count() == 2
    assert list(queries.breaches()) == []


@pytest.mark.parametrize(("command", "before", "_after"), STEPS, ids=IDS)
@pytest.mark.parametrize("status", InvoiceStatus)
def test_only_its_own_status_goes_on(book, command, before, _after, status):
    invoice_id = book.in_status(status)

    plan = command(book.world.actor("hanna"), today=TODAY, invoice_ids=[invoice_id])

    assert bool(plan.refused) == (status is not before)
    assert (book.status_of_invoice(invoice_id) is status) == (status is not before)


def test_invoice_of_nothing_is_paid_without_a_payment(book):
    nothing = book.attested(book.approve(100_00), book.approve(-100_00))
    something = book.in_status(AUTHORISED)

    commands.start_payouts(book.world.actor("hanna"), today=TODAY, invoice_ids=[nothing, something])

    assert book.status_of_invoice(nothing) is PAID_OUT
    assert book.status_of_invoice(something) is PAYING_OUT


def test_attested_invoice_is_not_paid_before_its_payout(book):
    invoice_id = book.in_status(AUTHORISED)

    plan = commands.confirm_payouts(book.world.actor("hanna"), today=TODAY, invoice_ids=[invoice_id])

    assert refused(plan) == {invoice_id: ["payment_first"]}


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(("command", "before", "_after"), STEPS, ids=IDS)
@pytest.mark.parametrize("name", ["anna", "bo", "eva", "gustav", "ivar"])
def test_only_attesters_pay_out(book, command, before, _after, name):
    invoice_id = book.in_status(before)

    with pytest.raises(NotAllowed):
        command(book.world.actor(name), today=TODAY, invoice_ids=[invoice_id])

    assert book.status_of_invoice(invoice_id) is before


@pytest.mark.requirement("CO-1")
@pytest.mark.parametrize(("command", "before", "_after"), STEPS, ids=IDS)
def test_id_that_does_not_exist_is_not_found(book, command, before, _after):
    with pytest.raises(Http404):
        command(book.world.actor("hanna"), today=TODAY, invoice_ids=[book.in_status(before), 999_999])

    assert set(Invoice.objects.values_list("status", flat=True)) == {before.value}
