"""Which of an activity's chosen procedures can be removed, credited, or have their credit undone."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import CREDITABLE_INVOICES, InvoiceStatus, LineStatus
from kvitt.ledger.rules import InvoiceFacts, LineFacts

NOTHING_CHOSEN = _("Tick at least one procedure.")
HAS_PROCEDURES = _("The activity has %(count)s procedures. Remove them before the activity is removed.")
NOT_ATTESTED = _(
    "On invoice %(reference)s, which is not attested yet: %(count)s. Wait for the attest, or recall the "
    "invoice or ask for it to be returned, instead of crediting."
)
ONE_NOT_ATTESTED = _(
    "The procedure is on invoice %(reference)s, which is not attested yet. Wait for the attest, or recall "
    "the invoice or ask for it to be returned, instead of crediting."
)
# Why a procedure cannot be removed, by its status; how many there are of each stands after it.
NOT_REMOVABLE: dict[LineStatus, str] = {
    LineStatus.INVOICED: _("Invoiced, and therefore credited instead of removed: %(count)s."),
    LineStatus.AWAITING_CREDIT: _("Waiting to be credited, and cannot be removed: %(count)s."),
    LineStatus.CREDITED: _("Credited, and cannot be removed: %(count)s."),
    LineStatus.WITHDRAWN: _("Already removed: %(count)s."),
}
NOT_CREDITABLE: dict[LineStatus, str] = {
    LineStatus.APPROVED: _("Not invoiced, and therefore removed instead of credited: %(count)s."),
    LineStatus.AWAITING_CREDIT: _("Already waiting to be credited on the next invoice: %(count)s."),
    LineStatus.CREDITED: _("Already credited: %(count)s."),
    LineStatus.WITHDRAWN: _("Removed, so there is nothing to credit: %(count)s."),
}
NOT_AWAITING: dict[LineStatus, str] = {
    LineStatus.APPROVED: _("Not invoiced, so there is no credit to undo: %(count)s."),
    LineStatus.INVOICED: _("Not waiting to be credited any more: %(count)s."),
    LineStatus.CREDITED: _(
        "The credit is already on an invoice and cannot be undone, unless that invoice is recalled or "
        "returned: %(count)s."
    ),
    LineStatus.WITHDRAWN: _("Removed, so there is no credit to undo: %(count)s."),
}


@dataclass(frozen=True)
class StepPlan:
    """What is done with the chosen procedures: those that take the step, in order, and why others do not."""

    ids: Sequence[int]
    amount: Ore
    left_out: Sequence[Problem]


@dataclass(frozen=True)
class Sums:
    """What stands below an activity's procedures: how many there are and what they cost, in öre.

    `credited` are those among them that are credited.
    """

    count: int
    amount: Ore
    credited: int = 0


def calculate_sums(lines: Sequence[LineFacts]) -> Sums:
    """Count and total follow when a procedure is removed; a credited one was performed and still counts.

    Source: befolkningsansvar, chapter 4, figures 4 and 5; spec PH-5, PH-6.
    """
    live = [line for line in lines if line.status is not LineStatus.WITHDRAWN]
    credited = sum(line.status is LineStatus.CREDITED for line in live)
    return Sums(len(live), sum(line.amount for line in live), credited)


def check_activity_removal(lines: Sequence[LineFacts]) -> list[Problem]:
    """An activity is removed when no procedures are left in it.

    Source: befolkningsansvar, chapter 4.1; spec PH-7.
    """
    count = calculate_sums(lines).count
    return [Problem("has_procedures", HAS_PROCEDURES, values={"count": count})] if count else []


def plan_removal(lines: Sequence[LineFacts], chosen: Collection[int]) -> StepPlan:
    """An approved procedure is removed; an invoiced one is credited instead.

    Source: befolkningsansvar, chapter 4; spec PH-6, CO-19.
    """
    return _plan(lines, chosen, LineStatus.APPROVED, NOT_REMOVABLE)


def may_credit(status: LineStatus, invoice: InvoiceStatus | None) -> bool:
    """An invoiced procedure is credited from the attest of the invoice that charges it on.

    Source: befolkningsansvar, chapter 6; spec PH-10, CO-22.
    """
    return status is LineStatus.INVOICED and invoice in CREDITABLE_INVOICES


def plan_credit(
    lines: Sequence[LineFacts], chosen: Collection[int], invoices: Mapping[int, InvoiceFacts]
) -> StepPlan:
    """An invoiced procedure is credited from its invoice's attest on; `invoices` charge the lines, by line.

    Source: befolkningsansvar, chapter 6; spec PH-10, CO-22.
    """
    early = {
        line_id: invoice for line_id, invoice in invoices.items() if invoice.status not in CREDITABLE_INVOICES
    }
    plan = _plan(lines, [one for one in chosen if one not in early], LineStatus.INVOICED, NOT_CREDITABLE)
    waiting = Counter(early[one].reference for one in chosen if one in early)
    words = ONE_NOT_ATTESTED if len(chosen) == 1 else NOT_ATTESTED
    problems = [
        Problem("not_attested", words, values={"reference": reference, "count": count})
        for reference, count in sorted(waiting.items())
    ]
    return StepPlan(plan.ids, plan.amount, [*plan.left_out, *problems])


def plan_credit_withdrawal(lines: Sequence[LineFacts], chosen: Collection[int]) -> StepPlan:
    """A credit is undone until it is on an invoice; the procedure is invoiced again.

    Source: spec CO-19, PH-10.
    """
    return _plan(lines, chosen, LineStatus.AWAITING_CREDIT, NOT_AWAITING)


def _plan(
    lines: Sequence[LineFacts],
    chosen: Collection[int],
    status: LineStatus,
    reasons: Mapping[LineStatus, str],
) -> StepPlan:
    wanted = [line for line in lines if line.id in set(chosen)]
    taken = [line for line in wanted if line.status is status]
    others = Counter(line.status for line in wanted if line.status is not status)
    return StepPlan(
        ids=[line.id for line in taken],
        amount=sum(line.amount for line in taken),
        left_out=[
            Problem(f"is_{other.value}", reasons[other], values={"count": others[other]})
            for other in LineStatus
            if others[other]
        ],
    )


def check_step(plan: StepPlan, chosen: Collection[int]) -> list[Problem]:
    """All chosen procedures take the step, or none: what has changed meanwhile is said.

    Source: spec CO-24, PH-6, PH-10.
    """
    if not chosen:
        return [Problem("nothing_chosen", NOTHING_CHOSEN)]
    return list(plan.left_out)
