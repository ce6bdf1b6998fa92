"""What payments go through, whoever says so: mechanisms, which need an open transaction."""

from collections.abc import Collection, Sequence
from datetime import date

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.ledger import commands as ledger
from kvitt.ledger.rules import calculate_posting_day
from kvitt.registers.access.rules import Actor
from kvitt.settlement.lifecycle import OutboxStatus, PaymentStatus, ensure_payment_step
from kvitt.settlement.models import OutgoingFile, Payment, SettledInvoice


def accept(payments: Sequence[Payment], *, command: str) -> None:
    """Note that the bank has accepted locked payments. Source: spec SC-23."""
    _step(payments, PaymentStatus.ACCEPTED, command=command)


def settle(actor: Actor, payments: Sequence[Payment], *, paid_on: date, command: str) -> list[audit.Entry]:
    """Take locked payments to paid, and with them what they settle; return what the log of each case says.

    In as many statements for many as for one. Raises StepNotAllowed. Source: spec SC-19, SC-23.
    """
    if not payments:
        return []
    posted_on = calculate_posting_day(paid_on, today=clock.today())
    _step(payments, PaymentStatus.PAID, command=command, paid_on=paid_on, posted_on=posted_on)
    settled = SettledInvoice.objects.filter(payment__in=[each.pk for each in payments], is_void=False)
    invoice_ids = list(settled.order_by("invoice_id").values_list("invoice_id", flat=True))
    return ledger.settle_payouts(actor, invoice_ids, paid_on=paid_on)


def reject(payment: Payment, *, reason: str, command: str) -> None:
    """Note that the bank has rejected a locked payment: the next run tries it again, where it is netted anew.

    Raises StepNotAllowed. Source: decision 0020; spec SC-23.
    """
    _step([payment], PaymentStatus.REJECTED, command=command, reason=reason)


def note_arrival(payment_ids: Collection[int], *, is_of_the_bank: bool) -> None:
    """Note of a file whose sending was interrupted that it was sent: its payments are answered for.

    What the bank answers itself (`is_of_the_bank`) has arrived also where it waits: somebody took it there,
    or it is to be sent once more.
    Source: decision 0021; spec QU-14.
    """
    unsent = [OutboxStatus.SENDING, *([OutboxStatus.WAITING] if is_of_the_bank else [])]
    files = OutgoingFile.objects.filter(run__nettings__payments__in=payment_ids, status__in=unsent)
    file_ids = list(files.distinct().values_list("pk", flat=True))
    OutgoingFile.objects.filter(pk__in=file_ids).update(status=OutboxStatus.SENT, sent_at=clock.now())


def _step(payments: Sequence[Payment], to: PaymentStatus, *, command: str, **values: object) -> None:
    for payment in payments:
        ensure_payment_step(payment.status, to, command=command)
    Payment.objects.filter(pk__in=[each.pk for each in payments]).update(status=to, **values)
