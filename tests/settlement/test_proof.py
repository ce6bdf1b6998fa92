"""What a payment run, its payments and the ledger do not agree about is found, and nothing else."""

import pytest
from django.db import transaction

from kvitt.ledger.models import Invoice
from kvitt.settlement.models import Netting, OutgoingFile, Payment, PaymentRun, SettledInvoice
from kvitt.settlement.queries import proof

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23", "CO-23")]


@pytest.fixture
def history(payouts):
    """A run of everything: carried on, rejected and tried again, cancelled, paid, and one that waits."""
    payouts.invoices([10_000, -12_000], clinic=payouts.world.bjork)
    payouts.invoice(300)
    payouts.run()
    payouts.reject(Payment.objects.get())
    payouts.invoice(5_000, clinic=payouts.world.bjork)
    payouts.cancel(payouts.propose())
    payouts.run()
    payouts.confirm(Payment.objects.get(account_number="1609908", status="ordered"))
    payouts.invoice(70)
    payouts.propose()
    return payouts


def test_what_commands_make_is_whole(history):
    assert list(proof.breaches()) == []


BREACHES = [
    (lambda: PaymentRun.objects.filter(number=4).update(number=9), "a number before it is missing"),
    (lambda: Netting.objects.filter(run__number=1).update(is_live=False), "is live exactly"),
    (lambda: SettledInvoice.objects.filter(netting__run__number=3).update(is_void=True), "is settled"),
    (lambda: Payment.objects.filter(status="paid").update(amount=2_999_00), "does not come to"),
    (lambda: Payment.objects.filter(status="planned").update(status="ordered"), "do not go together"),
    (lambda: SettledInvoice.objects.filter(amount=300_00).update(amount=299_00), "another amount"),
    (lambda: Netting.objects.filter(carried_in_amount__lt=0).update(carried_from=None), "carries in"),
    (lambda: Payment.objects.filter(status="rejected").update(retried_in=None), "what it tries again"),
    (lambda: Invoice.objects.filter(total=300_00).update(payout_reference="U9"), "it says 'U9'"),
    (lambda: Invoice.objects.filter(total=70_00).update(status="paying_out"), "is paying_out"),
    (lambda: Invoice.objects.filter(total=5_000_00).update(paid_on="2024-11-25"), "another day"),
    (lambda: SettledInvoice.objects.filter(amount=70_00).delete(), "which does not"),
    (lambda: OutgoingFile.objects.filter(run__number=3).delete(), "without a file"),
    (lambda: OutgoingFile.objects.filter(run__number=1).update(content=b"x"), "checksum"),
]


def test_what_is_broken_is_told(history):
    for break_it, what in BREACHES:
        with transaction.atomic():
            break_it()
            found = list(proof.breaches())
            transaction.set_rollback(True)

        assert any(what in breach for breach in found), what
