"""What is checked when a claim is sent in: the seed's claim is right, and each check is broken alone."""

import datetime as dt
import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.dates import add_months, day_after, day_before
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules import money
from kvitt.modules.special_care.rules.claim import (
    ApprovedProcedure,
    CardFacts,
    calculate_certificate,
    calculate_references,
    check_claim,
    plan_split,
    plan_use,
)
from kvitt.modules.special_care.rules.faults import FAULTS, FILED_FAULTS, Fault, Level, problem_of
from kvitt.modules.special_care.rules.use import check_plan
from tests.modules.special_care.facts import (
    CERTIFICATE,
    CLAIM,
    DAY,
    PLAN,
    PLANNED,
    SEED_LINES,
    TODAY,
    faults,
    fee,
    known,
    line,
    with_lines,
)

WEEK_LATER = DAY - dt.timedelta(days=7)
TWO_VISITS = (*SEED_LINES, line("103", on=WEEK_LATER), fee(on=WEEK_LATER))
CARD = CardFacts("F123", dt.date(2024, 3, 1), dt.date(2025, 2, 28))
broken = pytest.mark.parametrize


def check(claim, expected, **changes):
    """One thing is wrong, and nothing else."""
    assert faults(claim, **changes) == expected


# The seed ------------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-9", "SC-11")
def test_the_seeds_claim_is_right_and_comes_to_28_680_kr():
    assert faults(CLAIM) == []
    assert money.calculate_sum(CLAIM, known()) == 2_868_000
    assert money.calculate_fee(CLAIM) == 20_000
    assert [money.calculate_price(one, known()) for one in CLAIM.lines] == [
        98_000,
        1_270_500,
        1_519_500,
        -20_000,
    ]


@pytest.mark.requirement("SC-5", "SC-11")
def test_claim_of_what_is_preauthorized_is_right_and_takes_of_each_procedure():
    assert faults(PLANNED) == []
    assert plan_use(PLANNED, known()) == {0: 1, 1: 2, 2: 3}
    assert plan_use(CLAIM, known()) == {}


# Certificates --------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-1a", "SC-11")
@broken(
    ("certificate", "places"),
    [
        (replace(CERTIFICATE, last_on=DAY), []),
        (replace(CERTIFICATE, last_on=WEEK_LATER), [0]),
        (replace(CERTIFICATE, first_on=WEEK_LATER), []),
        (replace(CERTIFICATE, first_on=day_after(WEEK_LATER)), [4]),
        (replace(CERTIFICATE, revoked_on=TODAY), []),
        (replace(CERTIFICATE, revoked_on=DAY), [0]),
        (replace(CERTIFICATE, last_on=day_before(WEEK_LATER)), [0, 4]),
        (None, [0, 4]),
        (replace(CERTIFICATE, support=SupportType.F), [0, 4]),
    ],
    ids=[
        "ends on the last visit",
        "ended the day before one of two visits",
        "issued with an earlier date",
        "begins between the visits",
        "revoked later than the visits",
        "revoked on a visit",
        "ended before both",
        "none at all",
        "for another part of the support",
    ],
)
def test_certificate_holds_on_every_treatment_date(certificate, places):
    claim = replace(CLAIM, lines=TWO_VISITS, certificate_number="", category="")

    check(
        claim,
        [("no_certificate", place) for place in places],
        certificates=[certificate] if certificate else [],
    )


@pytest.mark.requirement("SC-1a")
def test_two_certificates_may_share_the_visits():
    earlier = replace(CERTIFICATE, number="1", last_on=WEEK_LATER)
    later = replace(CERTIFICATE, number="2", first_on=day_after(WEEK_LATER))
    claim = replace(CLAIM, lines=TWO_VISITS, certificate_number="")

    check(claim, [], certificates=[later, earlier])
    assert calculate_certificate(claim, known(certificates=[earlier, later])) == later
    assert calculate_certificate(PLANNED, known()) is None


@pytest.mark.requirement("SC-1a", "SC-7")
@broken(
    ("changes", "code"),
    [
        ({"certificate_number": "1"}, "unknown_certificate"),
        ({"category": "N2"}, "category_certificate"),
        ({"category": "S2"}, "category_certificate"),
        ({"care_model": ""}, "care_model_missing"),
        ({"care_model": "K1"}, "care_model_unknown"),
    ],
)
def test_category_and_care_model_of_n_dental_care(changes, code):
    check(replace(CLAIM, **changes), [(code, None)])


@pytest.mark.requirement("SC-1a", "SC-7")
@broken(
    ("changes", "code"),
    [
        ({"category": ""}, "category_missing"),
        ({"category": "S9"}, "category_unknown"),
        ({"category": "S4"}, "category_unknown"),
        ({"category": "N1"}, "category_support"),
        ({"care_model": "K"}, "care_model_only_n"),
    ],
    ids=["none", "no such", "ended the day before", "of another support", "care model"],
)
def test_category_of_s_dental_care(changes, code):
    check(replace(PLANNED, **changes), [(code, None)])


# Preauthorization ----------------------------------------------------------------------------------


@pytest.mark.requirement("SC-2", "SC-11")
def test_s_dental_care_needs_a_preauthorization():
    check(replace(PLANNED, plan_number=""), [("needs_plan", None)])


@pytest.mark.requirement("SC-5", "SC-11")
@broken(
    ("plans", "code"),
    [
        ([], "unknown_plan"),
        ([replace(PLAN, number="F2024-000002")], "unknown_plan"),
        ([replace(PLAN, support=SupportType.F)], "plan_support"),
    ],
)
def test_preauthorization_is_the_patients_and_of_the_support(plans, code):
    check(PLANNED, [(code, None)], plans=plans)


@pytest.mark.requirement("SC-5", "SC-11")
@broken(
    ("lines", "expected"),
    [
        ((line("101"), line("101", on=WEEK_LATER)), [("plan_count", 1)]),
        ((line("825", "ÖK"),), [("plan_location", 0)]),
        ((line("890", price=300_000), line("890", price=200_001)), [("plan_amount", 1)]),
        ((line("890", price=300_000), line("890", price=200_000)), []),
        ((line("890", price=500_001),), [("plan_amount", 0)]),
        ((line("101"), line("103", on=WEEK_LATER)), [("mixed_care", 1)]),
        ((line("103"),), [("not_in_plan", 0)]),
        ((line("101", on=dt.date(2024, 6, 1)),), []),
        ((line("101", on=dt.date(2024, 5, 31)),), [("plan_period", 0)]),
    ],
    ids=[
        "one procedure more than approved",
        "the other jaw",
        "more than the amount, together",
        "just the amount",
        "more than the amount",
        "preauthorized and other care",
        "other care only",
        "on its first day",
        "the day before",
    ],
)
def test_claim_keeps_within_the_preauthorization(lines, expected):
    fees = [fee(on=day) for day in dict.fromkeys(one.performed_on for one in lines)]

    check(with_lines(*lines, *fees, claim=PLANNED), expected)


@pytest.mark.requirement("SC-10")
def test_split_moves_other_care_with_the_fee_of_a_visit_that_goes_whole():
    lines = (line("101"), line("103"), fee(), line("103", on=WEEK_LATER), fee(on=WEEK_LATER))

    assert plan_split(with_lines(*lines, claim=PLANNED), known()) == [1, 3, 4]
    assert plan_split(with_lines(*lines), known()) == []
    assert plan_split(with_lines(line("103"), fee(), claim=PLANNED), known()) == []


@st.composite
def approved_and_claimed(draw):
    """Return what is left of a few approved procedures of one code, and a few lines of it."""
    places = st.sampled_from(("", "13"))
    approved = [
        ApprovedProcedure(key, "890", "", draw(places), draw(st.integers(0, 3)), draw(st.integers(0, 12)))
        for key in range(draw(st.integers(1, 3)))
    ]
    places, prices = st.sampled_from(("13", "14")), st.integers(1, 9)
    return approved, [line("890", draw(places), draw(prices)) for _ in range(draw(st.integers(1, 5)))]


def fits(approved, lines):
    """Tell by trying everything."""
    return any(
        all(
            sum(one is procedure for one in chosen) <= procedure.count_left
            and sum(one.price for one, of in zip(lines, chosen, strict=True) if of is procedure)
            <= procedure.amount_left
            for procedure in approved
        )
        and all(of.location in {"", one.location} for one, of in zip(lines, chosen, strict=True))
        for chosen in itertools.product(approved, repeat=len(lines))
    )


@pytest.mark.requirement("SC-5", "SC-11")
@given(approved_and_claimed())
@example(
    (
        [ApprovedProcedure(1, "890", "", "", 1, 10_000), ApprovedProcedure(2, "890", "", "", 1, 5_000)],
        [line("890", price=4_000), line("890", price=9_000)],
    )
)
def test_what_fits_in_a_preauthorization_in_any_way_is_taken_of_it(drawn):
    approved, lines = drawn
    claim = with_lines(*lines, claim=PLANNED)
    around = known(plans=[replace(PLAN, procedures=approved)])

    assert (check_plan(claim, around) == []) == fits(approved, lines)
    assert (len(plan_use(claim, around)) == len(lines)) == fits(approved, lines)


@pytest.mark.requirement("SC-5")
def test_what_is_approved_for_a_tooth_is_taken_before_what_is_approved_anywhere():
    anywhere = ApprovedProcedure(1, "401", "Uttagning", "", 1, 108_000)
    there = ApprovedProcedure(2, "401", "Uttagning", "13", 1, 108_000)
    claim = with_lines(line("401", "14"), line("401", "13"), fee(), claim=PLANNED)

    assert plan_use(claim, known(plans=[replace(PLAN, procedures=[anywhere, there])])) == {0: 1, 1: 2}


@pytest.mark.requirement("SC-4a")
@broken(
    ("limit", "used", "expected"),
    [
        (0, 10**9, []),
        (2_888_000, 0, []),
        (2_887_999, 0, [("year_amount", None)]),
        (2_888_000, 1, [("year_amount", None)]),
    ],
    ids=["no limit", "just the limit", "above", "above with what others have taken"],
)
def test_years_amount_counts_before_the_patient_fee(limit, used, expected):
    check(CLAIM, expected, year_limits={2024: limit}, year_used={2024: used})


@pytest.mark.requirement("SC-4a")
def test_what_is_left_of_the_year_is_shown():
    around = known(year_limits={2024: 3_000_000}, year_used={2024: 100_000})

    assert money.calculate_left_of_year(CLAIM, around, year=2024) == 12_000
    assert money.calculate_left_of_year(PLANNED, around, year=2024) == 2_900_000
    assert money.calculate_left_of_year(CLAIM, around, year=2023) is None


# Lines ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-9", "SC-11")
@broken(
    ("wrong", "code"),
    [
        (line("825"), "needs_jaw"),
        (line("825", "13"), "needs_jaw"),
        (line("401"), "needs_tooth"),
        (line("401", "ÖK"), "needs_tooth"),
        (line("401", "19"), "not_a_location"),
        (line("103", "13", on=WEEK_LATER), "takes_no_place"),
        (line("825", "UK", 1_270_500), "price_typed"),
        (line("890"), "price_missing"),
        (line("890", price=0), "price_out_of_range"),
        (line("890", price=10**11), "price_out_of_range"),
        (line("890", price=1), ""),
        (line("999"), "no_price"),
        (line("1"), "unknown_code"),
        (line("520", "55"), "patient_too_old"),
        (line("705", "13"), ""),
        (line("890", price=100, comment="x" * 501), "comment_long"),
    ],
)
def test_line_is_right_by_itself(wrong, code):
    paid = () if wrong.performed_on == DAY else (fee(on=wrong.performed_on),)

    check(with_lines(wrong, *SEED_LINES[:1], *SEED_LINES[3:], *paid), [(code, 0)] if code else [])


@pytest.mark.requirement("SC-11")
@broken(
    ("day", "code"),
    [
        (TODAY, ""),
        (day_after(TODAY), "in_future"),
        (dt.date(2024, 5, 20), ""),
        (dt.date(2024, 5, 19), "too_old"),
        (dt.date(2024, 4, 20), "too_old"),
        (dt.date(1999, 1, 1), "too_old"),
    ],
    ids=["today", "tomorrow", "six months", "a day more", "seven months", "before all price lists"],
)
def test_care_is_neither_in_the_future_nor_older_than_six_months(day, code):
    claim = with_lines(line("101", on=day), fee(on=day))
    certificates = [replace(CERTIFICATE, first_on=dt.date(1990, 1, 1))]

    check(claim, [(code, 0), (code, 1)] if code else [], certificates=certificates)


@pytest.mark.requirement("SC-11", "SC-21")
def test_care_that_is_claimed_anew_after_a_credit_was_claimed_when_it_was_first():
    long_ago = dt.date(2024, 4, 1)
    claim = with_lines(line("101", on=long_ago), line("890", price=100, on=long_ago), fee(on=long_ago))
    first_claimed = {("101", long_ago, ""): [dt.date(2024, 5, 1)]}

    check(claim, [("too_old", 1)], first_claimed=first_claimed)
    more = with_lines(line("101", on=long_ago), line("101", on=long_ago), fee(on=long_ago))
    check(more, [("too_old", 1)], first_claimed=first_claimed)


@given(st.dates(dt.date(2021, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 400))
def test_care_is_paid_until_the_day_that_is_six_months_after_it(day, age):
    today = day + dt.timedelta(days=age)
    claim = with_lines(line("101", on=day), fee(on=day))

    assert bool(faults(claim, today=today)) is (today > add_months(day, 6))


@pytest.mark.requirement("SC-11")
def test_care_after_death_is_refused():
    check(CLAIM, [], died_on=DAY)
    check(with_lines(line("101"), fee()), [("after_death", 0), ("after_death", 1)], died_on=day_before(DAY))


@pytest.mark.requirement("SC-11")
def test_claim_has_a_line():
    check(with_lines(), [("no_lines", None)])


@pytest.mark.requirement("SC-11")
@broken(
    ("lines", "expected"),
    [
        ((line("101"), line("103")), [("combination_day", 1)]),
        ((line("101"), line("103", on=WEEK_LATER), fee(on=WEEK_LATER)), []),
        ((line("401", "13"), line("501", "13")), [("combination_tooth", 1)]),
        ((line("401", "13"), line("501", "14")), []),
        (
            (line("501", "13"), line("705", "24", on=WEEK_LATER), fee(on=WEEK_LATER)),
            [("combination_period", 1)],
        ),
        ((line("101"), line("101"), line("101")), [("too_many", 2)]),
    ],
)
def test_codes_that_may_not_stand_together(lines, expected):
    check(with_lines(*lines, fee()), expected)


@pytest.mark.requirement("SC-11")
@broken(
    ("other", "expected"),
    [
        (line("103"), [("combination_day", 0)]),
        (line("103", on=WEEK_LATER), []),
        (line("705", "13"), []),
        (line("825", "UK"), [("claimed_before", 1)]),
        (line("825", "ÖK"), []),
    ],
    ids=["same day", "another day", "no collision", "the same again", "the other jaw"],
)
def test_other_claims_of_the_day_count_too(other, expected):
    check(CLAIM, expected, other_lines=[other])


# Fees and the card ---------------------------------------------------------------------------------


@pytest.mark.requirement("SC-3", "SC-9")
@broken(
    ("lines", "expected"),
    [
        ((line("101"),), [("no_fee", 0)]),
        ((line("101"), fee(None)), [("fee_missing", 1)]),
        ((line("101"), fee(0)), [("fee_out_of_range", 1)]),
        ((line("101"), fee(-20_000)), [("fee_negative", 1)]),
        ((line("101"), fee(10**11)), [("fee_out_of_range", 1), ("fee_above_highest", 1)]),
        ((line("101"), fee(30_000)), []),
        ((line("101"), fee(30_001)), [("fee_above_highest", 1)]),
        ((line("890", price=19_999), fee()), [("fee_above_prices", None)]),
        ((line("998"), fee()), [("fee_above_prices", None)]),
        (
            (line("101"), fee(6 * 10**9), line("101", on=WEEK_LATER), fee(6 * 10**9, on=WEEK_LATER)),
            [("fee_above_highest", 1), ("fee_above_highest", 3), ("fee_above_prices", None)],
        ),
        ((line("101"), fee(), fee()), [("fee_twice", 2)]),
        ((line("101"), fee(), fee(on=WEEK_LATER)), [("fee_without_procedure", 2)]),
        ((line("101"), fee(location="13")), [("fee_location", 1)]),
    ],
)
def test_visit_has_one_fee(lines, expected):
    check(with_lines(*lines), expected)


@pytest.mark.requirement("SC-9")
@broken(
    ("born_on", "is_warned"),
    [(dt.date(1939, 11, 18), False), (dt.date(1939, 11, 19), True), (None, True)],
    ids=["85 on the day", "85 the day after", "not known"],
)
def test_nobody_of_85_is_asked_for_a_fee(born_on, is_warned):
    check(with_lines(line("101")), [("no_fee", 0)] if is_warned else [], born_on=born_on)


@pytest.mark.requirement("SC-9", "SC-25")
def test_visit_without_fee_is_warned_about_in_other_regions_too_but_not_when_paid_in_another_claim():
    claim = with_lines(line("101"))

    check(replace(claim, county="14"), [("no_fee", 0)])
    check(claim, [], other_lines=[fee()])


@pytest.mark.requirement("SC-3")
@broken(
    ("card", "lines", "expected"),
    [
        (CARD, (line("101"),), []),
        (CARD, (line("101"), fee()), [("fee_and_card", 1)]),
        (replace(CARD, last_on=DAY), (line("101"),), []),
        (replace(CARD, last_on=day_before(DAY)), (line("101"), fee()), []),
        (replace(CARD, last_on=day_before(DAY)), (line("101"),), [("no_fee", 0)]),
        (replace(CARD, first_on=day_after(DAY)), (line("101"), fee()), []),
        (replace(CARD, number=" "), (line("101"),), [("card_number_missing", None)]),
        (replace(CARD, number="1" * 31), (line("101"),), [("card_number_long", None)]),
        (replace(CARD, last_on=None), (line("101"), fee()), [("card_dates_missing", None)]),
        (replace(CARD, last_on=dt.date(2024, 2, 1)), (line("101"), fee()), [("card_in_order", None)]),
    ],
    ids=[
        "no fee",
        "fee the same day",
        "its last day",
        "ended the day before, fee",
        "ended the day before, no fee",
        "begins the day after",
        "no number",
        "long number",
        "no end",
        "ends before it begins",
    ],
)
def test_card_and_fee_exclude_each_other(card, lines, expected):
    check(replace(with_lines(*lines), card=card), expected)


# References and the patient's region ---------------------------------------------------------------


@pytest.mark.requirement("SC-8", "SC-25")
@broken(
    ("changes", "code"),
    [
        ({"invoice_reference": " "}, "invoice_reference_missing"),
        ({"invoice_reference": "1" * 41}, "invoice_reference_long"),
        ({"invoice_reference": "1" * 40}, ""),
        ({"reference": "a" * 41}, "reference_long"),
        ({"reference": "ß" * 40}, "reference_long"),
        ({"reference": " å" + "9" * 39}, ""),
        ({"reference": ""}, ""),
        ({"reference": "980-890"}, "reference_characters"),
        ({"reference": "980 890"}, "reference_characters"),
        ({"reference": "980_890"}, "reference_characters"),
        ({"county": "14"}, ""),
        ({"county": "99"}, "unknown_county"),
        ({"county": "05"}, "own_county"),
    ],
)
def test_references_and_home_region(changes, code):
    check(replace(CLAIM, **changes), [(code, None)] if code else [])


@pytest.mark.requirement("SC-8")
def test_reference_is_used_once():
    check(CLAIM, [("reference_used", None)], is_reference_used=True)
    assert calculate_references("T2024-000012")[:2] == ["T2024000012", "T2024000012A"]


@pytest.mark.requirement("SC-8", "QU-18")
@broken(
    ("changes", "code"),
    [
        ({"reference": "194503129803"}, "reference_is_personal"),
        ({"reference": "4503129803"}, "reference_is_personal"),
        ({"invoice_reference": "19450312-9803"}, "invoice_reference_is_personal"),
        ({"invoice_reference": "450312 9803"}, "invoice_reference_is_personal"),
        ({"reference": "195211049811"}, ""),
        ({"reference": ""}, ""),
    ],
)
def test_reference_is_not_the_patients_number(changes, code):
    check(replace(CLAIM, **changes), [(code, None)] if code else [], identity_number="194503129803")


# What is said --------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-11")
def test_only_warnings_let_a_claim_through():
    warnings = {code for code, kind in FAULTS.items() if kind.level is Level.WARNS}

    assert warnings == {"claimed_before", "no_fee", "fee_above_highest"}
    assert not Fault("no_fee").stops


@pytest.mark.requirement("SC-11")
def test_fault_tells_element_line_and_cause():
    [fault] = check_claim(with_lines(*SEED_LINES[:3]), known())

    problem = problem_of(fault)

    assert (problem.code, problem.field, problem.values["line"]) == ("no_fee", "performed_on", 0)
    assert str(problem).startswith("The visit on 2024-11-18 has neither a patient fee nor an exemption card.")


@pytest.mark.requirement("SC-11")
def test_every_message_says_what_to_do():
    for kind in FAULTS.values():
        assert kind.element
        # What is wrong, and then what to do; the manual's own words join both with a comma.
        assert kind.message.rstrip(".").count(". ") >= 1 or ": " in kind.message or ", use " in kind.message


@pytest.mark.requirement("SC-11")
def test_every_fault_is_broken_here():
    written = Path(__file__).read_text(encoding="utf-8")
    not_broken = {
        code for code in FAULTS.keys() - FILED_FAULTS if f'"{code}"' not in written.split("# What is said")[0]
    }

    # The price list's own rules prove these for every code.
    assert not_broken == {
        "needs_tooth_or_jaw",
        "takes_no_tooth",
        "takes_no_jaw",
        "primary_tooth",
        "permanent_tooth",
        "patient_too_young",
    }


@pytest.mark.requirement("SC-8", "SC-11")
@broken(
    ("code", "values", "swedish"),
    [
        ("reference_used", {}, "Räkningsreferensen har redan använts, använd ett annat"),
        ("no_certificate", {"support": "N", "day": DAY}, "Patienten saknar giltigt intyg för N-tandvård"),
        (
            "unknown_plan",
            {"number": "F2024-000009"},
            "Räkningens förhandsbedömningsnummer F2024-000009 är ogiltigt.",
        ),
    ],
)
def test_manuals_own_words(code, values, swedish):
    with translation.override("sv"):
        assert problem_text(problem_of(Fault(code, values=values))).startswith(swedish)
