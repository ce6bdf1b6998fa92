"""A client's month as a plan: its lines, how they came about, or what hinders it.

Simulation, preview, run and journal all plan by this, so they cannot differ.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import CARE, CareKind, FaultKind, FeeType, LineKind
from kvitt.modules.care_fees.rules.absence import (
    WHOLE,
    Deduction,
    calculate_deductions,
    calculate_part_deduction,
)
from kvitt.modules.care_fees.rules.differences import find_differences
from kvitt.modules.care_fees.rules.explanation import Step, StepKind
from kvitt.modules.care_fees.rules.faults import fault, find_faults
from kvitt.modules.care_fees.rules.fee import Charge, Corrected, FeeFacts, FeeLine, calculate_fee
from kvitt.modules.care_fees.rules.means import choose_means
from kvitt.modules.care_fees.rules.month_facts import MonthFacts, MonthTerms
from kvitt.modules.care_fees.rules.pricing import find_days, price_services
from kvitt.modules.care_fees.rules.tenancy import calculate_dated_rent, calculate_shares


class PlannedMonth(NamedTuple):
    """What a client's month comes to (öre); with problems it has no lines.

    `carried_amount` of the total is carried to the next month. `areas` are the billing areas of the units
    with services for the client, his own not among them. A problem's code is a FaultKind; its field is
    `spouse` where the spouse's data lack something.
    """

    lines: Sequence[FeeLine] = ()
    total: Ore = 0
    carried_amount: Ore = 0
    steps: Sequence[Step] = ()
    problems: Sequence[Problem] = ()
    is_at_cap: bool = False
    areas: Sequence[int] = ()


class OwnMonth(NamedTuple):
    """What a month comes to by itself, without what other months bring to it."""

    lines: Sequence[FeeLine] = ()
    steps: Sequence[Step] = ()
    is_at_cap: bool = False


def plan_month(facts: MonthFacts, terms: MonthTerms) -> PlannedMonth:
    """Plan a client's month: its own lines, what locked months turned out to be, and what was carried.

    Source: debitering-ao, pages 26-36; spec CF-17, CF-20, CF-21, CF-25, CF-29.
    """
    problems = list[Problem]()
    own = plan_own_month(facts, terms, problems)
    lines, steps = own.lines, own.steps
    if facts.earlier or facts.carried:
        lines, steps = [*lines], [*steps]
        _bring(facts, lines, steps, problems)
    if lines or problems:
        problems += find_faults(facts, terms, lines)
    if problems:
        return PlannedMonth(problems=_once(problems))
    total = sum([line.amount for line in lines])
    carried_amount = 0
    if 0 < total < terms.minimum_invoice and _goes_on(facts, terms):
        carried_amount = total
        values = {"amount": total, "smallest": terms.minimum_invoice}
        steps = [*steps, Step(StepKind.TOO_LITTLE, values)]
    areas = _areas(facts, terms) if facts.granted or facts.performed else []
    return PlannedMonth(lines, total, carried_amount, steps, (), own.is_at_cap, areas)


def plan_own_month(facts: MonthFacts, terms: MonthTerms, problems: list[Problem]) -> OwnMonth:
    """Plan what the month itself comes to; what hinders it is added to the problems.

    Source: spec CF-6, CF-7, CF-13 to CF-16a, CF-20, CF-21.
    """
    steps = list[Step]()
    if facts.granted and facts.died_on is not None and facts.died_on <= terms.last:
        steps.append(Step(StepKind.DIED, {"date": facts.died_on.isoformat()}))
    capped, boards, products, board_day = price_services(facts, terms, steps, problems)
    fee_type, accepts_cap, income, housing = FeeType.SINGLE, False, None, 0
    if capped:
        settings = facts.settings
        if settings is None:
            problems.append(fault(FaultKind.SETTINGS_MISSING))
        elif settings.accepts_cap:
            accepts_cap = True
        else:
            amount = sum([each.monthly for each in capped])
            fee_type, income, housing, problem = choose_means(facts, terms, amount, steps)
            if problem is not None:
                problems.append(problem)
    rents = _rents(facts, terms, problems) if facts.tenancies else ()
    if problems:
        return OwnMonth()
    deduction, part = _deduction(facts, terms) if facts.absences else (None, WHOLE)
    fee = calculate_fee(
        FeeFacts(
            fee_type,
            accepts_cap,
            income,
            housing,
            capped,
            boards,
            board_day,
            rents,
            deduction,
            products,
            _corrections(facts, terms) if facts.corrections else (),
            sum(facts.adjustments) if facts.adjustments else 0,
            part,
        ),
        terms.fee,
    )
    return OwnMonth(fee.lines, [*steps, *fee.steps] if steps else fee.steps, fee.is_at_cap)


def _goes_on(facts: MonthFacts, terms: MonthTerms) -> bool:
    """Tell whether a next month is to be expected: who has died or has nothing more carries nothing."""
    if facts.died_on is not None:
        return False
    ends = [each.last for each in facts.granted] + [each.last for each in facts.tenancies]
    return any(each.quantity for each in facts.performed) or any(
        last is None or last > terms.last for last in ends
    )


def _bring(facts: MonthFacts, lines: list[FeeLine], steps: list[Step], problems: list[Problem]) -> None:
    """Add the differences of locked months, and what earlier months carried here."""
    for locked in facts.earlier:
        own = plan_own_month(locked.facts, locked.terms, problems)
        if not problems:
            found, told = find_differences(locked, own.lines)
            lines += found
            steps += told
    sums = dict[str, Ore]()
    for of_month, amount, service, unit, vat in facts.carried:
        month = of_month.isoformat()
        # Revenue and VAT are those of what it is of.
        lines.append(FeeLine(LineKind.CARRIED, amount, "", "", service, unit, vat, about=month))
        sums[month] = sums.get(month, 0) + amount
    steps += [Step(StepKind.CARRIED, {"amount": amount, "month": month}) for month, amount in sums.items()]


def _deduction(facts: MonthFacts, terms: MonthTerms) -> tuple[Deduction | None, Fraction]:
    """Return what absence cuts in the month, and which part of it care is charged for.

    With the day of death absence ends. Only days that are charged are cut.
    """
    absences = facts.absences
    if (died_on := facts.died_on) is not None:
        absences = [
            each if each.last_on is not None and each.last_on <= died_on else replace(each, last_on=died_on)
            for each in absences
            if each.first_on <= died_on
        ]
    through = facts.counted_to or terms.last
    care, board = find_days(facts, terms, CARE), find_days(facts, terms, (CareKind.BOARD,))
    month_days = terms.last.day
    if {len(care), len(board)} <= {0, month_days}:
        return calculate_deductions(absences, terms=terms.absence, through=through).get(terms.month), WHOLE
    found = calculate_part_deduction(absences, terms=terms.absence, through=through, care=care, board=board)
    part = WHOLE if len(care) == month_days else min(Fraction(len(care), terms.part.month_days), WHOLE)
    return found, part


def _rents(facts: MonthFacts, terms: MonthTerms, problems: list[Problem]) -> list[Charge]:
    """Return the client's part of the rents; two who hold a contract pay half each."""
    found = []
    for number, unit, first, last, rents, tenants in facts.tenancies:
        if not rents:
            problems.append(fault(FaultKind.RENT_MISSING, tenancy=number))
            continue
        whole = amount = calculate_dated_rent(terms.month, first, last, rents, terms.tenancy)
        if facts.client is not None and len(tenants) > 1:
            amount = calculate_shares(whole, tenants)[facts.client]
        found.append(Charge(amount, number, None, unit, 0, whole))
    return found


def _corrections(facts: MonthFacts, terms: MonthTerms) -> list[Corrected]:
    found = []
    for service, unit, amount, text in facts.corrections:
        price = None if service is None else terms.services[service].price
        vat = 0 if price is None else price.vat_percent
        is_capped = service is not None and terms.services[service].is_capped
        found.append(Corrected(text, amount, service, unit, vat, is_capped))
    return found


def _areas(facts: MonthFacts, terms: MonthTerms) -> Sequence[int]:
    """Return the areas of the units with services for the client in the month, but for his own."""
    units = {each.unit for each in facts.performed if each.quantity}
    for each in facts.granted:
        if facts.died_on is None or each.first <= facts.died_on:
            units.add(each.unit)
    found = {terms.units[unit].area for unit in units}
    return sorted(area for area in found if area is not None and area != facts.area)


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems, what several months or lines lack told once."""
    found = list[Problem]()
    for each in problems:
        if each not in found:
            found.append(each)
    return found
