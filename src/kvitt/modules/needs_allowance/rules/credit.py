"""Which invoiced procedures are credited together, which are billed anew, and when a credit is undone."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import CREDITABLE_INVOICES, LineStatus
from kvitt.ledger.rules import InvoiceFacts
from kvitt.modules.needs_allowance.rules import money as money_rules
from kvitt.modules.needs_allowance.rules.money import Totals
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts

NOTHING_TICKED = _("Tick at least one code that is wrong.")
IS_DEDUCTIBLE = _(
    "The deductible is not credited by itself. Credit the code that is wrong: the deductible follows if it "
    "has to."
)
NOT_ATTESTED = _(
    "Code %(code)s is on invoice %(reference)s, which is not attested yet. Recall the invoice, or ask for it "
    "to be returned, instead of crediting."
)
UNATTESTED_IN_THE_WAY = _(
    "Less than the deductible would remain attested, and invoice %(reference)s with codes of the same case "
    "is not attested yet. Wait for the attest, or recall it or ask for it to be returned, and credit then."
)
# Why a procedure cannot be credited, by its shown status; any other is not invoiced.
NOT_CREDITABLE: dict[str, str] = {
    LineStatus.AWAITING_CREDIT.value: _("Code %(code)s already waits to be credited on the next invoice."),
    LineStatus.CREDITED.value: _("Code %(code)s is already credited."),
}
NOT_INVOICED = _("Code %(code)s is not invoiced, so there is nothing to credit.")
CHANGED_PREVIEW = _(
    "The amounts are not the ones you saw: you ticked other codes, or somebody changed the case. Check what "
    "they are now and try again."
)
NOT_AWAITING = _("The code does not wait to be credited any more, so there is nothing to undo.")
CREDIT_INVOICED = _(
    "The credit is already on an invoice and cannot be undone, unless that invoice is recalled or returned."
)
CASE_CHANGED = _(
    "The case has changed after the crediting, so it cannot be undone. Undo what was done afterwards first, "
    "or let the credit stand."
)


@dataclass(frozen=True)
class CreditPlan:
    """What crediting does: ids of procedures, and the sums at the foot of the case before and after.

    `copied_ids` are entered anew, the deductible first among them; there are none unless the case is
    recalculated.
    """

    wrong_ids: tuple[int, ...]
    credited_ids: tuple[int, ...]
    copied_ids: tuple[int, ...]
    before: Totals
    after: Totals

    @property
    def is_recalculation(self) -> bool:
        """Whether the whole case is credited and its deductible entered anew."""
        return bool(self.copied_ids)


def may_credit(procedure: ProcedureFacts, invoice: InvoiceFacts | None) -> bool:
    """An invoiced procedure can be credited from its invoice's attest on; never the deductible by itself.

    Source: behovspeng, figure 27; spec NA-29, CO-22.
    """
    return not procedure.is_deductible and _is_firm(procedure, invoice)


def check_credit(
    procedures: Sequence[ProcedureFacts], wrong_ids: Collection[int], invoices: Mapping[int, InvoiceFacts]
) -> list[Problem]:
    """Only attested procedures are credited, and a case is recalculated only when all of it is attested.

    What stands on an invoice that can still be returned does not count as remaining: it may come back and be
    removed, and then the deductible would stand invoiced against nothing. `invoices` are those that charge
    the procedures, by procedure.
    Source: behovspeng, chapter 9; spec NA-29, NA-30, CO-22.
    """
    if not wrong_ids:
        return [Problem("nothing_ticked", NOTHING_TICKED, field="wrong")]
    wrong = [one for one in procedures if one.id in wrong_ids]
    problems = [problem for one in wrong for problem in _check_one(one, invoices.get(one.id))]
    if problems or not _is_recalculated(procedures, wrong_ids, invoices):
        return problems
    waiting = {
        invoices[one.id].id: invoices[one.id].reference
        for one in procedures
        if _is_invoiced(one) and not _is_firm(one, invoices.get(one.id)) and one.id in invoices
    }
    return [
        Problem("unattested_in_the_way", UNATTESTED_IN_THE_WAY, values={"reference": reference})
        for _id, reference in sorted(waiting.items())
    ]


def plan_credit(
    procedures: Sequence[ProcedureFacts], wrong_ids: Collection[int], invoices: Mapping[int, InvoiceFacts]
) -> CreditPlan:
    """While at least the deductible remains invoiced only the wrong ones are credited, else the whole case.

    Then every invoiced procedure is credited, the deductible too, and the deductible and those that were not
    wrong are entered anew, so that they count again. `check_credit` must have found nothing.
    Source: behovspeng, chapter 9, figures 27-29; spec NA-29, NA-30.
    """
    wrong = tuple(one.id for one in procedures if one.id in wrong_ids)
    credited, copied = wrong, tuple[int, ...]()
    if _is_recalculated(procedures, wrong, invoices):
        credited = tuple(one.id for one in procedures if _is_invoiced(one))
        copied = tuple(number for number in credited if number not in wrong)
    return CreditPlan(
        wrong_ids=wrong,
        credited_ids=credited,
        copied_ids=copied,
        before=money_rules.calculate_totals(procedures),
        after=money_rules.calculate_totals(_carried_out(procedures, credited, copied)),
    )


def calculate_fingerprint(plan: CreditPlan) -> str:
    """The same plan always gives the same text: what was previewed can be compared with what would be done.

    Source: spec NA-30, CO-24.
    """
    return _digest(str(plan))


def calculate_case_mark(procedures: Iterable[ProcedureFacts]) -> str:
    """A case whose procedures are the same has the same mark; removed ones do not count.

    That a credit goes on an invoice, or comes back, changes nothing in the case.
    Source: spec NA-32.
    """
    parts = [
        f"{one.id}:{one.location}:{one.surface}:{one.performed_on}:{one.amount}:{_mark_status(one)}"
        for one in procedures
        if one.status != LineStatus.WITHDRAWN
    ]
    return _digest(";".join(sorted(parts)))


def check_withdrawal(
    credited: Sequence[ProcedureFacts], *, mark: str, procedures: Sequence[ProcedureFacts]
) -> list[Problem]:
    """A credit is undone until it is on an invoice, if the case did not change after.

    `credited` are the procedures that were credited together, `mark` is the case as it stood then.
    Source: spec NA-32.
    """
    if any(one.status == LineStatus.CREDITED for one in credited):
        return [Problem("credit_invoiced", CREDIT_INVOICED)]
    if not credited or any(one.status != LineStatus.AWAITING_CREDIT for one in credited):
        return [Problem("not_awaiting", NOT_AWAITING)]
    if calculate_case_mark(procedures) != mark:
        return [Problem("case_changed", CASE_CHANGED)]
    return []


def _check_one(procedure: ProcedureFacts, invoice: InvoiceFacts | None) -> list[Problem]:
    if procedure.is_deductible:
        return [Problem("deductible", IS_DEDUCTIBLE)]
    values = {"code": procedure.code}
    if not _is_invoiced(procedure) or invoice is None:
        message = NOT_CREDITABLE.get(procedure.status, NOT_INVOICED)
        return [Problem("not_invoiced", message, values=values)]
    if not _is_firm(procedure, invoice):
        return [Problem("not_attested", NOT_ATTESTED, values={**values, "reference": invoice.reference})]
    return []


def _is_recalculated(
    procedures: Iterable[ProcedureFacts], wrong_ids: Collection[int], invoices: Mapping[int, InvoiceFacts]
) -> bool:
    remaining, deductible = 0, 0
    for one in procedures:
        if one.is_deductible and _is_invoiced(one):
            deductible -= one.amount
        elif one.id not in wrong_ids and _is_firm(one, invoices.get(one.id)):
            remaining += one.amount
    return remaining < deductible


def _carried_out(
    procedures: Iterable[ProcedureFacts], credited: Collection[int], copied: Collection[int]
) -> list[ProcedureFacts]:
    """Return the case as it will be."""
    after = []
    for one in procedures:
        status = LineStatus.AWAITING_CREDIT.value if one.id in credited else one.status
        after.append(replace(one, status=status))
        if one.id in copied:
            after.append(replace(one, status=LineStatus.APPROVED.value))
    return after


def _is_invoiced(procedure: ProcedureFacts) -> bool:
    return procedure.status == LineStatus.INVOICED


def _is_firm(procedure: ProcedureFacts, invoice: InvoiceFacts | None) -> bool:
    """Tell whether the procedure stands invoiced for good: its invoice can no longer be returned."""
    return _is_invoiced(procedure) and invoice is not None and invoice.status in CREDITABLE_INVOICES


def _mark_status(procedure: ProcedureFacts) -> str:
    is_credited = procedure.status in {LineStatus.AWAITING_CREDIT, LineStatus.CREDITED}
    return LineStatus.CREDITED.value if is_credited else procedure.status


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
