"""Read everything dated that decides what a month costs, with a key that is another when any of it is."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from hashlib import sha256
from typing import Any

from kvitt.foundation.values import parameters
from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.parameters import DatedValue, shipped_parameters
from kvitt.modules.care_fees.lifecycle import RENT_CODE, CareKind, FeeType, Measure
from kvitt.modules.care_fees.models import Service, ServicePrice
from kvitt.modules.care_fees.rules import absence
from kvitt.modules.care_fees.rules.catalogue import PriceFacts, find_price
from kvitt.modules.care_fees.rules.fee import FeeTerms
from kvitt.modules.care_fees.rules.income import HousingTerms
from kvitt.modules.care_fees.rules.month_facts import MonthTerms, ServiceTerms, UnitTerms
from kvitt.modules.care_fees.rules.services import MonthTerms as PartTerms
from kvitt.modules.care_fees.rules.tenancy import TenancyTerms
from kvitt.registers.accounting import queries as accounting
from kvitt.registers.accounting.rules import RevenueStrings
from kvitt.registers.organisations.lifecycle import UnitKind
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.price_lists import queries as price_lists

_PREFIX = "care_fees."
_KEY_LENGTH = 16


def month_terms(authority_id: int, month: date) -> MonthTerms:
    """Return the terms of a month: parameters, catalogue with prices, areas of the units, account strings.

    In a constant number of statements. Raises UnknownParameter for a month before the first that is known.
    Source: spec CF-20, CF-21, CF-26; docs/decisions/0027.
    """
    own = price_lists.own_parameters(authority_id, _PREFIX)
    first, last = month.replace(day=1), last_day_of_month(month)

    def value(name: str, on: date = first) -> int:
        return parameters.value_on(_PREFIX + name, on, own=own.get(_PREFIX + name, ()))

    services = _services(authority_id, first, last)
    codes = {RENT_CODE, *(service.code for service in services.values())}
    terms = MonthTerms(
        month=first,
        last=last,
        fee=FeeTerms(
            price_base_amount=value("price_base_amount"),
            cap_factor=value("fee_cap_factor"),
            reserved_factors={
                FeeType.SINGLE: value("reserved_factor_single"),
                FeeType.COUPLE: value("reserved_factor_couple"),
            },
            capacity_percent=value("fee_capacity_percent"),
        ),
        part=PartTerms(value("month_days")),
        absence=_absence_terms(own, last),
        tenancy=TenancyTerms(**{each.name: value(each.name) for each in fields(TenancyTerms)}),
        housing=HousingTerms(**{each.name: value(each.name) for each in fields(HousingTerms)}),
        board_day=value("board_day"),
        minimum_invoice=value("minimum_invoice"),
        services=services,
        units=_units(authority_id),
        accounts=accounting.revenue_strings(authority_id, codes, last),
    )
    return replace(terms, key=_key(terms))


def _key(terms: MonthTerms) -> str:
    accounts = terms.accounts
    told = replace(terms, accounts=RevenueStrings())
    # Sets and mappings are told in an order of their own.
    booked = sorted(accounts.strings.items()), sorted(accounts.missing), sorted(accounts.wrong)
    return sha256(repr((told, booked)).encode()).hexdigest()[:_KEY_LENGTH]


def _absence_terms(own: Mapping[str, Sequence[DatedValue]], last: date) -> list[absence.AbsenceTerms]:
    """Return the terms of every day on which one of them begins; the first hold for what began earlier."""
    shipped = shipped_parameters()
    named = absence.PARAMETERS
    starts = {
        value.first_on
        for name in named.values()
        for value in (*shipped[name].values, *own.get(name, ()))
        if value.first_on <= last
    }
    known = max(shipped[name].values[0].first_on for name in named.values())
    days = sorted(day for day in {*starts, known} if day >= known)
    return [
        absence.AbsenceTerms(
            first_on=date.min if day == days[0] else day,
            **{term: parameters.value_on(name, day, own=own.get(name, ())) for term, name in named.items()},
        )
        for day in days
    ]


def _services(authority_id: int, first: date, last: date) -> dict[int, ServiceTerms]:
    """Return the catalogue with the prices that hold on any day of the month."""
    prices: dict[int, list[PriceFacts]] = {}
    rows = ServicePrice.objects.filter(service__authority_id=authority_id, first_on__lte=last)
    listed = rows.order_by("service_id", "first_on").values_list(
        "service_id", "first_on", "amount", "day_amount", "vat_percent", "last_on"
    )
    for service_id, *dated in listed:
        begun = prices.setdefault(service_id, [])
        facts = _price(*dated)
        # The one before it matters only for days of the month.
        if begun and facts.first_on <= first:
            begun.clear()
        begun.append(facts)
    found = {}
    services = Service.objects.filter(authority_id=authority_id, first_on__lte=last)
    for service_id, code, name, care, measure, is_capped, place, since in services.order_by(
        "place", "pk"
    ).values_list("pk", "code", "name", "care", "measure", "is_capped", "place", "first_on"):
        mine = tuple(prices.get(service_id, ()))
        price = find_price(mine, max(since, first))
        found[service_id] = ServiceTerms(
            code, name, CareKind(care), Measure(measure), is_capped, place, price, mine
        )
    return found


def _price(*dated: Any) -> PriceFacts:
    return PriceFacts(*dated)


def _units(authority_id: int) -> dict[int, UnitTerms]:
    rows = Clinic.objects.filter(authority_id=authority_id).order_by("pk")
    return {
        unit_id: UnitTerms(area_id, kind == UnitKind.CARE_HOME)
        for unit_id, area_id, kind in rows.values_list("pk", "area_id", "unit_kind")
    }
