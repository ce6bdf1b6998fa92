"""What earlier claims of a file take, beside what would stand in the database if they were taken in."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.special_care.rules import money
from kvitt.modules.special_care.rules.claim import LineFacts, check_claim, plan_use
from kvitt.modules.special_care.rules.tally import Tally
from tests.modules.special_care.facts import CLAIM, DAY, PLAN, PLANNED, fee, known, line

DAYS = [DAY - timedelta(days=number) for number in range(3)]
PROCEDURES = [replace(one, count_left=3, amount_left=3 * one.amount_left) for one in PLAN.procedures]
ROOMY = replace(PLAN, procedures=PROCEDURES)
claims = st.builds(
    lambda base, day, codes, has_fee: replace(
        base,
        lines=[
            *(line(*code, on=day) for code in codes),
            *([fee(on=day)] if has_fee else []),
        ],
    ),
    st.sampled_from([CLAIM, PLANNED]),
    st.sampled_from(DAYS),
    st.lists(st.sampled_from([("101",), ("825", "UK")]), min_size=1, max_size=2),
    st.booleans(),
)


class Store:
    """What stands in a database, plainly."""

    def __init__(self):
        self.taken, self.amounts, self.years, self.lines = Counter(), Counter(), Counter(), []

    def known(self, patient, claim):
        days = {one.performed_on for one in claim.lines}
        plan = replace(
            ROOMY,
            procedures=[
                replace(
                    one,
                    count_left=one.count_left - self.taken[one.id],
                    amount_left=one.amount_left - self.amounts[one.id],
                )
                for one in ROOMY.procedures
            ],
        )
        return known(
            plans=[plan],
            year_limits={2024: 3_000_000},
            year_used={2024: self.years[patient, 2024]},
            other_lines=[one for who, one in self.lines if who == patient and one.performed_on in days],
        )

    def keep(self, patient, claim, around):
        for place, procedure in plan_use(claim, around).items():
            self.taken[procedure] += 1
            self.amounts[procedure] += money.calculate_price(claim.lines[place], around)
        for year, amount in money.calculate_years(claim, around).items():
            self.years[patient, year] += amount
        self.lines += [(patient, LineFacts(one.performed_on, one.code, one.location)) for one in claim.lines]


@pytest.mark.requirement("SC-14", "SC-15")
@given(st.lists(st.tuples(st.integers(1, 2), claims), max_size=8))
def test_claims_of_a_file_are_judged_as_if_those_before_were_taken_in(file):
    tally, store = Tally(), Store()
    at_first = known(plans=[ROOMY], year_limits={2024: 3_000_000})
    for patient, claim in file:
        around, beside = tally.applied(patient, claim, at_first), store.known(patient, claim)

        found = check_claim(claim, around)

        assert found == check_claim(claim, beside)
        if not any(fault.stops for fault in found):
            assert tally.take(patient, claim, around) == plan_use(claim, beside)
            store.keep(patient, claim, beside)


@pytest.mark.requirement("SC-8")
def test_reference_is_new_once_however_it_is_written_and_a_credit_has_its_own():
    tally = Tally()

    assert [tally.is_reference_new(text) for text in ("A1", " a1", "A2")] == [True, False, True]
    assert [tally.is_credit_new(text) for text in ("A1", "a1")] == [True, False]
