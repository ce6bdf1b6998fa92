"""What an attested invoice is booked with, by the sums of its codes and the account strings of the day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.ledger import rules
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.rules import AccountStringFacts, choose_strings, list_nearest

SCHEME = "special_care"
COST, OTHER_COST, DEBT = (
    AccountStringFacts("5623", "1300", "47"),
    AccountStringFacts("5624", "1300", "47"),
    AccountStringFacts("2441"),
)
STRINGS = {
    (AccountUse.COST, SCHEME, ""): COST,
    (AccountUse.COST, SCHEME, "825S"): OTHER_COST,
    (AccountUse.DEBT, "", ""): DEBT,
}
CODES = ("101", "825", "825S", "patAvg")
COSTS = st.dictionaries(st.sampled_from(CODES), st.integers(-(10**7), 10**7))
pytestmark = pytest.mark.requirement("SC-23")


def booking(costs, held=STRINGS):
    strings = {
        wanted: next(held[key] for key in list_nearest(wanted) if key in held)
        for wanted in rules.list_wanted(SCHEME, costs)
        if any(key in held for key in list_nearest(wanted))
    }
    return rules.Booking(SCHEME, costs, strings)


def planned(costs):
    return [(each.string, each.amount) for each in rules.plan_postings(booking(costs))]


def test_example_of_the_seed():
    """980 + 12 705 + 15 195 - 200 = 28 680 kr: the dear code has an account of its own."""
    costs = {"101": 980_00, "825": 12_705_00, "825S": 15_195_00, "patAvg": -200_00}

    assert planned(costs) == [(COST, 13_485_00), (OTHER_COST, 15_195_00), (DEBT, -28_680_00)]


def test_credits_turn_the_sides():
    assert planned({"101": -980_00}) == [(COST, -980_00), (DEBT, 980_00)]


def test_what_comes_to_nothing_is_left_out():
    assert planned({"101": 100, "825": -100}) == []
    assert planned({"101": 0, "825S": 100}) == [(OTHER_COST, 100), (DEBT, -100)]
    assert planned({"101": 100, "825S": -100}) == [(COST, 100), (OTHER_COST, -100)]


@given(costs=COSTS)
def test_postings_sum_to_nothing_and_owe_the_total(costs):
    postings = rules.plan_postings(booking(costs))
    total = sum(costs.values())

    assert sum(each.amount for each in postings) == 0
    assert all(each.amount for each in postings)
    assert [each.amount for each in postings if each.string == DEBT] == ([-total] if total else [])
    assert len({each.string for each in postings}) == len(postings)


@given(costs=COSTS, held=st.sets(st.sampled_from(sorted(STRINGS))))
def test_nothing_is_missing_exactly_when_it_can_be_booked(costs, held):
    tried = booking(costs, {key: STRINGS[key] for key in held})

    if rules.check_booking(tried):
        with pytest.raises(KeyError):
            rules.plan_postings(tried)
    else:
        rules.plan_postings(tried)


def test_what_is_missing_is_named():
    [cost, debt] = rules.check_booking(booking({"101": 100, "825": 100, "825S": 0}, {}))

    assert cost.values["codes"] == "101, 825"
    assert str(cost.values["scheme"]) == "Special care dentistry"
    assert "debt" in debt.message
    assert choose_strings([], [(AccountUse.DEBT, "", "")]) == {}
