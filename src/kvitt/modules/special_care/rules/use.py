"""What a claim takes of a preauthorization, and what does not fit in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules import money
from kvitt.modules.special_care.rules.facts import ApprovedProcedure, ClaimFacts, Known, LineFacts, PlanFacts
from kvitt.modules.special_care.rules.faults import Fault

# Above so many lines of a code, or so many attempts, lines are fitted in one by one.
_MOST_LINES = 40
_MOST_ATTEMPTS = 10_000


@dataclass(frozen=True)
class _Wanted:
    """A line that is to be fitted in, by its place in the claim, with its price."""

    place: int
    line: LineFacts
    price: Ore


@dataclass
class _Fitting:
    """How far a claim has been fitted in: what is taken by line, what is left, what is wrong."""

    plan: PlanFacts
    counts: dict[int, int]
    amounts: dict[int, Ore]
    taken: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    attempts: int = 0

    def enough(self, wanted: _Wanted) -> list[ApprovedProcedure]:
        """Return what has enough left: what was approved for the very tooth or jaw first, then the least."""
        found = [
            one
            for one in _approved(self.plan, wanted.line)
            if self.counts[one.id] > 0 and self.amounts[one.id] >= wanted.price
        ]
        return sorted(found, key=lambda one: (not one.location, self.amounts[one.id], one.id))

    def take(self, wanted: _Wanted, procedure: ApprovedProcedure) -> None:
        """Let a line take of a procedure."""
        self.taken[wanted.place] = procedure.id
        self.counts[procedure.id] -= 1
        self.amounts[procedure.id] -= wanted.price

    def give_back(self, wanted: _Wanted) -> None:
        """Undo what a line has taken."""
        procedure_id = self.taken.pop(wanted.place)
        self.counts[procedure_id] += 1
        self.amounts[procedure_id] += wanted.price


def plan_use(claim: ClaimFacts, known: Known) -> Mapping[int, int]:
    """Each line takes of an approved procedure with its code and tooth or jaw, while any of it is left.

    The dearest line chooses first, and takes of the procedure with the least amount that is enough.
    Returned by the line's place in the claim, with the procedure's id. Source: spec SC-5.
    """
    plan = known.plan_of(claim)
    return _fit(claim, plan, known).taken if plan else {}


def plan_split(claim: ClaimFacts, known: Known) -> list[int]:
    """Care outside the preauthorization goes to a claim of its own, with the fee of a visit that goes whole.

    Returned by the lines' places; none where nothing is to be split. Source: spec SC-10.
    """
    plan = known.plan_of(claim)
    if plan is None:
        return []
    codes = {procedure.code for procedure in plan.procedures}
    others = [place for place, line in enumerate(claim.lines) if not line.is_fee and line.code not in codes]
    staying = {line.performed_on for line in claim.lines if not line.is_fee and line.code in codes}
    if not staying:
        return []
    leaving = {claim.lines[place].performed_on for place in others} - staying
    fees = [place for place, line in enumerate(claim.lines) if line.is_fee and line.performed_on in leaving]
    return sorted([*others, *fees])


def check_plan(claim: ClaimFacts, known: Known) -> list[Fault]:
    """S dental care has a preauthorization; a claim that names one keeps within it.

    Source: spec SC-2, SC-5, SC-10, SC-11.
    """
    values = {"number": claim.plan_number, "support": claim.support.name}
    if not claim.plan_number:
        return [Fault("needs_plan")] if claim.support is SupportType.S else []
    plan = known.plan_of(claim)
    if plan is None:
        return [Fault("unknown_plan", values=values)]
    if plan.support is not claim.support:
        return [Fault("plan_support", values={**values, "planned": plan.support.name})]
    return _fit(claim, plan, known).faults


def check_year(claim: ClaimFacts, known: Known) -> list[Fault]:
    """N and F care above the year's amount needs a preauthorization, where the authority has set a limit.

    Over all care providers, before patient fees. Source: spec SC-4a.
    """
    if not any(known.year_limits.values()):
        return []
    faults = []
    for year, amount in money.calculate_years(claim, known).items():
        limit = known.year_limits.get(year, 0)
        total = amount + known.year_used.get(year, 0)
        if limit and total > limit:
            values = {"year": year, "amount": format_kronor(total), "limit": format_kronor(limit)}
            faults.append(Fault("year_amount", values=values))
    return faults


def _fit(claim: ClaimFacts, plan: PlanFacts, known: Known) -> _Fitting:
    fitting = _Fitting(
        plan,
        counts={procedure.id: procedure.count_left for procedure in plan.procedures},
        amounts={procedure.id: procedure.amount_left for procedure in plan.procedures},
    )
    codes = {procedure.code for procedure in plan.procedures}
    has_planned = any(line.code in codes for line in claim.lines)
    wanted: dict[str, list[_Wanted]] = {}
    for place, line in enumerate(claim.lines):
        if line.is_fee:
            continue
        if line.code not in codes:
            values = {"code": line.code, "number": plan.number}
            fitting.faults.append(Fault("mixed_care" if has_planned else "not_in_plan", place, values))
        elif misplaced := _misplaced(plan, place, line):
            fitting.faults.append(misplaced)
        else:
            price = money.calculate_price(line, known)
            wanted.setdefault(line.code, []).append(_Wanted(place, line, price))
    for lines in wanted.values():
        dearest_first = sorted(lines, key=lambda one: -one.price)
        if len(lines) > _MOST_LINES or not _fit_all(fitting, dearest_first):
            for one in dearest_first:
                _fit_one(fitting, one)
    fitting.faults.sort(key=lambda fault: fault.line or 0)
    return fitting


def _approved(plan: PlanFacts, line: LineFacts) -> list[ApprovedProcedure]:
    """Return what is approved of the line's code, for its tooth or jaw or for any."""
    return [one for one in plan.procedures if one.code == line.code and one.location in {"", line.location}]


def _misplaced(plan: PlanFacts, place: int, line: LineFacts) -> Fault | None:
    """Tell what keeps a line out of the preauthorization whatever is left of it."""
    values: dict[str, object] = {"code": line.code, "number": plan.number}
    if not plan.period.contains(line.performed_on):
        days = {"day": line.performed_on, "first": plan.period.first, "last": plan.period.last}
        return Fault("plan_period", place, {**values, **days})
    if not _approved(plan, line):
        same_code = [procedure.location for procedure in plan.procedures if procedure.code == line.code]
        return Fault("plan_location", place, {**values, "approved": ", ".join(dict.fromkeys(same_code))})
    return None


def _fit_all(fitting: _Fitting, wanted: Sequence[_Wanted]) -> bool:
    """Fit every line in, if there is a way: what does not lead to one is undone, and the next is tried."""
    if not wanted:
        return True
    fitting.attempts += 1
    first, *others = wanted
    for procedure in fitting.enough(first):
        if fitting.attempts > _MOST_ATTEMPTS:
            break
        fitting.take(first, procedure)
        if _fit_all(fitting, others):
            return True
        fitting.give_back(first)
    return False


def _fit_one(fitting: _Fitting, wanted: _Wanted) -> None:
    """Take of what has enough left, or tell why nothing has."""
    enough = fitting.enough(wanted)
    if enough:
        fitting.take(wanted, enough[0])
        return
    plan, line, place = fitting.plan, wanted.line, wanted.place
    values: dict[str, object] = {"code": line.code, "number": plan.number}
    there = _approved(plan, line)
    counted = [procedure for procedure in there if fitting.counts[procedure.id] > 0]
    if counted:
        most = max(fitting.amounts[procedure.id] for procedure in counted)
        amounts = {"price": format_kronor(wanted.price), "left": format_kronor(most)}
        fitting.faults.append(Fault("plan_amount", place, {**values, **amounts}))
        return
    left = sum(procedure.count_left for procedure in there)
    fitting.faults.append(Fault("plan_count", place, {**values, "left": left}))
