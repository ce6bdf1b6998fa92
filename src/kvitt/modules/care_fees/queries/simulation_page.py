"""What the page of a made-up month offers, begins with and answers; nothing is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from kvitt.foundation.values.dates import add_months, last_day_of_month
from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.parameters import shipped_parameters
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.exchange.simulation import read_simulation
from kvitt.modules.care_fees.lifecycle import CareKind, LineKind, Measure, ServiceKind
from kvitt.modules.care_fees.queries import clients, incomes, services, simulation
from kvitt.modules.care_fees.queries.facts import load_facts
from kvitt.modules.care_fees.queries.sentences import sentence
from kvitt.modules.care_fees.queries.terms import month_terms
from kvitt.modules.care_fees.rules import decision
from kvitt.modules.care_fees.rules.fee import FeeLine
from kvitt.modules.care_fees.rules.month_facts import MonthFacts, MonthTerms
from kvitt.modules.care_fees.rules.pricing import price_services
from kvitt.registers.access.rules import Permission

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.modules.care_fees.models import Client
    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class OfferedService:
    """A service of the catalogue with its price (öre), and what it is to the rules."""

    name: str
    care: CareKind
    amount: Ore


@dataclass(frozen=True)
class Offered:
    """What can be chosen: months, services under the cap, products."""

    months: Sequence[str]
    services: Sequence[tuple[str, str]]
    products: Sequence[tuple[str, str]]
    by_id: Mapping[str, OfferedService]


@dataclass(frozen=True)
class SimulatedLine:
    """A line of the made-up month (öre, signed)."""

    kind: LineKind
    name: str
    amount: Ore


@dataclass(frozen=True)
class Simulated:
    """What a made-up month costs, and every step in words; or what is wrong, by the path of its key."""

    lines: Sequence[SimulatedLine] = ()
    total: Ore = 0
    steps: Sequence[str] = ()
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Preset:
    """What the form begins with: of a client whom the actor reaches, or of nobody."""

    initial: Mapping[str, object]
    client: "Client | None" = None
    lead: str = ""


def offered(actor: "Actor", *, today: date) -> Offered:
    """Return what can be chosen on the page, with the prices of today. Source: spec CF-22."""
    actor.require(Permission.SEE_CLIENTS)
    rows = services.services_on(actor.authority_id, on=today)
    prices = services.prices_on([row.pk for row in rows], on=today)
    by_id = {
        str(row.pk): OfferedService(row.name, CareKind(row.care), prices[row.pk].amount)
        for row in rows
        if row.pk in prices
    }
    capped = [row for row in rows if row.is_capped and row.measure == Measure.MONTH]
    products = [row for row in rows if row.kind == ServiceKind.PRODUCT and row.measure == Measure.COUNT]
    return Offered(
        months=_months(),
        services=[_choice(row.pk, by_id) for row in capped if str(row.pk) in by_id],
        products=[_choice(row.pk, by_id) for row in products if str(row.pk) in by_id],
        by_id=by_id,
    )


def preset(actor: "Actor", number: str, *, month: date, session: "SessionBase", today: date) -> Preset:
    """Return what the form begins with: a client's facts of the month, where a client is named.

    Who may not see incomes gets the form without them. Raises Http404, NotAllowed. Source: spec CF-22.
    """
    initial: dict[str, object] = {"month": f"{month:%Y-%m}"}
    if not number:
        return Preset(initial)
    client = clients.client_of(actor, number, on=today)
    terms = month_terms(client.authority_id, month)
    for facts in load_facts([client.pk], month, terms):
        initial |= _of_client(facts, terms, sees_amounts=incomes.sees_amounts(actor))
    return Preset(initial, client, clients.lead_of(session, client, today=today))


def simulate(actor: "Actor", written: Mapping[str, Any], catalogue: Offered) -> Simulated:
    """Return what a made-up month costs by the parameters of the municipality. Source: spec CF-22."""
    actor.require(Permission.SEE_CLIENTS)
    read, problems = read_simulation(written)
    if read is None:
        return Simulated(problems=problems)
    terms = month_terms(actor.authority_id, read.month)
    kinds = {service.name: service.care for service in catalogue.by_id.values()}
    found = simulation.calculate(
        read,
        simulation.SimulationTerms(terms.fee, terms.absence, terms.tenancy, terms.board_day),
        kinds=kinds,
    )
    return Simulated(
        lines=[SimulatedLine(line.kind, _text(line), line.amount) for line in found.lines],
        total=found.total,
        steps=[sentence(step.kind, step.values) for step in found.steps],
        problems=found.problems,
    )


def _of_client(facts: MonthFacts, terms: MonthTerms, *, sees_amounts: bool) -> dict[str, object]:
    """Return a client's month as the form has it: dates as they are, amounts in öre."""
    priced = price_services(facts, terms, [], [])
    found: dict[str, object] = {"board_monthly": sum(each.amount for each in priced.boards) or None}
    if facts.settings is not None:
        found |= {
            "household": facts.settings.fee_type.value,
            "accepts_cap": facts.settings.accepts_cap,
        }
    planned = decision.plan_decision(facts, terms)
    if sees_amounts and planned.terms is not None:
        found |= {
            "household": planned.terms.fee_type.value,
            "net_income": planned.terms.net_income,
            "housing_cost": planned.terms.housing_cost,
        }
    for place, capped in enumerate(priced.capped):
        found |= {f"service_{place}": str(capped.service), f"monthly_{place}": capped.monthly}
    for place, absence in enumerate(facts.absences):
        found |= {
            f"from_{place}": absence.first_on,
            f"to_{place}": absence.last_on,
            f"reason_{place}": absence.reason.value,
            f"reported_{place}": absence.reported_on,
        }
    counted = [each for each in facts.performed if terms.services[each.service].measure is Measure.COUNT]
    for place, performed in enumerate(counted):
        found |= {f"product_{place}": str(performed.service), f"count_{place}": performed.quantity}
    for tenancy in facts.tenancies[:1]:
        rents = [rent for rent in tenancy.rents if rent.first_on <= last_day_of_month(facts.month)]
        found |= {
            # A contract that begins the 1st or the 17th begins so in a serviced flat.
            "rent_housing": "serviced_flat",
            "rent_moved_in": tenancy.first,
            "rent_ends": tenancy.last,
            "rent_monthly": rents[-1].monthly if rents else None,
        }
    for place, correction in enumerate(facts.corrections):
        found |= {f"text_{place}": correction.text, f"correction_{place}": correction.amount}
    return found


def _months() -> list[str]:
    """Return the months whose price base amount is known."""
    known = shipped_parameters()["care_fees.price_base_amount"].values
    first, count = known[0].first_on, 12 * (known[-1].first_on.year - known[0].first_on.year + 1)
    return [f"{add_months(first, ahead):%Y-%m}" for ahead in range(count)]


def _choice(service_id: int, by_id: Mapping[str, OfferedService]) -> tuple[str, str]:
    service = by_id[str(service_id)]
    return str(service_id), f"{service.name}, {format_kronor(service.amount)}"


def _text(line: FeeLine) -> str:
    return line.name or line.text or gettext(line.kind.label)
