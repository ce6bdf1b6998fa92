"""The payments that a file of the bank says something of."""

from collections.abc import Collection

from django.db.models import Q

from kvitt.registers.organisations.models import Authority
from kvitt.settlement.lifecycle import PaymentStatus
from kvitt.settlement.models import Payment
from kvitt.settlement.rules import bank_answers as rules
from kvitt.settlement.rules import orders
from kvitt.settlement.rules.bank_answers import PaymentSeen


def payments_named(authority: Authority, answer: rules.BankAnswer) -> list[Payment]:
    """Return the payments that the answer names, or that are in files that it names, locked by id."""
    found = (orders.parse_message_id(name, authority.organisation_number) for name in answer.messages)
    runs: Collection[int] = [number for number in found if number is not None]
    names = [statement.payment for statement in answer.statements]
    payments = Payment.objects.filter(
        Q(end_to_end_id__in=names) | Q(netting__run__number__in=runs), netting__run__authority=authority
    )
    locked = payments.select_related("netting__run").select_for_update(no_key=True, of=("self",))
    return list(locked.order_by("pk"))


def seen(authority: Authority, payment: Payment) -> PaymentSeen:
    """Return a payment as the bank's answer meets it."""
    return PaymentSeen(
        id=payment.pk,
        end_to_end_id=payment.end_to_end_id,
        amount=payment.amount,
        status=PaymentStatus(payment.status),
        message_id=orders.calculate_message_id(authority.organisation_number, payment.netting.run.number),
        pay_on=payment.netting.run.pay_on,
    )
