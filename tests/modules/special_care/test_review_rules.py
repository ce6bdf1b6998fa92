"""Which claims the rules hold for quality review."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.special_care.lifecycle import HoldReason
from kvitt.modules.special_care.rules.review import CHANCES, HoldFacts, HoldLimits, calculate_hold

SHIPPED = HoldLimits(amount=20_000_00, new_clinic_days=90, share=0, claims_of_patient=5)
PLAIN = HoldFacts(total=980_00, connected_days=400, claims_of_patient=1)
OFF = HoldLimits(amount=0, new_clinic_days=0, share=0, claims_of_patient=0)

pytestmark = pytest.mark.requirement("SC-22")


def held(facts=PLAIN, limits=SHIPPED, chance=0):
    return calculate_hold(facts, limits, chance=chance)


def test_claim_of_the_seed_is_held_by_its_amount():
    assert held(replace(PLAIN, total=28_680_00)) == [HoldReason.HIGH_AMOUNT]


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, []),
        ({"total": 20_000_00}, []),
        ({"total": 20_000_01}, [HoldReason.HIGH_AMOUNT]),
        ({"connected_days": 89}, [HoldReason.NEW_CLINIC]),
        ({"connected_days": 90}, []),
        ({"connected_days": None}, [HoldReason.NEW_CLINIC]),
        ({"claims_of_patient": 5}, []),
        ({"claims_of_patient": 6}, [HoldReason.MANY_CLAIMS]),
        ({"total": 30_000_00, "connected_days": 0}, [HoldReason.HIGH_AMOUNT, HoldReason.NEW_CLINIC]),
    ],
)
def test_each_rule_holds_beyond_its_limit(change, reasons):
    assert held(replace(PLAIN, **change)) == reasons


@pytest.mark.parametrize(("share", "chance", "is_held"), [(0, 0, False), (1, 0, True), (1, 1, False)])
def test_share_is_drawn_by_chance(share, chance, is_held):
    assert (HoldReason.RANDOM in held(limits=replace(SHIPPED, share=share), chance=chance)) == is_held


@given(st.integers(0, 10**9), st.integers(0, 10_000) | st.none(), st.integers(1, 500), st.integers(0, 999))
def test_nothing_is_held_where_every_rule_is_off(total, days, claims, chance):
    assert held(HoldFacts(total, days, claims), OFF, chance) == []


def test_whole_share_holds_every_claim():
    limits = replace(OFF, share=CHANCES)

    assert all(held(limits=limits, chance=chance) == [HoldReason.RANDOM] for chance in range(CHANCES))
