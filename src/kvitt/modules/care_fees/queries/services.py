"""Read the services of a municipality, what they cost and who is granted them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import Ore, divide_half_up
from kvitt.modules.care_fees.lifecycle import CARE, CareKind, ServiceKind
from kvitt.modules.care_fees.models import GrantedService, Service, ServicePrice
from kvitt.modules.care_fees.rules import catalogue
from kvitt.modules.care_fees.rules import services as rules
from kvitt.registers.price_lists.queries import parameter

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import Clinic


# For the other parts of care fees -----------------------------------------------------------------


def services_on(authority_id: int, *, on: date) -> list[Service]:
    """Return the services of the catalogue of a day, in the order of the catalogue. Source: spec CF-6."""
    return list(_in_order(_valid(Service.objects.filter(authority_id=authority_id), on, on)))


def prices_on(service_ids: Iterable[int], *, on: date) -> dict[int, ServicePrice]:
    """Return the prices in force on a day by service, in one statement; a service without one is left out.

    Source: spec CF-6.
    """
    dated = prices_of(service_ids)
    found = {service_id: price_on(prices, on) for service_id, prices in dated.items()}
    return {service_id: price for service_id, price in found.items() if price is not None}


def prices_of(service_ids: Iterable[int]) -> dict[int, list[ServicePrice]]:
    """Return every price of the services, the first first, in one statement. Source: spec CF-6."""
    found: dict[int, list[ServicePrice]] = {service_id: [] for service_id in service_ids}
    rows = ServicePrice.objects.filter(service_id__among=list(found)).order_by("service_id", "first_on")
    for price in rows:
        found[price.service_id].append(price)
    return found


def registered_prices(services: Iterable[Service], *, month: date) -> dict[int, ServicePrice]:
    """Return what registrations of a month are charged by, by service, in one statement.

    It is the price of the month's first day, or of the service's first in the catalogue; a service without
    one is registered for follow-up only. Source: spec CF-6; docs/decisions/0025.
    """
    wanted = {service.pk: service for service in services}
    found = {}
    for service_id, prices in prices_of(wanted).items():
        on = rules.calculate_price_day(wanted[service_id].facts().period, month)
        if (price := price_on(prices, on)) is not None:
            found[service_id] = price
    return found


def price_on(prices: Iterable[ServicePrice], on: date) -> ServicePrice | None:
    """Return the one of a service's prices that is in force on a day. Source: spec CF-6."""
    by_facts = {price.facts(): price for price in prices}
    found = catalogue.find_price(by_facts, on)
    return None if found is None else by_facts[found]


def granted_between(client_ids: Iterable[int], first: date, last: date) -> list[GrantedService]:
    """Return what clients are granted on any of the days, with service and unit, in one statement.

    By client, then in the order of the catalogue. Source: spec CF-6, CF-16a.
    """
    rows = GrantedService.objects.filter(client_id__among=list(client_ids), first_on__lte=last)
    rows = rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=first)).select_related("service", "unit")
    return list(rows.order_by("client_id", "service__place", "service_id", "first_on"))


def registrable(unit: "Clinic", month: date) -> list[Service]:
    """Return what a unit may register in a month, in the order of the catalogue.

    Source: spec CF-6, CF-11.
    """
    rows = _valid(Service.objects.filter(authority_id=unit.authority_id), month, last_day_of_month(month))
    rows = rows.filter(kind=ServiceKind.PRODUCT)
    if unit.unit_kind not in rules.RESTRICTED_TO:
        rows = rows.filter(is_restricted=False)
    return list(_in_order(rows))


def terms_on(authority_id: int, *, on: date) -> rules.MonthTerms:
    """Return how a part of the month is charged. Source: spec CF-16a."""
    return rules.MonthTerms(parameter(authority_id, "care_fees.month_days", on=on))


@dataclass(frozen=True)
class CareAmounts:
    """What care and board cost a client in a month (öre), before absence and the fee cap.

    `care` and `board` are of the part of the month that is granted; `monthly_care` and `monthly_board` are
    the monthly amounts that an absence is counted by, `day_amount` what board is cut by a day.
    """

    care: Ore = 0
    board: Ore = 0
    monthly_care: Ore = 0
    monthly_board: Ore = 0
    day_amount: Ore = 0


def care_amounts(client_ids: Collection[int], month: date) -> dict[int, CareAmounts]:
    """Return what care (personal care and care-home care) and board cost in a month, by client.

    In three statements for any number of clients of one authority. Source: spec CF-15, CF-16, CF-16a.
    """
    by_client: dict[int, list[ChargedService]] = {client_id: [] for client_id in client_ids}
    for each in charged_services(client_ids, month):
        by_client[each.granted.client_id].append(each)
    found = {}
    for client_id, mine in by_client.items():
        care = [each for each in mine if CareKind(each.granted.service.care) in CARE]
        board = [each for each in mine if each.granted.service.care == CareKind.BOARD]
        found[client_id] = CareAmounts(
            care=sum(each.amount for each in care),
            board=sum(each.amount for each in board),
            monthly_care=_whole_month(care, month),
            monthly_board=_monthly(board),
            day_amount=max((each.day_amount for each in board), default=0),
        )
    return found


@dataclass(frozen=True)
class ChargedService:
    """What a client is granted in a month and what it costs; `price` is None where the list has none."""

    granted: GrantedService
    price: ServicePrice | None
    monthly: Ore | None
    charge: rules.MonthlyCharge

    @property
    def amount(self) -> Ore:
        """What the month costs."""
        return self.charge.amount

    @property
    def day_amount(self) -> Ore:
        """What board is cut by for a day of absence."""
        return (self.price.day_amount or 0) if self.price else 0


def charged_services(
    client_ids: Collection[int], month: date, *, granted: Sequence[GrantedService] | None = None
) -> list[ChargedService]:
    """Return what clients are granted in a month with what it costs, in a constant number of statements.

    `granted` is what they are granted where that is read already. Source: spec CF-6, CF-16a.
    """
    first, last = month.replace(day=1), last_day_of_month(month)
    rows = granted_between(client_ids, first, last) if granted is None else granted
    rows = [row for row in rows if rules.calculate_part(row.period, first) is not None]
    if not rows:
        return []
    prices = prices_of({row.service_id for row in rows})
    terms = terms_on(rows[0].service.authority_id, on=first)
    by_service: dict[tuple[int, int], list[GrantedService]] = {}
    for row in rows:
        by_service.setdefault((row.client_id, row.service_id), []).append(row)
    found = []
    for parts in by_service.values():
        priced = [
            price_on(prices[row.service_id], rules.calculate_price_day(row.period, first)) for row in parts
        ]
        monthly = [
            row.amount if row.amount is not None else price.amount if price else None
            for row, price in zip(parts, priced, strict=True)
        ]
        charges = rules.calculate_monthly_amounts(
            [rules.GrantedPart(row.period, each or 0) for row, each in zip(parts, monthly, strict=True)],
            month=first,
            terms=terms,
        )
        found += [ChargedService(*each) for each in zip(parts, priced, monthly, charges, strict=True)]
    return found


def _monthly(charged: Sequence[ChargedService]) -> Ore:
    """Return what a whole month costs: each service once, at the last of its amounts."""
    return sum({each.granted.service_id: each.monthly or 0 for each in charged}.values())


def _whole_month(charged: Sequence[ChargedService], month: date) -> Ore:
    """Return what a whole month of care comes to, by the days on which any is granted."""
    amount, days = sum(each.amount for each in charged), set[int]()
    for each in charged:
        part = rules.calculate_part(each.granted.period, month)
        if part is not None and part.last is not None:
            days.update(range(part.first.day, part.last.day + 1))
    if not days or len(days) == last_day_of_month(month).day:
        return amount
    return divide_half_up(amount * charged[0].charge.of_days, len(days))


def _in_order(rows: QuerySet[Service]) -> QuerySet[Service]:
    return rows.order_by("place", "pk")


def _valid(rows: QuerySet[Service], first: date, last: date) -> QuerySet[Service]:
    return rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=first), first_on__lte=last)
