"""What a service costs, and what is right of services, prices and grants."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period, last_day_of_month
from kvitt.modules.care_fees.lifecycle import CareKind, Measure, ServiceKind
from kvitt.modules.care_fees.rules import catalogue
from kvitt.modules.care_fees.rules import services as rules
from kvitt.registers.organisations.lifecycle import UnitKind

TERMS = rules.MonthTerms(30)
TODAY = dt.date(2024, 11, 20)
NOVEMBER, JANUARY, FEBRUARY = dt.date(2024, 11, 1), dt.date(2025, 1, 1), dt.date(2025, 2, 1)
CARE = catalogue.ServiceFacts(
    "OMV",
    "Personlig omvårdnad",
    ServiceKind.GRANTED,
    CareKind.PERSONAL_CARE,
    Measure.MONTH,
    is_capped=True,
    is_restricted=False,
    first_on=dt.date(2023, 1, 1),
)
BOARD = replace(CARE, code="KOST", name="Kost", care=CareKind.BOARD, is_capped=False)
LUNCH = replace(
    CARE,
    code="LUN",
    name="Lunch",
    kind=ServiceKind.PRODUCT,
    care=CareKind.OTHER,
    measure=Measure.COUNT,
    is_capped=False,
)
HOME = rules.UnitFacts("4001 - Norrs hemtjänst", UnitKind.HOME_CARE)
CARE_HOME = rules.UnitFacts("4004 - Ekbacken", UnitKind.CARE_HOME)


def day(text):
    return dt.date.fromisoformat(text)


def charge(first, last, month, monthly=182_300):
    period = Period(day(first), day(last) if last else None)
    return rules.calculate_monthly_amount(period, monthly, month=month, terms=TERMS)


def codes(problems):
    return [problem.code for problem in problems]


# What it costs ------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-6")
@pytest.mark.parametrize(
    ("minutes", "hourly", "amount"),
    [(45, 27_800, 20_850), (60, 27_800, 27_800), (0, 27_800, 0), (1, 27_800, 463), (1, 30, 1), (1, 29, 0)],
)
def test_time_costs_minutes_of_the_hourly_price_half_up(minutes, hourly, amount):
    assert rules.calculate_time_amount(minutes, hourly) == amount
    assert rules.calculate_registered_amount(Measure.MINUTES, minutes, hourly) == amount
    assert rules.calculate_registered_amount(Measure.COUNT, minutes, hourly) == minutes * hourly


@pytest.mark.requirement("CF-16a")
@pytest.mark.parametrize(
    ("first", "last", "month", "amount", "days"),
    [
        ("2024-01-01", None, NOVEMBER, 182_300, 30),
        ("2024-11-19", None, NOVEMBER, 72_920, 12),
        ("2024-11-19", "2024-11-19", NOVEMBER, 6_077, 1),
        ("2024-01-01", "2024-11-14", NOVEMBER, 85_073, 14),
        ("2024-11-01", "2024-11-30", NOVEMBER, 182_300, 30),
        ("2025-01-01", None, JANUARY, 182_300, 31),
        ("2025-01-02", None, JANUARY, 182_300, 30),
        ("2025-01-03", None, JANUARY, 176_223, 29),
        ("2025-02-01", "2025-02-28", FEBRUARY, 182_300, 28),
        ("2025-02-02", None, FEBRUARY, 164_070, 27),
        ("2025-03-01", None, FEBRUARY, 0, 0),
        ("2024-01-01", "2025-01-31", FEBRUARY, 0, 0),
    ],
)
def test_part_of_a_month_costs_a_thirtieth_a_day(first, last, month, amount, days):
    found = charge(first, last, month)
    assert (found.amount, found.days) == (amount, days)


@pytest.mark.requirement("CF-16a")
def test_changed_amount_shares_the_month():
    parts = [
        rules.GrantedPart(Period(day("2024-01-01"), day("2025-01-14")), 182_300),
        rules.GrantedPart(Period(day("2025-01-15")), 100_000),
    ]
    old, new = rules.calculate_monthly_amounts(parts, month=JANUARY, terms=TERMS)
    assert (old.days, old.of_days, old.amount) == (14, 31, 82_329)
    assert (new.days, new.of_days, new.amount) == (17, 31, 54_839)
    assert not old.is_whole


MONTHS = st.dates(dt.date(2023, 1, 1), dt.date(2030, 12, 1)).map(lambda found: found.replace(day=1))


@pytest.mark.requirement("CF-16a")
@given(
    month=MONTHS,
    first=st.integers(-20, 40),
    length=st.integers(0, 80),
    cuts=st.sets(st.integers(1, 80), max_size=5),
    monthly=st.integers(0, 5_000_000),
    month_days=st.integers(28, 31),
)
def test_splitting_a_grant_changes_nothing(month, first, length, cuts, monthly, month_days):
    terms = rules.MonthTerms(month_days)
    begins = month + dt.timedelta(days=first)
    ends = begins + dt.timedelta(days=length)
    whole = rules.calculate_monthly_amount(Period(begins, ends), monthly, month=month, terms=terms)
    starts = [begins, *(begins + dt.timedelta(days=cut) for cut in sorted(cuts) if cut <= length)]
    stops = [start - dt.timedelta(days=1) for start in starts[1:]] + [ends]
    parts = [rules.GrantedPart(Period(*each), monthly) for each in zip(starts, stops, strict=True)]
    charges = rules.calculate_monthly_amounts(parts, month=month, terms=terms)
    assert sum(each.amount for each in charges) == whole.amount
    assert all(0 <= each.amount <= monthly for each in charges)


@pytest.mark.requirement("CF-16a")
@given(
    month=MONTHS, first=st.integers(0, 30), amounts=st.lists(st.integers(0, 400_000), min_size=2, max_size=4)
)
def test_no_month_costs_more_than_the_highest_of_its_amounts(month, first, amounts):
    begins = [month + dt.timedelta(days=min(first + 5 * place, 40)) for place in range(len(amounts))]
    stops = [start - dt.timedelta(days=1) for start in begins[1:]] + [None]
    parts = [
        rules.GrantedPart(Period(*days), amount) for *days, amount in zip(begins, stops, amounts, strict=True)
    ]
    charges = rules.calculate_monthly_amounts(parts, month=month, terms=TERMS)
    assert sum(each.amount for each in charges) <= max(amounts)
    assert all(each.amount >= 0 for each in charges)


@pytest.mark.requirement("CF-16a")
@given(month=MONTHS, start=st.integers(1, 31), monthly=st.integers(0, 5_000_000))
def test_a_day_less_never_costs_more(month, start, monthly):
    last = last_day_of_month(month)
    first = month.replace(day=min(start, last.day))
    later = rules.calculate_monthly_amount(Period(first), monthly, month=month, terms=TERMS).amount
    earlier = Period(month - dt.timedelta(days=1))
    assert later <= rules.calculate_monthly_amount(earlier, monthly, month=month, terms=TERMS).amount


# Prices -------------------------------------------------------------------------------------------

OLD = catalogue.PriceFacts(day("2023-01-01"), 100, last_on=day("2024-11-14"))
NEW = catalogue.PriceFacts(day("2025-01-01"), 200)


@pytest.mark.requirement("CF-6")
def test_price_is_the_last_that_has_begun_and_not_ended():
    for on, price in (
        ("2022-12-31", None),
        ("2023-01-01", OLD),
        ("2024-11-14", OLD),
        ("2024-11-15", None),
        ("2025-01-01", NEW),
    ):
        assert catalogue.find_price([NEW, OLD], day(on)) == price


@pytest.mark.requirement("CF-6")
def test_price_of_the_first_day_governs_the_month():
    assert rules.calculate_price_day(Period(day("2023-05-17")), NOVEMBER) == NOVEMBER
    assert rules.calculate_price_day(Period(day("2024-11-17")), NOVEMBER) == day("2024-11-17")


@pytest.mark.requirement("CF-6")
@pytest.mark.parametrize(
    ("price", "service", "code"),
    [
        (catalogue.PriceFacts(TODAY, 100, vat_percent=12), LUNCH, []),
        (catalogue.PriceFacts(TODAY, 100, vat_percent=19), LUNCH, ["bad_vat"]),
        (catalogue.PriceFacts(TODAY, -1), LUNCH, ["negative_price"]),
        (catalogue.PriceFacts(TODAY, 306_000, 10_200), BOARD, []),
        (catalogue.PriceFacts(TODAY, 306_000, 306_001), BOARD, ["large_day_amount"]),
        (catalogue.PriceFacts(TODAY, 306_000, -1), BOARD, ["negative_price"]),
        (catalogue.PriceFacts(TODAY, 182_300, 10_200), CARE, ["only_board_by_day"]),
        (catalogue.PriceFacts(TODAY, 1, last_on=day("2024-11-19")), LUNCH, ["ends_before"]),
        (catalogue.PriceFacts(day("2022-12-31"), 1), LUNCH, ["price_before_service"]),
        (catalogue.PriceFacts(day("2023-01-01"), 101), LUNCH, ["price_has_begun"]),
        (OLD, LUNCH, []),
        (catalogue.PriceFacts(day("2024-11-14"), 101), LUNCH, ["price_in_the_past"]),
        (catalogue.PriceFacts(day("2024-11-15"), 101), LUNCH, []),  # no price was in force
        (catalogue.PriceFacts(day("2025-01-01"), 250), LUNCH, []),  # not begun: a mistyped one is changed
    ],
)
def test_price_is_right_and_leaves_history_alone(price, service, code):
    assert codes(catalogue.check_price(price, service=service, others=[OLD, NEW], today=TODAY)) == code


# Services and grants ------------------------------------------------------------------------------


@pytest.mark.requirement("CF-6")
@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (CARE, []),
        (LUNCH, []),
        (replace(CARE, code="OM V"), ["bad_code"]),
        (replace(CARE, name=" "), ["no_name"]),
        (replace(CARE, name="x" * 101), ["long_name"]),
        (replace(CARE, measure=Measure.COUNT), ["granted_by_month"]),
        (replace(LUNCH, measure=Measure.MONTH), ["product_by_quantity"]),
        (replace(LUNCH, care=CareKind.BOARD), ["care_is_granted"]),
        (replace(CARE, is_restricted=True), ["restricted_is_product"]),
        (replace(CARE, last_on=day("2022-12-31")), ["ends_before"]),
    ],
)
def test_service_is_granted_by_the_month_or_registered(facts, code):
    assert codes(catalogue.check_service(facts)) == code


@pytest.mark.requirement("CF-6")
@pytest.mark.parametrize(
    ("first", "last", "service", "unit", "code"),
    [
        ("2024-11-01", None, CARE, HOME, []),
        ("2024-11-01", "2024-10-31", CARE, HOME, ["ends_before"]),
        ("2024-11-01", None, LUNCH, HOME, ["not_granted"]),
        ("2022-11-01", "2023-06-30", CARE, HOME, ["service_not_valid"]),
        ("2024-11-01", None, replace(CARE, last_on=day("2024-12-31")), HOME, ["service_not_valid"]),
        ("2024-11-01", "2024-12-31", replace(CARE, last_on=day("2024-12-31")), HOME, []),
        ("2024-11-01", None, CARE, replace(HOME, closed_on=day("2024-12-31")), ["unit_closed"]),
        ("2024-11-01", "2024-12-31", CARE, replace(HOME, closed_on=day("2024-12-31")), []),
        ("2024-11-01", None, CARE, CARE_HOME, ["unit_does_not_fit"]),
        ("2024-11-01", None, BOARD, HOME, ["unit_does_not_fit"]),
        ("2024-11-01", None, BOARD, CARE_HOME, []),
        ("2024-05-01", "2024-06-30", CARE, HOME, ["overlaps"]),
        ("2024-07-01", None, CARE, HOME, []),
    ],
)
def test_grant_needs_a_fitting_open_unit_and_no_overlap(first, last, service, unit, code):
    period = Period(day(first), day(last) if last else None)
    others = [Period(day("2024-01-01"), day("2024-06-30"))]
    problems = rules.check_granted(service.name, period, service=service, unit=unit, others=others)
    assert codes(problems) == code


@pytest.mark.requirement("CF-6")
def test_amount_of_a_grant_is_not_negative_and_changes_within_it():
    period = Period(TODAY)
    problems = rules.check_granted("Omvårdnad", period, service=CARE, unit=HOME, others=[], amount=-1)
    assert codes(problems) == ["negative_amount"]
    assert rules.check_day_within("Omvårdnad", TODAY, period) == []
    assert codes(rules.check_day_within("Omvårdnad", day("2024-11-19"), period)) == ["day_outside"]


@pytest.mark.requirement("CF-6")
@pytest.mark.parametrize(
    ("service", "kind", "month", "code"),
    [
        (LUNCH, UnitKind.HOME_CARE, NOVEMBER, []),
        (CARE, UnitKind.HOME_CARE, NOVEMBER, ["not_a_product"]),
        (LUNCH, UnitKind.HOME_CARE, dt.date(2022, 12, 1), ["not_in_month"]),
        *((replace(LUNCH, is_restricted=True), kind, NOVEMBER, []) for kind in sorted(rules.RESTRICTED_TO)),
        (replace(LUNCH, is_restricted=True), UnitKind.HOME_CARE, NOVEMBER, ["restricted"]),
        (replace(LUNCH, is_restricted=True), UnitKind.DAY_CARE, NOVEMBER, ["restricted"]),
    ],
)
def test_body_transport_is_registered_only_where_people_stay(service, kind, month, code):
    assert codes(rules.check_registrable(service, kind, month)) == code
