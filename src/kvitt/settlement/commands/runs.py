"""Propose, approve and cancel payment runs.

Locks are taken in one order: the authority, the run, payments by id, and then as the ledger takes them.
"""

from datetime import date

from django.apps import apps
from django.db import transaction
from django.db.models import F, Max

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import commands as ledger
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Authority, CareProvider
from kvitt.settlement.commands import outbox
from kvitt.settlement.lifecycle import PaymentStatus, RunStatus, ensure_payment_step, ensure_run_step
from kvitt.settlement.models import Netting, Payment, PaymentRun, SettledInvoice
from kvitt.settlement.queries import proposal, runs
from kvitt.settlement.rules import netting as netting_rules
from kvitt.settlement.rules import runs as rules

_SUBJECT = "settlement.run"
_ROWS_PER_STATEMENT = 1_000


def propose_run(actor: Actor, *, today: date, pay_on: date) -> int:
    """Propose to pay everything that can be paid on a bank day (*Föreslå utbetalning*); return its number.

    First the modules propose what they have, each in a transaction of its own: what they proposed waits for
    the next run where this one is refused. Invoices of clinics without account are left out, and told by
    `queries.proposal.left_out`. Raises NotAllowed, Refused. Source: decision 0020; spec SC-19a, SC-23.
    """
    actor.require(Permission.PROPOSE_PAYMENTS)
    _refuse_proposal(actor, today=today, pay_on=pay_on)
    for config in apps.get_app_configs():
        if hasattr(config, "propose_payments"):
            config.propose_payments(actor, today=today)
    with transaction.atomic():
        Authority.objects.select_for_update(no_key=True).get(pk=actor.authority_id)
        _refuse_proposal(actor, today=today, pay_on=pay_on)
        rejected = proposal.rejected_payments(actor.authority_id, lock=True)
        run = _open(actor, pay_on=pay_on)
        held = ledger.reserve_payouts(
            proposal.payable_ids(actor.authority_id),
            authority_id=actor.authority_id,
            reference=rules.calculate_reference(run.number),
        )
        payables = proposal.payables(held)
        if not all(each.account.number for each in payables):
            raise ledger.Changed
        carries = proposal.open_carries(actor.authority_id)
        plan = netting_rules.plan_run(
            payables,
            {provider_id: each.carried_out_amount for provider_id, each in carries.items()},
            proposal.retried(rejected),
        )
        refuse_if_any(rules.check_plan(plan))
        _write(run, plan, {provider_id: each.pk for provider_id, each in carries.items()})
        audit.record("settlement.propose_run", actor, subject=(_SUBJECT, run.number), after=_told(run))
    return run.number


def approve_run(actor: Actor, *, today: date, number: int) -> None:
    """Approve a run that another person has proposed: it is ordered of the bank, once (*Godkänn*).

    What the region has proposed itself is attested by that, all or nothing; what is netted is paid on the day
    of payment. Raises Http404, NotAllowed, Refused. Source: decision 0020; spec SC-19a, SC-23, QU-14.
    """
    with transaction.atomic():
        run = runs.run_of(actor, number, lock=True)
        actor.require(Permission.APPROVE_PAYMENTS)
        refuse_if_any(rules.check_waiting(RunStatus(run.status)))
        refuse_if_any(
            rules.check_approval(
                proposed_by_id=run.proposed_by_id,
                user_id=actor.user_id,
                pay_on=run.pay_on,
                today=today,
                has_paying_account=proposal.has_paying_account(run.authority_id, on=run.pay_on),
                moved=proposal.moved_clinics(run),
            )
        )
        _decide(actor, run, RunStatus.APPROVED, PaymentStatus.ORDERED, command="approve_run")
        file = outbox.register_payments(run)
        settled = runs.settled_by(run)
        entries = ledger.start_run_payouts(
            actor,
            settled.keys(),
            reference=rules.calculate_reference(run.number),
            settled_ids=[pk for pk, is_in_payment in settled.items() if not is_in_payment],
            retried_ids=runs.netted_retries(run),
            today=today,
            paid_on=run.pay_on,
        )
        told = {**_told(run), **({"sha256": file.sha256} if file else {})}
        entry = audit.Entry(subject=(_SUBJECT, run.number), after=told)
        audit.record_many("settlement.approve_run", actor, [entry, *entries])


def cancel_run(actor: Actor, *, number: int) -> None:
    """Cancel a run that waits: what it held is free for the next one (*Avbryt*).

    Who may propose runs may do so, his own too. Raises Http404, NotAllowed, Refused. Source: spec SC-23.
    """
    with transaction.atomic():
        run = runs.run_of(actor, number, lock=True)
        refuse_if_any(rules.check_waiting(RunStatus(run.status)))
        told = _told(run)
        list(Payment.objects.select_for_update(no_key=True).filter(retried_in__run=run).order_by("pk"))
        settled = runs.settled_by(run)
        ledger.release_payouts(settled.keys(), reference=rules.calculate_reference(run.number))
        _decide(actor, run, RunStatus.CANCELLED, PaymentStatus.CANCELLED, command="cancel_run")
        SettledInvoice.objects.filter(netting__run=run).update(is_void=True)
        SettledInvoice.objects.filter(retried_from__retried_in__run=run).update(
            payment=F("retried_from"), retried_from=None
        )
        Payment.objects.filter(retried_in__run=run).update(retried_in=None)
        Netting.objects.filter(run=run).update(is_live=False)
        audit.record("settlement.cancel_run", actor, subject=(_SUBJECT, run.number), after=told)


# Steps that they share ----------------------------------------------------------------------------


def _refuse_proposal(actor: Actor, *, today: date, pay_on: date) -> None:
    refuse_if_any(
        rules.check_proposal(
            pay_on=pay_on,
            today=today,
            waiting=proposal.waiting_number(actor.authority_id),
            has_paying_account=proposal.has_paying_account(actor.authority_id, on=pay_on),
        )
    )


def _open(actor: Actor, *, pay_on: date) -> PaymentRun:
    """Make a run with the next number; the authority is locked, so the numbers have no gap."""
    earlier = PaymentRun.objects.filter(authority_id=actor.authority_id)
    last: int = earlier.aggregate(last=Max("number"))["last"] or 0
    return PaymentRun.objects.create(
        authority_id=actor.authority_id,
        number=last + 1,
        pay_on=pay_on,
        proposed_at=clock.now(),
        proposed_by=actor.name,
        proposed_by_id=actor.user_id,
    )


def _write(run: PaymentRun, plan: netting_rules.RunPlan, carried_from: dict[int, int]) -> None:
    """Write what a run comes to, in as many statements for many invoices as for few."""
    providers = CareProvider.objects.in_bulk([each.provider_id for each in plan.nettings])
    nettings = Netting.objects.bulk_create(
        [
            Netting(
                run=run,
                provider_id=each.provider_id,
                provider_number=providers[each.provider_id].organisation_number,
                provider_name=providers[each.provider_id].name,
                invoiced_amount=each.invoiced_amount,
                carried_in_amount=each.carried_in_amount,
                retried_amount=each.retried_amount,
                paid_amount=each.paid_amount,
                carried_out_amount=each.carried_out_amount,
                carried_from_id=carried_from.get(each.provider_id),
            )
            for each in plan.nettings
        ]
    )
    planned = [
        (netting, payment)
        for netting, each in zip(nettings, plan.nettings, strict=True)
        for payment in each.payments
    ]
    organisation_number = run.authority.organisation_number
    payments = Payment.objects.bulk_create(
        [
            Payment(
                netting=netting,
                end_to_end_id=rules.calculate_end_to_end_id(organisation_number, run.number, place),
                account_kind=payment.account.kind,
                account_number=payment.account.number,
                payee_name=netting.provider_name,
                amount=payment.amount,
            )
            for place, (netting, payment) in enumerate(planned, start=1)
        ],
        batch_size=_ROWS_PER_STATEMENT,
    )
    in_payment = {
        pk: made for made, (_, payment) in zip(payments, planned, strict=True) for pk in payment.invoice_ids
    }
    SettledInvoice.objects.bulk_create(
        [
            SettledInvoice(
                netting=netting,
                invoice_id=invoice.invoice_id,
                payment=in_payment.get(invoice.invoice_id),
                account_kind=invoice.account.kind,
                account_number=invoice.account.number,
                amount=invoice.amount,
            )
            for netting, each in zip(nettings, plan.nettings, strict=True)
            for invoice in each.invoices
        ],
        batch_size=_ROWS_PER_STATEMENT,
    )
    retried = {
        each.payment_id: netting
        for netting, planned_netting in zip(nettings, plan.nettings, strict=True)
        for each in planned_netting.retried
    }
    _retry(retried, in_payment)


def _retry(retried: dict[int, Netting], in_payment: dict[int, Payment]) -> None:
    """Let rejected payments be tried again: what they settled goes along to the new payments."""
    if not retried:
        return
    payments = list(Payment.objects.filter(pk__in=retried))
    for payment in payments:
        payment.retried_in = retried[payment.pk]
    Payment.objects.bulk_update(payments, ["retried_in"], batch_size=_ROWS_PER_STATEMENT)
    settled = list(SettledInvoice.objects.filter(payment__in=retried, is_void=False))
    for each in settled:
        each.retried_from_id, each.payment = each.payment_id, in_payment.get(each.invoice_id)
    SettledInvoice.objects.bulk_update(settled, ["retried_from", "payment"], batch_size=_ROWS_PER_STATEMENT)


def _decide(
    actor: Actor, run: PaymentRun, to: RunStatus, payments_to: PaymentStatus, *, command: str
) -> None:
    """Take a locked run and its payments to what somebody has decided."""
    ensure_run_step(run.status, to, command=command)
    ensure_payment_step(PaymentStatus.PLANNED, payments_to, command=command)
    run.status = to
    run.decided_at, run.decided_by, run.decided_by_id = clock.now(), actor.name, actor.user_id
    run.save(update_fields=["status", "decided_at", "decided_by", "decided_by_id"])
    planned = Payment.objects.filter(netting__run=run, status=PaymentStatus.PLANNED)
    planned.update(status=payments_to)


def _told(run: PaymentRun) -> dict[str, object]:
    sums = runs.sums_of(run)
    return {
        "pay_on": run.pay_on.isoformat(),
        "amount": sums.paid_amount,
        "payments": sums.payment_count,
        "invoices": sums.invoice_count,
        **({"carried_amount": sums.carried_out_amount} if sums.carried_out_amount else {}),
    }
