"""What a reported procedure is in its case: its status, whether it counts, and what may become of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.registers.price_lists.lifecycle import PreauthorizationNeed
from kvitt.registers.price_lists.rules import Item

# Removed and refused procedures, and those that are or will be credited, no longer count in the case.
NOT_COUNTED = frozenset(
    {
        ProcedureStatus.WITHDRAWN.value,
        ProcedureStatus.REFUSED.value,
        LineStatus.AWAITING_CREDIT.value,
        LineStatus.CREDITED.value,
    }
)
REMOVABLE = frozenset({LineStatus.APPROVED.value, ProcedureStatus.REQUIRES_PREAUTHORIZATION.value})

# Why a procedure cannot be changed or removed any more, by its shown status.
LOCKED: dict[str, str] = {
    ProcedureStatus.AWAITING_REVIEW.value: _(
        "The code is being reviewed and cannot be changed or removed now. Wait for the decision."
    ),
    ProcedureStatus.REFUSED.value: _("The code was not approved. The decision stays in the case as it is."),
    ProcedureStatus.WITHDRAWN.value: _("The code has already been removed."),
    LineStatus.INVOICED.value: _("The code is invoiced and can no longer be changed or removed."),
    LineStatus.AWAITING_CREDIT.value: _(
        "The code is to be credited and can no longer be changed or removed."
    ),
    LineStatus.CREDITED.value: _("The code is credited and can no longer be changed or removed."),
}
IS_DEDUCTIBLE = _("The deductible belongs to the case and can be neither changed nor removed.")
WAS_INVOICED = _(
    "The code has been on an invoice and can no longer be changed. Remove it, and add it again as it should "
    "be."
)
TOOTH_IS_DECIDED = _(
    "The tooth or jaw was approved by preauthorization and cannot be changed. Remove the code, and add it "
    "again as it should be."
)
CHANGED_MEANWHILE = _(
    "%(who)s changed the case at %(time)s. What you see is up to date. Check it and try again."
)


@dataclass(frozen=True)
class ProcedureFacts:
    """A procedure in the case as the rules see it; `status` is the shown one, `amount` in öre."""

    id: int
    code: str
    location: str
    surface: str
    performed_on: date | None
    amount: Ore
    status: str
    is_deductible: bool = False

    @property
    def counts(self) -> bool:
        """Whether the procedure still counts in the case."""
        return self.status not in NOT_COUNTED


def calculate_status(item: Item, others: Sequence[ProcedureFacts]) -> ProcedureStatus:
    """A new procedure is approved, or needs preauthorization: always, or from the n-th in the period.

    Counted by order of registration among those not removed or refused, never judged anew.
    Source: behovspeng, figure 9; spec NA-14.
    """
    if item.preauthorization == PreauthorizationNeed.ALWAYS:
        return ProcedureStatus.REQUIRES_PREAUTHORIZATION
    if item.preauthorization == PreauthorizationNeed.FROM_COUNT and item.from_count is not None:
        number = 1 + sum(1 for other in others if other.code == item.code and other.counts)
        if number >= item.from_count:
            return ProcedureStatus.REQUIRES_PREAUTHORIZATION
    return ProcedureStatus.APPROVED


def is_removed(procedure: ProcedureFacts) -> bool:
    """A removed procedure (*Raderad*) stays findable, but is shown only to those who ask for it.

    Source: spec CO-19.
    """
    return procedure.status == LineStatus.WITHDRAWN


def is_over(procedure: ProcedureFacts) -> bool:
    """Nothing more comes of a procedure that is removed, refused or credited.

    Source: behovspeng, figure 16; spec CO-19.
    """
    return procedure.status in NOT_COUNTED and procedure.status != LineStatus.AWAITING_CREDIT


def is_planned(procedure: ProcedureFacts) -> bool:
    """A procedure that is still to be performed (*Ej utförd*) has no price of its own yet: it shows today's.

    Source: behovspeng, figure 3; spec NA-15.
    """
    return procedure.performed_on is None and procedure.counts


def may_remove(procedure: ProcedureFacts) -> bool:
    """An approved procedure, or one that needs preauthorization, can be removed; never the deductible.

    Source: behovspeng, figures 12 and 16; spec NA-9, NA-15.
    """
    return not procedure.is_deductible and procedure.status in REMOVABLE


def may_change(procedure: ProcedureFacts, *, was_invoiced: bool, period: Period, today: date) -> bool:
    """What may be removed may be changed, until its first invoice and while the period runs.

    Source: spec NA-15, NA-17.
    """
    return may_remove(procedure) and not was_invoiced and (period.last is None or today <= period.last)


def check_removal(procedure: ProcedureFacts) -> list[Problem]:
    """A procedure in review, refused, invoiced or already removed is not removed, nor is the deductible.

    Source: spec NA-9, NA-15.
    """
    if may_remove(procedure):
        return []
    if procedure.is_deductible:
        return [Problem("deductible", IS_DEDUCTIBLE)]
    return [Problem("locked", LOCKED[procedure.status])]


def check_change(procedure: ProcedureFacts, *, was_invoiced: bool) -> list[Problem]:
    """A procedure that cannot be removed is not changed, nor one that has ever been on an invoice.

    Source: spec NA-15.
    """
    problems = check_removal(procedure)
    if not problems and was_invoiced:
        problems.append(Problem("was_invoiced", WAS_INVOICED))
    return problems


def check_decided_place(procedure: ProcedureFacts, location: str, *, is_preauthorized: bool) -> list[Problem]:
    """A procedure that was approved by preauthorization keeps its tooth or jaw.

    Source: spec NA-15.
    """
    if not is_preauthorized or location == procedure.location:
        return []
    return [Problem("decided_place", TOOTH_IS_DECIDED, field="location")]


def calculate_mark(procedure: ProcedureFacts, *, practitioner_id: int | None) -> str:
    """The same content always gives the same text: what was opened can be compared with what is there now.

    Source: spec CO-24.
    """
    content = (
        procedure.performed_on,
        practitioner_id,
        procedure.location,
        procedure.surface,
        procedure.status,
    )
    return "|".join("" if part is None else str(part) for part in content)


def check_unchanged(seen: str, mark: str, *, who: str, time: str) -> list[Problem]:
    """A procedure that somebody else changed after it was opened is shown anew before it is saved.

    Source: spec CO-24.
    """
    if seen in {"", mark}:
        return []
    return [Problem("changed_meanwhile", CHANGED_MEANWHILE, values={"who": who, "time": time})]
