"""What a code, a price, a combination and an own value must be like."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.parameters import shipped_parameters
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import rules
from kvitt.registers.price_lists.lifecycle import (
    PLACES,
    CombinationScope,
    Demand,
    Dentition,
    Participants,
    PreauthorizationNeed,
    Pricing,
)

DAY = dt.date(2025, 1, 1)
MODULE = Scheme.NEEDS_ALLOWANCE
FILLING = rules.ItemFacts(MODULE, "705", "Fyllning, två ytor", DAY, tooth=Demand.MUST, surface=Demand.MAY)
MATERNITY = rules.ItemFacts(Scheme.POPULATION_HEALTH, "901", "MVC", DAY, participants=Participants.COUNTED)
X_RAY = rules.ItemFacts(MODULE, "124", "Panoramaröntgenundersökning", DAY)


def codes(problems):
    return [(problem.code, problem.field) for problem in problems]


@pytest.mark.requirement("CO-14")
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"code": "825S"},
        {"tooth": Demand.MUST, "jaw": Demand.MUST, "surface": Demand.NO},
        {"tooth": Demand.MAY, "jaw": Demand.MAY, "surface": Demand.MAY},
        {"surface": Demand.MUST},
        {"dentition": Dentition.PRIMARY},
        {"preauthorization": PreauthorizationNeed.FROM_COUNT, "from_count": 2, "max_per_period": 2},
        {"min_age": 3, "max_age": 3},
        {"min_age": 0},
        {"last_on": DAY},
        {"pricing": Pricing.ACTUAL},
    ],
)
def test_code_that_agrees_with_itself_is_accepted(values):
    assert rules.check_item(replace(FILLING, **values)) == []


@pytest.mark.requirement("CO-14", "CO-33")
@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"code": ""}, ("bad_code", "code")),
        ({"code": "S825"}, ("bad_code", "code")),
        ({"code": "825SS"}, ("bad_code", "code")),
        ({"code": "1234567"}, ("bad_code", "code")),
        ({"code": "٧٠٥"}, ("bad_code", "code")),
        ({"name": " "}, ("no_name", "name")),
        ({"name": "x" * 201}, ("long_name", "name")),
        ({"name": "ß" * 101}, ("long_name", "name")),
        ({"tooth": Demand.MUST, "jaw": Demand.MAY}, ("tooth_and_jaw", "jaw")),
        ({"tooth": Demand.NO, "surface": Demand.MAY}, ("surface_without_tooth", "surface")),
        ({"tooth": Demand.MAY, "surface": Demand.MUST}, ("surface_needs_tooth", "surface")),
        ({"jaw": Demand.MUST, "surface": Demand.MUST}, ("surface_needs_tooth", "surface")),
        (
            {"tooth": Demand.NO, "surface": Demand.NO, "dentition": Dentition.PRIMARY},
            ("dentition_without_tooth", "dentition"),
        ),
        ({"preauthorization": PreauthorizationNeed.FROM_COUNT}, ("no_from_count", "from_count")),
        (
            {"preauthorization": PreauthorizationNeed.FROM_COUNT, "from_count": 1},
            ("from_first", "from_count"),
        ),
        (
            {"preauthorization": PreauthorizationNeed.FROM_COUNT, "from_count": 3, "max_per_period": 2},
            ("from_count_unreached", "from_count"),
        ),
        (
            {"preauthorization": PreauthorizationNeed.FROM_COUNT, "from_count": 1000},
            ("out_of_range", "from_count"),
        ),
        ({"from_count": 2}, ("from_count_unused", "from_count")),
        ({"max_per_period": 0}, ("out_of_range", "max_per_period")),
        ({"min_age": -1}, ("out_of_range", "min_age")),
        ({"max_age": 131}, ("out_of_range", "max_age")),
        ({"min_age": 8, "max_age": 7}, ("ages_in_order", "max_age")),
        ({"last_on": dt.date(2024, 12, 31)}, ("dates_in_order", "last_on")),
    ],
)
def test_code_that_contradicts_itself_is_refused_at_the_field(values, problem):
    assert codes(rules.check_item(replace(FILLING, **values))) == [problem]


@pytest.mark.requirement("CO-14", "PH-2")
@pytest.mark.parametrize("participants", Participants)
def test_participants_are_said_of_a_code_for_activities(participants):
    assert rules.check_item(replace(MATERNITY, participants=participants)) == []


@pytest.mark.requirement("CO-14", "PH-2")
@pytest.mark.parametrize("participants", [Participants.COUNTED, Participants.NAMED])
@pytest.mark.parametrize("module", [Scheme.NEEDS_ALLOWANCE, Scheme.SPECIAL_CARE])
def test_participants_of_a_treatment_are_refused(module, participants):
    problems = rules.check_item(replace(X_RAY, module=module, participants=participants))

    assert codes(problems) == [("participants_elsewhere", "participants")]


@pytest.mark.requirement("CO-14", "SC-9")
def test_tooth_ages_and_actual_cost_are_said_of_a_code_of_special_care():
    asked = {"tooth": Demand.MUST, "dentition": Dentition.PRIMARY, "max_per_period": 2, "max_age": 17}

    assert rules.check_item(replace(X_RAY, module=Scheme.SPECIAL_CARE, pricing=Pricing.ACTUAL, **asked)) == []


@pytest.mark.requirement("CO-14", "SC-2", "SC-4a", "SC-9")
@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"tooth": Demand.MUST, "surface": Demand.MUST}, ("surface_not_claimed", "surface")),
        (
            {"preauthorization": PreauthorizationNeed.ALWAYS},
            ("need_of_the_patient", "preauthorization"),
        ),
        (
            {"preauthorization": PreauthorizationNeed.FROM_COUNT, "from_count": 2},
            ("need_of_the_patient", "preauthorization"),
        ),
    ],
)
def test_surface_and_preauthorization_are_not_said_of_a_code_of_special_care(values, problem):
    assert codes(rules.check_item(replace(X_RAY, module=Scheme.SPECIAL_CARE, **values))) == [problem]


@pytest.mark.requirement("CO-14", "CO-33", "PH-2")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"tooth": Demand.MAY}, "tooth"),
        ({"jaw": Demand.MUST}, "jaw"),
        ({"surface": Demand.MAY}, "surface"),
        ({"dentition": Dentition.PRIMARY}, "dentition"),
        ({"preauthorization": PreauthorizationNeed.ALWAYS}, "preauthorization"),
        ({"from_count": 2}, "from_count"),
        ({"max_per_period": 4}, "max_per_period"),
        ({"min_age": 0}, "min_age"),
        ({"max_age": 6}, "max_age"),
    ],
)
def test_what_is_asked_of_a_patients_treatment_is_refused_of_an_activity(values, field):
    assert codes(rules.check_item(replace(MATERNITY, **values))) == [("not_in_activities", field)]


@pytest.mark.requirement("CO-14", "CO-33", "PH-2")
@given(
    values=st.fixed_dictionaries(
        {
            "tooth": st.sampled_from(Demand),
            "jaw": st.sampled_from(Demand),
            "surface": st.sampled_from(Demand),
            "dentition": st.sampled_from(Dentition),
            "preauthorization": st.sampled_from(PreauthorizationNeed),
            "from_count": st.none() | st.integers(2, 9),
            "max_per_period": st.none() | st.integers(1, 9),
            "min_age": st.none() | st.integers(0, 20),
            "max_age": st.none() | st.integers(0, 20),
            "participants": st.sampled_from(Participants),
        }
    )
)
def test_every_field_of_a_treatment_is_named_once_and_no_other(values):
    wrong = {name for name, value in values.items() if value != getattr(X_RAY, name)} - {"participants"}

    problems = codes(rules.check_item(replace(MATERNITY, **values)))

    assert sorted(field for _, field in problems) == sorted(wrong)


@pytest.mark.requirement("CO-14", "PH-3")
def test_code_for_activities_has_a_fixed_price():
    problems = rules.check_item(replace(MATERNITY, pricing=Pricing.ACTUAL))

    assert codes(problems) == [("actual_in_activities", "pricing")]


@pytest.mark.requirement("CO-14", "PH-2")
def test_codes_for_activities_are_forbidden_no_combination():
    combination = rules.CombinationFacts(Scheme.POPULATION_HEALTH, "901", "902", CombinationScope.DAY, DAY)

    problems = rules.check_combination(combination, item=MATERNITY, other=replace(MATERNITY, code="902"))

    assert codes(problems) == [("activity_has_one_code", "module")]


def test_code_with_prices_cannot_be_paid_at_actual_cost():
    at_cost = replace(FILLING, pricing=Pricing.ACTUAL)

    assert codes(rules.check_item(at_cost, has_prices=True)) == [("actual_with_prices", "pricing")]
    assert rules.check_item(FILLING, has_prices=True) == []


@pytest.mark.parametrize("tooth", Demand)
@pytest.mark.parametrize("jaw", Demand)
def test_every_place_that_is_accepted_has_words(tooth, jaw):
    problems = codes(rules.check_item(replace(X_RAY, tooth=tooth, jaw=jaw)))

    assert (problems == []) == ((tooth, jaw) in PLACES)


@pytest.mark.requirement("CO-14")
@pytest.mark.parametrize(
    ("amount", "first_on", "item", "problem"),
    [
        (0, DAY, X_RAY, None),
        (66000, dt.date(2019, 1, 1), X_RAY, None),
        (-1, DAY, X_RAY, ("negative_amount", "amount")),
        (rules.HIGHEST_AMOUNT + 1, DAY, X_RAY, ("high_amount", "amount")),
        (66000, DAY, None, ("unknown_code", "code")),
        (66000, DAY, replace(X_RAY, pricing=Pricing.ACTUAL), ("price_of_actual", "amount")),
        (66000, dt.date(2025, 1, 2), replace(X_RAY, last_on=DAY), ("price_after_end", "first_on")),
    ],
)
def test_price_belongs_to_a_code_with_fixed_price(amount, first_on, item, problem):
    price = rules.PriceFacts(MODULE, "124", first_on, amount)

    assert codes(rules.check_price(price, item=item)) == ([problem] if problem else [])


@pytest.mark.requirement("CO-14")
@pytest.mark.parametrize(
    ("scope", "item", "other", "problem"),
    [
        (CombinationScope.DAY, X_RAY, FILLING, None),
        (CombinationScope.TOOTH, FILLING, FILLING, None),
        (CombinationScope.DAY, None, FILLING, ("unknown_code", "code")),
        (CombinationScope.DAY, X_RAY, None, ("unknown_code", "other_code")),
        (CombinationScope.TOOTH, FILLING, X_RAY, ("no_tooth_in_code", "scope")),
    ],
)
def test_combination_is_of_known_codes_that_can_meet(scope, item, other, problem):
    combination = rules.CombinationFacts(MODULE, "705", "124", scope, DAY)

    assert codes(rules.check_combination(combination, item=item, other=other)) == (
        [problem] if problem else []
    )


def test_combination_is_the_same_in_either_order():
    one = rules.CombinationFacts(MODULE, "705", "124", CombinationScope.DAY, DAY)

    assert one.key == replace(one, code="124", other_code="705").key


@pytest.mark.requirement("CO-15")
@pytest.mark.parametrize(
    ("name", "value", "source", "problem"),
    [
        ("needs_allowance.deductible", 0, "Beslut", None),
        ("needs_allowance.deductible", -1, "Beslut", ("negative_amount", "value")),
        ("needs_allowance.deductible", 10**30, "Beslut", ("high_amount", "value")),
        ("needs_allowance.period_months", 0, "Beslut", ("out_of_range", "value")),
        ("ledger.window_first_day", 32, "Beslut", ("out_of_range", "value")),
        ("listings.last_age", 131, "Beslut", ("out_of_range", "value")),
        ("needs_allowance.deductible", 500000, "  ", ("no_source", "source")),
        ("needs_allowance.deductible", 500000, "x" * 301, ("long_source", "source")),
        ("needs_allowance.nothing", 1, "Beslut", ("unknown_parameter", "name")),
    ],
)
def test_own_value_is_possible_and_names_its_source(name, value, source, problem):
    facts = rules.ParameterFacts(name, DAY, value, source)

    assert codes(rules.check_parameter_value(facts)) == ([problem] if problem else [])


def test_every_shipped_value_could_be_an_own_one():
    for parameter in shipped_parameters().values():
        for value in parameter.values:
            facts = rules.ParameterFacts(parameter.name, value.first_on, value.value, value.source)

            assert rules.check_parameter_value(facts) == []


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize(
    ("text", "is_code"), [("7", True), ("825s", True), (" 70 5 ", True), ("rönt", False), ("2-yt", False)]
)
def test_digits_look_for_codes_and_letters_for_names(text, is_code):
    assert rules.is_code_search(text) is is_code
