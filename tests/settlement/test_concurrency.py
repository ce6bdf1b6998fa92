"""Two at the same moment on PostgreSQL: one wins, the other is told, and everything adds up."""

import pytest

from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from kvitt.settlement.models import OutgoingFile, Payment, PaymentRun
from kvitt.settlement.queries import proof
from tests.ledger.test_concurrency import at_once, codes_of_the_lost, won
from tests.settlement.conftest import PAY_ON, Payouts

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("SC-23", "QU-13"),
]


@pytest.fixture
def payouts(world):
    """Payouts where everybody has signed in already."""
    actors = {name: world.actor(name) for name in world.users}
    world.actor = actors.__getitem__
    return Payouts(world)


def assert_adds_up():
    assert [*proof.breaches(), *ledger_queries.breaches()] == []


def test_of_two_proposals_one_is_made(payouts):
    payouts.invoices([100, 200, 300])

    results = at_once(payouts.propose, lambda: payouts.propose(by="hanna"))

    assert won(results) == [1]
    assert codes_of_the_lost(results) == ["run_waits"]
    assert_adds_up()


def test_of_two_approvals_one_orders(payouts):
    payouts.invoice(100, is_proposed=True)
    payouts.propose()

    results = at_once(*[lambda: payouts.approve(1)] * 3)

    assert len(won(results)) == 1
    assert codes_of_the_lost(results) == ["decided"] * 2
    assert (OutgoingFile.objects.count(), Payment.objects.get().status) == (1, "ordered")
    assert_adds_up()


def test_approval_and_cancelling_exclude_each_other(payouts):
    for number in range(1, 4):
        payouts.invoice(100)
        payouts.propose()

        results = at_once(lambda n=number: payouts.approve(n), lambda n=number: payouts.cancel(n))

        assert len(won(results)) == 1
        assert codes_of_the_lost(results) == ["decided"]
        assert_adds_up()
    assert not PaymentRun.objects.filter(status="proposed").exists()


def test_proposal_and_payout_by_hand_do_not_pay_the_same(payouts):
    hanna = payouts.world.actor("hanna")
    for _ in range(3):
        by_hand = payouts.invoices([100, 200])
        payouts.invoice(50, clinic=payouts.world.bjork)

        number, _ = at_once(
            payouts.propose,
            lambda ids=by_hand: ledger.start_payouts(hanna, today=payouts.today, invoice_ids=ids),
        )

        payouts.approve(number)
        assert set(Invoice.objects.values_list("status", flat=True)) == {"paying_out"}
        assert_adds_up()


def test_proposal_and_return_do_not_take_the_same(payouts):
    gustav = payouts.world.actor("gustav")
    for _ in range(3):
        proposed = payouts.invoice(100, is_proposed=True)
        payouts.invoice(50, clinic=payouts.world.bjork)

        number, returned = at_once(
            lambda: payouts.propose(by="hanna"),
            lambda pk=proposed: ledger.reject_invoice(gustav, invoice_id=pk, reason="Fel konto"),
        )

        in_run = Invoice.objects.get(pk=proposed)
        is_returned = in_run.status == InvoiceStatus.RETURNED
        assert codes_of_the_lost([returned]) == ([] if is_returned else ["held_by_run"])
        assert in_run.payout_reference == ("" if is_returned else f"U{number}")
        payouts.cancel(number)
        assert_adds_up()


def test_confirmation_and_rejection_exclude_each_other(payouts):
    payouts.invoice(100)
    payouts.run()
    payment = Payment.objects.get()

    results = at_once(lambda: payouts.confirm(payment), lambda: payouts.reject(payment))

    assert len(won(results)) == 1
    assert codes_of_the_lost(results) == ["not_open"]
    assert Payment.objects.get().paid_on in {None, PAY_ON}
    assert_adds_up()
