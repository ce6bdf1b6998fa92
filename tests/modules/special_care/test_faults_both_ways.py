"""Every fault of a claim is told of a claim in a file, and of the same one typed in the form."""

import datetime as dt

import pytest
from django.db import transaction

from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.rules.faults import FAULTS, FILED_FAULTS
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists.models import ForbiddenCombination, ParameterValue, Price, PriceListItem
from tests.modules.special_care.filing import Written, hand_in, typed, work
from tests.world import SINCE

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-14")]
ELSA = "201303102394"
VISIT, EARLIER, OLD = "2024-11-18", "2024-11-11", "2024-01-10"
FEE = (VISIT, "patAvg", "", "200.00")
HOLGER = {"number": "195211049811", "support": "F", "care_model": ""}
INGRID = {
    "number": "196006099805",
    "support": "S",
    "category": "S2",
    "care_model": "",
    "plan": "F2024-000901",
}


def lines(*found):
    """Return lines of the visit: code, tooth or jaw, price."""
    return tuple((VISIT, *(cell for cell in (*one, "", "")[:3])) for one in found)


CARD = ("F1", "2024-11-01", "2024-12-31")
CASES = {
    "no_certificate": Written("A", ELSA, lines=((EARLIER, "101", "", ""),)),
    "category_missing": Written("A", **{**INGRID, "category": ""}),
    "category_unknown": Written("A", **{**INGRID, "category": "S9"}),
    "category_support": Written("A", **{**INGRID, "category": "N2"}),
    "care_model_missing": Written("A", care_model=""),
    "care_model_only_n": Written("A", **{**HOLGER, "care_model": "K"}),
    "needs_plan": Written("A", **{**INGRID, "plan": ""}),
    "plan_support": Written("A", **{**HOLGER, "plan": "F2024-000902"}),
    "plan_period": Written("A", lines=(("2024-06-03", "101", "", ""),), **INGRID),
    "mixed_care": Written("A", lines=lines(("101",), ("301",)), **INGRID),
    "not_in_plan": Written("A", lines=lines(("301",)), **INGRID),
    "plan_location": Written("A", lines=lines(("825", "ÖK")), **INGRID),
    "plan_count": Written("A", lines=lines(("101",), ("101",)), **INGRID),
    "plan_amount": Written("A", lines=lines(("111",)), **INGRID),
    "year_amount": Written("A", lines=lines(("825", "UK"), ("825S", "ÖK"))),
    "no_lines": Written("A", lines=()),
    "in_future": Written("A", lines=(("2024-11-21", "101", "", ""),)),
    "too_old": Written("A", lines=((OLD, "101", "", ""),)),
    "after_death": Written("A", ELSA, lines=lines(("341",))),
    "unknown_code": Written("A", lines=lines(("999",))),
    "no_price": Written("A", lines=lines(("NOPRICE",))),
    "price_typed": Written("A", lines=lines(("101", "", "980.00"))),
    "price_missing": Written("A", lines=lines(("890",))),
    "price_out_of_range": Written("A", lines=lines(("890", "", "0.00"))),
    "not_a_location": Written("A", lines=lines(("401", "99"))),
    "needs_tooth": Written("A", lines=lines(("401",))),
    "needs_jaw": Written("A", lines=lines(("825",))),
    "takes_no_place": Written("A", lines=lines(("101", "11"))),
    "takes_no_tooth": Written("A", lines=lines(("JAW", "11"))),
    "takes_no_jaw": Written("A", lines=lines(("121", "ÖK"))),
    "needs_tooth_or_jaw": Written("A", lines=lines(("BOTH",))),
    "primary_tooth": Written("A", lines=lines(("PERMANENT", "51"))),
    "permanent_tooth": Written("A", lines=lines(("PRIMARY", "11"))),
    "patient_too_young": Written("A", lines=lines(("OLD",))),
    "patient_too_old": Written("A", lines=lines(("YOUNG",))),
    "combination_period": Written("A", lines=((EARLIER, "101", "", ""), *lines(("JAW",)))),
    "combination_day": Written("A", lines=lines(("341",), ("342",))),
    "combination_tooth": Written("A", lines=lines(("401", "13"), ("402", "13"))),
    "too_many": Written("A", lines=(*lines(("101",), ("101",)), (EARLIER, "101", "", ""))),
    "claimed_before": Written("A", lines=(("2024-11-04", "101", "", ""),)),
    "fee_missing": Written("A", lines=(*lines(("101",)), (VISIT, "patAvg", "", ""))),
    "fee_negative": Written("A", lines=(*lines(("101",)), (VISIT, "patAvg", "", "-200.00"))),
    "fee_out_of_range": Written("A", lines=(*lines(("101",)), (VISIT, "patAvg", "", "0.00"))),
    "fee_without_procedure": Written("A", lines=(*lines(("101",)), (EARLIER, "patAvg", "", "200.00"))),
    "fee_twice": Written("A", lines=(*lines(("101",)), FEE, FEE)),
    "fee_above_prices": Written("A", lines=(*lines(("121",)), FEE)),
    "fee_and_card": Written("A", card=CARD),
    "no_fee": Written("A", lines=lines(("101",))),
    "fee_above_highest": Written("A", lines=(*lines(("101",)), (VISIT, "patAvg", "", "900.00"))),
    "card_number_missing": Written("A", card=("", *CARD[1:])),
    "card_dates_missing": Written("A", card=(CARD[0], "", "")),
    "card_in_order": Written("A", card=(CARD[0], "2024-12-31", "2024-11-01")),
    "invoice_reference_is_personal": Written("A", invoice="194503129803"),
    "reference_is_personal": Written("194503129803"),
    "reference_used": Written("USED"),
    "unknown_county": Written("A", county="99"),
    "own_county": Written("A", county="14"),
}
# The form offers certificates, categories and preauthorizations that the patient has; a file names them.
ONLY_FILED = {*FILED_FAULTS, "unknown_certificate", "category_certificate", "unknown_plan"}
# The format itself has no other values: such an entry has the fault `file_entry`.
ONLY_TYPED = {
    "care_model_unknown",
    "comment_long",
    "card_number_long",
    "invoice_reference_missing",
    "invoice_reference_long",
    "reference_characters",
    "reference_long",
    "fee_location",
}
CODES = {
    "NOPRICE": {},
    "JAW": {"jaw": "may"},
    "BOTH": {"tooth": "must", "jaw": "must"},
    "PERMANENT": {"tooth": "must", "dentition": "permanent"},
    "PRIMARY": {"tooth": "must", "dentition": "primary"},
    "OLD": {"min_age": 110},
    "YOUNG": {"max_age": 14},
}


@pytest.fixture
def world(own_special_world):
    """The cast, with what the faults need: codes, limits, a patient who died, and preauthorizations."""
    world = own_special_world
    Authority.objects.filter(pk=world.region.pk).update(county="14")
    for code, demands in CODES.items():
        made = PriceListItem.objects.create(
            authority=world.region, module="special_care", code=code, name=code, first_on=SINCE, **demands
        )
        if code != "NOPRICE":
            Price.objects.create(item=made, first_on=SINCE, amount=10_000)
    ForbiddenCombination.objects.create(
        authority=world.region,
        module="special_care",
        code="101",
        other_code="JAW",
        scope="period",
        first_on=SINCE,
    )
    ParameterValue.objects.create(
        authority=world.region,
        name="special_care.year_limit_general",
        first_on=dt.date(2024, 1, 1),
        value=2_000_000,
        source="Beslut",
        entered_by="Ivar Förvaltare",
    )
    approved = (("101", "", 1, 98_000), ("825", "UK", 1, 1_270_500), ("111", "", 1, 100))
    world.plan_for(world.ingrid, *approved, first_on=dt.date(2024, 7, 1))
    world.plan_for(world.holger, ("101", "", 1, 98_000), number="F2024-000902")
    world.certify(world.elsa, "764155", "n", "N1", first_on=dt.date(2024, 11, 15))
    Person.objects.filter(pk=world.elsa.pk).update(died_on=dt.date(2024, 11, 17))
    world.send_claim(reference="USED", performed_on=dt.date(2024, 11, 4), fee=None)
    return world


def test_every_fault_is_reached_in_one_of_the_ways():
    assert set(CASES) | ONLY_FILED | ONLY_TYPED == set(FAULTS)


def test_claims_in_a_file_are_told_their_faults(world):
    file = [
        claim.but(reference=f"A{number}") if claim.reference == "A" else claim
        for number, claim in enumerate(CASES.values())
    ]

    found = work(hand_in(world, *file, only_check=True))

    told = {(fault.place, fault.code) for fault in found.faults.all()}
    assert [code for place, code in enumerate(CASES, start=1) if (place, code) not in told] == []


def test_claims_that_are_typed_are_told_the_same(world):
    assert [code for code, claim in CASES.items() if code not in codes_typed(world, claim)] == []


def codes_typed(world, claim):
    """Return what is told of a claim, which is not kept."""
    with transaction.atomic():
        try:
            return {problem.code for problem in typed(world, claim).warnings}
        except Refused as refused:
            return {problem.code for problem in refused.problems}
        finally:
            transaction.set_rollback(True)
