"""What can be wrong with a claim: each fault has a stable code, a level, an element, and says the remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kvitt.foundation.values.problems import Problem
from kvitt.modules.special_care.rules.faults.filed import ENTRY_REASONS, FILED_FAULTS
from kvitt.modules.special_care.rules.faults.kinds import FaultKind, Level
from kvitt.modules.special_care.rules.faults.typed import TYPED_FAULTS

__all__ = ["ENTRY_REASONS", "FAULTS", "FILED_FAULTS", "Fault", "FaultKind", "Level", "problem_of"]

# Every fault of a claim, by its stable code: forms, the claims file and its documentation read it here.
FAULTS: Mapping[str, FaultKind] = {**TYPED_FAULTS, **FILED_FAULTS}


@dataclass(frozen=True)
class Fault:
    """A fault of one claim: the code of its kind, and the line of the claim (from 0), None for the whole."""

    code: str
    line: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the claim cannot be sent in with it."""
        return FAULTS[self.code].level is Level.STOPS


def problem_of(fault: Fault) -> Problem:
    """A fault is told by its element, in the words of its kind; `line` says which line, where it is of one.

    The reason why an entry of a file cannot be read is a code in `values`, told in words of its own; why a
    claim cannot be credited stands there in words (msgid).
    Source: spec SC-11, SC-14.
    """
    kind = FAULTS[fault.code]
    values = dict(fault.values)
    if fault.code == "credit_not_possible":
        values["reason"] = Problem("reason", str(values.get("reason", "")))
    if fault.code == "file_entry":
        reason = str(values.get("reason", ""))
        values["reason"] = Problem(reason, ENTRY_REASONS[reason], values=fault.values)
    if fault.line is not None:
        values["line"] = fault.line
    return Problem(fault.code, kind.message, field=kind.element, values=values)
