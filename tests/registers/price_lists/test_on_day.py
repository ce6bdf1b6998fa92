"""What holds on a day: parameters, codes with their prices, combinations."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvitt.foundation.values.parameters import UnknownParameter, shipped_parameters
from kvitt.registers.organisations.models import Authority
from kvitt.registers.price_lists import commands, queries
from kvitt.registers.price_lists.models import ParameterValue, Price, PriceListItem
from kvitt.registers.price_lists.rules import Combination, ParameterFacts

NEEDS_ALLOWANCE = "needs_allowance"
DEDUCTIBLE = "needs_allowance.deductible"
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))


@pytest.mark.requirement("CO-15")
def test_shipped_value_holds_until_the_first_own_one(catalogue, region):
    before, from_then_on = (
        queries.parameter(region.pk, DEDUCTIBLE, on=day)
        for day in (dt.date(2024, 12, 31), dt.date(2025, 1, 1))
    )

    assert (before, from_then_on) == (500000, 525000)


@pytest.mark.requirement("CO-15")
def test_only_own_values_count_from_the_first_own_one_on(administrator, region):
    shipped_change = dt.date(2025, 1, 1)
    commands.set_parameter(
        administrator, facts=ParameterFacts("listings.last_age", dt.date(2024, 7, 1), 21, "Beslut")
    )

    values = [
        queries.parameter(region.pk, "listings.last_age", on=day)
        for day in (dt.date(2024, 6, 30), dt.date(2024, 7, 1), shipped_change, dt.date(2030, 1, 1))
    ]

    assert values == [23, 21, 21, 21]


@pytest.mark.requirement("CO-1", "CO-15")
def test_another_authority_keeps_the_shipped_value(catalogue, other_region):
    assert queries.parameter(other_region.pk, DEDUCTIBLE, on=dt.date(2025, 3, 20)) == 500000


def test_parameter_without_value_on_the_day_is_an_error(region):
    with pytest.raises(UnknownParameter):
        queries.parameter(region.pk, DEDUCTIBLE, on=dt.date(1999, 1, 1))
    with pytest.raises(UnknownParameter):
        queries.parameter(region.pk, "needs_allowance.nothing", on=dt.date(2025, 1, 1))


@pytest.mark.requirement("CO-15")
@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=st.dictionaries(DAYS, st.integers(0, 10_000_000), max_size=6),
    later=DAYS,
    new=st.integers(0, 9),
    day=DAYS,
)
def test_later_value_never_changes_an_earlier_day(db, own, later, new, day):
    Authority.objects.all().delete()
    region = Authority.objects.create(name="Region", kind="region", organisation_number="2321000040")
    rows = [{"authority": region, "name": DEDUCTIBLE, "source": "x", "entered_by": "x"}]
    for first_on, value in own.items():
        ParameterValue.objects.create(**rows[0], first_on=first_on, value=value)
    before = queries.parameter(region.pk, DEDUCTIBLE, on=day)

    ParameterValue.objects.update_or_create(**rows[0], first_on=later, defaults={"value": new})

    begun = [first_on for first_on in own if first_on <= day]
    shipped = shipped_parameters()[DEDUCTIBLE].values[-1].value
    assert before == (own[max(begun)] if begun else shipped)
    after = queries.parameter(region.pk, DEDUCTIBLE, on=day)
    assert after == (new if day >= later >= max(begun, default=later) else before)
    ParameterValue.objects.all().delete()


@pytest.mark.requirement("CO-14")
@pytest.mark.parametrize(
    ("code", "day", "price"),
    [
        ("126", dt.date(2025, 12, 31), 123500),
        ("126", dt.date(2026, 1, 1), 130000),
        ("825S", dt.date(2024, 1, 1), 855050),
        ("825s", dt.date(2024, 1, 1), 855050),
        ("825S", dt.date(2023, 12, 31), None),
        ("898", dt.date(2025, 1, 1), None),
        ("711", dt.date(2024, 12, 31), 90000),
    ],
)
def test_code_has_the_price_of_the_day(catalogue, region, code, day, price):
    item = queries.item_on(region.pk, NEEDS_ALLOWANCE, code, on=day)

    assert item is not None
    assert item.price == price


@pytest.mark.requirement("CO-14", "NA-13")
@pytest.mark.parametrize(
    ("module", "code", "day"),
    [
        (NEEDS_ALLOWANCE, "711", dt.date(2025, 1, 1)),
        (NEEDS_ALLOWANCE, "126", dt.date(2019, 12, 31)),
        (NEEDS_ALLOWANCE, "999", dt.date(2025, 1, 1)),
        ("population_health", "126", dt.date(2025, 1, 1)),
    ],
)
def test_code_that_is_not_valid_that_day_is_not_found(catalogue, region, module, code, day):
    assert queries.item_on(region.pk, module, code, on=day) is None


@pytest.mark.requirement("CO-14")
@given(firsts=st.lists(DAYS, min_size=1, max_size=5, unique=True), day=DAYS, later=DAYS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_later_price_never_changes_an_earlier_day(db, firsts, day, later):
    Price.objects.all().delete()
    PriceListItem.objects.all().delete()
    Authority.objects.all().delete()
    region = Authority.objects.create(name="Region", kind="region", organisation_number="2321000040")
    item = PriceListItem.objects.create(
        authority=region, module=NEEDS_ALLOWANCE, code="124", name="X", first_on=dt.date(2000, 1, 1)
    )
    for amount, first_on in enumerate(firsts):
        Price.objects.create(item=item, first_on=first_on, amount=amount)
    before = queries.item_on(region.pk, NEEDS_ALLOWANCE, "124", on=day)

    Price.objects.update_or_create(item=item, first_on=later, defaults={"amount": 777})

    begun = [first_on for first_on in firsts if first_on <= day]
    assert before.price == (firsts.index(max(begun)) if begun else None)
    if later > day:
        assert queries.item_on(region.pk, NEEDS_ALLOWANCE, "124", on=day) == before


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("7", ["705"]),
        ("12", ["124", "126"]),
        ("825s", ["825S"]),
        ("rönt", ["124", "126"]),
        ("RÖNT", ["124", "126"]),
        ("ro\u0308nt", ["124", "126"]),
        ("två ytor", ["705"]),
        ("ytor, tre", []),
        ("%", []),
        ("_", []),
        ("rönt\0", ["124", "126"]),
        ("x" * 100_000, []),
        ("", ["124", "126", "705", "825S", "898"]),
    ],
)
def test_search_finds_by_first_digits_or_by_part_of_the_name(catalogue, region, text, codes):
    found = queries.search_items(region.pk, NEEDS_ALLOWANCE, text, on=dt.date(2025, 3, 20))

    assert [item.code for item in found] == codes


def test_search_is_limited(catalogue, region):
    found = queries.search_items(region.pk, NEEDS_ALLOWANCE, "", on=dt.date(2025, 3, 20), limit=2)

    assert [item.code for item in found] == ["124", "126"]


@pytest.mark.requirement("CO-14")
@pytest.mark.parametrize(
    ("code", "day", "combinations"),
    [
        ("124", dt.date(2025, 3, 20), [Combination("124", "126", "day")]),
        ("126", dt.date(2025, 3, 20), [Combination("124", "126", "day")]),
        ("705", dt.date(2024, 12, 31), [Combination("705", "711", "tooth")]),
        ("705", dt.date(2025, 1, 1), []),
        ("124", dt.date(2019, 12, 31), []),
    ],
)
def test_combinations_hold_for_both_codes_on_their_days(catalogue, region, code, day, combinations):
    assert queries.combinations_of(region.pk, NEEDS_ALLOWANCE, code, on=day) == combinations


def test_prices_of_many_codes_leave_out_those_without(catalogue, region):
    found = queries.prices_on(
        region.pk, NEEDS_ALLOWANCE, ["124", "705", "898", "711", "999"], on=dt.date(2025, 3, 20)
    )

    assert found == {"124": 66000, "705": 148500}


def test_every_lookup_is_one_statement(catalogue, region, django_assert_num_queries):
    day = dt.date(2025, 3, 20)
    lookups = [
        lambda: queries.parameter(region.pk, DEDUCTIBLE, on=day),
        lambda: queries.item_on(region.pk, NEEDS_ALLOWANCE, "126", on=day),
        lambda: queries.search_items(region.pk, NEEDS_ALLOWANCE, "1", on=day),
        lambda: queries.combinations_of(region.pk, NEEDS_ALLOWANCE, "126", on=day),
        lambda: queries.prices_on(region.pk, NEEDS_ALLOWANCE, ["124", "126"], on=day),
    ]

    for lookup in lookups:
        with django_assert_num_queries(1):
            lookup()


def test_prices_of_no_code_ask_nothing(region, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.prices_on(region.pk, NEEDS_ALLOWANCE, [], on=dt.date(2025, 3, 20)) == {}
