"""What earlier claims of the same file take, before any of them is in the database."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kvitt.foundation.values.text import search_key
from kvitt.modules.special_care.rules import money, use
from kvitt.modules.special_care.rules.facts import ApprovedProcedure, ClaimFacts, Known, LineFacts, PlanFacts


class Tally:
    """What the faultless claims of a file take, one after the other.

    Of preauthorizations and of the year's amount, and which care stands in them by patient; and which
    references stand in the file at all. A credit of the file gives nothing back: it may still be refused
    when it is taken in. Patients are told apart by a number of theirs. Source: spec SC-5, SC-4a, SC-8, SC-14.
    """

    def __init__(self) -> None:
        """Begin a file, or the part of one that is taken in at once."""
        self._references: set[str] = set()
        self._credits: set[str] = set()
        self._counts: Counter[int] = Counter()
        self._amounts: Counter[int] = Counter()
        self._years: Counter[tuple[int, int]] = Counter()
        self._lines: dict[int, tuple[LineFacts, ...]] = {}
        self._same: dict[LineFacts, LineFacts] = {}

    def is_reference_new(self, reference: str) -> bool:
        """Tell whether no claim before has the reference, and note it: with faults or not, it is spent."""
        return _is_new(reference, self._references)

    def is_credit_new(self, reference: str) -> bool:
        """Tell whether no credit before is of that reference, and note it."""
        return _is_new(reference, self._credits)

    def applied(self, patient: int, claim: ClaimFacts, known: Known) -> Known:
        """Return what is known of a claim when those before it are taken in.

        Source: spec SC-4a, SC-5, SC-11.
        """
        changes: dict[str, Any] = {}
        plan = known.plan_of(claim) if claim.plan_number else None
        if plan is not None and any(one.id in self._counts for one in plan.procedures):
            changes["plans"] = [self._left_of(one) if one is plan else one for one in known.plans]
        used = {
            year: known.year_used.get(year, 0) + self._years[patient, year]
            for year, limit in known.year_limits.items()
            if limit and (patient, year) in self._years
        }
        if used:
            changes["year_used"] = {**known.year_used, **used}
        before = self._lines.get(patient)
        if before:
            days = {line.performed_on for line in claim.lines}
            beside = [line for line in before if line.performed_on in days]
            if beside:
                changes["other_lines"] = [*known.other_lines, *beside]
        return replace(known, **changes) if changes else known

    def take(self, patient: int, claim: ClaimFacts, known: Known) -> Mapping[int, int]:
        """Note what a faultless claim takes, and return what each of its lines takes of a preauthorization.

        `known` is as `applied` returned it. Source: spec SC-4a, SC-5.
        """
        taken = use.plan_use(claim, known) if claim.plan_number else {}
        for place, procedure_id in taken.items():
            self._counts[procedure_id] += 1
            self._amounts[procedure_id] += money.calculate_price(claim.lines[place], known)
        if any(known.year_limits.values()):
            for year, amount in money.calculate_years(claim, known).items():
                self._years[patient, year] += amount
        lines = tuple(self._shared(line) for line in claim.lines)
        self._lines[patient] = (*self._lines.get(patient, ()), *lines)
        return taken

    def _left_of(self, plan: PlanFacts) -> PlanFacts:
        return replace(plan, procedures=[self._left(one) for one in plan.procedures])

    def _left(self, procedure: ApprovedProcedure) -> ApprovedProcedure:
        if procedure.id not in self._counts:
            return procedure
        return replace(
            procedure,
            count_left=procedure.count_left - self._counts[procedure.id],
            amount_left=procedure.amount_left - self._amounts[procedure.id],
        )

    def _shared(self, line: LineFacts) -> LineFacts:
        """Return the line without what is its own: of a hundred thousand claims many lines are alike."""
        bare = LineFacts(line.performed_on, line.code, line.location)
        return self._same.setdefault(bare, bare)


def _is_new(reference: str, before: set[str]) -> bool:
    key = search_key(reference)
    is_new = key not in before
    before.add(key)
    return is_new
