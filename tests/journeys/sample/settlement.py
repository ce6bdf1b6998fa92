"""Payment runs with their files, and what the bank sent."""

import datetime as dt
from dataclasses import replace

from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import Permission
from kvitt.settlement.commands import runs as payment_runs
from kvitt.settlement.models import BankFile, OutgoingFile, PayingAccount, Payment
from tests.journeys.sample.sample import Sample
from tests.world import SINCE


def make_payments(sample: Sample) -> None:
    """An approved run that pays Ryd, whose file is being sent, and a proposed one; a file of the bank's."""
    world, ids = sample.world, sample.ids
    moment = dt.datetime(2024, 11, 18, 9, 30, tzinfo=dt.UTC)
    PayingAccount.objects.create(
        authority=world.region, first_on=SINCE, iban="SE4550000000058398257466", bic="ESSESESS"
    )
    # What else could be paid stays as it is, and so do the claims that could be proposed.
    others = list(Invoice.objects.filter(payout_reference="").values_list("pk", flat=True))
    Invoice.objects.filter(pk__in=others).update(payout_reference="waits")
    gustav, hanna = world.actor("gustav"), world.actor("hanna")
    proposer = replace(gustav, permissions=gustav.permissions - {Permission.REVIEW_CLAIMS})
    for reference, is_approved in (("9001", True), ("9002", False)):
        claim = world.send_claim(world.holger, support="f", invoice_reference=reference)
        world.pay(claim, until=InvoiceStatus.AUTHORISED)
        number = payment_runs.propose_run(proposer, today=world.today, pay_on=world.today)
        if is_approved:
            payment_runs.approve_run(hanna, today=world.today, number=number)
    Invoice.objects.filter(pk__in=others).update(payout_reference="")
    OutgoingFile.objects.update(status="sending")
    BankFile.objects.create(
        authority=world.region,
        kind="camt.054",
        name="camt054-2024-11-18.xml",
        sha256="0" * 64,
        read_at=moment,
        read_by="Hanna Attestsson",
        payment_count=1,
    )
    payment = Payment.objects.get(netting__run__number=1)
    ids |= {
        "approved run": 1,
        "proposed run": 2,
        "payment": payment.pk,
        "netting": payment.netting_id,
        "settled invoice": payment.invoices.get().invoice_id,
        "payment file": OutgoingFile.objects.get().pk,
    }
