"""What a case is worth: what can be invoiced now, what stands invoiced, what an invoice takes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kvitt.foundation.values.money import Ore
from kvitt.ledger.lifecycle import LineStatus
from kvitt.ledger.rules import LineFacts
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts


@dataclass(frozen=True)
class Totals:
    """The sums at the foot of a case, in öre."""

    billable: Ore
    invoiced: Ore
    awaiting_credit: Ore


@dataclass(frozen=True)
class BillableParts:
    """What is performed and not invoiced, and the deductible it is held against (0 once invoiced), in öre."""

    performed: Ore
    deductible: Ore

    @property
    def missing(self) -> Ore:
        """How much more must be performed to reach the deductible; below zero when it is passed."""
        return self.deductible - self.performed


def calculate_parts(procedures: Iterable[ProcedureFacts]) -> BillableParts:
    """What is approved, performed and not yet invoiced, and the deductible that it is held against.

    Source: behovspeng, chapter 8; spec NA-23.
    """
    waiting = [one for one in procedures if _is_waiting(one)]
    return BillableParts(
        performed=sum(one.amount for one in waiting if not one.is_deductible),
        deductible=-sum(one.amount for one in waiting if one.is_deductible),
    )


def calculate_billable(procedures: Iterable[ProcedureFacts]) -> Ore:
    """The sum of all approved, performed, not yet invoiced lines, the deductible among them, or 0.

    Source: behovspeng, figure 21; spec NA-23.
    """
    return max(0, -calculate_parts(procedures).missing)


def _is_waiting(procedure: ProcedureFacts) -> bool:
    return procedure.status == LineStatus.APPROVED and procedure.performed_on is not None


def calculate_invoiced(procedures: Iterable[ProcedureFacts]) -> Ore:
    """The sum of what stands invoiced and is neither credited nor awaiting credit.

    Source: behovspeng, figures 27 and 29; spec NA-23.
    """
    return sum(one.amount for one in procedures if one.status == LineStatus.INVOICED)


def calculate_totals(procedures: Sequence[ProcedureFacts]) -> Totals:
    """The sums at the foot of a case.

    Source: behovspeng, figure 9; spec NA-23.
    """
    awaiting = (one.amount for one in procedures if one.status == LineStatus.AWAITING_CREDIT)
    return Totals(
        billable=calculate_billable(procedures),
        invoiced=calculate_invoiced(procedures),
        awaiting_credit=-sum(awaiting),
    )


def plan_invoice_lines(waiting: Iterable[LineFacts]) -> list[LineFacts]:
    """An invoice takes the approved lines of every case whose sum is above zero, and every waiting credit.

    A case below its deductible waits; credits go with the next invoice even when nothing else does.
    Source: behovspeng, chapter 8; spec NA-25.
    """
    approved: dict[str, list[LineFacts]] = defaultdict(list)
    waiting_credits: list[LineFacts] = []
    for line in waiting:
        if line.status is LineStatus.AWAITING_CREDIT:
            waiting_credits.append(line)
        elif line.status is LineStatus.APPROVED and line.performed_on is not None:
            approved[line.case_number].append(line)
    taken = [line for lines in approved.values() if sum(one.amount for one in lines) > 0 for line in lines]
    return sorted([*taken, *waiting_credits], key=lambda line: line.id)
