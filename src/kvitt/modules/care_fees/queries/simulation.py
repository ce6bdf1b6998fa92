"""What a made-up month would cost, by the shipped parameters: no database is asked, nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.parameters import shipped_parameters, value_on
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.exchange.simulation import Simulation, WrittenRent, read_simulation
from kvitt.modules.care_fees.lifecycle import CARE, AbsenceReason, CareKind, FeeType, HousingKind, LineKind
from kvitt.modules.care_fees.queries.sentences import sentence
from kvitt.modules.care_fees.rules import absence, fee, tenancy

OUTSIDE = _("The parameters are known from %(first)s to %(last)s. Choose a month between them.")
ENDS_BEFORE_START = _("The contract begins on %(first)s and cannot end before that.")
_CARE = {kind.value: kind for kind in CARE}


@dataclass(frozen=True)
class SimulationTerms:
    """What decides of a made-up month, as law and municipality have it; `board_day` in öre."""

    fee: fee.FeeTerms
    absence: Sequence[absence.AbsenceTerms]
    tenancy: tenancy.TenancyTerms
    board_day: Ore


def simulate_fee(written: object) -> dict[str, Any]:
    """Return the answer to a made-up month: lines, total, faults and explanation.

    A refused one has no lines, no total, and its faults by the path of the key.
    Source: spec CF-22.
    """
    simulation, problems = read_simulation(written)
    if simulation is not None:
        problems = _check_month(simulation.month)
    if simulation is None or problems:
        return _refused(problems)
    calculated = calculate(simulation, _shipped_terms(simulation.month))
    if calculated.problems:
        return _refused(calculated.problems)
    return {
        "lines": [_line(line) for line in calculated.lines],
        "total": _kronor(calculated.total),
        "faults": [],
        "explanation": [sentence(step.kind, step.values) for step in calculated.steps],
    }


def calculate(
    simulation: Simulation, terms: SimulationTerms, *, kinds: Mapping[str, CareKind] = _CARE
) -> fee.Fee:
    """Return the fee of a made-up month; what hinders it has the path of its key as its field.

    `kinds` tells which names of services are care, which absence cuts. Source: spec CF-22.
    """
    rent = simulation.rent
    if rent is not None and rent.ends is not None and rent.ends < (begins := _contract_date(rent, terms)):
        return fee.Fee(problems=[Problem("ends_before", ENDS_BEFORE_START, "rent.ends", {"first": begins})])
    return fee.calculate_fee(_facts(simulation, terms, kinds), terms.fee)


def _check_month(month: date) -> list[Problem]:
    known = shipped_parameters()["care_fees.price_base_amount"].values
    first, last = known[0].first_on, date(known[-1].first_on.year, 12, 1)
    if not first <= month <= last:
        values = {"first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}
        return [Problem("no_parameters", OUTSIDE, "month", values)]
    return []


def _facts(simulation: Simulation, terms: SimulationTerms, kinds: Mapping[str, CareKind]) -> fee.FeeFacts:
    board_day = simulation.board_day
    return fee.FeeFacts(
        fee_type=FeeType(simulation.household),
        accepts_cap=simulation.accepts_cap,
        net_income=simulation.net_income,
        housing_cost=simulation.housing_cost,
        capped=[
            fee.Capped(each.service, kinds.get(each.service, CareKind.OTHER), each.monthly)
            for each in simulation.care
        ],
        boards=[fee.Charge(simulation.board_monthly)],
        board_day=terms.board_day if board_day is None else board_day,
        rents=[fee.Charge(_rent(simulation.rent, simulation.month, terms))],
        deduction=_deduction(simulation, terms),
        products=[
            fee.Sold(each.product, each.count, each.price, each.count * each.price)
            for each in simulation.products
        ],
        corrections=[fee.Corrected(each.text, each.amount) for each in simulation.corrections],
    )


def _shipped_terms(month: date) -> SimulationTerms:
    return SimulationTerms(
        fee=fee.FeeTerms(
            price_base_amount=_shipped("price_base_amount", month),
            cap_factor=_shipped("fee_cap_factor", month),
            reserved_factors={
                FeeType.SINGLE: _shipped("reserved_factor_single", month),
                FeeType.COUPLE: _shipped("reserved_factor_couple", month),
            },
            capacity_percent=_shipped("fee_capacity_percent", month),
        ),
        absence=_absence_terms(),
        tenancy=tenancy.TenancyTerms(
            **{term.name: _shipped(term.name, month) for term in fields(tenancy.TenancyTerms)}
        ),
        board_day=_shipped("board_day", month),
    )


def _deduction(simulation: Simulation, terms: SimulationTerms) -> absence.Deduction | None:
    absences = [
        absence.AbsenceFacts(AbsenceReason(each.reason), each.first, each.to, each.reported or each.first)
        for each in simulation.absences
    ]
    found = absence.calculate_deductions(absences, terms=terms.absence, through=simulation.month)
    return found.get(simulation.month)


def _absence_terms() -> Sequence[absence.AbsenceTerms]:
    """Return the terms of every day on which one of them begins; the first hold for what began earlier."""
    shipped = shipped_parameters()
    days = sorted({value.first_on for name in absence.PARAMETERS.values() for value in shipped[name].values})
    return [
        absence.AbsenceTerms(
            first_on=date.min if day == days[0] else day,
            **{term: value_on(name, day) for term, name in absence.PARAMETERS.items()},
        )
        for day in days
    ]


def _rent(rent: WrittenRent | None, month: date, terms: SimulationTerms) -> Ore:
    if rent is None:
        return 0
    begins = _contract_date(rent, terms)
    return tenancy.calculate_rent(month, begins, rent.ends, rent.monthly, terms.tenancy)


def _contract_date(rent: WrittenRent, terms: SimulationTerms) -> date:
    return tenancy.calculate_contract_date(rent.moved_in, HousingKind(rent.housing), terms.tenancy).first_on


def _shipped(name: str, on: date) -> int:
    return value_on(f"care_fees.{name}", on)


def _refused(problems: Sequence[Problem]) -> dict[str, Any]:
    faults = [{"code": each.code, "path": each.field, "message": problem_text(each)} for each in problems]
    return {"lines": [], "total": None, "faults": faults, "explanation": []}


def _line(line: fee.FeeLine) -> dict[str, str]:
    named = {LineKind.CARE: "service", LineKind.PRODUCT: "product"}.get(line.kind)
    return {
        "kind": line.kind.value,
        **({named: line.name} if named else {}),
        "amount": _kronor(line.amount),
    }


def _kronor(amount: Ore) -> str:
    return f"{Decimal(amount) / 100:.2f}"
