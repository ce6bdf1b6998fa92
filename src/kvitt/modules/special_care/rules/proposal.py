"""What a payment proposal takes, and when a repayment has come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _


@dataclass(frozen=True)
class InvoiceFacts:
    """An invoice of claims as a proposal sees it: how many of its claims are held and released.

    `is_proposed` tells that a live invoice of the ledger holds it already, `is_own` that who proposes it sent
    in a claim of it.
    """

    id: int
    our_reference: int
    held: int
    released: int
    is_credit: bool = False
    is_proposed: bool = False
    is_own: bool = False


@dataclass(frozen=True)
class Refusal:
    """An invoice that is not proposed, by what stands on its payment, and why."""

    our_reference: int
    problem: Problem


@dataclass(frozen=True)
class ProposalPlan:
    """Which of many invoices are proposed for payment, by id, and which are not."""

    ids: tuple[int, ...]
    refused: tuple[Refusal, ...]


def plan_proposal(invoices: Sequence[InvoiceFacts]) -> ProposalPlan:
    """An invoice is proposed once, with all its claims, when none of them is under review any more.

    Whoever sent in a claim of it does not propose it. Each goes by itself: what is refused is told, and the
    others are proposed. Credit invoices are in the
    ledger from the start. Source: spec SC-19, SC-19a, SC-21.
    """
    problems = {invoice.id: _problem(invoice) for invoice in invoices}
    return ProposalPlan(
        ids=tuple(invoice.id for invoice in invoices if problems[invoice.id] is None),
        refused=tuple(
            Refusal(invoice.our_reference, problem)
            for invoice in invoices
            if (problem := problems[invoice.id]) is not None
        ),
    )


def _problem(invoice: InvoiceFacts) -> Problem | None:
    if invoice.is_credit:
        return Problem("is_credit", _("A credit invoice is reviewed with the other invoices."))
    if invoice.is_proposed:
        return Problem("already_proposed", _("Somebody has proposed it already."))
    if invoice.held:
        message = _("Claims under review: %(count)s. Decide about them first.")
        return Problem("has_held", message, values={"count": invoice.held})
    if not invoice.released:
        return Problem("nothing_left", _("No claim is left to pay: they are deleted or voided."))
    if invoice.is_own:
        message = _("You sent in a claim of it yourself. Another reviewer proposes it.")
        return Problem("own_claim", message)
    return None


def check_chosen(ids: Collection[int]) -> list[Problem]:
    """A proposal is of at least one invoice.

    Source: spec SC-19a.
    """
    return [] if ids else [Problem("none_chosen", _("No invoice is chosen. Tick at least one."))]


def check_repayment(*, repaid_on: date, received_on: date, today: date, is_waiting: bool) -> list[Problem]:
    """A repayment comes once, on a day from the credit invoice's until today.

    Source: spec SC-21.
    """
    if not is_waiting:
        return [Problem("not_waiting", _("No repayment is awaited: somebody has marked it already."))]
    values: Mapping[str, object] = {"first": received_on, "last": today}
    if not received_on <= repaid_on <= today:
        message = _("The money came on a day from %(first)s to %(last)s. Give that day.")
        return [Problem("wrong_day", message, "repaid_on", values)]
    return []
