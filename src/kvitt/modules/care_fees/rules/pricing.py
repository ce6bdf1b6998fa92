"""What the services of a client come to in a month, before the fee cap and before absence."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore, divide_half_up
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import CareKind, FaultKind, Measure
from kvitt.modules.care_fees.rules.catalogue import PriceFacts, find_price
from kvitt.modules.care_fees.rules.explanation import Step, StepKind
from kvitt.modules.care_fees.rules.faults import fault
from kvitt.modules.care_fees.rules.fee import Capped, Charge, Sold
from kvitt.modules.care_fees.rules.month_facts import GrantedFacts, MonthFacts, MonthTerms, ServiceTerms
from kvitt.modules.care_fees.rules.services import MINUTES_PER_HOUR, GrantedPart, calculate_monthly_amounts


class Priced(NamedTuple):
    """Services of a month in the catalogue's order, and what a day of board is worth (öre)."""

    capped: list[Capped]
    boards: list[Charge]
    products: list[Sold]
    board_day: Ore


class _Part(NamedTuple):
    """A grant in the month: what it comes to of a whole month, and its days where it is not all of it."""

    granted: GrantedFacts
    amount: Ore
    monthly: Ore
    days: int | None
    price: PriceFacts | None


def price_services(
    facts: MonthFacts, terms: MonthTerms, steps: list[Step], problems: list[Problem]
) -> Priced:
    """Price what is granted by its first day in the month and by its days, and what is registered.

    With the day of death what is granted ends.
    Source: spec CF-6, CF-16a, CF-21; docs/decisions/0025.
    """
    capped, boards, products = list[Capped](), list[Charge](), list[Sold]()
    board_day = 0
    for parts in _parts(facts, terms, problems):
        service = terms.services[parts[0].granted.service]
        for part in parts:
            (_service, unit, *_rest), amount, monthly, days, price = part
            vat = price.vat_percent if price is not None else 0
            if days is not None:
                values = {"service": service.name, "days": days, "amount": amount, "monthly": monthly}
                steps.append(Step(StepKind.PART, values))
            if service.care is CareKind.BOARD:
                boards.append(Charge(amount, service.name, _service, unit, vat))
                day = price.day_amount if price is not None else None
                board_day = max(board_day, terms.board_day if day is None else day)
            elif service.is_capped:
                shown = None if days is None else monthly
                capped.append(Capped(service.name, service.care, amount, _service, unit, vat, days, shown))
            else:
                products.append(Sold(service.name, 1, amount, amount, _service, unit, vat))
    if facts.performed:
        _price_performed(facts, terms, capped, products, steps, problems)
    return Priced(capped, boards, products, board_day)


def find_days(facts: MonthFacts, terms: MonthTerms, kinds: Collection[CareKind]) -> set[date]:
    """Return the days of the month on which something of these kinds is granted.

    Source: spec CF-16a.
    """
    last = terms.last if facts.died_on is None else min(terms.last, facts.died_on)
    found = set[date]()
    for each in facts.granted:
        if terms.services[each.service].care in kinds:
            first, end = max(each.first, terms.month), min(each.last or last, last)
            found.update(first + timedelta(days=number) for number in range((end - first).days + 1))
    return found


def _parts(facts: MonthFacts, terms: MonthTerms, problems: list[Problem]) -> Iterable[list[_Part]]:
    """Yield what is granted in the month, the parts of one service together, in the catalogue's order."""
    first, last, died_on = terms.month, terms.last, facts.died_on
    if died_on is not None and died_on < last:
        last = died_on
    by_service = dict[int, list[GrantedFacts]]()
    for granted in facts.granted:
        if granted.first <= last and (granted.last is None or granted.last >= first):
            by_service.setdefault(granted.service, []).append(granted)
    found = list(by_service)
    if len(found) > 1:
        found.sort(key=lambda service: (terms.services[service].place, service))
    for service_id in found:
        mine, service = by_service[service_id], terms.services[service_id]
        one = mine[0]
        is_whole = one.first <= first and (one.last is None or one.last >= terms.last)
        if is_whole and last == terms.last and len(mine) == 1:
            parts = _whole(one, service)
        else:
            parts = _partial(mine, service, terms, last)
        if parts is None:
            problems.append(fault(FaultKind.PRICE_MISSING, service=service.name))
        else:
            yield parts


def _whole(granted: GrantedFacts, service: ServiceTerms) -> list[_Part] | None:
    """Return a service that is granted every day of the month, None without a price."""
    price, monthly = service.price, granted.amount
    if monthly is None:
        if price is None:
            return None
        monthly = price.amount
    return [_Part(granted, monthly, monthly, None, price)]


def _partial(
    mine: Sequence[GrantedFacts], service: ServiceTerms, terms: MonthTerms, last: date
) -> list[_Part] | None:
    """Return the parts of a service that is not granted in one for the whole month, None without a price."""
    mine = sorted(mine, key=lambda each: each.first)
    prices = [find_price(service.prices, max(each.first, terms.month)) for each in mine]
    monthly = list[Ore]()
    for each, price in zip(mine, prices, strict=True):
        if each.amount is None and price is None:
            return None
        monthly.append(each.amount if each.amount is not None else price.amount if price else 0)
    ends = [last if each.last is None else min(each.last, last) for each in mine]
    charges = calculate_monthly_amounts(
        [
            GrantedPart(Period(each.first, end), amount)
            for each, end, amount in zip(mine, ends, monthly, strict=True)
        ],
        month=terms.month,
        terms=terms.part,
    )
    return [
        _Part(each, charge.amount, amount, None if charge.is_whole else charge.days, price)
        for each, charge, amount, price in zip(mine, charges, monthly, prices, strict=True)
    ]


def _price_performed(
    facts: MonthFacts,
    terms: MonthTerms,
    capped: list[Capped],
    products: list[Sold],
    steps: list[Step],
    problems: list[Problem],
) -> None:
    """Price what is registered: minutes at the hourly price, counts at that of one.

    Time without an hourly price is registered for follow-up only.
    """
    services = terms.services
    performed = facts.performed
    if len(performed) > 1:
        performed = sorted(performed, key=lambda each: (services[each.service].place, each.service))
    for service_id, unit, quantity in performed:
        if not quantity:
            continue
        service = services[service_id]
        price = service.price
        is_time = service.measure is Measure.MINUTES
        if price is None:
            if not is_time:
                problems.append(fault(FaultKind.PRICE_MISSING, service=service.name))
            continue
        if is_time:
            amount = divide_half_up(quantity * price.amount, MINUTES_PER_HOUR)
            values = {"service": service.name, "minutes": quantity, "price": price.amount, "amount": amount}
            steps.append(Step(StepKind.TIME, values))
        else:
            amount = quantity * price.amount
        vat = price.vat_percent
        if service.is_capped:
            capped.append(
                Capped(service.name, service.care, amount, service_id, unit, vat, quantity, price.amount)
            )
        else:
            products.append(Sold(service.name, quantity, price.amount, amount, service_id, unit, vat))
