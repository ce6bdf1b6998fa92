"""Say by hand what the bank did with payments."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.registers.access.rules import Actor, Permission
from kvitt.settlement.commands import steps
from kvitt.settlement.lifecycle import PaymentStatus
from kvitt.settlement.models import Payment
from kvitt.settlement.queries import outbox
from kvitt.settlement.queries import runs as queries
from kvitt.settlement.rules import runs as rules

_SUBJECT = "settlement.payment"


def confirm_payments(actor: Actor, *, today: date, paid_on: date, payment_ids: Collection[int]) -> None:
    """Say that payments left the account on a day: their invoices are paid out then (*Utbetalningsdatum*).

    All or none. Raises NotAllowed, Http404, Refused. Source: spec SC-19, SC-23.
    """
    actor.require(Permission.APPROVE_PAYMENTS)
    refuse_if_any(rules.check_chosen(payment_ids))
    with transaction.atomic():
        payments = queries.chosen_payments(actor, set(payment_ids))
        pay_on = max(payment.netting.run.pay_on for payment in payments)
        refuse_if_any(rules.check_paid_on(paid_on, pay_on=pay_on, today=today))
        refuse_if_any(problem for payment in payments for problem in _check_open(payment))
        entries = steps.settle(actor, payments, paid_on=paid_on, command="confirm_payments")
        steps.note_arrival(payment_ids, is_of_the_bank=False)
        told = {"status": PaymentStatus.PAID.value, "paid_on": paid_on.isoformat()}
        audit.record_many(
            "settlement.confirm_payments", actor, [*(_entry(each, told) for each in payments), *entries]
        )


def reject_payment(actor: Actor, *, today: date, payment_id: int, reason: str) -> None:
    """Say that the bank rejected a payment: the next run pays it again, to the clinic's account of then.

    What waits to be sent the bank cannot have rejected: it would be paid by its file, and by the next run.
    Raises NotAllowed, Http404, Refused. Source: decision 0020; spec SC-23.
    """
    actor.require(Permission.APPROVE_PAYMENTS)
    refuse_if_any(rules.check_reason(reason))
    with transaction.atomic():
        [payment] = queries.chosen_payments(actor, {payment_id})
        refuse_if_any(_check_open(payment))
        refuse_if_any(rules.check_left(is_waiting=outbox.is_waiting(payment)))
        steps.reject(payment, reason=reason.strip(), command="reject_payment")
        steps.note_arrival([payment.pk], is_of_the_bank=False)
        told = {
            "status": PaymentStatus.REJECTED.value,
            "rejected_on": today.isoformat(),
            "reason": reason.strip(),
        }
        audit.record_many("settlement.reject_payment", actor, [_entry(payment, told)])


def _check_open(payment: Payment) -> list[Problem]:
    return rules.check_open(payment.end_to_end_id, PaymentStatus(payment.status))


def _entry(payment: Payment, told: dict[str, str]) -> audit.Entry:
    subject = (_SUBJECT, payment.end_to_end_id)
    return audit.Entry(
        subject=subject, before={"status": payment.status}, after={"amount": payment.amount, **told}
    )
