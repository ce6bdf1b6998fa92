"""Facts and terms of a month as the rules know them, for tests of the plan."""

import datetime as dt
from dataclasses import replace

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.modules.care_fees.lifecycle import CareKind, FeeType, IncomePace, Measure
from kvitt.modules.care_fees.rules.absence import AbsenceTerms
from kvitt.modules.care_fees.rules.catalogue import PriceFacts
from kvitt.modules.care_fees.rules.fee import FeeTerms
from kvitt.modules.care_fees.rules.income import HousingFacts, HousingTerms, IncomeRow, StatedIncome
from kvitt.modules.care_fees.rules.month_facts import (
    BilledLine,
    GrantedFacts,
    LockedMonth,
    MonthFacts,
    MonthTerms,
    PerformedFacts,
    ServiceTerms,
    SettingsFacts,
    UnitTerms,
)
from kvitt.modules.care_fees.rules.services import MonthTerms as PartTerms
from kvitt.modules.care_fees.rules.tenancy import TenancyTerms

SINCE = dt.date(2020, 1, 1)
MARCH = dt.date(2025, 3, 1)
CARE, HOME_CARE, ALARM, BOARD, TIME, LUNCH, NO_PRICE = range(1, 8)
HOME, CARE_HOME, OTHER = 11, 12, 13


def service(code, name, care, measure, amount, *, is_capped, day=None, vat=0, place=0):
    price = None if amount is None else PriceFacts(SINCE, amount, day, vat)
    return ServiceTerms(code, name, care, measure, is_capped, place, price, () if price is None else (price,))


SERVICES = {
    CARE: service(
        "OMV", "Omvårdnad", CareKind.PERSONAL_CARE, Measure.MONTH, 182_300, is_capped=True, place=1
    ),
    HOME_CARE: service(
        "VBO", "Vårdbostad", CareKind.CARE_HOME_CARE, Measure.MONTH, 264_200, is_capped=True, place=2
    ),
    ALARM: service("LARM", "Larm", CareKind.ALARM, Measure.MONTH, 31_000, is_capped=True, place=3),
    BOARD: service(
        "KOST", "Kost", CareKind.BOARD, Measure.MONTH, 306_000, is_capped=False, day=10_200, vat=12, place=4
    ),
    TIME: service("BOS", "Boservice", CareKind.OTHER, Measure.MINUTES, 27_800, is_capped=True, place=5),
    LUNCH: service("LUN", "Lunch", CareKind.OTHER, Measure.COUNT, 7_800, is_capped=False, vat=12, place=6),
    NO_PRICE: service("NY", "Ny insats", CareKind.OTHER, Measure.MONTH, None, is_capped=True, place=7),
}
UNITS = {HOME: UnitTerms(1, False), CARE_HOME: UnitTerms(2, True), OTHER: UnitTerms(3, False)}


def terms_of(month=MARCH, **changed):
    terms = MonthTerms(
        month=month,
        last=last_day_of_month(month),
        fee=FeeTerms(
            price_base_amount=5_880_000,
            cap_factor=5_392,
            reserved_factors={FeeType.SINGLE: 14_789, FeeType.COUPLE: 12_066},
            capacity_percent=100,
        ),
        part=PartTerms(30),
        absence=[AbsenceTerms(dt.date.min, 7, 7, 7, 25, 30)],
        tenancy=TenancyTerms(14, 17, 14),
        housing=HousingTerms(70, 30_000),
        board_day=10_200,
        minimum_invoice=5_000,
        services=SERVICES,
        units=UNITS,
        key="0" * 16,
    )
    return replace(terms, **changed)


def settings(fee_type="single", *, accepts_cap=False, parish="058001"):
    return SettingsFacts(FeeType(fee_type), accepts_cap, parish)


def stated(income, rent=0, *, spouse=None):
    rows = [] if spouse is None else [IncomeRow(IncomePace.MONTHLY, spouse)]
    return StatedIncome([IncomeRow(IncomePace.MONTHLY, income)], rows, HousingFacts(rent=rent))


def granted(service_id, unit=HOME, first=SINCE, last=None, amount=None):
    return GrantedFacts(service_id, unit, first, last, amount)


def performed(service_id, quantity, unit=HOME):
    return PerformedFacts(service_id, unit, quantity)


def facts_of(month=MARCH, client=1, **known):
    return MonthFacts(client, month, **({"area": 1, "settings": settings(accepts_cap=True)} | known))


def locked(facts, terms, lines):
    """Return a month as it was approved with these lines."""
    billed = [BilledLine(line.service, line.unit, line.vat, line.amount) for line in lines]
    return LockedMonth(facts, terms, billed)


def amounts_of(plan):
    return [(line.kind.value, line.amount) for line in plan.lines]


def faults_of(plan):
    return [(problem.code, problem.field) for problem in plan.problems]
