"""The review chain of an invoice: who may take which step, and in which order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import DEAD_INVOICES, InvoiceStatus, StepNotAllowed, ensure_invoice_step
from kvitt.ledger.rules.invoices import REPAYMENT, InvoiceFacts

PAID_BACK = _("The clinic pays this back itself. Mark it as repaid when the money has come.")
IN_A_RUN = _("Payment run %(run)s pays this invoice out. What becomes of it follows from the run.")
HELD_BY_A_RUN = _("The invoice is in payment run %(run)s. Cancel the run first.")
SETTLED = _("Somebody has marked it as repaid already.")
NOT_ATTESTED = _("The invoice is not attested yet. Attest it before you mark it as repaid.")

_PAYOUT = frozenset({InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT})


@dataclass(frozen=True)
class Refusal:
    """An invoice that does not take the step, and why."""

    invoice: InvoiceFacts
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class AdvancePlan:
    """Which of many invoices go to which status, in the order of their ids, and which do not."""

    steps: tuple[tuple[InvoiceFacts, InvoiceStatus], ...]
    refused: tuple[Refusal, ...]


def plan_advance(
    invoices: Sequence[InvoiceFacts],
    to: InvoiceStatus,
    *,
    user_id: int | None,
    earlier_unattested: Mapping[int, Sequence[InvoiceFacts]],
    remarked_ids: Collection[int] = (),
    unbookable: Mapping[int, Sequence[Problem]] | None = None,
) -> AdvancePlan:
    """Of many invoices each takes the step if it may, the oldest first, and the rest are refused by name.

    An earlier invoice attested in the same plan is in nobody's way. An invoice with total 0 is not paid
    out: it goes on to paid. One of `remarked_ids` waits for somebody to look at its remarks, and
    `unbookable` are the problems of those that miss an account string.
    Source: spec CO-20, NA-28.
    """
    steps: dict[int, tuple[InvoiceFacts, InvoiceStatus]] = {}
    refused = []
    for invoice in sorted(invoices, key=_made):
        is_free = to is InvoiceStatus.PAYING_OUT and invoice.total == 0
        target = InvoiceStatus.PAID_OUT if is_free else to
        earlier = [each for each in earlier_unattested.get(invoice.id, ()) if each.id not in steps]
        problems = _step_problems(invoice, target)
        if not problems:
            problems = check_advance(invoice, target, user_id=user_id, earlier_unattested=earlier)
        if not problems and invoice.id in remarked_ids:
            problems = [
                Problem("has_remarks", _("The invoice has remarks. Look at them before you approve."))
            ]
        problems = [*problems, *(unbookable or {}).get(invoice.id, ())]
        if problems:
            refused.append(Refusal(invoice, tuple(problems)))
        else:
            steps[invoice.id] = (invoice, target)
    return AdvancePlan(tuple(steps.values()), tuple(refused))


def _made(invoice: InvoiceFacts) -> int:
    return invoice.id


def _step_problems(invoice: InvoiceFacts, to: InvoiceStatus) -> list[Problem]:
    try:
        ensure_invoice_step(invoice.status, to, command="advance_invoice")
    except StepNotAllowed as refused:
        return list(refused.problems)
    return []


def check_chosen(invoice_ids: Collection[int]) -> list[Problem]:
    """Something is done with at least one invoice.

    Source: spec NA-28.
    """
    return [] if invoice_ids else [Problem("none_chosen", _("No invoice is chosen. Tick at least one."))]


def check_advance(
    invoice: InvoiceFacts,
    to: InvoiceStatus,
    *,
    user_id: int | None,
    earlier_unattested: Sequence[InvoiceFacts],
) -> list[Problem]:
    """The one who approved an invoice cannot attest it, and invoices of one case are attested in their order.

    Only an invoice with total 0 goes from attested to paid out without a payment, and it always does.
    Source: spec CO-20, NA-28.
    """
    problems = []
    if to is InvoiceStatus.AUTHORISED:
        if user_id == invoice.reviewed_by_id:
            problems.append(
                Problem("four_eyes", _("You approved this invoice. Another person has to attest it."))
            )
        problems += [
            Problem(
                "earlier_first",
                _("%(reference)s holds lines of the same case and comes first. Attest it before this one."),
                values={"reference": earlier.reference},
            )
            for earlier in earlier_unattested
        ]
    if to in _PAYOUT:
        problems += check_by_hand(invoice.payout_reference)
    if invoice.status is InvoiceStatus.AUTHORISED:
        if to is InvoiceStatus.PAID_OUT and invoice.total != 0:
            problems.append(
                Problem("payment_first", _("The invoice has to be paid out before it is marked as paid."))
            )
        if to is InvoiceStatus.PAYING_OUT and invoice.total == 0:
            problems.append(
                Problem("nothing_to_pay", _("The total is 0 kr, so nothing is paid out. Mark it as paid."))
            )
    return problems


def check_by_hand(payout_reference: str) -> list[Problem]:
    """What a payment run settles, or the clinic pays back itself, nobody pays out by hand.

    Source: spec SC-21, SC-23.
    """
    if not payout_reference:
        return []
    if payout_reference == REPAYMENT:
        return [Problem("paid_back", PAID_BACK)]
    return [Problem("in_run", IN_A_RUN, values={"run": payout_reference})]


def check_settled_back(status: InvoiceStatus) -> list[Problem]:
    """A repayment is marked when its credit is attested, once.

    Source: spec CO-20, SC-21.
    """
    if status is InvoiceStatus.PAID_OUT:
        return [Problem("settled", SETTLED)]
    return [] if status is InvoiceStatus.AUTHORISED else [Problem("not_attested", NOT_ATTESTED)]


def check_return(to: InvoiceStatus, *, reason: str, later: Sequence[InvoiceFacts]) -> list[Problem]:
    """An invoice is returned with a reason, and stays while a later live one holds a line of its cases.

    Source: spec CO-20, NA-28.
    """
    problems = []
    if to is InvoiceStatus.RETURNED and not reason.strip():
        problems.append(
            Problem("no_reason", _("Say why the invoice is returned: the clinic reads it."), field="reason")
        )
    problems += [
        Problem(
            "later_first",
            _("%(reference)s is later and holds lines of the same case. Return or recall it first."),
            values={"reference": invoice.reference},
        )
        for invoice in later
        if invoice.status not in DEAD_INVOICES
    ]
    return problems


def is_proposed(*, issued_by_id: int | None, reviewed_by_id: int | None) -> bool:
    """The region has proposed an invoice that the same person made and approved; no clinic sent it in.

    Source: spec SC-19a.
    """
    return issued_by_id is not None and issued_by_id == reviewed_by_id


def check_recall(status: InvoiceStatus) -> list[Problem]:
    """A clinic takes its own invoice back only until the region has reviewed it.

    Source: spec CO-20.
    """
    if status is InvoiceStatus.ISSUED:
        return []
    return [
        Problem(
            "not_recallable",
            _(
                "The invoice is no longer waiting to be reviewed, so it cannot be recalled. "
                "Look at its status."
            ),
        )
    ]


def check_reject(status: InvoiceStatus, *, payout_reference: str = "") -> list[Problem]:
    """The region returns an invoice until its attest; after that only crediting helps.

    One that a payment run holds stays until the run is cancelled. Source: spec CO-20, SC-23.
    """
    if status in {InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED}:
        if payout_reference in {"", REPAYMENT}:
            return []
        return [Problem("held_by_run", HELD_BY_A_RUN, values={"run": payout_reference})]
    return [
        Problem(
            "not_returnable",
            _("The invoice is attested, returned or recalled already. Look at its status."),
        )
    ]
