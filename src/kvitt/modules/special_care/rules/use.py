"""What a claim takes of a preauthorization, and what does not fit in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules import money
from kvitt.modules.special_care.rules.facts import ApprovedProcedure, ClaimFacts, Known, LineFacts, PlanFacts
from kvitt.modules.special_care.rules.faults import Fault


@dataclass
class _Fitting:
    """How far a claim has been fitted in: what is taken by line, what is left, what is wrong."""

    plan: PlanFacts
    counts: dict[int, int]
    amounts: dict[int, Ore]
    taken: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def plan_use(claim: ClaimFacts, known: Known) -> Mapping[int, int]:
    """Each line takes of an approved procedure with its code and tooth or jaw, while any of it is left.

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
    for place, line in enumerate(claim.lines):
        if line.is_fee:
            continue
        if line.code in codes:
            _fit_line(fitting, place, line, money.calculate_price(line, known))
        else:
            values = {"code": line.code, "number": plan.number}
            fitting.faults.append(Fault("mixed_care" if has_planned else "not_in_plan", place, values))
    return fitting


def _fit_line(fitting: _Fitting, place: int, line: LineFacts, price: Ore) -> None:
    """Take of the first procedure that has enough left, or tell why none has."""
    plan = fitting.plan
    values: dict[str, object] = {"code": line.code, "number": plan.number}
    if not plan.period.contains(line.performed_on):
        days = {"day": line.performed_on, "first": plan.period.first, "last": plan.period.last}
        fitting.faults.append(Fault("plan_period", place, {**values, **days}))
        return
    same_code = [procedure for procedure in plan.procedures if procedure.code == line.code]
    there = [procedure for procedure in same_code if procedure.location in {"", line.location}]
    if not there:
        approved = ", ".join(dict.fromkeys(procedure.location for procedure in same_code))
        fitting.faults.append(Fault("plan_location", place, {**values, "approved": approved}))
        return
    counted = [procedure for procedure in there if fitting.counts[procedure.id] > 0]
    if not counted:
        left = sum(procedure.count_left for procedure in there)
        fitting.faults.append(Fault("plan_count", place, {**values, "left": left}))
        return
    enough = [procedure for procedure in counted if fitting.amounts[procedure.id] >= price]
    if not enough:
        most = max(fitting.amounts[procedure.id] for procedure in counted)
        amounts = {"price": format_kronor(price), "left": format_kronor(most)}
        fitting.faults.append(Fault("plan_amount", place, {**values, **amounts}))
        return
    chosen = min(enough, key=_by_place)
    fitting.taken[place] = chosen.id
    fitting.counts[chosen.id] -= 1
    fitting.amounts[chosen.id] -= price


def _by_place(procedure: ApprovedProcedure) -> tuple[bool, int]:
    """What was approved for the very tooth or jaw goes before what was approved anywhere."""
    return not procedure.location, procedure.id
