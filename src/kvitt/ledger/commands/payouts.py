"""What payment runs do with invoices, and repayments: mechanisms, which need an open transaction.

An invoice that a run holds has its reference, so that nobody pays it out by hand or returns it meanwhile.
"""

from collections.abc import Collection, Sequence
from datetime import date

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger import queries, rules
from kvitt.ledger.commands import review, steps
from kvitt.ledger.lifecycle import InvoiceStatus, ensure_invoice_step
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import Actor

_NOT_ATTESTED = _("Not everything can be attested, so nothing is: %(references)s.")


def reserve_payouts(invoice_ids: Collection[int], *, authority_id: int, reference: str) -> list[int]:
    """Let a run hold those of the invoices that can still be paid, and return their ids.

    Source: spec SC-23.
    """
    held: list[int] = []
    steps.locked_invoices(invoice_ids)
    for chunk in steps.chunks(sorted(invoice_ids)):
        payable = queries.payable_invoices(authority_id, ids=chunk).order_by("pk")
        found = list(payable.values_list("pk", flat=True))
        Invoice.objects.filter(pk__in=found).update(payout_reference=reference)
        held += found
    return held


def release_payouts(invoice_ids: Collection[int], *, reference: str) -> None:
    """Let go of the invoices that a run holds. Source: spec SC-23."""
    _require_held(steps.locked_invoices(invoice_ids), reference)
    for chunk in steps.chunks(sorted(invoice_ids)):
        Invoice.objects.filter(pk__in=chunk).update(payout_reference="")


def start_run_payouts(
    actor: Actor,
    invoice_ids: Collection[int],
    *,
    reference: str,
    settled_ids: Collection[int],
    retried_ids: Collection[int] = (),
    today: date,
    paid_on: date,
) -> list[audit.Entry]:
    """Attest what a run holds and is not attested yet, and say that all of it is on its way.

    Those of `settled_ids` need no payment: they are paid on `paid_on`, and so are those of `retried_ids`,
    which an earlier run has started. All or nothing: what cannot be attested is told. Returns what the log of
    each case says. Raises Refused. Source: spec CO-20, SC-19a, SC-23.
    """
    again = set(retried_ids)
    locked = steps.locked_invoices({*invoice_ids, *again})
    invoices = [each for each in locked if each.pk not in again]
    _require_held(invoices, reference)
    proposed = [each for each in invoices if each.status == InvoiceStatus.REVIEWED]
    attest = review.attest_locked(actor, proposed, today=today)
    if attest.plan.refused:
        raise Refused(_problems(attest.plan.refused))
    settled = set(settled_ids)
    paid = [each for each in locked if each.pk in settled or each.pk in again]
    started = [each for each in invoices if each.pk not in settled]
    _take(actor, started, InvoiceStatus.PAYING_OUT)
    _take(actor, paid, InvoiceStatus.PAID_OUT, paid_on=paid_on)
    entries = [
        *_entries(started, InvoiceStatus.PAYING_OUT),
        *_entries(paid, InvoiceStatus.PAID_OUT, paid_on=paid_on),
    ]
    review.book(attest)
    return entries


def settle_payouts(actor: Actor, invoice_ids: Collection[int], *, paid_on: date) -> list[audit.Entry]:
    """Say that invoices on their way are paid; return what the log of each case says.

    Raises Changed when one is not on its way. Source: spec CO-20, SC-19, SC-23.
    """
    invoices = steps.invoices_alone(invoice_ids)
    if any(each.status != InvoiceStatus.PAYING_OUT for each in invoices):
        raise steps.Changed
    _take(actor, invoices, InvoiceStatus.PAID_OUT, paid_on=paid_on)
    return _entries(invoices, InvoiceStatus.PAID_OUT, paid_on=paid_on)


def settle_repayment(actor: Actor, invoice_id: int, *, paid_on: date) -> None:
    """Say that the clinic has paid back a credit, which must be attested.

    Raises Refused. Source: spec SC-21.
    """
    invoice = steps.locked_invoice(invoice_id)
    refuse_if_any(rules.check_settled_back(InvoiceStatus(invoice.status)))
    _take(actor, [invoice], InvoiceStatus.PAID_OUT, paid_on=paid_on)
    posted_on = rules.calculate_posting_day(paid_on, today=clock.today())
    Invoice.objects.filter(pk=invoice_id).update(payout_posted_on=posted_on)


def _require_held(invoices: Sequence[Invoice], reference: str) -> None:
    """Refuse where the run does not hold all of the locked invoices."""
    if any(each.payout_reference != reference for each in invoices):
        raise steps.Changed


def _take(
    actor: Actor, invoices: Sequence[Invoice], to: InvoiceStatus, *, paid_on: date | None = None
) -> None:
    for status in {each.status for each in invoices}:
        before = InvoiceStatus.AUTHORISED if status == InvoiceStatus.REVIEWED else status  # attested just now
        ensure_invoice_step(before, to, command="advance_invoice")
    for chunk in steps.chunks([each.pk for each in invoices]):
        Invoice.objects.filter(pk__in=chunk).update(status=to, paid_on=paid_on)
    steps.note_steps(actor, invoices, to)


def _entries(
    invoices: Sequence[Invoice], to: InvoiceStatus, *, paid_on: date | None = None
) -> list[audit.Entry]:
    told = {"invoice_status": to.value, **({"paid_on": paid_on.isoformat()} if paid_on else {})}
    return steps.case_entries(invoices, told={each.pk: told for each in invoices})


def _problems(refused: Sequence[rules.Refusal]) -> list[Problem]:
    """Say which invoices it is about, and each reason once."""
    references = ", ".join(refusal.invoice.reference for refusal in refused)
    reasons = {str(problem): problem for refusal in refused for problem in refusal.problems}
    return [Problem("not_attested", _NOT_ATTESTED, values={"references": references}), *reasons.values()]
