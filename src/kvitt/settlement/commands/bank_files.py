"""Read what the bank answers, and take payments on by it."""

import hashlib
from collections import defaultdict
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Authority
from kvitt.settlement import exchange
from kvitt.settlement.commands import steps
from kvitt.settlement.lifecycle import PaymentStatus
from kvitt.settlement.models import BankFile, Payment
from kvitt.settlement.queries import bank_files as queries
from kvitt.settlement.rules import bank_answers as rules
from kvitt.settlement.rules.bank_answers import ReadResult

_COMMAND = "read_bank_file"


def read_bank_file(actor: Actor, *, today: date, name: str, content: bytes) -> ReadResult:
    """Take payments on by what the bank says of them; the same file once. Raises Refused, NotAllowed.

    What does not fit is told and changes nothing. Source: decision 0021; spec SC-23.
    """
    actor.require(Permission.APPROVE_PAYMENTS)
    answer = exchange.read_bank_file(content)
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        authority = Authority.objects.select_for_update(no_key=True).get(pk=actor.authority_id)
        _refuse_second_time(authority, sha256)
        payments = {payment.pk: payment for payment in queries.payments_named(authority, answer)}
        seen = [queries.seen(authority, payment) for payment in payments.values()]
        plan = rules.plan_answers(answer, seen, today=today)
        file = BankFile.objects.create(
            authority=authority,
            kind=answer.kind,
            name=name[:200],
            sha256=sha256,
            read_at=clock.now(),
            read_by=actor.name,
            payment_count=len(plan.accepted) + len(plan.paid) + len(plan.rejected),
        )
        told = {
            "kind": file.kind,
            "sha256": sha256,
            "payments": file.payment_count,
            "remarks": len(plan.remarks),
        }
        entries = [audit.Entry(subject=("file", file.name), after=told), *_apply(actor, plan, payments)]
        audit.record_many("settlement.read_bank_file", actor, entries)
    return ReadResult(
        bank_file_id=file.pk,
        kind=answer.kind,
        accepted=len(plan.accepted),
        paid=len(plan.paid),
        rejected=len(plan.rejected),
        remarks=tuple(plan.remarks),
    )


def _refuse_second_time(authority: Authority, sha256: str) -> None:
    earlier = BankFile.objects.filter(authority=authority, sha256=sha256).first()
    if earlier is not None:
        values = {"day": earlier.read_at.astimezone(clock.STOCKHOLM).date().isoformat()}
        raise Refused([Problem("read_already", rules.READ_ALREADY, "file", values)])


def _apply(actor: Actor, plan: rules.AnswerPlan, payments: dict[int, Payment]) -> list[audit.Entry]:
    """Take the payments on, and return what the log says of each and of what it settles."""
    entries = []
    accepted = [payments[pk] for pk in sorted(plan.accepted)]
    steps.accept(accepted, command=_COMMAND)
    entries += [_entry(payment, PaymentStatus.ACCEPTED) for payment in accepted]
    by_day = defaultdict(list)
    for pk, day in plan.paid.items():
        by_day[day].append(payments[pk])
    for day, paid in sorted(by_day.items()):
        entries += [_entry(payment, PaymentStatus.PAID, paid_on=day.isoformat()) for payment in paid]
        entries += steps.settle(actor, paid, paid_on=day, command=_COMMAND)
    for pk, reason in plan.rejected.items():
        entries.append(_entry(payments[pk], PaymentStatus.REJECTED, reason=reason))
        steps.reject(payments[pk], reason=reason, command=_COMMAND)
    steps.note_arrival([*plan.accepted, *plan.paid, *plan.rejected], is_of_the_bank=True)
    return entries


def _entry(payment: Payment, status: PaymentStatus, **told: str) -> audit.Entry:
    return audit.Entry(
        subject=("settlement.payment", payment.end_to_end_id),
        before={"status": payment.status},
        after={"amount": payment.amount, "status": status.value, **told},
    )
