"""A client's month as a plan: lines, faults, what other months bring."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.lifecycle import AbsenceReason
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.rules.catalogue import PriceFacts
from kvitt.modules.care_fees.rules.explanation import StepKind
from kvitt.modules.care_fees.rules.month_facts import (
    CarriedFacts,
    CorrectionFacts,
    MonthFacts,
    RecipientFacts,
    TenancyFacts,
)
from kvitt.modules.care_fees.rules.plan import plan_month
from kvitt.modules.care_fees.rules.tenancy import DatedRent
from kvitt.registers.accounting.rules import RevenueStrings
from tests.modules.care_fees.month_plans import (
    ALARM,
    BOARD,
    CARE,
    CARE_HOME,
    HOME,
    HOME_CARE,
    LUNCH,
    MARCH,
    NO_PRICE,
    OTHER,
    SERVICES,
    SINCE,
    TIME,
    amounts_of,
    facts_of,
    faults_of,
    granted,
    locked,
    performed,
    settings,
    stated,
    terms_of,
)

pytestmark = pytest.mark.requirement("CF-21")

TERMS = terms_of()
CAP = 264_200


def day(text):
    return dt.date.fromisoformat(text)


def planned(first, last, reported="2025-01-01"):
    ends = None if last is None else day(last)
    return AbsenceFacts(AbsenceReason.PLANNED, day(first), ends, day(reported))


def unplanned(first, last):
    return AbsenceFacts(AbsenceReason.UNPLANNED, day(first), None if last is None else day(last), day(first))


def tenancy(first, last=None, rents=((SINCE, 620_000),), tenants=(1,)):
    ends = None if last is None else day(last)
    return TenancyFacts("H2025-000001", CARE_HOME, day(first), ends, [DatedRent(*r) for r in rents], tenants)


# The month itself -----------------------------------------------------------------------------------


@pytest.mark.requirement("CF-20", "CF-16", "CF-6")
def test_the_example_of_the_contract_comes_to_the_ore():
    facts = facts_of(
        settings=settings(),
        stated=stated(1_500_000, 700_000),
        granted=[granted(CARE), granted(ALARM), granted(BOARD)],
        tenancies=[tenancy("2025-03-17")],
        absences=[planned("2025-03-12", "2025-03-25", "2025-03-03")],
        performed=[performed(LUNCH, 12)],
        corrections=[CorrectionFacts(None, HOME, 51_000, "Förlorad larmknapp")],
    )

    plan = plan_month(facts, TERMS)

    assert amounts_of(plan) == [
        ("care", 75_300),
        ("absence_care", -37_650),
        ("board", 306_000),
        ("absence_board", -142_800),
        ("rent", 310_000),
        ("product", 93_600),
        ("correction", 51_000),
    ]
    assert plan.total == 655_450
    assert [line.service for line in plan.lines] == [CARE, CARE, BOARD, BOARD, None, LUNCH, None]


def test_capped_services_are_charged_in_the_catalogues_order_care_first_to_the_cap():
    facts = facts_of(granted=[granted(ALARM, OTHER), granted(CARE)], performed=[performed(TIME, 135)])

    plan = plan_month(facts, TERMS)

    assert amounts_of(plan) == [("care", 182_300), ("care", 31_000), ("care", 50_900)]
    assert (plan.total, plan.is_at_cap, list(plan.areas)) == (CAP, True, [3])
    assert [(line.quantity, line.price) for line in plan.lines] == [(None, None), (None, None), (135, 27_800)]


@pytest.mark.requirement("CF-6")
def test_time_without_a_price_is_for_follow_up_and_a_count_of_zero_is_left_out():
    without = dict(SERVICES) | {TIME: SERVICES[TIME]._replace(price=None, prices=())}

    plan = plan_month(
        facts_of(performed=[performed(TIME, 60), performed(LUNCH, 0)]), terms_of(services=without)
    )

    assert (plan.lines, plan.total, plan.problems) == ([], 0, ())


@pytest.mark.requirement("CF-16a", "CF-6")
def test_a_part_of_the_month_costs_a_thirtieth_a_day_by_the_price_of_its_first():
    dear = PriceFacts(day("2025-03-16"), 300_000)
    prices = (PriceFacts(SINCE, 182_300, None, 0, day("2025-03-15")), dear)
    ends = dict(SERVICES) | {CARE: SERVICES[CARE]._replace(prices=prices)}
    terms = terms_of(services=ends)

    whole = plan_month(facts_of(granted=[granted(CARE)]), terms)
    begun = plan_month(facts_of(granted=[granted(CARE, first=day("2025-03-22"))]), terms)

    assert whole.total == 182_300
    assert begun.total == 100_000
    assert begun.steps[0].kind is StepKind.PART


@pytest.mark.requirement("CF-4", "CF-7")
def test_with_the_day_of_death_services_and_absence_end_and_rent_goes_on():
    facts = facts_of(
        granted=[granted(CARE), granted(BOARD)],
        absences=[unplanned("2025-03-10", None)],
        tenancies=[tenancy("2020-01-01", "2025-03-31")],
        died_on=day("2025-03-15"),
        recipient=RecipientFacts(has_recipient=True, has_estate=True),
    )

    plan = plan_month(facts, TERMS)

    assert amounts_of(plan) == [
        ("care", 91_150),
        ("absence_care", -36_460),
        ("board", 153_000),
        ("absence_board", -61_200),
        ("rent", 620_000),
    ]
    assert plan_month(facts_of(granted=[granted(CARE)], died_on=day("2025-02-28")), TERMS).lines == []


@pytest.mark.requirement("CF-15", "CF-16", "CF-16a")
@pytest.mark.parametrize(
    ("services", "absence", "care", "board"),
    [
        # In hospital from the 8th; what is granted ends on the 15th, and nobody ended the absence.
        (
            [granted(CARE, last=day("2025-03-15")), granted(BOARD, last=day("2025-03-15"))],
            "u 08 -",
            -48_613,
            -81_600,
        ),
        # Home from hospital on the 20th, when home care begins.
        ([granted(CARE, first=day("2025-03-20"))], "u 01 19", 0, 0),
        # Three whole weeks away, of which one is over when care ends.
        ([granted(CARE, last=day("2025-03-10"))], "p 04 25", -45_575, 0),
        # From home care to the care home: a day away is one day's share of what is charged.
        (
            [granted(CARE, last=day("2025-03-15")), granted(HOME_CARE, CARE_HOME, day("2025-03-16"))],
            "u 02 04",
            -23_206,
            0,
        ),
    ],
)
def test_absence_takes_off_days_that_are_charged_at_a_days_share(services, absence, care, board):
    kind, first, last = absence.split()
    ends = None if last == "-" else f"2025-03-{last}"
    away = planned if kind == "p" else unplanned
    plan = plan_month(facts_of(granted=services, absences=[away(f"2025-03-{first}", ends)]), TERMS)

    cut = {"absence_care": 0, "absence_board": 0} | dict(amounts_of(plan))
    assert (cut["absence_care"], cut["absence_board"]) == (care, board)


@pytest.mark.requirement("CF-13")
def test_a_correction_never_lifts_what_is_capped_above_the_cap():
    fixes = [(ALARM, 50_000), (LUNCH, 7_000), (ALARM, 40_000), (ALARM, -10_000)]
    corrections = [CorrectionFacts(each, HOME, amount, "Rättat") for each, amount in fixes]
    plan = plan_month(facts_of(granted=[granted(CARE), granted(ALARM)], corrections=corrections), TERMS)
    alone = plan_month(facts_of(corrections=corrections), TERMS)

    assert [line.amount for line in plan.lines if line.text] == [50_000, 7_000, 10_900, -10_000]
    assert plan.total == CAP + 7_000
    assert plan.steps[-2].values == {"text": "Rättat", "amount": 10_900, "whole": 40_000, "cap": CAP}
    assert alone.total == 87_000


@pytest.mark.requirement("CF-29")
def test_too_little_is_carried_and_a_negative_total_is_not():
    rest = {"corrections": [CorrectionFacts(None, HOME, 4_900, "Rest")]}
    little = plan_month(facts_of(granted=[granted(ALARM, amount=0)], **rest), TERMS)
    last = [
        plan_month(facts_of(**rest), TERMS),
        plan_month(facts_of(granted=[granted(ALARM, last=day("2025-03-31"), amount=0)], **rest), TERMS),
        plan_month(
            facts_of(
                tenancies=[tenancy("2025-01-01", rents=[(SINCE, 0)])],
                died_on=day("2025-03-31"),
                recipient=RecipientFacts(has_estate=True),
                **rest,
            ),
            TERMS,
        ),
        plan_month(facts_of(carried=[CarriedFacts(day("2025-02-01"), 4_900)]), TERMS),
    ]
    credit = plan_month(facts_of(corrections=[CorrectionFacts(None, HOME, -4_900, "Åter")]), TERMS)
    february = day("2025-02-01")
    carried_of_two_rates = [
        CarriedFacts(february, 1_900, ALARM, HOME),
        CarriedFacts(february, 3_000, LUNCH, HOME, 12),
    ]
    brought = plan_month(facts_of(granted=[granted(ALARM)], carried=[*carried_of_two_rates]), TERMS)

    assert (little.total, little.carried_amount) == (4_900, 4_900)
    assert {(each.total, each.carried_amount) for each in last} == {(4_900, 0)}, "nothing comes after it"
    assert (credit.total, credit.carried_amount) == (-4_900, 0)
    assert amounts_of(brought) == [("care", 31_000), ("carried", 1_900), ("carried", 3_000)]
    assert [(line.service, line.vat) for line in brought.lines[1:]] == [(ALARM, 0), (LUNCH, 12)]
    assert (brought.carried_amount, brought.lines[-1].about) == (0, "2025-02-01")


# Faults ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-25")
def test_faults_say_what_is_missing_and_whose():
    care = [granted(CARE)]
    unreached = RecipientFacts()
    cases = {
        (("income_missing", ""),): facts_of(granted=care, settings=settings()),
        (("settings_missing", ""),): facts_of(granted=care, settings=None),
        (("parish_missing", ""),): facts_of(granted=care, settings=settings(accepts_cap=True, parish="")),
        (("area_missing", ""),): facts_of(granted=care, is_placed=False),
        (("price_missing", ""),): facts_of(granted=[granted(NO_PRICE)]),
        (("rent_missing", ""),): facts_of(tenancies=[tenancy("2025-01-01", rents=())]),
        (("recipient_missing", ""),): facts_of(granted=care, recipient=unreached),
        (("unsafe_address", ""),): facts_of(
            granted=care, recipient=RecipientFacts(has_address=True, is_protected=True)
        ),
        (("estate_missing", ""),): facts_of(
            granted=care, recipient=RecipientFacts(has_recipient=True), died_on=day("2025-04-02")
        ),
        (("income_missing", "spouse"),): facts_of(
            granted=care,
            settings=settings("couple"),
            stated=stated(1_500_000),
            partner=MonthFacts(2, MARCH, settings=settings("couple")),
        ),
    }
    assert {tuple(faults_of(plan_month(facts, TERMS))): facts for facts in cases.values()} == cases
    assert plan_month(facts_of(granted=care, settings=settings()), TERMS).lines == ()


@pytest.mark.requirement("CF-25")
def test_what_nothing_books_is_a_fault_and_who_pays_nothing_has_none():
    missing = terms_of(accounts=RevenueStrings(missing=frozenset({"OMV"}), wrong=frozenset({"LARM"})))
    facts = facts_of(granted=[granted(CARE), granted(ALARM)])

    assert faults_of(plan_month(facts, missing)) == [("account_missing", ""), ("account_wrong", "")]
    assert (
        plan_month(facts_of(settings=None, is_placed=False, recipient=RecipientFacts()), TERMS).problems == ()
    )
    assert faults_of(plan_month(facts_of(settings=settings(), performed=[performed(LUNCH, 1)]), TERMS)) == []


# Couples --------------------------------------------------------------------------------------------


def couple(own, other, *, own_services, other_services, rents=(0, 0)):
    """Return the plans of a couple, each with the other as partner."""
    one = {"settings": settings("couple"), "stated": stated(own, rents[0]), "granted": own_services}
    two = {"settings": settings("couple"), "stated": stated(other, rents[1]), "granted": other_services}
    first = facts_of(client=1, **one, partner=MonthFacts(2, MARCH, **two))
    second = facts_of(client=2, **two, partner=MonthFacts(1, MARCH, **one))
    return plan_month(first, TERMS), plan_month(second, TERMS)


@pytest.mark.requirement("CF-20", "CF-21a")
def test_spouses_incomes_are_added_and_halved():
    one, other = couple(
        1_600_000, 800_000, own_services=[granted(CARE)], other_services=[granted(CARE)], rents=(700_000, 0)
    )

    # (16 000 + 8 000) / 2 less half of 7 000 and 5 912.34: 2 587.66.
    assert amounts_of(one) == amounts_of(other) == [("care", 182_300)]
    limit = next(step for step in one.steps if step.kind is StepKind.LIMIT_BY_CAPACITY)
    assert limit.values == {"limit": 258_700}


@pytest.mark.requirement("CF-21a")
def test_with_one_in_a_care_home_the_better_way_for_both_is_taken():
    home, care_home = [granted(CARE)], [granted(HOME_CARE, CARE_HOME)]
    poor, rich = couple(800_000, 2_500_000, own_services=home, other_services=care_home)
    even, same = couple(1_000_000, 1_000_000, own_services=home, other_services=care_home)

    # As singles: 753 and 2 642; as a couple each has 16 500 less 5 912.34, so 1 823 and 2 642.
    assert amounts_of(poor) == [("care", 75_300)]
    assert amounts_of(rich) == [("care", 264_200)]
    assert {step.kind for step in poor.steps} >= {StepKind.AS_SINGLES}
    assert {step.kind for step in even.steps} >= {StepKind.AS_COUPLE, StepKind.COUPLE}
    assert (even.total, same.total) == (182_300, 264_200)


incomes = st.integers(0, 4_000_000)


@pytest.mark.requirement("CF-21a")
@given(incomes, incomes, st.integers(0, 900_000), st.booleans())
def test_couples_are_symmetric_and_never_above_the_cap(own, other, rent, lives_apart):
    mine = [granted(HOME_CARE, CARE_HOME)] if lives_apart else [granted(CARE)]
    theirs = [granted(CARE), granted(ALARM)]

    first = couple(own, other, own_services=mine, other_services=theirs, rents=(rent, 0))
    second = couple(other, own, own_services=theirs, other_services=mine, rents=(0, rent))

    assert [plan.total for plan in first] == [plan.total for plan in reversed(second)]
    assert all(0 <= plan.total <= CAP for plan in first)


@given(incomes, incomes, st.integers(0, 31), st.booleans())
def test_a_fee_grows_with_the_income_and_keeps_between_nothing_and_the_cap(income, more, days, is_planned):
    away = (planned if is_planned else unplanned)("2025-03-01", f"2025-03-{max(days, 1):02d}")
    services = {
        "settings": settings(),
        "granted": [granted(CARE), granted(ALARM), granted(BOARD)],
        "absences": [away] if days else [],
    }

    low, high = (
        plan_month(facts_of(stated=stated(each, 700_000), **services), TERMS)
        for each in (income, income + more)
    )

    assert low.total <= high.total
    for plan in (low, high):
        care = [line.amount for line in plan.lines if "care" in line.kind.value]
        board = [line.amount for line in plan.lines if "board" in line.kind.value]
        assert 0 <= sum(care) <= CAP
        assert sum(board) >= 0


# Locked months --------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-17", "CF-28")
def test_a_late_absence_comes_as_a_difference_service_by_service_and_once():
    february = terms_of(day("2025-02-01"))
    services = {"granted": [granted(HOME_CARE, CARE_HOME), granted(BOARD, CARE_HOME)]}
    before = facts_of(february.month, **services)
    after = facts_of(february.month, **services, absences=[unplanned("2025-02-10", "2025-02-12")])
    approved = plan_month(before, february)

    late = plan_month(facts_of(**services, earlier=[locked(after, february, approved.lines)]), TERMS)
    brought = [line for line in late.lines if line.about]
    again = plan_month(
        facts_of(**services, earlier=[locked(after, february, [*approved.lines, *brought])]), TERMS
    )
    withdrawn = plan_month(
        facts_of(**services, earlier=[locked(before, february, [*approved.lines, *brought])]), TERMS
    )

    assert [(line.service, line.amount, line.vat) for line in brought] == [
        (HOME_CARE, -26_420, 0),
        (BOARD, -30_600, 12),
    ]
    assert late.total == 264_200 + 306_000 - 57_020
    told = next(step for step in late.steps if step.kind is StepKind.DIFFERENCE)
    assert told.values == {"month": "2025-02-01", "before": 570_200, "after": 513_180, "amount": -57_020}
    assert again.total == 570_200
    assert withdrawn.total == 570_200 + 57_020


days_of_year = st.integers(0, 88).map(lambda number: day("2025-01-01") + dt.timedelta(days=number))
absences = st.lists(st.tuples(days_of_year, st.integers(0, 40), st.booleans()), max_size=3)


@pytest.mark.requirement("CF-17")
@given(absences, st.booleans(), st.randoms(use_true_random=False))
def test_the_sum_over_all_months_is_the_same_whatever_the_order(drawn, is_open, random):
    known, free = [], day("2025-01-01")
    for first, length, is_planned in sorted(drawn):
        if first >= free:
            last = first + dt.timedelta(days=length)
            known.append((planned if is_planned else unplanned)(f"{first}", f"{last}"))
            free = last + dt.timedelta(days=1)
    if known and is_open:
        known[-1] = replace(known[-1], last_on=None)
    months = [terms_of(day(f"2025-0{number}-01")) for number in range(1, 7)]
    services = {"granted": [granted(HOME_CARE, CARE_HOME), granted(BOARD, CARE_HOME)]}

    def facts(terms, seen, earlier=(), counted_to=None):
        return facts_of(terms.month, **services, absences=seen, earlier=earlier, counted_to=counted_to)

    end = months[-1].last
    at_once = sum(plan_month(facts(terms, known, counted_to=end), terms).total for terms in months)
    seen, billed, total = [], {}, 0
    waiting = random.sample(known, len(known))
    for number, terms in enumerate(months):
        while waiting and (number == len(months) - 1 or random.random() < 0.5):
            seen.append(waiting.pop())
        earlier = [
            locked(facts(old, seen, counted_to=terms.last), old, billed[old.month]) for old in months[:number]
        ]
        plan = plan_month(facts(terms, seen, earlier), terms)
        for line in plan.lines:
            month = day(line.about) if line.about else terms.month
            billed.setdefault(month, []).append(line)
        total += plan.total

    assert total == at_once
